"""One camera asked one thing, over a real line; for the tests beside this file."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import TypeVar

from devices.camera.visca_driver import ViscaCamera
from devices.contract import Aim, Position
from tests.fakes.visca.camera import DRIVERS, PRESETS, FakeCamera, Script

T = TypeVar("T")
STORED_1, STORED_2 = Position(*PRESETS[1]), Position(*PRESETS[2])
RECALL_1, RECALL_2 = bytes.fromhex("01043f0201"), bytes.fromhex("01043f0202")


def with_camera(fake: FakeCamera, ask: Callable[[ViscaCamera], Awaitable[T]], model: str = "generic") -> T:
    async def run() -> T:
        camera = fake.camera(model)
        try:
            return await ask(camera)
        finally:
            await camera.close()

    return asyncio.run(run())


def on_every_line(script: Script, ask: Callable[[ViscaCamera], Awaitable[T]]) -> dict[str, tuple[T, FakeCamera]]:
    """The same asked of four cameras, one on each line, at the same time: most of it is waiting."""

    async def run(fake: FakeCamera) -> T:
        camera = fake.camera()
        try:
            return await ask(camera)
        finally:
            await camera.close()

    async def run_all() -> list[T]:
        return list(await asyncio.gather(*(run(fake) for fake in fakes)))

    with ExitStack() as stack:
        fakes = [stack.enter_context(FakeCamera(driver, Script(**vars(script)))) for driver in DRIVERS]
        results = asyncio.run(run_all())
        return {fake.driver: (result, fake) for fake, result in zip(fakes, results, strict=True)}


def recall_on_every_line(script: Script, stored: Position | None = STORED_1) -> dict[str, tuple[Aim, FakeCamera]]:
    return on_every_line(script, lambda camera: camera.recall_preset(1, stored))


def recall(driver: str, script: Script, stored: Position | None = STORED_1, preset: int = 1) -> tuple[Aim, FakeCamera]:
    with FakeCamera(driver, script) as fake:
        return with_camera(fake, lambda camera: camera.recall_preset(preset, stored)), fake
