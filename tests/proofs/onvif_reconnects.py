"""A thousand connects and disconnects of an ONVIF camera: open files, threads and memory stay as they were."""

import asyncio
import gc
import sys
import threading
import time

import psutil

from devices.camera.onvif.library import prepare_wsdl
from devices.contract import CameraState
from tests.benchmarks.table import table
from tests.fakes.onvif_camera import FakeOnvif, Script

ROUNDS = 1000
WARM = 100  # whatever is made once is made by then
GROWTH_MB = 2.0


def seen() -> tuple[int, int, float]:
    """Open files and sockets, threads, MB of memory of this process (the fake camera's lines of it are closed too)."""
    gc.collect()
    process = psutil.Process()
    return process.num_fds(), threading.active_count(), process.memory_info().rss / 1e6


async def rounds(fake: FakeOnvif, count: int) -> None:
    camera = fake.camera()
    for _ in range(count):
        status = await camera.status()
        assert status.state is CameraState.READY, status
        await camera.close()


def measured(auth: str, count: int) -> tuple[list[object], bool]:
    with FakeOnvif(Script(auth=auth)) as fake:
        asyncio.run(rounds(fake, WARM))
        time.sleep(0.3)
        before, began = seen(), time.monotonic()
        asyncio.run(rounds(fake, count))
        took_s = time.monotonic() - began
        time.sleep(0.3)
        after = seen()
        fake.heard.clear()
    flat = after[0] <= before[0] + 1 and after[1] <= before[1] + 1 and after[2] - before[2] <= GROWTH_MB
    told = [f"{a} → {b}" if isinstance(a, int) else f"{a:.1f} → {b:.1f}" for a, b in zip(before, after, strict=True)]
    return [auth, count, *told, f"{took_s:.0f}", "yes" if flat else "**no**"], flat


def main(argv: list[str]) -> int:
    prepare_wsdl().result(60)
    results = [measured(auth, ROUNDS) for auth in ("wsse", "digest")]
    header = ("signed by", "connects", "open files", "threads", "memory, MB", "seconds", "flat")
    print(table(f"{ROUNDS} connects and disconnects, after {WARM} to warm up", header, [row for row, _ in results]))
    return 0 if all(flat for _, flat in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
