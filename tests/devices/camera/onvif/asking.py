"""One ONVIF camera asked one thing over a real socket; for the tests beside this file."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from devices.camera.onvif.camera import OnvifCamera
from devices.camera.onvif.library import prepare_wsdl
from devices.camera.onvif.models import UNITS
from devices.contract import Aim, CameraStatus, Position
from tests.fakes.onvif_camera import PASSWORD, PRESETS, FakeOnvif, Script

T = TypeVar("T")
SLACK = 3.0  # this machine is shared: limits are asserted at three times their figure
PARSED_S = 60.0
STORED_1, STORED_2 = (Position(*PRESETS[token][1], UNITS) for token in ("t1", "t2"))


def with_camera(fake: FakeOnvif, ask: Callable[[OnvifCamera], Awaitable[T]], password: str = PASSWORD) -> T:
    prepare_wsdl().result(PARSED_S)

    async def run() -> T:
        camera = fake.camera(password)
        try:
            return await ask(camera)
        finally:
            await camera.close()

    return asyncio.run(run())


def asked(script: Script, ask: Callable[[OnvifCamera], Awaitable[T]]) -> tuple[T, FakeOnvif]:
    with FakeOnvif(script) as fake:
        return with_camera(fake, ask), fake


def recall(
    script: Script, stored: Position | None = STORED_1, preset: int = 1, token: str = "t1"
) -> tuple[Aim, FakeOnvif]:
    return asked(script, lambda camera: camera.recall_preset(preset, stored, token))


def status(script: Script) -> CameraStatus:
    return asked(script, lambda camera: camera.status())[0]
