"""The figures of a period, from records only: pure sums, so that the periods of a year add up to the year.

Held meetings belong to the period of `opened_at`; cancelled and postponed ones to the first planned day. A meeting
held later than first planned counts as postponed there, and once as held where it opened. Incidents belong to
`started_at`; their seconds in a meeting belong to the meeting, whenever the incident began. An incident still open
counts to the end of its meeting; one of no meeting has no seconds yet. Amounts `*_s` are seconds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from roomapp.rules.calendar.worktime import WorkCalendar, deadlines
from roomapp.rules.meeting import Level
from roomapp.rules.pack import RulePack
from roomapp.rules.reporting.periods import Period
from roomapp.rules.reporting.register import IncidentKind, IncidentRecord, MeetingRecord, Status

ZERO = timedelta()
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Share:
    """What of the register belongs to one period. `reaching`: incidents that may reach into a meeting."""

    held: tuple[MeetingRecord, ...]
    cancelled: tuple[MeetingRecord, ...]
    postponed: tuple[MeetingRecord, ...]
    tried: tuple[MeetingRecord, ...]  # whose trial was finished in the period, also of meetings never held
    incidents: tuple[IncidentRecord, ...]
    reaching: tuple[IncidentRecord, ...]

    def meetings(self) -> tuple[MeetingRecord, ...]:
        """Each once, in the order of the first planned opening."""
        found = {one.id: one for one in (*self.held, *self.cancelled, *self.postponed)}
        return tuple(sorted(found.values(), key=lambda one: (one.planned_first, one.id)))


def share(period: Period, meetings: Iterable[MeetingRecord], incidents: Iterable[IncidentRecord]) -> Share:
    """The part of a register that one period answers for."""
    every, all_incidents = tuple(meetings), tuple(incidents)
    held = tuple(m for m in every if m.status is Status.HELD and period.holds(m.opened_at))
    latest = max((m.closed_at for m in held if m.closed_at is not None), default=period.start)
    return Share(
        held,
        tuple(m for m in every if m.status is Status.CANCELLED and period.holds(m.planned_first)),
        tuple(m for m in every if _was_postponed(m) and period.holds(m.planned_first)),
        tuple(m for m in every if period.holds(m.trial_finished_at)),
        tuple(i for i in all_incidents if period.holds(i.started_at)),
        tuple(
            i
            for i in all_incidents
            if i.started_at < latest and (i.restored_at is None or i.restored_at > period.start)
        ),
    )


def _was_postponed(meeting: MeetingRecord) -> bool:
    return meeting.status is Status.POSTPONED or (meeting.status is Status.HELD and meeting.postponed_from is not None)


def figures(part: Share, rules: RulePack, calendar: WorkCalendar) -> dict[str, Any]:
    """The figures of the json twin. NoWorkingTimeError where the pack has no office hours round an opening."""
    interruption = sum((lost for m in part.held for lost in [interrupted(m, part.reaching, True)]), ZERO)
    trouble = sum((lost for m in part.held for lost in [interrupted(m, part.reaching, False)]), ZERO)
    return {
        "meetings": {
            "held": by_level(part.held),
            "cancelled": by_level(part.cancelled),
            "postponed": by_level(part.postponed),
        },
        "minutes": by_level(part.held, minutes),
        "connected_in_time": _connected(part.held, rules),
        "trials": _trials(part.held, rules, calendar),
        "trial_sessions": len(part.tried),
        "invitations_late": sum(invitation_is_late(m, rules) for m in part.held),
        "role": {"member": count(part.held, "role", "member"), "chair": count(part.held, "role", "chair")},
        "attendance": sum(m.attendance or 0 for m in part.held),
        "incidents": {
            "total": len(part.incidents),
            "in_meetings": sum(i.meeting_id is not None for i in part.incidents),
            "interruption_s": interruption.total_seconds(),
            "trouble_in_meetings_s": trouble.total_seconds(),
            "by_kind": {str(kind): count(part.incidents, "kind", kind) for kind in IncidentKind},
        },
        "availability": availability(interruption.total_seconds(), held_s(part.held)),
    }


def availability(interruption_s: float, of_s: float) -> float | None:
    """1 - interruption / seconds of held meetings, six decimals; None without a second of meeting."""
    return round(1 - interruption_s / of_s, 6) if of_s > 0 else None


def held_s(held: Iterable[MeetingRecord]) -> float:
    return sum((length(m) for m in held), ZERO).total_seconds()


def length(meeting: MeetingRecord) -> timedelta:
    """Opened to closed; nothing while it is not closed."""
    if meeting.opened_at is None or meeting.closed_at is None:
        return ZERO
    return meeting.closed_at - meeting.opened_at


def minutes(meeting: MeetingRecord) -> int:
    """Whole minutes, floored for each meeting."""
    return length(meeting) // timedelta(minutes=1)


def interrupted(meeting: MeetingRecord, incidents: Iterable[IncidentRecord], connection_only: bool) -> timedelta:
    """How long of one meeting incidents lasted, overlapping ones counted once; `connection_only`: a lost connection."""
    if meeting.opened_at is None or meeting.closed_at is None:
        return ZERO
    spans: list[Span] = []
    for one in incidents:
        if connection_only and not one.connection_lost:
            continue
        end = one.restored_at or (meeting.closed_at if one.meeting_id == meeting.id else one.started_at)
        clipped = max(one.started_at, meeting.opened_at), min(end, meeting.closed_at)
        if clipped[0] < clipped[1]:
            spans.append(clipped)
    return _union(spans)


def _union(spans: list[Span]) -> timedelta:
    total, reached = ZERO, None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        total += max(end - begin, ZERO)
        reached = end if reached is None else max(end, reached)
    return total


def by_level(meetings: Sequence[MeetingRecord], worth: Callable[[MeetingRecord], int] = lambda _: 1) -> dict[str, int]:
    sums = {str(level): sum(worth(m) for m in meetings if m.level is level) for level in Level}
    return {**sums, "total": sum(sums.values())}


def count(records: Iterable[object], field: str, value: str) -> int:
    return sum(getattr(one, field) == value for one in records)


def lead(meeting: MeetingRecord) -> timedelta | None:
    """How long before the planned opening the site had joined; negative: after it."""
    return None if meeting.joined_at is None else meeting.planned_opening - meeting.joined_at


def connected_in_time(meeting: MeetingRecord, rules: RulePack) -> bool:
    """At the very moment of the limit is in time (Art. 7.1); not joined is not."""
    found = lead(meeting)
    return found is not None and found >= timedelta(minutes=rules.connect_lead_min)


def _connected(held: Sequence[MeetingRecord], rules: RulePack) -> dict[str, Any]:
    leads = [found.total_seconds() for m in held if (found := lead(m)) is not None]
    met = sum(connected_in_time(m, rules) for m in held)
    return {"met": met, "of": len(held), "worst_lead_s": min(leads, default=None)}


def trial_verdict(meeting: MeetingRecord, rules: RulePack, calendar: WorkCalendar) -> str:
    """on_time, near_limit, late or none, against the planned opening (Art. 7.2, 7.3)."""
    if meeting.trial_finished_at is None:
        return "none"
    due = deadlines(meeting.planned_opening, meeting.scale, rules, calendar)
    if meeting.trial_finished_at <= due.strict:
        return "on_time"
    return "near_limit" if meeting.trial_finished_at <= due.latest else "late"


def _trials(held: Sequence[MeetingRecord], rules: RulePack, calendar: WorkCalendar) -> dict[str, int]:
    found = [trial_verdict(m, rules, calendar) for m in held]
    return {verdict: found.count(verdict) for verdict in ("on_time", "near_limit", "late", "none")}


def invitation_is_late(meeting: MeetingRecord, rules: RulePack) -> bool:
    """Later than so many hours of clock time before the planned opening (Art. 7.4); one never told is not judged."""
    received = meeting.invitation_received_at
    return received is not None and received > meeting.planned_opening - timedelta(hours=rules.invitation_lead_h)


def entries(part: Share) -> Mapping[str, tuple[MeetingRecord | IncidentRecord, ...]]:
    """Which records stand behind each figure."""
    held = part.held
    in_meetings = tuple(i for i in part.reaching if any(interrupted(m, [i], connection_only=False) for m in held))
    return {
        "meetings.held": held,
        "meetings.cancelled": part.cancelled,
        "meetings.postponed": part.postponed,
        "minutes": held,
        "connected_in_time": held,
        "trials": held,
        "trial_sessions": part.tried,
        "invitations_late": held,
        "role": held,
        "attendance": held,
        "incidents.total": part.incidents,
        "incidents.in_meetings": tuple(i for i in part.incidents if i.meeting_id is not None),
        "incidents.by_kind": part.incidents,
        "incidents.interruption_s": tuple(i for i in in_meetings if i.connection_lost),
        "incidents.trouble_in_meetings_s": in_meetings,
        "availability": (*held, *(i for i in in_meetings if i.connection_lost)),
    }
