"""The bell of a reminder: two soft strokes, the second a fourth higher."""

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.meter import RATE_HZ

BELL_S = 1.6
STROKES = ((0.0, 659.3), (0.35, 880.0))  # s, Hz
OVERTONES = ((1.0, 1.0, 0.35), (2.0, 0.35, 0.2), (3.01, 0.12, 0.1))  # of the pitch, of the loudness, fall to 1/e in s
ATTACK_S, RELEASE_S = 0.008, 0.1
PEAK_DBFS = -18.0  # heard across a room that is silent, no fright to whoever stands beside the loudspeaker


def bell() -> NDArray[np.float32]:
    """Mono at RATE_HZ, BELL_S long, its peak at PEAK_DBFS; begins and ends in silence."""
    t = np.arange(round(BELL_S * RATE_HZ)) / RATE_HZ
    wave = np.zeros_like(t)
    for begins, pitch in STROKES:
        since = np.maximum(t - begins, 0.0)
        rise = np.minimum(1.0, since / ATTACK_S)
        wave += rise * sum(
            loudness * np.exp(-since / fall) * np.sin(2 * np.pi * pitch * times * since)
            for times, loudness, fall in OVERTONES
        )
    wave *= np.minimum(1.0, (BELL_S - t) / RELEASE_S)
    rung: NDArray[np.float32] = (wave / np.max(np.abs(wave)) * 10 ** (PEAK_DBFS / 20)).astype(np.float32)
    return rung
