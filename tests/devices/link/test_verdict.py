"""A path is called bad only on enough packets and beyond doubt; what was not measured is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contract import PathFault, PathState
from devices.link.figures import Trips, jitter, loss_interval, quantile
from devices.link.verdict import LEAST, judge, judge_rate


def trips(sent: int, lost: int = 0, rtt_ms: float = 20.0) -> Trips:
    return Trips(sent, (rtt_ms,) * (sent - lost))


def test_wilson_interval_is_as_published() -> None:
    low, high = loss_interval(10, 1)  # Newcombe 1998's example form: 1 of 10 at 95 %
    assert (low, high) == (pytest.approx(1.79, abs=0.01), pytest.approx(40.42, abs=0.01))


def test_none_lost_of_fifteen_hundred_leaves_a_quarter_of_a_percent_open() -> None:
    assert loss_interval(LEAST, 0) == (0.0, pytest.approx(0.255, abs=0.001))


@given(st.integers(1, 5000), st.data())
def test_interval_always_holds_the_share_itself(sent: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, sent))
    low, high = loss_interval(sent, lost)
    assert -1e-9 <= low <= 100 * lost / sent + 1e-9
    assert 100 * lost / sent - 1e-9 <= high <= 100 + 1e-9


def test_jitter_grows_by_a_sixteenth_of_each_change() -> None:
    assert jitter((20.0, 36.0)) == pytest.approx(1.0)
    assert jitter((20.0, 36.0, 36.0)) == pytest.approx(1.0 - 1 / 16)


def test_jitter_of_one_packet_is_not_known() -> None:
    assert jitter((20.0,)) is None


def test_p95_is_a_value_that_was_measured() -> None:
    assert quantile(tuple(float(n) for n in range(1, 101)), 0.95) == 95.0


def test_clean_path_is_good() -> None:
    assert judge(trips(LEAST), 5, 5) == (PathState.GOOD, ())


def test_heavy_loss_on_enough_packets_is_bad() -> None:
    assert judge(trips(LEAST, lost=150), 5, 5) == (PathState.BAD, (PathFault.LOSS,))


@given(st.integers(1, LEAST - 1), st.data())
def test_nothing_is_bad_on_fewer_packets(sent: int, data: st.DataObject) -> None:
    lost = data.draw(st.integers(0, sent))
    rtt_ms = data.draw(st.sampled_from((1.0, 900.0, 5000.0)))
    state, _ = judge(trips(sent, lost, rtt_ms), 0, 5)
    assert state is not PathState.BAD


def test_too_few_packets_to_be_bad_are_said_to_be_too_few() -> None:
    state, faults = judge(trips(100, lost=50), 0, 0)
    assert state is PathState.WEAK
    assert faults == (PathFault.LOSS, PathFault.TOO_FEW)


def test_loss_that_may_be_harmless_or_not_is_weak() -> None:
    assert judge(trips(LEAST, lost=20), 5, 5)[0] is PathState.WEAK


def test_loss_beyond_the_limit_by_chance_only_is_not_bad() -> None:
    assert judge(trips(LEAST, lost=50), 5, 5)[0] is PathState.WEAK, "3.3 %, but as little as 2.5 % may be true"


def test_answers_slower_than_a_talk_allows_are_bad() -> None:
    assert judge(trips(LEAST, rtt_ms=900.0), 5, 5) == (PathState.BAD, (PathFault.DELAY,))


def test_satellite_delay_is_weak() -> None:
    assert judge(trips(LEAST, rtt_ms=560.0), 5, 5) == (PathState.WEAK, (PathFault.DELAY,))


def test_unsteady_answers_weaken_and_are_never_red() -> None:
    unsteady = Trips(LEAST, tuple(20.0 if n % 2 else 220.0 for n in range(LEAST)))
    assert judge(unsteady, 5, 5) == (PathState.WEAK, (PathFault.JITTER,))


def test_no_answer_at_all_may_be_the_server_and_is_unknown() -> None:
    assert judge(trips(LEAST, lost=LEAST), 5, 5) == (PathState.UNKNOWN, (PathFault.NO_ANSWER,))


def test_refused_connections_beside_a_clean_burst_are_weak() -> None:
    assert judge(trips(LEAST), 3, 5) == (PathState.WEAK, (PathFault.CONNECTING,))


def test_nothing_asked_is_nothing_known() -> None:
    assert judge(Trips(0, ()), 0, 0)[0] is PathState.UNKNOWN


@pytest.mark.parametrize(
    ("kbps", "state"),
    [(None, PathState.UNKNOWN), (2900, PathState.GOOD), (900, PathState.WEAK), (200, PathState.BAD)],
)
def test_rate_is_judged_by_what_a_call_takes(kbps: float | None, state: PathState) -> None:
    assert judge_rate(kbps) is state
