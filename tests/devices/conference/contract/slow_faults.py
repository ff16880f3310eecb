"""The contract over every road, for `./kiosk prove road_contract`: a far side that refuses, is silent, or not there."""

from devices.contract import Reason
from tests.devices.conference.contract.bench import JOIN_S, SLACK, Bench, Where
from tests.devices.conference.contract.roads import over

NOBODY_S = 30.0  # for a server that is not there: SIP's own limit for a dial is 20 s


@over("refuses")
def test_far_side_that_refuses_is_told_and_never_linked(bench: Bench) -> None:
    bench.out()
    if bench.join(Where.REFUSING).refused is None:
        bench.refuse()
        bench.until(lambda look, _: look.standing or look.page_error, "the refusal")
        assert {verdict.linked for _, verdict in bench.trail} == {False}
    bench.out()
    assert bench.gone() == []


@over("silent")
def test_far_side_that_falls_silent_is_no_meeting_any_more(bench: Bench) -> None:
    bench.standing()
    bench.fall_silent()
    try:
        bench.until(lambda look, verdict: not bench.here(look, verdict), "the truth")
    finally:
        bench.wake()
    bench.out()
    assert bench.gone() == []


@over("dead")
def test_server_that_is_not_there_is_told_in_its_time(bench: Bench) -> None:
    bench.out()
    answer = bench.join(Where.DEAD)
    assert (answer.fault, answer.seconds < JOIN_S * SLACK) == ("", True)
    if answer.refused is None:
        look, verdict = bench.until(lambda look, _: look.page_error, "the failure", NOBODY_S)
        assert (look.page_error, verdict.linked) == ("load_failed", False)
    else:
        assert answer.refused in (Reason.LINK_LOST, Reason.NO_ANSWER)
    bench.out()
    assert (bench.see().look, bench.gone()) == (None, [])
