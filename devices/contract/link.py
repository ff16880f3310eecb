"""What the room may ask of its way to the network."""

from dataclasses import dataclass
from typing import Protocol

from devices.contract.errors import Reason


@dataclass(frozen=True, slots=True)
class LinkStatus:
    passed: bool
    rtt_ms: float | None
    reason: Reason | None = None


class Link(Protocol):
    id: str

    async def probe(self) -> LinkStatus:
        """One round trip to the configured host; within 3 s; never raises."""
