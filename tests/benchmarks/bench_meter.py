"""The meter against ffmpeg's ebur128 in one run, and what a timer of the screen feels of it.

`./kiosk bench meter [ROUNDS]`: how often everything is repeated in turn (5).
"""

import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QProgressBar, QVBoxLayout, QWidget

from devices.audio.measuring.meter import Meter, Samples
from devices.audio.stand_in import noise, speech_like
from devices.contract import Microphone
from tests.benchmarks.table import table
from tests.fakes.pulse_server import PulseServer
from tests.fakes.unguarded import unguarded

ROUNDS = 5
NEEDS = ("ffmpeg", "pulseaudio", "pactl", "pacat")
CHANNELS, RATE_HZ = 8, 48_000
SOUND_S = 60
PACKET_FRAMES = 480  # as the capturing process sends them
WATCHED_S = 6.0
TICK_MS, POLL_MS = 10, 33
SETTLE_S = 1.0
PLACES = "front-left,front-right,rear-left,rear-right,front-center,lfe,side-left,side-right"  # as ALSA orders eight


def voices() -> Samples:
    """Eight voices of different loudness in noise."""
    made = [speech_like(SOUND_S, -20.0 - 3 * n) + noise(SOUND_S, -55.0, n) for n in range(CHANNELS)]
    return np.ascontiguousarray(np.stack(made, axis=1), np.float32)


# --- CPU -------------------------------------------------------------------------------------------------------


def ours(sound: Samples) -> float:
    """CPU seconds; in packets of 10 ms, as PulseMicrophone has them."""
    meter, began = Meter(), time.process_time()
    for start in range(0, len(sound), PACKET_FRAMES):
        meter.feed(sound[start : start + PACKET_FRAMES], 0.0)
    spent = time.process_time() - began
    assert all(channel.short_term_lufs > -50.0 for channel in meter.levels[-1].channels)
    return spent


def ffmpeg(file: Path, each: str) -> float:
    """CPU seconds of a run in which every channel goes through `each` alone."""
    outs = "".join(f"[c{n}]" for n in range(CHANNELS))
    graph = f"[0:a]channelsplit=channel_layout=7.1{outs};" + ";".join(f"[c{n}]{each}[o{n}]" for n in range(CHANNELS))
    ends = [word for n in range(CHANNELS) for word in ("-map", f"[o{n}]")]
    quiet = ["-nostdin", "-hide_banner", "-nostats", "-loglevel", "error"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["ffmpeg", *quiet, "-i", str(file), "-filter_complex", graph, *ends, "-f", "null", "-"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cpu(rounds: int) -> str:
    sound = voices()
    spent: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "voices.wav"
        soundfile.write(file, sound, RATE_HZ, subtype="FLOAT")
        ways: dict[str, Callable[[], float]] = {
            "ffmpeg: 8 mono ebur128": lambda: ffmpeg(file, "ebur128"),
            "ffmpeg: 8 mono ebur128=peak=sample+true": lambda: ffmpeg(file, "ebur128=peak=sample+true"),
            "ffmpeg: reading alone": lambda: ffmpeg(file, "anull"),
            "ours: momentary, short-term, RMS, peak, true peak": lambda: ours(sound),
        }
        for _ in range(rounds):
            for name, way in ways.items():
                spent.setdefault(name, []).append(way())
    first = spent["ffmpeg: 8 mono ebur128"]
    rows = []
    for name, values in spent.items():
        against = statistics.median(own / peer for own, peer in zip(values, first, strict=True))
        rows.append((name, f"{statistics.median(values) / SOUND_S * 100:.2f}", f"{against:.2f}x"))
    title = f"CPU, 8 channels at 48 kHz, {SOUND_S} s, medians of {rounds} rounds in turn (target: ours <= 0.5x)"
    return table(title, ("", "% of a core", "ratio"), rows)


# --- the screen ------------------------------------------------------------------------------------------------


class Screen:
    """Eight bars that move at 30 Hz, and a timer of 10 ms whose ticks are timed."""

    def __init__(self, microphone: Microphone) -> None:
        self.window = QWidget()
        self.bars = [QProgressBar() for _ in range(CHANNELS)]
        column = QVBoxLayout(self.window)
        for bar in self.bars:
            column.addWidget(bar)
        self._microphone, self._polled = microphone, 0
        self.seen: list[float] = []  # how loud the quietest of eight channels was
        self._ticks: list[float] = []
        self._timers = [self._every(TICK_MS, lambda: self._ticks.append(time.perf_counter()))]
        self._timers.append(self._every(POLL_MS, self._poll))
        self.window.show()

    def _every(self, ms: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self.window)
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(act)
        timer.start(ms)
        return timer

    def _poll(self) -> None:
        """The bars move as much with the meter as without."""
        self._polled += 1
        level = self._microphone.level()
        if level is not None and len(level.channels) == CHANNELS:
            self.seen.append(min(channel.rms_dbfs for channel in level.channels))
        for bar in self.bars:
            bar.setValue(self._polled * 7 % 100)

    def p99(self, seconds: float) -> float:
        """Milliseconds from tick to tick."""
        self._ticks.clear()
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            QApplication.processEvents()
            time.sleep(0.0002)
        steps = sorted(np.diff(self._ticks) * 1000)
        return float(steps[int(0.99 * len(steps))])


@contextmanager
def room() -> Iterator[tuple[PulseServer, Microphone]]:
    """A microphone of eight channels on a real PulseAudio."""
    with PulseServer() as server:
        form = f"rate={RATE_HZ} channels={CHANNELS} channel_map={PLACES}"
        server.pactl("load-module", "module-null-sink", "sink_name=bus", *form.split(), "format=float32le")
        server.pactl("load-module", "module-remap-source", "source_name=array", "master=bus.monitor", *form.split())
        with unguarded(server, "array") as microphone:
            yield server, microphone


def screen(rounds: int) -> str:
    application = QApplication.instance() or QApplication([])
    without, with_it = list[float](), list[float]()
    with room() as (server, microphone):
        server.play(np.tile(voices(), (math.ceil(rounds * (2 * WATCHED_S + 8) / SOUND_S), 1)), "bus")
        microphone.start()
        microphone.stop()
        shown = Screen(microphone)
        shown.p99(SETTLE_S)
        for number in range(rounds):
            for measured in (False, True) if number % 2 else (True, False):
                if measured:
                    microphone.start()
                shown.p99(SETTLE_S)
                shown.seen.clear()
                (with_it if measured else without).append(shown.p99(WATCHED_S))
                if measured:
                    assert len(shown.seen) > 0.9 * WATCHED_S * 1000 / POLL_MS, "the microphone was not heard"
                    assert max(shown.seen) > -50.0, "nothing was heard in one of its channels"
                    microphone.stop()
    application.processEvents()
    ratio = statistics.median(mine / none for mine, none in zip(with_it, without, strict=True))
    rows = [
        ("without", f"{statistics.median(without):.2f}", f"{max(without):.2f}", "1.00x"),
        ("with the meter in its thread", f"{statistics.median(with_it):.2f}", f"{max(with_it):.2f}", f"{ratio:.2f}x"),
    ]
    title = f"p99 from tick to tick of a timer of {TICK_MS} ms, {rounds} runs of {WATCHED_S:.0f} s each in turn"
    header = ("8 channels through PulseAudio", "median, ms", "worst, ms", "ratio, median (target: <= 1.3x)")
    return table(title, header, rows)


def main(rounds: int = ROUNDS) -> None:
    if lacking := [name for name in NEEDS if shutil.which(name) is None]:
        print(f"Not installed here: {', '.join(lacking)}.")
        sys.exit(3)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    print(cpu(rounds), flush=True)
    print(screen(rounds), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
