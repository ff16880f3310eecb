"""The register of meetings and incidents: one frozen record each, the same whether imported or lived through here.

Columns: the register files of `records import`; the meetings' class by Art. 5 of the Hà Giang rules.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

import msgspec

from roomapp.rules.meeting import Level, MeetingClass, Moment, SiteRole

MOST_LETTERS = 250  # of a name or a sentence in the register
Id = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_LETTERS)]
Line = Annotated[str, msgspec.Meta(max_length=MOST_LETTERS)]
People = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
FIRST_YEAR, LAST_YEAR = 2000, 2100  # a moment outside is a slip of the hand


class Status(StrEnum):
    """`postponed`: no new day yet; a meeting held later than first planned is `held` with `postponed_from`."""

    HELD = "held"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class IncidentKind(StrEnum):
    LINK = "link"
    SOUND = "sound"
    PICTURE = "picture"
    POWER = "power"
    EQUIPMENT = "equipment"


class MeetingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One meeting as it came out; times are aware, None was not told. `class` on the wire is `scale` here."""

    id: Id
    title: Name
    scale: MeetingClass = msgspec.field(name="class")
    level: Level
    system: Line = ""
    host_unit: Line = ""
    role: SiteRole = SiteRole.MEMBER
    planned_opening: Moment
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    status: Status
    postponed_from: Moment | None = None  # the opening first planned
    joined_at: Moment | None = None
    trial_finished_at: Moment | None = None
    invitation_received_at: Moment | None = None
    attendance: People | None = None
    kind: Line = ""
    judged: bool = False  # nobody told opening or closing: taken from the connection and the plan

    @property
    def planned_first(self) -> datetime:
        return self.postponed_from or self.planned_opening


class IncidentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One incident, in a meeting or outside (`meeting_id` None); `restored_at` None: still open."""

    id: Id
    meeting_id: Id | None = None
    kind: IncidentKind
    started_at: Moment
    restored_at: Moment | None = None
    connection_lost: bool = False
    cause: Line = ""
    remedy: Line = ""
    eta: Line = ""
    told_chair_at: Moment | None = None


MEETING_COLUMNS = tuple(one.encode_name for one in msgspec.structs.fields(MeetingRecord) if one.name != "judged")
INCIDENT_COLUMNS = tuple(one.encode_name for one in msgspec.structs.fields(IncidentRecord))
NEEDED: dict[type, tuple[str, ...]] = {
    MeetingRecord: ("id", "title", "class", "level", "planned_opening", "status"),
    IncidentRecord: ("id", "kind", "started_at"),
}
R = TypeVar("R", MeetingRecord, IncidentRecord)


class RecordError(Exception):
    """A record that cannot be; `key` names a sentence of the area "register", `field` the column."""

    def __init__(self, key: str, field: str = "") -> None:
        super().__init__(f"{key} {field}".strip())
        self.key, self.field = key, field


def record_from(values: dict[str, Any], kind: type[R]) -> R:
    """A record out of plain values; RecordError names the first column that is wrong, or what contradicts itself."""
    try:
        record = msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("`$.")[2].rstrip("`") or str(error).partition("`")[2].partition("`")[0]
        value = values.get(field)
        too_long = isinstance(value, str) and len(value) > (64 if field.endswith("id") else MOST_LETTERS)
        raise RecordError("missing" if not value else "too_long" if too_long else "wrong_value", field) from error
    _check_years(record)
    if isinstance(record, MeetingRecord):
        _check_meeting(record)
    elif record.restored_at is not None and record.restored_at < record.started_at:
        raise RecordError("restored_before_started", "restored_at")
    return record


def _check_years(record: MeetingRecord | IncidentRecord) -> None:
    for one in msgspec.structs.fields(type(record)):
        value = getattr(record, one.name)
        if isinstance(value, datetime) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise RecordError("wrong_year", one.encode_name)


def _check_meeting(record: MeetingRecord) -> None:
    if record.opened_at is not None and record.closed_at is not None and record.closed_at < record.opened_at:
        raise RecordError("closed_before_opened", "closed_at")
    if record.status is Status.HELD and record.opened_at is None:
        raise RecordError("held_unopened", "opened_at")
