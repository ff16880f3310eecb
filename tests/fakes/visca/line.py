"""The lines of the scriptable camera: Sony UDP, bare UDP, TCP or a pty, each with the faults of lines."""

import heapq
import os
import select
import socket
import struct
import threading
import time
import tty
from types import TracebackType
from typing import Self

from tests.fakes.visca.script import Script

DRIVERS = ("visca-udp", "visca-udp-raw", "visca-tcp", "visca-serial")
DRIP_S = 0.2


class FakeLine:
    """Hands every packet to hear(), and sends what is due. Closing is a power cut."""

    driver: str
    script: Script
    host: str

    def open_line(self) -> None:
        self.port, self.device = 0, ""
        self.connections = 0
        self._connection: socket.socket | None = None
        self._half_open: list[socket.socket] = []
        self._fd, self._slave = -1, -1
        self._buffer = b""
        self._outbox: list[tuple[float, int, bytes, object]] = []
        self._count = 0
        self._drip_at = float("inf")
        self._peer: object = None
        self._last_sequence: int | None = None
        self._slow = False
        self.dead = self.dark = False  # wanted, and so already: without power
        self._stop_reader, self._stop_writer = os.pipe()

    def __enter__(self) -> Self:
        if self.driver == "visca-serial":
            self._fd, self._slave = os.openpty()
            tty.setraw(self._slave)
            self.device = os.ttyname(self._slave)
        else:
            self._listen()
            self._other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._other.bind((self.host, 0))
        self._thread = threading.Thread(target=self._run, name=f"fake-{self.driver}")
        self._thread.start()
        return self

    def _listen(self) -> None:
        kind = socket.SOCK_STREAM if self.driver == "visca-tcp" else socket.SOCK_DGRAM
        listener = socket.socket(socket.AF_INET, kind)
        if kind is socket.SOCK_STREAM:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.host, self.port))
        self.port = listener.getsockname()[1]
        if kind is socket.SOCK_STREAM:
            listener.listen(4)
        self._listener = listener

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def unplug(self) -> None:
        """Everything closes at once."""
        if not self._thread.is_alive():
            return
        os.write(self._stop_writer, b"x")
        self._thread.join(5)
        for fd in (self._stop_reader, self._stop_writer, self._fd, self._slave):
            if fd >= 0:
                os.close(fd)
        if self.driver != "visca-serial":
            self._listener.close()
            self._other.close()
        for connection in (self._connection, *self._half_open):
            if connection is not None:
                connection.close()

    def switch(self) -> None:
        """Called in the camera's own thread before each round: power cuts (visca_power)."""

    def hear(self, packet: bytes, peer: object, sequence: int | None) -> None:
        raise NotImplementedError

    # --- saying ---------------------------------------------------------------------------------------------------

    def say(
        self, reply: bytes, peer: object, sequence: int | None, delay_s: float = 0.0, losable: bool = False
    ) -> None:
        script = self.script
        if losable and script.lost_replies > 0:
            script.lost_replies -= 1
            return
        reply = script.before + reply
        if sequence is not None:
            reply = self._headed(reply, sequence)
        self._send(reply, peer, delay_s + script.delay_s)
        if script.doubled:
            self._send(reply, peer, delay_s + script.delay_s + script.doubled_s)

    def _headed(self, reply: bytes, sequence: int) -> bytes:
        match self.script.header:
            case "none":
                return reply
            case "sequence":
                sequence = (sequence + 7) & 0xFFFFFFFF
            case "length":
                return struct.pack(">HHI", 0x0111, len(reply) + 1, sequence) + reply
            case "kind":
                return struct.pack(">HHI", 0x0333, len(reply), sequence) + reply
        return struct.pack(">HHI", 0x0111, len(reply), sequence) + reply

    def _send(self, data: bytes, peer: object, delay_s: float = 0.0) -> None:
        self._count += 1
        heapq.heappush(self._outbox, (time.monotonic() + delay_s, self._count, data, peer))

    def _flush(self) -> float:
        """Sends what is due; returns the wait until the next."""
        now = time.monotonic()
        if now >= self._drip_at and not self.dead:
            self._drip_at = now + DRIP_S
            self._send(self.script.drip, self._peer)
        while self._outbox and self._outbox[0][0] <= time.monotonic():
            _, _, data, peer = heapq.heappop(self._outbox)
            size = self.script.cut_into if self.driver != "visca-udp" else 0
            size = size or len(data)
            for at in range(0, len(data), size):
                self._put(data[at : at + size], peer)
        due = min(self._outbox[0][0] if self._outbox else float("inf"), self._drip_at)
        return min(1.0, max(0.0, due - time.monotonic()))

    def _put(self, data: bytes, peer: object) -> None:
        if self.driver == "visca-serial":
            os.write(self._fd, data)
        elif self.driver == "visca-tcp":
            self._put_tcp(data)
        elif isinstance(peer, tuple):
            to = (peer[0], self.script.answers_to or peer[1])
            (self._other if self.script.stranger else self._listener).sendto(data, to)

    def _put_tcp(self, data: bytes) -> None:
        if self._connection is not None:
            try:
                self._connection.send(data, socket.MSG_DONTWAIT)
            except BlockingIOError:
                pass
            except OSError:
                self._connection.close()
                self._connection = None

    def drop_connection(self) -> None:
        if self._connection is not None:
            reset(self._connection)
            self._connection = None

    # --- hearing --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            self.switch()
            wait_s = self._flush()
            ready = select.select([self._stop_reader, *self._sources()], [], [], wait_s)[0]
            if self._stop_reader in ready and os.read(self._stop_reader, 64) != b".":
                return
            for source in ready:
                if source != self._stop_reader:
                    self._read(source)

    def _sources(self) -> list[int | socket.socket]:
        if self.dark:
            return []
        sources: list[int | socket.socket] = [self._fd if self.driver == "visca-serial" else self._listener]
        if self._connection is not None and not self.script.deaf:
            sources.append(self._connection)
        return sources

    def _read(self, source: object) -> None:
        if self.driver == "visca-serial":
            self._split(os.read(self._fd, 1024))
        elif self.driver != "visca-tcp":
            data, self._peer = self._listener.recvfrom(2048)
            self._datagram(data, self._peer)
        elif source is self._listener:
            self._accept()
        elif self._connection is not None and source is self._connection:
            self._read_tcp(self._connection)

    def _accept(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection, self._buffer = self._listener.accept()[0], b""
        self._outbox.clear()  # what was meant for the old connection never reaches the new one
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connections += 1
        if self.script.hangs_up:
            self.drop_connection()
        elif self.script.unasked:
            self._send(self.script.unasked, None)

    def _read_tcp(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(2048)
        except OSError:
            data = b""
        if data:
            self._split(data)
        else:
            connection.close()
            self._connection = None

    def _split(self, data: bytes) -> None:
        if self.script.echoes:
            self._send(data, None)
        *packets, self._buffer = (self._buffer + data).split(b"\xff")
        for packet in packets:
            self._drips()
            self.hear(packet + b"\xff", None, None)

    def _drips(self) -> None:
        if self.script.drip and self._drip_at == float("inf"):
            self._drip_at = time.monotonic()

    def _datagram(self, data: bytes, peer: object) -> None:
        self._drips()
        script = self.script
        if script.echoes:
            self._send(data, peer)
        if self.driver == "visca-udp-raw":
            return self.hear(data, peer, None)
        kind, _, sequence = struct.unpack(">HHI", data[:8])
        payload = data[8:]
        if script.control:
            return self._send(struct.pack(">HHI", 0x0201, len(script.control), sequence) + script.control, peer)
        if script.silent or script.noise or script.dribble or script.instead:
            return self.hear(payload, peer, sequence)
        if kind == 0x0200:
            self._last_sequence = None
            if script.greets:
                self._send(struct.pack(">HHI", 0x0201, 1, sequence) + b"\x01", peer)
            return None
        if sequence == 0xFFFFFFFF and script.header == "forced":
            return self.hear(payload, peer, sequence)
        stale = script.out_of_step and payload[1] == 0x01
        script.out_of_step = script.out_of_step and not stale
        if stale or sequence == self._last_sequence or script.header == "forced":
            self.heard.append(payload)
            self.heard_at.append(time.monotonic())
            if not self._slow:
                self._send(struct.pack(">HHI", 0x0201, 2, sequence) + b"\x0f\x01", peer)
            return None
        if script.lost_commands == 0 or payload[1] != 0x01:
            self._last_sequence = sequence
        return self.hear(payload, peer, sequence)

    heard: list[bytes]
    heard_at: list[float]


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
