"""Every fault script over each line it can meet: all are played at the same time, then judged one by one."""

import asyncio

import pytest

from tests.fakes.visca.faults import FAULTS, Fault
from tests.fakes.visca.play import Played, play

AT_ONCE = 40
SLACK = 3.0  # this machine is shared
PLAYS = [(fault, way) for fault in FAULTS if fault.quick for way in fault.ways]
named = pytest.mark.parametrize("play", PLAYS, ids=lambda play: f"{play[0].name}-{play[1]}")


@pytest.fixture(scope="module")
def played() -> dict[tuple[str, str], Played]:
    async def play_all() -> list[Played]:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(fault: Fault, way: str) -> Played:
            async with room:
                return await play(fault, way)

        return list(await asyncio.gather(*(one(*chosen) for chosen in PLAYS)))

    return {(result.fault.name, result.way): result for result in asyncio.run(play_all())}


@named
def test_a_fault_ends_as_it_must_and_in_time(play: tuple[Fault, str], played: dict[tuple[str, str], Played]) -> None:
    result = played[play[0].name, play[1]]
    assert result.right, (result.outcome, result.reason)
    assert result.seconds <= play[0].limit_s * SLACK


@named
def test_no_success_is_claimed_that_is_none(play: tuple[Fault, str], played: dict[tuple[str, str], Played]) -> None:
    result = played[play[0].name, play[1]]
    assert (result.false, result.executed > 1) == ("", False)
