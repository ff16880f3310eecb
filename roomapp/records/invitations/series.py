"""The dates of a series (RFC 5545 3.8.5), counted on the wall clock of its own zone; never endless."""

from collections.abc import Iterator
from datetime import date, datetime, time, tzinfo
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

ALLOWED = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
MOST_STEPS = 10_000
OF_LONGER_ONES = ("BYSETPOS", "BYYEARDAY", "BYWEEKNO", "BYEASTER")  # of a day or a week they make no sense
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class TooOftenError(Exception):
    """Every hour, minute or second: no meeting does."""


def starts(
    event: Any, start: datetime | date, zone: ZoneInfo, now: datetime, horizon: datetime
) -> Iterator[datetime | date]:
    """The beginnings between yesterday and the horizon, without the dates taken out, in order.

    ValueError and the like for a rule that is none.
    """
    own: tzinfo = (start.tzinfo or zone) if isinstance(start, datetime) else zone
    first, wall_end = _wall(start, own), _wall(horizon, own)
    dates = {_wall(at, own) for at in _listed(event.get("RDATE"))} | {first}
    rules = event.get("RRULE")
    for rule in rules if isinstance(rules, list) else [rules] if rules is not None else []:
        dates.update(_ruled(rule, first, own, wall_end))
    dates -= {_wall(at, own) for at in _listed(event.get("EXDATE"))}
    since = _wall(now, own).replace(hour=0, minute=0, second=0)
    for at in sorted(dates):
        if since <= at <= wall_end:
            yield at.replace(tzinfo=own) if isinstance(start, datetime) else at.date()


def _ruled(rule: Any, first: datetime, own: tzinfo, end: datetime) -> list[datetime]:
    """dateutil would look for a date that never comes until the year 9999: what cannot come is not asked for."""
    from dateutil.rrule import rrulestr

    parts = {str(key).upper(): value for key, value in rule.items()}
    if {str(one).upper() for one in parts["FREQ"]} - ALLOWED or any(key in parts for key in ("BYSECOND", "BYMINUTE")):
        raise TooOftenError
    if _never(parts):
        return []
    until = min([end, *(_wall(at, own) for at in parts.pop("UNTIL", ()))])
    count = int(parts.pop("COUNT", [MOST_STEPS])[0])
    text = ";".join(f"{key}={','.join(str(one) for one in value)}" for key, value in parts.items())
    made = rrulestr(text, dtstart=first).replace(until=until)
    return list(islice(made, max(0, min(count, MOST_STEPS))))


def _never(parts: dict[str, Any]) -> bool:
    """A day that none of the months has. ValueError for a rule of days or weeks that counts in years."""
    short = {str(one).upper() for one in parts["FREQ"]} <= {"DAILY", "WEEKLY"}
    if short and any(key in parts for key in OF_LONGER_ONES):
        raise ValueError("BYSETPOS and the like of a day or a week")
    days = [abs(int(one)) for one in parts.get("BYMONTHDAY", ())]
    months = [int(one) for one in parts.get("BYMONTH", range(1, 13))]
    return bool(days) and all(min(days) > DAYS[month - 1] for month in months)


def _wall(at: datetime | date, own: tzinfo) -> datetime:
    """On the clock of the series' own zone, without a zone."""
    if not isinstance(at, datetime):
        return datetime.combine(at, time())
    return at.replace(tzinfo=None) if at.tzinfo is None else at.astimezone(own).replace(tzinfo=None)


def _listed(value: Any) -> Iterator[datetime | date]:
    for one in value if isinstance(value, list) else [value] if value is not None else []:
        for found in one.dts:
            at = found.dt
            yield at[0] if isinstance(at, tuple) else at
