"""Faults of the microphone check through a real PulseAudio (short form of tests/proofs/sound_faults_real.py)."""

import asyncio

import pytest

from tests.devices.audio.conftest import Room
from tests.devices.audio.needs import REAL_SOUND
from tests.fakes.recording import play_channels
from tests.fakes.sound_faults import CASES, Case

pytestmark = [*REAL_SOUND, pytest.mark.needs("espeak-ng")]
SILENCE_S, SPEECH_S = 1.0, 2.5
SHORT = ("good speech", "hum", "clipped, also turned down after", "channels in opposite phase")


@pytest.mark.parametrize("case", [case for case in CASES if case.name in SHORT], ids=lambda case: case.name)
def test_fault_is_heard_through_the_server(room: Room, case: Case) -> None:
    room.open()
    silence, spoken = case.steps(3)

    def step(name: str, seconds: float) -> None:
        play_channels(room.server, silence if name == "silence" else spoken)

    verdict = asyncio.run(room.microphone.check(SILENCE_S, SPEECH_S, step))
    assert verdict.faults[:1] == ((case.fault,) if case.fault else ()), verdict
