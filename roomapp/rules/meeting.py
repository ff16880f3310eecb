"""The calendar of meetings, folded from the journal, and what is still to be asked about one."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from roomapp.rules.pack import RulePack

ADDED, CHANGED, CANCELLED = "meeting.added", "meeting.changed", "meeting.cancelled"
POSTPONED = "meeting.postponed"
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


class MeetingKind(StrEnum):
    """The kinds that must be online by the An Giang directive (point 2), and any other."""

    WORKING = "working"
    TRAINING = "training"
    YEARLY_REVIEW = "yearly_review"
    TOPICAL_REVIEW = "topical_review"
    OTHER = "other"


Text = Annotated[str, msgspec.Meta(max_length=300)]
Person = Annotated[int, msgspec.Meta(ge=1)]  # the journal's id: names and telephones never enter the chain


class Meeting(msgspec.Struct, frozen=True, kw_only=True):
    """One meeting as planned; times are aware. `class` on the wire is `scale` here.

    Nothing here says whether it holds state secrets: that answer is asked each time, and never kept.
    """

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    title: Text
    scale: MeetingClass = msgspec.field(name="class")
    level: Level
    opening: Moment
    system: str = "province"
    platform: str = ""
    room: str = ""
    chair_site: Text = ""
    expected_end: Moment | None = None
    role: SiteRole = SiteRole.MEMBER
    kind: MeetingKind | None = None
    host_unit: Text = ""
    host_body: str = ""  # an id among the pack's ranks; empty: as the class has it
    chair_officer: Person | None = None  # the focal officer of the chair site (Art. 8.1)
    invitation_number: Text = ""
    invitation_date: date | None = None
    invitation_issuer: Text = ""
    invitation_received_at: Moment | None = None
    chain: tuple[Level, ...] = ()  # from above: TW, T, X; empty: as the class has it
    relay_site: Text = ""
    fallback_platform: str = ""
    expected_people: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    duty_officers: tuple[Person, ...] = ()
    source: Annotated[str, msgspec.Meta(max_length=600)] = ""  # the file's or calendar's own id: it never comes twice
    postponed: bool = False  # no new day yet: it stands in no calendar
    postponed_from: Moment | None = None  # the opening first planned

    @property
    def end(self) -> datetime:
        return self.expected_end or self.opening + USUAL_LENGTH

    def body(self, rules: RulePack) -> str:
        """Who calls it, as an id among the ranks of Art. 4.5."""
        template = rules.template(self.scale)
        return self.host_body or (template.body if template is not None else "")

    def levels(self) -> tuple[Level, ...]:
        """The chain that picture and sound come down (Art. 5.4)."""
        usual = CHAINS.get(self.scale, (self.level, Level.COMMUNE))
        return self.chain or tuple(dict.fromkeys(usual))


CHAINS = {
    MeetingClass.RELAY_FROM_CENTRE: (Level.CENTRE, Level.PROVINCE, Level.COMMUNE),
    MeetingClass.OTHER_THREE_LEVEL: (Level.CENTRE, Level.PROVINCE, Level.COMMUNE),
}
FIELDS = frozenset(one.encode_name for one in msgspec.structs.fields(Meeting))


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
        path = str(error).rpartition("`$.")[2].rstrip("`").partition("[")[0]
        known = {one.encode_name for one in msgspec.structs.fields(Meeting)}
        missing = next((one for one in known if f"`{one}`" in str(error)), "")
        raise MeetingError("wrong_field", path if path in known else missing) from error
    if meeting.expected_end is not None and meeting.expected_end <= meeting.opening:
        raise MeetingError("ends_before_it_opens", "expected_end")
    return meeting


def every_meeting(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Meeting]:
    """The meetings that were not cancelled, postponed ones too, by id, from (kind, body) in the journal's order.

    A row that changes or cancels what is not there, or makes a meeting impossible, changes nothing: the calendar must
    come up whatever was once written. A postponed meeting stands again once it has a new opening.
    """
    found: dict[str, Meeting] = {}
    for kind, body in rows:
        name = str(body.get("id", ""))
        try:
            if kind == ADDED:
                meeting = meeting_from(body)
                found[meeting.id] = meeting
            elif kind == CHANGED and name in found:
                again = {"postponed": False} if "opening" in body else {}
                found[name] = meeting_from({**msgspec.to_builtins(found[name]), **body, **again})
            elif kind == POSTPONED and name in found:
                first = found[name].postponed_from or found[name].opening
                found[name] = msgspec.structs.replace(found[name], postponed=True, postponed_from=first)
            elif kind == CANCELLED:
                found.pop(name, None)
        except MeetingError:
            continue
    return found


def calendar(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Meeting]:
    """The meetings that stand: as every_meeting, without those that wait for a new day."""
    return {id: meeting for id, meeting in every_meeting(rows).items() if not meeting.postponed}


class Gap(StrEnum):
    """What Art. 8.1 wants in an invitation, and what a record cannot be closed without."""

    CHAIR_OFFICER = "chair_officer"
    CHAIR_OFFICER_PHONE = "chair_officer_phone"
    SYSTEM = "system"
    HOST_UNIT = "host_unit"
    CHAIR_SITE = "chair_site"
    KIND = "kind"
    INVITATION = "invitation"
    RELAY_SITE = "relay_site"


def gaps(meeting: Meeting, officer: str = "", phone: str = "") -> tuple[Gap, ...]:
    """What is to be asked of the host unit (Art. 8.1); `officer`, `phone`: of the chair site, as far as known."""
    lacking = {
        Gap.CHAIR_OFFICER: not officer.strip(),
        Gap.CHAIR_OFFICER_PHONE: not phone.strip(),
        Gap.SYSTEM: not meeting.platform,
        Gap.HOST_UNIT: not meeting.host_unit.strip(),
        Gap.CHAIR_SITE: not meeting.chair_site.strip(),
        Gap.KIND: meeting.kind is None,
        Gap.INVITATION: not meeting.invitation_number.strip() or meeting.invitation_date is None,
        Gap.RELAY_SITE: meeting.scale is MeetingClass.RELAY_FROM_CENTRE and not meeting.relay_site.strip(),
    }
    return tuple(gap for gap, is_lacking in lacking.items() if is_lacking)


def contact_roles(meeting: Meeting, rules: RulePack) -> tuple[str, ...]:
    """Whom to call about it, first the operating agency of its class (Art. 6)."""
    return (rules.class_rule(meeting.scale).agency, "control_tech", "carrier_tech")


MOST_CODE = 120


def room_in(code: str, url: str = "") -> str:
    """The number of a meeting's room in a QR code; empty: it is none.

    A code is the number itself, or an address: by the platform's own `url` with its {room}, else its last part.
    """
    whole = code.strip()
    short = whole.partition("?")[0].partition("#")[0] if "://" in whole else whole
    before, marked, after = url.partition("{room}")
    if marked and short.startswith(before) and short.endswith(after) and len(short) > len(before) + len(after):
        room = short[len(before) : len(short) - len(after)]
    elif "://" in short:
        room = short.partition("://")[2].partition("/")[2].rstrip("/").rpartition("/")[2]
    else:
        room = short
    plain = room.replace("-", "").replace("_", "").replace(".", "").replace(" ", "")
    return room if plain.isalnum() and len(room) <= MOST_CODE else ""
