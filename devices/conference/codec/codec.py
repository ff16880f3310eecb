"""What the road asks of one maker's codec: a driver knows its words, not whose call it is nor what is evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from devices.contract import Ability, Standing


class Stage(Enum):
    RINGING = auto()  # somebody calls the codec
    DIALLING = auto()
    STANDS = auto()


@dataclass(frozen=True, slots=True)
class Leg:
    """One call of the codec's, ours or not; `call` is the codec's own number for it."""

    call: str
    stage: Stage
    far: str = ""  # who it is, for a person
    number: str = ""  # and by number, where the codec tells it


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream of media by the codec's own counters; `report` is the far end's on what we send."""

    call: str
    key: str  # of this channel alone
    kind: str  # audio or video
    inbound: bool
    packets: int
    lost: int = 0
    frame_rate: float = 0.0
    width: int = 0
    height: int = 0
    codec: str = ""
    report: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """All that the codec says at one moment."""

    legs: tuple[Leg, ...] = ()
    muted: bool | None = None  # its microphones, by itself
    channels: tuple[Channel, ...] = ()
    full: bool = False  # more calls than it tells of


class Codec(Protocol):
    """Every method within the time that its caller sets; DeviceError only."""

    measures: bool  # whether channels() of a look are counters
    abilities: frozenset[Ability]
    changed: Callable[[], None]  # set by the road: the codec has told something without being asked

    async def open(self) -> None:
        """Reaches and enters it; idempotent. AUTH where it refuses us."""

    async def close(self) -> None:
        """Never raises; idempotent."""

    async def look(self) -> Look: ...

    async def dial(self, number: str) -> str:
        """The number of the call that begins."""

    async def answer(self, call: str) -> None: ...

    async def hang_up(self, call: str) -> None:
        """Ends or refuses this call and no other."""

    async def mute(self, on: bool) -> None:
        """An order; whether it was followed is in the next look."""

    async def send_tones(self, call: str, tones: str) -> None: ...

    async def recall_preset(self, number: int) -> None:
        """The codec's own camera; an order, not a proof."""

    def why_ended(self, call: str) -> Standing | None:
        """What it said of this call's end, where it said anything that we know."""
