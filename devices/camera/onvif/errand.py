"""The one thread that speaks to a camera, and the way past a call in it that does not come back."""

import asyncio
import math
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from devices.camera.onvif.device import OnvifDevice
from devices.contract import DeviceError
from devices.lane import Lane

T = TypeVar("T")
SLACK_S = 0.25  # a call ends by itself at its moment; its answer has to come back from the thread


class Errands:
    """Of one camera, from the first call to close()."""

    def __init__(self, name: str, device: OnvifDevice) -> None:
        self.device = device
        self._lane = Lane(name)
        self._starting = threading.Lock()

    async def run(self, work: Callable[[float], T], until: float, patience_s: float = math.inf) -> T:
        """work(until) in the thread; DeviceError only. `until`: loop time at which it must be over.

        `patience_s`: it waits this long behind another call, then cuts that one off, which ends superseded.
        """
        started = False

        def job() -> T:
            nonlocal started
            with self._starting:
                started = True
                self.device.begin()
            return work(until)

        wait_s = max(0.0, until - asyncio.get_running_loop().time()) + SLACK_S
        running = asyncio.ensure_future(self._lane.call(job, wait_s=wait_s))
        try:
            if patience_s < math.inf and not (await asyncio.wait({running}, timeout=patience_s))[0]:
                with self._starting:
                    if not started:
                        self.device.interrupt()
            return await running
        finally:
            running.cancel()
            running.add_done_callback(heard)

    async def close(self, wait_s: float) -> None:
        """Whatever is running is cut off; never raises."""
        self.device.interrupt()
        with suppress(DeviceError):  # stuck: the thread ends when its call does
            await self._lane.call(self.device.close, wait_s=wait_s)
        self._lane.close()


def heard(running: "asyncio.Future[T]") -> None:
    """A failure that nobody waits for any more is no failure of the program."""
    if not running.cancelled():
        running.exception()
