"""The ear tells when a sample was taken, not when it got round to reading it; and never makes a late one early."""

import pytest

from tests.fakes.ear import MOST_LAG_S, RATE_HZ, SampleClock

PIECE = 240  # 5 ms


def ends(*came: float) -> list[float]:
    clock = SampleClock()
    return [clock.taken(at, PIECE) for at in came]


def test_piece_that_was_read_late_was_not_taken_late() -> None:
    # pieces of 5 ms come at 5, 10 and 15 ms; the fourth is read 30 ms late
    assert ends(0.005, 0.010, 0.015, 0.050)[-1] == pytest.approx(0.020)


def test_no_more_than_the_ears_own_lag_is_credited() -> None:
    # the source stood still for 400 ms: what comes then is new
    assert ends(0.005, 0.010, 0.415)[-1] == pytest.approx(0.415 - MOST_LAG_S)


def test_a_still_source_is_forgotten_after_a_second() -> None:
    clock = SampleClock()
    clock.taken(0.005, PIECE)
    for number in range(300):  # 1.5 s from 0.4 s on
        last = clock.taken(0.405 + number * PIECE / RATE_HZ, PIECE)
    assert last == pytest.approx(0.405 + 299 * PIECE / RATE_HZ)


def test_punctual_stream_is_left_as_it_is() -> None:
    assert ends(0.005, 0.010, 0.015) == pytest.approx([0.005, 0.010, 0.015])
