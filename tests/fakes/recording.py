"""What a source of a private audio server brings, recorded by a program of its own."""

import subprocess
import time

import numpy as np

from devices.audio.meter import RATE_HZ, Samples
from tests.fakes.pulse_server import SoundServer


def heard_at(server: SoundServer, source: str, seconds: float) -> Samples:
    """One channel of what `source` brings from now on, 48 kHz."""
    form = ["--raw", "--format=float32le", f"--rate={RATE_HZ}", "--channels=2", "--latency-msec=20"]
    target = server.folder / "heard.raw"
    with target.open("wb") as out:
        recorder = subprocess.Popen(["parec", f"--device={source}", *form], stdout=out, env=server.env)
        time.sleep(seconds)
        recorder.terminate()
        recorder.wait(5)
    whole = np.fromfile(target, "<f4")
    return np.asarray(whole[: len(whole) // 2 * 2].reshape(-1, 2)[:, 0], np.float32)
