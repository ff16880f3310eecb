"""Sockets that leave by one interface, and the proof of the interface by which an answer came in."""

import contextlib
import socket
import struct
import sys

LINUX = sys.platform.startswith("linux")
TIMESTAMPNS = 35  # SO_TIMESTAMPNS of <asm-generic/socket.h>: the kernel's time of arrival, CLOCK_REALTIME
PKTINFO = getattr(socket, "IP_PKTINFO", 8)  # ip(7)
BINDTODEVICE = 25  # SO_BINDTODEVICE, socket(7); since Linux 5.7 anybody may set it on a socket that has none
ANCILLARY = 256


def bound(kind: socket.SocketKind, interface: str) -> socket.socket:
    """An IPv4 socket that can leave by `interface` only ("": as the system's routes say); OSError where it cannot.

    Windows has no such binding: OSError, so that nobody measures the wrong way and believes it.
    """
    made = socket.socket(socket.AF_INET, kind)
    try:
        if interface:
            if not LINUX:
                raise OSError("this system cannot bind a socket to an interface")
            made.setsockopt(socket.SOL_SOCKET, BINDTODEVICE, interface.encode() + b"\0")
    except OSError:
        made.close()
        raise
    return made


def tell_arrivals(made: socket.socket) -> None:
    """Has the kernel write time and interface of arrival beside each packet, where it can."""
    if LINUX:
        made.setsockopt(socket.SOL_SOCKET, TIMESTAMPNS, 1)
        made.setsockopt(socket.IPPROTO_IP, PKTINFO, 1)


def arrival(told: list[tuple[int, int, bytes]]) -> tuple[int | None, int | None]:
    """Nanoseconds of CLOCK_REALTIME and the interface's number, as the kernel wrote them; None: not written."""
    at = index = None
    for level, kind, data in told:
        if (level, kind) == (socket.SOL_SOCKET, TIMESTAMPNS) and len(data) >= 16:
            seconds, nanoseconds = struct.unpack_from("@qq", data)
            at = seconds * 1_000_000_000 + nanoseconds
        elif (level, kind) == (socket.IPPROTO_IP, PKTINFO) and len(data) >= 4:
            (index,) = struct.unpack_from("@i", data)
    return at, index


def name_of(index: int | None) -> str | None:
    if index is not None:
        with contextlib.suppress(OSError):
            return socket.if_indextoname(index)
    return None
