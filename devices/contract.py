"""What the room may ask of a machine: small protocols, and the fixed list of ways in which an answer can end.

Every method is bounded: it returns or raises within the time its docstring names. A driver raises nothing but
DeviceError. Levels and frames are read from a newest-value slot by any thread; they are never sent as events.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Reason(StrEnum):
    """Why a device did not do what it was asked. Fixed list; each has a sentence and a next step on screen."""

    NO_ANSWER = "no_answer"
    REFUSED_BUSY = "refused_busy"
    NOT_NOW = "not_now"
    UNSUPPORTED = "unsupported"
    AUTH = "auth"
    PRESET_MISSING = "preset_missing"
    LINK_LOST = "link_lost"
    PROTOCOL = "protocol"
    SUPERSEDED = "superseded"


class DeviceError(Exception):
    """A device call that did not succeed. `detail` is for the log and holds no secret."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else str(reason))
        self.reason = reason
        self.detail = detail


class DeviceTimeout(DeviceError):
    """Nothing came back within the named time."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(Reason.NO_ANSWER, detail)


# --- cameras ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Position:
    """Where a camera points, in the camera's own units: "visca" (signed 16-bit steps) or "onvif" (-1…1, zoom 0…1)."""

    pan: float
    tilt: float
    zoom: float
    units: str = "visca"


class Outcome(StrEnum):
    """verified: done and read back. sent: accepted, but nothing could be read back. failed: with a Reason."""

    VERIFIED = "verified"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Aim:
    """How one recall, store or way to a position ended. `token`: what the camera itself calls the preset (ONVIF)."""

    outcome: Outcome
    reason: Reason | None
    position: Position | None
    seconds: float
    token: str = ""


class CameraState(StrEnum):
    READY = "ready"
    STANDBY = "standby"
    OFFLINE = "offline"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """What the camera answered just now (connected means: answered an inquiry)."""

    state: CameraState
    reason: Reason | None = None
    position: Position | None = None


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a camera can do, as far as is known now: what it lacks is not shown."""

    pan_tilt: bool = True
    zoom: bool = True
    presets: bool = True
    absolute: bool = True  # it can be sent to a position that was read back earlier
    power: bool = True


class Camera(Protocol):
    """One PTZ camera."""

    id: str
    verified_on: str  # the hardware on which this driver was proven; "" = never yet, and the technician is told so

    def abilities(self) -> Abilities:
        """From the model's table, and from the camera itself once it has answered. No IO; read by any thread."""

    def agrees(self, one: Position, other: Position) -> bool:
        """Whether two readings are one place, within the model's tolerance; False for other units. No IO."""

    async def close(self) -> None:
        """Lets go of the line; the next call opens it again."""

    async def status(self) -> CameraStatus:
        """One inquiry of power and position; within 1 s, over HTTP 3.5 s. Never raises: silence is OFFLINE, no_answer.

        A password that was refused may be told again for a while without asking: cameras shut accounts out. close()
        and any order ask anew.
        """

    async def recall_preset(self, preset: int, stored: Position | None, token: str = "") -> Aim:
        """Goes to `preset`. `stored` is the position read back when the preset was stored (None: not known).

        `token` is what store_preset told then ("": not known). Cameras that name their presets (ONVIF) are sent only to
        one that we stored, by this token or by the name that we gave it; anything else is FAILED, preset_missing.

        VERIFIED only with the camera's completion and a settled position read back that agrees with `stored`.
        No answer is FAILED within 3 s; a camera whose read-back position is still changing is waited for, up to
        15 s. A newer recall makes the older one end FAILED, superseded. Never raises.
        """

    async def store_preset(self, preset: int, token: str = "") -> Aim:
        """Stores where it points as `preset`; VERIFIED with completion and the position read back. Within 3 s.

        `token`: of the preset that is overwritten ("": none, or not known); the Aim tells the one to be kept.
        """

    async def go_to(self, position: Position) -> Aim:
        """Goes to a position without a preset, for a camera that forgot its presets; otherwise like recall_preset.

        VERIFIED when the settled position read back agrees. FAILED, unsupported for one that cannot.
        """

    async def drive(self, pan: float, tilt: float, zoom: float) -> None:
        """Moves at -1…1 of its top speed (right, up, closer positive) until stop() or 0.5 s without a refresh."""

    async def stop(self) -> None:
        """Stops all motion; jumps every queue. Within 1 s."""

    async def set_power(self, on: bool) -> None:
        """Be on, or be in standby: idempotent. Within 3 s."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: BGR, height x width x 3, uint8; `arrived` is time.monotonic() of its arrival."""

    image: NDArray[np.uint8]
    arrived: float
    number: int


class Video(Protocol):
    """A camera's picture: one drained reader, of which only the newest frame is kept."""

    def start(self) -> None:
        """Begins reading in its own thread; returns at once; idempotent."""

    def stop(self) -> None:
        """Ends the thread within 4 s; idempotent."""

    def newest(self) -> Frame | None:
        """The newest frame, any age (judge freshness by `arrived`); None before the first one."""

    def why_not(self) -> Reason | None:
        """Why there is no picture now; None while there is one, or nothing is known yet."""


class Finding(StrEnum):
    """What is wrong with a picture. Fixed list; each has a sentence and a next step on screen."""

    BLACK = "black"
    DIM = "dim"
    OVER_EXPOSED = "over_exposed"
    NO_SIGNAL = "no_signal"
    FROZEN = "frozen"
    BLURRED = "blurred"
    DIRTY = "dirty"


@dataclass(frozen=True, slots=True)
class PictureReference:
    """How sharp one framing was at commissioning: focus and dirt are judged against this framing's own picture only.

    `sharpness` is the variance of the Laplacian of the whole picture at 640 x 360 grey, less the sensor's noise (so two
    frames or more make a better one), `tiles` that of each of 8 x 8 tiles, row by row from the top left.
    """

    sharpness: float
    tiles: tuple[float, ...]


class PictureJudge(Protocol):
    """Looks at a few frames of one camera; blocking, 20 ms of CPU at most, for a thread of one's own."""

    def judge(self, frames: Sequence[Frame], reference: PictureReference | None) -> tuple[Finding, ...]:
        """What is wrong, worst first; light first, focus and dirt only in good light and with a reference.

        FROZEN wants 5 frames and more than 2 s between the first and the last: identical to the byte.
        """

    def refer(self, frames: Sequence[Frame]) -> PictureReference:
        """The reference that these frames make; ValueError without a frame."""

    def png(self, frame: Frame, width: int | None = None) -> bytes:
        """The picture as PNG, scaled to `width` px if told so."""


@dataclass(frozen=True, slots=True)
class FoundCamera:
    """A camera that answered on the local network."""

    host: str
    port: int
    name: str
    model: str


class CameraFinder(Protocol):
    async def find(self, wait_s: float) -> tuple[FoundCamera, ...]:
        """Asks the local network (WS-Discovery) and listens for wait_s; each camera once; never raises."""


# --- sound -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChannelLevel:
    """One channel: the last block's RMS, sample peak and true peak, and its loudness after ITU-R BS.1770-4.

    Momentary is over 400 ms, short-term over 3 s (EBU Tech 3341), each looked at every 10 ms: the largest that ended in
    the block; -inf until so much was heard, and in silence.
    """

    rms_dbfs: float
    peak_dbfs: float
    true_peak_dbtp: float
    momentary_lufs: float
    short_term_lufs: float


@dataclass(frozen=True, slots=True)
class Level:
    """What was heard in the last block. dBFS of a sample value (a full-scale square is 0); -inf is silence.

    rms_dbfs and peak_dbfs are those of the loudest channel; `channels` tells each apart, in the device's own order.
    """

    rms_dbfs: float
    peak_dbfs: float
    exact_zero: bool  # every sample of the block was digital zero
    arrived: float  # time.monotonic()
    channels: tuple[ChannelLevel, ...] = ()


@dataclass(frozen=True, slots=True)
class Notices:
    """What a listening microphone notices by itself, without a check; newest truth of an open microphone."""

    at: float  # time.monotonic() of the newest sample that was looked at
    howling: bool  # feedback is building up now
    clipping: bool  # within the last 2 s
    breaks: int  # gaps in the stream within the last 5 minutes
    speechless_s: float  # since a voice was last heard, at most since it began to listen


class MicState(StrEnum):
    """CLOSED only with the system's mute flag on every source and zeros measured; UNKNOWN when either is unproven."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class SoundFault(StrEnum):
    ABSENT = "absent"
    WRONG_DEVICE = "wrong_device"
    DEAD = "dead"
    SILENT_CHANNEL = "silent_channel"
    NO_SPEECH = "no_speech"
    TOO_QUIET = "too_quiet"
    TOO_LOUD = "too_loud"
    NOISY = "noisy"
    HUM = "hum"
    CLIPPING = "clipping"
    HOWL = "howl"
    DC = "dc"
    MONITOR = "monitor"
    PHASE = "phase"
    DROPOUTS = "dropouts"


@dataclass(frozen=True, slots=True)
class MicrophoneVerdict:
    """The two-step check of one microphone; None = not measured. Level in dBov (sine at full scale = -3.01).

    `warnings` are faults that are not yet bad enough to fail; worst first, as `faults`: causes before their symptoms.
    `channel`: which one is silent or in opposite phase, counted from 0; None where neither is found.
    """

    passed: bool
    faults: tuple[SoundFault, ...]
    level_dbov: float | None
    floor_dbfs: float | None
    snr_db: float | None
    device: str | None
    warnings: tuple[SoundFault, ...] = ()
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class LoudspeakerVerdict:
    """heard: the microphone heard our chirp; None = not conclusive, a person must listen.

    level_db: what came back against what was sent. change_db: that against the room's baseline; None without one.
    channels: the same as `heard` for each channel of the loudspeaker, left first; empty where they are not told apart.
    """

    passed: bool
    heard: bool | None
    level_db: float | None
    delay_ms: float | None
    reason: SoundFault | None = None  # of the loudspeaker: absent, or its sound went to a wrong_device
    change_db: float | None = None
    channels: tuple[bool | None, ...] = ()
    ears: SoundFault | None = None  # why the microphone could not tell


class Microphone(Protocol):
    """The configured microphone, found by its stable OS name."""

    id: str
    stand_in: bool  # True: no audio server here; a named stand-in of the practice room

    def start(self) -> None:
        """Begins listening for the meter; returns within 2 s; raises DeviceError when the device is not there."""

    def stop(self) -> None:
        """Stops listening; idempotent; within 2 s."""

    def level(self) -> Level | None:
        """The newest block (50 ms) heard; None before the first."""

    def misplaced(self) -> frozenset[SoundFault]:
        """What the system says against what is heard: absent, wrong_device, monitor; empty: it is this microphone."""

    def notices(self) -> Notices | None:
        """What it notices by itself now; None before the first samples and while it is not heard. Any thread."""

    async def check(self, silence_s: float, speech_s: float, step: Callable[[str, float], None]) -> MicrophoneVerdict:
        """Listens through silence, then speech; `step("silence", 3.0)` is called as each begins.

        The caller has opened the microphone. Ends within silence_s + speech_s + 3 s; never raises.
        """


class Loudspeaker(Protocol):
    id: str
    stand_in: bool

    async def check(self, microphone: Microphone | None, baseline_db: float | None = None) -> LoudspeakerVerdict:
        """Plays a chirp, softly first, and listens for it; within 8 s; never raises.

        `baseline_db` is the level_db of the room's commissioning; far from it is not passed.
        """

    async def volume(self) -> int | None:
        """0…10, as the system has it; None when unknown."""

    async def set_volume(self, tenths: int) -> int:
        """Sets 0…10 and returns what the system reads back."""


class MicrophoneGuard(Protocol):
    """The system's own mute over every microphone of this PC (Art. 9.2.a of the Hà Giang rules)."""

    stand_in: bool

    async def close(self) -> MicState:
        """Mutes every source, now and whenever one appears or is unmuted by another program; measures the silence.

        Returns CLOSED when proven, else UNKNOWN; within 1.5 s; never raises.
        """

    async def open(self, id: str = "") -> MicState:
        """Unmutes one configured microphone only, by its profile id ("": the first). Within 1 s.

        It stays open no longer than LEASE_S (1 s) after the last keep_alive(): a program that hangs or was killed
        cannot hold it open.
        """

    def keep_alive(self) -> None:
        """The program is in order: called at least every 0.25 s. Returns at once; any thread."""

    def state(self) -> MicState:
        """The newest truth, from flags and measured samples; read by any thread."""

    async def stop(self) -> None:
        """Closes, then lets go of the audio server."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One finished file of a recording. `complete` is False where a kill or a power cut ended it."""

    path: Path
    seconds: float
    sha256: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class RecordingState:
    """`stopped_by`: "" while it runs or was stopped as asked, else disk_full or failed; what was written is kept."""

    recording: bool
    seconds: float
    stopped_by: str = ""


class Recorder(Protocol):
    """What is heard in the room, written to files: our own microphone and what the loudspeaker plays."""

    async def start(self, folder: Path) -> None:
        """Begins; DeviceError: NOT_NOW with too little room on the disk, else it cannot be written. Within 2 s."""

    async def stop(self) -> tuple[Segment, ...]:
        """Ends it and tells every file that was not told before, the last one closed. Within 5 s; idempotent."""

    def finished(self) -> tuple[Segment, ...]:
        """Files finished since the last call. Any thread."""

    def state(self) -> RecordingState:
        """The newest truth; read by any thread."""

    async def take_up(self, folder: Path, known: Collection[str]) -> tuple[Segment, ...]:
        """Closes what a kill left in the folder, and tells every file whose name is not known. Within 10 s."""


# --- conference ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MediaCount:
    """Counters since joining, summed over all connections of the page."""

    frames: int = 0
    packets: int = 0
    width: int = 0
    height: int = 0
    reported: int = 0  # inbound only: packets of this kind that the far sender says it has sent


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
    page_error: str | None = None  # crashed, hung (both final), load_failed, certificate, unsandboxed


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


class Conference(Protocol):
    """One road into a meeting."""

    road: str
    measures: bool  # False: this road cannot measure; the screen says "unknown" and asks a person

    async def join(self, url: str, name: str) -> None:
        """Begins joining, microphone closed; returns when the page is asked for (<= 5 s); DeviceError if refused."""

    async def leave(self) -> None:
        """Ends this site's own part of the call. Within 3 s; idempotent."""

    async def set_microphone(self, on: bool) -> bool | None:
        """The platform's own microphone switch; what it then is, None where the road cannot turn it. Within 1.5 s.

        It neither opens nor closes anything at the system, and is no proof of silence: that is the guard's.
        """

    def evidence(self) -> Evidence | None:
        """The newest look at the counters; None while not joined."""

    def is_sandboxed(self) -> bool | None:
        """Whether the kernel shuts the page in; None: not started yet, or not a web road."""


# --- link ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkStatus:
    passed: bool
    rtt_ms: float | None
    reason: Reason | None = None


class Link(Protocol):
    id: str

    async def probe(self) -> LinkStatus:
        """One round trip to the configured host; within 3 s; never raises."""


Json = Mapping[str, Any]
