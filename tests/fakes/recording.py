"""Sound into and out of a private audio server at its own channels, by programs of their own."""

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


def play_channels(server: SoundServer, wave: Samples) -> None:
    """Into the bus that the microphone hears (two channels; a mono wave goes on both), in the background."""
    two = np.repeat(wave, 2, axis=1) if wave.shape[1] == 1 else wave
    file = server.folder / f"step-{time.monotonic_ns()}.raw"
    file.write_bytes(np.ascontiguousarray(two, "<f4").tobytes())
    form = [
        "--raw",
        "--format=float32le",
        f"--rate={RATE_HZ}",
        "--channels=2",
        "--latency-msec=1000",
    ]  # all of it lies ready: no gap is ours
    player = ["pacat", "--playback", "--device=mic_bus", *form, str(file)]
    server._players.append(subprocess.Popen(player, env=server.env))  # ends with the server
