"""The contract over every road: leaving, and joins and leaves that are cut short."""

import time

from devices.contract import MediaCount, Reason
from tests.devices.conference.contract.bench import JOIN_S, LEAVE_S, SLACK, Bench, wait_for
from tests.devices.conference.contract.orders import CUT, Order
from tests.devices.conference.contract.roads import over

LATER_S = 1.0  # for what was begun and forgotten to show itself


@over(whole=True)
def test_leaving_ends_the_call_in_time_at_the_far_side_too(bench: Bench) -> None:
    bench.connected()
    answer = bench.leave()
    assert (answer.value, answer.refused, answer.fault) == (None, None, "")
    assert answer.seconds < LEAVE_S * SLACK
    wait_for(lambda: bench.calls() == 0, "the end at the far side")


@over(whole=True)
def test_two_who_leave_at_once_both_come_back(bench: Bench) -> None:
    bench.connected()
    for answer in (*bench.at_once(Order("leave"), Order("leave")), bench.leave()):
        assert (answer.refused, answer.fault) == (None, "")
        assert answer.seconds < LEAVE_S * SLACK
    assert (bench.see().look, bench.gone()) == (None, [])


@over(whole=True)
def test_orders_after_leaving_are_as_before_joining(bench: Bench) -> None:
    bench.connected()
    bench.out()
    assert bench.order("set_microphone", True).value is None
    assert bench.order("answer").refused in (Reason.NOT_NOW, Reason.UNSUPPORTED)
    assert bench.order("raise_hand", True).refused is Reason.UNSUPPORTED
    assert bench.see().look is None


@over(whole=True)
def test_join_after_leaving_begins_from_nothing(bench: Bench) -> None:
    bench.connected()
    bench.out()
    assert bench.join().refused is None
    look = bench.evidence()
    assert (look.standing, look.page_error, look.ringing) == (None, None, "")
    assert look.video_in == look.audio_in == MediaCount()
    bench.until(bench.up, "the call")


@over(whole=True)
def test_leaving_at_once_after_joining_leaves_nothing_that_joins_later(bench: Bench) -> None:
    bench.out()
    bench.join()
    bench.out()
    assert (bench.see().look, bench.gone()) == (None, [])
    time.sleep(LATER_S)
    assert (bench.see().look, bench.calls(), bench.left()) == (None, 0, [])


@over(whole=True)
def test_join_that_is_cut_short_leaves_nothing_behind(bench: Bench) -> None:
    for cut_s in (0.0, 0.003, 0.02, 0.2):
        bench.out()
        answer = bench.join(cut_s=cut_s)
        assert answer.fault in (CUT, "")
        if answer.fault != CUT:
            bench.out()
        assert bench.gone() == [], cut_s
        assert (bench.see().look, bench.calls()) == (None, 0), cut_s
    assert bench.join().seconds < JOIN_S * SLACK
    bench.until(bench.up, "the meeting after all that")


@over(whole=True)
def test_leaving_that_is_cut_short_can_be_repeated(bench: Bench) -> None:
    bench.connected()
    assert bench.order("leave", cut_s=0.02).fault in (CUT, "")
    bench.out()
    assert (bench.see().look, bench.gone()) == (None, [])
    wait_for(lambda: bench.calls() == 0, "the end at the far side")
