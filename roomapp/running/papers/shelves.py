"""The registers of meetings and incidents as lines that a person reads, and one record as its main lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from roomapp.events import RowState, StepRow
from roomapp.records.chain import Row
from roomapp.records.facts.record import SessionRecord
from roomapp.records.facts.session import record_of
from roomapp.records.facts.telling import Telling, planned
from roomapp.records.registers.register import Register
from roomapp.rules.reporting.register import IncidentRecord, MeetingRecord, Status
from roomapp.words import Words

MOST_SHOWN = 500
STATES = {Status.HELD: RowState.PASSED, Status.POSTPONED: RowState.WARNED, Status.CANCELLED: RowState.SKIPPED}


@dataclass(frozen=True, slots=True)
class Shelf:
    """Newest first. `open`: ids of reported incidents that nobody has told to be put right; `within`: of a meeting."""

    meetings: tuple[StepRow, ...]
    incidents: tuple[StepRow, ...]
    open: frozenset[str]
    within: Mapping[str, tuple[str, ...]]


def shelf_of(register: Register, rows: Sequence[Row], zone: ZoneInfo, words: Words) -> Shelf:
    lines = [(one.planned_opening, _meeting_line(one, zone, words)) for one in register.meetings]
    for id in register.unresolved:
        meeting = planned(rows, id)
        if meeting is not None:
            row = StepRow(id, meeting.title, RowState.ASK, _when(meeting.opening, zone, words("record.unresolved")))
            lines.append((meeting.opening, row))
    lines.sort(key=lambda line: line[0], reverse=True)
    titles = {one.id: one.title for one in register.meetings}
    incidents = sorted(register.incidents, key=lambda one: one.started_at, reverse=True)
    return Shelf(
        tuple(row for _, row in lines[:MOST_SHOWN]),
        tuple(_incident_line(one, titles, zone, words) for one in incidents[:MOST_SHOWN]),
        frozenset(one.id for one in incidents if one.restored_at is None and not one.connection_lost),
        {id: tuple(one.id for one in incidents if one.meeting_id == id) for id in titles},
    )


def _when(at: datetime, zone: ZoneInfo, said: str) -> str:
    return f"{at.astimezone(zone):%H:%M %d/%m/%Y} · {said}"


def _meeting_line(one: MeetingRecord, zone: ZoneInfo, words: Words) -> StepRow:
    judged = one.judged and one.status is Status.HELD
    said = words("record.judged") if judged else words(f"record.status_{one.status}")
    state = RowState.WARNED if judged else STATES[one.status]
    return StepRow(one.id, one.title, state, _when(one.opened_at or one.planned_opening, zone, said))


def _incident_line(one: IncidentRecord, titles: dict[str, str], zone: ZoneInfo, words: Words) -> StepRow:
    is_open = one.restored_at is None
    said = words("record.still_open") if is_open else words("record.put_right")
    where = titles.get(one.meeting_id or "", words("record.outside"))
    name = f"{words(f'ui.incident_{one.kind}')}: {where}" if one.meeting_id else words(f"ui.incident_{one.kind}")
    return StepRow(one.id, name, RowState.FAILED if is_open else RowState.PASSED, _when(one.started_at, zone, said))


Lines = tuple[tuple[str, str], ...]


def meeting_lines(rows: Sequence[Row], register: Register, id: str, telling: Telling) -> Lines:
    """(what, value) of one meeting; what nobody told says so."""
    words = telling.words
    one = next((found for found in register.meetings if found.id == id), None)
    record = record_of(rows, id, telling)
    meeting = planned(rows, id)
    opening = one.planned_opening if one is not None else meeting.opening if meeting is not None else None
    trial = next((found for found in reversed(record.trials) if found.finished_at is not None), None)
    trial_at = trial.finished_at if trial is not None else one.trial_finished_at if one is not None else None
    officers = dict.fromkeys(telling.name(found.person) for found in record.duties)
    spoken = sum(turn.seconds or 0.0 for turn in record.turns)
    lost = sum(cut.seconds or 0.0 for cut in record.interruptions)
    here = record.connected is not None  # of a call that was not lived through here nothing is counted
    turns = words("record.turns_text", n=len(record.turns), minutes=round(spoken / 60))
    cuts = words("record.cuts_text", n=len(record.interruptions), minutes=round(lost / 60))
    return (
        (words("record.planned"), _told(opening, telling)),
        (words("record.trial"), _with(_told(trial_at, telling), _who(trial.confirmed_by if trial else "", telling))),
        (words("record.connected"), _told(one.joined_at if one is not None else None, telling)),
        (words("record.opened"), _told(one.opened_at if one is not None else None, telling)),
        (words("record.closed"), _told(one.closed_at if one is not None else None, telling)),
        (words("record.people"), _or_not(one.attendance if one is not None else None, telling)),
        (words("record.turns"), turns if here else words("facts.not_told")),
        (words("record.cuts"), cuts if here else words("facts.not_told")),
        (words("record.link"), _link(record, telling)),
        (words("record.officers"), ", ".join(name for name in officers if name) or words("facts.not_told")),
        *_corrected(record, telling),
    )


def _link(record: SessionRecord, telling: Telling) -> str:
    words, loss, rtt = telling.words, record.link.loss_pct(), record.link.rtt_ms()
    said = [words("record.link_loss", loss=words.decimal(loss))] if loss is not None else []
    said += [words("record.link_delay", rtt=round(rtt))] if rtt is not None else []
    if not said:
        return words("facts.not_told")
    return ", ".join((*said, words("record.link_weak", minutes=round(record.link.weak_s / 60))))


def _corrected(record: SessionRecord, telling: Telling) -> Lines:
    if not record.corrections:
        return ()
    last = record.corrections[-1]
    by = telling.name(int(last.by)) if last.by.isdigit() else ""
    return ((telling.words("record.corrected"), _with(_told(last.at, telling), by)),)


def incident_lines(register: Register, id: str, telling: Telling) -> Lines:
    words = telling.words
    one = next((found for found in register.incidents if found.id == id), None)
    if one is None:
        return ()
    title = next((found.title for found in register.meetings if found.id == one.meeting_id), "")
    return (
        (words("record.kind"), words(f"ui.incident_{one.kind}")),
        (words("record.meeting"), title or words("record.outside")),
        (words("record.began"), _told(one.started_at, telling)),
        (words("record.told_chair"), _told(one.told_chair_at, telling)),
        (words("record.restored"), _told(one.restored_at, telling)),
        (words("record.cause"), _coded("incident.cause_", one.cause, telling)),
        (words("record.remedy"), _coded("incident.remedy_", one.remedy, telling)),
    )


def _coded(area: str, code: str, telling: Telling) -> str:
    said = telling.said(area + code) or telling.said(f"facts.remedy_{code}") or code
    return said or telling.words("facts.not_told")


def _told(at: datetime | None, telling: Telling) -> str:
    return f"{telling.local(at):%H:%M %d/%m/%Y}" if at is not None else telling.words("facts.not_told")


def _or_not(value: int | None, telling: Telling) -> str:
    return str(value) if value is not None else telling.words("facts.not_told")


def _who(code: str, telling: Telling) -> str:
    return telling.role(code) if code else ""


def _with(said: str, more: str) -> str:
    return f"{said} · {more}" if more else said
