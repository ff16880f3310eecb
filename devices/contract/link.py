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


class PathState(StrEnum):
    GOOD = "good"
    WEAK = "weak"
    BAD = "bad"  # never on fewer packets than the verdict's own least
    UNKNOWN = "unknown"  # nothing answered, or too little was asked to tell


class PathFault(StrEnum):
    """What a path lacks, each with a number in its report."""

    LOSS = "loss"
    DELAY = "delay"
    JITTER = "jitter"
    CONNECTING = "connecting"  # TCP connections that were refused or not answered
    WRONG_WAY = "wrong_way"  # answers came by another interface than the one that was to be measured
    TOO_FEW = "too_few"  # packets, to say anything bad of it
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class PathReport:
    """One measurement of a path. Times in milliseconds, of whole round trips; None: not measured."""

    state: PathState
    faults: tuple[PathFault, ...] = ()
    sent: int = 0
    answered: int = 0
    loss_pct: float | None = None
    loss_from_pct: float | None = None  # the loss lies between these with 95 % confidence
    loss_to_pct: float | None = None
    median_ms: float | None = None
    p95_ms: float | None = None
    jitter_ms: float | None = None
    connected: int = 0  # TCP connections, of those tried
    tried: int = 0
    connect_ms: float | None = None  # their median
    interface: str | None = None  # by which the answers came in; None: the system does not say
    seconds: float = 0.0
    reason: Reason | None = None


class Path(Protocol):
    """A link whose quality can be measured before the meeting."""

    id: str

    async def measure(self) -> PathReport:
        """At least 1,500 round trips and five TCP connections, as far as configured; within 5 s; never raises."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """What a path really carried, in kbit/s that arrived; None: that direction was not measured, for `reason`.

    `state` is the worse direction's; UNKNOWN unless both were measured.
    """

    state: PathState
    up_kbps: float | None = None
    down_kbps: float | None = None
    reason: Reason | None = None


class ThroughputMeter(Protocol):
    """A link with a server at its far end that measures with us."""

    id: str  # the link's

    async def measure(self) -> Throughput:
        """Fills the line for seconds each way, so never during a call; within 12 s; never raises."""
