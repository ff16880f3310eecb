"""The two-step microphone check as arithmetic: what was heard in silence and in speech -> faults and warnings.

What does not depend on the speaker (floor, hum, DC) is measured in the silence alone: measured while someone speaks,
every third good microphone was called noisy. Blocking, about 0.3 s of CPU for 9 s of sound: for a thread of one's own.
"""

import math
from collections.abc import Iterator

import numpy as np

from devices.audio.measuring.gaps import gaps
from devices.audio.measuring.howl import howls
from devices.audio.measuring.meter import Samples, active_level_dbov, channel_rms, clipped_runs, db, dc_dbfs, floor_dbfs
from devices.audio.measuring.spectrum import hum_dbfs
from devices.audio.measuring.speech import voice_s
from devices.audio.measuring.thresholds import THRESHOLDS, Grade, Thresholds
from devices.contract import MicrophoneVerdict, SoundFault

# Causes before their symptoms: where it listens, whether it lives, then what makes the others.
ORDER = (
    SoundFault.ABSENT,
    SoundFault.WRONG_DEVICE,
    SoundFault.MONITOR,
    SoundFault.DEAD,
    SoundFault.HOWL,
    SoundFault.DROPOUTS,
    SoundFault.SILENT_CHANNEL,
    SoundFault.PHASE,
    SoundFault.CLIPPING,
    SoundFault.TOO_LOUD,
    SoundFault.DC,
    SoundFault.HUM,
    SoundFault.NOISY,
    SoundFault.NO_SPEECH,
    SoundFault.TOO_QUIET,
)
Graded = tuple[SoundFault, Grade]


def judge(
    silence: Samples,
    speech: Samples,
    device: str,
    seen: frozenset[SoundFault],
    limits: Thresholds = THRESHOLDS,
    losses: int = 0,
) -> MicrophoneVerdict:
    """The verdict on both steps (frames x channels, 48 kHz).

    `seen`: the faults noticed meanwhile (absent, wrong device, monitor, dropouts). `losses`: how often samples were
    missing in the stream itself.
    """
    if not len(silence) or not len(speech):
        return _verdict(device, seen or {SoundFault.ABSENT})
    silence, speech = _sound(silence, speech)
    if max(np.max(np.abs(silence)), np.max(np.abs(speech))) < limits.dead_peak:
        return _verdict(device, seen | {SoundFault.DEAD})
    steady = np.mean(silence, axis=0)  # a fault of its own: it must not pass for noise or speech
    quiet, spoken = silence - steady, speech - steady
    loudest = int(np.argmax(channel_rms(spoken)))
    level, floor = active_level_dbov(spoken[:, loudest]), floor_dbfs(quiet[:, loudest])
    graded = [*_of_channels(quiet, spoken, loudest, limits), *_of_wave(silence, speech, losses, limits)]
    if howls(np.concatenate([quiet[:, loudest], spoken[:, loudest]])):
        graded.append((SoundFault.HOWL, Grade.FAIL))
    graded += _of_room(quiet[:, loudest], floor, limits)
    said = _spoke(spoken[:, loudest], level, floor, limits)
    graded += _of_level(level, floor, limits) if said else [(SoundFault.NO_SPEECH, Grade.FAIL)]
    snr = _finite(level - floor) if said else None
    return _verdict(device, seen, graded, _finite(level), _finite(floor), snr, _odd_channel(quiet, spoken, limits))


def _sound(silence: Samples, speech: Samples) -> tuple[Samples, Samples]:
    """Both at the channels that they share, within full scale; what is no number is silence."""
    channels = min(silence.shape[1], speech.shape[1])
    quiet, spoken = (np.clip(np.nan_to_num(step[:, :channels]), -1, 1) for step in (silence, speech))
    return quiet, spoken


def _of_channels(quiet: Samples, spoken: Samples, loudest: int, limits: Thresholds) -> Iterator[Graded]:
    for channel in _others(spoken, loudest):
        yield SoundFault.SILENT_CHANNEL, _silent(quiet, spoken, channel, loudest, limits)
        yield SoundFault.PHASE, limits.opposite.grade(-_correlation(spoken[:, channel], spoken[:, loudest]))


def _others(spoken: Samples, loudest: int) -> list[int]:
    return [channel for channel in range(spoken.shape[1]) if channel != loudest]


def _silent(quiet: Samples, spoken: Samples, channel: int, loudest: int, limits: Thresholds) -> Grade:
    """A channel that brings nothing at all, or far too little of what the loudest hears."""
    heard = max(float(np.max(np.abs(quiet[:, channel]))), float(np.max(np.abs(spoken[:, channel]))))
    if heard < limits.dead_peak:
        return Grade.FAIL
    voice = [db(float(np.sqrt(max(_gain(quiet[:, at], spoken[:, at]), 1e-20)))) for at in (channel, loudest)]
    return limits.channel_db.grade(voice[1] - voice[0])


def _gain(quiet: Samples, spoken: Samples) -> float:
    """What speech added to the room's own power."""
    return float(np.mean(np.square(spoken, dtype=np.float64)) - np.mean(np.square(quiet, dtype=np.float64)))


def _correlation(one: Samples, other: Samples) -> float:
    size = math.sqrt(float(np.dot(one, one)) * float(np.dot(other, other)))
    return float(np.dot(one, other)) / size if size > 0 else 0.0


def _odd_channel(quiet: Samples, spoken: Samples, limits: Thresholds) -> int | None:
    """Which channel is silent, or turned against the loudest; counted from 0."""
    loudest = int(np.argmax(channel_rms(spoken)))
    for fault in (SoundFault.SILENT_CHANNEL, SoundFault.PHASE):
        for channel in _others(spoken, loudest):
            pair = np.ascontiguousarray(spoken[:, [channel, loudest]])
            found = dict(_of_channels(np.ascontiguousarray(quiet[:, [channel, loudest]]), pair, 1, limits))
            if found[fault] is not Grade.PASS:
                return channel
    return None


def _of_wave(silence: Samples, speech: Samples, losses: int, limits: Thresholds) -> Iterator[Graded]:
    """The shape of the wave, of the worst channel."""
    channels = range(silence.shape[1])
    flat = max(clipped_runs(speech[:, channel]) for channel in channels)
    yield SoundFault.CLIPPING, limits.flat_tops.grade(flat)
    # Clipping makes corners that look like jumps.
    broken = 0 if flat else max(gaps(speech[:, at]) + gaps(silence[:, at]) for at in channels)
    yield SoundFault.DROPOUTS, limits.gaps.grade(broken + losses)
    yield SoundFault.DC, max(limits.dc.grade(dc_dbfs(silence[:, channel])) for channel in channels)


def _of_room(quiet: Samples, floor: float, limits: Thresholds) -> Iterator[Graded]:
    yield SoundFault.HUM, limits.hum.grade(hum_dbfs(quiet))
    yield SoundFault.NOISY, limits.floor.grade(floor)
    if limits.floor_least.grade(floor) is not Grade.PASS:
        yield SoundFault.DEAD, Grade.WARN


def _of_level(level: float, floor: float, limits: Thresholds) -> Iterator[Graded]:
    quiet = limits.quiet.grade(level)
    yield SoundFault.TOO_QUIET, quiet
    yield SoundFault.TOO_LOUD, limits.loud.grade(level)
    if quiet is not Grade.FAIL:  # a voice that is too soft has too little over any floor
        yield SoundFault.NOISY, limits.snr_db.grade(level - floor)


def _spoke(spoken: Samples, level: float, floor: float, limits: Thresholds) -> bool:
    if level < limits.speech_least_dbov:
        return False
    voice = voice_s(spoken)
    return level >= floor + limits.speech_over_floor_db if voice is None else voice >= limits.speech_s


def _verdict(
    device: str,
    seen: frozenset[SoundFault] | set[SoundFault],
    graded: list[Graded] | None = None,
    level: float | None = None,
    floor: float | None = None,
    snr: float | None = None,
    channel: int | None = None,
) -> MicrophoneVerdict:
    failed = seen | {fault for fault, grade in graded or () if grade is Grade.FAIL}
    warned = {fault for fault, grade in graded or () if grade is Grade.WARN} - failed
    faults = tuple(fault for fault in ORDER if fault in failed)
    warnings = tuple(fault for fault in ORDER if fault in warned)
    return MicrophoneVerdict(not faults, faults, level, floor, snr, device, warnings, channel)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
