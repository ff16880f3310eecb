"""libebur128, the meter that others measure theirs by, as an oracle (Debian's libebur128-1)."""

import ctypes
import math
from ctypes.util import find_library
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
MODE = 1 | 3 | 5 | 49  # EBUR128_MODE_M, _S, _I and _TRUE_PEAK of ebur128.h


class Ebur128:
    """One programme; five channels are left, right, centre and the two surrounds, as in the library."""

    def __init__(self, channels: int) -> None:
        library = ctypes.CDLL(find_library("ebur128"))
        library.ebur128_init.restype = ctypes.c_void_p
        library.ebur128_init.argtypes = [ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
        library.ebur128_add_frames_float.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
        library.ebur128_destroy.argtypes = [ctypes.POINTER(ctypes.c_void_p)]
        self._library = library
        self._state = ctypes.c_void_p(library.ebur128_init(channels, RATE_HZ, MODE))
        self._channels = channels

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._library.ebur128_destroy(ctypes.byref(self._state))

    def feed(self, samples: NDArray[np.float32]) -> None:
        """(frames, channels)."""
        held = np.ascontiguousarray(samples, np.float32)
        assert held.shape[1] == self._channels
        assert self._library.ebur128_add_frames_float(self._state, held.ctypes.data, len(held)) == 0

    def momentary(self) -> float:
        return self._told("ebur128_loudness_momentary")

    def short_term(self) -> float:
        return self._told("ebur128_loudness_shortterm")

    def integrated(self) -> float:
        return self._told("ebur128_loudness_global")

    def true_peak(self) -> float:
        """dBTP of the loudest channel."""
        peaks = [self._told("ebur128_true_peak", ctypes.c_uint(number)) for number in range(self._channels)]
        return 20.0 * math.log10(max(peaks))

    def _told(self, name: str, *arguments: ctypes.c_uint) -> float:
        value = ctypes.c_double()
        assert getattr(self._library, name)(self._state, *arguments, ctypes.byref(value)) == 0
        return value.value
