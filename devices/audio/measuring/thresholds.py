"""The limits of the microphone check as data: where a value is told, where it fails, and who says so.

dBFS and dBov are RMS of sample values alike (a full-scale square is 0, a full-scale sine -3.01); peaks are dBFS.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final


class Grade(IntEnum):
    PASS = 0
    WARN = 1
    FAIL = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """Beyond `warn` a value is told, beyond `fail` it fails; which way is beyond follows from their order."""

    warn: float
    fail: float
    source: str

    def grade(self, value: float) -> Grade:
        """A NaN fails: what could not be measured is not good."""
        upwards = self.fail >= self.warn
        beyond = [not (value <= limit if upwards else value >= limit) for limit in (self.warn, self.fail)]
        return Grade.FAIL if beyond[1] else Grade.WARN if beyond[0] else Grade.PASS


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One room microphone, in the two steps of its check."""

    dead_peak: float = 1 / 32768  # one step of 16 bits (testrtc's silentThreshold); of a whole check, any one channel
    floor_least: Limit = Limit(-90.0, -240.0, "own: a real preamplifier hisses; so quiet a pause was gated")
    loud: Limit = Limit(-16.0, -10.0, "RFC 7874 section 4: -22 dBov +6 dB, +12 dB; level after ITU-T P.56")
    quiet: Limit = Limit(-28.0, -34.0, "RFC 7874 section 4: -22 dBov -6 dB, -12 dB; level after ITU-T P.56")
    floor: Limit = Limit(-55.0, -45.0, "own, near Lync's send noise limit of -35 dBm0; rooms of NC 25-30")
    snr_db: Limit = Limit(20.0, 15.0, "own, from synthetic Vietnamese speech in noise")
    flat_tops: Limit = Limit(0.5, 2.5, "own: one may be a knock; a run of six samples as testrtc's clipCountThreshold")
    hum: Limit = Limit(-60.0, -50.0, "own: lines of 50-300 Hz together, 10 dB over their neighbours, in silence")
    dc: Limit = Limit(-50.0, -40.0, "own: headroom and the click of every mute")
    gaps: Limit = Limit(0.5, 1.5, "Lync: less than one glitch in 5 minutes")
    opposite: Limit = Limit(0.6, 0.6, "own: correlation of two channels, negated; 0.6 costs a mono sum 4 dB")
    channel_db: Limit = Limit(26.0, 34.0, "own: a channel so far under the loudest does not hear the speaker")
    speech_s: float = 0.3  # a voice that was heard for less of the step did not speak (silero, 32 ms windows)
    speech_over_floor_db: float = 10.0  # only where the voice detector cannot be had
    speech_least_dbov: float = -60.0  # testrtc's lowVolumeThreshold


THRESHOLDS: Final = Thresholds()
