"""A line that hangs holds no call beyond its own limit."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from devices.camera.models import model_named
from devices.camera.visca_driver import ViscaCamera
from devices.camera.visca_link import Framing
from devices.contract import CameraState, DeviceError, Outcome, Position, Reason
from devices.transport import Listener

SLACK = 3.0  # this machine is shared
CLOSE_S = 2.5
HOME = Position(0, 0, 0)
QUICK = replace(model_named("generic"), move_s=3.0)


class StuckLine:
    """Opens, or sends, and never comes back; closing is all that it does as it must."""

    name = "stuck"

    def __init__(self, at: str) -> None:
        self.listener: Listener | None = None
        self._at = at

    async def open(self, wait_s: float) -> None:
        await self._hang("open")

    async def send(self, data: bytes) -> None:
        await self._hang("send")

    async def receive(self, wait_s: float) -> bytes:
        raise DeviceError(Reason.NO_ANSWER)

    async def close(self) -> None:
        return None

    async def _hang(self, where: str) -> None:
        if where == self._at:
            await asyncio.sleep(3600)


async def told(call: Awaitable[object]) -> object:
    try:
        return await call
    except DeviceError as error:
        return error.reason


CALLS: dict[str, tuple[Callable[[ViscaCamera], Awaitable[object]], float]] = {
    "status": (lambda camera: camera.status(), 1.0),
    "stop": (lambda camera: camera.stop(), 1.0),
    "drive": (lambda camera: camera.drive(1, 0, 0), 2.5),
    "store": (lambda camera: camera.store_preset(1), 3.0),
    "power": (lambda camera: camera.set_power(False), 3.0),
    "recall": (lambda camera: camera.recall_preset(1, HOME), QUICK.move_s),
    "go_to": (lambda camera: camera.go_to(HOME), QUICK.move_s),
}


@pytest.mark.parametrize("at", ["open", "send"])
def test_every_call_ends_within_its_limit_on_a_line_that_hangs(at: str) -> None:
    async def one(name: str) -> tuple[str, object, float]:
        ask, _ = CALLS[name]
        camera = ViscaCamera("main", StuckLine(at), QUICK, Framing.RAW)
        began = time.monotonic()
        said = await told(ask(camera))
        took = time.monotonic() - began
        await camera.close()  # else its late stop begins while the loop ends, and is never ended
        assert time.monotonic() - began - took <= CLOSE_S * SLACK, name
        return name, said, took

    async def every() -> list[tuple[str, object, float]]:
        return list(await asyncio.gather(*(one(name) for name in CALLS)))

    for name, said, seconds in asyncio.run(every()):
        assert seconds <= CALLS[name][1] * SLACK, name
        assert said is Reason.NO_ANSWER or getattr(said, "reason", None) is Reason.NO_ANSWER, (name, said)
        assert getattr(said, "outcome", None) in (None, Outcome.FAILED)
        assert getattr(said, "state", None) in (None, CameraState.OFFLINE)
