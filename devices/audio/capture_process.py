"""The capturing stream in a process of its own: a sound library may hang or crash in here, and is thrown away with it.

A read from a sound server that hangs never returns, PortAudio 19.6 loops for ever when the server dies within 25 ms of
opening; no thread can be ended from outside, a process can. `python -m devices.audio.capture_process DEVICE POSITIONS
PARENT [SERVER]`, a packet socket as standard input. Each packet is one block: HEADER, then float32 frames. It ends by
itself with the program and with its stream.
"""

import ctypes
import os
import signal
import socket
import struct
import sys
import time

from devices.audio.simple import RecordingStream

RATE_HZ = 48_000
BLOCK_FRAMES = 480  # 10 ms
HEADER = struct.Struct("=dHH")  # time.monotonic() at the block's end, channels (0: the rest is a text), LOST or 0
LOST = 1  # samples are missing before this block
STALL_S = 0.2  # after a longer pause what waits in the buffers is older than it seems
PR_SET_PDEATHSIG = 1


def main(device: str, positions: tuple[int, ...], parent: int, server: str | None) -> None:
    """`positions`: of the device's channels, in its own order, as libpulse numbers them."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # also while libpulse hangs
    if os.getppid() != parent:
        return
    line = socket.socket(fileno=sys.stdin.fileno())
    line.setblocking(False)
    try:
        stream = RecordingStream(server, device, RATE_HZ, positions, BLOCK_FRAMES)
        _capture(stream, len(positions), line)
    except ConnectionError:
        pass  # nobody reads any more
    except OSError as error:
        line.send(HEADER.pack(time.monotonic(), 0, 0) + f"{type(error).__name__}: {error}"[:500].encode())
    os._exit(0)  # without libpulse's goodbye, which may hang


def _capture(stream: RecordingStream, channels: int, line: socket.socket) -> None:
    """Never waits for the reader: what a frozen program does not take is lost and said to be."""
    lost, before = False, time.monotonic()
    while True:
        samples = stream.read()
        now = time.monotonic()
        if now - before > STALL_S:
            lost = True
            stream.skip()
            samples = stream.read()
            now = time.monotonic()
        before = now
        try:
            line.send(HEADER.pack(now, channels, LOST if lost else 0) + samples)
            lost = False
        except BlockingIOError:
            lost = True


if __name__ == "__main__":
    main(
        sys.argv[1],
        tuple(int(position) for position in sys.argv[2].split(",")),
        int(sys.argv[3]),
        sys.argv[4] if len(sys.argv) > 4 else None,
    )
