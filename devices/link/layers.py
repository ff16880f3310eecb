"""Which layer of the way to a conference died: cable, address, the room's box, the carrier, the server, the platform.

Linux: carrier and routes are read from the kernel, the rest is asked. Elsewhere only what can be asked is told. Nothing
needs the administrator's rights, so no ICMP: a box that refuses a TCP connection has answered too.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Awaitable, Callable, Iterable
from ipaddress import IPv4Address, ip_address
from pathlib import Path

from devices.contract import DeviceError, Layer
from devices.lane import Lane

FIND_S = 5.0
LOOKUP_S, CONNECT_S, BOX_S = 1.5, 1.5, 1.0
BOX_PORTS = (80, 53, 443)  # what a modem or router usually listens on; refused is an answer too
DISCARD_PORT = 9
NEIGHBOUR_IS_KNOWN = 0x2  # ATF_COM of linux/if_arp.h
ROUTE_IS_UP_BY_GATEWAY = 0x3  # RTF_UP | RTF_GATEWAY of linux/route.h
NOT_THERE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})


class Kernel:
    """What Linux says of the network; empty where it is another system."""

    def __init__(self, sys: Path = Path("/sys/class/net"), proc: Path = Path("/proc/net")) -> None:
        self._sys, self._proc = sys, proc

    def carriers(self) -> dict[str, bool]:
        """By network device but loopback: whether it has a carrier; one that is down has none."""
        with contextlib.suppress(OSError):
            return {one.name: _reads(one / "carrier") == "1" for one in self._sys.iterdir() if one.name != "lo"}
        return {}

    def gateways(self) -> tuple[IPv4Address, ...]:
        """The default gateways, the preferred one first."""
        found = []
        for line in _reads(self._proc / "route").splitlines()[1:]:
            fields = line.split()
            leads_out = len(fields) >= 8 and fields[1] == fields[7] == "00000000"
            if leads_out and int(fields[3], 16) & ROUTE_IS_UP_BY_GATEWAY == ROUTE_IS_UP_BY_GATEWAY:
                found.append((int(fields[6]), IPv4Address(socket.ntohl(int(fields[2], 16)))))
        return tuple(address for _, address in sorted(found))

    def knows(self, neighbour: IPv4Address) -> bool:
        """Whether the neighbour's hardware address is known: it has answered on the cable, now or a moment ago."""
        rows = (line.split() for line in _reads(self._proc / "arp").splitlines()[1:])
        return any(r[0] == str(neighbour) and int(r[2], 16) & NEIGHBOUR_IS_KNOWN for r in rows if len(r) > 2)


def _reads(path: Path) -> str:
    try:
        return path.read_text("ascii", "replace").strip()
    except OSError:  # EINVAL: the device is down
        return ""


class LayerFinder:
    """devices.contract.PathFinder. `elsewhere`: the profile's own probes, other places that might still answer."""

    def __init__(self, elsewhere: Iterable[Callable[[], Awaitable[bool]]] = (), kernel: Kernel | None = None) -> None:
        self._elsewhere = tuple(elsewhere)
        self._kernel = kernel or Kernel()
        self._names = Lane("names")

    async def find(self, host: str, port: int) -> Layer:
        try:
            async with asyncio.timeout(FIND_S):
                return await self._find(host, port)
        except TimeoutError:
            return Layer.UNKNOWN

    async def _find(self, host: str, port: int) -> Layer:
        address = await self._looked_up(host)
        local = address is not None and ip_address(address).is_loopback
        carriers = self._kernel.carriers()
        if not local and carriers and not any(carriers.values()):
            return Layer.CABLE
        if address is not None:
            if not _has_way(address):
                return Layer.ADDRESS
            answered = await _answers(address, port, CONNECT_S)
            if answered is not None:
                return Layer.PLATFORM if answered else Layer.SERVER
        gateways = self._kernel.gateways()
        if not local and carriers and not gateways and address is None:
            return Layer.ADDRESS
        if not local and gateways and not await self._box_answers(gateways[0]):
            return Layer.GATEWAY
        others = await asyncio.gather(*(one() for one in self._elsewhere))
        return Layer.SERVER if local or any(others) else Layer.CARRIER

    async def _looked_up(self, host: str) -> str | None:
        """The host's address; None where no name server answered in time."""
        with contextlib.suppress(ValueError):
            return str(ip_address(host))
        try:  # in a thread of its own: without a network the system's look-up goes on for ten seconds and more
            found = await self._names.call(socket.getaddrinfo, host, None, wait_s=LOOKUP_S)
        except (OSError, DeviceError):
            return None
        return str(found[0][4][0]) if found else None

    async def _box_answers(self, box: IPv4Address) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as prod:
            prod.setblocking(False)
            prod.sendto(b"", (str(box), DISCARD_PORT))  # makes the kernel ask for its hardware address
        asked = [asyncio.ensure_future(_answers(str(box), port, BOX_S)) for port in BOX_PORTS]
        answers = await asyncio.gather(*asked)
        return any(answer is not None for answer in answers) or self._kernel.knows(box)


def _has_way(address: str) -> bool:
    """Whether this PC has an address and a route to go there; sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((address, DISCARD_PORT))
        except OSError:
            return False
    return True


async def _answers(address: str, port: int, within_s: float) -> bool | None:
    """True: it took the connection; False: it refused; None: nothing was heard of it."""
    try:
        async with asyncio.timeout(within_s):
            _, writer = await asyncio.open_connection(address, port)
    except TimeoutError:
        return None
    except OSError as error:
        return None if error.errno in NOT_THERE or not isinstance(error, ConnectionError) else False
    writer.close()
    return True
