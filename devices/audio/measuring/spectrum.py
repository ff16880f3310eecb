"""Lines in a spectrum: mains hum in a silent room. Pure numpy on one channel at 48 kHz."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.meter import RATE_HZ, Samples

HUM_LINES_HZ = (50, 100, 150, 200, 250, 300)
SEGMENT_S = 1.0  # lines 1 Hz wide: a voice's harmonics, which never stand still, smear
LEAST_S = 0.5  # less sound tells no lines apart
OVER_DB = 10.0  # a line over its neighbours
ALONE_DB = 20.0  # one line alone over its neighbours
LINES_LEAST = 2
STEADY = 0.7  # of the segments must show the line: mains do not pause
LINE_HZ, NEAR_HZ, FAR_HZ = 2.5, 6.0, 20.0  # the line's half width, and where its neighbours begin and end


def hum_dbfs(channel: Samples) -> float:
    """RMS of the mains lines (50 Hz and its harmonics to 300 Hz) that stand out; -inf: none, or less than 0.5 s."""
    powers = np.array([_powers(segment) for segment in _segments(channel)])
    if not len(powers):
        return -math.inf
    lines = [(hz, *_line(powers, hz)) for hz in HUM_LINES_HZ]
    found = [power for _, power, over in lines if over >= OVER_DB]
    alone = [power for _, power, over in lines if over >= ALONE_DB]
    counted = found if len(found) >= LINES_LEAST else alone
    return 10 * math.log10(sum(counted)) if counted else -math.inf


def _segments(channel: Samples) -> Iterator[Samples]:
    frames = round(SEGMENT_S * RATE_HZ) if len(channel) >= SEGMENT_S * RATE_HZ else round(LEAST_S * RATE_HZ)
    for start in range(0, len(channel) - frames + 1, frames // 2):
        yield channel[start : start + frames]


def _powers(segment: Samples) -> NDArray[np.float64]:
    """Power of each bin up to 400 Hz, of a Hann window scaled so that bins add up to the mean square."""
    window = np.hanning(len(segment))
    spectrum = np.abs(np.fft.rfft((segment - np.mean(segment)) * window)) ** 2
    scaled = 2 * spectrum / (len(segment) * np.sum(window**2))
    return np.asarray(scaled[: round(400 * len(segment) / RATE_HZ) + 1])


def _line(powers: NDArray[np.float64], hz: float) -> tuple[float, float]:
    """A line's mean power, and by how many dB it steadily stands over its neighbours."""
    bins = np.arange(powers.shape[1]) * (400 / (powers.shape[1] - 1))
    away = np.abs(bins - hz)
    line, near = away <= LINE_HZ, (away >= NEAR_HZ) & (away <= FAR_HZ)
    power = powers[:, line].sum(axis=1)
    usual = np.median(powers[:, near], axis=1) * np.count_nonzero(line) + 1e-20
    over = 10 * np.log10(power / usual + 1e-20)
    return float(np.mean(power)), float(np.quantile(over, 1 - STEADY))
