"""A province's rules as data: a pack is read whole or refused with the key that it lacks, never guessed."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec

MOST_BYTES = 200_000
Minutes = Annotated[int, msgspec.Meta(ge=0, le=1440)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Consent(StrEnum):
    """Whether the site may do it by itself, or only on the chair site's word (Art. 9.2.c of the Hà Giang rules)."""

    WITH_LEAVE = "with_leave"
    FREE = "free"


class MicrophoneRule(StrEnum):
    ON_INVITATION = "on_invitation"
    FREE = "free"


class Article(StrEnum):
    """The grounds that the screen names; every pack says where each stands in its own rules."""

    CONNECT_LEAD = "connect_lead"
    TRIAL_SESSION = "trial_session"
    TRIAL_DAY = "trial_day"
    INVITATION_TIME = "invitation_time"
    INVITATION_CONTENT = "invitation_content"
    CHECK_BEFORE = "check_before"
    PARAMETERS = "parameters"
    SEATING = "seating"
    SURROUNDINGS = "surroundings"
    CONDITIONS = "conditions"
    ACCOUNTS = "accounts"
    CAMERA_CARE = "camera_care"
    POWER_ORDER = "power_order"
    POWER_CUT = "power_cut"
    OTHER_SYSTEM = "other_system"
    STATE_SECRET = "state_secret"
    MICROPHONE = "microphone"
    FRAMING = "framing"
    CONNECTION = "connection"
    LINK_LOST = "link_lost"
    KEEP_IN_TOUCH = "keep_in_touch"
    SHUTDOWN = "shutdown"


SPAN = r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$"


class OfficeHours(msgspec.Struct, frozen=True, kw_only=True, rename={"since": "from"}):
    """The sessions of a working day, from and to a date, both included; None: without an end."""

    sessions: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=SPAN)], ...], msgspec.Meta(min_length=1)]
    since: date | None = None
    to: date | None = None

    def holds(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.to is None or day <= self.to)

    def spans(self) -> tuple[tuple[time, time], ...]:
        """In the order of the day."""
        return tuple(sorted((time.fromisoformat(one[:5]), time.fromisoformat(one[6:])) for one in self.sessions))


class RulePack(msgspec.Struct, frozen=True, kw_only=True):
    """One province's operating rules."""

    name: Line
    version: Line
    connect_lead_min: Minutes
    invitation_lead_h: Annotated[int, msgspec.Meta(ge=0, le=720)]  # of clock time, weekends included
    trial_one_day: tuple[Line, ...]  # the classes whose trial is a working day ahead; the others': a session
    office_hours: Annotated[tuple[OfficeHours, ...], msgspec.Meta(min_length=1)]
    reconnect: Consent
    leave: Consent
    reattach: Consent  # the same session put up again after this PC's own program fell over
    microphone: MicrophoneRule
    microphone_limit_s: Annotated[int, msgspec.Meta(ge=0, le=86400)]  # 0: no limit
    articles: dict[Article, Line]

    def ground(self, article: Article) -> str:
        """Where the rule stands, as "Điều 7, khoản 1"."""
        return self.articles[article]


@dataclass(frozen=True, slots=True)
class PackFault:
    """`key`: missing, wrong, unknown, unreadable, no_file."""

    key: str
    facts: dict[str, str] = field(default_factory=dict)


class PackError(Exception):
    """The pack cannot be used; `faults` names every key."""

    def __init__(self, *faults: PackFault) -> None:
        self.faults = faults
        super().__init__("; ".join(" ".join((fault.key, *fault.facts.values())) for fault in faults))


def load_pack(path: Path) -> RulePack:
    """Reads one pack; PackError names every missing, wrong and unknown key."""
    document = _document(path)
    faults: list[PackFault] = []
    values: dict[str, Any] = {}
    known = {one.name: one for one in msgspec.structs.fields(RulePack)}
    faults += [PackFault("unknown", {"key": key[:60]}) for key in document if key not in known]
    for name, one in known.items():
        if name == "articles":
            faults += _articles(document.get(name))
        elif name not in document:
            faults.append(PackFault("missing", {"key": name}))
        if name in document:
            try:
                values[name] = msgspec.convert(document[name], one.type)
            except msgspec.ValidationError:
                faults.append(PackFault("wrong", {"key": name}))
    if faults:
        raise PackError(*faults)
    return RulePack(**values)


def _document(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():  # also: a pipe would hold the start up for ever
            raise PackError(PackFault("no_file"))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise PackError(PackFault("unreadable"))
        return tomllib.loads(data.decode("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise PackError(PackFault("unreadable")) from error


def _articles(found: Any) -> list[PackFault]:
    named = found if isinstance(found, dict) else {}
    return [PackFault("missing", {"key": f"articles.{one}"}) for one in Article if one not in named]
