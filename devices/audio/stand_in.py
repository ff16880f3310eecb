"""The practice room's named stand-ins for a PC without an audio server: they behave, and say what they are."""

import asyncio
import math
import time
from collections.abc import Callable

import numpy as np

from devices.audio.measuring.meter import BLOCK_FRAMES, RATE_HZ, Samples, active_level_dbov, measure
from devices.audio.measuring.verdict import judge
from devices.contract import Level, LoudspeakerVerdict, Microphone, MicrophoneVerdict, MicState, Notices, SoundFault

STAND_IN = "stand-in"  # the name of the device that there is not
FLOOR_DBFS = -62.0
SPEECH_DBOV = -22.0  # RFC 7874's level
LOOP_S = 4.0
SYLLABLES_S = 4
VOWELS_HZ = np.array([(750, 1200, 2600), (350, 2200, 2900), (400, 800, 2500), (550, 1800, 2600)], float)  # a i u e
CHIRP_S = 0.5


def speech_like(seconds: float, level_dbov: float = SPEECH_DBOV) -> Samples:
    """Syllables of a voice: four gliding vowels on 120 Hz, a pause in every fourth second; mono 48 kHz.

    Close enough to a person's for the voice detector, which takes plain harmonics for a machine.
    """
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pitch = 120 * (1 + 0.15 * np.sin(2 * np.pi * 0.7 * t) + 0.05 * np.sin(2 * np.pi * 2.3 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    coarse = np.arange(0, seconds + 0.01, 0.01)
    vowel = (coarse * SYLLABLES_S).astype(int)
    glide = np.clip((coarse * SYLLABLES_S - vowel) * 2, 0, 1)
    formants = VOWELS_HZ[vowel % 4].T * (1 - glide) + VOWELS_HZ[(vowel + 1) % 4].T * glide
    coarse_pitch = np.interp(coarse, t, pitch)
    voice, before, partial, twice_cos = np.zeros_like(t), np.zeros_like(t), np.sin(phase), 2 * np.cos(phase)
    for k in range(1, 27):
        heard = sum(1 / (n * (1 + ((k * coarse_pitch - f) / 80) ** 2)) for n, f in enumerate(formants, 1))
        voice += partial * np.interp(t, coarse, heard / math.sqrt(k))
        before, partial = partial, twice_cos * partial - before  # sin(kx) without a sine of its own
    syllables = np.abs(np.sin(np.pi * SYLLABLES_S * t)) ** 0.7 * (np.floor(t) % 4 != 3)
    wave: Samples = (voice * syllables).astype(np.float32)
    return wave * np.float32(10 ** ((level_dbov - active_level_dbov(wave)) / 20))


def noise(seconds: float, level_dbfs: float = FLOOR_DBFS, seed: int = 1) -> Samples:
    """A quiet room; mono 48 kHz."""
    made = np.random.default_rng(seed).normal(0, 10 ** (level_dbfs / 20), round(seconds * RATE_HZ))
    return made.astype(np.float32)


class StandInGuard:
    """Remembers what it was told: true of the stand-in, and of nothing else on this PC."""

    stand_in = True

    def __init__(self) -> None:
        self._state = MicState.CLOSED

    async def close(self) -> MicState:
        self._state = MicState.CLOSED
        return self._state

    async def open(self, id: str = "") -> MicState:
        self._state = MicState.OPEN
        return self._state

    def keep_alive(self) -> None:
        return None  # it lives and dies with this program

    def state(self) -> MicState:
        return self._state

    async def stop(self) -> None:
        await self.close()


class StandInMicrophone:
    """Hears a made-up voice while its guard is open, exact zeros while it is closed; `dead`: nothing but zeros."""

    stand_in = True

    def __init__(self, id: str, guard: StandInGuard) -> None:
        self.id = id
        self.dead = self.howls = False
        self._guard = guard
        self._listening = False
        self._spoken_at = time.monotonic()
        self._speaking = True  # outside a check somebody is always speaking
        self._voice = speech_like(LOOP_S) + noise(LOOP_S)
        self._room = noise(LOOP_S, seed=2)

    def start(self) -> None:
        self._listening = True

    def stop(self) -> None:
        self._listening = False

    def level(self) -> Level | None:
        if not self._listening:
            return None
        now = time.monotonic()
        start = int(now * RATE_HZ) % (len(self._voice) - BLOCK_FRAMES)
        heard = self._silenced() if self._silent() else (self._voice if self._speaking else self._room)
        return measure(heard[start : start + BLOCK_FRAMES, np.newaxis], now)

    def misplaced(self) -> frozenset[SoundFault]:
        return frozenset()

    def notices(self) -> Notices | None:
        if not self._listening:
            return None
        quiet = self._silent() or not self._speaking
        now = time.monotonic()
        if not quiet:
            self._spoken_at = now
        return Notices(now, self.howls and not self._silent(), False, 0, now - self._spoken_at)

    async def check(self, silence_s: float, speech_s: float, step: Callable[[str, float], None]) -> MicrophoneVerdict:
        try:
            step("silence", silence_s)
            self._speaking = False
            await asyncio.sleep(silence_s)
            step("speech", speech_s)
            self._speaking = True
            await asyncio.sleep(speech_s)
        finally:
            self._speaking = True
        silence, speech = (self._silenced(),) * 2 if self._silent() else (self._room, self._voice)
        return judge(silence[:, np.newaxis], speech[:, np.newaxis], STAND_IN, frozenset())

    def _silent(self) -> bool:
        return self.dead or self._guard.state() is MicState.CLOSED

    def _silenced(self) -> Samples:
        return np.zeros_like(self._room)


class StandInLoudspeaker:
    """Keeps a volume; heard by a stand-in microphone that is open. `dead`: it makes no sound."""

    stand_in = True

    def __init__(self, id: str) -> None:
        self.id = id
        self.dead = False
        self._tenths = 6

    async def check(self, microphone: Microphone | None, baseline_db: float | None = None) -> LoudspeakerVerdict:
        await asyncio.sleep(CHIRP_S)
        if microphone is None:
            return LoudspeakerVerdict(False, None, None, None)
        microphone.start()
        level = microphone.level()
        if level is None or level.exact_zero:
            return LoudspeakerVerdict(False, None, None, None, SoundFault.DEAD)
        heard = not self.dead and self._tenths > 0
        return LoudspeakerVerdict(heard, heard, None, None)

    async def ring(self) -> bool:
        return False  # nobody would hear it

    async def volume(self) -> int | None:
        return self._tenths

    async def set_volume(self, tenths: int) -> int:
        self._tenths = min(max(tenths, 0), 10)
        return self._tenths
