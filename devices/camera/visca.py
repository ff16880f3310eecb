"""VISCA bytes and back: pure functions and one parser, no sockets, no clocks."""

from dataclasses import dataclass

END = 0xFF
LONGEST_PACKET = 16  # Sony BRC-X400 command list: 3 to 16 bytes with the end byte
BROADCAST = 0x88

# --- what a camera may say ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ack:
    """The camera took the command into `socket` and has begun."""

    socket: int


@dataclass(frozen=True, slots=True)
class Completion:
    """The command in `socket` is done; 0 from cameras that name no socket, and as the answer to IF_Clear."""

    socket: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to an inquiry."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """An error; `socket` may be 1 or 2 although no Ack was given."""

    code: int
    socket: int


@dataclass(frozen=True, slots=True)
class NetworkChange:
    """The chain has changed, or the camera has just got power: addresses must be set again (unasked right after a
    TCP connect from some cameras, where it means nothing)."""


@dataclass(frozen=True, slots=True)
class AddressesSet:
    """The answer to address_set()."""

    cameras: int


@dataclass(frozen=True, slots=True)
class Noise:
    """Bytes that are no reply; kept apart so that a wrong baud rate is not taken for silence."""

    count: int


Event = Ack | Completion | Answer | Refused | NetworkChange | AddressesSet | Noise

LENGTH_ERROR, SYNTAX_ERROR, BUFFER_FULL, CANCELLED, NO_SOCKET, NOT_EXECUTABLE = 0x01, 0x02, 0x03, 0x04, 0x05, 0x41


class Parser:
    """Turns chunks, cut anywhere, into events. Remembers at most one packet and never raises.

    `only_from`: the one camera of a chain whose replies count, None for any: alone on its line it may call itself
    as it likes (after an update some answer A0 for 90).
    """

    def __init__(self, only_from: int | None = None) -> None:
        self.only_from = only_from
        self._packet = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[Event]:
        events: list[Event] = []
        start = 0
        while (end := data.find(END, start)) >= 0:
            self._take(data[start:end], events)
            # An end byte alone is the second one of `90 50 FF FF` (Tekvox).
            if self._packet and not self._overlong:
                events.extend(_read(bytes(self._packet), self.only_from))
            self._packet.clear()
            self._overlong = False
            start = end + 1
        self._take(data[start:], events)
        return events

    def _take(self, piece: bytes, events: list[Event]) -> None:
        """Without an end byte; a packet that is too long is noise, and all that follows until the next end byte."""
        if self._overlong or not piece:
            return
        if len(self._packet) + len(piece) < LONGEST_PACKET:
            self._packet += piece
            return
        events.append(Noise(LONGEST_PACKET))
        self._packet.clear()
        self._overlong = True


def _read(packet: bytes, only_from: int | None) -> list[Event]:
    """One packet without its end byte; rubbish before a reply (a line just plugged in) is dropped and told."""
    for start in range(len(packet)):
        event = _reply(packet[start:])
        if event is not None:
            if only_from is not None and packet[start] not in (BROADCAST, 0x80 + (only_from << 4)):
                return []  # another camera of the chain speaks
            return [Noise(start), event] if start else [event]
    return [Noise(len(packet))]


def _reply(packet: bytes) -> Event | None:
    head, length = packet[0], len(packet)
    if head == BROADCAST and length == 3 and packet[1] == 0x30:
        return AddressesSet(max(0, packet[2] - 1))
    if packet == b"\x88\x01\x00\x01":
        return Completion(0)  # our broadcast IF_Clear, come round the chain
    if (head == BROADCAST or _from_camera(head)) and packet[1:] == b"\x38":
        return NetworkChange()
    if not _from_camera(head) or length < 2:
        return None
    kind, socket = packet[1] & 0xF0, packet[1] & 0x0F
    if kind == 0x40 and length == 2:
        return Ack(socket)
    if kind == 0x50:
        return Completion(socket) if length == 2 else Answer(packet[2:])
    if kind == 0x60 and length == 3:
        return Refused(packet[2], socket)
    return None


def _from_camera(head: int) -> bool:
    return head >= 0x90 and head & 0x0F == 0


# --- what we may say ----------------------------------------------------------------------------------------------


def packet(address: int, body: bytes) -> bytes:
    """`address` 1…7; over IP it is always 1."""
    return bytes((0x80 | address,)) + body + b"\xff"


def nibbles(value: int, count: int = 4) -> bytes:
    """A signed or unsigned number, highest nibble first, one in each byte."""
    return bytes((value >> shift) & 0x0F for shift in range(4 * (count - 1), -1, -4))


def store_preset(preset: int, address: int = 1) -> bytes:
    return packet(address, bytes((0x01, 0x04, 0x3F, 0x01, preset)))


def recall_preset(preset: int, address: int = 1) -> bytes:
    return packet(address, bytes((0x01, 0x04, 0x3F, 0x02, preset)))


def position_inquiry(address: int = 1) -> bytes:
    return packet(address, b"\x09\x06\x12")


def zoom_inquiry(address: int = 1) -> bytes:
    return packet(address, b"\x09\x04\x47")


def power_inquiry(address: int = 1) -> bytes:
    return packet(address, b"\x09\x04\x00")


def power(on: bool, address: int = 1) -> bytes:
    return packet(address, bytes((0x01, 0x04, 0x00, 0x02 if on else 0x03)))


def drive(pan_speed: int, tilt_speed: int, right: int, up: int, address: int = 1) -> bytes:
    """`right` and `up` are -1, 0 or 1; speeds are the model's own, from 1."""
    way_pan = {-1: 0x01, 0: 0x03, 1: 0x02}[right]
    way_tilt = {-1: 0x02, 0: 0x03, 1: 0x01}[up]
    return packet(address, bytes((0x01, 0x06, 0x01, pan_speed, tilt_speed, way_pan, way_tilt)))


def stop(address: int = 1) -> bytes:
    return drive(1, 1, 0, 0, address)


def zoom_drive(closer: int, speed: int, address: int = 1) -> bytes:
    """`closer` is -1, 0 or 1; `speed` 0…7."""
    way = {-1: 0x30 | speed, 0: 0x00, 1: 0x20 | speed}[closer]
    return packet(address, bytes((0x01, 0x04, 0x07, way)))


def go_to(pan: int, tilt: int, pan_speed: int, tilt_speed: int, address: int = 1, pan_nibbles: int = 4) -> bytes:
    """`tilt_speed` is 0 for bodies that know one speed only; `pan_nibbles` 5 for those that answer five."""
    head = bytes((0x01, 0x06, 0x02, pan_speed, tilt_speed))
    return packet(address, head + nibbles(pan, pan_nibbles) + nibbles(tilt))


def zoom_to(zoom: int, address: int = 1) -> bytes:
    return packet(address, b"\x01\x04\x47" + nibbles(zoom))


def cancel(socket: int, address: int = 1) -> bytes:
    """Answered by error 04, and then by no completion; by error 05 where nothing runs in `socket` any more."""
    return bytes((0x80 | address, 0x20 | socket, END))


def if_clear(address: int = 1) -> bytes:
    return packet(address, b"\x01\x00\x01")


def address_set() -> bytes:
    return b"\x88\x30\x01\xff"


# --- payloads of answers ------------------------------------------------------------------------------------------


def read_pan_tilt(payload: bytes) -> tuple[int, int] | None:
    """Signed steps: four nibbles each; bodies with more range answer five for pan, or for both."""
    pan_count = {8: 4, 9: 5, 10: 5}.get(len(payload))
    if pan_count is None or max(payload) > 0x0F:
        return None
    return _number(payload[:pan_count], signed=True), _number(payload[pan_count:], signed=True)


def read_zoom(payload: bytes) -> int | None:
    return _number(payload, signed=False) if len(payload) == 4 and max(payload) <= 0x0F else None


def read_power(payload: bytes) -> int | None:
    """2 on, 3 standby, others by model."""
    return payload[0] if len(payload) == 1 else None


def _number(digits: bytes, *, signed: bool) -> int:
    value = 0
    for digit in digits:
        value = value << 4 | digit
    half = 1 << (4 * len(digits) - 1)
    return value - 2 * half if signed and value >= half else value
