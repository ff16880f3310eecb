"""A program that holds the room's microphones, to be killed and frozen: real sound, orders as lines, a beating loop.

`python -m tests.fakes.microphone_program FOLDER URL NAME…` takes `begin`, `open NAME`, `close`, `state`, `hang SECONDS`
and `end`; each is answered by what the microphones then are, and the time.monotonic() at which it began and ended. It
touches nothing before its first order, so that one can stand by.
"""

import asyncio
import contextlib
import importlib
import os
import select
import subprocess
import sys
import time
from pathlib import Path

from devices.audio.system import RoomAudio, open_room_audio
from devices.contract import DeviceError

ROOT = Path(__file__).resolve().parents[2]
ANSWER_S = 10.0
BEAT_S = 0.2


class MicrophoneProgram:
    """The test's end of it."""

    def __init__(self, folder: Path, url: str, *microphones: str) -> None:
        command = [sys.executable, "-m", "tests.fakes.microphone_program", str(folder), url, *microphones]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, cwd=ROOT, bufsize=0
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
        self.process.stdin.write(f"{line}\n".encode())

    def answered(self, wait_s: float = 0.0) -> bool:
        return bool(select.select([self.process.stdout], [], [], wait_s)[0])

    def answer(self) -> tuple[str, float, float]:
        assert self.process.stdout is not None
        if not self.answered(ANSWER_S):
            raise RuntimeError("the program does not answer")
        state, began, ended = self.process.stdout.readline().split()
        return state.decode(), float(began), float(ended)

    def kill(self) -> None:
        """kill -9; idempotent."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        self.process.wait(ANSWER_S)


async def _carry_out(audio: RoomAudio, order: str, arguments: list[str]) -> str:
    match order:
        case "open":
            return str(await audio.guard.open(*arguments))
        case "close" | "begin":
            return str(await audio.guard.close())
        case "hang":
            time.sleep(float(arguments[0]))  # noqa: ASYNC251 - that is what a hanging loop is
    return str(audio.guard.state())


async def _run(folder: Path, url: str, names: list[str]) -> None:
    for module in ("capture", "guard", "loudspeaker"):
        importlib.import_module(f"devices.audio.pulse.{module}")
    line = await asyncio.to_thread(sys.stdin.readline)
    audio = open_room_audio(folder, {name: name for name in names}, {}, url)
    for microphone in audio.microphones.values():
        with contextlib.suppress(DeviceError):
            await asyncio.to_thread(microphone.start)

    async def beat() -> None:
        while True:
            audio.guard.keep_alive()
            await asyncio.sleep(BEAT_S)

    beating = asyncio.create_task(beat())
    while line and (order := line.split())[0] != "end":
        began = time.monotonic()
        state = await _carry_out(audio, order[0], order[1:])
        print(state, repr(began), repr(time.monotonic()), flush=True)
        line = await asyncio.to_thread(sys.stdin.readline)
    began = time.monotonic()
    beating.cancel()
    await audio.stop()
    print("ended", repr(began), repr(time.monotonic()), flush=True)


if __name__ == "__main__":
    asyncio.run(_run(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
    os._exit(0)
