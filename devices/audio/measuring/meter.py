"""What a piece of sound measures: levels, floor, active speech, clipping. Pure numpy: no devices, no clocks.

Samples are float32 (frames, channels), full scale ±1. Levels are dB of a sample value: a full-scale square is 0, a
full-scale sine -3.01; for RMS that is dBov and the contract's dBFS alike.
"""

import math
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.loudness import (
    HOP_FRAMES,
    PEAK_ROW,
    RATE_HZ,
    TAPS,
    Cutter,
    Loudness,
    Samples,
    TruePeak,
    between,
    clean,
    interpolation,
)
from devices.contract import ChannelLevel, Level

__all__ = ["RATE_HZ", "Samples"]  # where the other files of this folder have them from

BLOCK_S = 0.05
BLOCK_FRAMES = round(RATE_HZ * BLOCK_S)
RING_S = 30.0

P56_MARGIN_DB = 15.9  # ITU-T P.56 method B: threshold below the active level
P56_SMOOTHING_S = 0.03
P56_HANGOVER_S = 0.2
P56_STEP_S = 0.001  # the envelope is slow (30 ms): it is enough to look at it every millisecond

FLAT_RUN = 6  # samples; testrtc's clipCountThreshold
FLAT_WITHIN = 0.005  # of the largest sample
FLAT_SLOPE = 5e-5  # of the largest sample, from sample to sample: a sine of 50 Hz is steeper within six samples
FLAT_LEAST_PEAK = 0.25  # below it the steps of 16 bits look flat on their own


def db(ratio: float) -> float:
    """20 log10, with -inf for nothing."""
    return 20.0 * math.log10(ratio) if ratio > 0 else -math.inf


def channel_rms(samples: Samples) -> NDArray[np.float64]:
    """RMS of each channel."""
    rms: NDArray[np.float64] = np.sqrt(np.mean(np.square(samples, dtype=np.float64), axis=0))
    return rms


def measure(samples: Samples, arrived: float) -> Level:
    """The level of a piece on its own: too short for a loudness, and nothing is known of what came before it."""
    heard = np.ascontiguousarray(clean(samples).T)
    rows = max((heard.shape[1] - TAPS + 1) // PEAK_ROW, 0) * PEAK_ROW
    within = between(heard[:, : TAPS - 1 + rows], interpolation()) if rows else np.zeros(len(heard), np.float32)
    nothing = [-math.inf] * len(heard)
    return _level(samples, heard, heard.astype(np.float64), within, (nothing, nothing), arrived)


def _level(
    raw: Samples,
    heard: Samples,
    exact: NDArray[np.float64],
    true: Samples,
    loudness: tuple[list[float], list[float]],
    arrived: float,
) -> Level:
    peak = np.abs(heard).max(axis=1, initial=0.0)
    rms = np.sqrt(np.einsum("cl,cl->c", exact, exact) / max(exact.shape[1], 1))
    with np.errstate(divide="ignore"):
        levels = 20.0 * np.log10([rms, peak, np.maximum(peak, true)])
    channels = tuple(ChannelLevel(*each) for each in zip(*levels.tolist(), *loudness, strict=True))
    loudest = levels.max(axis=1, initial=-math.inf).tolist()
    return Level(loudest[0], loudest[1], not raw.any(), arrived, channels)  # NaN is no zero


class Meter:
    """Cuts chunks of any length into blocks of 50 ms and keeps the newest 30 s of levels.

    Anything may be fed: NaN counts as zero, infinity as LARGEST. Other channels than before begin anew.
    """

    def __init__(self) -> None:
        self.levels: deque[Level] = deque(maxlen=round(RING_S / BLOCK_S))
        self._channels = 0

    def feed(self, chunk: Samples, arrived: float) -> None:
        """Takes one chunk as it came, (frames, channels)."""
        if chunk.shape[1] != self._channels:
            self._begin(chunk.shape[1])
        for block in self._cutter.feed(chunk):
            heard = np.ascontiguousarray(clean(block).T)
            exact = heard.astype(np.float64)
            loudness = self._loudness.take(exact)
            self.levels.append(_level(block, heard, exact, self._true_peak.peaks(heard), loudness, arrived))

    def newest(self) -> Level | None:
        return self.levels[-1] if self.levels else None

    def _begin(self, channels: int) -> None:
        self._channels = channels
        self._cutter = Cutter(BLOCK_FRAMES)
        self._loudness = Loudness(channels, BLOCK_FRAMES // HOP_FRAMES)
        self._true_peak = TruePeak(channels)


def blocks_rms(channel: Samples) -> NDArray[np.float64]:
    """RMS of each whole block of 50 ms of one channel; one value for less than a block."""
    whole = max(len(channel) // BLOCK_FRAMES, 1)
    parts = np.array_split(channel[: whole * BLOCK_FRAMES], whole)
    return np.array([math.sqrt(float(np.mean(np.square(part, dtype=np.float64)))) for part in parts])


def floor_dbfs(channel: Samples) -> float:
    """The noise floor: the 20th percentile of the blocks' RMS."""
    return db(float(np.percentile(blocks_rms(channel), 20)))


def active_level_dbov(channel: Samples) -> float:
    """The active speech level after ITU-T P.56 method B (pauses do not count), with a margin of 15.9 dB."""
    energy = float(np.sum(np.square(channel, dtype=np.float64))) / RATE_HZ
    lower: tuple[float, float] | None = None  # active level and what it has over the margin, one threshold lower
    for threshold_db, active_s in _activity(_envelope(channel)):
        if active_s == 0.0 or energy == 0.0:
            break
        level = 10.0 * math.log10(energy / active_s)
        over = level - threshold_db - P56_MARGIN_DB
        if over <= 0 and lower is not None:
            return lower[0] + (level - lower[0]) * lower[1] / (lower[1] - over)
        if over <= 0:
            return level
        lower = level, over
    return lower[0] if lower is not None else -math.inf


def _envelope(channel: Samples) -> NDArray[np.float64]:
    """The rectified signal, smoothed twice, a value a millisecond (without scipy.signal: 0.7 s to import)."""
    step = round(RATE_HZ * P56_STEP_S)
    whole = len(channel) // step * step
    keep = math.exp(-P56_STEP_S / P56_SMOOTHING_S)
    once = twice = 0.0
    smoothed = np.empty(whole // step)
    for at, size in enumerate(np.abs(channel[:whole]).reshape(-1, step).mean(axis=1).tolist()):
        once += (1 - keep) * (size - once)
        twice += (1 - keep) * (once - twice)
        smoothed[at] = twice
    return smoothed


def _activity(envelope: NDArray[np.float64]) -> Iterator[tuple[float, float]]:
    """Rising thresholds (dB) with the time for which the envelope, with its hangover, was above each."""
    steps = np.arange(len(envelope))
    hangover = round(P56_HANGOVER_S / P56_STEP_S)
    for bit in range(16, 0, -1):
        last_above = np.maximum.accumulate(np.where(envelope >= 2.0**-bit, steps, -hangover - 1))
        yield db(2.0**-bit), float(np.count_nonzero(steps - last_above <= hangover)) * P56_STEP_S


def dc_dbfs(channel: Samples) -> float:
    """The constant part."""
    return db(abs(float(np.mean(channel, dtype=np.float64)))) if len(channel) else -math.inf


def clipped_runs(channel: Samples) -> int:
    """Flat tops: runs of six samples or more at the largest value, also where it was turned down afterwards."""
    size = np.abs(channel)
    peak = float(np.max(size, initial=0.0))
    if peak < FLAT_LEAST_PEAK:
        return 0
    high = size >= peak * (1 - FLAT_WITHIN)
    level = np.abs(np.diff(channel, prepend=channel[:1])) <= peak * FLAT_SLOPE
    flat = np.concatenate([[False], high & level, [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    lengths = edges[1::2] - edges[::2]
    return int(np.count_nonzero(lengths >= FLAT_RUN - 1))  # a run of n samples has n - 1 flat steps
