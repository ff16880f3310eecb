"""The contract over every road: a far side that refuses, goes or falls silent, and a program that dies under it."""

import pytest

from devices.contract import Reason
from tests.devices.conference.contract.bench import JOIN_S, SLACK, Bench, Where
from tests.devices.conference.contract.roads import over

NOBODY_S = 30.0  # for a server that is not there: SIP's own limit for a dial is 20 s
FINAL = ("crashed", "program_ended")


@over("hangs_up")
def test_far_side_that_ends_it_is_told_and_is_no_meeting_any_more(bench: Bench) -> None:
    bench.standing()
    bench.hang_up()
    look, _ = bench.until(lambda _, verdict: not (verdict.in_meeting or verdict.linked), "the end")
    assert bench.ended(look)
    bench.out()
    assert bench.gone() == []


@pytest.mark.logs_errors
@over("killed")
def test_program_that_dies_under_the_call_is_told_as_final(bench: Bench) -> None:
    bench.standing()
    bench.kill()
    look, verdict = bench.until(lambda look, _: look.page_error, "the end")
    assert (look.page_error in FINAL, verdict.linked, verdict.in_meeting) == (True, False, False)
    bench.out()
    assert (bench.see().look, bench.gone()) == (None, [])
    bench.standing()


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
