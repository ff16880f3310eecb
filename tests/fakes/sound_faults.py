"""Two steps of a microphone check (silence, speech) with one fault each; every seed is another voice and room."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter1d
from scipy.signal import fftconvolve

from devices.audio.measuring.meter import RATE_HZ, Samples
from devices.contract import SoundFault
from tests.fakes.voices import babble, feedback, howl, hum, limited, pink, speech, white

SILENCE_S, SPEECH_S = 3.0, 6.0
Steps = tuple[Samples, Samples]  # frames x channels


@dataclass(frozen=True, slots=True)
class Case:
    """`name` is what was done; `make(random, seed)` is what the microphone then hears; None: it is good."""

    name: str
    fault: SoundFault | None
    make: Callable[[np.random.Generator, int], Steps]
    seen: frozenset[SoundFault] = frozenset()

    def steps(self, seed: int) -> Steps:
        return self.make(np.random.default_rng(seed), seed)


def stack(*channels: Samples) -> Samples:
    return np.stack(channels, axis=1).astype(np.float32)


def room(seconds: float, floor_dbfs: float, seed: int) -> Samples:
    """Pink and white by turns, or people behind the wall."""
    kind = (pink, white, pink, white, babble)[seed % 5]
    if kind is babble:
        return babble(seconds, floor_dbfs - 3, seed) + pink(seconds, floor_dbfs - 3, seed)
    return kind(seconds, floor_dbfs, seed)


def ordinary(random: np.random.Generator, seed: int, level: float | None = None, floor: float | None = None) -> Steps:
    """A good room: level -27..-17 dBov, floor -68..-50 dBFS, mono."""
    level_dbov = random.uniform(-27, -17) if level is None else level
    floor_dbfs = random.uniform(-68, -50) if floor is None else floor
    if level is None and floor is None:
        floor_dbfs = min(floor_dbfs, level_dbov - 21)
    quiet = room(SILENCE_S, floor_dbfs, seed)
    spoken = speech(SPEECH_S, level_dbov, seed) + room(SPEECH_S, floor_dbfs, seed + 5000)
    return stack(quiet), stack(np.clip(spoken, -1, 1))


def near_full_scale(random: np.random.Generator, seed: int) -> Steps:
    """One natural peak (a knuckle on the table) close to full scale."""
    quiet, spoken = ordinary(random, seed)
    t = np.arange(2400) / RATE_HZ
    knock = 0.95 * np.sin(2 * np.pi * random.uniform(150, 500) * t) * np.exp(-t / 0.008) * np.minimum(1, t / 0.002)
    at = int(random.uniform(1, 4) * RATE_HZ)
    spoken[at : at + 2400, 0] += knock.astype(np.float32)
    return quiet, stack(limited(spoken[:, 0], 0.99))


def dead(random: np.random.Generator, seed: int) -> Steps:
    dither = 0.0 if seed % 2 else 0.4 / 32768
    made = [random.uniform(-dither, dither, (round(s * RATE_HZ), 1)) for s in (SILENCE_S, SPEECH_S)]
    return made[0].astype(np.float32), made[1].astype(np.float32)


def silent_channel(random: np.random.Generator, seed: int) -> Steps:
    """The other channel is exact zero, or hears only its own preamplifier."""
    quiet, spoken = (wave[:, 0] for wave in ordinary(random, seed))
    hiss = seed % 2 * 10 ** (random.uniform(-85, -70) / 20)
    other = [(random.normal(0, 1, len(wave)) * hiss).astype(np.float32) for wave in (quiet, spoken)]
    pairs = [(quiet, other[0]), (spoken, other[1])]
    return (stack(*pairs[0]), stack(*pairs[1])) if seed % 4 < 2 else (stack(*pairs[0][::-1]), stack(*pairs[1][::-1]))


def stereo(random: np.random.Generator, seed: int) -> Steps:
    """Two capsules 5-20 cm apart: good."""
    quiet, spoken = ordinary(random, seed)
    late, size = int(random.integers(5, 28)), random.uniform(0.6, 1.0)
    other = stack(np.roll(spoken[:, 0], late) * size + room(SPEECH_S, -66, seed + 77))
    return np.hstack([quiet, stack(room(SILENCE_S, -60, seed + 9))]), np.hstack([spoken, other])


def no_speech(random: np.random.Generator, seed: int) -> Steps:
    floor = random.uniform(-68, -56)
    return stack(pink(SILENCE_S, floor, seed)), stack(
        (pink, white)[seed % 2](SPEECH_S, floor + random.uniform(0, 6), seed + 1)
    )


def too_quiet(random: np.random.Generator, seed: int) -> Steps:
    return ordinary(random, seed, random.uniform(-50, -36), random.uniform(-80, -68))


def too_loud(random: np.random.Generator, seed: int) -> Steps:
    """Loud all the time, but without flat tops: a room's echoes and a compressor before us."""
    quiet, spoken = ordinary(random, seed, -20.0, random.uniform(-68, -60))
    echoes = random.normal(0, 1, 1440) * np.exp(-np.arange(1440) / 480)
    wave = fftconvolve(spoken[:, 0], echoes)[: len(spoken)]
    even = wave / (np.sqrt(uniform_filter1d(np.square(wave), 1920)) + 0.05 * np.std(wave))
    return quiet, stack(random.uniform(0.8, 0.97) * np.tanh(even * 0.9))


def noisy(random: np.random.Generator, seed: int) -> Steps:
    """A floor over -45 dBFS, or a voice that is only 3-12 dB over it."""
    if seed % 2:
        return ordinary(random, seed, random.uniform(-24, -16), random.uniform(-43, -32))
    level = random.uniform(-33, -26)
    return ordinary(random, seed, level, level - random.uniform(3, 12))


def humming(random: np.random.Generator, seed: int) -> Steps:
    size = random.uniform(-48, -30)
    quiet, spoken = ordinary(random, seed)
    hums = [stack(hum(seconds, size, seed)) for seconds in (SILENCE_S, SPEECH_S)]
    return quiet + hums[0], np.clip(spoken + hums[1], -1, 1)


def soft_hum(random: np.random.Generator, seed: int) -> Steps:
    """-75..-63 dBFS: nobody hears it."""
    quiet, spoken = ordinary(random, seed)
    size = random.uniform(-75, -63)
    return quiet + stack(hum(SILENCE_S, size, seed)), spoken + stack(hum(SPEECH_S, size, seed))


def clipping(random: np.random.Generator, seed: int) -> Steps:
    """A preamplifier at its end; every second one turned down afterwards."""
    quiet, spoken = ordinary(random, seed, -20.0)
    clipped = np.clip(spoken * 10 ** (random.uniform(6, 14) / 20), -0.98, 0.98)
    return quiet, (clipped * (random.uniform(0.3, 0.7) if seed % 2 else 1.0)).astype(np.float32)


def howling(random: np.random.Generator, seed: int) -> Steps:
    """A tone that builds up, a loop with a resonance under speech, or the roar of a loop that favours no frequency."""
    quiet, spoken = ordinary(random, seed)
    hz = float(random.choice([315, 630, 1250, 2500, 4000]))
    if seed % 3 == 0:
        return quiet, np.clip(spoken + stack(howl(SPEECH_S, hz, -55, random.uniform(8, 40))), -1, 1)
    if seed % 3 == 1:
        delay_s = random.uniform(0.008, 0.025)
        return quiet, stack(feedback(spoken[:, 0], random.uniform(1.1, 1.5), delay_s, hz, seed))
    delay = round(random.uniform(0.03, 0.12) * RATE_HZ)
    heard = np.concatenate([np.zeros(delay), spoken[:, 0]])
    for at in range(delay, len(heard), delay):
        piece = heard[at : at + delay]
        piece += 1.3 * heard[at - delay : at][: len(piece)]
        np.clip(piece, -1, 1, out=piece)
    return quiet, stack(heard[delay:])


def dc(random: np.random.Generator, seed: int) -> Steps:
    constant = np.float32(10 ** (random.uniform(-38, -22) / 20) * random.choice([-1, 1]))
    quiet, spoken = ordinary(random, seed, random.uniform(-27, -23), -60.0)
    return quiet + constant, np.clip(spoken + constant, -1, 1)


def phase(random: np.random.Generator, seed: int) -> Steps:
    quiet, spoken = ordinary(random, seed)
    turned = stack(-spoken[:, 0] * random.uniform(0.6, 1.0) + room(SPEECH_S, -66, seed + 3))
    return np.hstack([quiet, stack(room(SILENCE_S, -62, seed + 4))]), np.hstack([spoken, turned])


def zeroed(random: np.random.Generator, seed: int) -> Steps:
    """2-6 packets of 5-60 ms are zeros, somewhere in the sound."""
    quiet, spoken = ordinary(random, seed)
    for at in _lively(spoken[:, 0], random, int(random.integers(2, 7))):
        spoken[at : at + int(random.uniform(0.005, 0.06) * RATE_HZ)] = 0
    return quiet, spoken


def skipped(random: np.random.Generator, seed: int) -> Steps:
    """6-10 times 5-30 ms are missing from the stream, and nothing says so."""
    quiet, spoken = ordinary(random, seed)
    for at in sorted(_lively(spoken[:, 0], random, int(random.integers(6, 11))), reverse=True):
        gone = int(random.uniform(0.005, 0.03) * RATE_HZ)
        spoken = np.concatenate([spoken[:at], spoken[at + gone :]])
    return quiet, spoken


def _lively(wave: Samples, random: np.random.Generator, many: int) -> list[int]:
    """Places inside words, at least 0.2 s apart."""
    loud = np.abs(wave) > 0.3 * np.sqrt(np.mean(np.square(wave)))
    found: list[int] = []
    while len(found) < many:
        at = int(random.integers(RATE_HZ // 4, len(wave) - RATE_HZ // 2))
        if loud[at : at + 480].mean() > 0.5 and all(abs(at - other) > RATE_HZ // 5 for other in found):
            found.append(at)
    return found


def nothing(random: np.random.Generator, seed: int) -> Steps:
    return np.zeros((0, 1), np.float32), np.zeros((0, 1), np.float32)


CASES = (
    Case("good speech", None, ordinary),
    Case("good, a peak near full scale", None, near_full_scale),
    Case("good, two capsules", None, stereo),
    Case("good, hum that nobody hears", None, soft_hum),
    Case("not there", SoundFault.ABSENT, nothing, frozenset({SoundFault.ABSENT})),
    Case("another device speaks", SoundFault.WRONG_DEVICE, ordinary, frozenset({SoundFault.WRONG_DEVICE})),
    Case("a loudspeaker's monitor", SoundFault.MONITOR, ordinary, frozenset({SoundFault.MONITOR})),
    Case("dead", SoundFault.DEAD, dead),
    Case("one channel dead", SoundFault.SILENT_CHANNEL, silent_channel),
    Case("nobody speaks", SoundFault.NO_SPEECH, no_speech),
    Case("too quiet", SoundFault.TOO_QUIET, too_quiet),
    Case("too loud, not clipped", SoundFault.TOO_LOUD, too_loud),
    Case("noisy", SoundFault.NOISY, noisy),
    Case("hum", SoundFault.HUM, humming),
    Case("clipped, also turned down after", SoundFault.CLIPPING, clipping),
    Case("howl", SoundFault.HOWL, howling),
    Case("DC", SoundFault.DC, dc),
    Case("channels in opposite phase", SoundFault.PHASE, phase),
    Case("packets of zeros", SoundFault.DROPOUTS, zeroed),
    Case("samples missing", SoundFault.DROPOUTS, skipped),
)
