"""Calls of the road `sip` between real baresips on the loopback."""

import asyncio
import time

import pytest

from devices.conference.sip.program import Equipment
from devices.contract import CallState, DeviceError, Reason, Standing
from roomapp.rules.presence import Presence
from tests.devices.conference.sip.road import REAL_BARESIP, TO, gone, judged, near, road, until
from tests.fakes.baresip_peer import BaresipPeer, free_pair
from tests.fakes.pulse_server import PulseServer

pytestmark = REAL_BARESIP


def test_call_is_a_meeting_with_counted_pictures_and_sound_both_ways() -> None:
    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri)) as conference:
            await conference.join(TO)
            presence = Presence(time.monotonic())
            verdict = await judged(lambda v: v.in_meeting and v.media == "both", conference, presence)
            assert verdict.state is CallState.MEDIA_OK
            look = await until(lambda e: e.video_in.reported, conference)
            assert (look.video_in.width, look.video_in.height) == (1280, 720)
            assert look.codecs >= {"video/H264"}
            assert look.audio_in.reported > 0
            await conference.leave()
            assert conference.evidence() is None
            far.wait_for("CALL_CLOSED")

    with BaresipPeer() as far:
        asyncio.run(run(far))


def test_caller_is_told_and_taken_only_when_the_room_asks() -> None:
    async def run(far: BaresipPeer) -> None:
        port = free_pair()
        async with road(near("sip:{room}@127.0.0.1", listen=f"127.0.0.1:{port}")) as conference:
            with pytest.raises(DeviceError) as refused:
                await conference.answer()
            assert refused.value.reason is Reason.NOT_NOW
            await conference.wait_for_calls()
            assert conference.evidence() is None
            far.order("dial", f"sip:room@127.0.0.1:{port}")
            look = await until(lambda e: e.ringing, conference)
            assert (look.ringing, look.connections) == (f"far@127.0.0.1:{far.port}", 0)
            await conference.answer()
            look = await until(lambda e: e.connections == 1, conference)
            assert look.ringing == ""
            await conference.leave()
            assert far.wait_for("CALL_CLOSED")
            assert conference.pid is not None, "it goes on waiting for the next call"

    with BaresipPeer() as far:
        asyncio.run(run(far))


def test_ringing_call_is_refused_by_leaving_and_withdrawn_by_its_caller() -> None:
    async def run(far: BaresipPeer) -> None:
        port = free_pair()
        async with road(near("sip:{room}@127.0.0.1", listen=f"127.0.0.1:{port}")) as conference:
            await conference.wait_for_calls()
            far.order("dial", f"sip:room@127.0.0.1:{port}")
            await until(lambda e: e.ringing, conference)
            await conference.leave()
            assert "486" in far.wait_for("CALL_CLOSED")["param"]
            far.order("dial", f"sip:room@127.0.0.1:{port}")
            await until(lambda e: e.ringing, conference)
            far.order("hangup")
            await gone(conference)

    with BaresipPeer() as far:
        asyncio.run(run(far))


def test_microphone_begins_closed_and_is_turned_once_however_often_it_is_ordered() -> None:
    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri)) as conference:
            assert await conference.set_microphone(False) is None, "nothing to turn before the call"
            await conference.join(TO)
            await until(lambda e: e.microphone_muted is True, conference)
            said = [await conference.set_microphone(on) for on in (False, False, True, True, False)]
            assert said == [False, False, True, True, False]
            look = conference.evidence()
            assert look is not None
            assert look.microphone_muted is True

    with BaresipPeer() as far:
        asyncio.run(run(far))


def test_tones_arrive_in_order() -> None:
    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri)) as conference:
            with pytest.raises(DeviceError) as early:
                await conference.send_tones("1")
            assert early.value.reason is Reason.NOT_NOW
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            with pytest.raises(DeviceError) as wrong:
                await conference.send_tones("1A")
            assert wrong.value.reason is Reason.UNSUPPORTED
            await conference.send_tones("1*9#")
            ends = time.monotonic() + 10
            while time.monotonic() < ends:
                came = "".join(event["param"] for event in far.events if event["type"] == "CALL_DTMF_START")
                if len(came) >= 4:
                    break
                await asyncio.sleep(0.05)
            assert came == "1*9#"

    with BaresipPeer() as far:
        asyncio.run(run(far))


def test_far_end_that_hangs_up_is_an_end_and_no_meeting() -> None:
    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri)) as conference:
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            far.order("hangup")
            look = await until(lambda e: e.standing, conference)
            assert (look.standing, look.connections, look.page_error) == (Standing.ENDED, 0, None)

    with BaresipPeer(picture=False) as far:
        asyncio.run(run(far))


@pytest.mark.needs("baresip-x11")
@pytest.mark.needs("pulseaudio")
@pytest.mark.needs("pulseaudio-utils")
def test_rooms_own_microphone_and_loudspeaker_are_the_ones_in_use_and_only_during_the_call() -> None:
    async def run(far: BaresipPeer, room: PulseServer) -> None:
        equipment = Equipment("pulse,room_mic", "pulse,room_speaker")
        async with road(near(far.uri), equipment, env={"PULSE_SERVER": room.url}) as conference:
            await conference.wait_for_calls()
            assert users(room) == (0, 0)
            await conference.join(TO)
            await until(lambda e: e.audio_in.packets > 10 and e.audio_out.packets > 10, conference)
            assert users(room) == (1, 1)
            await conference.leave()
            async with asyncio.timeout(5):
                while users(room) != (0, 0):  # noqa: ASYNC110 - another program's state
                    await asyncio.sleep(0.05)

    with PulseServer() as room, BaresipPeer() as far:
        asyncio.run(run(far, room))


def users(room: PulseServer) -> tuple[int, int]:
    """How many streams take the room's microphone and play on its loudspeaker, by the server's own word."""
    return streams(room, "sources", "room_mic", "source-outputs"), streams(room, "sinks", "room_speaker", "sink-inputs")


def streams(room: PulseServer, devices: str, name: str, kind: str) -> int:
    numbers = [
        line.split("\t")[0] for line in room.pactl("list", "short", devices).splitlines() if f"\t{name}\t" in line
    ]
    return sum(line.split("\t")[1] in numbers for line in room.pactl("list", "short", kind).splitlines())


def test_room_without_a_camera_sends_no_picture_at_all() -> None:
    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri), Equipment("ausine,440", "aubridge,near")) as conference:
            await conference.join(TO)
            look = await until(lambda e: e.video_in.frames and e.audio_out.packets > 30, conference)
            assert (look.video_out.frames, look.video_out.packets) == (0, 0)

    with BaresipPeer() as far:
        asyncio.run(run(far))


def test_far_side_without_a_codec_of_ours_is_named() -> None:
    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri)) as conference:
            await conference.join(TO)
            look = await until(lambda e: e.audio_in.packets > 10 and e.common_video is False, conference)
            assert (look.connections, look.video_in.packets, look.page_error) == (1, 0, None)

    with BaresipPeer(video_codecs="VP8") as far:
        asyncio.run(run(far))


def test_camera_that_is_not_plugged_in_hinders_no_call_and_is_told() -> None:
    async def run(far: BaresipPeer) -> None:
        equipment = Equipment("ausine,440", "aubridge,near", "v4l2,/dev/v4l/by-id/not-there")
        async with road(near(far.uri), equipment) as conference:
            await conference.join(TO)
            look = await until(lambda e: e.connections, conference)
            assert look.camera_ended

    with BaresipPeer() as far:
        asyncio.run(run(far))
