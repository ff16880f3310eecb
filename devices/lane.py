"""One bounded thread for one blocking library, so that a stuck device never holds up another."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from devices.contract import DeviceError, DeviceTimeout, Reason

T = TypeVar("T")
log = logging.getLogger(__name__)

MOST_WAITING = 16  # more calls than this behind a stuck one are refused at once


class Lane:
    """Runs blocking calls one after another in its own daemon thread, each awaited for a named time at most."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._jobs: queue.Queue[Callable[[], None] | None] = queue.Queue(MOST_WAITING)
        self._thread: threading.Thread | None = None

    async def call(self, work: Callable[..., T], *args: Any, wait_s: float) -> T:
        """Runs work(*args) in the lane.

        Raises DeviceTimeout after wait_s seconds (the call itself may still be running: later calls queue behind
        it), DeviceError(REFUSED_BUSY) when the lane is full, and whatever the work raises.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()

        def settle(value: T | None, error: BaseException | None) -> None:
            if done.done():
                return
            if error is not None:
                done.set_exception(error)
            else:
                done.set_result(value)  # type: ignore[arg-type]  # a T: the work has returned

        def job() -> None:
            if done.cancelled():
                return  # nobody waits any more: an order that timed out in the queue must not be carried out late
            try:
                value, error = work(*args), None
            except Exception as raised:  # noqa: BLE001 - handed to the caller whole
                value, error = None, raised
            try:
                loop.call_soon_threadsafe(settle, value, error)
            except RuntimeError:
                log.debug("%s: the loop ended before its answer", self._name)

        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name=f"lane-{self._name}", daemon=True)
            self._thread.start()
        try:
            self._jobs.put_nowait(job)
        except queue.Full as error:
            raise DeviceError(Reason.REFUSED_BUSY, f"{self._name}: too many calls waiting") from error
        try:
            async with asyncio.timeout(wait_s):  # wait_for of Python 3.11 loses a cancellation that meets the answer
                return await done
        except TimeoutError as error:
            raise DeviceTimeout(f"{self._name}: nothing within {wait_s} s") from error

    def close(self) -> None:
        """Lets the thread end after the call that it is in; idempotent."""
        try:
            self._jobs.put_nowait(None)
        except queue.Full:
            log.warning("%s: closed while stuck", self._name)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
