"""The ballistics of the level that people read."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.needle import HOLD_S, Needle

BOTTOM = -75.0


@pytest.mark.parametrize("looks", [3, 9, 30])
def test_the_needle_has_made_99_percent_of_its_way_after_300_ms(looks: int) -> None:
    needle = Needle(BOTTOM)
    for _ in range(looks):
        needle.move(-25.0, 0.3 / looks)
    assert needle.level_dbfs == pytest.approx(BOTTOM + 0.99 * 50.0, abs=0.01)


def test_the_needle_falls_as_it_rises() -> None:
    needle = Needle(BOTTOM)
    needle.move(-25.0, 10.0)
    needle.move(-math.inf, 0.3)
    assert needle.level_dbfs == pytest.approx(-25.0 - 0.99 * 50.0, abs=0.01)


def test_the_loudest_is_there_at_once() -> None:
    needle = Needle(BOTTOM)
    needle.move(-20.0, 0.033)
    assert needle.loudest_dbfs == -20.0


def test_the_loudest_is_held_through_a_pause() -> None:
    needle = Needle(BOTTOM)
    needle.move(-20.0, 0.033)
    for _ in range(10):
        needle.move(-60.0, HOLD_S / 10)
    assert needle.loudest_dbfs == pytest.approx(-20.0)


@pytest.mark.parametrize("looks", [1, 17, 51])
def test_after_the_pause_the_loudest_falls_20_db_in_1_7_s(looks: int) -> None:
    needle = Needle(BOTTOM)
    needle.move(-20.0, 0.033)
    needle.move(-70.0, HOLD_S)
    for _ in range(looks):
        needle.move(-70.0, 1.7 / looks)
    assert needle.loudest_dbfs == pytest.approx(-40.0, abs=0.01)


def test_the_loudest_falls_no_lower_than_what_is_heard() -> None:
    needle = Needle(BOTTOM)
    needle.move(-20.0, 0.033)
    needle.move(-30.0, 60.0)
    assert needle.loudest_dbfs == -30.0


def test_on_its_way_down_the_loudest_is_no_finding() -> None:
    needle, settled = Needle(BOTTOM), []
    for level, passed_s in ((-20.0, 0.033), (-50.0, HOLD_S), (-50.0, 1.0), (-50.0, 2.0), (-20.0, 0.033)):
        needle.move(level, passed_s)
        settled.append(needle.settled)
    assert settled == [True, True, False, True, True]


def test_at_rest_nothing_is_left_of_what_was_heard() -> None:
    needle = Needle(BOTTOM)
    needle.move(-20.0, 1.0)
    needle.rest()
    assert (needle.level_dbfs, needle.loudest_dbfs) == (BOTTOM, BOTTOM)


@given(st.lists(st.tuples(st.floats(-200.0, 40.0) | st.just(-math.inf), st.floats(0.0, 100.0)), max_size=30))
def test_the_needle_stays_between_the_bottom_and_what_was_heard(moves: list[tuple[float, float]]) -> None:
    needle = Needle(BOTTOM)
    for level, passed_s in moves:
        needle.move(level, passed_s)
        for stands in (needle.level_dbfs, needle.loudest_dbfs):
            assert BOTTOM - 1e-9 <= stands <= max([BOTTOM, *(level for level, _ in moves)]) + 1e-9
