"""A STUN binding request and its answer (RFC 8489, clause 5: header, 6.3.3: success), no more of the protocol."""

import secrets
import struct

PORT = 3478
MAGIC = 0x2112A442
BINDING_REQUEST, BINDING_SUCCESS = 0x0001, 0x0101
SOFTWARE = 0x8022  # clause 14.14: an optional attribute, any text of up to 763 bytes
HEADER = struct.Struct("!HHI")
HEADER_BYTES = 20  # with the transaction
ATTRIBUTE = struct.Struct("!HH")


def transaction() -> bytes:
    return secrets.token_bytes(12)


def request(of: bytes, size: int = HEADER_BYTES) -> bytes:
    """A binding request of this transaction, filled up to about `size` bytes (20 to 780) by what servers pass over."""
    room = max(0, size - HEADER_BYTES - ATTRIBUTE.size) // 4 * 4
    filling = ATTRIBUTE.pack(SOFTWARE, room) + b"-" * room if room else b""
    return HEADER.pack(BINDING_REQUEST, len(filling), MAGIC) + of + filling


def answered(data: bytes) -> bytes | None:
    """The transaction that this packet answers with success; None for anything else."""
    if len(data) < HEADER_BYTES:
        return None
    kind, _length, magic = HEADER.unpack_from(data)
    return data[8:20] if kind == BINDING_SUCCESS and magic == MAGIC else None
