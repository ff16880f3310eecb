"""What the room may ask of a road into a meeting, and what counts as evidence of being in it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from devices.contract.errors import DeviceError, Reason


@dataclass(frozen=True, slots=True)
class MediaCount:
    """Counters since joining, summed over all connections of the page."""

    frames: int = 0
    packets: int = 0
    width: int = 0
    height: int = 0
    reported: int = 0  # inbound only: packets of this kind that the far sender says it has sent


class Standing(StrEnum):
    """What the platform itself says of us, where it says anything; believed for the sentence, never as evidence."""

    WAITING_ROOM = "waiting_room"  # somebody at the chair site must let us in
    LOCKED = "locked"
    FULL = "full"
    NO_ROOM = "no_room"  # no such room or number
    PASSWORD = "password"  # asks for one, or refused the one that the secret store holds
    BUSY = "busy"
    REFUSED = "refused"  # the other side said no
    REMOVED = "removed"  # put out by the moderator
    ENDED = "ended"  # for all


class Request(StrEnum):
    """What the chair site's moderator asks of us over the platform; nothing of it is done by itself (Art. 9.2.a)."""

    UNMUTE = "unmute"
    MUTED = "muted"  # it muted us
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One look at a conference's own counters. Times are time.monotonic(); counters only grow within one join."""

    at: float
    connections: int = 0  # peer connections that reached "connected"
    feedback: int = 0  # grows with every sign of life of the transport: ICE consent answers and received packets
    acknowledged: int = 0  # grows when the far end's report on our packets arrives
    video_in: MediaCount = field(default_factory=MediaCount)
    audio_in: MediaCount = field(default_factory=MediaCount)
    video_out: MediaCount = field(default_factory=MediaCount)
    audio_out: MediaCount = field(default_factory=MediaCount)
    rtt_ms: float | None = None
    loss_pct: float | None = None
    microphone_muted: bool | None = None  # the platform itself keeps our sound back; None: not known
    page_error: str | None = None  # crashed, hung (both final), load_failed, certificate, unsandboxed, program_ended
    standing: Standing | None = None
    signalling: bool | None = None  # whether the talk with the server stands; media may go on without it
    freezes: int = 0  # pictures from the far end that stood still
    codecs: frozenset[str] = frozenset()  # in use, as "video/VP8"
    common_video: bool | None = None  # False: the far side's picture has no codec that this road knows
    camera_ended: bool = False  # the camera's own track ended under the platform: unplugged, or taken
    microphone_ended: bool = False
    hand: bool | None = None  # raised on the platform
    participants: tuple[str, ...] | None = None  # names as the platform shows them, ours too; for the screen only
    requests: frozenset[Request] = frozenset()
    ringing: str = ""  # who calls us and has not been answered
    attached: int = 0  # how often the road has put its fallen page up anew within this join
    window: bool | None = None  # roads of programs: its window is there
    capturing: bool | None = None  # roads of programs: the sound system says that it takes a microphone
    playing: bool | None = None  # and that it plays sound


class CallState(StrEnum):
    IDLE = "idle"
    PROBING = "probing"
    CONNECTING = "connecting"
    WAITING_ROOM = "waiting_room"
    IN_ROOM = "in_room"
    MEDIA_OK = "media_ok"
    DEGRADED = "degraded"
    SIGNALLING_LOST = "signalling_lost"
    MEDIA_LOST = "media_lost"
    RECOVERING = "recovering"
    LEFT = "left"
    FAILED = "failed"


class Ability(StrEnum):
    """What a road can do beside joining and leaving. A button exists only where its road has the ability."""

    MICROPHONE = "microphone"  # turn the platform's own microphone switch
    HAND = "hand"
    PARTICIPANTS = "participants"
    LAYOUT = "layout"
    ANSWER = "answer"  # a call that comes in
    TONES = "tones"  # DTMF
    WINDOW = "window"  # bring the program's own window to the stage


class Layout(StrEnum):
    SPEAKER = "speaker"  # whoever speaks fills the stage
    TILES = "tiles"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Where to: `address` with room and name filled in, `room` as the officer was told it, `name` this site's own.

    A road takes of it what it needs; none of it may stand in a log, an argument that others can read, or an error.
    """

    address: str
    room: str
    name: str


class Conference(Protocol):
    """One road into a meeting.

    Every order may end in DeviceError(UNSUPPORTED) where `abilities` lacks it, or with the other reasons. The answer to
    an order is what the platform then *says*; None where it says nothing. What is true is in evidence().
    """

    road: str
    measures: bool  # False: this road cannot measure; the screen says "unknown" and asks a person

    @property
    def abilities(self) -> frozenset[Ability]:
        """What this platform can do now: a page's hands are known only once it is loaded. Any thread."""

    async def warm(self) -> None:
        """May be asked ahead of a join, which is then quick: shows nothing, holds no device, goes to no server.

        Within 15 s; idempotent; leave() gives back what it holds. DeviceError where the road could not join either.
        """

    async def join(self, to: Invitation) -> None:
        """Begins joining, microphone closed; returns when it is asked for (<= 5 s); DeviceError if refused.

        Refused or cancelled, nothing of it goes on. While joined: the old call is left first, or REFUSED_BUSY.
        """

    async def leave(self) -> None:
        """Ends this site's own part of the call, never anybody else's. Within 3 s; idempotent."""

    async def set_microphone(self, on: bool) -> bool | None:
        """The platform's own microphone switch; what it then is, None where the road cannot turn it. Within 1.5 s.

        It neither opens nor closes anything at the system, and is no proof of silence: that is the guard's.
        """

    async def raise_hand(self, up: bool) -> bool | None:
        """The platform's own hand. Within 1.5 s."""

    async def show(self, layout: Layout) -> Layout | None:
        """How the far sites are laid out on our own stage; changes nothing for anybody else. Within 1.5 s."""

    async def wait_for_calls(self) -> None:
        """From now on a call that comes in rings in evidence(), until stop(). Within 5 s."""

    async def stop(self) -> None:
        """Leaves, and waits for no calls any more. Within 4 s; idempotent."""

    async def answer(self) -> None:
        """Takes the call that is ringing (evidence().ringing); NOT_NOW where none is. Within 5 s."""

    async def send_tones(self, tones: str) -> None:
        """DTMF, each of 0-9 * #, at most 32; into a call that stands. Within 5 s."""

    async def bring_window(self) -> bool:
        """Brings the program's own window to the stage; whether the window system shows it there. Within 2 s."""

    def evidence(self) -> Evidence | None:
        """The newest look at the counters; None while not joined, but for a call that rings. Any thread."""

    def is_sandboxed(self) -> bool | None:
        """Whether the kernel shuts the page in; None: not started yet, or not a web road."""


class Unable(ABC):
    """The orders that a road does not have: mix in, and override those that it has."""

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset()

    async def warm(self) -> None:
        return None

    async def set_microphone(self, on: bool) -> bool | None:
        return None

    async def raise_hand(self, up: bool) -> bool | None:
        raise DeviceError(Reason.UNSUPPORTED, "this road has no hand to raise")

    async def show(self, layout: Layout) -> Layout | None:
        raise DeviceError(Reason.UNSUPPORTED, "this road lays nothing out")

    async def wait_for_calls(self) -> None:
        raise DeviceError(Reason.UNSUPPORTED, "nobody can call this road")

    @abstractmethod
    async def leave(self) -> None:
        """Every road has its own."""

    async def stop(self) -> None:
        await self.leave()

    async def answer(self) -> None:
        raise DeviceError(Reason.UNSUPPORTED, "nobody can call this road")

    async def send_tones(self, tones: str) -> None:
        raise DeviceError(Reason.UNSUPPORTED, "this road sends no tones")

    async def bring_window(self) -> bool:
        raise DeviceError(Reason.UNSUPPORTED, "this road has no window of its own")

    def is_sandboxed(self) -> bool | None:
        return None
