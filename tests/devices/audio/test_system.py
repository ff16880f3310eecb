"""A PC's sound is what answers, not what is installed."""

import asyncio
import time
from pathlib import Path

import pytest

from devices.audio.system import audio_server_present, open_room_audio
from devices.contract import DeviceError, MicState, SoundFault
from tests.devices.audio.needs import REAL_SOUND
from tests.fakes.pulse_server import PulseServer

pytestmark = REAL_SOUND


def test_running_server_is_present_and_killed_one_is_not() -> None:
    with PulseServer() as server:
        assert audio_server_present(server.url)
        server.kill()
        assert not audio_server_present(server.url)


def test_hanging_server_is_absent_within_a_second() -> None:
    with PulseServer() as server:
        server.freeze()
        begun = time.monotonic()
        assert not audio_server_present(server.url)
        assert time.monotonic() - begun < 1.5


def test_room_without_an_audio_server_says_unknown_and_absent(tmp_path: Path) -> None:
    audio = open_room_audio(tmp_path, {"table": "room_mic"}, {"room": "room_speaker"}, f"unix:{tmp_path}/none")
    microphone = audio.microphones["table"]
    with pytest.raises(DeviceError):
        microphone.start()

    async def ask() -> None:
        assert await audio.guard.close() is MicState.UNKNOWN
        assert (await microphone.check(0.1, 0.1, lambda name, seconds: None)).faults == (SoundFault.ABSENT,)
        verdict = await audio.loudspeakers["room"].check(microphone)
        assert verdict.heard is None
        assert verdict.reason is SoundFault.ABSENT
        await audio.stop()

    asyncio.run(ask())


def test_room_without_any_microphone_is_never_closed_for_sure() -> None:
    with PulseServer() as server:
        audio = open_room_audio(server.folder, {}, {}, server.url)
        assert asyncio.run(audio.guard.close()) is MicState.UNKNOWN
        assert server.muted("room_mic")
        asyncio.run(audio.stop())
