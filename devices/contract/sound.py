"""What the room may ask of microphones, loudspeakers, the guard over all of them, and a recorder."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol


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

    async def ring(self) -> bool:
        """The room's bell, softly, at the volume that stands; True: it went to this device. In 5 s; never raises."""

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
