"""The figures of a period, each rule on a case worked by hand; and what holds for every register."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.records.registers.merging import _sum
from roomapp.records.registers.register import fold
from roomapp.rules.carrier import CarrierTimes
from roomapp.rules.reporting.figure_details import details
from roomapp.rules.reporting.figures import availability, entries, figures, interrupted, share
from roomapp.rules.reporting.register import IncidentRecord, MeetingRecord
from tests.roomapp.facts.told import BEFORE, LOSS, rows_of
from tests.roomapp.records_register.making import CALENDAR, PACK, at, during, incident, meeting, year_of

Q3, Q4 = during("2026-Q3"), during("2026-Q4")


def of(
    meetings: list[MeetingRecord], incidents: list[IncidentRecord] | None = None, period: Any = Q4
) -> dict[str, Any]:
    return figures(share(period, meetings, incidents or []), PACK, CALENDAR)


def test_a_held_meeting_belongs_to_the_period_in_which_it_opened() -> None:
    late = meeting(planned_opening="30/09/2026 23:30", opened_at="01/10/2026 00:00", closed_at="01/10/2026 01:00")
    assert of([late])["meetings"]["held"] == {"TW": 0, "T": 1, "X": 0, "total": 1}
    assert of([late], period=Q3)["meetings"]["held"]["total"] == 0


def test_the_periods_end_is_midnight_of_the_site_whatever_zone_a_time_is_told_in() -> None:
    # 17:00 UTC of 30 September is midnight of 1 October in Viet Nam.
    values = {"opened_at": "2026-09-30T17:00:00Z", "closed_at": "2026-09-30T18:00:00Z"}
    assert of([meeting(planned_opening="2026-09-30T17:00:00Z", **values)])["meetings"]["held"]["total"] == 1


def test_a_meeting_held_later_counts_as_postponed_in_its_planned_period_and_once_as_held() -> None:
    moved = meeting(postponed_from="29/09/2026 08:00")
    assert of([moved], period=Q3)["meetings"]["postponed"]["T"] == 1
    assert of([moved], period=Q3)["meetings"]["held"]["total"] == 0
    assert (of([moved])["meetings"]["postponed"]["T"], of([moved])["meetings"]["held"]["T"]) == (0, 1)


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_what_was_not_held_belongs_to_the_day_first_planned(status: str) -> None:
    one = meeting(status=status, planned_opening="05/10/2026 08:00", postponed_from="29/09/2026 08:00")
    assert of([one], period=Q3)["meetings"][status]["total"] == 1
    assert of([one])["meetings"][status]["total"] == 0


def test_minutes_are_floored_for_each_meeting() -> None:
    # 90 s twice: 1 + 1 minutes, though 180 s together would be 3.
    short = [meeting(id=id, closed_at="30/11/2026 08:01:30") for id in "ab"]
    assert of(short)["minutes"] == {"TW": 0, "T": 2, "X": 0, "total": 2}


@pytest.mark.parametrize(
    ("joined", "met", "worst"),
    [("30/11/2026 06:30:00", 1, 5400), ("30/11/2026 06:30:01", 0, 5399), ("30/11/2026 08:02:00", 0, -120)],
)
def test_connection_is_judged_against_the_planned_opening(joined: str, met: int, worst: int) -> None:
    one = meeting(joined_at=joined, opened_at="30/11/2026 08:10")  # a later opening heals nothing
    assert of([one])["connected_in_time"] == {"met": met, "of": 1, "worst_lead_s": worst}


def test_a_meeting_never_joined_is_not_met_and_has_no_lead() -> None:
    assert of([meeting()])["connected_in_time"] == {"met": 0, "of": 1, "worst_lead_s": None}


@pytest.mark.parametrize(
    ("finished", "verdict"),
    [  # 5.4.b on Monday 30/11 08:00: strict is 8 working hours back, Friday 27/11 08:00; latest is Friday 17:30
        ("27/11/2026 08:00:00", "on_time"),
        ("27/11/2026 08:00:01", "near_limit"),
        ("27/11/2026 17:30:00", "near_limit"),
        ("27/11/2026 17:30:01", "late"),
        (None, "none"),
    ],
)
def test_a_trial_is_judged_by_both_limits(finished: str | None, verdict: str) -> None:
    trials = of([meeting(trial_finished_at=finished)])["trials"]
    assert trials == {"on_time": 0, "near_limit": 0, "late": 0, "none": 0, verdict: 1}


def test_trial_sessions_count_a_cancelled_meetings_trial_in_the_period_of_the_trial() -> None:
    tried = meeting(status="cancelled", planned_opening="01/10/2026 08:00", trial_finished_at="30/09/2026 08:00")
    assert (of([tried], period=Q3)["trial_sessions"], of([tried])["trial_sessions"]) == (1, 0)
    assert sum(of([tried])["trials"].values()) == 0


@pytest.mark.parametrize(("received", "late"), [("28/11/2026 08:00:00", 0), ("28/11/2026 08:00:01", 1), (None, 0)])
def test_an_invitation_is_late_after_48_hours_of_clock_time(received: str | None, late: int) -> None:
    assert of([meeting(invitation_received_at=received)])["invitations_late"] == late


def test_overlapping_interruptions_are_counted_once_and_only_within_the_meeting() -> None:
    lost = [
        incident(id="a", meeting_id="m", started_at="30/11/2026 07:50", restored_at="30/11/2026 08:10"),  # 10 min in
        incident(id="b", meeting_id="m", started_at="30/11/2026 08:05", restored_at="30/11/2026 08:20"),  # to 08:20
        incident(id="c", meeting_id="m", started_at="30/11/2026 09:55", restored_at="30/11/2026 10:30"),  # 5 min in
        incident(
            id="d", meeting_id="m", kind="sound", connection_lost=False,
            started_at="30/11/2026 08:15", restored_at="30/11/2026 08:30",
        ),  # trouble to 08:30
    ]  # fmt: skip
    found = of([meeting()], lost)
    assert found["incidents"]["interruption_s"] == 25 * 60  # 08:00-08:20, 09:55-10:00
    assert found["incidents"]["trouble_in_meetings_s"] == 35 * 60  # 08:00-08:30, 09:55-10:00
    assert found["availability"] == 0.791667  # 1 - 1500 / 7200
    assert found["incidents"]["by_kind"] == {"link": 3, "sound": 1, "picture": 0, "power": 0, "equipment": 0}


def test_an_open_incident_lasts_to_the_end_of_its_meeting_and_interrupts_no_other() -> None:
    first = meeting(id="m")
    second = meeting(id="n", opened_at="30/11/2026 14:00", closed_at="30/11/2026 15:00")
    lost = [incident(meeting_id="m", started_at="30/11/2026 09:30")]
    assert of([first, second], lost)["incidents"]["interruption_s"] == 30 * 60


def test_an_incident_across_the_periods_end_is_counted_where_it_began_and_its_seconds_where_the_meeting_opened() -> (
    None
):
    night = meeting(planned_opening="01/10/2026 00:00", opened_at="01/10/2026 00:00", closed_at="01/10/2026 01:00")
    lost = [incident(meeting_id="m", started_at="30/09/2026 23:50", restored_at="01/10/2026 00:15")]
    assert (of([night], lost, Q3)["incidents"]["total"], of([night], lost, Q3)["incidents"]["interruption_s"]) == (1, 0)
    assert (of([night], lost)["incidents"]["total"], of([night], lost)["incidents"]["interruption_s"]) == (0, 900)


def test_without_a_meeting_availability_is_unknown() -> None:
    assert of([])["availability"] is None
    assert of([], [incident(started_at="30/11/2026 09:30")])["incidents"]["in_meetings"] == 0


def test_every_figure_names_the_records_behind_it() -> None:
    part = share(Q4, [meeting(), meeting(id="c", status="cancelled")], [])
    assert [m.id for m in entries(part)["meetings.cancelled"]] == ["c"]
    assert [m.id for m in entries(part)["minutes"]] == ["m"]


def test_the_details_tell_means_beside_their_sums() -> None:
    told = [
        incident(id="a", started_at="30/11/2026 09:00", told_chair_at="30/11/2026 09:01"),
        incident(id="b", started_at="30/11/2026 09:00", told_chair_at="30/11/2026 09:02"),
    ]
    found = details(share(Q4, [meeting()], told), Q4)
    assert (found["held_s"], found["days_used"], found["incidents_open"]) == (7200, 1, 2)
    assert (found["minutes_mean"], found["told_chair_mean_s"]) == (120.0, 90.0)


def test_carrier_s_times_are_counted_from_the_call() -> None:
    """HG-59: to the answer 4 and 2 minutes, to the mended line 9; what nobody told counts nowhere."""
    told = [incident(id=id, started_at="30/11/2026 09:00") for id in "abc"]
    called = at("30/11/2026 09:01")
    carriers = {
        "a": CarrierTimes(called, called + timedelta(minutes=4), called + timedelta(minutes=9)),
        "b": CarrierTimes(called, called + timedelta(minutes=2)),
        "c": CarrierTimes(None, called),
        "of another period": CarrierTimes(called, called),
    }
    found = details(share(Q4, [], told), Q4, carriers=carriers)
    assert (found["carrier_answered"], found["carrier_answer_s"], found["carrier_answer_mean_s"]) == (2, 360.0, 180.0)
    assert (found["carrier_mended"], found["carrier_repair_mean_s"]) == (1, 540.0)


def test_carrier_s_times_come_from_the_journal() -> None:
    rows = rows_of(*BEFORE, *LOSS)
    (times,) = fold(rows, rows[-1].at).carriers.values()
    assert (times.after_call_s(times.answered_at), times.after_call_s(times.mended_at)) == (240.0, 540.0)


PARTS = [("Q1", "Q2", "Q3", "Q4"), ("H1", "H2")]


@pytest.mark.parametrize("basis", ["calendar", "nd09"])
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_quarters_and_halves_add_up_to_the_year(basis: str, seed: int) -> None:
    meetings, incidents = year_of(seed, 60 + seed % 40)
    whole = of(meetings, incidents, during("2026-Y", basis))
    for parts in PARTS:
        made = _sum([of(meetings, incidents, during(f"2026-{part}", basis)) for part in parts])
        seconds = sum(
            details(share(during(f"2026-{part}", basis), meetings, incidents), Q4)["held_s"] for part in parts
        )
        made["availability"] = availability(made["incidents"]["interruption_s"], seconds)
        assert made == whole


def test_an_interruption_is_never_longer_than_its_meeting() -> None:
    meetings, incidents = year_of(7, 200)
    for one in meetings:
        if one.opened_at is not None and one.closed_at is not None:
            assert interrupted(one, incidents, connection_only=False) <= one.closed_at - one.opened_at
