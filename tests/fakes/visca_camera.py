"""A scriptable PTZ camera on loopback: Sony UDP, bare UDP, TCP, or a serial line by way of a pty.

It reads and writes VISCA by its own literal bytes, apart from the codec under test.
"""

import heapq
import os
import random
import select
import socket
import struct
import threading
import time
import tty
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType

from devices.camera.visca_driver import ViscaCamera, make_visca

DRIVERS = ("visca-udp", "visca-udp-raw", "visca-tcp", "visca-serial")
HOME = (0, 0, 0)
PRESETS = {1: (0x200, -0x80, 0x1000), 2: (-0x300, 0x40, 0x800), 3: (0x20, 0x20, 0x200)}


@dataclass
class Script:
    """How this camera behaves; the default is a good one that moves at once."""

    silent: bool = False
    silent_to: tuple[bytes, ...] = ()  # bodies that are passed over
    move_s: float = 0.0
    starts_s: float = 0.0  # after the command; with completes_early, after the completion too
    acks: bool = True
    completes: bool = True
    completes_early: bool = False
    dribble: bytes = b""  # these bytes, one every 200 ms, are all that ever comes
    noise: bool = False
    refuses: int | None = None  # error code to every command
    refuses_power: int | None = None
    position: str = "told"  # told | silent | refused
    lying: bool = False  # completes without moving
    resets: bool = False  # drops the connection at the first command
    lost_replies: int = 0  # of commands
    late_s: float = 0.0  # for the replies to the first command alone, and no word to its repeats
    standby: bool = False
    head: int = 0x90
    doubled_end: bool = False
    without_ack: bool = False
    one_socket: bool = False
    greets: bool = True  # answers RESET, AddressSet, IF_Clear
    out_of_step: bool = False  # refuses the first command's sequence number, as after a restart
    unasked: bytes = b""  # said as soon as a TCP peer connects
    cut_into: int = 0  # TCP and serial: replies in pieces of this size


@dataclass
class FakeCamera:
    driver: str
    script: Script = field(default_factory=Script)
    presets: dict[int, tuple[int, int, int]] = field(default_factory=lambda: dict(PRESETS))

    def __post_init__(self) -> None:
        self.executed: Counter[bytes] = Counter()  # command bodies that had an effect
        self.heard: list[bytes] = []  # every packet
        self.connections = 0
        self.port, self.device = 0, ""
        self._from = self._to = HOME
        self._since = 0.0
        self._socket_number = 0
        self._last_sequence: int | None = None
        self._slow = False
        self._outbox: list[tuple[float, int, bytes, object]] = []
        self._count = 0
        self._buffer = b""
        self._stop_reader, self._stop_writer = os.pipe()

    # --- life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> "FakeCamera":
        self._connection: socket.socket | None = None
        self._fd, self._slave = -1, -1
        if self.driver == "visca-serial":
            self._fd, self._slave = os.openpty()
            tty.setraw(self._slave)
            self.device = os.ttyname(self._slave)
        else:
            kind = socket.SOCK_STREAM if self.driver == "visca-tcp" else socket.SOCK_DGRAM
            self._listener = socket.socket(socket.AF_INET, kind)
            self._listener.bind(("127.0.0.1", 0))
            self.port = self._listener.getsockname()[1]
            if kind is socket.SOCK_STREAM:
                self._listener.listen(4)
        self._thread = threading.Thread(target=self._run, name=f"fake-{self.driver}")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def unplug(self) -> None:
        """Power cut: everything closes at once."""
        if not self._thread.is_alive():
            return
        os.write(self._stop_writer, b"x")
        self._thread.join(5)
        for fd in (self._stop_reader, self._stop_writer, self._fd, self._slave):
            if fd >= 0:
                os.close(fd)
        if self.driver != "visca-serial":
            self._listener.close()
        if self._connection is not None:
            self._connection.close()

    def camera(self, model: str = "generic") -> ViscaCamera:
        return make_visca(self.driver, "main", "127.0.0.1", self.port, self.device, model=model)

    # --- the camera ---------------------------------------------------------------------------------------------

    def position(self) -> tuple[int, int, int]:
        moving_s = time.monotonic() - self._since - self.script.starts_s
        part = min(1.0, max(0.0, moving_s / self.script.move_s)) if self.script.move_s else 1.0
        pan, tilt, zoom = (round(a + (b - a) * part) for a, b in zip(self._from, self._to, strict=True))
        return pan, tilt, zoom

    def _hear(self, packet: bytes, peer: object, sequence: int | None) -> None:
        self.heard.append(packet)
        script, body = self.script, packet[1:-1]
        if script.silent or script.dribble or script.noise or body in script.silent_to:
            return self._chatter(peer)
        if body == b"\x30\x01" or body == b"\x01\x00\x01":
            self._outbox.clear()
            if script.greets:
                self._say(b"\x88\x30\x02\xff" if body[0] == 0x30 else self._reply(0x50), peer, None)
        elif body[0] == 0x09:
            self._answer(body, peer, sequence)
        else:
            self._command(body, peer, sequence)
        return None

    def _chatter(self, peer: object) -> None:
        if self.script.noise:
            self._send(random.Random(len(self.heard)).randbytes(60), peer)
        for index, byte in enumerate(self.script.dribble):
            self._send(bytes((byte,)), peer, 0.2 * index)
        if self.script.dribble:
            self.script.dribble, self.script.silent = b"", True

    def _answer(self, body: bytes, peer: object, sequence: int | None) -> None:
        script = self.script
        if body == b"\x09\x04\x00":
            if script.refuses_power is not None:
                return self._say(self._reply(0x60, script.refuses_power), peer, sequence)
            return self._say(self._reply(0x50, 0x03 if script.standby else 0x02), peer, sequence)
        if script.position == "silent":
            return None
        if script.position == "refused":
            return self._say(self._reply(0x60, 0x02), peer, sequence)
        pan, tilt, zoom = self.position()
        if body == b"\x09\x06\x12":
            return self._say(self._reply(0x50, *_digits(pan), *_digits(tilt)), peer, sequence)
        return self._say(self._reply(0x50, *_digits(zoom)), peer, sequence)

    def _command(self, body: bytes, peer: object, sequence: int | None) -> None:
        script = self.script
        if script.resets:
            return self._reset()
        if script.refuses is not None or script.standby:
            code = 0x41 if script.refuses is None else script.refuses
            return self._say(self._reply(0x60, code), peer, sequence)
        self.executed[body] += 1
        taken = self._carry_out(body)
        self._socket_number = 1 if script.one_socket else self._socket_number % 2 + 1
        late, script.late_s = script.late_s, 0.0
        self._slow = late > 0
        if script.acks and not script.without_ack:
            self._say(self._reply(0x40 | self._socket_number), peer, sequence, late, losable=True)
        if script.acks and script.completes:
            done = self._reply(0x50 | (0 if script.doubled_end else self._socket_number))
            self._say(done + b"\xff" * script.doubled_end, peer, sequence, late + taken, losable=True)
        return None

    def _carry_out(self, body: bytes) -> float:
        """Returns how long it takes."""
        if body[:3] == b"\x01\x04\x3f" and body[3] == 0x01:
            self.presets[body[4]] = self.position()
        elif body[:3] == b"\x01\x04\x3f" and body[3] == 0x02 and not self.script.lying and body[4] in self.presets:
            self._from, self._to, self._since = self.position(), self.presets[body[4]], time.monotonic()
            return 0.0 if self.script.completes_early else self.script.starts_s + self.script.move_s
        elif body[:3] == b"\x01\x04\x00":
            self.script.standby = body[3] == 0x03
        return 0.0

    def turn_by_hand(self, position: tuple[int, int, int]) -> None:
        self._from = self._to = position

    def _reply(self, kind: int, *data: int) -> bytes:
        return bytes((self.script.head, kind, *data, 0xFF))

    # --- the line -----------------------------------------------------------------------------------------------

    def _say(
        self, reply: bytes, peer: object, sequence: int | None, delay_s: float = 0.0, losable: bool = False
    ) -> None:
        if losable and self.script.lost_replies > 0:
            self.script.lost_replies -= 1
            return
        if sequence is not None:
            reply = struct.pack(">HHI", 0x0111, len(reply), sequence) + reply
        self._send(reply, peer, delay_s)

    def _send(self, data: bytes, peer: object, delay_s: float = 0.0) -> None:
        self._count += 1
        heapq.heappush(self._outbox, (time.monotonic() + delay_s, self._count, data, peer))

    def _flush(self) -> float:
        """Sends what is due; returns the wait until the next."""
        while self._outbox and self._outbox[0][0] <= time.monotonic():
            _, _, data, peer = heapq.heappop(self._outbox)
            size = self.script.cut_into or len(data)
            pieces = [data[at : at + size] for at in range(0, len(data), size)]
            if self.driver == "visca-serial":
                for piece in pieces:
                    os.write(self._fd, piece)
            elif self.driver == "visca-tcp":
                for piece in pieces:
                    self._send_tcp(piece)
            else:
                self._listener.sendto(data, peer)  # type: ignore[arg-type]  # an address of recvfrom
        return max(0.0, self._outbox[0][0] - time.monotonic()) if self._outbox else 1.0

    def _send_tcp(self, data: bytes) -> None:
        if self._connection is not None:
            try:
                self._connection.send(data)
            except OSError:
                self._connection.close()
                self._connection = None

    def _reset(self) -> None:
        if self.driver == "visca-tcp" and self._connection is not None:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._connection.close()
            self._connection = None

    def _run(self) -> None:
        while True:
            wait_s = self._flush()
            sources: list[object] = [self._stop_reader]
            sources.append(self._fd if self.driver == "visca-serial" else self._listener)
            if self._connection is not None:
                sources.append(self._connection)
            ready = select.select(sources, [], [], wait_s)[0]
            if self._stop_reader in ready:
                return
            for source in ready:
                self._read(source)

    def _read(self, source: object) -> None:
        if self.driver == "visca-serial":
            self._split(os.read(self._fd, 1024), None)
        elif self.driver != "visca-tcp":
            data, peer = self._listener.recvfrom(2048)
            self._datagram(data, peer)
        elif source is self._listener:
            if self._connection is not None:
                self._connection.close()
            self._connection, self._buffer = self._listener.accept()[0], b""
            self._outbox.clear()  # what was meant for the old connection never reaches the new one
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            if self.script.unasked:
                self._send(self.script.unasked, None)
        elif self._connection is not None:
            self._read_tcp(self._connection)

    def _read_tcp(self, connection: socket.socket) -> None:
        try:
            data = connection.recv(2048)
        except OSError:
            data = b""
        if data:
            self._split(data, None)
        else:
            connection.close()
            self._connection = None

    def _split(self, data: bytes, peer: object) -> None:
        *packets, self._buffer = (self._buffer + data).split(b"\xff")
        for packet in packets:
            self._hear(packet + b"\xff", peer, None)

    def _datagram(self, data: bytes, peer: object) -> None:
        if self.driver == "visca-udp-raw":
            return self._hear(data, peer, None)
        kind, _, sequence = struct.unpack(">HHI", data[:8])
        payload = data[8:]
        if self.script.silent or self.script.noise or self.script.dribble:
            return self._hear(payload, peer, sequence)
        if kind == 0x0200:
            self._last_sequence = None
            if self.script.greets:
                self._send(struct.pack(">HHI", 0x0201, 1, sequence) + b"\x01", peer)
            return None
        stale = self.script.out_of_step and payload[1] == 0x01
        self.script.out_of_step = self.script.out_of_step and not stale
        if stale or sequence == self._last_sequence:
            self.heard.append(payload)
            if not self._slow:
                self._send(struct.pack(">HHI", 0x0201, 2, sequence) + b"\x0f\x01", peer)
            return None
        self._last_sequence = sequence
        return self._hear(payload, peer, sequence)


def _digits(value: int) -> tuple[int, int, int, int]:
    return value >> 12 & 15, value >> 8 & 15, value >> 4 & 15, value & 15
