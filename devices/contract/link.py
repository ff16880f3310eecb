"""What the room may ask of its way to the network."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from devices.contract.errors import Reason


@dataclass(frozen=True, slots=True)
class LinkStatus:
    passed: bool
    rtt_ms: float | None
    reason: Reason | None = None


class Layer(StrEnum):
    """Where the way to a conference ends, from this PC outwards."""

    CABLE = "cable"  # no network device of this PC has a carrier
    ADDRESS = "address"  # there is a carrier, and no address or no way out
    GATEWAY = "gateway"  # the room's own box does not answer
    CARRIER = "carrier"  # the box answers, nothing beyond it does
    SERVER = "server"  # other places answer, the conference's server does not
    PLATFORM = "platform"  # its server takes a connection: what runs on it does not serve us
    UNKNOWN = "unknown"


class PathFinder(Protocol):
    """Tells which layer died."""

    async def find(self, host: str, port: int) -> Layer:
        """Looks outwards from this PC to the conference's server; within 5 s; never raises."""


class Link(Protocol):
    id: str

    async def probe(self) -> LinkStatus:
        """One round trip to the configured host; within 3 s; never raises."""
