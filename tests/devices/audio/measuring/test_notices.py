"""What an open microphone notices: howling in time and never for people, clipping, breaks, and who has not spoken."""

import math

import numpy as np
import pytest

from devices.audio.measuring.meter import RATE_HZ, Samples
from devices.audio.measuring.notices import Listening
from devices.audio.stand_in import noise
from devices.contract import Notices
from tests.fakes.voices import at_level, feedback, pink, speech

CHUNK = 480
ESPEAK = pytest.mark.needs("espeak-ng")


def listen(wave: Samples, listening: Listening | None = None, began: float = 0.0) -> list[Notices]:
    listening, said = listening or Listening(), []
    for start in range(0, len(wave), CHUNK):
        chunk = wave[start : start + CHUNK]
        listening.feed(chunk[:, np.newaxis], began + (start + len(chunk)) / RATE_HZ)
        newest = listening.newest()
        assert newest is not None
        said.append(newest)
    return said


def howled_at(wave: Samples) -> float:
    return next((notices.at for notices in listen(wave) if notices.howling), math.inf)


def tone(hz: float, seconds: float, level_dbfs: float = -20.0) -> Samples:
    return at_level(np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ), level_dbfs)


def vowel(hz: float, seconds: float) -> Samples:
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return at_level(sum(np.sin(2 * np.pi * hz * k * t) / k**1.5 for k in range(1, 12)), -18.0)


@ESPEAK
@pytest.mark.parametrize(("gain", "within_s"), [(1.05, 3.0), (1.2, 1.4), (1.5, 1.2)])
@pytest.mark.parametrize("hz", [315.0, 1000.0, 3150.0])
def test_feedback_under_speech_is_noticed(gain: float, within_s: float, hz: float) -> None:
    assert howled_at(feedback(speech(4.0, -28.0, 1), gain, 0.012, hz, 1)) < within_s


@ESPEAK
def test_speech_does_not_howl() -> None:
    assert howled_at(speech(20.0, -18.0, 2) + pink(20.0, -50, 3)) == math.inf


@pytest.mark.parametrize("hz", [110.0, 220.0, 440.0, 600.0])
def test_held_vowel_does_not_howl(hz: float) -> None:
    assert howled_at(vowel(hz, 3.0)) == math.inf


def test_short_ring_does_not_howl() -> None:
    ring = np.concatenate([tone(900.0, 0.7), noise(0.8)])
    assert howled_at(np.tile(ring, 3)) == math.inf


def test_soft_whine_of_a_fan_does_not_howl() -> None:
    assert howled_at(tone(2000.0, 3.0, -45.0) + noise(3.0)) == math.inf


def test_tone_that_stays_howls() -> None:
    assert howled_at(tone(1000.0, 2.0)) < 1.1


@ESPEAK
def test_clipping_is_noticed_and_forgotten_after_two_seconds() -> None:
    clipped = np.clip(speech(2.0, -12.0, 1) * 3, -1, 1)
    said = listen(np.concatenate([clipped, noise(3.0)]))
    assert any(notices.clipping for notices in said)
    assert not said[-1].clipping


@ESPEAK
def test_seconds_without_a_voice_are_counted_from_the_last_one() -> None:
    said = listen(np.concatenate([speech(4.0, -22.0, 1), np.zeros(5 * RATE_HZ, np.float32)]) + pink(9.0, -58, 1))
    assert max(notices.speechless_s for notices in said[:400]) < 1.5
    assert said[-1].speechless_s == pytest.approx(5.0, abs=0.7)


def test_noise_is_no_voice() -> None:
    assert listen(np.concatenate([noise(2.0, -60.0), noise(3.0, -35.0)]))[-1].speechless_s > 4.5


def test_samples_that_never_came_are_one_break() -> None:
    listening = Listening()
    listen(noise(1.0), listening)
    assert listen(noise(2.5), listening, began=1.3)[-1].breaks == 1


def test_samples_that_were_only_late_are_no_break() -> None:
    listening = Listening()
    listen(noise(1.0), listening)
    late = noise(0.5)[:, np.newaxis]
    for start in range(0, len(late), CHUNK):
        listening.feed(late[start : start + CHUNK], 1.5)
    assert listen(noise(2.0), listening, began=1.5)[-1].breaks == 0


def test_loss_told_by_the_stream_is_a_break_for_five_minutes() -> None:
    listening = Listening()
    chunk = noise(0.1)[:, np.newaxis]
    listening.feed(chunk, 10.0, lost=True)
    first = listening.newest()
    listening.feed(chunk, 10.1 + 300.0)
    last = listening.newest()
    assert first is not None
    assert last is not None
    assert (first.breaks, last.breaks) == (1, 0)


def test_nothing_is_known_before_the_first_samples() -> None:
    assert Listening().newest() is None
