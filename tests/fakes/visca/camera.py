"""A scriptable PTZ camera on loopback: Sony UDP, bare UDP, TCP, or a serial line by way of a pty.

It reads and writes VISCA by its own literal bytes, apart from the codec under test.
"""

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from devices.camera.visca_driver import ViscaCamera, make_visca
from devices.udp_port import UdpPort
from tests.fakes.visca.line import DRIVERS as DRIVERS
from tests.fakes.visca.power import FakePower
from tests.fakes.visca.script import Script as Script

HOME = (0, 0, 0)
PRESETS = {1: (0x200, -0x80, 0x1000), 2: (-0x300, 0x40, 0x800), 3: (0x20, 0x20, 0x200)}
FOREIGN = b"\xa0\x41\xff\xa0\x51\xff\xb0\x60\x41\xff"  # what the others of a chain say
Place = tuple[int, int, int]


@dataclass
class FakeCamera(FakePower):
    driver: str
    script: Script = field(default_factory=Script)
    presets: dict[int, Place] = field(default_factory=lambda: dict(PRESETS))
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self.executed: Counter[bytes] = Counter()  # command bodies that had an effect
        self.executed_at: list[tuple[float, bytes]] = []
        self.heard: list[bytes] = []  # every packet
        self.heard_at: list[float] = []
        self.driving = False
        self._from = self._to = HOME
        self._since = self._lasts_s = 0.0
        self._socket_number = 0
        self._running: dict[int, float] = {}  # socket to the end of its command
        self._wakes = 0.0
        self.open_line()

    def camera(self, model: str = "generic", replies_to: UdpPort | None = None) -> ViscaCamera:
        address = 2 if self.script.chain else 1
        return make_visca(
            self.driver, "main", self.host, self.port, self.device, address=address, model=model, replies_to=replies_to
        )

    # --- the truth ------------------------------------------------------------------------------------------------

    def position(self) -> Place:
        moving_s = time.monotonic() - self._since - self.script.starts_s
        part = min(1.0, max(0.0, moving_s / self._lasts_s)) if self._lasts_s else 1.0
        if self.script.starts_s and moving_s < 0:
            part = 0.0
        pan, tilt, zoom = (round(a + (b - a) * part) for a, b in zip(self._from, self._to, strict=True))
        if self.script.wanders and self._since:
            pan += round(100 * (time.monotonic() - self._since))
        return pan, tilt, zoom

    def turn_by_hand(self, position: Place) -> None:
        self._from = self._to = position

    def forget(self) -> None:
        """It had no power: it stands at home, and knows of no command."""
        self.turn_by_hand(HOME)
        self._running.clear()
        self.driving = False

    # --- the camera -----------------------------------------------------------------------------------------------

    def hear(self, packet: bytes, peer: object, sequence: int | None) -> None:
        self.heard.append(packet)
        self.heard_at.append(time.monotonic())
        script, body = self.script, packet[1:-1]
        if self._wakes and time.monotonic() < self._wakes:
            return None
        if script.flood:
            self._send(b"\x90" * script.flood, peer)
        if script.silent or script.dribble or script.noise or script.instead or body in script.silent_to:
            return self._chatter(peer)
        if script.chain:
            self._send(FOREIGN, peer)
            if packet[0] not in (0x82, 0x88):
                return None
        if body == b"\x30\x01" or body == b"\x01\x00\x01":
            return self._greet(body, peer)
        if body[0] == 0x09:
            return self._answer(body, peer, sequence)
        if body[0] & 0xF0 == 0x20:
            return self._cancel(body[0] & 0x0F, peer, sequence)
        return self._command(body, peer, sequence)

    def _greet(self, body: bytes, peer: object) -> None:
        self._outbox.clear()
        if self.script.greets:
            addresses = bytes((0x88, 0x30, 4 if self.script.chain else 2, 0xFF))
            self.say(addresses if body[0] == 0x30 else self._reply(0x50), peer, None)

    def _chatter(self, peer: object) -> None:
        script = self.script
        if script.noise:
            self._send(random.Random(len(self.heard)).randbytes(60), peer)
        if script.instead:
            self._send(script.instead, peer)
        for index, byte in enumerate(script.dribble):
            self._send(bytes((byte,)), peer, 0.2 * index)
        if script.dribble:
            script.dribble, script.silent = b"", True

    def _answer(self, body: bytes, peer: object, sequence: int | None) -> None:
        script = self.script
        if body == b"\x09\x04\x00":
            if script.refuses_power is not None:
                return self.say(self._reply(0x60, script.refuses_power), peer, sequence)
            return self.say(self._reply(0x50, 0x03 if script.standby else 0x02), peer, sequence)
        if script.menu:
            return self.say(self._reply(0x60, 0x41), peer, sequence)
        pan, tilt, zoom = HOME if script.position == "frozen" else self.position()
        match script.position:
            case "silent":
                return None
            case "refused":
                return self.say(self._reply(0x60, 0x02), peer, sequence)
            case "rubbish":
                return self.say(self._reply(0x50, *(0x7E,) * (8 if body[1] == 0x06 else 4)), peer, sequence)
        if body == b"\x09\x06\x12":
            pans = (*((pan >> 16 & 15,) if script.position == "five" else ()), *_digits(pan))
            return self.say(self._reply(0x50, *pans, *_digits(tilt)), peer, sequence)
        return self.say(self._reply(0x50, *_digits(zoom)), peer, sequence)

    def _cancel(self, number: int, peer: object, sequence: int | None) -> None:
        running = self._running.pop(number, 0.0) > time.monotonic()
        if running:
            self.turn_by_hand(self.position())
            done = self._reply(0x50 | number)
            self._outbox = [item for item in self._outbox if done not in item[2]]
            self._outbox.sort()
        self.say(self._reply(0x60 | number, 0x04 if running else 0x05), peer, sequence)

    def _refusal(self, body: bytes) -> int | None:
        script, now = self.script, time.monotonic()
        self._running = {number: end for number, end in self._running.items() if end > now}
        moves = body[:3] in (b"\x01\x06\x02", b"\x01\x04\x47") or body[:4] == b"\x01\x04\x3f\x02"
        if script.refuses is not None:
            return script.refuses
        if script.standby or script.menu or (script.tracking and (moves or body[1] == 0x06)):
            return 0x41
        if script.busy > 0:
            script.busy -= 1
            return 0x03
        if script.two_sockets and len(self._running) > 1:
            return 0x03
        if script.needs_cancel and moves and self._running:
            return 0x41
        if script.refuses_absolute and body[:3] in (b"\x01\x06\x02", b"\x01\x04\x47"):
            return 0x02
        return None

    def _command(self, body: bytes, peer: object, sequence: int | None) -> None:
        script = self.script
        if script.lost_commands > 0:
            script.lost_commands -= 1
            return None
        if script.says_to_commands:
            return self.say(script.says_to_commands, peer, sequence)
        if script.resets:
            return self.drop_connection()
        code = self._refusal(body)
        if code is not None:
            return self.say(self._reply(0x60 | script.refusal_socket, code), peer, sequence)
        self.executed[body] += 1
        self.executed_at.append((time.monotonic(), body))
        taken = self._carry_out(body)
        self._take_socket(taken)
        if script.dies_s and body[:4] == b"\x01\x04\x3f\x02":
            return self._die()
        late, script.late_s = script.late_s, 0.0
        self._slow = late > 0
        return self._report(peer, sequence, late, taken)

    def _take_socket(self, taken: float) -> None:
        self._socket_number = 1 if self.script.one_socket else self._socket_number % 2 + 1
        if self.script.two_sockets and self._socket_number in self._running:
            self._socket_number = 3 - self._socket_number
        if taken:
            self._running[self._socket_number] = time.monotonic() + taken

    def _report(self, peer: object, sequence: int | None, late: float, taken: float) -> None:
        script, number = self.script, self._socket_number
        ack = self._reply(0x40 | (0 if script.doubled_end else number))
        done = self._reply(0x50 | (0 if script.doubled_end else 3 - number if script.wrong_socket else number))
        if script.refuses_later is not None:
            done = self._reply(0x60 | number, script.refuses_later)
        done += b"\xff" * script.doubled_end
        if script.merged:
            return self.say(ack + done, peer, sequence, late + taken, losable=True)
        if not script.acks:
            return None
        if script.completes_first:
            self.say(done, peer, sequence)
            return self.say(ack, peer, sequence)
        for _ in range(0 if script.without_ack else 2 if script.acks_twice else 1):
            self.say(ack, peer, sequence, late, losable=True)
        if script.unasked:
            self.say(script.unasked, peer, sequence, late)
        if script.completes:
            self.say(done, peer, sequence, late + taken, losable=True)
        return None

    def _die(self) -> None:
        self._wakes = time.monotonic() + self.script.dies_s
        self.script.dies_s = 0.0
        self._outbox.clear()
        self._last_sequence = None
        self.forget()

    def _carry_out(self, body: bytes) -> float:
        """Returns how long it takes."""
        pan, tilt, zoom = self._to
        if body[:3] == b"\x01\x04\x3f" and body[3] == 0x01:
            self.presets[body[4]] = self.position()
        elif body[:3] == b"\x01\x04\x3f" and body[3] == 0x02 and body[4] in self.presets:
            return self._go(self.presets[body[4]])
        elif body[:3] == b"\x01\x06\x02":
            return self._go((_signed(body[5:-4]), _signed(body[-4:]), zoom))
        elif body[:3] == b"\x01\x04\x47":
            return self._go((pan, tilt, _signed(body[3:]) & 0xFFFF))
        elif body[:3] == b"\x01\x04\x00":
            self.script.standby = body[3] == 0x03
        elif body[:3] == b"\x01\x06\x01":
            self.driving = body[-2:] != b"\x03\x03"
            if not self.driving and not self.script.needs_cancel:
                self.turn_by_hand(self.position())
        return 0.0

    def _go(self, place: Place) -> float:
        script = self.script
        if script.lying:
            return 0.0
        self._from, self._to = self.position(), (place[0] + script.overshoot, place[1], place[2])
        self._since, self._lasts_s = time.monotonic(), script.move_s
        return 0.0 if script.completes_early else script.starts_s + script.move_s

    def _reply(self, kind: int, *data: int) -> bytes:
        return bytes((0xA0 if self.script.chain else self.script.head, kind, *data, 0xFF))


def _digits(value: int) -> Place | tuple[int, int, int, int]:
    return value >> 12 & 15, value >> 8 & 15, value >> 4 & 15, value & 15


def _signed(digits: bytes) -> int:
    value = int("".join(f"{digit:x}" for digit in digits), 16)
    half = 1 << (4 * len(digits) - 1)
    return value - 2 * half if value >= half else value
