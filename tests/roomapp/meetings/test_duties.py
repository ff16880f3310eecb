"""The next duty, what is late, and when to remind: by Art. 7 and the pack's own numbers."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.rules.calendar.duties import (
    DutyKind,
    Standing,
    duties,
    judge_connection,
    judge_trial,
    last_period,
    late,
    months_later,
    next_duty,
    power_off,
    reminded,
    reminders,
    upkeep,
)
from roomapp.rules.calendar.worktime import WorkCalendar, deadlines
from roomapp.rules.pack import Article, Period
from roomapp.words import Words
from tests.roomapp.meetings.examples import AN_GIANG, HA_GIANG, at, meeting

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
OURS = meeting(duty_officers=[1])  # Monday 30/11/2026 08:00, a working day: Friday 08:00 and 17:30
TIMES = deadlines(OURS.opening, OURS.scale, HA_GIANG, WorkCalendar(ZONE, HA_GIANG.office_hours))


def standing(**more: Any) -> Standing:
    return Standing(**{"times": {"m1": TIMES}, **more})


@pytest.mark.parametrize(
    ("now", "done", "kind", "due", "overdue"),
    [
        ("2026-11-26T08:00", {}, "trial_strict", "2026-11-27T08:00", False),
        ("2026-11-27T08:00", {}, "trial_strict", "2026-11-27T08:00", False),  # at the very moment: in time
        ("2026-11-27T08:01", {}, "trial_latest", "2026-11-27T17:30", False),
        ("2026-11-27T17:31", {}, "trial_latest", "2026-11-27T17:30", True),
        ("2026-11-30T05:29", {}, "trial_latest", "2026-11-27T17:30", True),
        ("2026-11-30T05:30", {}, "connect", "2026-11-30T06:30", False),  # its first reminder: nothing late hides it
        ("2026-11-30T06:31", {}, "connect", "2026-11-30T06:30", True),
        ("2026-11-27T09:00", {"tried": {"m1"}}, "connect", "2026-11-30T06:30", False),
        ("2026-11-30T06:40", {"connected": {"m1"}}, "opening", "2026-11-30T08:00", False),
    ],
)
def test_next_duty_goes_from_the_trial_to_the_connection_to_the_opening(
    now: str, done: dict[str, Any], kind: str, due: str, overdue: bool
) -> None:
    found = next_duty(at(now), [OURS], HA_GIANG, standing(**done))
    assert found is not None
    assert (found.kind, found.due, found.overdue) == (kind, at(due), overdue)


@pytest.mark.parametrize(("scale", "article"), [("5.4.b", Article.TRIAL_DAY), ("5.3", Article.TRIAL_SESSION)])
def test_ground_of_a_trial_is_that_of_its_class(scale: str, article: Article) -> None:
    found = next_duty(at("2026-11-26T08:00"), [meeting(duty_officers=[1], **{"class": scale})], HA_GIANG, standing())
    assert found is not None
    assert found.article is article


def test_meeting_without_anybody_on_duty_is_late_from_a_day_before() -> None:
    moment = at("2026-11-29T08:00")
    before, after = (late(now, [meeting()], HA_GIANG, standing()) for now in (moment, moment + timedelta(seconds=1)))
    assert DutyKind.ROSTER not in [duty.kind for duty in before]
    assert [duty.kind for duty in after] == ["trial_latest", "roster"]


def test_every_duty_has_its_words_and_what_to_do_when_it_is_late() -> None:
    for words in (Words("vi"), Words("en")):
        assert all(f"ui.duty_{kind}" in words for kind in DutyKind)
        late_ones = [kind for kind in DutyKind if kind is not DutyKind.OPENING]
        assert all({f"duty.late_{kind}", f"duty.late_{kind}_remedy"} <= set(words._texts) for kind in late_ones)


def test_meeting_that_is_over_asks_for_nothing() -> None:
    assert duties(at("2026-11-30T12:00"), [OURS], HA_GIANG, standing()) == ()


def test_reminders_of_ha_giang_are_at_two_and_a_half_two_and_one_and_three_quarter_hours() -> None:
    moments = [f"{moment:%H:%M}" for moment, kind in reminders(OURS, None, HA_GIANG) if kind is DutyKind.CONNECT]
    assert moments == ["05:30", "06:00", "06:15", "06:30"]


def test_reminder_comes_once_and_not_for_what_is_done() -> None:
    since, now = at("2026-11-30T05:29"), at("2026-11-30T05:31")
    assert reminded(since, now, OURS, HA_GIANG, standing()) == (DutyKind.CONNECT,)
    assert reminded(now, now + timedelta(minutes=5), OURS, HA_GIANG, standing()) == ()
    assert reminded(since, now, OURS, HA_GIANG, standing(connected={"m1"})) == ()


def test_all_trial_reminders_precede_and_reach_both_moments() -> None:
    found = [(f"{moment:%d %H:%M}", kind) for moment, kind in reminders(OURS, TIMES, HA_GIANG) if "trial" in kind]
    assert found == [
        ("27 06:00", "trial_strict"),
        ("27 07:30", "trial_strict"),
        ("27 08:00", "trial_strict"),
        ("27 17:30", "trial_latest"),
    ]


@settings(deadline=None)
@given(st.integers(-9000, 3000))
def test_what_is_late_is_past_and_what_is_next_is_one_of_all(minutes: int) -> None:
    now = OURS.opening + timedelta(minutes=minutes)
    everything = duties(now, [OURS], HA_GIANG, standing())
    assert all(duty.due < now for duty in late(now, [OURS], HA_GIANG, standing()))
    following = next_duty(now, [OURS], HA_GIANG, standing())
    assert (following in everything) if everything else following is None


@pytest.mark.parametrize(
    ("finished", "verdict"),
    [
        ("2026-11-27T08:00:00", "in_time"),
        ("2026-11-27T08:00:01", "close"),
        ("2026-11-27T17:30:00", "close"),
        ("2026-11-27T17:30:01", "late"),
    ],
)
def test_trial_is_judged_by_both_moments(finished: str, verdict: str) -> None:
    assert judge_trial(at(finished), TIMES) == verdict


@pytest.mark.parametrize(("connected", "verdict"), [("06:30:00", "in_time"), ("06:30:01", "late")])
def test_connection_is_judged_to_the_second(connected: str, verdict: str) -> None:
    assert judge_connection(at(f"2026-11-30T{connected}"), TIMES) == verdict


def day(text: str) -> datetime:
    return at(f"{text}T12:00")


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ("2027-07-10", None),
        ("2027-07-11", False),  # thirty days before
        ("2027-08-10", False),
        ("2027-08-11", True),
    ],
)
def test_maintenance_of_10_august_is_due_a_year_later_and_overdue_the_day_after(now: str, found: bool | None) -> None:
    due = upkeep(day(now), ZONE, HA_GIANG, maintained=date(2026, 8, 10), reported={"2026-H2", "2027-H1"})
    assert [duty.overdue for duty in due] == ([] if found is None else [found])


def test_power_left_on_is_late_forty_minutes_after_the_closing_unless_it_stays_on_for_the_next() -> None:
    closed = at("2026-11-30T11:00")
    found = [power_off(closed + timedelta(minutes=40, seconds=s), closed, None, HA_GIANG) for s in (0, 1)]
    assert [duty.overdue for duty in found if duty is not None] == [False, True]
    assert power_off(closed + timedelta(hours=1), closed, OURS, HA_GIANG) is None


def test_cleaning_is_due_after_the_pack_s_interval() -> None:
    reported = {"2026-H1", "2025-H2"}
    assert upkeep(day("2026-10-20"), ZONE, HA_GIANG, cleaned=date(2026, 10, 1), reported=reported) == ()
    (due,) = upkeep(day("2026-11-01"), ZONE, HA_GIANG, cleaned=date(2026, 10, 1), reported=reported)
    assert (due.kind, due.due.date(), due.overdue) == ("cleaning", date(2026, 10, 31), True)


def test_an_giang_owes_three_reports_in_january_and_ha_giang_one() -> None:
    now = day("2027-01-05")
    assert [duty.what for duty in upkeep(now, ZONE, AN_GIANG)] == ["2026-Q4", "2026-H2", "2026-Y"]
    assert [duty.what for duty in upkeep(now, ZONE, HA_GIANG)] == ["2026-H2"]
    assert upkeep(now, ZONE, AN_GIANG, reported={"2026-Q4", "2026-H2", "2026-Y"}) == ()


@pytest.mark.parametrize(
    ("period", "today", "named", "end"),
    [
        (Period.QUARTER, date(2026, 11, 25), "2026-Q3", date(2026, 9, 30)),
        (Period.QUARTER, date(2027, 1, 1), "2026-Q4", date(2026, 12, 31)),
        (Period.HALF_YEAR, date(2026, 7, 1), "2026-H1", date(2026, 6, 30)),
        (Period.HALF_YEAR, date(2026, 6, 30), "2025-H2", date(2025, 12, 31)),
        (Period.YEAR, date(2026, 12, 31), "2025-Y", date(2025, 12, 31)),
    ],
)
def test_last_whole_period(period: Period, today: date, named: str, end: date) -> None:
    assert last_period(period, today) == (named, end)


def test_months_later_stays_in_the_month() -> None:
    assert months_later(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert months_later(date(2026, 12, 15), 12) == date(2027, 12, 15)
