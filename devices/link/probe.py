"""One round trip over a line: a TCP connection, or a STUN binding request (RFC 8489) and its answer."""

import asyncio
import time
from urllib.parse import urlsplit

from devices.contract import LinkStatus, Reason
from devices.link import stun

WAIT_S = 3.0
STUN_TRIES = 3


class ProbedLink:
    """`probe` is the profile's: tcp://host:port or stun://host[:port]. Names are looked up outside the loop."""

    def __init__(self, id: str, probe: str) -> None:
        self.id = id
        parts = urlsplit(probe)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or stun.PORT

    async def probe(self) -> LinkStatus:
        try:
            async with asyncio.timeout(WAIT_S):
                rtt_ms = await (self._stun() if self._scheme == "stun" else self._tcp())
        except TimeoutError:
            return LinkStatus(False, None, Reason.NO_ANSWER)
        except OSError:
            return LinkStatus(False, None, Reason.LINK_LOST)
        return LinkStatus(True, rtt_ms)

    async def _tcp(self) -> float:
        began = time.monotonic()
        _, writer = await asyncio.open_connection(self._host, self._port)
        passed = (time.monotonic() - began) * 1000
        writer.close()
        await writer.wait_closed()
        return passed

    async def _stun(self) -> float:
        loop = asyncio.get_running_loop()
        transport, answers = await loop.create_datagram_endpoint(_Answers, remote_addr=(self._host, self._port))
        try:
            for _ in range(STUN_TRIES):
                transaction = stun.transaction()
                began = time.monotonic()
                transport.sendto(stun.request(transaction))
                try:
                    async with asyncio.timeout(WAIT_S / STUN_TRIES):
                        await answers.of(transaction)
                except TimeoutError:
                    continue
                return (time.monotonic() - began) * 1000
        finally:
            transport.close()
        raise TimeoutError


class _Answers(asyncio.DatagramProtocol):
    """Matches binding answers to their transaction; an ICMP refusal ends the wait at once."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, asyncio.Future[None]] = {}

    def of(self, transaction: bytes) -> asyncio.Future[None]:
        self._waiting[transaction] = asyncio.get_running_loop().create_future()
        return self._waiting[transaction]

    def datagram_received(self, data: bytes, addr: object) -> None:
        which = stun.answered(data)
        waiting = self._waiting.pop(which, None) if which is not None else None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def error_received(self, error: Exception) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)
        self._waiting.clear()
