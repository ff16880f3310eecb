"""The chirp is found far under the room's noise, and never where there is none."""

import numpy as np
import pytest

from devices.audio.measuring.chirp import LEVEL_DBFS, SOFT_DBFS, chirp, find_chirp
from devices.audio.measuring.meter import RATE_HZ, Samples, channel_rms, db
from devices.audio.stand_in import noise, speech_like
from tests.fakes.voices import speech

DELAY_S = 0.2


def heard(background: Samples) -> Samples:
    recording = background.copy()
    at = round(DELAY_S * RATE_HZ)
    recording[at : at + len(chirp())] += chirp()
    return recording


def test_chirp_is_soft() -> None:
    assert db(float(channel_rms(chirp()[:, np.newaxis])[0])) == pytest.approx(LEVEL_DBFS, abs=0.1)


def test_first_attempt_is_softer_still() -> None:
    assert db(float(channel_rms(chirp(SOFT_DBFS)[:, np.newaxis])[0])) == pytest.approx(-42.0, abs=0.1)


@pytest.mark.parametrize("over_db", [-10.0, 10.0, 20.0])
def test_chirp_is_found_under_noise_with_its_delay(over_db: float) -> None:
    for seed in range(3):
        found = find_chirp(heard(noise(1.5, LEVEL_DBFS + over_db, seed)))
        assert found.heard
        assert found.delay_s == pytest.approx(DELAY_S, abs=0.003)


def test_level_of_the_chirp_is_measured() -> None:
    assert find_chirp(heard(noise(1.5, -60.0)) * np.float32(0.5)).gain_db == pytest.approx(-6.02, abs=0.2)


def test_no_chirp_is_heard_in_noise() -> None:
    assert not any(find_chirp(noise(1.5, -30.0, seed)).heard for seed in range(40))


def test_no_chirp_is_heard_in_speech() -> None:
    assert not find_chirp(speech_like(1.5)).heard


def test_no_chirp_is_heard_in_silence_or_in_too_little() -> None:
    assert not find_chirp(np.zeros(72_000, np.float32)).heard
    assert not find_chirp(chirp()[:1000]).heard


@pytest.mark.needs("espeak-ng")
def test_no_chirp_is_heard_where_people_speak() -> None:
    assert not any(find_chirp(speech(1.9, -25.0, seed)).heard for seed in range(20))
