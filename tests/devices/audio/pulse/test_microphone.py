"""The configured microphone on a real PulseAudio: found by name, measured right, and never taken for another."""

import asyncio
import time

import numpy as np
import pytest

from devices.audio.measuring.meter import RATE_HZ
from devices.audio.stand_in import noise, speech_like
from devices.contract import DeviceError, Level, MicrophoneVerdict, Reason, SoundFault
from tests.devices.audio.conftest import Room, enter, living
from tests.devices.audio.needs import REAL_SOUND
from tests.fakes.pulse_server import PulseServer, SoundServer

pytestmark = REAL_SOUND

SILENCE_S, SPEECH_S = 0.2, 0.8


def check(room: Room) -> MicrophoneVerdict:
    return asyncio.run(room.microphone.check(SILENCE_S, SPEECH_S, lambda name, seconds: None))


def check_spoken(room: Room, level_dbov: float = -22.0) -> MicrophoneVerdict:
    """A voice that begins when it is asked to."""

    def speak(name: str, seconds: float) -> None:
        if name == "speech":
            room.server.play(speech_like(seconds + 0.5, level_dbov))

    room.server.play(noise(6.0, -62.0))
    return asyncio.run(room.microphone.check(SILENCE_S, SPEECH_S, speak))


def wait_for_level(room: Room, least_dbfs: float, within_s: float = 3.0) -> Level:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        level = room.microphone.level()
        if level is not None and level.rms_dbfs > least_dbfs:
            return level
        time.sleep(0.02)
    raise AssertionError(f"nothing over {least_dbfs} dBFS within {within_s} s: {room.microphone.level()}")


def test_level_of_a_played_tone_is_right_within_a_tenth_of_a_decibel(any_room: Room) -> None:
    any_room.open()
    any_room.server.play((0.1 * np.sin(2 * np.pi * 1000 * np.arange(3 * RATE_HZ) / RATE_HZ)).astype(np.float32))
    wait_for_level(any_room, -40.0)
    time.sleep(0.2)
    level = any_room.microphone.level()
    assert level is not None
    assert level.rms_dbfs == pytest.approx(-23.01, abs=0.1)
    assert level.peak_dbfs == pytest.approx(-20.0, abs=0.1)


def test_good_microphone_passes(room: Room) -> None:
    room.open()
    verdict = check_spoken(room)
    assert verdict.passed, verdict
    assert verdict.device == "room_mic"
    assert verdict.level_dbov == pytest.approx(-22.0, abs=2.0)


def test_steps_are_announced_as_they_begin(room: Room) -> None:
    room.open()
    begun: list[tuple[str, float]] = []
    asyncio.run(room.microphone.check(0.2, 0.3, lambda name, seconds: begun.append((name, seconds))))
    assert begun == [("silence", 0.2), ("speech", 0.3)]


def test_dead_microphone_is_named(room: Room) -> None:
    room.open()
    assert check(room).faults == (SoundFault.DEAD,)


def test_quiet_voice_is_named(room: Room) -> None:
    room.open()
    assert check_spoken(room, -42.0).faults == (SoundFault.TOO_QUIET,)


def test_missing_microphone_raises_and_is_named_by_the_check(any_server: SoundServer) -> None:
    with living(any_server, microphone="usb_mic") as room:
        with pytest.raises(DeviceError) as raised:
            room.microphone.start()
        assert raised.value.reason is Reason.LINK_LOST
        begun = time.monotonic()
        assert check(room).faults == (SoundFault.ABSENT,)
        assert time.monotonic() - begun < 1.0  # nobody is asked to speak to it


def test_microphone_plugged_in_later_is_taken_up_by_itself() -> None:
    with living(PulseServer(), microphone="usb_mic") as room:
        with pytest.raises(DeviceError):
            room.microphone.start()
        room.server.add_source("usb_mic")
        asyncio.run(room.guard.open())
        room.server.play(speech_like(4.0))
        assert wait_for_level(room, -60.0)


def test_unplugged_while_listening_is_never_a_pass(any_room: Room) -> None:
    any_room.server.add_source("other_mic")
    any_room.open()

    def speak(name: str, seconds: float) -> None:
        if name == "speech":
            any_room.server.unplug("room_mic")
            any_room.server.pactl("set-source-mute", "other_mic", "0")
            any_room.server.play(speech_like(seconds + 0.5))

    verdict = asyncio.run(any_room.microphone.check(SILENCE_S, SPEECH_S, speak))
    assert not verdict.passed
    assert {SoundFault.ABSENT, SoundFault.WRONG_DEVICE} <= set(verdict.faults)


def test_unplugged_microphone_shows_no_level_of_another(any_room: Room) -> None:
    any_room.open()
    any_room.server.play(speech_like(4.0), sink="room_speaker")
    any_room.server.unplug("room_mic")  # the server moves the stream to a loudspeaker's monitor
    deadline = time.monotonic() + 1.0
    while any_room.microphone.level() is not None and time.monotonic() < deadline:
        time.sleep(0.01)
    seen = [any_room.microphone.level() for _ in range(50) if time.sleep(0.01) is None]
    assert seen == [None] * 50


def test_only_a_loudspeakers_monitor_left_is_named_monitor(any_room: Room) -> None:
    any_room.open()
    any_room.server.play(speech_like(6.0), sink="room_speaker")
    any_room.server.unplug("room_mic")
    gone_by = time.monotonic() + 5.0  # PipeWire tells its clients of it a little later
    while "\troom_mic\t" in any_room.server.pactl("list", "short", "sources") and time.monotonic() < gone_by:
        time.sleep(0.05)
    any_room.server.pactl("set-default-source", "room_speaker.monitor")
    faults = check(any_room).faults
    assert SoundFault.MONITOR in faults
    assert SoundFault.ABSENT in faults


def test_a_monitor_configured_as_microphone_never_passes() -> None:
    with living(PulseServer(), microphone="room_speaker.monitor") as room:
        room.microphone.start()
        room.server.play(speech_like(5.0), sink="room_speaker")
        assert SoundFault.MONITOR in check(room).faults


def test_stream_moved_by_another_program_is_brought_back_and_fails_the_check(room: Room) -> None:
    room.server.add_source("other_mic")
    room.open()

    def meddle(name: str, seconds: float) -> None:
        if name == "speech":
            room.server.play(speech_like(seconds + 0.5))
            outputs = room.server.pactl("list", "short", "source-outputs").splitlines()
            ours = outputs[-1].split("\t")[0]
            room.server.pactl("move-source-output", ours, "other_mic")

    verdict = asyncio.run(room.microphone.check(SILENCE_S, SPEECH_S, meddle))
    assert SoundFault.WRONG_DEVICE in verdict.faults
    assert room.microphone.misplaced() == frozenset()


def test_replugged_microphone_is_heard_again(any_room: Room) -> None:
    any_room.open()
    any_room.server.unplug("room_mic")
    any_room.server.add_source("room_mic")
    asyncio.run(any_room.guard.open())
    any_room.server.play(speech_like(4.0))
    assert wait_for_level(any_room, -60.0)


def test_microphone_replugged_with_other_channels_is_opened_with_those(any_room: Room) -> None:
    any_room.open()
    any_room.server.unplug("room_mic")
    any_room.server.add_source("room_mic", "channels=1", "channel_map=mono")

    async def heard() -> int:
        return (await any_room.microphone.record(0.1)).samples().shape[1]

    deadline = time.monotonic() + 3.0
    while asyncio.run(heard()) != 1:
        assert time.monotonic() < deadline


def test_changed_default_leaves_the_stream_where_it_belongs(any_room: Room) -> None:
    any_room.server.add_source("other_mic")
    any_room.open()
    any_room.server.pactl("set-default-source", "other_mic")
    deadline = time.monotonic() + 1.0
    while any_room.server.pactl("get-default-source") != "room_mic" or any_room.microphone.misplaced():
        assert time.monotonic() < deadline


def test_microphone_is_heard_again_after_the_audio_server_was_killed(room: Room) -> None:
    room.open()
    room.server.kill()
    time.sleep(0.3)
    assert room.microphone.level() is None
    room.server.start()
    room.server.play(speech_like(8.0))
    deadline = time.monotonic() + 5.0
    while room.microphone.misplaced() and time.monotonic() < deadline:
        time.sleep(0.02)
    asyncio.run(room.guard.open())
    assert wait_for_level(room, -60.0, within_s=4.0)


def test_hanging_audio_server_is_answered_in_time(room: Room) -> None:
    room.open()
    room.server.freeze()
    try:
        time.sleep(2.2)
        begun = time.monotonic()
        assert SoundFault.ABSENT in check(room).faults
        assert time.monotonic() - begun < 2.5
    finally:
        room.server.thaw()


def test_two_rooms_after_one_another_in_one_process() -> None:
    for _ in range(2):
        with PulseServer() as server:
            room = enter(server)
            room.microphone.start()
            assert room.microphone.misplaced() == frozenset()
            asyncio.run(room.audio.stop())
