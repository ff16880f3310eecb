"""UDP, TCP and serial as one small byte line: every wait is bounded, and silence is told apart from a lost link."""

import asyncio
import logging
import os
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

import serial

from devices.contract import DeviceError, DeviceTimeout, Reason
from devices.lane import Lane

T = TypeVar("T")
log = logging.getLogger(__name__)

MOST_CHUNKS = 256  # a peer that floods loses its oldest bytes, not our memory
MOST_CHUNK_BYTES = 4096
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


class _Inbox:
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
                await asyncio.wait_for(self._waiter, wait_s)
            except TimeoutError as error:
                raise DeviceTimeout(f"{name}: nothing within {wait_s} s") from error
            finally:
                self._waiter = None
        item = self._items.popleft()
        if isinstance(item, DeviceError):
            raise item
        return item


def _lost(name: str, error: BaseException | None) -> DeviceError:
    return DeviceError(Reason.LINK_LOST, f"{name}: {error or 'closed by the other side'}")


def _trace(name: str, way: str, data: bytes) -> None:
    if log.isEnabledFor(logging.DEBUG):
        log.debug("%s %s %s", name, way, data[:64].hex(" "))


class _Events(asyncio.DatagramProtocol, asyncio.Protocol):
    """What one open socket tells us."""

    def __init__(self, name: str, listener: Listener | None) -> None:
        self._name = name
        self.inbox = _Inbox(listener)
        self.ended = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.data_received(data[:MOST_CHUNK_BYTES])

    def data_received(self, data: bytes) -> None:
        _trace(self._name, "<", data)
        self.inbox.put(data)

    def error_received(self, exc: Exception) -> None:
        self.inbox.put(_lost(self._name, exc))

    def connection_lost(self, exc: Exception | None) -> None:
        self.inbox.put(_lost(self._name, exc))
        if not self.ended.done():
            self.ended.set_result(None)


class _SocketLine:
    """What UDP and TCP have in common."""

    def __init__(self, kind: str, host: str, port: int) -> None:
        self.name = f"{kind} {host}:{port}"
        self.listener: Listener | None = None
        self._peer = (host, port)
        self._transport: asyncio.DatagramTransport | asyncio.Transport | None = None
        self._events: _Events | None = None
        self._write: Callable[[bytes], None]

    async def open(self, wait_s: float) -> None:
        if self._transport is not None:
            return
        try:
            self._transport, self._events = await asyncio.wait_for(self._connect(), wait_s)
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.name}: not open within {wait_s} s") from error
        except OSError as error:
            raise _lost(self.name, error) from error

    async def _connect(self) -> tuple[asyncio.DatagramTransport | asyncio.Transport, _Events]:
        """UDP or TCP."""
        raise NotImplementedError

    async def send(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            raise _lost(self.name, None)
        _trace(self.name, ">", data)
        self._write(data)

    async def receive(self, wait_s: float) -> bytes:
        if self._events is None:
            raise _lost(self.name, None)
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
        make = partial(_Events, self.name, self.listener)
        transport, events = await asyncio.get_running_loop().create_datagram_endpoint(make, remote_addr=self._peer)
        self._write = transport.sendto
        return transport, events


class TcpLine(_SocketLine):
    """A TCP connection; a peer whose machine is gone is noticed after about ten seconds, even idle."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__("tcp", host, port)

    async def _connect(self) -> tuple[asyncio.Transport, _Events]:
        make = partial(_Events, self.name, self.listener)
        transport, events = await asyncio.get_running_loop().create_connection(make, *self._peer)
        _keep_alive(transport.get_extra_info("socket"))
        self._write = transport.write
        return transport, events


class SerialLine:
    """A serial port held alone: one thread reads, a lane opens and writes, so that a stuck port stops nobody."""

    def __init__(self, device: str, baud: int) -> None:
        self.name = f"serial {device}"
        self.listener: Listener | None = None
        self._device, self._baud = device, baud
        self._inbox = _Inbox()
        self._lane = Lane(device)
        self._port: serial.Serial | None = None
        self._reader: threading.Thread | None = None

    async def open(self, wait_s: float) -> None:
        if self._port is not None:
            return
        self._inbox, self._lane = _Inbox(self.listener), Lane(self._device)
        port = await self._guarded(self._open_port, wait_s=wait_s)
        self._port = port
        arguments = (port, self._inbox, asyncio.get_running_loop())
        self._reader = threading.Thread(target=self._read, args=arguments, name=f"read-{self.name}", daemon=True)
        self._reader.start()

    def _open_port(self) -> serial.Serial:
        # The read limit is only how soon the thread sees that the port was closed.
        port = serial.Serial(self._device, self._baud, timeout=0.2, write_timeout=0.3, exclusive=True)
        port.reset_input_buffer()
        return port

    async def send(self, data: bytes) -> None:
        if self._port is None:
            raise _lost(self.name, None)
        _trace(self.name, ">", data)
        if sys.platform == "win32":
            await self._guarded(self._port.write, data, wait_s=0.5)
        else:
            self._write_at_once(self._port.fileno(), data)

    def _write_at_once(self, fd: int, data: bytes) -> None:
        """The port does not block here: either the system takes the packet into its buffer, or the line is stuck."""
        try:
            stuck = os.write(fd, data) < len(data)
        except BlockingIOError:
            stuck = True
        except OSError as error:
            raise _lost(self.name, error) from error
        if stuck:
            raise DeviceTimeout(f"{self.name}: cannot write")

    async def receive(self, wait_s: float) -> bytes:
        return await self._inbox.get(wait_s, self.name)

    async def close(self) -> None:
        port, self._port = self._port, None
        reader, self._reader = self._reader, None
        self._inbox.closed = True
        if port is not None:
            try:
                await self._lane.call(_release, port, reader, wait_s=1.0)
            except DeviceError as error:
                log.warning("%s: still open: %s", self.name, error.detail)
        self._lane.close()

    async def _guarded(self, work: Callable[..., T], *arguments: object, wait_s: float) -> T:
        try:
            return await self._lane.call(work, *arguments, wait_s=wait_s)
        except serial.SerialTimeoutException as error:
            raise DeviceTimeout(f"{self.name}: cannot write") from error
        except (OSError, ValueError) as error:  # SerialException is an OSError; ValueError: an impossible baud rate
            raise _lost(self.name, error) from error

    def _read(self, port: serial.Serial, inbox: _Inbox, loop: asyncio.AbstractEventLoop) -> None:
        while port.is_open:
            item: bytes | DeviceError
            try:
                item = port.read(1)
                if item:
                    item += port.read(min(port.in_waiting, MOST_CHUNK_BYTES))
                    _trace(self.name, "<", item)
            except (OSError, TypeError) as error:  # TypeError: pyserial reading a port closed under it
                item = _lost(self.name, error)
            if not item:
                continue
            try:
                loop.call_soon_threadsafe(inbox.put, item)
            except RuntimeError:
                return  # the loop is over, and with it everybody who could read this
            if isinstance(item, DeviceError):
                return


def _release(port: serial.Serial, reader: threading.Thread | None) -> None:
    port.cancel_read()
    port.close()
    if reader is not None:
        reader.join(0.5)


def _keep_alive(sock: socket.socket) -> None:
    # A camera that lost power leaves a half-open connection: without this it would look alive for two hours.
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 4), ("TCP_KEEPINTVL", 2), ("TCP_KEEPCNT", 3)):
        number = getattr(socket, option, None)  # not named alike on every system
        if number is not None:
            sock.setsockopt(socket.IPPROTO_TCP, number, value)
