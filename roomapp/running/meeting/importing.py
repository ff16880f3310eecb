"""Entering what was found elsewhere: each source is one meeting for ever, and the officer's own changes stay."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from roomapp.records.invitations import Found
from roomapp.rules.meeting import Meeting

if TYPE_CHECKING:
    from roomapp.running.storeys.booking import Booking

IMPORTED = "meeting.imported"  # {"meeting", "source", "told"}: no person in it
EDITION = "edition"
PERSONS = ("chair_officer_name", "chair_officer_phone")


@dataclass(slots=True)
class Taken:
    """What became of each: ids of meetings; `needs_time` and `gone` (the officer had cancelled it) name sources.

    `older`: the source had told something newer already.
    """

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    in_meeting: list[str] = field(default_factory=list)
    needs_time: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)


async def take(room: "Booking", found: tuple[Found, ...], platform: str) -> Taken:
    """One after the other; MeetingError for a field that cannot be, before that one meeting is touched."""
    taken = Taken()
    for one in found:
        booked = {m.source: m for m in (*room.meetings.values(), *room.waiting.values()) if m.source}
        meeting = booked.get(one.source)
        if meeting is not None:
            await _again(room, one, meeting, taken)
        elif one.source in room.imported:
            taken.gone.append(one.source)
        elif one.opening is None:
            taken.needs_time.append(one.source)
        elif not one.cancelled:
            fields = {k: v for k, v in one.fields.items() if k not in ("title", "room", "platform")}
            title, place = str(one.fields.get("title", "")), str(one.fields.get("room", ""))
            made = await room.add_meeting(platform, place, one.opening, title, **fields, source=one.source)
            await _keep(room, one, made.id)
            taken.added.append(made.id)
    return taken


async def _again(room: "Booking", one: Found, meeting: Meeting, taken: Taken) -> None:
    told, before = _told(one), room.imported.get(one.source, {})
    if meeting.id == room.meeting_id:
        taken.in_meeting.append(meeting.id)
        return
    if one.edition < int(before.get(EDITION, 0)):
        taken.older.append(meeting.id)
        return
    if one.cancelled:
        await room.cancel_meeting(meeting.id, "cancelled_by_source")
        taken.cancelled.append(meeting.id)
        return
    news = {name: value for name, value in told.items() if name != EDITION and before.get(name) != value}
    # What the source says no more, as an end that was taken away, is no news: the officer's word stands.
    news |= _persons(room, one, meeting)
    if news:
        await room.change_meeting(meeting.id, news)
    if told != before or news:
        await _keep(room, one, meeting.id)
    (taken.changed if news else taken.unchanged).append(meeting.id)


def _told(one: Found) -> dict[str, Any]:
    fields = {name: value for name, value in one.fields.items() if name not in PERSONS}
    opening = {} if one.opening is None else {"opening": one.opening.isoformat()}
    told: dict[str, Any] = msgspec.to_builtins({**fields, **opening, EDITION: one.edition})
    return told


def _persons(room: "Booking", one: Found, meeting: Meeting) -> dict[str, Any]:
    """The chair site's officer, where the source names another than is kept."""
    named = {name: one.fields[name] for name in PERSONS if name in one.fields}
    kept = room.journal.person(meeting.chair_officer) if meeting.chair_officer is not None else None
    same = kept is not None and named == {
        name: value for name, value in zip(PERSONS, (kept.name, kept.phone), strict=True) if name in named
    }
    return {} if same else named


async def _keep(room: "Booking", one: Found, id: str) -> None:
    await room.keep(IMPORTED, {"meeting": id, "source": one.source, "told": _told(one)})
