"""One local UDP port for several peers, for devices that answer to a fixed port and not to the one that asked."""

import asyncio
import socket
from collections.abc import Callable

from devices.contract import DeviceError, DeviceTimeout, Reason
from devices.transport import MOST_CHUNK_BYTES, Inbox, Listener, lost, trace

Address = tuple[str, int]


class UdpPort(asyncio.DatagramProtocol):
    """Open while anybody has joined; what comes is sorted by the sender's address, its port may be any.

    `bind`: "" is every IPv4 address of this machine.
    """

    def __init__(self, port: int, bind: str = "") -> None:
        self.name = f"{bind or '*'}:{port}"
        self.local: Address = (bind or "0.0.0.0", port)
        self._listeners: dict[str, Callable[[bytes | DeviceError], None]] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._opening = asyncio.Lock()

    async def join(self, host: str, hear: Callable[[bytes | DeviceError], None]) -> None:
        """OSError when the port is another program's. A host is joined by one device only: DeviceError otherwise."""
        async with self._opening:
            if host in self._listeners:
                raise DeviceError(Reason.REFUSED_BUSY, f"{self.name}: {host} is another camera's already")
            if self._transport is None:
                loop = asyncio.get_running_loop()
                self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=self.local)
            self._listeners[host] = hear

    def leave(self, host: str) -> None:
        """The last one closes the port; idempotent."""
        self._listeners.pop(host, None)
        if not self._listeners and self._transport is not None:
            self._transport.abort()
            self._transport = None

    def send(self, data: bytes, peer: Address) -> None:
        if self._transport is not None:
            self._transport.sendto(data, peer)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        hear = self._listeners.get(addr[0])
        if hear is not None:
            hear(data[:MOST_CHUNK_BYTES])

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self._transport = None
            for hear in tuple(self._listeners.values()):
                hear(lost(self.name, exc))


class SharedUdpLine:
    """A Line (devices.transport) over a port that several share. Nobody tells of a refused port: that is silence."""

    def __init__(self, port: UdpPort, host: str, peer_port: int) -> None:
        self.name = f"udp {host}:{peer_port} by {port.name}"
        self.listener: Listener | None = None
        self._port, self._host, self._peer_port = port, host, peer_port
        self._peer: Address | None = None
        self._inbox = Inbox()

    async def open(self, wait_s: float) -> None:
        if self._peer is not None:
            return
        self._inbox = Inbox(self.listener)
        try:
            async with asyncio.timeout(wait_s):
                found = await asyncio.get_running_loop().getaddrinfo(
                    self._host, self._peer_port, family=socket.AF_INET, type=socket.SOCK_DGRAM
                )
                host, port = found[0][4][:2]
                await self._port.join(str(host), self._hear)
                self._peer = (str(host), int(port))
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.name}: not open within {wait_s} s") from error
        except OSError as error:
            raise lost(self.name, error) from error

    def _hear(self, item: bytes | DeviceError) -> None:
        if isinstance(item, bytes):
            trace(self.name, "<", item)
        self._inbox.put(item)

    async def send(self, data: bytes) -> None:
        if self._peer is None:
            raise lost(self.name, None)
        trace(self.name, ">", data)
        self._port.send(data, self._peer)

    async def receive(self, wait_s: float) -> bytes:
        return await self._inbox.get(wait_s, self.name)

    async def close(self) -> None:
        peer, self._peer = self._peer, None
        self._inbox.closed = True
        if peer is not None:
            self._port.leave(peer[0])
