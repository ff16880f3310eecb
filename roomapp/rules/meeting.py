"""The calendar of meetings, folded from the journal, and the next duty that it puts on the room."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from roomapp.rules.pack import Article, RulePack

ADDED, CHANGED, CANCELLED = "meeting.added", "meeting.changed", "meeting.cancelled"
USUAL_LENGTH = timedelta(hours=4)  # of a meeting whose end nobody told: a half day

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class MeetingClass(StrEnum):
    """Scale of a meeting, by the points of Art. 5."""

    PROVINCE = "5.1"
    SECTOR = "5.2"
    DISTRICT = "5.3"
    RELAY_FROM_CENTRE = "5.4.a"
    PROVINCE_TO_COMMUNE = "5.4.b"
    OTHER_THREE_LEVEL = "5.4.c"


class Level(StrEnum):
    """Which level chairs it."""

    CENTRE = "TW"
    PROVINCE = "T"
    COMMUNE = "X"


class SiteRole(StrEnum):
    """The site's role is the meeting's, not the room's (Art. 2)."""

    MEMBER = "member"
    CHAIR = "chair"


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """One meeting as planned; times are aware. `class` on the wire is `scale` here."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    title: str
    scale: MeetingClass = msgspec.field(name="class")
    level: Level
    opening: Moment
    system: str = "province"
    platform: str = ""
    room: str = ""
    chair_site: str = ""
    expected_end: Moment | None = None
    role: SiteRole = SiteRole.MEMBER

    @property
    def end(self) -> datetime:
        return self.expected_end or self.opening + USUAL_LENGTH


class MeetingError(Exception):
    """A meeting that cannot be; `key` names a sentence of the area "meeting", `field` what is wrong."""

    def __init__(self, key: str, field: str = "") -> None:
        super().__init__(f"{key} {field}".strip())
        self.key = key
        self.field = field


def meeting_from(body: Mapping[str, Any]) -> Meeting:
    """From a row's body or a form; MeetingError says what does not fit."""
    try:
        meeting = msgspec.convert(dict(body), Meeting)
    except msgspec.ValidationError as error:
        path = str(error).rpartition("`$.")[2].rstrip("`")
        known = {one.encode_name for one in msgspec.structs.fields(Meeting)}
        missing = next((one for one in known if f"`{one}`" in str(error)), "")
        raise MeetingError("wrong_field", path if path in known else missing) from error
    if meeting.expected_end is not None and meeting.expected_end <= meeting.opening:
        raise MeetingError("ends_before_it_opens", "expected_end")
    return meeting


def calendar(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Meeting]:
    """The meetings that stand, by id, from (kind, body) in the journal's order; other kinds are passed over.

    A row that changes or cancels what is not there, or makes a meeting impossible, changes nothing: the calendar must
    come up whatever was once written.
    """
    found: dict[str, Meeting] = {}
    for kind, body in rows:
        name = str(body.get("id", ""))
        try:
            if kind == ADDED:
                meeting = meeting_from(body)
                found[meeting.id] = meeting
            elif kind == CHANGED and name in found:
                found[name] = meeting_from({**msgspec.to_builtins(found[name]), **body})
            elif kind == CANCELLED:
                found.pop(name, None)
        except MeetingError:
            continue
    return found


class DutyKind(StrEnum):
    CONNECT = "connect"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Duty:
    """The next thing that the rules ask of the room: what, by when, on what ground."""

    kind: DutyKind
    due: datetime
    article: Article
    meeting: Meeting
    overdue: bool


def next_duty(
    now: datetime, meetings: Iterable[Meeting], rules: RulePack, connected: Collection[str] = ()
) -> Duty | None:
    """The duty of the meeting that opens next and is not over; `connected`: ids of meetings that the room has joined.

    A connection made at the very moment of the deadline is in time (Art. 7.1).
    """
    duties = []
    for meeting in meetings:
        if meeting.end <= now:
            continue
        if meeting.id not in connected:
            due = meeting.opening - timedelta(minutes=rules.connect_lead_min)
            duties.append(Duty(DutyKind.CONNECT, due, Article.CONNECT_LEAD, meeting, now > due))
        elif now < meeting.opening:
            duties.append(Duty(DutyKind.OPENING, meeting.opening, Article.CONNECT_LEAD, meeting, False))
    return min(duties, key=lambda duty: (duty.meeting.opening, duty.due), default=None)
