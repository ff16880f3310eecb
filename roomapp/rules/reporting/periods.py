"""Periods of a report, half-open in the site's zone: quarter, half, year or from-to, on one of two bases.

`calendar`: by the calendar's quarters. `nd09`: figures closed on the 14th (Decree 09/2019/NĐ-CP Art. 12): the first
quarter is 15/12 of the year before to 14/3, and so on; halves and years are made of these quarters.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from roomapp.rules.reporting.register import FIRST_YEAR, LAST_YEAR

_NAMED = re.compile(r"(\d{4})-(Q[1-4]|H[12]|Y)", re.ASCII)
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII)
ROMAN = ("I", "II", "III", "IV")


class Basis(StrEnum):
    CALENDAR = "calendar"
    ND09 = "nd09"


class PeriodKind(StrEnum):
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    RANGE = "range"


class PeriodError(Exception):
    """Words that name no period; `key` names a sentence of the area "reports": period_form, period_dates, …"""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included; `number`: which quarter or half of `year`."""

    kind: PeriodKind
    first: date
    last: date
    basis: Basis
    zone: ZoneInfo
    year: int
    number: int = 0

    @property
    def start(self) -> datetime:
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)

    def holds(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment < self.end

    def label(self) -> tuple[str, dict[str, str]]:
        """A sentence of the area "reports" and its facts, as “Quý IV năm 2026”."""
        if self.kind is PeriodKind.RANGE:
            return "reports.period_range", {"first": f"{self.first:%d/%m/%Y}", "last": f"{self.last:%d/%m/%Y}"}
        year = str(self.year)
        if self.kind is PeriodKind.QUARTER:
            return "reports.period_quarter", {"quarter": ROMAN[self.number - 1], "year": year}
        if self.kind is PeriodKind.HALF:
            return ("reports.period_half_one" if self.number == 1 else "reports.period_half_two"), {"year": year}
        return "reports.period_year", {"year": year}


def period(text: str, basis: str, zone: ZoneInfo) -> Period:
    """“2026-Q4”, “2026-H1”, “2026-Y” or “2026-10-01..2026-10-31”; years 2000 to 2100; PeriodError."""
    if basis not in set(Basis):
        raise PeriodError("period_basis")
    if named := _NAMED.fullmatch(text.strip()):
        year, part = int(named[1]), named[2]
        if not FIRST_YEAR < year < LAST_YEAR:
            raise PeriodError("period_dates")
        return _named(year, part, Basis(basis), zone)
    if dates := _RANGE.fullmatch(text.strip()):
        try:
            first, last = date.fromisoformat(dates[1]), date.fromisoformat(dates[2])
        except ValueError as error:
            raise PeriodError("period_dates") from error
        if not FIRST_YEAR < first.year <= last.year < LAST_YEAR:
            raise PeriodError("period_dates" if first <= last else "period_backwards")
        if first > last:
            raise PeriodError("period_backwards")
        return Period(PeriodKind.RANGE, first, last, Basis(basis), zone, first.year)
    raise PeriodError("period_form")


def _named(year: int, part: str, basis: Basis, zone: ZoneInfo) -> Period:
    months, kind = {"Q": (3, PeriodKind.QUARTER), "H": (6, PeriodKind.HALF), "Y": (12, PeriodKind.YEAR)}[part[0]]
    number = int(part[1:] or 1)
    first = _cut(year, (number - 1) * months, basis)
    last = _cut(year, number * months, basis) - timedelta(days=1)
    return Period(kind, first, last, basis, zone, year, 0 if kind is PeriodKind.YEAR else number)


def _cut(year: int, months: int, basis: Basis) -> date:
    """The first day after so many whole months of the year, on either basis."""
    if basis is Basis.CALENDAR:
        return date(year + months // 12, months % 12 + 1, 1)
    return date(year - 1, 12, 15) if months == 0 else date(year, months, 15)
