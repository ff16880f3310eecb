"""Tones of known level through the real PulseAudio and the real PipeWire, read back by the room's microphone.

`./kiosk prove sound_levels [RUNS]`: runs on each server (40).
"""

import logging
import random
import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from devices.contract import Level, Microphone
from tests.benchmarks.table import table
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.pulse_server import PulseServer, SoundServer
from tests.fakes.tech3341 import tone
from tests.fakes.unguarded import unguarded

RUNS = 40
TONE_S = 1.6
HEARD_S = 2.0  # the tone must have come by then
LISTEN_S = 0.9  # of the tone's middle
NEEDS = ("pulseaudio", "pipewire", "pipewire-pulse", "wireplumber", "dbus-daemon", "pactl", "pacat")
WITHIN_DB, OF_RUNS = 0.1, 0.95
SERVERS: dict[str, type[SoundServer]] = {"PulseAudio": PulseServer, "PipeWire": PipeWireServer}


@dataclass(frozen=True, slots=True)
class Read:
    """One run: how far the worse channel was off, in dB of RMS and of momentary loudness."""

    rms_off_db: float
    momentary_off_db: float
    channels: int

    @property
    def right(self) -> bool:
        return self.channels == 2 and max(abs(self.rms_off_db), abs(self.momentary_off_db)) <= WITHIN_DB


def new_levels(microphone: Microphone, seconds: float) -> Iterator[Level]:
    """Every level once."""
    before, ends = 0.0, time.monotonic() + seconds
    while time.monotonic() < ends:
        level = microphone.level()
        if level is not None and level.arrived > before:
            before = level.arrived
            yield level
        time.sleep(0.01)


def run(server: SoundServer, microphone: Microphone, by: random.Random) -> Read:
    """Left and right differ by 12 to 20 dB: a mixed channel shows."""
    left = by.uniform(-40.0, -6.0)
    played = (left, left - by.uniform(12.0, 20.0)) if by.random() < 0.5 else (left - by.uniform(12.0, 20.0), left)
    microphone.start()  # anew in each run: the channel count is asked anew
    sound = tone((played[0], TONE_S), channels=2)
    sound[:, 1] *= 10 ** ((played[1] - played[0]) / 20)
    player = server.play(sound)
    try:
        for level in new_levels(microphone, HEARD_S):
            if level.rms_dbfs > left - 6.0:
                break
        time.sleep(0.3)  # the first blocks are the tone's beginning
        heard = list(new_levels(microphone, LISTEN_S))
    finally:
        player.kill()
        player.wait(5)
        microphone.stop()
    if not heard or len(heard[-1].channels) != len(played):
        return Read(float("inf"), float("inf"), len(heard[-1].channels) if heard else 0)
    rms = [statistics.median(level.channels[n].rms_dbfs for level in heard) - (played[n] - 3.01) for n in (0, 1)]
    momentary = [max(level.channels[n].momentary_lufs for level in heard) - (played[n] - 3.01) for n in (0, 1)]
    return Read(max(rms, key=abs), max(momentary, key=abs), len(heard[-1].channels))


def play_all(made: type[SoundServer], runs: int, seed: int = 1) -> list[Read]:
    by = random.Random(seed)
    with made() as server, unguarded(server) as microphone:
        return [run(server, microphone, by) for _ in range(runs)]


def main(argv: list[str]) -> int:
    if lacking := [name for name in NEEDS if shutil.which(name) is None]:
        print(f"Not installed here: {', '.join(lacking)}.")
        return 3
    logging.disable(logging.WARNING)
    runs = int(argv[0]) if argv else RUNS
    rows, failed = [], False
    for name, made in SERVERS.items():
        reads = play_all(made, runs)
        right = sum(read.right for read in reads)
        failed |= right < OF_RUNS * runs
        rms, momentary = [abs(r.rms_off_db) for r in reads], [abs(r.momentary_off_db) for r in reads]
        worst = f"{max(rms):.3f}", f"{max(momentary):.3f}"
        rows.append((name, f"{right} of {runs}", f"{statistics.median(rms):.3f}", *worst))
    title = f"Two channels of different level, -60 to -6 dBFS, read back within {WITHIN_DB} dB (target: 95 %)"
    header = ("server", "right", "RMS off, median dB", "RMS off, worst dB", "momentary off, worst LU")
    print(table(title, header, rows))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
