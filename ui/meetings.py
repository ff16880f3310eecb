"""`roomapp meeting …` and `roomapp calendar …` in an assembled room."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from roomapp.profile import Fault
from roomapp.records.overrides import OverridesError, read_overrides
from roomapp.rules.calendar.duties import judge_invitation
from roomapp.rules.meeting import Meeting, MeetingError
from roomapp.running.room import Room
from roomapp.running.storeys.core import PRACTICE_ID
from ui.arguments import MEETING_FIELDS, MEETING_TIMES
from ui.deadlines import row_fault

NOT_TYPED_SO = ("platform", "room", "template", "chain", "on_duty", "expected_people")


def fault(room: Room, where: str, key: str, **facts: object) -> dict[str, Any]:
    words = room.words
    return {"fault": {"where": where[:80], "problem": words(key, **facts), "remedy": words(f"{key}_remedy", **facts)}}


def faults(found: list[Fault]) -> dict[str, Any]:
    first, *more = ({"where": one.where, "problem": one.problem, "remedy": one.remedy} for one in found)
    return {"fault": first, "more": more}


def plain(room: Room, meeting: Meeting) -> dict[str, Any]:
    """The contract's object, and what is still to be asked and what is late; persons by their ids."""
    answer = {"id": meeting.id, **msgspec.to_builtins(meeting)}
    for name in (*MEETING_TIMES, "postponed_from"):
        at = getattr(meeting, name)
        answer[name] = None if at is None else room.local(at).isoformat()
    times = room.dates.times().get(meeting.id)
    late = [str(duty.kind) for duty in room.late_duties(meeting.id)]
    trial = None if times is None else {n: room.local(getattr(times, n)).isoformat() for n in ("strict", "latest")}
    connect = None if times is None else room.local(times.connect).isoformat()
    received = meeting.invitation_received_at
    verdict = None if times is None or received is None else str(judge_invitation(received, times))
    answer |= {"connect": connect, "trial": trial, "invitation": verdict}
    return {**answer, "gaps": list(map(str, room.gaps_of(meeting))), "late": late}


async def meeting_list(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    booked = (m for m in (*room.meetings.values(), *room.waiting.values()) if m.id != PRACTICE_ID)
    meetings = sorted(booked, key=lambda meeting: meeting.opening)
    clashes = [
        {"first": c.first.id, "second": c.second.id, "kept": None if c.kept is None else c.kept.id}
        for c in room.clashes()
    ]
    answer = {"meetings": [plain(room, m) for m in meetings], **({"clashes": clashes} if clashes else {})}
    return {"code": 0, "answer": answer}


def moment(room: Room, text: str) -> datetime | None:
    """A time without an offset is the site's zone. None: not a time."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=room.profile.site.zone)


def _fields(room: Room, asked: dict[str, Any]) -> dict[str, Any] | str:
    """The meeting's fields among the arguments, times with their offset; or the name of one that cannot be read."""
    fields = {name: asked[name] for name in (*MEETING_FIELDS, *NOT_TYPED_SO) if name in asked}
    for name in MEETING_TIMES:
        if name in fields:
            at = moment(room, fields[name])
            if at is None:
                return name
            fields[name] = at.isoformat()
    return fields


def _wrong_platform(room: Room, fields: dict[str, Any]) -> dict[str, Any] | None:
    known = dict(room.platforms())
    for name in ("platform", "fallback_platform"):
        if fields.get(name) and fields[name] not in known:
            return fault(room, f"--{name.replace('_', '-')}", "cli.no_platform", known=", ".join(known))
    return None


async def meeting_add(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    fields = _fields(room, asked)
    if isinstance(fields, str):
        return fault(room, f"--{fields.replace('_', '-')}", "cli.no_time")
    if (wrong := _wrong_platform(room, fields)) is not None:
        return wrong
    opening = datetime.fromisoformat(fields.pop("opening"))
    try:
        meeting = await room.add_meeting(fields.pop("platform"), fields.pop("room", ""), opening, **fields)
    except MeetingError as error:
        return _wrong_field(room, error)
    return {"code": 0, "answer": plain(room, meeting)}


async def meeting_change(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    fields = _fields(room, asked)
    if isinstance(fields, str):
        return fault(room, f"--{fields.replace('_', '-')}", "cli.no_time")
    if _find(room, asked["id"]) is None:
        return fault(room, asked["id"], "cli.no_meeting")
    if (wrong := _wrong_platform(room, fields)) is not None:
        return wrong
    try:
        meeting = await room.change_meeting(asked["id"], fields)
    except MeetingError as error:
        return _wrong_field(room, error)
    return {"code": 0, "answer": plain(room, meeting)}


async def meeting_cancel(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    meeting = _find(room, asked["id"])
    if meeting is None:
        return fault(room, asked["id"], "cli.no_meeting")
    await room.cancel_meeting(asked["id"], asked.get("reason", "cancelled"))
    if _find(room, asked["id"]) is not None:
        return {"code": 1, "answer": {**plain(room, meeting), "cancelled": False, "reason": "in_meeting"}}
    return {"code": 0, "answer": {**plain(room, meeting), "cancelled": True}}


async def meeting_postpone(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    """Exit 1 while that meeting is on."""
    if asked["id"] not in room.meetings:
        return fault(room, asked["id"], "cli.no_meeting")
    await room.postpone_meeting(asked["id"], asked["why"])
    meeting = _find(room, asked["id"])
    assert meeting is not None
    if not meeting.postponed:
        return {"code": 1, "answer": {**plain(room, meeting), "reason": "in_meeting"}}
    return {"code": 0, "answer": plain(room, meeting)}


def _find(room: Room, id: str) -> Meeting | None:
    return room.meetings.get(id) or room.waiting.get(id)


def _wrong_field(room: Room, error: MeetingError) -> dict[str, Any]:
    return fault(room, f"--{error.field.replace('_', '-')}", "cli.wrong_field", field=error.field)


# --- the working calendar ---


async def calendar_list(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    kept = room.dates.calendar
    days = [
        {
            "date": one.day.isoformat(),
            "kind": str(one.kind),
            "reason": one.reason,
            "document": one.document,
            "confirmed": bool(one.confirmed_by),
            "confirmed_on": one.confirmed_on.isoformat() if one.confirmed_on is not None else None,
        }
        for one in kept.overrides
    ]
    return {"code": 0, "answer": {"version": kept.version, "days": days}}


async def calendar_import(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    """All of the file or nothing; every wrong line is named."""
    path = Path(asked["csv"])
    try:
        overrides = read_overrides(path)
    except OverridesError as error:
        return faults([row_fault(path.name, one, room.words) for one in error.faults])
    added = await room.import_overrides(overrides)
    return {"code": 0, "answer": {"added": added, "days": len(overrides), "version": room.dates.calendar.version}}


async def calendar_withdraw(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    try:
        day = date.fromisoformat(asked["date"])
    except ValueError:
        key = "deadlines.row_wrong_date"
        return fault(room, asked["date"], key, what=asked["date"][:20])
    withdrawn = await room.withdraw_override(day, asked["why"])
    return {"code": 0 if withdrawn else 1, "answer": {"withdrawn": withdrawn, "version": room.dates.calendar.version}}
