"""The practice room: camera, picture and conference on loopback, over the real protocols, with faults on demand."""

import asyncio
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from devices.audio.stand_in import StandInMicrophone
from devices.contract import Layer
from devices.practice.camera import PracticeCamera
from devices.practice.stream import PracticeStream

MENDED_S = 5.0  # after the carrier was called, the practice line comes back
BREAKS_AFTER_S = 6.0  # an armed line breaks this long after the meeting stands

SEAT_ZOOM, SEAT_TILT = 0x2600, -40
# Where the camera's framings point (pan, tilt, zoom in VISCA steps): the overview, then the people from the left.
FRAMINGS = {0: (0, 0, 0)} | {seat: (-1248 + 416 * (seat - 1), SEAT_TILT, SEAT_ZOOM) for seat in range(1, 7)}
FAULTS = (
    "camera_silent",
    "camera_refuses",
    "camera_turned",
    "camera_forgets",
    "lights_off",
    "mic_dead",
    "mic_howls",
    "link_lost",
)

MIC_FAULTS = ("mic_dead", "mic_howls")  # only a stand-in can be told to; a real microphone is the PC's own


@dataclass(frozen=True, slots=True)
class PracticePorts:
    """Where the practice room listens, on 127.0.0.1."""

    camera: int
    web: int


class PracticeRoom:
    """Starts and stops the simulators; keeps which faults are on."""

    def __init__(self, page: Path) -> None:
        """`page` is the practice conference, served under /hop/."""
        self.camera = PracticeCamera(FRAMINGS)
        self._stand_ins: list[StandInMicrophone] = []
        self._page = page
        self._armed, self._link_lost = False, False
        self._timers: list[asyncio.TimerHandle] = []
        self._stream = PracticeStream(
            self.camera.position,
            {"/hop-state": ("application/json", self._state)},
            {"/hop/": lambda _path: ("text/html; charset=utf-8", self._page.read_bytes())},
        )

    async def start(self) -> PracticePorts:
        return PracticePorts(await self.camera.start(), await self._stream.start())

    async def stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        await self._stream.stop()
        await self.camera.stop()

    def _state(self) -> bytes:
        return json.dumps({"link": not self._link_lost}).encode()

    def hears(self, microphones: Iterable[object]) -> None:
        """Only stand-ins can be made deaf on demand; a real microphone is the PC's own."""
        self._stand_ins = [m for m in microphones if isinstance(m, StandInMicrophone)]

    # --- faults on demand (roomapp.running.room.PracticeFaults) ---

    def faults(self) -> tuple[tuple[str, bool], ...]:
        on = {
            "camera_silent": self.camera.silent,
            "camera_refuses": self.camera.refuses,
            "camera_turned": False,  # done in a moment, and mended by calling the framing again
            "camera_forgets": not self.camera.presets,
            "lights_off": not self._stream.lights,
            "mic_dead": any(m.dead for m in self._stand_ins),
            "mic_howls": any(m.howls for m in self._stand_ins),
            "link_lost": self._armed or self._link_lost,
        }
        return tuple((fault, on[fault]) for fault in FAULTS if fault not in MIC_FAULTS or self._stand_ins)

    def toggle(self, fault: str) -> None:
        """A lost link waits for the meeting: it breaks when one has stood for a while."""
        if fault == "camera_silent":
            self.camera.silent = not self.camera.silent
        elif fault == "camera_refuses":
            self.camera.refuses = not self.camera.refuses
        elif fault == "camera_turned":
            self.camera.turn_by_hand()
        elif fault == "camera_forgets":
            if self.camera.presets:
                self.camera.forgets()
            else:
                self.camera.presets.update(FRAMINGS)
        elif fault == "lights_off":
            self._stream.lights = not self._stream.lights
        elif fault == "mic_dead":
            dead = not any(m.dead for m in self._stand_ins)
            for microphone in self._stand_ins:
                microphone.dead = dead
        elif fault == "mic_howls":  # while it is open
            howls = not any(m.howls for m in self._stand_ins)
            for microphone in self._stand_ins:
                microphone.howls = howls
        elif fault == "link_lost":
            on = not (self._armed or self._link_lost)
            self._armed, self._link_lost = on, False

    def in_meeting(self) -> None:
        if self._armed:
            self._armed = False
            self._later(BREAKS_AFTER_S, self.break_link)

    def carrier_called(self) -> None:
        self._later(MENDED_S, self.mend_link)

    async def find(self, host: str, port: int) -> Layer:
        """devices.contract.PathFinder: this room's line ends where its story says."""
        return Layer.CARRIER if self._link_lost else Layer.PLATFORM

    def break_link(self) -> None:
        self._link_lost = True

    def mend_link(self) -> None:
        self._link_lost = False

    def _later(self, seconds: float, work: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, work))
