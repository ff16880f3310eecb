"""Two meetings in one room: who is kept by rank, and that nobody is dropped silently."""

from datetime import timedelta
from itertools import combinations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.rules.calendar.clashes import clash, clashes, next_without_power_off, window
from roomapp.rules.meeting import Meeting
from tests.roomapp.meetings.examples import HA_GIANG, at, meeting

BODIES = [body.id for body in HA_GIANG.ranks]


def test_meeting_at_eight_has_the_room_from_half_past_six_until_it_is_shut_down() -> None:
    taken = window(meeting(expected_end="2026-11-30T11:00"), HA_GIANG)
    assert (taken.start, taken.end) == (at("2026-11-30T06:30"), at("2026-11-30T11:30"))


@pytest.mark.parametrize(
    ("opening", "is_clash"),
    [("2026-11-30T12:59", True), ("2026-11-30T13:00", False), ("2026-11-30T05:00", True), ("2026-11-29T14:00", False)],
)
def test_windows_that_only_touch_do_not_clash(opening: str, is_clash: bool) -> None:
    ours = meeting(expected_end="2026-11-30T11:00")
    assert (clash(ours, meeting("m2", opening), HA_GIANG) is not None) == is_clash


def test_central_meeting_is_kept_before_the_commune_s() -> None:
    central, ours = meeting("a", scale="", **{"class": "5.4.a"}), meeting("b", "2026-11-30T09:00", **{"class": "5.3"})
    found = clash(ours, central, HA_GIANG)
    assert found is not None
    assert (found.kept, found.other) == (central, ours)


def test_rank_decides_and_not_who_opens_first() -> None:
    ours = meeting("a", host_body="commune_people")
    theirs = meeting("b", "2026-11-30T09:00", host_body="province_party")
    found = clash(ours, theirs, HA_GIANG)
    assert found is not None
    assert found.kept is theirs


def test_of_equal_rank_the_program_keeps_none() -> None:
    found = clash(meeting("a"), meeting("b"), HA_GIANG)
    assert found is not None
    assert (found.kept, found.other) == (None, None)


def meetings(id: str) -> st.SearchStrategy[Meeting]:
    def made(minutes: int, length: int, body: str) -> Meeting:
        opening = at("2026-11-30T08:00") + timedelta(minutes=minutes)
        end = opening + timedelta(minutes=length)
        return meeting(id, f"{opening:%Y-%m-%dT%H:%M}", expected_end=f"{end:%Y-%m-%dT%H:%M}", host_body=body)

    return st.builds(made, st.integers(0, 900), st.integers(1, 300), st.sampled_from([*BODIES, "unknown"]))


@settings(deadline=None)
@given(meetings("a"), meetings("b"))
def test_clash_is_the_same_for_either_order(one: Meeting, other: Meeting) -> None:
    assert clash(one, other, HA_GIANG) == clash(other, one, HA_GIANG)


@settings(deadline=None)
@given(meetings("a"), meetings("b"))
def test_kept_is_one_of_the_two_and_never_of_the_lower_rank(one: Meeting, other: Meeting) -> None:
    found = clash(one, other, HA_GIANG)
    if found is not None and found.kept is not None and found.other is not None:
        assert {found.kept.id, found.other.id} == {"a", "b"}
        ranks = [HA_GIANG.rank(m.body(HA_GIANG)) for m in (found.kept, found.other)]
        assert ranks[0] < ranks[1]


@settings(deadline=None)
@given(st.lists(meetings("x"), max_size=7))
def test_all_clashes_are_those_of_every_pair(booked: list[Meeting]) -> None:
    named = [msgspec.structs.replace(one, id=f"m{n}") for n, one in enumerate(booked)]
    pairs = {frozenset((one.id, two.id)) for one, two in combinations(named, 2) if clash(one, two, HA_GIANG)}
    assert {found.pair for found in clashes(named, HA_GIANG)} == pairs


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), max_size=6))
def test_every_pair_that_clashes_is_named_once(days: list[int]) -> None:
    booked = [meeting(f"m{n}", f"2026-12-0{day + 1}T08:00") for n, day in enumerate(days)]
    pairs = [found.pair for found in clashes(booked, HA_GIANG)]
    same_day = [{f"m{i}", f"m{j}"} for i, a in enumerate(days) for j, b in enumerate(days) if i < j and a == b]
    assert len(pairs) == len(same_day)
    assert all(frozenset(pair) in pairs for pair in same_day)


@pytest.mark.parametrize(("opening", "stays_on"), [("2026-11-30T13:10", True), ("2026-11-30T13:11", False)])
def test_power_stays_on_where_the_next_connection_is_due_before_power_left_on_is_reminded_of(
    opening: str, stays_on: bool
) -> None:
    """Ended 11:00; 40 minutes of patience: a connection due until 11:40, an opening until 13:10."""
    found = next_without_power_off(at("2026-11-30T11:00"), [meeting("m2", opening)], HA_GIANG)
    assert (found is not None) == stays_on
