"""The capturing stream in a process of its own: PortAudio may hang or crash in here, and is thrown away with it.

When the audio server dies between the start of an input stream and its first samples (10-25 ms), PortAudio 19.6 loops
for ever and its close never returns (WaitForFrames reads an unset count). No thread can be ended from outside, a
process can: `python -m devices.audio.capture_process PCM CHANNELS PARENT`, a packet socket as standard input. Each
packet is one block: HEADER, then float32 frames. It ends by itself with the program and with its stream.
"""

import ctypes
import os
import signal
import socket
import struct
import sys
import time
from typing import Any

from devices.audio.alsa import LATENCY_S, hush_alsa

RATE_HZ = 48_000
BLOCK_FRAMES = 480  # 10 ms
HEADER = struct.Struct("=dHH")  # time.monotonic() at the block's end, channels (0: the rest is a text), LOST or 0
LOST = 1  # samples are missing before this block
STALL_S = 0.2  # after a longer pause what waits in the buffers is older than it seems
PR_SET_PDEATHSIG = 1


def main(pcm: str, channels: int, parent: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # also while PortAudio hangs
    if os.getppid() != parent:
        return
    line = socket.socket(fileno=sys.stdin.fileno())
    line.setblocking(False)
    hush_alsa()
    try:
        stream = _open(pcm, channels)
        _capture(stream, channels, line)
    except ConnectionError:
        pass  # nobody reads any more
    except Exception as error:  # noqa: BLE001 - told to the program, which makes another process
        line.send(HEADER.pack(time.monotonic(), 0, 0) + f"{type(error).__name__}: {error}"[:500].encode())
    os._exit(0)  # without PortAudio's goodbye, which may hang


def _open(pcm: str, channels: int) -> Any:
    import sounddevice  # starts PortAudio, which reads the ALSA configuration at that moment

    number = [str(known["name"]) for known in sounddevice.query_devices()].index(pcm)
    stream = sounddevice.RawInputStream(
        RATE_HZ, blocksize=0, device=number, channels=channels, dtype="float32", latency=LATENCY_S
    )
    stream.start()
    return stream


def _capture(stream: Any, channels: int, line: socket.socket) -> None:
    """Never waits for the reader: what a frozen program does not take is lost and said to be."""
    lost, before = False, time.monotonic()
    while True:
        samples, overflowed = stream.read(BLOCK_FRAMES)
        now = time.monotonic()
        if now - before > STALL_S:
            lost = True
            while stream.read_available >= BLOCK_FRAMES:
                samples, _ = stream.read(BLOCK_FRAMES)
            now = time.monotonic()
        before, lost = now, lost or overflowed
        try:
            line.send(HEADER.pack(now, channels, LOST if lost else 0) + bytes(samples))
            lost = False
        except BlockingIOError:
            lost = True


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
