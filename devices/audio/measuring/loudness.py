"""Loudness and true peak of a stream, every channel at once: what a meter needs beside RMS and sample peak.

K-weighting, loudness and gating after ITU-R BS.1770-4 annex 1, its windows and maxima after EBU Tech 3341 v4, true peak
after BS.1770-4 annex 2. The filters are matrix products over rows of 1 ms: as cheap as scipy's sosfilt, without the
0.7 s in which scipy.signal is imported, and without the interpreter. No product here is large enough for OpenBLAS to
wake a second thread, which would wait on a core that the screen needs.
"""

import math
from array import array
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
Values = NDArray[np.float64]

RATE_HZ = 48_000
HOP_S = 0.01  # how often the windows are looked at: at 0.1 s case 13 of Tech 3341 is read up to 0.5 LU low
HOP_FRAMES = round(RATE_HZ * HOP_S)
ROW_FRAMES = 48
ROWS = HOP_FRAMES // ROW_FRAMES
MOMENTARY_HOPS, SHORT_TERM_HOPS = 40, 300  # 400 ms, 3 s (Tech 3341 §2.2)
GATE_STEP_HOPS = 10  # gating blocks of 400 ms overlap by 75 % (BS.1770-4 annex 1)
ABSOLUTE_GATE_LUFS, RELATIVE_GATE_LU = -70.0, -10.0
MOST_HOPS = 10  # at a time

# BS.1770-4 annex 1, tables 1 and 2, for 48 kHz: b0, b1, b2, a1, a2 of the shelf, then of the high pass.
K_WEIGHTING: Final = (
    (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585),
    (1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621),
)
STATES = 2 * len(K_WEIGHTING)
OFFSET_LUFS = -0.691
NOTHING = 1e-15  # a mean square below -150 dB is the filter's own ringing

OVERSAMPLING = 4
TAPS = 16  # of each phase; annex 2 proposes 12
TRUE_TO_HZ = 19_000  # within 0.06 dB up to here; what 192 kHz itself misses comes on top: at most 0.17 dB at 12 kHz
PEAK_ROW = 24  # samples that are interpolated in one row of the product
LARGEST = 100.0  # +40 dBFS: no sample of a sound card is larger


def clean(samples: Samples) -> Samples:
    """The same samples where all are finite; otherwise a copy with zeros for NaN and ±LARGEST for what is larger."""
    largest = float(np.max(np.abs(samples), initial=0.0))
    if largest <= LARGEST:
        return samples
    return np.clip(np.nan_to_num(samples, nan=0.0), -LARGEST, LARGEST)


def lufs(mean_square: Values) -> Values:
    """BS.1770-4 equation 2 of one channel; -inf for nothing."""
    with np.errstate(divide="ignore"):
        return OFFSET_LUFS + 10.0 * np.log10(np.where(mean_square > NOTHING, mean_square, 0.0))


class Cutter:
    """Cuts chunks of any length into whole pieces of `frames`, and keeps the rest for the next."""

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._waiting: list[Samples] = []
        self._length = 0

    def feed(self, chunk: Samples) -> list[Samples]:
        """Every piece that is whole now, (frames, channels) each."""
        self._waiting.append(chunk)
        self._length += len(chunk)
        if self._length < self._frames:
            return []
        heard = np.concatenate(self._waiting)
        whole = len(heard) - len(heard) % self._frames
        self._waiting, self._length = [heard[whole:]], len(heard) - whole
        return [heard[start : start + self._frames] for start in range(0, whole, self._frames)]


class KWeighting:
    """The two filters of annex 1, as a state space over rows: y = xH + sO, next s = sP + xR."""

    def __init__(self, channels: int) -> None:
        outputs, states = _responses()
        impulse = outputs[:, STATES]
        answer = np.array(
            [[impulse[out - at] if out >= at else 0.0 for out in range(ROW_FRAMES)] for at in range(ROW_FRAMES)]
        )
        ends = states[::-1, STATES]  # what a sample leaves behind at the row's end, by its place in the row
        self._of_samples = np.ascontiguousarray(np.hstack([answer, ends]))
        self._of_state = np.ascontiguousarray(outputs[:, :STATES].T)
        step = states[-1, :STATES]
        powers = [np.linalg.matrix_power(step, row) for row in range(ROWS + 1)]
        none = np.zeros_like(step)
        self._carried = np.block([powers])
        self._gathered = np.block(
            [[powers[row - at - 1] if row > at else none for row in range(ROWS + 1)] for at in range(ROWS)]
        )
        self._state = np.zeros((channels, STATES))

    def mean_squares(self, samples: Values) -> Values:
        """Of each channel in each hop; `samples` is (channels, whole hops), contiguous, finite."""
        channels, frames = samples.shape
        hops = frames // HOP_FRAMES
        both = np.matmul(samples.reshape(channels, -1, ROW_FRAMES), self._of_samples)
        left = np.ascontiguousarray(both[:, :, ROW_FRAMES:]).reshape(channels, hops, 1, ROWS * STATES)
        gathered = np.matmul(left, self._gathered)[:, :, 0]
        begins = np.empty((channels, hops, ROWS * STATES))
        state = self._state
        for hop in range(hops):
            rows = state @ self._carried + gathered[:, hop]
            begins[:, hop] = rows[:, :-STATES]
            state = rows[:, -STATES:]
        self._state = np.where(np.abs(state) > NOTHING, state, 0.0)  # numbers that fade away make a processor slow
        weighted = both[:, :, :ROW_FRAMES] + np.matmul(begins.reshape(channels, -1, STATES), self._of_state)
        weighted = weighted.reshape(channels, hops, HOP_FRAMES)
        squares: Values = np.einsum("chi,chi->ch", weighted, weighted) / HOP_FRAMES
        return squares


def _responses() -> tuple[Values, NDArray[np.float64]]:
    """Of a row's samples, to a 1 in each state and to a 1 as the first sample: outputs, and the states after each."""
    state = np.eye(STATES + 1, STATES)
    outputs, states = np.empty((ROW_FRAMES, STATES + 1)), np.empty((ROW_FRAMES, STATES + 1, STATES))
    for at in range(ROW_FRAMES):
        signal = np.zeros(STATES + 1)
        signal[STATES] = 1.0 if at == 0 else 0.0
        after = np.empty_like(state)
        for section, (b0, b1, b2, a1, a2) in enumerate(K_WEIGHTING):  # direct form II, transposed
            first, second = state[:, 2 * section], state[:, 2 * section + 1]
            out = b0 * signal + first
            after[:, 2 * section] = b1 * signal - a1 * out + second
            after[:, 2 * section + 1] = b2 * signal - a2 * out
            signal = out
        outputs[at], states[at], state = signal, after, after
    return outputs, states


class TruePeak:
    """The largest value between the samples, four times oversampled (annex 2), eight samples behind the newest."""

    def __init__(self, channels: int) -> None:
        self._product = interpolation()
        self._before = np.zeros((channels, TAPS - 1), np.float32)

    def peaks(self, samples: Samples) -> Samples:
        """Between the samples of each channel; `samples` is (channels, whole rows of PEAK_ROW), finite."""
        heard = np.concatenate([self._before, samples], axis=1)
        self._before = heard[:, 1 - TAPS :]
        return between(heard, self._product)


def between(heard: Samples, product: Samples) -> Samples:
    """The largest value between the samples of (channels, TAPS - 1 + whole rows of PEAK_ROW)."""
    rows = np.lib.stride_tricks.sliding_window_view(heard, PEAK_ROW + TAPS - 1, axis=1)[:, ::PEAK_ROW]
    values = np.matmul(np.ascontiguousarray(rows), product)
    largest: Samples = np.maximum(values.max(axis=(1, 2)), -values.min(axis=(1, 2)))
    return largest


@cache
def interpolation() -> Samples:
    """A row with the samples before it -> its three values after each sample; the least squares of the passband."""
    turns = 2.0 * math.pi * np.linspace(0.0, TRUE_TO_HZ / RATE_HZ, 200)[:, np.newaxis]
    wanted = np.concatenate([np.ones(200), np.zeros(200)])  # the same amplitude, and no delay
    product = np.zeros((PEAK_ROW + TAPS - 1, PEAK_ROW, OVERSAMPLING - 1), np.float32)
    for phase in range(1, OVERSAMPLING):
        away = turns * (np.arange(TAPS) - (TAPS // 2 - 1) - phase / OVERSAMPLING)
        taps = np.linalg.lstsq(np.vstack([np.cos(away), np.sin(away)]), wanted, rcond=None)[0]
        for at in range(PEAK_ROW):
            product[at : at + TAPS, at, phase - 1] = taps
    product.flags.writeable = False
    return product.reshape(PEAK_ROW + TAPS - 1, -1)


class Loudness:
    """Momentary and short-term loudness of each channel, whole hops at a time."""

    def __init__(self, channels: int, hops: int) -> None:
        """`hops` come with each call."""
        self._weighting = KWeighting(channels)
        self._hops, self._heard = hops, 0
        self._squares = np.zeros((channels, SHORT_TERM_HOPS - 1 + hops))
        self._windows = np.zeros((SHORT_TERM_HOPS - 1 + hops, 2 * hops))  # 0 outside each window: one product for all
        for kind, length in enumerate((MOMENTARY_HOPS, SHORT_TERM_HOPS)):
            for hop in range(hops):
                end = SHORT_TERM_HOPS + hop
                self._windows[end - length : end, kind * hops + hop] = 1.0 / length

    def take(self, samples: Values) -> tuple[list[float], list[float]]:
        """LUFS of each channel: the largest momentary and the largest short-term of those that end in this piece."""
        hops = self._hops
        self._squares = np.concatenate([self._squares[:, hops:], self._weighting.mean_squares(samples)], axis=1)
        self._heard += hops
        levels = lufs((self._squares @ self._windows).reshape(-1, 2, hops).max(axis=2))
        for kind, length in enumerate((MOMENTARY_HOPS, SHORT_TERM_HOPS)):
            if self._heard < length:
                levels[:, kind] = -math.inf
        return levels[:, 0].tolist(), levels[:, 1].tolist()


class Programme:
    """What a whole piece of sound measures: maxima and integrated loudness of all its channels together.

    `weights` are BS.1770-4's of each channel: 1.0 left, right, centre; 1.41 surround. LUFS and dBTP; -inf for nothing.
    """

    def __init__(self, weights: Sequence[float] = (1.0,)) -> None:
        self._weights = np.array(weights)
        self._cutter = Cutter(MOST_HOPS * HOP_FRAMES)
        self._weighting, self._true_peak = KWeighting(len(weights)), TruePeak(len(weights))
        self._squares = array("d")  # of each hop, weighted and summed
        self._peak = 0.0

    def feed(self, chunk: Samples) -> None:
        """(frames, channels), of any length."""
        for piece in self._cutter.feed(clean(chunk)):
            samples = np.ascontiguousarray(piece.T)
            between = self._true_peak.peaks(samples)
            self._peak = max(self._peak, float(np.max(np.abs(samples))), float(np.max(between)))
            self._squares.extend((self._weights @ self._weighting.mean_squares(samples.astype(np.float64))).tolist())

    def end(self) -> None:
        """Hears what waits for a whole piece, with silence after it."""
        self.feed(np.zeros((MOST_HOPS * HOP_FRAMES - 1, len(self._weights)), np.float32))

    def true_peak(self) -> float:
        """dBTP."""
        return 20.0 * math.log10(self._peak) if self._peak > 0 else -math.inf

    def momentary(self) -> Values:
        """Of every 400 ms, each 10 ms."""
        return lufs(self._means(MOMENTARY_HOPS))

    def short_term(self) -> Values:
        """Of every 3 s, each 10 ms."""
        return lufs(self._means(SHORT_TERM_HOPS))

    def max_momentary(self) -> float:
        return float(np.max(self.momentary(), initial=-math.inf))

    def max_short_term(self) -> float:
        return float(np.max(self.short_term(), initial=-math.inf))

    def integrated(self) -> float:
        """With both gates (BS.1770-4 equations 5 to 7)."""
        blocks = self._means(MOMENTARY_HOPS)[::GATE_STEP_HOPS]
        blocks = blocks[lufs(blocks) > ABSOLUTE_GATE_LUFS]
        if not len(blocks):
            return -math.inf
        blocks = blocks[lufs(blocks) > float(lufs(blocks.mean(keepdims=True))[0]) + RELATIVE_GATE_LU]
        return float(lufs(blocks.mean(keepdims=True))[0])

    def _means(self, hops: int) -> Values:
        """Of every window of so many hops."""
        if len(self._squares) < hops:
            return np.zeros(0)
        return np.convolve(np.frombuffer(self._squares), np.full(hops, 1.0 / hops), "valid")
