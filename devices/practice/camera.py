"""The practice room's PTZ camera: VISCA with Sony's header on loopback, turning as slowly as a real one."""

import asyncio
import time
from dataclasses import dataclass

from devices.camera import sony, visca

PAN_MOST, TILT_LEAST, TILT_MOST, ZOOM_MOST = 0x990, -0x1B0, 0x510, 0x4000
PAN_STEPS_S, TILT_STEPS_S, ZOOM_STEPS_S = 2400.0, 1500.0, 9000.0  # 170° a second; all the zoom in 1.8 s
LONGEST_DATAGRAM = 8 + visca.LONGEST_PACKET
PRESET_MOST = 254

Steps = tuple[float, float, float]  # pan, tilt, zoom
STILL: Steps = (0.0, 0.0, 0.0)
_LEAST: Steps = (-PAN_MOST, TILT_LEAST, 0)
_MOST: Steps = (PAN_MOST, TILT_MOST, ZOOM_MOST)
_SPEED: Steps = (PAN_STEPS_S, TILT_STEPS_S, ZOOM_STEPS_S)


@dataclass(frozen=True, slots=True)
class Motion:
    """Where each axis was at `since`, how fast it goes, and where it ends."""

    since: float
    start: Steps
    speed: Steps
    end: Steps

    def at(self, now: float) -> Steps:
        pan, tilt, zoom = (self._axis(axis, now - self.since) for axis in range(3))
        return pan, tilt, zoom

    def _axis(self, axis: int, passed_s: float) -> float:
        start, end = self.start[axis], self.end[axis]
        way = self.speed[axis] * passed_s
        return min(end, start + way) if end >= start else max(end, start - way)

    def ends(self) -> float:
        ways = zip(self.start, self.end, self.speed, strict=True)
        return self.since + max((abs(end - start) / speed for start, end, speed in ways if speed > 0), default=0.0)


class PracticeCamera(asyncio.DatagramProtocol):
    """`presets`: number to (pan, tilt, zoom). Faults on demand: `silent` hears nothing, `refuses` answers 41."""

    def __init__(self, presets: dict[int, tuple[int, int, int]] | None = None) -> None:
        self.presets: dict[int, Steps] = dict(presets or {})
        self.silent = False
        self.refuses = False
        self.on = True
        self._motion = Motion(0.0, STILL, STILL, STILL)
        self._transport: asyncio.DatagramTransport | None = None
        self._last: tuple[object, int] | None = None  # who sent last, and its sequence number
        self._socket = 0
        self._reports: set[asyncio.TimerHandle] = set()

    def forgets(self) -> None:
        """Its presets are gone, as after some updates and resets: it can still be sent to a position."""
        self.presets.clear()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(host, port))
        bound: tuple[str, int] = self._transport.get_extra_info("sockname")
        return bound[1]

    async def stop(self) -> None:
        for report in self._reports:
            report.cancel()
        self._reports.clear()
        if self._transport is not None:
            self._transport.close()
            self._transport = None
            await asyncio.sleep(0)  # the loop closes the socket in its next round

    def position(self) -> Steps:
        """Read by any thread: the picture follows it."""
        return self._motion.at(time.monotonic())

    # --- what is heard ------------------------------------------------------------------------------------------

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        message = sony.unpack(data) if len(data) <= LONGEST_DATAGRAM else None
        if self.silent or message is None:
            return
        if message.kind is sony.Kind.CONTROL:
            self._last = None
            self._send(sony.Kind.CONTROL_REPLY, message.sequence, sony.RESET, addr)
        elif (addr, message.sequence) == self._last:
            self._send(sony.Kind.CONTROL_REPLY, message.sequence, sony.ALREADY_DONE, addr)
        else:
            self._last = (addr, message.sequence)
            self._obey(message, addr)

    def _obey(self, message: sony.Message, addr: tuple[str, int]) -> None:
        body = message.payload[1:-1]
        answer = self._answer(body)
        if answer is not None:
            return self._reply(message, bytes((0x90, 0x50)) + answer + b"\xff", addr)
        if self.refuses or not (self.on or body[:3] == b"\x01\x04\x00"):
            return self._reply(message, bytes((0x90, 0x60, visca.NOT_EXECUTABLE, visca.END)), addr)
        if not self._carry_out(body):
            return self._reply(message, bytes((0x90, 0x60, visca.SYNTAX_ERROR, visca.END)), addr)
        self._socket = self._socket % 2 + 1
        self._reply(message, bytes((0x90, 0x40 | self._socket, visca.END)), addr)
        return self._complete(message, bytes((0x90, 0x50 | self._socket, visca.END)), addr)

    def _complete(self, message: sony.Message, completion: bytes, addr: tuple[str, int]) -> None:
        # A drive has no end of its own: it is done as soon as it has begun.
        driving = message.payload[1:4] in (b"\x01\x06\x01", b"\x01\x04\x07")
        wait_s = 0.0 if driving else max(0.0, self._motion.ends() - time.monotonic())
        loop = asyncio.get_running_loop()
        self._reports = {report for report in self._reports if report.when() > loop.time()}
        self._reports.add(loop.call_later(wait_s, self._reply, message, completion, addr))

    def _answer(self, body: bytes) -> bytes | None:
        pan, tilt, zoom = (round(value) for value in self.position())
        match body:
            case b"\x09\x04\x00":
                return b"\x02" if self.on else b"\x03"
            case b"\x09\x06\x12":
                return visca.nibbles(pan) + visca.nibbles(tilt)
            case b"\x09\x04\x47":
                return visca.nibbles(zoom)
        return None

    def _carry_out(self, body: bytes) -> bool:
        """False for a command that is not known."""
        match list(body):
            case [0x01, 0x04, 0x3F, 0x01, preset] if preset <= PRESET_MOST:
                self.presets[preset] = self.position()
            case [0x01, 0x04, 0x3F, 0x02, preset]:
                self._go(self.presets.get(preset, self.position()))
            case [0x01, 0x06, 0x02, _, _, *digits] if len(digits) == 8 and max(digits) <= 0x0F:
                pan, tilt = visca.read_pan_tilt(bytes(digits)) or (0, 0)
                self._turn_to((pan, tilt, None))
            case [0x01, 0x04, 0x47, *digits] if len(digits) == 4 and max(digits) <= 0x0F:
                self._turn_to((None, None, visca.read_zoom(bytes(digits))))
            case [0x01, 0x04, 0x00, power] if power in (2, 3):
                self.on = power == 2
            case [0x01, 0x06, 0x01, pan_speed, tilt_speed, pan_way, tilt_way]:
                self._drive(0, pan_speed / 0x18, {1: -1, 2: 1}.get(pan_way, 0))
                self._drive(1, tilt_speed / 0x14, {1: 1, 2: -1}.get(tilt_way, 0))
            case [0x01, 0x04, 0x07, way]:
                self._drive(2, (1 + (way & 0x07)) / 8, {2: 1, 3: -1}.get(way >> 4, 0))
            case _:
                return False
        return True

    # --- how it moves -------------------------------------------------------------------------------------------

    def _go(self, place: Steps) -> None:
        self._motion = Motion(time.monotonic(), self.position(), _SPEED, place)

    def turn_by_hand(self) -> None:
        """Somebody takes hold of it: it looks elsewhere, and no order was given."""
        pan, tilt, zoom = self.position()
        self._go((pan - 700 if pan > 0 else pan + 700, tilt, zoom))

    def _turn_to(self, place: tuple[int | None, int | None, int | None]) -> None:
        """Some axes to a place as far as they go; the others keep what they do."""
        now, old = time.monotonic(), self._motion
        start, speed, end = old.at(now), list(old.speed), list(old.end)
        for axis, wanted in enumerate(place):
            if wanted is not None:
                speed[axis], end[axis] = _SPEED[axis], min(_MOST[axis], max(_LEAST[axis], wanted))
        self._motion = Motion(now, start, (speed[0], speed[1], speed[2]), (end[0], end[1], end[2]))

    def _drive(self, axis: int, part: float, way: int) -> None:
        now, old = time.monotonic(), self._motion
        start = old.at(now)
        speed, end = list(old.speed), list(old.end)
        speed[axis] = _SPEED[axis] * min(1.0, part)
        end[axis] = start[axis] if way == 0 else (_MOST if way > 0 else _LEAST)[axis]
        self._motion = Motion(now, start, (speed[0], speed[1], speed[2]), (end[0], end[1], end[2]))

    def _reply(self, message: sony.Message, packet: bytes, addr: tuple[str, int]) -> None:
        self._send(sony.Kind.REPLY, message.sequence, packet, addr)

    def _send(self, kind: sony.Kind, sequence: int, payload: bytes, addr: tuple[str, int]) -> None:
        if self._transport is not None:
            self._transport.sendto(sony.pack(kind, sequence, payload), addr)
