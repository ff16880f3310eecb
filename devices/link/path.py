"""A path measured before the meeting: a STUN burst, TCP connections side by side with it, by one interface if asked."""

import asyncio
import dataclasses
import socket
import threading
import time
from urllib.parse import urlsplit

from devices.contract import PathFault, PathReport, PathState, Reason
from devices.link import stun, verdict, way
from devices.link.burst import PACKETS, burst
from devices.link.figures import Trips, jitter, loss_interval, quantile

RESOLVE_S = 1.5  # a name server that takes longer is a fault of its own
TCP_TRIES = 5
TCP_S = 0.8  # each
NOTHING = Trips(0, ())


class MeasuredPath:
    """devices.contract.Path. `probes` are of the profile: stun://host[:port] for a burst, tcp://host:port to connect.

    `interface` is the operating system's own name of the one to go by ("": as the routes say): a backup link is only
    tried where the packets really went over it.
    """

    def __init__(self, id: str, probes: tuple[str, ...], interface: str = "", packets: int = PACKETS) -> None:
        self.id = id
        self._probes, self._interface, self._packets = probes, interface, packets

    async def measure(self) -> PathReport:
        began = time.monotonic()
        stop = threading.Event()
        try:
            report = await self._measured(stop)
        except TimeoutError:
            report = PathReport(PathState.UNKNOWN, (PathFault.NO_ANSWER,), reason=Reason.NO_ANSWER)
        except OSError:
            report = PathReport(PathState.UNKNOWN, (PathFault.NO_ANSWER,), reason=Reason.LINK_LOST)
        finally:
            stop.set()
        return dataclasses.replace(report, seconds=round(time.monotonic() - began, 2))

    async def _measured(self, stop: threading.Event) -> PathReport:
        asked = {parts.scheme: parts for parts in map(urlsplit, self._probes)}
        udp, tcp = asked.get("stun"), asked.get("tcp")
        hosts = await asyncio.gather(*(self._resolved(p.hostname or "") for p in (udp, tcp) if p is not None))
        found = iter(hosts)
        udp_to = (next(found), udp.port or stun.PORT) if udp is not None else None
        tcp_to = (next(found), tcp.port or 443) if tcp is not None else None
        trips, connects = await asyncio.gather(self._burst(udp_to, stop), self._connects(tcp_to))
        return self.report(trips, connects)

    async def _resolved(self, host: str) -> str:
        """The IPv4 address; looked up outside the loop."""
        async with asyncio.timeout(RESOLVE_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, family=socket.AF_INET)
        return str(found[0][4][0])

    async def _burst(self, to: tuple[str, int] | None, stop: threading.Event) -> Trips:
        if to is None:
            return NOTHING
        return await asyncio.to_thread(burst, *to, self._interface, stop, self._packets)

    async def _connects(self, to: tuple[str, int] | None) -> list[float | None]:
        return [await self._connect(to) for _ in range(TCP_TRIES)] if to is not None else []

    async def _connect(self, to: tuple[str, int]) -> float | None:
        """Milliseconds of one connection; None: refused, or not within TCP_S."""
        began = time.monotonic()
        try:
            with way.bound(socket.SOCK_STREAM, self._interface) as made:
                made.setblocking(False)
                async with asyncio.timeout(TCP_S):
                    await asyncio.get_running_loop().sock_connect(made, to)
                return (time.monotonic() - began) * 1000
        except (TimeoutError, OSError):
            return None

    def report(self, trips: Trips, connects: list[float | None]) -> PathReport:
        """What this burst and these connections (milliseconds each; None: not made) say of the path."""
        stood = [ms for ms in connects if ms is not None]
        state, faults = verdict.judge(trips, len(stood), len(connects))
        if self._interface and trips.rtt_ms and trips.interface != self._interface:
            state, faults = PathState.UNKNOWN, (PathFault.WRONG_WAY, *faults)
        from_pct, to_pct = loss_interval(trips.sent, trips.sent - len(trips.rtt_ms))
        asked = trips.sent > 0
        return PathReport(
            state,
            faults,
            sent=trips.sent,
            answered=len(trips.rtt_ms),
            loss_pct=_rounded(100 * (1 - len(trips.rtt_ms) / trips.sent)) if asked else None,
            loss_from_pct=_rounded(from_pct) if asked else None,
            loss_to_pct=_rounded(to_pct) if asked else None,
            median_ms=_rounded(quantile(trips.rtt_ms, 0.5)),
            p95_ms=_rounded(quantile(trips.rtt_ms, 0.95)),
            jitter_ms=_rounded(jitter(trips.rtt_ms)),
            connected=len(stood),
            tried=len(connects),
            connect_ms=_rounded(quantile(stood, 0.5)),
            interface=trips.interface,
            reason=_reason(trips, state),
        )


def _reason(trips: Trips, state: PathState) -> Reason | None:
    if trips.refused:
        return Reason.LINK_LOST
    return Reason.NO_ANSWER if state is PathState.UNKNOWN and not trips.rtt_ms else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
