"""A recipe at work in the frames of a page, in the screen's thread: looks, enters, turns, types, leaves."""

import json
import secrets
import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEngineFrame, QWebEngineScript

from devices.contract import Ability, Standing
from ui.conference.scripts import APART, MAIN, engine
from ui.conference.site import Recipe, SiteLook, read, seen

OVER = frozenset(Standing) - {Standing.WAITING_ROOM, Standing.PASSWORD}  # nothing is pressed any more
ENTER_S = 120.0  # nor after this long: a person is at it then
TAKEN_S = 3.0  # a page that still asks for the password then has not taken it
Frames = Sequence[QWebEngineFrame]
Heard = Callable[[Any], None]


class Hands:
    """`wanted` is told, once for each beginning of a page, that it asks for the account."""

    def __init__(self, recipe: Recipe, wanted: Callable[[frozenset[str]], None] | None) -> None:
        self.recipe, self._wanted = recipe, wanted
        self.site = SiteLook()
        self.changed: Callable[[], None] = lambda: None  # called with each new look
        self.name = ""  # this site's own, as the far sites shall see it
        self._hands = f"hands_{secrets.token_hex(6)}"
        self._entering = False
        self._began_at = 0.0
        self._asked = False  # for the account
        self._typed_at: float | None = None
        self._answers: list[dict[str, Any]] = []
        self._round = 0

    @property
    def standing(self) -> Standing | None:
        """What the page says of us; PASSWORD also where it asks for one that we do not have, or did not take it."""
        said = self.site.standing
        if said is Standing.PASSWORD or (said is None and self.site.wants):
            waiting = self._asked and (self._typed_at is None or time.monotonic() - self._typed_at < TAKEN_S)
            return None if waiting else Standing.PASSWORD
        return said

    @property
    def entering(self) -> bool:
        return self._entering and bool(self.recipe.engine)

    def scripts(self) -> list[QWebEngineScript]:
        return [engine(self._hands, self.recipe)] if self.recipe.engine else []

    def begin(self) -> None:
        """A page begins: nothing is known of it, and it is entered anew."""
        self.site, self._entering, self._began_at = SiteLook(), True, time.monotonic()
        self._asked, self._typed_at = False, None

    def look(self, frames: Frames, enter: bool) -> None:
        """Asks every frame what it shows; `enter`: one step towards the room is taken too, where one is open."""
        self._entering = self._entering and time.monotonic() - self._began_at < ENTER_S
        given = json.dumps({"name": self.name} if enter and self._entering else None)
        offered = self.recipe.object or "undefined"
        own = (
            f"typeof {offered} === 'object' && {offered} ? JSON.stringify({offered}.state)"
            " : typeof roomappMicrophone === 'function' ? '{\"turns\":true}' : ''"
        )
        shown = f"typeof {self._hands} === 'object' ? {self._hands}.look({given}) : ''"
        asked = [(own, MAIN), *([(shown, APART)] if self.recipe.engine else [])]
        self._round += 1
        self._answers, expected = [], len(frames) * len(asked)
        for frame in frames:
            for code, world in asked:
                frame.runJavaScript(code, world, lambda answer, r=self._round: self._heard(answer, r, expected))

    def turn(self, frames: Frames, what: str, on: bool, heard: Heard) -> None:
        """One press, where it is not so already. `heard` is given what the page itself answers: mostly nothing."""
        value, own = json.dumps(on), self.recipe.object
        if own:
            code, world = f"typeof {own} === 'object' && {own}.{what} ? {own}.{what}({value}) : null", MAIN
        elif ("layout" if what == "tiles" else what) in self.recipe.engine:
            key = "layout" if what == "tiles" else what
            code, world = f"typeof {self._hands} === 'object' ? {self._hands}.turn('{key}', {value}) : null", APART
        elif what == "microphone":
            code = f"typeof roomappMicrophone === 'function' ? roomappMicrophone({value}) === true : null"
            world = MAIN
        else:
            frames = ()
        first = _first(len(frames), heard)
        for frame in frames:
            frame.runJavaScript(code, world, first)

    def type(self, frames: Sequence[tuple[QWebEngineFrame, QUrl]], account: dict[str, str]) -> None:
        """Into the fields that ask for it, of frames that still stand where they stood."""
        self._typed_at = time.monotonic()
        told = json.dumps(account)
        for frame, url in frames:
            origin = f"{url.scheme()}://{url.authority()}"
            if self.recipe.object:
                call = f"{self.recipe.object}.type && {self.recipe.object}.type({told})"
                code, world = (
                    f"location.origin === '{origin}' && typeof {self.recipe.object} === 'object' && {call}",
                    MAIN,
                )
            else:
                code, world = f"typeof {self._hands} === 'object' && {self._hands}.type('{origin}', {told})", APART
            frame.runJavaScript(code, world)

    def not_typed(self) -> None:
        """The account could not be had."""
        self._typed_at = 0.0

    def leave(self, frames: Frames, heard: Heard) -> None:
        """Presses what ends our own part, where the page has it; `heard` is told whether."""
        self._entering = False
        own = self.recipe.object
        code = f"typeof {own} === 'object' && {own}.leave ? ({own}.leave(), true) : null"
        shown = f"typeof {self._hands} === 'object' ? {self._hands}.leave() || null : null"
        first = _first(len(frames), heard)
        for frame in frames:
            frame.runJavaScript(code if own else shown, MAIN if own else APART, first)

    def _heard(self, answer: Any, number: int, expected: int) -> None:
        if number != self._round:
            return
        self._answers.append(read(answer))
        if len(self._answers) < expected:
            return
        self.site = seen(self._answers)
        if self.site.inside or self.site.standing in OVER:
            self._entering = False
        if self.site.wants and not self._asked and self._wanted is not None:
            self._asked = True
            self._wanted(self.site.wants)
        self.changed()

    def can(self, ability: Ability) -> bool:
        return ability in self.site.abilities


def _first(count: int, heard: Heard) -> Heard:
    """The first answer of several frames that says something; None when all have said nothing."""
    left, done = [count], [False]

    def one(answer: Any) -> None:
        left[0] -= 1
        if not done[0] and (answer is not None or left[0] <= 0):
            done[0] = True
            heard(answer)

    if count == 0:
        heard(None)
    return one
