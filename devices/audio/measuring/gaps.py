"""Breaks inside live sound: samples replaced by zeros, or left out. Pure numpy on one channel at 48 kHz."""

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.meter import RATE_HZ, Samples

ZEROS_LEAST = round(0.001 * RATE_HZ)  # a lost USB packet
ZEROS_MOST = round(0.3 * RATE_HZ)  # longer is a mute, which is none of ours to call a break
BESIDE = round(0.01 * RATE_HZ)
LIVE = 10 ** (-60 / 20)  # RMS beside a gap: below it the steps of 16 bits make zeros on their own
CUT = 0.1  # of the RMS beside it: a gate closes softly, a gap cuts through the wave
FITTED, ORDER = round(0.02 * RATE_HZ), 20
JUMP_LEAST = 10 ** (-44 / 20)
JUMP_OVER = 3.5  # times the greatest surprise within 12 ms: a voice has its own at every pulse, a plosive several
CORE, AROUND = ORDER + 4, round(0.012 * RATE_HZ)


def gaps(channel: Samples) -> int:
    """How often sound broke off; clipping (corners) must be looked at first, it makes jumps of its own."""
    runs = _zero_runs(channel)
    cut = [run for run in runs if _cuts(channel, *run)]
    return len(cut) + _jumps(channel, cut)


def _zero_runs(channel: Samples) -> list[tuple[int, int]]:
    zero = np.concatenate([[False], channel == 0, [False]])
    edges = np.flatnonzero(zero[1:] != zero[:-1])
    return [
        (int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if ZEROS_LEAST <= b - a <= ZEROS_MOST
    ]


def _cuts(channel: Samples, start: int, end: int) -> bool:
    if start == 0 or end == len(channel):
        return False
    return any(
        rms > LIVE and abs(float(edge)) > CUT * rms
        for edge, rms in (
            (channel[start - 1], _rms(channel[max(start - BESIDE, 0) : start])),
            (channel[end], _rms(channel[end : end + BESIDE])),
        )
    )


def _rms(part: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(part, dtype=np.float64)))) if len(part) else 0.0


def _jumps(channel: Samples, cut: list[tuple[int, int]]) -> int:
    """Samples left out: what nobody could foretell from the samples before, in one needle and nowhere near it."""
    surprise = _surprise(channel)
    found, last = 0, -AROUND
    for at in np.flatnonzero(surprise > JUMP_LEAST).tolist():
        near_cut = any(start - AROUND <= at <= end + AROUND for start, end in cut)
        if at - last >= AROUND and not near_cut and _lonely(surprise, at):
            found, last = found + 1, at
    return found


def _surprise(channel: Samples) -> NDArray[np.float32]:
    """The size of the error of a linear prediction, fitted anew for every 20 ms (autocorrelation method)."""
    many = len(channel) // FITTED
    if not many:
        return np.zeros(0, np.float32)
    parts = channel[: many * FITTED].reshape(many, FITTED)
    spectra = np.abs(np.fft.rfft(parts * np.hanning(FITTED), 2 * FITTED)) ** 2
    alike = np.fft.irfft(spectra)[:, : ORDER + 1]
    alike[:, 0] = alike[:, 0] * (1 + 1e-5) + 1e-12
    lags = np.abs(np.subtract.outer(np.arange(ORDER), np.arange(ORDER)))
    weights = np.linalg.solve(alike[:, lags], alike[:, 1:, np.newaxis])[..., 0]
    before = np.lib.stride_tricks.sliding_window_view(np.concatenate([np.zeros(ORDER), channel]), ORDER)
    foretold = np.einsum("bfo,bo->bf", before[: many * FITTED].reshape(many, FITTED, ORDER)[..., ::-1], weights)
    return np.asarray(np.abs(parts - foretold).reshape(-1), np.float32)


def _lonely(surprise: NDArray[np.float32], at: int) -> bool:
    peak = at + int(np.argmax(surprise[at : at + CORE]))
    before, after = surprise[max(peak - AROUND, 0) : peak - 1], surprise[peak + CORE : peak + AROUND]
    if len(before) < AROUND // 2 or len(after) < AROUND // 2:
        return False
    return bool(surprise[peak] > JUMP_OVER * max(float(before.max()), float(after.max())))
