"""Biên bản sự cố from the journal: HG-32, HG-36 to HG-38. At any row a kill may have cut it: what is there is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from roomapp.records.chain import Row
from roomapp.records.facts.telling import PRACTICE, FactError, Telling, moment, on_duty_at, placed, planned
from roomapp.records.papers.incident_minutes import CourseLine, IncidentMinutes, Present
from roomapp.records.registers.register import Register

BEGINS = ("incident.opened", "incident.reported", "record.incident")
OFFICER = "officer"


@dataclass(slots=True)
class _Course:
    """What the rows of one incident say beyond its record."""

    first: Row
    meeting: str
    rows: list[Row] = field(default_factory=list)
    speaking: bool | None = None  # the room's own microphone was open when it began; None: not known
    recording: bool | None = None


def minutes_of(rows: Sequence[Row], register: Register, incident: str, telling: Telling) -> IncidentMinutes:
    """FactError where no such incident is in the register."""
    record = next((one for one in register.incidents if one.id == incident), None)
    course = _course(rows, incident, record.started_at) if record is not None else None
    if record is None or course is None:
        raise FactError("no_incident")
    meeting = planned(rows, course.meeting) if course.meeting else None
    known = next((one for one in register.meetings if one.id == course.meeting), None)
    opened = _opened(rows, course.meeting) or (known.opened_at if known is not None else None)
    title = meeting.title if meeting is not None else known.title if known is not None else ""
    opening = opened or (meeting.opening if meeting is not None else known.planned_opening if known else None)
    minute = int((record.started_at - opened).total_seconds() // 60) + 1 if opened is not None else None
    last = {row.kind: row for row in course.rows}
    closed, ended = last.get("incident.closed"), last.get("incident.ended")
    confirmed = closed if closed is not None and closed.body.get("end") == "confirmed" else None
    leave = last.get("incident.leave")
    called = next((row for row in course.rows if row.kind == "incident.called"), None)
    officer, _ = on_duty_at(rows, course.first.at, telling)
    name = telling.name(officer)
    lasted = None
    if record.connection_lost and record.restored_at is not None:
        lasted = (record.restored_at - record.started_at).total_seconds()
    local = telling.local
    started = local(record.started_at)
    assert started is not None
    return IncidentMinutes(
        issuer=telling.issuer(),
        day=started.date(),
        site=telling.site.name,
        started_at=started,
        present=(Present(name, telling.words("facts.post_officer")),) if name else (),
        meeting=title,
        meeting_opening=local(opening),
        minute_of_meeting=minute if minute is not None and minute > 0 else None,
        kinds=(str(record.kind),),
        phenomenon=_phenomenon(course.first.body, telling),
        cause=_named("incident.cause_", record.cause, telling),
        remedy=_named("incident.remedy_", record.remedy, telling),
        eta="" if record.eta in ("", "unknown") else record.eta,
        told_chair_at=local(record.told_chair_at),
        course=tuple(_lines(course, name, telling)),
        restored_at=local(record.restored_at),
        confirmed_at=local(_at(confirmed)),
        interruption_s=lasted,
        leave=_word(leave.body, telling) if leave is not None else "",
        missed_speech=True if course.speaking else None,  # whether others' words were missed, nobody recorded
        recording=course.recording,
        effect=_effect(course, telling),
        called_at=local(_at(called)),
        answered_at=local(_at(last.get("incident.answered"))),
        control_tech=telling.contact("control_tech") if confirmed is not None or record.told_chair_at else "",
        ended_at=local(_at(closed or ended)),
        officer=name,
        carrier_tech=telling.contact("carrier_tech") if called is not None else "",
    )


def _course(rows: Sequence[Row], incident: str, started: datetime) -> _Course | None:
    found: _Course | None = None
    microphone: bool | None = None
    recorder: bool | None = None
    for one in placed(rows):
        row, kind = one.row, one.row.kind
        if found is None and row.at < started:  # what closes by the loss itself is written after it
            if kind.startswith("microphone."):
                microphone = kind == "microphone.opened" or (microphone is True and kind != "microphone.closed")
            elif kind in ("recording.started", "recording.ended"):
                recorder = kind == "recording.started"
        if kind in BEGINS and str(row.body.get("id")) == incident:
            meeting = str(row.body.get("meeting") or row.body.get("meeting_id") or one.meeting)
            found = _Course(row, "" if meeting == PRACTICE else meeting, [row])
            if kind != "record.incident" and meeting:
                found.speaking, found.recording = bool(microphone), bool(recorder)
        elif found is not None and kind.startswith("incident.") and str(row.body.get("id")) == incident:
            found.rows.append(row)
    return found


def _opened(rows: Sequence[Row], meeting: str) -> datetime | None:
    told = [row.body.get("at") for row in rows if row.kind == "meeting.opened" and row.body.get("meeting") == meeting]
    return moment(told[-1]) if told and meeting else None


def _at(row: Row | None) -> datetime | None:
    return None if row is None else moment(row.body.get("at")) or row.at


def _named(area: str, code: str, telling: Telling) -> str:
    """A code of the lists by its sentence; free words of an earlier register as they are; unknown is not recorded."""
    if code in ("", "unknown"):
        return ""
    return telling.said(area + code) or telling.said(f"facts.remedy_{code}") or code


def _phenomenon(body: Mapping[str, Any], telling: Telling) -> str:
    if "layer" not in body:
        return telling.said(f"ui.incident_{body.get('kind')}")
    parts = telling.said(f"incident.layer_{body['layer']}"), telling.said(f"incident.where_{body.get('where')}")
    return " ".join(part for part in parts if part)


def _word(body: Mapping[str, Any], telling: Telling) -> str:
    channel = telling.said(f"facts.channel_{body.get('channel')}")
    who = telling.role(body.get("who")) or telling.words("facts.who_unknown")
    return telling.words("facts.word", who=who, channel=channel) if channel else who


def _effect(course: _Course, telling: Telling) -> str:
    match course.speaking:
        case None:
            return ""
        case True:
            return telling.words("facts.was_speaking")
        case _:
            return telling.words("facts.was_silent")


def _lines(course: _Course, officer: str, telling: Telling) -> list[CourseLine]:
    found = []
    for row in course.rows:
        at, body = telling.local(_at(row)), row.body
        what = _what(row.kind, body, telling)
        if at is None or not what:
            continue
        by_chair = row.kind == "incident.leave" or (row.kind == "incident.closed" and body.get("end") == "confirmed")
        who = telling.role(body.get("who")) if by_chair else ""
        by_itself = row.kind in ("incident.opened", "incident.restored", "incident.lost_again", "record.incident")
        if by_itself:
            who = telling.words("facts.who_system")
            at = telling.local(moment(body.get("started_at"))) or at
        found.append(CourseLine(at, who or officer or telling.words("facts.who_officer"), what))
    return found


def _what(kind: str, body: Mapping[str, Any], telling: Telling) -> str:
    words = telling.words
    cause = telling.said(f"incident.cause_{body.get('cause')}") or words("facts.not_told")
    remedy = _named("incident.remedy_", str(body.get("remedy", "")), telling) or words("facts.not_told")
    eta = str(body.get("eta", ""))
    match kind.removeprefix("incident."):
        case "opened":
            return words("facts.course_opened")
        case "reported":
            return words("facts.course_reported", what=_phenomenon(body, telling) or words("facts.not_told"))
        case "called":
            return words("facts.course_called")
        case "answered":
            return words("facts.course_answered")
        case "told":
            eta = eta if eta not in ("", "unknown") else words("facts.not_told")
            return words("facts.course_told", cause=cause, remedy=remedy, eta=eta)
        case "link_back":
            return words("facts.course_link_back")
        case "leave":
            return words("facts.course_leave", who=_word(body, telling))
        case "restored":
            return words("facts.course_restored")
        case "lost_again":
            return words("facts.course_lost_again")
        case "closed":
            key = "facts.course_confirmed" if body.get("end") == "confirmed" else "facts.course_meeting_closed"
            return words(key)
        case "ended":
            return words("facts.course_ended", cause=cause, remedy=remedy)
    return ""
