"""Whose turn a camera's order is: one at a time, and the newest one ends the older."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from devices.contract import DeviceError, Reason

QUEUE_S = 1.5  # the longest that an order waits for another one to let go of the camera


class Turns:
    """For one camera. `pace_s`: so long it is left alone between two orders."""

    def __init__(self, pace_s: float = 0.0) -> None:
        self._pace_s = pace_s
        self._turn = asyncio.Lock()
        self._handover: asyncio.Future[None] | None = None  # of the newest order
        self._free_at = 0.0

    def taken(self) -> bool:
        return self._turn.locked()

    def take_over(self) -> "asyncio.Future[None]":
        """The newest order; the one before it learns that it is superseded, by its future being done."""
        if self._handover is not None and not self._handover.done():
            self._handover.set_result(None)
        self._handover = asyncio.get_running_loop().create_future()
        return self._handover

    @asynccontextmanager
    async def order(self, handover: "asyncio.Future[None]") -> AsyncIterator[None]:
        """The block is the order. DeviceError: REFUSED_BUSY after QUEUE_S, SUPERSEDED where a newer one has come."""
        now = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(QUEUE_S if self._turn.locked() else None):
                await self._turn.acquire()
        except TimeoutError as error:
            raise DeviceError(Reason.REFUSED_BUSY, "another order holds the camera") from error
        try:
            if self._pace_s and now() < self._free_at:
                await asyncio.sleep(self._free_at - now())
            if handover.done():
                raise DeviceError(Reason.SUPERSEDED, "a newer order has come")
            yield
        finally:
            self._free_at = now() + self._pace_s
            self._turn.release()

    async def until_free(self) -> None:
        """Waits for the order that has the camera now, however long."""
        async with self._turn:
            return
