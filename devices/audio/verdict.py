"""The two-step microphone check as arithmetic: what was heard in silence and in speech -> faults."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.audio.meter import (
    Samples,
    active_level_dbov,
    channel_rms,
    clipped_runs,
    dc_dbfs,
    floor_dbfs,
)
from devices.contract import MicrophoneVerdict, SoundFault


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a fault begins. Speech: RFC 7874 §4 asks for -22 dBov ± 6 dB; ± 12 dB is where it fails a meeting."""

    dead_peak: float = 1 / 32768  # one step of 16 bits (testrtc's silentThreshold)
    speech_over_floor_db: float = 10.0  # less than this is nobody speaking
    speech_least_dbov: float = -60.0  # testrtc's lowVolumeThreshold
    quiet_dbov: float = -34.0  # RFC 7874 §4 - 12 dB
    loud_dbov: float = -10.0  # RFC 7874 §4 + 12 dB
    noisy_floor_dbfs: float = -45.0  # own, near Lync's send noise limit of -35 dBm0
    snr_least_db: float = 15.0  # own, from synthetic Vietnamese speech in noise
    clipped_runs: int = 3  # own
    dc_dbfs: float = -40.0  # own


THRESHOLDS: Final = Thresholds()


def judge(
    silence: Samples, speech: Samples, device: str, seen: frozenset[SoundFault], limits: Thresholds = THRESHOLDS
) -> MicrophoneVerdict:
    """The verdict on both steps; `seen` are the faults of place noticed meanwhile (absent, wrong device, monitor)."""
    order = list(SoundFault)
    if not len(silence) or not len(speech):
        faults = sorted(seen | (set() if seen else {SoundFault.ABSENT}), key=order.index)
        return MicrophoneVerdict(False, tuple(faults), None, None, None, device)
    channels = min(silence.shape[1], speech.shape[1])
    loudest = int(np.argmax(channel_rms(speech[:, :channels])))
    quiet, spoken = silence[:, loudest], speech[:, loudest]
    if max(np.max(np.abs(silence)), np.max(np.abs(speech))) < limits.dead_peak:
        faults = sorted(seen | {SoundFault.DEAD}, key=order.index)
        return MicrophoneVerdict(False, tuple(faults), None, None, None, device)
    constant = float(np.mean(quiet))  # a fault of its own: it must not pass for noise or speech
    level, floor = active_level_dbov(spoken - constant), floor_dbfs(quiet - constant)
    found = seen | _speech_faults(level, floor, limits)
    if clipped_runs(spoken) >= limits.clipped_runs:
        found |= {SoundFault.CLIPPING}
    if dc_dbfs(quiet) > limits.dc_dbfs:
        found |= {SoundFault.DC}
    faults = sorted(found, key=order.index)
    snr = _finite(level - floor) if SoundFault.NO_SPEECH not in found else None
    return MicrophoneVerdict(not faults, tuple(faults), _finite(level), _finite(floor), snr, device)


def _speech_faults(level: float, floor: float, limits: Thresholds) -> set[SoundFault]:
    found: set[SoundFault] = set()
    if level < max(limits.speech_least_dbov, floor + limits.speech_over_floor_db):
        found.add(SoundFault.NO_SPEECH)
    elif level < limits.quiet_dbov:
        found.add(SoundFault.TOO_QUIET)
    elif level > limits.loud_dbov:
        found.add(SoundFault.TOO_LOUD)
    if floor > limits.noisy_floor_dbfs or (not found and level - floor < limits.snr_least_db):
        found.add(SoundFault.NOISY)
    return found


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
