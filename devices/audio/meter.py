"""What a piece of sound measures: levels, floor, active speech, clipping. Pure numpy: no devices, no clocks.

Samples are float32 (frames, channels), full scale ±1. Levels are dB of a sample value: a full-scale square is 0, a
full-scale sine -3.01; for RMS that is dBov and the contract's dBFS alike.
"""

import math
from collections import deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from devices.contract import Level

Samples = NDArray[np.float32]

RATE_HZ = 48_000
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
    """The level of one block: RMS and peak of its loudest channel."""
    peak = float(np.max(np.abs(samples)))
    return Level(db(float(np.max(channel_rms(samples)))), db(peak), peak == 0.0, arrived)


class Meter:
    """Cuts chunks of any length into blocks of 50 ms and keeps the newest 30 s of levels."""

    def __init__(self) -> None:
        self.levels: deque[Level] = deque(maxlen=round(RING_S / BLOCK_S))
        self._waiting: list[Samples] = []
        self._frames = 0

    def feed(self, chunk: Samples, arrived: float) -> None:
        """Takes one chunk as it came; its channels must be as many as before."""
        self._waiting.append(chunk)
        self._frames += len(chunk)
        if self._frames < BLOCK_FRAMES:
            return
        heard = np.concatenate(self._waiting)
        whole = len(heard) - len(heard) % BLOCK_FRAMES
        for start in range(0, whole, BLOCK_FRAMES):
            self.levels.append(measure(heard[start : start + BLOCK_FRAMES], arrived))
        self._waiting = [heard[whole:]]
        self._frames = len(heard) - whole

    def newest(self) -> Level | None:
        return self.levels[-1] if self.levels else None


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
