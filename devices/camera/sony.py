"""Sony's eight bytes before a VISCA packet in a UDP datagram: pure functions, no sockets."""

import struct
from dataclasses import dataclass
from enum import IntEnum

PORT = 52381
_HEADER = struct.Struct(">HHI")


class Kind(IntEnum):
    COMMAND = 0x0100
    INQUIRY = 0x0110
    REPLY = 0x0111
    SETTING = 0x0120
    CONTROL = 0x0200
    CONTROL_REPLY = 0x0201


_KINDS = {int(kind): kind for kind in Kind}
FORCED = 0xFFFFFFFF  # a number that every camera takes, whatever came before (as Sony's RM-IP10 sends it)
RESET = b"\x01"
ALREADY_DONE = b"\x0f\x01"  # sequence abnormality: a message with this number was executed before
MALFORMED = b"\x0f\x02"


@dataclass(frozen=True, slots=True)
class Message:
    kind: Kind
    sequence: int
    payload: bytes


def pack(kind: Kind, sequence: int, payload: bytes) -> bytes:
    return _HEADER.pack(kind, len(payload), sequence & 0xFFFFFFFF) + payload


def unpack(datagram: bytes) -> Message | None:
    """None for anything that is not exactly one message."""
    if len(datagram) < _HEADER.size:
        return None
    kind, length, sequence = _HEADER.unpack_from(datagram)
    payload = datagram[_HEADER.size :]
    if length != len(payload) or kind not in _KINDS:
        return None
    return Message(_KINDS[kind], sequence, payload)


def after(sequence: int) -> int:
    return (sequence + 1) & 0xFFFFFFFF
