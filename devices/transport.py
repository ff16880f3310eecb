"""Byte lines, of which UDP and TCP are here: every wait is bounded, and silence is told apart from a lost link."""

import asyncio
import logging
import socket
import struct
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol

from devices.contract import DeviceError, DeviceTimeout, Reason

log = logging.getLogger(__name__)

MOST_CHUNKS = 256  # a peer that floods loses its oldest bytes, not our memory
MOST_CHUNK_BYTES = 4096
MOST_UNSENT_BYTES = 512  # beyond the system's own buffer: a peer that does not read gets no more
CLOSE_S = 0.5


Listener = Callable[["bytes | DeviceError"], None]


class Line(Protocol):
    """One way to one device. Only DeviceError is raised: NO_ANSWER for silence, LINK_LOST for a line that is gone."""

    name: str
    listener: Listener | None  # set before open: told at once, in the loop, of all that receive() would give

    async def open(self, wait_s: float) -> None:
        """Opens within wait_s; idempotent."""

    async def send(self, data: bytes) -> None:
        """Sends one packet, within 0.5 s."""

    async def receive(self, wait_s: float) -> bytes:
        """What came (UDP: one datagram). DeviceTimeout after wait_s of silence."""

    async def close(self) -> None:
        """Within 1 s; idempotent; never raises. A closed line can be opened again."""


class Inbox:
    """Bytes and failures in the order in which they came, for one reader at a time, or for a listener."""

    def __init__(self, listener: Listener | None = None) -> None:
        self._listener = listener
        self.closed = False  # what an earlier opening still says is not for the next one
        self._items: deque[bytes | DeviceError] = deque(maxlen=MOST_CHUNKS)
        self._waiter: asyncio.Future[None] | None = None

    def put(self, item: bytes | DeviceError) -> None:
        if self.closed:
            return None
        if self._listener is not None:
            return self._listener(item)
        self._items.append(item)
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        return None

    async def get(self, wait_s: float, name: str) -> bytes:
        if not self._items:
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(wait_s):
                    await self._waiter
            except TimeoutError as error:
                raise DeviceTimeout(f"{name}: nothing within {wait_s} s") from error
            finally:
                self._waiter = None
        item = self._items.popleft()
        if isinstance(item, DeviceError):
            raise item
        return item


def lost(name: str, error: BaseException | None) -> DeviceError:
    return DeviceError(Reason.LINK_LOST, f"{name}: {error or 'closed by the other side'}")


def trace(name: str, way: str, data: bytes) -> None:
    if log.isEnabledFor(logging.DEBUG):
        log.debug("%s %s %s", name, way, data[:64].hex(" "))


class _Events(asyncio.DatagramProtocol, asyncio.Protocol):
    """What one open socket tells us."""

    def __init__(self, name: str, listener: Listener | None, traced: bool) -> None:
        self._name, self._traced = name, traced
        self.inbox = Inbox(listener)
        self.ended = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.data_received(data[:MOST_CHUNK_BYTES])

    def data_received(self, data: bytes) -> None:
        if self._traced:
            trace(self._name, "<", data)
        self.inbox.put(data)

    def error_received(self, exc: Exception) -> None:
        self.inbox.put(lost(self._name, exc))

    def connection_lost(self, exc: Exception | None) -> None:
        self.inbox.put(lost(self._name, exc))
        if not self.ended.done():
            self.ended.set_result(None)


class _SocketLine:
    """What UDP and TCP have in common."""

    def __init__(self, kind: str, host: str, port: int) -> None:
        self.name = f"{kind} {host}:{port}"
        self.listener: Listener | None = None
        self.traced = True  # set before open: False where room numbers pass, which no log may hold
        self._peer = (host, port)
        self._transport: asyncio.DatagramTransport | asyncio.Transport | None = None
        self._events: _Events | None = None
        self._write: Callable[[bytes], None]

    async def open(self, wait_s: float) -> None:
        if self._transport is not None:
            return
        try:
            async with asyncio.timeout(wait_s):  # wait_for of Python 3.11 can lose a connection that meets its end
                self._transport, self._events = await self._connect()
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.name}: not open within {wait_s} s") from error
        except OSError as error:
            raise lost(self.name, error) from error

    async def _connect(self) -> tuple[asyncio.DatagramTransport | asyncio.Transport, _Events]:
        """UDP or TCP."""
        raise NotImplementedError

    async def send(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            raise lost(self.name, None)
        if self.traced:
            trace(self.name, ">", data)
        self._write(data)

    async def receive(self, wait_s: float) -> bytes:
        if self._events is None:
            raise lost(self.name, None)
        return await self._events.inbox.get(wait_s, self.name)

    async def close(self) -> None:
        transport, self._transport = self._transport, None
        if transport is not None and self._events is not None:
            self._events.inbox.closed = True
            transport.abort()
            await asyncio.wait({self._events.ended}, timeout=CLOSE_S)


class UdpLine(_SocketLine):
    """A connected UDP socket: the system itself drops datagrams of any other sender."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__("udp", host, port)

    async def _connect(self) -> tuple[asyncio.DatagramTransport, _Events]:
        make = partial(_Events, self.name, self.listener, self.traced)
        transport, events = await asyncio.get_running_loop().create_datagram_endpoint(make, remote_addr=self._peer)
        self._write = transport.sendto
        return transport, events


class TcpLine(_SocketLine):
    """A TCP connection; a peer whose machine is gone is noticed after about ten seconds, even idle."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__("tcp", host, port)

    async def _connect(self) -> tuple[asyncio.Transport, _Events]:
        make = partial(_Events, self.name, self.listener, self.traced)
        transport, events = await asyncio.get_running_loop().create_connection(make, *self._peer)
        self._socket = transport.get_extra_info("socket")
        _keep_alive(self._socket)
        self._write = partial(self._write_unless_stuck, transport)
        return transport, events

    def _write_unless_stuck(self, transport: asyncio.Transport, data: bytes) -> None:
        if transport.get_write_buffer_size() + len(data) > MOST_UNSENT_BYTES:
            raise DeviceTimeout(f"{self.name}: the other side does not read")
        transport.write(data)

    async def close(self) -> None:
        """What the peer has not taken yet is dropped: an old order must not reach a camera that comes back."""
        if self._transport is not None and not self._transport.is_closing():
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await super().close()


def _keep_alive(sock: socket.socket) -> None:
    # A camera that lost power leaves a half-open connection: without this it would look alive for two hours.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
        number = getattr(socket, option, None)  # not named alike on every system
        if number is not None:
            sock.setsockopt(socket.IPPROTO_TCP, number, value)
