"""What an open microphone notices by itself: howling, clipping, breaks, and how long nobody has spoken.

Fed in the microphone's own thread, read by any. A quiet room costs next to nothing: the voice detector hears only what
stands over the room, and pauses once it heard a voice.
"""

import logging
from collections import deque

import numpy as np

from devices.audio.measuring.howl import HowlWatch
from devices.audio.measuring.meter import RATE_HZ, Samples, clipped_runs
from devices.audio.measuring.speech import (
    MOST_GAIN_DB,
    NORMAL_DBFS,
    STEP,
    TAPS,
    VOICE_AT,
    WINDOW,
    VoiceDetector,
    to_16k,
)
from devices.contract import Notices

log = logging.getLogger(__name__)

PIECE = WINDOW * STEP  # 32 ms
CLIP_PIECES = 16  # flat tops are looked for in half a second at a time
CLIPPED_RUNS = 3
CLIPPING_S = 2.0
BREAKS_S = 300.0
LATE_S = 0.1  # samples missing against the clock: more than a scheduler's hiccup, which is made good within LATE_FOR_S
LATE_FOR_S = 1.0
VOICE_OVER_DB = 6.0  # over the room's floor
VOICE_LEAST_DBFS = -65.0
VOICE_WINDOWS = 3  # so many in a row are a voice
VOICE_PAUSE = 16  # pieces (0.5 s) in which a voice just heard is not asked for again
FLOOR_PIECES = 300  # the room's floor is the quietest of the last 10 s


class Listening:
    """One open microphone, from its first sample on; another stream is another object."""

    def __init__(self) -> None:
        self._howl = HowlWatch()
        self._voice = VoiceWatch()
        self._waiting: list[Samples] = []
        self._frames = 0
        self._recent: deque[Samples] = deque(maxlen=CLIP_PIECES)
        self._pieces = 0
        self._clipped_at = -CLIPPING_S
        self._breaks: deque[float] = deque(maxlen=1000)
        self._clock = StreamClock()
        self._began: float | None = None
        self._voice_at = 0.0
        self._newest: Notices | None = None

    def newest(self) -> Notices | None:
        """The newest truth; None before the first samples. Any thread."""
        return self._newest

    def feed(self, samples: Samples, arrived: float, lost: bool = False) -> None:
        """One chunk (frames x channels, 48 kHz) at its monotonic arrival; `lost`: samples are missing before it."""
        if self._began is None:
            self._began = self._voice_at = arrived
        if self._clock.late(len(samples), arrived) or lost:
            self._breaks.append(arrived)
        self._waiting.append(_loudest(samples))
        self._frames += len(samples)
        if self._frames >= PIECE:
            heard = np.concatenate(self._waiting)
            whole = self._frames - self._frames % PIECE
            for start in range(0, whole, PIECE):
                self._hear(heard[start : start + PIECE], arrived)
            self._waiting, self._frames = [heard[whole:]], self._frames - whole
        while self._breaks and arrived - self._breaks[0] > BREAKS_S:
            self._breaks.popleft()
        clipping = arrived - self._clipped_at < CLIPPING_S
        silent_s = arrived - self._voice_at
        self._newest = Notices(arrived, self._howl.howling, clipping, len(self._breaks), silent_s)

    def _hear(self, piece: Samples, arrived: float) -> None:
        self._howl.feed(piece)
        if self._voice.feed(piece):
            self._voice_at = arrived
        self._recent.append(piece)
        self._pieces += 1
        if self._pieces % CLIP_PIECES == 0 and clipped_runs(np.concatenate(self._recent)) >= CLIPPED_RUNS:
            self._clipped_at = arrived


class VoiceWatch:
    """Whether a voice is heard now; the detector is loaded when something first stands over the room's floor."""

    def __init__(self) -> None:
        self._detector: VoiceDetector | None = None
        self._missing = False
        self._levels: deque[float] = deque(maxlen=FLOOR_PIECES)
        self._before = np.zeros(TAPS * STEP, np.float32)
        self._in_a_row = 0
        self._pause = 0

    def feed(self, piece: Samples) -> bool:
        """The next 32 ms at 48 kHz; True while a voice is heard, as far as was looked."""
        loud = float(np.sqrt(np.mean(np.square(piece))))
        level = 20 * np.log10(loud) if loud > 0 else -200.0
        self._levels.append(level)
        lead, self._before = self._before, piece[-len(self._before) :]
        if self._pause:
            self._pause -= 1
            return self._in_a_row >= VOICE_WINDOWS
        if level < max(VOICE_LEAST_DBFS, min(self._levels) + VOICE_OVER_DB):
            self._in_a_row = 0
            return False
        self._in_a_row = self._in_a_row + 1 if self._is_voice(np.concatenate([lead, piece]), loud) else 0
        if self._in_a_row < VOICE_WINDOWS:
            return False
        self._pause = VOICE_PAUSE
        return True

    def _is_voice(self, wave: Samples, loud: float) -> bool:
        detector = self._loaded()
        if detector is None:
            return True  # judged by its level alone
        gain = min(10 ** (NORMAL_DBFS / 20) / loud, 10 ** (MOST_GAIN_DB / 20))
        window = np.clip(to_16k(wave)[-WINDOW:] * np.float32(gain), -1, 1)
        return detector.probability(window) >= VOICE_AT

    def _loaded(self) -> VoiceDetector | None:
        if self._detector is None and not self._missing:
            try:
                self._detector = VoiceDetector()
            except (OSError, RuntimeError) as error:
                self._missing = True
                log.warning("no voice detector, judging by level: %s", error)
        return self._detector


class StreamClock:
    """Counts samples against the clock: what stays missing was lost; what was only late is made good."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._frames = 0
        self._usual = 0.0  # by how much the stream lags behind the clock, at its best
        self._best: float | None = None  # of the time since it is late
        self._late_since: float | None = None

    def late(self, frames: int, arrived: float) -> bool:
        """True once for every stretch of samples that never came."""
        if self._began is None:
            self._began = arrived
            return False
        self._frames += frames
        lag = arrived - self._began - self._frames / RATE_HZ
        if lag < self._usual + LATE_S:
            self._usual = min(lag, self._usual + 1e-6)  # clocks drift apart by less than 1e-4
            self._late_since = self._best = None
            return False
        self._late_since = arrived if self._late_since is None else self._late_since
        self._best = lag if self._best is None else min(self._best, lag)
        if arrived - self._late_since < LATE_FOR_S:
            return False
        self._usual, self._late_since, self._best = self._best, None, None
        return True


def _loudest(samples: Samples) -> Samples:
    """The channel with the most power: a sum would cancel channels in opposite phase. What is no number is silence."""
    heard = np.clip(np.nan_to_num(samples), -1, 1)  # a stream of floats may go beyond full scale, a microphone may not
    if heard.shape[1] == 1:
        return np.asarray(heard[:, 0])
    return np.asarray(heard[:, int(np.argmax(np.einsum("fc,fc->c", heard, heard)))])
