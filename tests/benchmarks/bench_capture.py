"""What the microphone's own process costs against PortAudio within the program, and how fast it opens and closes."""

import asyncio
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

import psutil

from tests.benchmarks.table import table
from tests.devices.audio.conftest import Room, beating, enter
from tests.fakes.interlock.room import tone
from tests.fakes.pulse_server import PulseServer

STARTS, TURNS, CPU_S = 12, 25, 6.0
IN_PROCESS = """
import sys, time
from pathlib import Path
from devices.audio.portaudio import prepare_portaudio
pcm = prepare_portaudio(Path(sys.argv[1]), ["room_mic"], sys.argv[2]).pcm("room_mic")
import numpy, sounddevice
number = [known["name"] for known in sounddevice.query_devices()].index(pcm)
form = {"samplerate": 48000, "channels": 2, "dtype": "float32", "blocksize": 0, "latency": 0.05, "device": number}
for _ in range(int(sys.argv[3])):
    heard, begun = [], time.monotonic()
    stream = sounddevice.InputStream(callback=lambda samples, *rest: heard.append(samples.copy()), **form)
    stream.start()
    while not heard:
        time.sleep(0.001)
    print(time.monotonic() - begun, flush=True)
    stream.close()
stream = sounddevice.InputStream(callback=lambda samples, *rest: samples.copy(), **form)
stream.start()
begun = time.process_time()
time.sleep(float(sys.argv[4]))
print((time.process_time() - begun) / float(sys.argv[4]), flush=True)
"""


def in_process(server: PulseServer) -> tuple[list[float], float]:
    """Seconds to the first samples of each start, and the share of a core while it listens."""
    command = [sys.executable, "-c", IN_PROCESS, str(server.folder), server.url, str(STARTS), str(CPU_S)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout.split()
    return [float(one) for one in told[:-1]], float(told[-1])


def starts(room: Room) -> list[float]:
    took = []
    for _ in range(STARTS):
        begun = time.monotonic()
        room.microphone.start()
        while not room.microphone.heard():
            time.sleep(0.001)
        took.append(time.monotonic() - begun)
        room.microphone.stop()
    return took


def cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def shares() -> dict[str, float]:
    """The share of a core of this process and of each beside it while the microphone listens."""
    watched = {"the program": psutil.Process()}
    for child in psutil.Process().children():
        words = " ".join(child.cmdline())
        watched |= {name: child for name in ("capture_process", "keeper_process") if name in words}
    before = {name: cpu(process) for name, process in watched.items()}
    time.sleep(CPU_S)
    return {name: (cpu(process) - before[name]) / CPU_S for name, process in watched.items()}


def turns(room: Room) -> tuple[list[float], list[float]]:
    """Seconds from open pressed to OPEN, and from close pressed to CLOSED, 0.1 s of measured zeros included."""
    opened, closed = [], []

    async def timed(act: Callable[[], Awaitable[object]], into: list[float]) -> None:
        begun = time.monotonic()
        await act()
        into.append(time.monotonic() - begun)

    for _ in range(TURNS):
        asyncio.run(timed(room.guard.open, opened))
        time.sleep(0.1)
        asyncio.run(timed(room.guard.close, closed))
    return opened, closed


def row(what: str, seconds: list[float]) -> tuple[object, ...]:
    return what, len(seconds), f"{statistics.median(seconds) * 1000:.0f}", f"{max(seconds) * 1000:.0f}"


def main() -> int:
    with PulseServer() as server:
        inside_s, inside_share = in_process(server)
        room = enter(server)
        room.truth.start()
        outside_s = starts(room)
        room.microphone.start()
        server.play(tone())
        with beating(room.guard):
            opened, closed = turns(room)
            share = shares()
        asyncio.run(room.audio.stop())
    rows = [
        row("start to first samples, stream within the program (PortAudio loaded)", inside_s),
        row("start to first samples, in a process of its own", outside_s),
        row("open pressed to open, on the keeper's lease", opened),
        row("close pressed to closed, 0.1 s of zeros included", closed),
    ]
    print(table("Microphone: times", ("what", "runs", "median ms", "worst ms"), rows))
    print(f"A stream within the program takes {inside_share:.1%} of a core, before anything is measured of it.")
    print("With the process: " + ", ".join(f"{name} {used:.1%}" for name, used in share.items()) + ".")
    return 0


if __name__ == "__main__":
    sys.exit(main())
