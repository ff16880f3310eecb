"""Deadlines are counted anew and never over: the rows only grow, and tell the last count whole."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.records.calendar import DEADLINES, OVERRIDE, deadlines_of, fold
from roomapp.rules.calendar.worktime import Kind, Override, WorkCalendar, by_date, deadlines
from roomapp.running.meeting.dates import Dates
from tests.roomapp.meetings.examples import HA_GIANG, at, meeting

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST = at("2026-11-30T08:00")
DAYS = st.dates(date(2026, 11, 16), date(2026, 12, 4))
MOVES = st.tuples(st.just("move"), st.integers(-20, 20))
ADDS = st.tuples(st.just("add"), st.tuples(DAYS, st.sampled_from(list(Kind)), st.booleans()))
WITHDRAWALS = st.tuples(st.just("withdraw"), DAYS)


class Kept:
    """A journal of one list."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, dict[str, Any]]] = []

    async def keep(self, kind: str, body: Mapping[str, Any]) -> object:
        self.rows.append((kind, dict(body)))
        return None


@settings(deadline=None)  # the first one loads the holidays
@given(st.lists(st.one_of(MOVES, ADDS, WITHDRAWALS), max_size=12))
def test_old_deadlines_stay_and_the_journal_alone_tells_the_last_ones(acts: list[tuple[str, Any]]) -> None:
    kept = Kept()
    asyncio.run(live(kept, acts))


async def live(kept: Kept, acts: list[tuple[str, Any]]) -> None:
    dates, booked = Dates(kept.keep, ZONE, HA_GIANG), meeting()
    await dates.count(booked, "added")
    for act, what in acts:
        before = list(kept.rows)
        if act == "move":
            booked = meeting(opening=f"{FIRST + timedelta(hours=what):%Y-%m-%dT%H:%M}")
        elif act == "add":
            day, kind, confirmed = what
            await dates.add_overrides([Override(day=day, kind=kind, confirmed_by="B" if confirmed else "")], {"B": 7})
        else:
            await dates.withdraw(what, "")
        await dates.count(booked)
        assert kept.rows[: len(before)] == before
        work = WorkCalendar(ZONE, HA_GIANG.office_hours, by_date(dates.calendar.overrides))
        assert dates.times()["m1"] == deadlines(booked.opening, booked.scale, HA_GIANG, work)
    again = Dates(kept.keep, ZONE, HA_GIANG)
    again.remember(kept.rows)
    assert (again.calendar, again.times()) == (dates.calendar, dates.times())


def test_version_tells_tables_apart_and_not_who_typed_them() -> None:
    def version(*bodies: dict[str, Any]) -> str:
        return fold((OVERRIDE, {"act": "added", **body}) for body in bodies).version

    one, other = {"date": "2026-11-30", "kind": "off"}, {"date": "2026-12-05", "kind": "work"}
    assert version(one, other) == version(other, one)
    assert (
        len({version(), version(one), version(other), version(one, other), version({**one, "document": "TB 1"})}) == 5
    )
    assert version({**one, "confirmed_by": 1}) == version({**one, "confirmed_by": 2})
    assert version(one, other).endswith("(2)")


def test_rows_that_are_none_are_passed_over() -> None:
    assert deadlines_of([(DEADLINES, {}), (DEADLINES, {"strict": "x"}), ("other", {})]) == {}
