"""Site recipes: what a platform's page shows and how it is turned, as data; never believed as evidence."""

import json
import logging
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import resources
from devices.contract import Ability, Layout, Request, Standing

log = logging.getLogger(__name__)

LONGEST = 100_000  # characters that one frame may answer
NAMES, NAME = 300, 100  # people, and characters of one
SWITCHES = {"microphone": Ability.MICROPHONE, "hand": Ability.HAND, "tiles": Ability.LAYOUT}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one platform's page is joined. `engine` is what resources/web/recipe.js takes; empty: by hand."""

    name: str = ""
    verified: str = "not verified"
    object: str = ""  # a page of ours offers its hands by this name, in its own world
    engine: Mapping[str, Any] = field(default_factory=dict)


def recipes() -> tuple[str, ...]:
    """The names that a profile may use."""
    return tuple(sorted(file.stem for file in resources.path("web", "recipes").glob("*.toml")))


def recipe_of(name: str) -> Recipe:
    """The recipe of that name; one that is not there, or not readable, is an empty one: the page is joined by hand."""
    if name not in recipes():
        if name:
            log.warning("there is no recipe named %s: the page is joined by hand", name)
        return Recipe()
    told = tomllib.loads(resources.path("web", "recipes", f"{name}.toml").read_text("utf-8"))
    verified, own, base = told.pop("verified"), told.pop("object", ""), told.pop("based_on", "")
    return Recipe(name, verified, own, after(told, recipe_of(base).engine) if base else told)


def after(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Both recipes' finders, one's own first."""
    both = dict(base)
    for key, value in own.items():
        was = base.get(key)
        if isinstance(value, list) and isinstance(was, list):
            both[key] = value + was
        elif isinstance(value, dict) and isinstance(was, dict):
            both[key] = after(value, was)
        else:
            both[key] = value
    return both


@dataclass(frozen=True, slots=True)
class SiteLook:
    """What the page shows of our place in the meeting; None: it shows nothing of it."""

    inside: bool = False
    failed: bool = False  # a page of ours could not begin
    standing: Standing | None = None
    microphone: bool | None = None
    hand: bool | None = None
    tiles: bool | None = None
    participants: tuple[str, ...] | None = None
    requests: frozenset[Request] = frozenset()
    wants: frozenset[str] = frozenset()  # of "username", "password"
    abilities: frozenset[Ability] = frozenset()

    @property
    def layout(self) -> Layout | None:
        return None if self.tiles is None else Layout.TILES if self.tiles else Layout.SPEAKER


def read(answer: Any) -> dict[str, Any]:
    """What one frame answered; what is no such answer says nothing."""
    if not isinstance(answer, str) or not 0 < len(answer) < LONGEST:
        return {}
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def seen(answers: Iterable[Mapping[str, Any]]) -> SiteLook:
    """All frames together: the first that shows something of a thing is believed."""
    told = [one for one in answers if one]

    def flag(key: str) -> bool | None:
        return next((one[key] for one in told if isinstance(one.get(key), bool)), None)

    people = next((one["participants"] for one in told if isinstance(one.get("participants"), list)), None)
    switches = {key: flag(key) for key in SWITCHES}
    abilities = {SWITCHES[key] for key, value in switches.items() if value is not None}
    if flag("turns"):  # a page that offers its microphone's switch, without a recipe
        abilities.add(Ability.MICROPHONE)
    if people is not None:
        abilities.add(Ability.PARTICIPANTS)
    wants = [word for one in told for word in words(one.get("step"))]
    return SiteLook(
        inside=bool(flag("inside")),
        failed=bool(flag("failed")),
        standing=next((Standing(s) for one in told if (s := one.get("standing")) in set(Standing)), None),
        **switches,
        participants=None if people is None else tuple(str(name)[:NAME] for name in people[:NAMES]),
        requests=frozenset(Request(r) for one in told for r in words(one.get("requests")) if r in set(Request)),
        wants=frozenset(wants) & {"username", "password"},
        abilities=frozenset(abilities),
    )


def words(value: object) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
