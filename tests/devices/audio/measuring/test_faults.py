"""Each fault of the microphone check from Vietnamese speech in a room that has just this fault (short form)."""

import numpy as np
import pytest

from devices.audio.measuring.verdict import judge
from devices.contract import SoundFault
from tests.fakes.sound_faults import CASES, Case, ordinary, silent_channel, stack
from tests.fakes.voices import pink, speech

pytestmark = pytest.mark.needs("espeak-ng")
SEEDS = (3,)


@pytest.mark.parametrize("case", CASES, ids=[case.name.replace(" ", "_") for case in CASES])
def test_fault_is_named_first_and_good_speech_is_accepted(case: Case) -> None:
    for seed in SEEDS:
        verdict = judge(*case.steps(seed), "mic", case.seen)
        assert verdict.faults[:1] == ((case.fault,) if case.fault else ()), (seed, verdict)
        assert verdict.passed is (case.fault is None)


def test_silent_channel_is_told_by_its_number() -> None:
    random = np.random.default_rng(1)
    assert judge(*silent_channel(random, 1), "mic", frozenset()).channel == 1
    assert judge(*silent_channel(random, 2), "mic", frozenset()).channel == 0


def test_good_speech_over_a_weak_floor_passes_with_a_warning() -> None:
    verdict = judge(*ordinary(np.random.default_rng(3), 3, -22.0, -50.0), "mic", frozenset())
    assert verdict.passed
    assert verdict.warnings == (SoundFault.NOISY,)


@pytest.mark.parametrize(("losses", "passed"), [(0, True), (1, True), (2, False)])
def test_one_loss_of_the_stream_warns_and_two_fail(losses: int, passed: bool) -> None:
    quiet, spoken = ordinary(np.random.default_rng(3), 3, -22.0, -60.0)
    verdict = judge(quiet, spoken, "mic", frozenset(), losses=losses)
    assert verdict.passed is passed
    assert (SoundFault.DROPOUTS in verdict.warnings + verdict.faults) is (losses > 0)


def test_noise_that_is_loud_enough_is_no_speech() -> None:
    verdict = judge(stack(pink(2.0, -60, 1)), stack(pink(4.0, -30, 2)), "mic", frozenset())
    assert verdict.faults[:1] == (SoundFault.NO_SPEECH,)


def test_samples_that_are_no_numbers_are_judged() -> None:
    spoken = stack(speech(3.0, -22.0, 1) + pink(3.0, -60, 2))
    spoken[1000:1004, 0] = np.nan, np.inf, -np.inf, 0
    assert judge(stack(pink(1.0, -60, 1)), np.clip(spoken, -1, 1), "mic", frozenset()).level_dbov == pytest.approx(
        -22, abs=1
    )
