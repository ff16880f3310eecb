"""A soft chirp and how to find it again in a noisy recording: pure numpy."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.meter import RATE_HZ, Samples, db

CHIRP_S = 1.0
LOW_HZ, HIGH_HZ = 300.0, 6000.0
SOFT_DBFS = -42.0  # RMS of the first attempt: in a quiet room a whisper is enough
LEVEL_DBFS = -30.0  # RMS, never louder: still found 20 dB below the noise of the room
FADE_S = 0.01
SMOOTHING_HZ = 100.0
THRESHOLD = 16.0  # 15 dB under noise it was 18.9 and more, speech alone reached 14.1, noise 5 (prove loudspeaker_found)


@dataclass(frozen=True, slots=True)
class Found:
    """statistic: the correlation's peak over its usual size. gain_db: what came back against what was sent."""

    statistic: float
    delay_s: float
    gain_db: float

    @property
    def heard(self) -> bool:
        return self.statistic >= THRESHOLD


def chirp(level_dbfs: float = LEVEL_DBFS) -> NDArray[np.float32]:
    """One second, logarithmic, 300-6000 Hz, faded in and out; RMS -30 dBFS unless told otherwise."""
    t = np.arange(round(CHIRP_S * RATE_HZ)) / RATE_HZ
    growth = math.log(HIGH_HZ / LOW_HZ)
    wave = np.sin(2 * np.pi * LOW_HZ * CHIRP_S / growth * (np.exp(t / CHIRP_S * growth) - 1))
    fade = np.minimum(1.0, np.minimum(t, t[::-1]) / FADE_S)
    return (wave * fade * math.sqrt(2) * 10 ** (level_dbfs / 20)).astype(np.float32)


def find_chirp(recording: Samples, level_dbfs: float = LEVEL_DBFS) -> Found:
    """Looks for chirp(level_dbfs) in one channel by whitened correlation; delay from the recording's first sample."""
    sent = chirp(level_dbfs)
    lags = len(recording) - len(sent) + 1
    if lags < 2 or not np.any(recording):
        return Found(0.0, 0.0, -math.inf)
    size = 1 << (len(recording) + len(sent)).bit_length()
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    band = (hz >= LOW_HZ) & (hz <= HIGH_HZ)
    heard, known = np.fft.rfft(recording, size), np.fft.rfft(sent, size)
    width = max(round(SMOOTHING_HZ * size / RATE_HZ), 1)
    usual = np.convolve(np.abs(heard), np.ones(width) / width, mode="same")
    floor = 1e-9 * float(np.max(usual[band])) + np.finfo(float).tiny
    white = np.where(band, heard / (usual + floor) * np.conj(known) / (np.abs(known) + 1e-12), 0)
    correlation = np.abs(np.fft.irfft(white, size)[:lags])
    at = int(np.argmax(correlation))
    usual_size = float(np.median(correlation)) / 0.6745  # of Gaussian noise: its standard deviation
    plain = float(np.dot(recording[at : at + len(sent)], sent)) / float(np.dot(sent, sent))
    return Found(float(correlation[at]) / (usual_size + 1e-12), at / RATE_HZ, db(abs(plain)))
