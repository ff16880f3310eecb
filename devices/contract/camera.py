"""What the room may ask of a camera, of its picture, and of whoever judges one."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from devices.contract.errors import Reason


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


class CodeReader(Protocol):
    """Reads a QR code in one picture; blocking, 50 ms of CPU at most, for a thread of one's own."""

    def read(self, frame: Frame) -> str:
        """Its text; empty: there is none."""


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
