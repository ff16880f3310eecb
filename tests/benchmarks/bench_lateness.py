"""How late the screen's own timer comes while twenty devices are silent and drivers burn Python time, against idle."""

import asyncio
import os
import socket
import tempfile
import time
from asyncio import Task as AnyTask
from collections.abc import Coroutine
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, QTimer

from devices.camera.visca_driver import ViscaCamera, make_visca
from devices.lane import Lane
from tests.benchmarks.table import table
from tests.journeys.driver import Driver
from ui.assemble import Sound

Task = AnyTask[None]
TICK_MS = 5
SECONDS = 20.0
DEVICES = 20
POLL_S = 0.5
BURN_S = 0.05
BURN_EVERY_S = 1.0


class Lateness:
    """A timer of the screen's thread, and by how many ms each of its calls was late."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._last = 0.0

    def over(self, seconds: float) -> list[float]:
        self.late_ms, self._last = [], time.perf_counter()
        self._timer.start(TICK_MS)
        run_qt(seconds)
        self._timer.stop()
        return sorted(self.late_ms)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - TICK_MS))
        self._last = now


def run_qt(seconds: float) -> None:
    """Qt's own loop, not the polling one of the tests."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def silent_camera(stack: ExitStack, number: int) -> ViscaCamera:
    """A camera at a port that nobody answers on."""
    port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    port.bind(("127.0.0.1", 0))
    stack.callback(port.close)
    return make_visca("visca-udp", f"silent-{number}", "127.0.0.1", port.getsockname()[1], "", 9600, 1, "generic")


async def poll(camera: ViscaCamera) -> None:
    while True:
        await camera.status()
        await asyncio.sleep(POLL_S)


def burn() -> None:
    """What a driver in plain Python does to a long answer."""
    ends = time.perf_counter() + BURN_S
    while time.perf_counter() < ends:
        sum(range(200))


async def call_lane(lane: Lane, after_s: float) -> None:
    await asyncio.sleep(after_s)
    while True:
        await lane.call(burn, wait_s=10)
        await asyncio.sleep(BURN_EVERY_S)


async def close_all(tasks: list[Task], cameras: list[ViscaCamera]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.gather(*(camera.close() for camera in cameras))


async def begin_all(works: list[Coroutine[Any, Any, None]]) -> list[Task]:
    return [asyncio.create_task(work) for work in works]


def measured(seconds: float, silent: int, lanes: int, together: bool) -> list[float]:
    """The lateness in ms, sorted, of the kiosk's home page beside so many devices."""
    with (
        ExitStack() as stack,
        tempfile.TemporaryDirectory() as folder,
        closing(Driver(Path(folder), (1280, 720), sound=Sound(False, True))) as driver,
    ):
        worker = driver.kiosk.worker
        cameras = [silent_camera(stack, number) for number in range(silent)]
        burners = [Lane(f"burn-{number}") for number in range(lanes)]
        works = [poll(camera) for camera in cameras]
        works += [call_lane(lane, 0 if together else n * BURN_EVERY_S / lanes) for n, lane in enumerate(burners)]
        tasks = worker.submit(begin_all(works)).result(10)
        run_qt(1.0)
        late_ms = Lateness().over(seconds)
        worker.submit(close_all(tasks, cameras)).result(10)
        for lane in burners:
            lane.close()
        return late_ms


def main(seconds: float = SECONDS) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    cases = [
        ("idle", 0, 0, False),
        (f"{DEVICES} silent devices", DEVICES, 0, False),
        (f"and {DEVICES // 4} drivers, 50 ms of Python each second", DEVICES, DEVICES // 4, False),
        ("the same, all at once", DEVICES, DEVICES // 4, True),
        (f"and {DEVICES} drivers, 50 ms of Python each second", DEVICES, DEVICES, False),
    ]
    rows = []
    for name, silent, lanes, together in cases:
        late_ms = measured(seconds, silent, lanes, together)
        p50, p99 = (late_ms[int(at * len(late_ms))] for at in (0.5, 0.99))
        rows.append((name, f"{p50:.1f}", f"{p99:.1f}", f"{late_ms[-1]:.1f}", len(late_ms)))
    header = ("beside", "p50, ms", "p99, ms", "worst, ms", "ticks")
    title = f"Lateness of a {TICK_MS} ms timer of the screen, {seconds:.0f} s each (targets: p99 <= 30, worst <= 100)"
    print(table(title, header, rows))


if __name__ == "__main__":
    main()
