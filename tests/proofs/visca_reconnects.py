"""A thousand connects and disconnects over each VISCA line: open files, threads and memory stay as they were."""

import asyncio
import gc
import logging
import sys
import threading
import time
import tracemalloc
from dataclasses import dataclass

import psutil

from devices.contract import CameraState
from tests.benchmarks.table import table
from tests.fakes.visca.camera import DRIVERS, FakeCamera

ROUNDS, WARM = 1000, 50
SETTLE_S = 0.5  # a closed port's threads end by themselves
MOST_GROWTH_KB = 64  # of what Python holds; a leak of one small object a round is more


@dataclass(frozen=True)
class Held:
    files: int
    threads: int
    python_kb: float
    rss_kb: float

    @classmethod
    def now(cls) -> "Held":
        gc.collect()
        process = psutil.Process()
        held = tracemalloc.get_traced_memory()[0]
        return cls(process.num_fds(), threading.active_count(), held / 1024, process.memory_info().rss / 1024)


async def reconnect(fake: FakeCamera, rounds: int) -> int:
    """How often the camera was ready; a line that the camera closes first is among them."""
    ready = 0
    camera = fake.camera()
    for _ in range(rounds):
        ready += (await camera.status()).state is CameraState.READY
        await camera.close()
        fake.heard.clear()
        fake.heard_at.clear()
    return ready


async def measured(way: str) -> tuple[Held, Held, int, float]:
    with FakeCamera(way) as fake:
        await reconnect(fake, WARM)
        await asyncio.sleep(SETTLE_S)
        before, began = Held.now(), time.monotonic()
        ready, seconds = await reconnect(fake, ROUNDS), time.monotonic() - began
        await asyncio.sleep(SETTLE_S)
        return before, Held.now(), ready, seconds


def main(argv: list[str]) -> int:
    logging.disable(logging.WARNING)
    tracemalloc.start()
    rows, good = [], True
    for way in DRIVERS:
        before, after, ready, seconds = asyncio.run(measured(way))
        grown_kb = after.python_kb - before.python_kb
        flat = after.files == before.files and after.threads == before.threads and grown_kb <= MOST_GROWTH_KB
        good = good and flat and ready == ROUNDS
        rows.append(
            (
                way.removeprefix("visca-"),
                ROUNDS,
                ready,
                f"{before.files} / {after.files}",
                f"{before.threads} / {after.threads}",
                f"{before.python_kb:.0f} / {after.python_kb:.0f}",
                f"{before.rss_kb:.0f} / {after.rss_kb:.0f}",
                f"{seconds:.1f}",
            )
        )
    header = (
        "transport", "connects", "ready", "open files before / after", "threads", "Python's memory, kB", "RSS, kB",
        "seconds",
    )  # fmt: skip
    print(table(f"{ROUNDS} connects and disconnects over each VISCA line, after {WARM} to warm up", header, rows))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
