"""The session's record: what took place in one meeting, each fact with the numbers of the rows that it stems from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roomapp.rules.link_sums import NOT_LOOKED, LinkSums


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing that took place. `by`: the code of who said so, as the row keeps it; times UTC."""

    at: datetime
    rows: tuple[int, ...]
    by: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class TrialFact:
    """`confirmed`: what the chair site said of both ways, None: nothing. `verdict` by Art. 7.2, empty: none."""

    rows: tuple[int, ...]
    began_at: datetime
    confirmed: bool | None = None
    confirmed_by: str = ""
    finished_at: datetime | None = None
    verdict: str = ""
    media: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """The open microphone once. `seconds` None: a kill took its end away. `reason`: opened without an invitation."""

    rows: tuple[int, ...]
    opened_at: datetime
    closed_at: datetime | None = None
    seconds: float | None = None
    asked_by: str = ""
    invited_by: str = ""
    reason: str = ""
    closed_why: str = ""


@dataclass(frozen=True, slots=True)
class Dip:
    rows: tuple[int, ...]
    at: datetime
    why: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Interruption:
    """`seconds` from the last good media to the restored link; None while it lasts."""

    rows: tuple[int, ...]
    incident: str
    began_at: datetime
    restored_at: datetime | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StepFact:
    rows: tuple[int, ...]
    list: str
    step: str
    state: str
    at: datetime
    measured: Mapping[str, Any]
    reason: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DutyFact:
    rows: tuple[int, ...]
    at: datetime
    person: int
    instead_of: int = 0


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """`lead_s`: connected so long before the planned opening (negative: after it)."""

    meeting: str
    trials: tuple[TrialFact, ...] = ()
    secret_asked: Noted | None = None  # answered no: a yes is never kept
    paper: str = ""
    connected: Noted | None = None
    lead_s: float | None = None
    connect_verdict: str = ""
    two_way: Noted | None = None
    opened: Noted | None = None
    closed: Noted | None = None
    turns: tuple[Turn, ...] = ()
    framings: tuple[Noted, ...] = ()
    dips: tuple[Dip, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    recordings: tuple[Noted, ...] = ()
    steps: tuple[StepFact, ...] = ()
    duties: tuple[DutyFact, ...] = ()
    corrections: tuple[Noted, ...] = ()
    people: int | None = None
    link: LinkSums = NOT_LOOKED
    rows: tuple[int, ...] = field(default=())
