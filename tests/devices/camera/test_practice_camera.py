"""The practice camera behaves like one, as seen by the driver and by the eye."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import numpy as np
import pytest

from devices.camera.video import VideoReader
from devices.camera.visca_driver import ViscaCamera, make_visca
from devices.contract import Aim, CameraState, Frame, Outcome, Position, Reason
from devices.practice.camera import PracticeCamera
from devices.practice.stream import CAMERA_PATH, PracticeStream

T = TypeVar("T")
LEFT, RIGHT = (-700, 0, 0x2800), (700, 0, 0x2800)


@asynccontextmanager
async def practice(camera: PracticeCamera) -> AsyncIterator[ViscaCamera]:
    driver = make_visca("visca-udp", "main", "127.0.0.1", await camera.start())
    try:
        yield driver
    finally:
        await driver.close()
        await camera.stop()


def ask(camera: PracticeCamera, question: Callable[[ViscaCamera], Awaitable[T]]) -> T:
    async def run() -> T:
        async with practice(camera) as driver:
            return await question(driver)

    return asyncio.run(run())


def test_it_takes_time_to_turn_and_arrives() -> None:
    aim = ask(PracticeCamera({1: LEFT}), lambda driver: driver.recall_preset(1, Position(*LEFT)))
    assert aim.outcome is Outcome.VERIFIED
    assert aim.seconds > 0.5


def test_a_preset_stored_by_hand_is_found_again() -> None:
    async def store(driver: ViscaCamera) -> tuple[Aim, Aim]:
        await driver.drive(0.5, 0.3, 0.5)
        await asyncio.sleep(0.3)
        await driver.stop()
        stored = await driver.store_preset(4)
        await driver.recall_preset(1, None)
        return stored, await driver.recall_preset(4, stored.position)

    stored, recalled = ask(PracticeCamera({1: LEFT}), store)
    assert stored.position is not None
    assert min(stored.position.pan, stored.position.tilt, stored.position.zoom) > 0
    assert recalled.outcome is Outcome.VERIFIED


def test_a_camera_that_forgot_its_presets_is_still_sent_to_the_position() -> None:
    async def forget(driver: ViscaCamera) -> tuple[Aim, Aim]:
        camera.forgets()
        return await driver.recall_preset(1, Position(*LEFT)), await driver.go_to(Position(*LEFT))

    camera = PracticeCamera({1: LEFT})
    recalled, gone = ask(camera, forget)
    assert recalled.reason is Reason.PRESET_MISSING
    assert (gone.outcome, gone.position) == (Outcome.VERIFIED, Position(*LEFT))


def test_standby_refuses_to_turn() -> None:
    async def sleep_and_aim(driver: ViscaCamera) -> tuple[CameraState, Reason | None]:
        await driver.set_power(False)
        return (await driver.status()).state, (await driver.recall_preset(1, None)).reason

    assert ask(PracticeCamera({1: LEFT}), sleep_and_aim) == (CameraState.STANDBY, Reason.NOT_NOW)


@pytest.mark.parametrize(("fault", "reason"), [("silent", Reason.NO_ANSWER), ("refuses", Reason.NOT_NOW)])
def test_its_faults_are_named(fault: str, reason: Reason) -> None:
    camera = PracticeCamera({1: LEFT})
    setattr(camera, fault, True)
    assert ask(camera, lambda driver: driver.recall_preset(1, Position(*LEFT))).reason is reason


def test_rubbish_does_not_stop_it() -> None:
    async def disturb(driver: ViscaCamera) -> CameraState:
        for rubbish in (
            b"",
            b"\xff" * 5000,
            b"\x01\x00\x00\x00\x00\x00\x00\x01",
            b"\x01\x00\x00\x02\x00\x00\x00\x01\x81\xff",
        ):
            camera.datagram_received(rubbish, ("127.0.0.1", 9))
        return (await driver.status()).state

    camera = PracticeCamera()
    assert ask(camera, disturb) is CameraState.READY


# --- its picture ----------------------------------------------------------------------------------------------------


async def next_frame(reader: VideoReader, after: float) -> Frame:
    by = time.monotonic() + 15
    while time.monotonic() < by:
        frame = reader.newest()
        if frame is not None and frame.arrived > after:
            return frame
        await asyncio.sleep(0.02)
    raise AssertionError("no picture")


def apart(one: Frame, other: Frame) -> float:
    return float(np.abs(one.image.astype(np.int16) - other.image).mean())


def test_the_picture_changes_when_a_preset_is_recalled_and_breathes_when_not() -> None:
    async def watch() -> tuple[float, float, tuple[int, ...]]:
        camera = PracticeCamera({1: LEFT, 2: RIGHT})
        stream = PracticeStream(camera.position)
        port = await stream.start()
        reader = VideoReader(f"http://127.0.0.1:{port}{CAMERA_PATH}")
        reader.start()
        try:
            async with practice(camera) as driver:
                frames = []
                for preset in (1, 2, 2):
                    assert (await driver.recall_preset(preset, None)).reason is None
                    frames.append(await next_frame(reader, time.monotonic() + 0.3))
        finally:
            await asyncio.to_thread(reader.stop)
            await stream.stop()
        return apart(frames[0], frames[1]), apart(frames[1], frames[2]), frames[0].image.shape

    moved, still, shape = asyncio.run(watch())
    assert shape == (720, 1280, 3)
    assert moved > 10
    assert 0.2 < still < 3


async def fetch(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.read(100_000), 10)
    finally:
        writer.close()
        await writer.wait_closed()


def answer(request: bytes) -> bytes:
    async def run() -> bytes:
        stream = PracticeStream(
            lambda: (0.0, 0.0, 0.0),
            pages={"/": ("text/html", lambda: b"<p>home")},
            routes={"/hop/": lambda path: ("text/plain", path.encode()) if path.endswith("a") else None},
        )
        try:
            return await fetch(await stream.start(), request)
        finally:
            await stream.stop()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("request_line", "status", "body"),
    [
        (b"GET / HTTP/1.1", b"200", b"<p>home"),
        (b"HEAD / HTTP/1.1", b"200", b""),
        (b"GET /hop/a?name=x HTTP/1.1", b"200", b"/hop/a"),
        (b"GET /hop/b HTTP/1.1", b"404", b""),
        (b"GET /nowhere HTTP/1.1", b"404", b""),
        (b"POST / HTTP/1.1", b"405", b""),
        (b"GET  / HTTP/1.1", b"400", b""),
        (b"\x00\xff\xfe", b"400", b""),
        (b"GET /" + b"x" * 20_000 + b" HTTP/1.1", b"400", b""),
    ],
)
def test_pages_are_served_and_bad_requests_refused(request_line: bytes, status: bytes, body: bytes) -> None:
    said = answer(request_line + b"\r\n\r\n")
    assert said.split(b" ")[1] == status
    assert said.split(b"\r\n\r\n", 1)[1] == body


def test_nothing_is_drawn_while_nobody_watches() -> None:
    async def run() -> tuple[int, int]:
        asked = 0

        def position() -> tuple[float, float, float]:
            nonlocal asked
            asked += 1
            return 0.0, 0.0, 0.0

        stream = PracticeStream(position)
        port = await stream.start()
        try:
            await asyncio.sleep(0.3)
            before = asked
            await fetch(port, b"GET /camera.mjpg HTTP/1.1\r\n\r\n")
            await asyncio.sleep(0.5)  # until the stream has noticed that its watcher went away
            after = asked
            await asyncio.sleep(0.5)
            return before, asked - after
        finally:
            await stream.stop()

    before, later = asyncio.run(run())
    assert before == 0
    assert later <= 2
