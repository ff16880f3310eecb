"""The loudspeaker's chirp through real PulseAudio and a made-up air."""

import asyncio
import time

import numpy as np
import pytest

from devices.audio.measuring.bell import PEAK_DBFS
from devices.audio.pulse.loudspeaker import cancels_echo, conclude
from devices.audio.stand_in import noise
from devices.contract import DeviceError, LoudspeakerVerdict, SoundFault
from tests.devices.audio.conftest import Room
from tests.devices.audio.needs import REAL_SOUND

pytestmark = REAL_SOUND


def check(room: Room) -> LoudspeakerVerdict:
    begun = time.monotonic()
    verdict = asyncio.run(room.loudspeaker.check(room.microphone))
    assert time.monotonic() - begun < 8.0
    return verdict


def test_chirp_is_heard_through_the_air(echoing_room: Room) -> None:
    echoing_room.open()
    verdict = check(echoing_room)
    assert verdict.passed, verdict
    assert verdict.heard is True
    assert verdict.level_db == pytest.approx(0.0, abs=1.0)
    assert verdict.delay_ms is not None
    assert -50 < verdict.delay_ms < 400


def test_both_sides_are_told_apart(echoing_room: Room) -> None:
    echoing_room.open()
    assert check(echoing_room).channels == (True, True)


def test_dead_side_fails_and_is_named(echoing_room: Room) -> None:
    echoing_room.open()
    echoing_room.server.pactl("set-sink-volume", "room_speaker", "65536", "0")
    verdict = check(echoing_room)
    assert verdict.channels == (True, False)
    assert verdict.heard is True
    assert not verdict.passed


def heard_at(level_db: float) -> LoudspeakerVerdict:
    return LoudspeakerVerdict(True, True, level_db, 50.0)


SILENT = LoudspeakerVerdict(False, False, None, None)


@pytest.mark.parametrize(("level_db", "passed"), [(-10.0, True), (-18.0, True), (-20.5, False), (0.5, False)])
def test_level_far_from_the_baseline_does_not_pass(level_db: float, passed: bool) -> None:
    verdict = conclude([heard_at(level_db)], -10.0, hidden=False)
    assert verdict.heard is True
    assert verdict.passed is passed
    assert verdict.change_db == level_db + 10.0


def test_what_an_echo_canceller_may_hide_is_not_conclusive() -> None:
    assert conclude([SILENT], None, hidden=True).heard is None
    assert conclude([heard_at(0.0), SILENT], None, hidden=True).heard is None
    assert conclude([heard_at(0.0)], None, hidden=True).passed


@pytest.mark.parametrize(
    ("source", "sink", "may_hide"),
    [
        (
            "alsa_input.usb-Jabra_SPEAK_510_0123-00.mono-fallback",
            "alsa_output.usb-Jabra_SPEAK_510_0123-00.stereo",
            True,
        ),
        ("alsa_input.usb-Jabra_SPEAK_510_0123-00.mono-fallback", "alsa_output.usb-Bose_7-00.stereo", False),
        ("room_mic.echo-cancel", "room_speaker", True),
        ("alsa_input.pci-0000_00_1f.3.analog-stereo", "alsa_output.pci-0000_00_1f.3.analog-stereo", False),
    ],
)
def test_device_that_may_cancel_its_own_echo_is_known_by_name(source: str, sink: str, may_hide: bool) -> None:
    assert cancels_echo(source, sink) is may_hide


def test_chirp_is_heard_in_a_noisy_room(echoing_room: Room) -> None:
    echoing_room.open()
    echoing_room.server.play(noise(8.0, -20.0))
    assert check(echoing_room).heard is True


def test_chirp_is_not_heard_without_the_air(room: Room) -> None:
    room.open()
    room.server.play(noise(10.0, -50.0))
    verdict = check(room)
    assert verdict.heard is False
    assert not verdict.passed


def test_turned_down_loudspeaker_is_not_heard(echoing_room: Room) -> None:
    echoing_room.open()
    echoing_room.server.play(noise(10.0, -50.0))
    asyncio.run(echoing_room.loudspeaker.set_volume(0))
    assert check(echoing_room).heard is False


def test_closed_microphone_proves_nothing_about_the_loudspeaker(echoing_room: Room) -> None:
    echoing_room.microphone.start()
    asyncio.run(echoing_room.guard.close())
    verdict = check(echoing_room)
    assert verdict.heard is None
    assert verdict.ears is SoundFault.DEAD
    assert not verdict.passed


def test_without_a_microphone_a_person_must_listen(echoing_room: Room) -> None:
    verdict = asyncio.run(echoing_room.loudspeaker.check(None))
    assert verdict.heard is None
    assert not verdict.passed


def test_missing_loudspeaker_is_absent(echoing_room: Room) -> None:
    echoing_room.open()
    echoing_room.server.unplug("room_speaker")
    verdict = check(echoing_room)
    assert verdict == LoudspeakerVerdict(False, None, None, None, SoundFault.ABSENT)


def test_loudspeaker_unplugged_while_it_plays_never_passes(echoing_room: Room) -> None:
    echoing_room.server.pactl("load-module", "module-null-sink", "sink_name=other", "norewinds=1")
    echoing_room.open()

    async def unplug_meanwhile() -> LoudspeakerVerdict:
        checking = asyncio.create_task(echoing_room.loudspeaker.check(echoing_room.microphone))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(echoing_room.server.unplug, "room_speaker")
        return await checking

    assert not asyncio.run(unplug_meanwhile()).passed


def test_bell_is_heard_softly_in_the_room(echoing_room: Room) -> None:
    echoing_room.open()
    echoing_room.microphone.start()
    with echoing_room.microphone.keeping() as recording:
        assert asyncio.run(echoing_room.loudspeaker.ring())
    assert 20 * np.log10(np.max(np.abs(recording.samples()))) == pytest.approx(PEAK_DBFS, abs=1.5)


def test_bell_that_was_not_played_is_not_said_to_be(echoing_room: Room) -> None:
    echoing_room.server.unplug("room_speaker")
    assert not asyncio.run(echoing_room.loudspeaker.ring())
    echoing_room.server.kill()
    assert not asyncio.run(echoing_room.loudspeaker.ring())


def test_volume_is_read_back_from_the_system(room: Room) -> None:
    assert asyncio.run(room.loudspeaker.set_volume(4)) == 4
    assert "40%" in room.server.pactl("get-sink-volume", "room_speaker")
    room.server.pactl("set-sink-volume", "room_speaker", "70%")
    assert asyncio.run(room.loudspeaker.volume()) == 7


@pytest.mark.parametrize(("asked", "got"), [(-3, 0), (99, 10)])
def test_volume_beyond_the_scale_ends_at_its_end(room: Room, asked: int, got: int) -> None:
    assert asyncio.run(room.loudspeaker.set_volume(asked)) == got


def test_muted_loudspeaker_is_volume_zero_and_turning_it_up_unmutes(room: Room) -> None:
    room.server.pactl("set-sink-mute", "room_speaker", "1")
    assert asyncio.run(room.loudspeaker.volume()) == 0
    assert asyncio.run(room.loudspeaker.set_volume(5)) == 5


def test_volume_without_an_audio_server_is_unknown(room: Room) -> None:
    room.server.kill()
    assert asyncio.run(room.loudspeaker.volume()) is None
    with pytest.raises(DeviceError):
        asyncio.run(room.loudspeaker.set_volume(5))
