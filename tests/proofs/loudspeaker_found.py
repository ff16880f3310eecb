"""The loudspeaker's chirp is found far under the noise and never where there is none: simulated, and PulseAudio."""

import asyncio
import logging
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from scipy.signal import fftconvolve

from devices.audio.measuring.chirp import LEVEL_DBFS, chirp, find_chirp
from devices.audio.measuring.meter import RATE_HZ, Samples
from tests.benchmarks.table import table
from tests.devices.audio.conftest import living
from tests.fakes.pulse_server import PulseServer
from tests.fakes.voices import babble, pink, speech, white

RUNS, EMPTY_RUNS, REAL_RUNS = 100, 200, 10
SNRS_DB = (-5.0, -10.0, -15.0, -20.0)
WANTED_AT_DB, WANTED = -15.0, 0.95
RECORDED_S = 1.9
NOISES: tuple[Callable[[float, float, int], Samples], ...] = (pink, white, babble)


def in_a_room(play: tuple[float, int]) -> tuple[bool, float]:
    """RT60 0.3-0.8 s, as much echo as direct sound, 20-400 ms late; heard, and how far off the delay was (ms)."""
    snr_db, seed = play
    random = np.random.default_rng(seed)
    t = np.arange(round(0.8 * RATE_HZ)) / RATE_HZ
    echoes = random.normal(0, 1, len(t)) * 10 ** (-3 * t / random.uniform(0.3, 0.8)) * (t > 0.002)
    impulse = echoes / np.sqrt(np.sum(echoes**2))
    impulse[0] += 1.0
    came = fftconvolve(chirp(), impulse)[: RATE_HZ + RATE_HZ // 4]
    delay = round(random.uniform(0.02, 0.4) * RATE_HZ)
    level_dbfs = 10 * np.log10(np.mean(np.square(came[:RATE_HZ]))) - snr_db
    heard = NOISES[seed % 3](RECORDED_S, level_dbfs, seed)
    heard[delay : delay + len(came)] += came[: len(heard) - delay].astype(np.float32)
    found = find_chirp(heard)
    return found.heard, abs(found.delay_s - delay / RATE_HZ) * 1000


def empty(seed: int) -> bool:
    noises = (*NOISES, speech)
    return find_chirp(noises[seed % 4](RECORDED_S, LEVEL_DBFS + seed % 20, seed)).heard


def real(play: tuple[bool, int]) -> tuple[bool, bool | None]:
    """Through the server's own loopback for air, under white noise 15 dB louder than the loudest chirp."""
    air, seed = play
    with living(PulseServer(acoustic_path=air)) as room:
        room.open()
        room.server.play(white(12.0, LEVEL_DBFS - WANTED_AT_DB, seed))
        verdict = asyncio.run(room.loudspeaker.check(room.microphone))
    return air, verdict.heard


def main(argv: list[str]) -> int:
    logging.disable(logging.WARNING)
    began = time.monotonic()
    with ProcessPoolExecutor(2) as pool:
        rows, enough = [], True
        for snr_db in SNRS_DB:
            found = list(pool.map(in_a_room, [(snr_db, seed) for seed in range(RUNS)], chunksize=5))
            heard = sum(ok for ok, _ in found)
            exact = sum(ok and off <= 5 for ok, off in found)
            rows.append((f"room, SNR {snr_db:g} dB", RUNS, heard, exact))
            enough = enough and (snr_db < WANTED_AT_DB or heard >= WANTED * RUNS)
        false = sum(pool.map(empty, range(EMPTY_RUNS), chunksize=10))
        rows.append(("room, noise or speech only", EMPTY_RUNS, false, "-"))
        reals = list(pool.map(real, [(air, seed) for seed in range(REAL_RUNS) for air in (True, False)]))
    with_air = sum(heard is True for air, heard in reals if air)
    without = sum(heard is True for air, heard in reals if not air)
    rows += [("PulseAudio, SNR -15 dB", REAL_RUNS, with_air, "-"), ("PulseAudio, no air", REAL_RUNS, without, "-")]
    print(table("The loudspeaker's chirp", ("what was done", "runs", "heard", "delay within 5 ms"), rows))
    print(f"{time.monotonic() - began:.0f} s.")
    return 0 if enough and not false and not without and with_air >= WANTED * REAL_RUNS else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
