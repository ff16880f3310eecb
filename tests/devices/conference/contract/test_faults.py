"""The contract over every road: a far side that ends it, and a program that dies under it.

What takes long is in slow_faults.py, which `./kiosk prove road_contract` runs.
"""

import pytest

from tests.devices.conference.contract.bench import Bench
from tests.devices.conference.contract.roads import over

FINAL = ("crashed", "program_ended")


@over("hangs_up")
def test_far_side_that_ends_it_is_told_and_is_no_meeting_any_more(bench: Bench) -> None:
    bench.standing()
    bench.hang_up()
    try:
        bench.until(lambda look, verdict: not bench.here(look, verdict) and bench.ended(look), "the end")
    finally:
        bench.wake()
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
