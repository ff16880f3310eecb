"""The one background thread: what goes wrong in it is logged and told, and one stuck lane holds up nobody else."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from devices.contract import DeviceError, DeviceTimeout, Reason
from devices.lane import MOST_WAITING, Lane
from roomapp.running.worker import Worker


@pytest.fixture
def told() -> list[BaseException]:
    return []


@pytest.fixture
def worker(told: list[BaseException]) -> Iterator[Worker]:
    made = Worker(told.append)
    made.start()
    yield made
    made.stop(1.0)


def until(true: Callable[[], object], wait_s: float = 2.0) -> None:
    ends = time.monotonic() + wait_s
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)


async def fail() -> None:
    raise ValueError("nobody expected this")


@pytest.mark.logs_errors
def test_an_exception_in_a_coroutine_is_logged_and_told(
    worker: Worker, told: list[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR), pytest.raises(ValueError, match="nobody expected"):
        worker.submit(fail()).result(2)
    until(lambda: told)
    assert [str(error) for error in told] == ["nobody expected this"]
    assert "a piece of work failed" in caplog.text


@pytest.mark.logs_errors
def test_an_exception_in_a_task_that_nobody_awaits_is_told_too(worker: Worker, told: list[BaseException]) -> None:
    async def leave_alone() -> None:
        asyncio.get_running_loop().call_soon(explode)

    def explode() -> None:
        raise KeyError("loose")

    worker.submit(leave_alone()).result(2)
    until(lambda: told)
    assert isinstance(told[0], KeyError)


@pytest.mark.logs_errors
def test_a_teller_that_fails_itself_does_not_end_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(_: BaseException) -> None:
        raise RuntimeError("no screen")

    async def answer() -> int:
        return 7

    worker = Worker(refuse)
    worker.start()
    with caplog.at_level(logging.ERROR), pytest.raises(ValueError, match="nobody"):
        worker.submit(fail()).result(2)
    assert worker.submit(answer()).result(2) == 7
    worker.stop(1.0)


def test_stop_cancels_what_still_runs(told: list[BaseException]) -> None:
    worker = Worker(told.append)
    worker.start()
    future = worker.submit(asyncio.sleep(60))
    worker.stop(1.0)
    assert future.cancelled()
    assert told == []


def test_stop_cancels_what_an_ending_piece_of_work_begins(told: list[BaseException]) -> None:
    begun: list[asyncio.Task[None]] = []

    async def begins_another() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            begun.append(asyncio.ensure_future(asyncio.sleep(60)))

    worker = Worker(told.append)
    worker.start()
    worker.submit(begins_another())
    worker.stop(1.0)
    assert [task.cancelled() for task in begun] == [True]


def test_a_stuck_call_times_out_while_another_lane_answers() -> None:
    stuck, quick, release = Lane("stuck"), Lane("quick"), threading.Event()

    async def both() -> float:
        waiting = asyncio.ensure_future(stuck.call(release.wait, 5, wait_s=0.2))
        began = time.monotonic()
        assert await quick.call(lambda: 3, wait_s=1.0) == 3
        passed = time.monotonic() - began
        with pytest.raises(DeviceTimeout):
            await waiting
        return passed

    passed = asyncio.run(both())
    release.set()
    stuck.close()
    quick.close()
    assert passed < 0.15


def test_an_order_that_timed_out_in_the_queue_is_not_carried_out_late() -> None:
    lane, release, done = Lane("queue"), threading.Event(), []

    async def order() -> None:
        first = asyncio.ensure_future(lane.call(release.wait, 5, wait_s=3.0))
        await asyncio.sleep(0.05)
        with pytest.raises(DeviceTimeout):
            await lane.call(done.append, "late", wait_s=0.1)
        release.set()
        await first
        await lane.call(lambda: None, wait_s=1.0)

    asyncio.run(order())
    lane.close()
    assert done == []


def test_a_full_lane_refuses_at_once() -> None:
    lane, release = Lane("full"), threading.Event()

    async def fill() -> Reason:
        waiting = [asyncio.ensure_future(lane.call(release.wait, 5, wait_s=4.0))]
        await asyncio.sleep(0.1)  # the first one is in the thread, the others fill the queue
        waiting += [asyncio.ensure_future(lane.call(release.wait, 5, wait_s=4.0)) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0.1)
        try:
            with pytest.raises(DeviceError) as refused:
                await lane.call(lambda: None, wait_s=0.2)
        finally:
            release.set()
            await asyncio.gather(*waiting, return_exceptions=True)
        return refused.value.reason

    reason = asyncio.run(fill())
    lane.close()
    assert reason is Reason.REFUSED_BUSY
