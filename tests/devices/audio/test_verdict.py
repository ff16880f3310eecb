"""Each fault of the two-step check from a sound that has just this fault."""

import numpy as np
import pytest

from devices.audio.meter import Samples
from devices.audio.stand_in import noise, speech_like
from devices.audio.verdict import judge
from devices.contract import MicrophoneVerdict, SoundFault
from tests.fakes.voices import limited

ROOM_DBFS = -60.0


def verdict(silence: Samples, speech: Samples) -> MicrophoneVerdict:
    return judge(silence[:, np.newaxis], speech[:, np.newaxis], "mic", frozenset())


def spoken(level_dbov: float, floor_dbfs: float = ROOM_DBFS) -> Samples:
    return speech_like(4.0, level_dbov) + noise(4.0, floor_dbfs, seed=5)


@pytest.mark.parametrize("level_dbov", [-28.0, -22.0, -16.0])
@pytest.mark.parametrize("floor_dbfs", [-68.0, -50.0])
def test_good_speech_passes(level_dbov: float, floor_dbfs: float) -> None:
    heard = verdict(noise(2.0, floor_dbfs), spoken(level_dbov, floor_dbfs))
    assert heard.passed
    assert heard.level_dbov == pytest.approx(level_dbov, abs=0.3)
    assert heard.floor_dbfs == pytest.approx(floor_dbfs, abs=0.5)


FAULTS = [
    (SoundFault.DEAD, np.zeros(96_000, np.float32), np.zeros(96_000, np.float32)),
    (SoundFault.NO_SPEECH, noise(2.0, ROOM_DBFS), noise(2.0, ROOM_DBFS, seed=2)),
    (SoundFault.TOO_QUIET, noise(2.0, -75.0), spoken(-40.0, -75.0)),
    (SoundFault.TOO_LOUD, noise(2.0, ROOM_DBFS), limited(spoken(-8.0))),
    (SoundFault.NOISY, noise(2.0, -40.0), spoken(-20.0, -40.0)),
    (SoundFault.NOISY, noise(2.0, -46.0), spoken(-33.0, -46.0)),
    (SoundFault.CLIPPING, noise(2.0, ROOM_DBFS), np.clip(speech_like(4.0, -12.0), -0.3, 0.3)),
    (SoundFault.DC, noise(2.0, ROOM_DBFS) + np.float32(0.02), spoken(-22.0) + np.float32(0.02)),
]


@pytest.mark.parametrize(("fault", "silence", "speech"), FAULTS, ids=[str(f[0]) for f in FAULTS])
def test_fault_is_named_and_no_other(fault: SoundFault, silence: Samples, speech: Samples) -> None:
    assert verdict(silence, speech).faults == (fault,)


def test_a_fault_of_place_fails_the_best_sound() -> None:
    good = spoken(-22.0)[:, np.newaxis]
    heard = judge(noise(2.0)[:, np.newaxis], good, "mic", frozenset({SoundFault.WRONG_DEVICE}))
    assert not heard.passed
    assert heard.faults == (SoundFault.WRONG_DEVICE,)


def test_nothing_recorded_is_never_a_pass() -> None:
    nothing = np.zeros((0, 1), np.float32)
    assert judge(nothing, nothing, "mic", frozenset()).faults == (SoundFault.ABSENT,)


def test_steps_of_different_channel_counts_are_judged() -> None:
    speech = spoken(-22.0)
    assert judge(noise(2.0)[:, np.newaxis], np.stack([speech, 2 * speech], axis=1), "mic", frozenset()).passed
