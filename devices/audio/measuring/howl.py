"""Feedback between loudspeaker and microphone, noticed while it builds up: by its tone, its steady rise, its roar.

One narrow peak that stands still (peak to average, to neighbours and to harmonics: van Waterschoot & Moonen, "Fifty
Years of Acoustic Feedback Control", 2011) is one form only: a loop that amplifies all frequencies alike rises as noise
and ends in a roar at full scale. Pure numpy on one channel at 48 kHz; about 0.1 ms for each 43 ms of sound.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.meter import RATE_HZ, Samples

HOP = 2048
FRAME = 2 * HOP
HOP_S = HOP / RATE_HZ
BIN_HZ = RATE_HZ / FRAME
WINDOW: Final = np.hanning(FRAME)
SCALE: Final = 2 / (FRAME * float(np.sum(WINDOW**2)))  # bins add up to the mean square
LOWEST, HIGHEST = round(150 / BIN_HZ), round(12_000 / BIN_HZ)
BESIDE = 3  # bins of one tone on either side
QUIET_DBFS = -52.0  # a room that is quieter is not looked at

TONE_HOPS, TONE_LEAST = 21, 19  # 0.9 s: a ring or a beep is shorter, a fan's whine is softer
TONE_SHARE = 0.5  # of all that is heard
TONE_STILL_HZ = 8.0
TONE_LOUD_DBFS = -32.0
TONE_GROWTH_DB = 6.0  # a softer tone that grows so much meanwhile
HARMONIC_DB = -24.0  # a voice has even harmonics; an amplifier at its end makes odd ones
ODD_HARMONIC_DB = -18.0
AT_ITS_END_DBFS = -14.0
SWELL_HOPS, SWELL_DB_S, SWELL_OFF_DB, SWELL_LOUD_DBFS = 23, 6.0, 0.8, -34.0  # 1 s of steady rise
ROAR_HOPS, ROAR_DBFS, ROAR_SPREAD_DB = 12, -6.0, 1.5  # 0.5 s; shouting into a clipping preamplifier has syllables


@dataclass(frozen=True, slots=True)
class Hop:
    """43 ms: its RMS, and the one tone that it consists of (0 Hz: none)."""

    dbfs: float
    tone_hz: float = 0.0
    tone_dbfs: float = -math.inf


class HowlWatch:
    """Takes a stream in chunks of any length; `howling` is about now."""

    def __init__(self) -> None:
        self._waiting = np.zeros(0, np.float32)
        self._frame = np.zeros(FRAME, np.float32)
        self._hops: deque[Hop] = deque(maxlen=SWELL_HOPS)
        self.howling = False

    def feed(self, channel: Samples) -> bool:
        """Whether it howled at any moment of this chunk, or still does."""
        self._waiting = np.concatenate([self._waiting, channel])
        ever = self.howling
        while len(self._waiting) >= HOP:
            hop, self._waiting = self._waiting[:HOP], self._waiting[HOP:]
            self._frame = np.concatenate([self._frame[HOP:], hop])
            self._hops.append(_look(self._frame))
            self.howling = self._tone() or self._swell() or self._roar()
            ever = ever or self.howling
        return ever

    def _tone(self) -> bool:
        newest = list(self._hops)[-TONE_HOPS:]
        tones = [hop for hop in newest if hop.tone_hz]
        if len(tones) < TONE_LEAST:
            return False
        middle = float(np.median([hop.tone_hz for hop in tones]))
        still = [hop.tone_dbfs for hop in tones if abs(hop.tone_hz - middle) <= TONE_STILL_HZ]
        if len(still) < TONE_LEAST:
            return False
        growth = float(np.mean(still[-4:]) - np.mean(still[:4]))
        return float(np.median(still)) >= TONE_LOUD_DBFS or growth >= TONE_GROWTH_DB

    def _swell(self) -> bool:
        if len(self._hops) < SWELL_HOPS or self._hops[-1].dbfs < SWELL_LOUD_DBFS:
            return False
        levels = np.array([hop.dbfs for hop in self._hops])
        if not np.isfinite(levels).all():
            return False
        at = np.arange(SWELL_HOPS) * HOP_S
        slope, start = np.polyfit(at, levels, 1)
        return bool(slope >= SWELL_DB_S and np.sqrt(np.mean((levels - start - slope * at) ** 2)) <= SWELL_OFF_DB)

    def _roar(self) -> bool:
        levels = [hop.dbfs for hop in list(self._hops)[-ROAR_HOPS:]]
        return len(levels) == ROAR_HOPS and min(levels) >= ROAR_DBFS and max(levels) - min(levels) <= ROAR_SPREAD_DB


def howls(channel: Samples) -> bool:
    """Whether one whole recording howls anywhere."""
    return HowlWatch().feed(channel)


def _look(frame: Samples) -> Hop:
    power = float(np.mean(np.square(frame[HOP:])))
    level = 10 * math.log10(power) if power > 0 else -math.inf
    if level < QUIET_DBFS:
        return Hop(level)
    powers = np.abs(np.fft.rfft(frame * WINDOW)) ** 2 * SCALE
    peak = LOWEST + int(np.argmax(powers[LOWEST:HIGHEST]))
    tone = _around(powers, peak)
    if tone < TONE_SHARE * float(np.sum(powers[LOWEST // 2 :])) or not _alone(powers, peak, tone):
        return Hop(level)
    return Hop(level, (peak + _off(powers, peak)) * BIN_HZ, 10 * math.log10(tone + 1e-20))


def _around(powers: NDArray[np.float64], at: float) -> float:
    middle = round(at)
    return float(np.sum(powers[max(middle - BESIDE, 0) : middle + BESIDE + 1]))


def _alone(powers: NDArray[np.float64], peak: int, tone: float) -> bool:
    """No harmonics that a voice, a bell or an instrument would have."""
    exact = peak + _off(powers, peak)
    even = 10 ** (HARMONIC_DB / 10) * tone
    if any(_around(powers, exact * times) > even for times in (0.5, 1.5, 2, 4) if exact * times > 2 * BESIDE):
        return False
    odd = 10 ** (ODD_HARMONIC_DB / 10) * tone
    return 10 * math.log10(tone + 1e-20) > AT_ITS_END_DBFS or _around(powers, exact * 3) <= odd


def _off(powers: NDArray[np.float64], peak: int) -> float:
    """The peak's place between the bins, from a parabola through three of them in dB."""
    a, b, c = np.log(powers[peak - 1 : peak + 2] + 1e-30)
    bend = float(a - 2 * b + c)
    return float(a - c) / (2 * bend) if bend else 0.0
