"""What the rules ask of the room next, by when and on what ground; what is late; and when to remind.

Pure. A trial has two moments: `strict` is advised, only `latest` is a breach (Art. 7.2, 7.3). What is late never hides
the connection: from its first reminder on, connecting is the next duty, and the late ones are listed apart.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from roomapp.rules.calendar.worktime import Deadlines
from roomapp.rules.meeting import Meeting
from roomapp.rules.pack import Article, Period, RulePack


class DutyKind(StrEnum):
    TRIAL_STRICT = "trial_strict"  # Nên làm trước
    TRIAL_LATEST = "trial_latest"  # Hạn chót
    ROSTER = "roster"
    CONNECT = "connect"
    OPENING = "opening"
    CLEANING = "cleaning"
    MAINTENANCE = "maintenance"
    REPORT = "report"
    POWER_OFF = "power_off"


class Judged(StrEnum):
    """What became of a deadline; at its very moment is in time."""

    IN_TIME = "in_time"  # Đúng hạn
    CLOSE = "close"  # Sát hạn: later than advised, and no breach
    LATE = "late"  # Quá hạn


def judge_trial(finished: datetime, times: Deadlines) -> Judged:
    """By the moment at which the chair site confirmed picture and sound both ways (Art. 7.2, 7.3)."""
    if finished <= times.strict:
        return Judged.IN_TIME
    return Judged.CLOSE if finished <= times.latest else Judged.LATE


def judge_connection(connected: datetime, times: Deadlines) -> Judged:
    """By the first moment linked (Art. 7.1)."""
    return Judged.IN_TIME if connected <= times.connect else Judged.LATE


def judge_invitation(received: datetime, times: Deadlines) -> Judged:
    """By the moment at which it came (Art. 7.4)."""
    return Judged.IN_TIME if received <= times.invitation else Judged.LATE


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that is asked of the room; `what`: the period of a report, as 2026-Q4."""

    kind: DutyKind
    due: datetime
    article: Article
    meeting: Meeting | None
    overdue: bool
    what: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is done and known: meetings connected to, tried out (two-way, confirmed), and the times of each."""

    connected: Collection[str] = ()
    tried: Collection[str] = ()
    times: Mapping[str, Deadlines] = field(default_factory=dict)
    upkeep: tuple[Duty, ...] = ()


def duties(now: datetime, meetings: Iterable[Meeting], rules: RulePack, standing: Standing) -> tuple[Duty, ...]:
    """All that is not done of meetings that are not over, by its moment; done at the very moment is in time."""
    found = list(standing.upkeep)
    for meeting in meetings:
        if meeting.end > now:
            found += _of_meeting(now, meeting, rules, standing)
    return tuple(sorted(found, key=lambda duty: duty.due))


def next_duty(now: datetime, meetings: Iterable[Meeting], rules: RulePack, standing: Standing) -> Duty | None:
    """The first that is not done; but connecting before anything late, once its reminders have begun."""
    found = duties(now, meetings, rules, standing)
    ahead = timedelta(minutes=max((rules.connect_lead_min, *rules.connect_remind_min)))
    for duty in found:
        urgent = duty.kind in (DutyKind.CONNECT, DutyKind.OPENING)
        if urgent and duty.meeting is not None and duty.meeting.opening - ahead <= now:
            return duty
    return next(iter(found), None)


def late(now: datetime, meetings: Iterable[Meeting], rules: RulePack, standing: Standing) -> tuple[Duty, ...]:
    """What should have been done; each has its words of what to do now."""
    return tuple(duty for duty in duties(now, meetings, rules, standing) if duty.overdue)


def _of_meeting(now: datetime, meeting: Meeting, rules: RulePack, standing: Standing) -> list[Duty]:
    found = []
    times = standing.times.get(meeting.id)
    if times is not None and now < meeting.opening and meeting.id not in standing.connected:
        if meeting.id not in standing.tried:
            article = Article.TRIAL_DAY if meeting.scale in rules.trial_one_day else Article.TRIAL_SESSION
            advised = now <= times.strict
            kind = DutyKind.TRIAL_STRICT if advised else DutyKind.TRIAL_LATEST
            due = times.strict if advised else times.latest
            found.append(Duty(kind, due, article, meeting, now > due))
        if not meeting.duty_officers and rules.roster_notice_days:
            due = meeting.opening - timedelta(days=rules.roster_notice_days)
            found.append(Duty(DutyKind.ROSTER, due, Article.ROSTER, meeting, now > due))
    if meeting.id not in standing.connected:
        due = meeting.opening - timedelta(minutes=rules.connect_lead_min)
        found.append(Duty(DutyKind.CONNECT, due, Article.CONNECT_LEAD, meeting, now > due))
    elif now < meeting.opening:
        found.append(Duty(DutyKind.OPENING, meeting.opening, Article.CONNECT_LEAD, meeting, False))
    return found


# --- reminders -------------------------------------------------------------------------------------------------------


def reminders(meeting: Meeting, times: Deadlines | None, rules: RulePack) -> tuple[tuple[datetime, DutyKind], ...]:
    """The moments at which to remind of a meeting, in order; at the deadlines themselves too."""
    connect = meeting.opening - timedelta(minutes=rules.connect_lead_min)
    found = {(meeting.opening - timedelta(minutes=ahead), DutyKind.CONNECT) for ahead in rules.connect_remind_min}
    found.add((connect, DutyKind.CONNECT))
    if times is not None:
        ahead = (timedelta(minutes=one) for one in (*rules.trial_remind_min, 0))
        found |= {(times.strict - one, DutyKind.TRIAL_STRICT) for one in ahead}
        found.add((times.latest, DutyKind.TRIAL_LATEST))
    return tuple(sorted(found))


def reminded(
    since: datetime, now: datetime, meeting: Meeting, rules: RulePack, standing: Standing
) -> tuple[DutyKind, ...]:
    """What is to be reminded of in (since, now] and is not done yet; a kind once."""
    done = meeting.id in standing.connected
    tried = done or meeting.id in standing.tried
    moments = reminders(meeting, standing.times.get(meeting.id), rules)
    due = [kind for moment, kind in moments if since < moment <= now < meeting.end]
    return tuple(dict.fromkeys(k for k in due if not (done if k is DutyKind.CONNECT else tried)))


# --- upkeep and reports ----------------------------------------------------------------------------------------------


def upkeep(
    now: datetime,
    zone: ZoneInfo,
    rules: RulePack,
    cleaned: date | None = None,
    maintained: date | None = None,
    reported: Collection[str] = (),
) -> tuple[Duty, ...]:
    """Cleaning, maintenance and reports that are due or soon due; nothing of what was never begun to be recorded.

    `reported`: periods whose report was made, as 2026-Q4, 2026-H1, 2026-Y.
    """
    today, found = now.astimezone(zone).date(), []
    if cleaned is not None and rules.cleaning_days:
        found.append((DutyKind.CLEANING, cleaned + timedelta(days=rules.cleaning_days), Article.CLEANING, 1, ""))
    if maintained is not None and rules.maintenance_months:
        due_on, notice = months_later(maintained, rules.maintenance_months), rules.maintenance_notice_days
        found.append((DutyKind.MAINTENANCE, due_on, Article.MAINTENANCE, notice, ""))
    for rule in rules.reports:
        period, end = last_period(rule.period, today)
        if period not in reported:
            found.append((DutyKind.REPORT, end + timedelta(days=rule.due_days), Article.REPORT, rule.due_days, period))
    return tuple(
        Duty(kind, datetime.combine(due_on, time(23, 59, 59), zone), article, None, today > due_on, what)
        for kind, due_on, article, notice, what in found
        if today >= due_on - timedelta(days=notice)
    )


def power_off(now: datetime, closed: datetime, stays_on_for: Meeting | None, rules: RulePack) -> Duty | None:
    """The mains are to be cut when the meeting is over (Art. 3.7); None while they stay on for the next one."""
    if stays_on_for is not None:
        return None
    due = closed + timedelta(minutes=rules.idle_reminder_min)
    return Duty(DutyKind.POWER_OFF, due, Article.POWER_CUT, None, now > due)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where it has none such."""
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


def last_period(period: Period, today: date) -> tuple[str, date]:
    """The last whole period by the calendar, and its last day."""
    length = {Period.QUARTER: 3, Period.HALF_YEAR: 6, Period.YEAR: 12}[period]
    number = (today.month - 1) // length
    end = date(today.year, number * length + 1, 1) - timedelta(days=1)
    letter = {Period.QUARTER: f"Q{(end.month - 1) // 3 + 1}", Period.HALF_YEAR: f"H{(end.month - 1) // 6 + 1}"}
    return f"{end.year}-{letter.get(period, 'Y')}", end
