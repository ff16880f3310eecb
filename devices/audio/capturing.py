"""The program's end of a capturing process: its blocks, and its end."""

import os
import select
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from devices.audio.capture_process import HEADER, LOST
from devices.audio.meter import Samples
from devices.audio.process import end, spawn
from devices.contract import DeviceError, Reason

PROCESS = "devices.audio.capture_process"
LARGEST = 1 << 16  # bytes of one packet: 10 ms of 32 channels are 61,440
MOST = 200  # blocks at a time, 2 s: the rest comes next time


@dataclass(frozen=True, slots=True)
class Block:
    """10 ms as they were heard: frames x channels, full scale ±1; `arrived` is time.monotonic() at their end."""

    samples: Samples
    arrived: float
    after_loss: bool  # samples are missing before it


class Capturing:
    """One process with one stream on one device: never mended, only ended and made anew."""

    def __init__(self, server: str | None, device: str, positions: tuple[int, ...]) -> None:
        """Starts it on a source by its stable name, in the source's own order of channels; samples come after 0.1 s.

        DeviceError(LINK_LOST) when no process can be made. It lives no longer than the thread that made it
        (PR_SET_PDEATHSIG).
        """
        self.positions = positions
        told = [device, ",".join(map(str, positions)), str(os.getpid()), *([server] if server else [])]
        try:
            self._process, self._line = spawn(PROCESS, *told)
        except (OSError, ValueError) as error:  # a name with a zero byte
            raise DeviceError(Reason.LINK_LOST, f"no process for the microphone: {error}") from error

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait(self, timeout_s: float) -> None:
        """Until there is something to read, or timeout_s."""
        select.select([self._line], [], [], timeout_s)

    def blocks(self) -> Iterator[Block]:
        """What has come since the last call, without waiting; DeviceError(LINK_LOST) when the stream has ended."""
        for _ in range(MOST):
            try:
                packet = self._line.recv(LARGEST)
            except BlockingIOError:
                return
            except OSError as error:
                raise DeviceError(Reason.LINK_LOST, f"the microphone's process: {error}") from error
            if not packet:
                raise DeviceError(Reason.LINK_LOST, "the microphone's process died")
            arrived, channels, flags = HEADER.unpack_from(packet)
            if not channels:
                raise DeviceError(Reason.LINK_LOST, packet[HEADER.size :].decode(errors="replace"))
            samples = np.frombuffer(packet, np.float32, offset=HEADER.size).reshape(-1, channels)
            yield Block(samples, arrived, bool(flags & LOST))

    def end(self) -> None:
        """Kills it, whatever it is stuck in; within 1 s; idempotent."""
        end(self._process, self._line)
