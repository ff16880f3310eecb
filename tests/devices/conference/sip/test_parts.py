"""What baresip writes is read as it stands, and garbage counts for nothing."""

import asyncio
import contextlib
import json
from pathlib import Path

import pytest

from devices.conference.sip.call import Call, Phase, caller
from devices.conference.sip.control import Control, Netstrings, netstring
from devices.conference.sip.counters import Counters
from devices.conference.sip.program import Account, Equipment, Found, config, find, lacking
from devices.contract import DeviceError, DeviceTimeout, Reason

ROOM = Equipment("pulse,room_mic", "pulse,room_speaker", "v4l2,/dev/video0", "x11")
VIDEO = """
 tx: encode: H264 yuv420p
     source: v4l2 1280 x 720, fps=25.00 frames={taken}
 rx: decode: H264 yuv420p
     vidisp: x11 1920 x 1080 frames={shown}
  member 0x08470322: lost=0 Jitter={jitter}ms RTT=0.0ms
                 IP=10.0.0.1:34268 psent={psent} rcvd={came}
  TX: packets={sent}, octets=5068
"""
STILL = {"taken": 10, "shown": 20, "jitter": "0.0", "psent": 30, "came": 40, "sent": 50}


def looked(*looks: dict[str, object]) -> Counters:
    counters = Counters()
    for look in looks:
        counters.read("", VIDEO.format(**{**STILL, **look}))
    return counters


def test_netstrings_come_whole_however_they_are_cut() -> None:
    stream = netstring(b'{"a":1}') + netstring(b"") + netstring("Điểm cầu".encode())
    cut = Netstrings()
    got = [payload for at in range(len(stream)) for payload in cut.feed(stream[at : at + 1])]
    assert got == [b'{"a":1}', b"", "Điểm cầu".encode()]


@pytest.mark.parametrize("garbage", [b"x:abc,", b"hello world", b"99999999:", b"999999:x", b"3:abcd", b":,", b"-1:,"])
def test_garbage_on_the_control_socket_is_a_protocol_error(garbage: bytes) -> None:
    with pytest.raises(DeviceError) as told:
        Netstrings().feed(garbage)
    assert told.value.reason is Reason.PROTOCOL


async def controlled(answers: list[bytes]) -> list[str | Reason]:
    """What one order after another brings, where the other side answers with these bytes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):  # closed lines are cut, not ended
            for answer in answers:
                await reader.readuntil(b"},")
                writer.write(answer)
            await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    control = Control(server.sockets[0].getsockname()[1], lambda event: None)
    await control.open(1)
    brought: list[str | Reason] = []
    for _ in answers:
        try:
            brought.append(await control.command("reginfo", wait_s=0.3))
        except DeviceError as error:
            brought.append(error.reason)
    await control.close()
    server.close()
    await server.wait_closed()
    return brought


def reply(token: int, **more: object) -> bytes:
    return netstring(json.dumps({"response": True, "ok": True, "token": str(token), "data": "x"} | more).encode())


def test_answer_to_an_earlier_order_is_not_taken_for_this_ones() -> None:
    assert asyncio.run(controlled([b"", reply(1) + reply(2, data="mine")])) == [Reason.NO_ANSWER, "mine"]


def test_message_that_is_no_json_spoils_itself_only() -> None:
    spoilt = netstring(b"{nonsense") + netstring(b"[1]") + netstring(b"\xff\xfe") + reply(1)
    assert asyncio.run(controlled([spoilt])) == ["x"]


def test_order_that_baresip_refuses_is_not_now() -> None:
    assert asyncio.run(controlled([reply(1, ok=False)])) == [Reason.NOT_NOW]


def test_line_that_speaks_no_netstrings_is_lost_for_every_later_order() -> None:
    assert asyncio.run(controlled([b"HTTP/1.1 400", b""])) == [Reason.PROTOCOL, Reason.PROTOCOL]


def test_order_longer_than_baresip_reads_is_refused_here() -> None:
    async def run() -> None:
        with pytest.raises(DeviceError) as told:
            await Control(9, lambda event: None).command("dial", "sip:" + "8" * 300, wait_s=1)
        assert told.value.reason is Reason.UNSUPPORTED
        assert not isinstance(told.value, DeviceTimeout)

    asyncio.run(run())


def test_counters_are_read_from_baresips_own_text() -> None:
    look = looked({}).evidence(1.0)
    assert (look.video_in.frames, look.video_in.packets, look.video_in.reported) == (20, 40, 30)
    assert (look.video_in.width, look.video_in.height) == (1920, 1080)
    assert (look.video_out.frames, look.video_out.packets, look.video_out.width) == (10, 50, 1280)
    assert look.codecs == {"video/H264"}


def test_counter_that_begins_anew_goes_on_growing() -> None:
    look = looked({"came": 40}, {"came": 5}, {"came": 9}).evidence(1.0)
    assert look.video_in.packets == 49


def test_picture_taken_but_not_sent_does_not_count() -> None:
    look = looked({"taken": 10, "sent": 50}, {"taken": 99, "sent": 50}).evidence(1.0)
    assert look.video_out.frames == 10
    assert looked({"taken": 10, "sent": 50}, {"taken": 99, "sent": 51}).evidence(1.0).video_out.frames == 99


def test_only_a_report_that_changed_acknowledges_our_packets() -> None:
    nothing, told = looked({}, {}), looked({}, {"jitter": "3.1"}, {"jitter": "3.1"}, {"jitter": "3.2"})
    assert (nothing.acknowledged, told.acknowledged) == (0, 2)


def test_garbage_in_texts_and_reports_counts_for_nothing() -> None:
    counters = Counters()
    counters.read("member 0xzz: lost=a", "\x00 frames=12 TX: packets=")
    for stats in (None, [], {"tx": 3, "rx": {"lost": "x"}, "rtt": "y"}, {"tx": {}, "rx": None, "rtt": -1}):
        counters.reported({"param": "audio", "rtcp_stats": stats})
    look = counters.evidence(1.0)
    assert (look.acknowledged, look.video_in.frames, look.rtt_ms, look.loss_pct) == (0, 0, None, None)


def test_end_of_another_call_does_not_end_ours() -> None:
    call = Call()
    call.dial()
    call.take({"type": "CALL_CLOSED", "direction": "incoming", "id": "x", "param": "486 Busy Here"})
    assert call.phase is Phase.DIALLING
    call.take({"type": "CALL_ESTABLISHED", "direction": "outgoing", "id": "ours"})
    call.take({"type": "CALL_CLOSED", "direction": "outgoing", "id": "x", "param": ""})
    assert call.phase is Phase.STANDS


def test_caller_cannot_write_what_it_likes_on_the_screen() -> None:
    assert caller("<sip:8123\x1b[31m\n\u202e@mcu;transport=tcp>") == "8123[31m@mcu"
    assert caller("") == "?"
    assert len(caller("sip:" + "9" * 500)) == 80


def test_configuration_names_the_rooms_devices_and_only_the_loopback_controls() -> None:
    lines = config(Found("/usr/bin/baresip", (1, 0, 0), "/m"), ROOM, 4444, "", "").splitlines()
    assert {"audio_source pulse,room_mic", "audio_player pulse,room_speaker", "video_source v4l2,/dev/video0"} <= set(
        lines
    )
    assert [line for line in lines if line.startswith("ctrl_tcp_listen")] == ["ctrl_tcp_listen 127.0.0.1:4444"]
    assert {"module pulse.so", "module v4l2.so", "module x11.so", "module_tmp account.so"} <= set(lines)
    assert not [line for line in lines if "avformat" in line]


def test_newer_baresip_is_given_its_own_lines() -> None:
    lines = config(Found("/usr/bin/baresip", (3, 16, 0), "/m"), ROOM, 4444, "", "").splitlines()
    assert "module_app account.so" in lines
    assert not [line for line in lines if line.startswith("module_tmp")]


def test_sites_name_cannot_break_out_of_its_quotes() -> None:
    line = Account("room@host", 'Điểm cầu" <sip:x@y>;auth_pass=z\n', True).line()
    assert line.startswith('"Điểm cầu   sip:x@y  auth_pass=z" <sip:room@host>;')
    assert line.count("\n") == 1


def test_version_and_modules_are_those_of_the_program_that_was_found(tmp_path: Path) -> None:
    modules = tmp_path / "lib" / "x86_64-linux-gnu" / "baresip" / "modules"
    modules.mkdir(parents=True)
    (modules / "ctrl_tcp.so").touch()
    (modules / "avcodec.so").touch()
    program = tmp_path / "bin" / "baresip"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'baresip v3.16.0 Copyright (C) 2010 - 2024'\n")
    program.chmod(0o755)
    assert asyncio.run(find(str(program))) == Found(str(program), (3, 16, 0), str(modules))


def test_baresip_without_h264_is_unsupported(tmp_path: Path) -> None:
    modules = tmp_path / "lib" / "baresip" / "modules"
    modules.mkdir(parents=True)
    (modules / "ctrl_tcp.so").touch()
    program = tmp_path / "bin" / "baresip"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'baresip v1.0.0 Copyright'\n")
    program.chmod(0o755)
    with pytest.raises(DeviceError) as told:
        asyncio.run(find(str(program)))
    assert "baresip-ffmpeg" in told.value.detail


def test_module_that_baresip_lacks_is_named(tmp_path: Path) -> None:
    for name in ("pulse", "vidbridge"):
        (tmp_path / f"{name}.so").touch()
    found = Found("/usr/bin/baresip", (1, 0, 0), str(tmp_path))
    assert lacking(found, ROOM) == ("v4l2", "x11")
    assert lacking(found, Equipment("pulse,room_mic", "pulse,room_speaker")) == ("fakevideo",)


def test_missing_baresip_is_unsupported() -> None:
    with pytest.raises(DeviceError) as told:
        asyncio.run(find("no-such-baresip"))
    assert told.value.reason is Reason.UNSUPPORTED
