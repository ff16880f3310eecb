"""Feedback is noticed while a microphone is open, and speech never is: simulated loops, and a real PulseAudio's."""

import math
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import numpy as np

from devices.audio.measuring.meter import RATE_HZ, Samples
from devices.audio.measuring.notices import Listening
from tests.benchmarks.table import table
from tests.fakes.pulse_server import PulseServer
from tests.fakes.recording import heard_at
from tests.fakes.voices import feedback, pink, speech

GAINS = (1.02, 1.05, 1.1, 1.2, 1.35, 1.5)
LINES_HZ = (250.0, 500.0, 1000.0, 2000.0, 4000.0)
DELAYS_S = (0.008, 0.02)
LOOP_S = 12.0
LOUD_DBFS = -20.0  # RMS of half a second: from here on nobody misses it
SPEECH_RUNS, SPEECH_S = 40, 15.0
REAL_RUNS = 4
CHUNK = 480


def howled_at(wave: Samples) -> float:
    listening = Listening()
    for start in range(0, len(wave), CHUNK):
        chunk = wave[start : start + CHUNK]
        listening.feed(chunk[:, np.newaxis], (start + len(chunk)) / RATE_HZ)
        newest = listening.newest()
        if newest is not None and newest.howling:
            return newest.at
    return math.inf


def loud_at(wave: Samples, room: float = LOUD_DBFS) -> float:
    """When half a second is first louder than anything that is spoken."""
    half = RATE_HZ // 2
    powers = np.convolve(np.square(wave.astype(np.float64))[::48], np.ones(500) / 500, "valid")
    over = np.flatnonzero(powers > 10 ** (room / 10))
    return float(over[0] * 48 + half) / RATE_HZ if len(over) else math.inf


def loop(play: tuple[float, float, float, int]) -> tuple[float, float]:
    gain, hz, delay_s, seed = play
    source = speech(LOOP_S, -32.0, seed) + pink(LOOP_S, -58, seed)
    heard = feedback(source, gain, delay_s, hz, seed)
    return howled_at(heard), loud_at(heard)


def talk(seed: int) -> float:
    return howled_at(speech(SPEECH_S, -22.0 + seed % 11 - 5, seed) + pink(SPEECH_S, -66 + seed % 17, seed))


def real(run: int) -> tuple[float, float]:
    """The loudspeaker is heard by the microphone that it plays: module-loopback, louder than it came."""
    with PulseServer(acoustic_path=True) as server:
        server.play(speech(8.0, -35.0, run))
        server.pactl("load-module", "module-loopback", "source=room_mic", "sink=room_speaker", "latency_msec=20")
        server.pactl("set-sink-volume", "room_speaker", f"{110 + 5 * (run % 3)}%")
        wave = heard_at(server, "room_mic", 7.0)
    return howled_at(wave), loud_at(wave)


def main(argv: list[str]) -> int:
    began = time.monotonic()
    plays = [(g, hz, d, n) for n, (g, hz, d) in enumerate((g, h, d) for g in GAINS for h in LINES_HZ for d in DELAYS_S)]
    with ProcessPoolExecutor(2) as pool:
        loops, talks = list(pool.map(loop, plays)), list(pool.map(talk, range(SPEECH_RUNS)))
    rows, missed = [], 0
    for gain in GAINS:
        mine = [answer for play, answer in zip(plays, loops, strict=True) if play[0] == gain]
        rows.append(row(f"simulated loop, gain {gain}", mine))
        missed += sum(at == math.inf for at, _ in mine)
    reals = [real(run) for run in range(REAL_RUNS)]
    rows.append(row("real PulseAudio loop", reals))
    title = f"Howling noticed: {len(plays)} loops of {len(LINES_HZ)} resonances and {len(DELAYS_S)} delays under speech"
    print(table(title, ("what was done", "runs", "noticed", "after it was loud, s: median", "worst"), rows))
    false = sum(at < math.inf for at in talks)
    print(
        f"False alarms in {SPEECH_RUNS * SPEECH_S / 60:.0f} min of speech: {false}. {time.monotonic() - began:.0f} s."
    )
    good = false == 0 and missed <= 0.05 * len(plays) and all(at < math.inf for at, _ in reals)
    return 0 if good else 1


def row(name: str, answers: list[tuple[float, float]]) -> tuple[object, ...]:
    late = [at - loud for at, loud in answers if at < math.inf and loud < math.inf]
    noticed = sum(at < math.inf for at, _ in answers)
    return name, len(answers), noticed, f"{median(late):.2f}" if late else "-", f"{max(late):.2f}" if late else "-"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
