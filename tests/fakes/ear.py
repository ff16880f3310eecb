"""An independent listener on one source: a process and a connection of its own, which looks at every sample.

`python -m tests.fakes.ear SOURCE SERVER` writes, for each piece that came, when it came and which of its samples were
not zero. Its stream cannot be moved to another source (parec's can, and is, when the default changes).
"""

import contextlib
import ctypes
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pulsectl
from pulsectl import _pulsectl as c

from devices.audio.pulse.connection import connection
from devices.audio.pulse.keeper_process import PRIORITY

RATE_HZ = 48_000
FRAME_BYTES = 4
FRAGMENT_S = 0.005
WINDOW_S = 1.0
MOST_LAG_S = 0.05  # of an ear that must wait for its turn on a busy machine
PIECE = struct.Struct("=dIIII")  # time.monotonic(), frames, sounding frames, the first and the last of these


@dataclass(frozen=True, slots=True)
class Piece:
    """Times are time.monotonic() of the first and the last sample that sounds, at the latest."""

    frames: int
    sounding: int
    first: float
    last: float


class SampleClock:
    """When the samples of one stream were taken, at the latest, from when they came.

    A stream's samples follow one another at RATE_HZ, so a piece that came late in its turn was not taken later for it:
    the quickest piece of the last second tells. No piece is taken to be older than MOST_LAG_S before it came: a source
    that stood still must not make a late sample early.
    """

    def __init__(self) -> None:
        self._frames = 0
        self._seen: deque[tuple[float, float]] = deque()  # when each piece came, and the stream's beginning by it

    def taken(self, came: float, frames: int) -> float:
        """The moment after the last sample of the piece."""
        self._frames += frames
        lasted = self._frames / RATE_HZ
        self._seen.append((came, came - lasted))
        while came - self._seen[0][0] > WINDOW_S:
            self._seen.popleft()
        began = min(began for _, began in self._seen)
        return max(began + lasted, came - MOST_LAG_S)


class Ear:
    """The test's end: stands by until begin(), then listens until stop()."""

    def __init__(self, source: str, url: str) -> None:
        command, root = [sys.executable, "-m", "tests.fakes.ear", source, url], Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        assert self._process.stdout is not None
        self._pipe = self._process.stdout
        os.set_blocking(self._pipe.fileno(), False)
        self._rest = b""
        self._clock = SampleClock()

    def begin(self, timeout_s: float = 5.0) -> None:
        """Returns when it has heard the first piece."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        if not select.select([self._pipe], [], [], timeout_s)[0]:
            raise RuntimeError("the ear hears nothing at all")

    def pieces(self) -> Iterator[Piece]:
        """What has been heard since the last call."""
        self._rest += self._pipe.read() or b""
        whole = len(self._rest) - len(self._rest) % PIECE.size
        for came, frames, sounding, first, last in PIECE.iter_unpack(self._rest[:whole]):
            start = self._clock.taken(came, frames) - frames / RATE_HZ
            yield Piece(frames, sounding, start + first / RATE_HZ, start + last / RATE_HZ)
        self._rest = self._rest[whole:]

    def stop(self) -> list[Piece]:
        """The last of it."""
        self._process.terminate()
        self._process.wait(5)
        last = list(self.pieces())
        self._pipe.close()
        assert self._process.stdin is not None
        self._process.stdin.close()
        return last


def _listen(source: str, url: str) -> None:
    pulse = connection("ear", url)
    form = c.PA_SAMPLE_SPEC(format=c.PA_SAMPLE_FLOAT32NE, rate=RATE_HZ, channels=1)
    properties = c.pa.proplist_from_string("application.name=ear")
    stream = c.pa.stream_new_with_proplist(pulse._ctx, "ear", c.byref(form), None, properties)

    @c.PA_STREAM_REQUEST_CB_T
    def heard(stream: Any, length: int, _: Any) -> None:
        data, size = c.c_void_p(), c.c_int(length)
        c.pa.stream_peek(stream, data, c.byref(size))
        if size.value:
            came = time.monotonic()
            samples = np.frombuffer(ctypes.string_at(data, size.value) if data else bytes(size.value), np.float32)
            at = np.flatnonzero(samples)
            where = (int(at[0]), int(at[-1])) if len(at) else (0, 0)
            try:
                os.write(1, PIECE.pack(came, len(samples), len(at), *where))
            except OSError:  # whoever asked is dead
                os._exit(0)
            c.pa.stream_drop(stream)

    c.pa.stream_set_read_callback(stream, heard, None)
    fragment = c.PA_BUFFER_ATTR(fragsize=round(FRAGMENT_S * RATE_HZ) * FRAME_BYTES, maxlength=2**32 - 1)
    c.pa.stream_connect_record(stream, source.encode(), fragment, c.PA_STREAM_DONT_MOVE | c.PA_STREAM_ADJUST_LATENCY)
    pulse.event_callback_set(lambda _: None)
    while True:
        pulse.event_listen(timeout=1.0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(PermissionError):  # before it listens: an ear that must wait for its turn hears too late
        os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
    sys.stdin.readline()
    with contextlib.suppress(pulsectl.PulseDisconnected):
        _listen(*sys.argv[1:])
