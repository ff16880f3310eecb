"""A recall by our driver against the same bytes on a bare socket, in one run, round by round in turn."""

import asyncio
import multiprocessing
import os
import socket
import statistics
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection

from devices.contract import Outcome, Position
from tests.benchmarks.table import table
from tests.fakes.visca.camera import DRIVERS, PRESETS, FakeCamera

ROUNDS = 200
STORED = Position(*PRESETS[1])
RECALL, PAN_TILT, ZOOM = (bytes.fromhex(text) for text in ("8101043f0201ff", "81090612ff", "81090447ff"))
NAMES = {
    "visca-udp": "UDP, Sony header",
    "visca-udp-raw": "UDP, bare",
    "visca-tcp": "TCP",
    "visca-serial": "serial (pty)",
}


class Bare:
    """The least that can be done: write, and read until as many packets have ended as were asked for."""

    def __init__(self, fake: FakeCamera) -> None:
        self._sony = fake.driver == "visca-udp"
        self._kind = 0x0100
        self._sequence = 0
        if fake.driver == "visca-serial":
            fd = os.open(fake.device, os.O_RDWR | os.O_NOCTTY)
            self._write: Callable[[bytes], object] = lambda data: os.write(fd, data)
            self._read: Callable[[], bytes] = lambda: os.read(fd, 64)
            self.close: Callable[[], None] = lambda: os.close(fd)
            return
        kind = socket.SOCK_STREAM if fake.driver == "visca-tcp" else socket.SOCK_DGRAM
        line = socket.socket(socket.AF_INET, kind)
        line.connect(("127.0.0.1", fake.port))
        if kind is socket.SOCK_STREAM:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._write, self._read, self.close = line.send, lambda: line.recv(64), line.close

    def ask(self, packet: bytes, replies: int) -> None:
        self._sequence += 1
        kind = 0x0100 if packet[1] == 0x01 else 0x0110
        self._write(struct.pack(">HHI", kind, len(packet), self._sequence) + packet if self._sony else packet)
        ended = 0
        while ended < replies:
            ended += self._read().endswith(b"\xff") if self._sony else self._read().count(0xFF)


def _be_a_camera(driver: str, pipe: Connection) -> None:
    with FakeCamera(driver) as fake:
        pipe.send((fake.port, fake.device))
        pipe.recv()


@contextmanager
def camera_apart(driver: str) -> Iterator[FakeCamera]:
    """A camera in a process of its own, so that it does not share our interpreter's lock."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_be_a_camera, args=(driver, far), daemon=True)
    process.start()
    fake = FakeCamera(driver)
    fake.port, fake.device = near.recv()
    try:
        yield fake
    finally:
        near.send("end")
        process.join(5)


async def measured(driver: str) -> tuple[float, float, float]:
    """Medians in ms: bare recall, bare recall with the driver's own reading back, our recall."""
    recalls, read_back, ours = [], [], []
    # The camera serves one TCP or serial peer at a time, so each side has its own.
    with camera_apart(driver) as for_bare, camera_apart(driver) as for_ours, closing(Bare(for_bare)) as bare:
        camera = for_ours.camera()
        await camera.recall_preset(1, STORED)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            bare.ask(RECALL, 2)
            recalls.append(time.perf_counter() - began)
            for _ in range(2):
                bare.ask(PAN_TILT, 1)
                bare.ask(ZOOM, 1)
            read_back.append(time.perf_counter() - began)
            began = time.perf_counter()
            aim = await camera.recall_preset(1, STORED)
            ours.append(time.perf_counter() - began)
            assert aim.outcome is Outcome.VERIFIED, aim
        await camera.close()
    recall_ms, read_back_ms, ours_ms = (statistics.median(values) * 1000 for values in (recalls, read_back, ours))
    return recall_ms, read_back_ms, ours_ms


def main() -> None:
    rows = []
    for driver in DRIVERS:
        recall_ms, read_back_ms, ours_ms = asyncio.run(measured(driver))
        difference = ours_ms - read_back_ms
        rows.append(
            (
                NAMES[driver],
                f"{recall_ms:.3f}",
                f"{read_back_ms:.3f}",
                f"{ours_ms:.3f}",
                f"{difference:+.3f}",
                f"{ours_ms / read_back_ms:.1f}x",
                f"{ours_ms - recall_ms:+.3f}",
            )
        )
    header = (
        "line",
        "bare recall, ms",
        "bare recall + 2 readings, ms",
        "our recall, verified, ms",
        "difference, same bytes",
        "ratio, same bytes",
        "difference to bare recall alone",
    )
    print(table(f"VISCA recall, medians of {ROUNDS} rounds in turn (target: + <= 0.5 ms)", header, rows))


if __name__ == "__main__":
    main()
