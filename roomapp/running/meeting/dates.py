"""The deadlines of each meeting under the calendar and the pack in force: counted, kept, counted anew."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from roomapp.records.calendar import (
    DEADLINES,
    OVERRIDE,
    KeptCalendar,
    SetDeadlines,
    deadlines_of,
    fold,
    override_row,
)
from roomapp.rules.calendar.duties import judge_connection, judge_invitation, judge_trial
from roomapp.rules.calendar.worktime import Deadlines, NoWorkingTimeError, Override, WorkCalendar, by_date, deadlines
from roomapp.rules.meeting import Meeting
from roomapp.rules.pack import RulePack

JUDGED = "deadlines.judged"
JUDGES = {"trial": judge_trial, "connection": judge_connection, "invitation": judge_invitation}
Keep = Callable[[str, Mapping[str, Any]], Awaitable[object]]


class Dates:
    """Every verdict can be traced: a row for each meeting when it is added or moved, or calendar or pack change."""

    def __init__(self, keep: Keep, zone: ZoneInfo, pack: RulePack) -> None:
        self._keep, self._zone, self._pack = keep, zone, pack
        self.calendar = KeptCalendar()
        self._set: dict[str, SetDeadlines] = {}

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        rows = list(rows)
        self.calendar, self._set = fold(rows), deadlines_of(rows)

    def times(self) -> dict[str, Deadlines]:
        """By meeting, as last counted."""
        return {id: one.times for id, one in self._set.items() if one.times is not None}

    async def count(self, meeting: Meeting, why: str = "") -> Deadlines | None:
        """A new row where opening, class, calendar or pack are others than at the last one; None: no working time.

        `why`: added, moved; by itself calendar or pack, where one of them has changed since.
        """
        opening = meeting.opening.astimezone(UTC).isoformat()
        basis = (opening, str(meeting.scale), self.calendar.version, self._pack.edition)
        before = self._set.get(meeting.id)
        if before is not None and before.basis == basis:
            return before.times
        try:
            times = deadlines(meeting.opening, meeting.scale, self._pack, self._work())
        except NoWorkingTimeError:
            times = None
        why = why or _why(before, basis)
        named = dict(zip(("opening", "class", "calendar", "pack"), basis, strict=True))
        await self._keep(DEADLINES, {"meeting": meeting.id, "why": why, **named, **_as_row(times)})
        self._set[meeting.id] = SetDeadlines(times, basis)
        return times

    async def judge(self, meeting: str, what: str, at: datetime) -> None:
        """The verdict on `what` (trial, connection, invitation), with the versions that it was reached by."""
        one = self._set.get(meeting)
        if one is not None and one.times is not None:
            _, _, calendar, pack = one.basis
            verdict = {"meeting": meeting, "what": what, "verdict": str(JUDGES[what](at, one.times))}
            at_utc = at.astimezone(UTC).isoformat()
            await self._keep(JUDGED, {**verdict, "at": at_utc, "calendar": calendar, "pack": pack})

    async def add_overrides(self, overrides: Iterable[Override], persons: Mapping[str, int]) -> int:
        """Rows of those that are new or changed; their number. `persons`: the ids of those who confirmed."""
        added = 0
        for one in overrides:
            row = override_row(one, persons.get(one.confirmed_by))
            before = self.calendar.of(one.day)
            if before is None or override_row(before, int(before.confirmed_by or 0) or None) != row:
                await self._keep(OVERRIDE, row)
                self.calendar = fold([*self._rows(), (OVERRIDE, row)])
                added += 1
        return added

    async def withdraw(self, day: date, why: str) -> bool:
        """False: nothing stood there."""
        before = self.calendar.of(day)
        if before is None:
            return False
        await self._keep(OVERRIDE, {"act": "withdrawn", "date": day.isoformat(), "kind": str(before.kind), "why": why})
        self.calendar = KeptCalendar(tuple(one for one in self.calendar.overrides if one.day != day))
        return True

    def _rows(self) -> list[tuple[str, dict[str, Any]]]:
        return [(OVERRIDE, override_row(one, int(one.confirmed_by or 0) or None)) for one in self.calendar.overrides]

    def _work(self) -> WorkCalendar:
        return WorkCalendar(self._zone, self._pack.office_hours, by_date(self.calendar.overrides))


def _why(before: SetDeadlines | None, basis: tuple[str, str, str, str]) -> str:
    if before is None:
        return "taken_up"
    opening, scale, calendar, _ = before.basis
    return "moved" if (opening, scale) != basis[:2] else "calendar" if calendar != basis[2] else "pack"


def _as_row(times: Deadlines | None) -> dict[str, Any]:
    names = ("connect", "strict", "latest", "invitation")
    if times is None:
        return {**dict.fromkeys(names), "confirmed": None}
    kept: dict[str, datetime] = {name: getattr(times, name) for name in names}
    return {**{name: at.astimezone(UTC).isoformat() for name, at in kept.items()}, "confirmed": times.confirmed}
