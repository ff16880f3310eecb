"""What was found of a meeting, for a person to confirm; and what is wrong with a source."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class Note(StrEnum):
    """What the source left open, and how it was taken; the officer looks at it."""

    ALL_DAY = "all_day"  # no time told: it cannot be entered before somebody tells it
    NO_ZONE = "no_zone"  # taken in the site's zone
    UNKNOWN_ZONE = "unknown_zone"  # as above
    SHORTENED = "shortened"  # the title was longer than a title may be
    NO_TITLE = "no_title"


@dataclass(frozen=True, slots=True)
class Found:
    """One meeting. `source`: its own id there; the same again is a change, never a second meeting.

    `opening`: aware; None: only its day is told. `fields`: of the meeting's row, persons by name.
    """

    source: str
    day: date
    opening: datetime | None
    fields: dict[str, Any] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    cancelled: bool = False
    edition: int = 0  # counted by the source: a lower one than was taken is an old copy


@dataclass(frozen=True, slots=True)
class Read:
    """All of one source: the meetings to come, how many are over; `cut`: there are more than were taken."""

    found: tuple[Found, ...]
    past: int = 0
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ImportFault:
    """`key` names a sentence of the area "invitation"; `line`: of the file, 0 where it is the whole of it."""

    key: str
    line: int = 0
    what: str = ""


class InvitationError(Exception):
    """Nothing was taken; every fault that could be found."""

    def __init__(self, *faults: ImportFault) -> None:
        super().__init__(", ".join(f"line {fault.line}: {fault.key} {fault.what}".strip() for fault in faults))
        self.faults = faults
