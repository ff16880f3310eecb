"""What a path really carries, by iperf3 against a server that the province runs; only where both are there.

Not part of the quick check: it fills the line for some seconds each way.
"""

import asyncio
import contextlib
import json
import math
import shutil

from devices.contract import DeviceError, DeviceTimeout, PathState, Reason, Throughput
from devices.link.verdict import judge_rate

PORT = 5201
OFFERED = "3M"  # bits a second, twice what a 720p call takes
SECONDS = 2
BLOCK_BYTES = 1200  # as WebRTC cuts its packets
CONNECT_MS = 1500
WHOLE_S = SECONDS + 3.0
MOST_BYTES = 2_000_000


class Iperf:
    """devices.contract.ThroughputMeter. `program` is found by PATH; UNSUPPORTED where there is none."""

    def __init__(self, id: str, host: str, port: int = PORT, interface: str = "", program: str = "iperf3") -> None:
        self.id = id
        self._host, self._port, self._interface, self._program = host, port, interface, program

    async def measure(self) -> Throughput:
        up: float | None = None
        try:
            up = await self.carried(down=False)
            down = await self.carried(down=True)
        except DeviceError as error:
            return Throughput(PathState.UNKNOWN, up, None, error.reason)
        return Throughput(judge_rate(min(up, down)), up, down)

    async def carried(self, *, down: bool) -> float:
        """kbit/s that arrived in one direction, within WHOLE_S; DeviceError without an understood answer."""
        found = shutil.which(self._program)
        if found is None:
            raise DeviceError(Reason.UNSUPPORTED, "iperf3 is not installed")
        way = ["--bind-dev", self._interface] if self._interface else []
        command = [
            found, f"--client={self._host}", "--port", str(self._port), "--udp", "--bitrate", OFFERED,
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


def carried_of(told: bytes) -> float:
    """What iperf3 --json wrote (versions 3.7 to 3.17): `end.sum_received`, else its word of what went wrong."""
    try:
        whole = json.loads(told[:MOST_BYTES])
        if whole.get("error"):
            busy = "busy" in str(whole["error"])
            raise DeviceError(Reason.REFUSED_BUSY if busy else Reason.LINK_LOST, "no iperf3 server serves us")
        kbps = float((whole["end"].get("sum_received") or whole["end"]["sum"])["bits_per_second"]) / 1000
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DeviceError(Reason.PROTOCOL, "iperf3 wrote nothing that can be understood") from error
    if not (math.isfinite(kbps) and kbps >= 0):
        raise DeviceError(Reason.PROTOCOL, "iperf3 wrote a rate that is none")
    return kbps
