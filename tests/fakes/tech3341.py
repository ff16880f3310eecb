"""Signals after EBU Tech 3341 v4 table 1: 48 kHz, (frames, channels), levels of a sine as the EBU counts them."""

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
Sound = NDArray[np.float32]


def tone(*parts: tuple[float, float], channels: int = 2, hz: float = 1000.0) -> Sound:
    """(peak dBFS, seconds) one after another, without a break of the sine; the same in every channel."""
    lengths = [round(seconds * RATE_HZ) for _, seconds in parts]
    size = np.concatenate([np.full(n, 10 ** (level / 20)) for (level, _), n in zip(parts, lengths, strict=True)])
    wave = (size * np.sin(2 * np.pi * hz * np.arange(len(size)) / RATE_HZ)).astype(np.float32)
    return np.repeat(wave[:, np.newaxis], channels, axis=1)


def surround() -> Sound:
    """Case 6: left and right -28, centre -24, both surrounds -30 dBFS."""
    return np.hstack([tone((level, 20.0), channels=1) for level in (-28.0, -28.0, -24.0, -30.0, -30.0)])


SILENCE_DB = -400.0  # nothing at all in float32
INTEGRATED: dict[int, tuple[Sound, float]] = {
    1: (tone((-23.0, 20.0)), -23.0),
    2: (tone((-33.0, 20.0)), -33.0),
    3: (tone((-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)), -23.0),
    4: (tone((-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)), -23.0),
    5: (tone((-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)), -23.0),
    6: (surround(), -23.0),
}


def case_9() -> Sound:
    """Short-term loudness is -23 from 3 s on."""
    return tone(*((-20.0, 1.34), (-30.0, 1.66)) * 5)


def case_10(file: int) -> Sound:
    """The largest short-term loudness is -23; files 0…19."""
    return tone((SILENCE_DB, 0.15 * file), (-23.0, 3.0), (SILENCE_DB, 1.0))


def case_12() -> Sound:
    """Momentary loudness is -23 from 1 s on."""
    return tone(*((-20.0, 0.18), (-30.0, 0.22)) * 25)


def case_13(file: int) -> Sound:
    """The largest momentary loudness is -23; files 0…19."""
    return tone((SILENCE_DB, 0.02 * file), (-23.0, 0.4), (SILENCE_DB, 1.0))


TRUE_PEAK: dict[int, tuple[float, float, float]] = {  # parts of the sampling rate, amplitude, phase in degrees
    15: (4.0, 0.5, 0.0),
    16: (4.0, 0.5, 45.0),
    17: (6.0, 0.5, 60.0),
    18: (8.0, 0.5, 67.5),
    19: (4.0, 1.41, 45.0),
}


def peak_tone(case: int) -> Sound:
    """Cases 15 to 19, faded in and out so that the sine itself is the largest."""
    part, amplitude, phase = TRUE_PEAK[case]
    n = np.arange(RATE_HZ)
    fade = np.minimum(np.minimum(n, n[::-1]) / 4800, 1.0)
    return (amplitude * fade * np.sin(2 * np.pi * n / part + np.radians(phase))).astype(np.float32)[:, np.newaxis]
