"""Working time and the deadlines counted in it: pure values, no clock, no file.

Trial deadlines are counted in two ways and both are kept. `strict`: so many hours of working time before the opening,
counted back inside the office's sessions on working days; it satisfies every reading of “one working session (day)
before”. `latest`: the end of the previous working session or day (Civil Code 2015 Art. 147: the first day is not
counted). Art. 7 of the Hà Giang rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from roomapp.rules.pack import OfficeHours, RulePack

USUAL_DAY_H = 8.0  # of a day off
FARTHEST = timedelta(days=60)  # no run of days off is so long


class Kind(StrEnum):
    OFF = "off"
    WORK = "work"


class Override(msgspec.Struct, frozen=True, kw_only=True, rename={"day": "date"}):
    """One day that the government's notice makes other than the library says; with who confirmed it, and when."""

    day: date
    kind: Kind
    reason: str = ""
    document: str = ""
    confirmed_by: str = ""
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One working session of one day, in the site's zone."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


class Verdict(StrEnum):
    IN_TIME = "in_time"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The times of Art. 7 for one meeting. `confirmed`: somebody has confirmed the calendar of the opening's year."""

    connect: datetime
    strict: datetime
    latest: datetime
    invitation: datetime
    confirmed: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked, and when: the public holidays' library, under what was confirmed by hand."""

    zone: ZoneInfo
    hours: tuple[OfficeHours, ...]
    overrides: Mapping[date, Override] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        override = self.overrides.get(day)
        return override.kind is Kind.WORK if override is not None else _library_works(day)

    def is_confirmed(self, year: int) -> bool:
        """Whether anybody has confirmed a day of that year's calendar; without, the library alone speaks."""
        return any(one.confirmed_by.strip() for one in self.overrides.values() if one.day.year == year)

    def spans(self, day: date) -> tuple[tuple[time, time], ...]:
        """The office's sessions in force on that date, worked or not; the newest entry that holds it."""
        found = [one for one in self.hours if one.holds(day)]
        return found[-1].spans() if found else ()

    def day_length(self, day: date) -> timedelta:
        """Of the sessions of a working day; USUAL_DAY_H of a day off."""
        if not self.is_working_day(day):
            return timedelta(hours=USUAL_DAY_H)
        return sum((one.length for one in self._sessions(day)), timedelta())

    def back_from(self, moment: datetime) -> Iterator[Session]:
        """Sessions that began before the moment, the newest first, as far as FARTHEST."""
        day, last = moment.date(), moment.date() - FARTHEST
        while day >= last:
            if self.is_working_day(day):
                yield from (one for one in reversed(self._sessions(day)) if one.start < moment)
            day -= timedelta(days=1)

    def _sessions(self, day: date) -> list[Session]:
        return [
            Session(datetime.combine(day, start, self.zone), datetime.combine(day, end, self.zone))
            for start, end in self.spans(day)
        ]


class NoWorkingTimeError(Exception):
    """The calendar knows no working time in which the deadline could lie."""


def deadlines(opening: datetime, scale: str, rules: RulePack, calendar: WorkCalendar) -> Deadlines:
    """For the *planned* opening: a later actual one heals no lateness. NoWorkingTimeError without office hours."""
    at = opening.astimezone(calendar.zone)
    whole_day = scale in rules.trial_one_day
    amount = calendar.day_length(at.date()) / (1 if whole_day else 2)
    latest = _previous_day_end(at, calendar) if whole_day else _previous_session_end(at, calendar)
    strict = min(_counted_back(at, amount, calendar), latest)
    return Deadlines(
        at - timedelta(minutes=rules.connect_lead_min),
        strict,
        latest,
        at - timedelta(hours=rules.invitation_lead_h),
        calendar.is_confirmed(at.year),
    )


def invited(received: datetime, limit: datetime) -> Verdict:
    """At the very moment of the limit is in time (Art. 7.4)."""
    return Verdict.IN_TIME if received <= limit else Verdict.LATE


def _counted_back(at: datetime, amount: timedelta, calendar: WorkCalendar) -> datetime:
    left = amount
    for one in calendar.back_from(at):
        worked = min(one.end, at) - one.start
        if worked >= left:
            return min(one.end, at) - left
        left -= worked
    raise NoWorkingTimeError


def _previous_session_end(at: datetime, calendar: WorkCalendar) -> datetime:
    """An opening within a session, its end included, belongs to it; the one before that has ended last."""
    for one in calendar.back_from(at):
        if one.end < at:
            return one.end
    raise NoWorkingTimeError


def _previous_day_end(at: datetime, calendar: WorkCalendar) -> datetime:
    for one in calendar.back_from(at):
        if one.start.date() < at.date():
            return one.end
    raise NoWorkingTimeError


@lru_cache(maxsize=4096)
def _library_works(day: date) -> bool:
    """The public holidays of Viet Nam with their days in lieu, as the library knows them; else Monday to Friday."""
    from holidays import country_holidays  # late: a tenth of a second that only a deadline needs

    return bool(country_holidays("VN", years=range(day.year - 1, day.year + 2)).is_working_day(day))


def by_date(overrides: Sequence[Override]) -> dict[date, Override]:
    """The later entry of a date stands."""
    return {one.day: one for one in overrides}
