"""Sounds of several sources laid side by side by when they were heard: pure, no clocks, no devices."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.meter import RATE_HZ, Samples

JITTER_S = 0.05  # blocks come up to so much early or late; within it a source's blocks are one piece


class Timeline:
    """One column for each source; what no source has brought is silence, what comes too late is dropped."""

    def __init__(self, sources: int, began: float) -> None:
        """`began`: time.monotonic() of the first frame."""
        self._began = began
        self._at = 0  # the first frame that was not taken yet
        self._ends = [0] * sources
        self._laid: list[deque[tuple[int, NDArray[np.float32]]]] = [deque() for _ in range(sources)]

    def lay(self, source: int, samples: Samples, arrived: float) -> None:
        """Frames x channels at 48 kHz, averaged to one; `arrived` is time.monotonic() at their end."""
        mono = samples.mean(axis=1, dtype=np.float32)
        start = round((arrived - self._began) * RATE_HZ) - len(mono)
        if abs(start - self._ends[source]) < JITTER_S * RATE_HZ:
            start = self._ends[source]
        self._ends[source] = start + len(mono)
        self._laid[source].append((start, mono))

    def take(self, until: float) -> Samples:
        """All frames before `until` that were not taken yet, frames x sources."""
        frames = max(0, round((until - self._began) * RATE_HZ) - self._at)
        out = np.zeros((frames, len(self._laid)), np.float32)
        first, last = self._at, self._at + frames
        for source, laid in enumerate(self._laid):
            while laid and laid[0][0] < last:
                start, mono = laid.popleft()
                low, high = max(start, first), min(start + len(mono), last)
                if high > low:
                    out[low - first : high - first, source] = mono[low - start : high - start]
                if start + len(mono) > last:  # the rest of it belongs to the next piece
                    laid.appendleft((last, mono[last - start :]))
                    break
        self._at = last
        return out
