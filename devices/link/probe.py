"""One round trip over a line: a TCP connection, or a STUN binding request (RFC 8489) and its answer."""

import asyncio
import secrets
import struct
import time
from urllib.parse import urlsplit

from devices.contract import LinkStatus, Reason

WAIT_S = 3.0
STUN_PORT = 3478
STUN_TRIES = 3
MAGIC = 0x2112A442
BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101


class ProbedLink:
    """`probe` is the profile's: tcp://host:port or stun://host[:port]. Names are looked up outside the loop."""

    def __init__(self, id: str, probe: str) -> None:
        self.id = id
        parts = urlsplit(probe)
        self._scheme, self._host = parts.scheme, parts.hostname or ""
        self._port = parts.port or STUN_PORT

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
                transaction = secrets.token_bytes(12)
                began = time.monotonic()
                transport.sendto(struct.pack("!HHI", BINDING_REQUEST, 0, MAGIC) + transaction)
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
        if len(data) < 20 or struct.unpack_from("!H", data)[0] != BINDING_SUCCESS:
            return
        waiting = self._waiting.pop(data[8:20], None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    def error_received(self, error: Exception) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(error)
        self._waiting.clear()
