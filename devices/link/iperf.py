"""What a path really carries, by iperf3 against a server that the province runs; only where both are there.

Not part of the quick check: it fills the line for some seconds each way.
"""

import asyncio
import contextlib
import json
import shutil
from dataclasses import dataclass

from devices.contract import DeviceError, DeviceTimeout, Reason

PORT = 5201
OFFERED = "3M"  # bits a second, twice what a 720p call takes
SECONDS = 2
BLOCK_BYTES = 1200  # as WebRTC cuts its packets
CONNECT_MS = 1500
WHOLE_S = SECONDS + 3.0
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Carried:
    """One direction: what arrived, and what was lost of what was sent."""

    kbps: float
    loss_pct: float
    jitter_ms: float


class Iperf:
    """`program` is found by PATH; UNSUPPORTED where there is none."""

    def __init__(self, host: str, port: int = PORT, interface: str = "", program: str = "iperf3") -> None:
        self._host, self._port, self._interface, self._program = host, port, interface, program

    async def carried(self, *, down: bool) -> Carried:
        """Measures one direction within WHOLE_S; DeviceError where no answer can be had or understood."""
        found = shutil.which(self._program)
        if found is None:
            raise DeviceError(Reason.UNSUPPORTED, "iperf3 is not installed")
        way = ["--bind-dev", self._interface] if self._interface else []
        command = [
            found, "--client", self._host, "--port", str(self._port), "--udp", "--bitrate", OFFERED,
            "--length", str(BLOCK_BYTES), "--time", str(SECONDS), "--connect-timeout", str(CONNECT_MS), "--json", *way,
        ]  # fmt: skip
        return carried_of(await self._told([*command, *(["--reverse"] if down else [])]))

    async def _told(self, command: list[str]) -> bytes:
        pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=null, stdout=pipe, stderr=null)
        except OSError as error:
            raise DeviceError(Reason.NOT_NOW, "iperf3 cannot be started") from error
        try:
            async with asyncio.timeout(WHOLE_S):
                told, _ = await process.communicate()
        except TimeoutError as error:
            raise DeviceTimeout("iperf3 came to no end") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        return told


def carried_of(told: bytes) -> Carried:
    """What iperf3 --json wrote (versions 3.7 to 3.17): `end.sum_received`, else its word of what went wrong."""
    try:
        whole = json.loads(told[:MOST_BYTES])
        if whole.get("error"):
            busy = "busy" in str(whole["error"])
            raise DeviceError(Reason.REFUSED_BUSY if busy else Reason.LINK_LOST, "no iperf3 server serves us")
        both, got = whole["end"]["sum"], whole["end"].get("sum_received") or whole["end"]["sum"]
        figures = (float(got["bits_per_second"]) / 1000, float(both["lost_percent"]), float(both["jitter_ms"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DeviceError(Reason.PROTOCOL, "iperf3 wrote nothing that can be understood") from error
    return Carried(*figures)
