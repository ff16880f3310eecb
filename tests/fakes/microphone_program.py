"""A program that holds the room's microphones, to be killed and frozen: real sound, orders as lines, a beating loop.

`python -m tests.fakes.microphone_program FOLDER URL NAME…` takes `open NAME`, `close`, `state` and `end`; each is
answered by what the microphones then are, and the time.monotonic() at which the order began and ended.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from devices.audio.system import open_room_audio
from devices.contract import DeviceError

ROOT = Path(__file__).resolve().parents[2]
ANSWER_S = 10.0
BEAT_S = 0.2


class MicrophoneProgram:
    """The test's end of it."""

    def __init__(self, folder: Path, url: str, *microphones: str) -> None:
        command = [sys.executable, "-m", "tests.fakes.microphone_program", str(folder), url, *microphones]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, bufsize=1
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def order(self, line: str) -> tuple[str, float, float]:
        """What the microphones then were, and when the order began and ended; waits for the answer."""
        self.send(line)
        return self.answer()

    def send(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self) -> tuple[str, float, float]:
        assert self.process.stdout is not None
        state, began, ended = self.process.stdout.readline().split()
        return state, float(began), float(ended)

    def kill(self) -> None:
        """kill -9; idempotent."""
        self.process.kill()
        self.process.communicate(timeout=ANSWER_S)


async def _run(folder: Path, url: str, microphones: list[str]) -> None:
    audio = open_room_audio(folder, {name: name for name in microphones}, {}, url)
    guard = audio.guard
    for microphone in audio.microphones.values():
        with contextlib.suppress(DeviceError):
            await asyncio.to_thread(microphone.start)

    async def beat() -> None:
        while True:
            guard.keep_alive()
            await asyncio.sleep(BEAT_S)

    beating = asyncio.create_task(beat())
    while line := await asyncio.to_thread(sys.stdin.readline):
        order, *rest = line.split()
        began = time.monotonic()
        match order:
            case "open":
                state = str(await guard.open(*rest))
            case "close":
                state = str(await guard.close())
            case "state":
                state = str(guard.state())
            case _:
                break
        print(state, repr(began), repr(time.monotonic()), flush=True)
    beating.cancel()
    await audio.stop()
    print("ended", repr(began), repr(time.monotonic()), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
    os._exit(0)
