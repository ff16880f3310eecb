"""Yealink's and Poly's lines: cut, garbled, unasked for; and Huawei's answers that are none."""

import asyncio
import logging

import pytest

from devices.conference.codec.huawei import Huawei
from devices.conference.codec.lines import Lines
from devices.conference.codec.poly import Poly
from devices.conference.codec.road import CodecConference
from devices.conference.codec.yealink import Yealink
from devices.contract import DeviceError, Reason
from tests.devices.conference.codec.makers import HERE, POLY_PASSWORD, TO, benched, until
from tests.fakes.codec_huawei import PASSWORD, USER, HuaweiCodec
from tests.fakes.codec_lines import PolyCodec, YealinkCodec

GARBAGE = (
    b"\x00\xff\xfe sysstatus\r\nsysstatus get dancing\r\nmute near get maybe\r\nnotification:\r\ncallinfo:x:y\r\n\r\n"
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.conference.codec.road.LOOK_S", 0.05)
    monkeypatch.setattr("devices.conference.codec.road.LEAST_S", 0.01)


@pytest.mark.parametrize("maker", ["yealink", "poly"])
def test_garbage_between_answers_spoils_nothing(maker: str) -> None:
    async def run() -> None:
        async with benched(maker) as (bench, conference):
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            bench.fake.noise = GARBAGE
            assert await conference.set_microphone(False) is False
            assert await conference.set_microphone(True) is True
            look = await until(lambda e: e.microphone_muted is False, conference)
            assert (look.connections, look.signalling) == (1, True)

    asyncio.run(run())


@pytest.mark.parametrize("maker", ["yealink", "poly"])
def test_line_without_an_end_is_given_up_and_the_talk_begun_anew(maker: str) -> None:
    async def run() -> None:
        async with benched(maker) as (bench, conference):
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            bench.fake.away = True
            bench.fake.say_bytes(b"x" * 9000)
            await until(lambda e: e.signalling is False, conference)
            bench.fake.away = False
            look = await until(lambda e: e.signalling is True, conference)
            assert look.connections == 1

    asyncio.run(run())


def test_order_that_waited_in_vain_for_its_turn_cuts_nobody_elses_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.conference.codec.road.HAND_S", 0.1)

    async def run() -> None:
        async with benched("yealink") as (bench, conference):
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            bench.fake.silent = True
            await asyncio.sleep(0.1)  # the road asks, and waits
            with pytest.raises(DeviceError) as told:
                await conference.set_microphone(True)
            assert told.value.reason is Reason.NO_ANSWER
            bench.fake.silent = False
            bench.fake.obey("sysstatus get")
            bench.fake.obey("mute near get")
            await asyncio.sleep(0.1)
            look = conference.evidence()
            assert look is not None
            assert (look.signalling, len(bench.fake._writers)) == (True, 1)

    asyncio.run(run())


def test_lines_hold_no_number_in_any_log(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with benched("yealink") as (_, conference):
            await conference.join(TO)
            await until(lambda e: e.connections, conference)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(run())
    written = caplog.text
    assert "8123" not in written
    assert b"8123".hex(" ") not in written


def test_yealink_that_cannot_dial_says_so() -> None:
    async def run() -> None:
        async with YealinkCodec() as codec:
            codec.obey_dial = codec.obey  # type: ignore[attr-defined]

            def obey(line: str) -> None:
                if line.startswith("dial"):
                    codec.say("error: invalid number")
                else:
                    codec.obey_dial(line)  # type: ignore[attr-defined]

            codec.obey = obey  # type: ignore[method-assign]
            conference = CodecConference(Yealink(HERE, codec.port))
            with pytest.raises(DeviceError) as told:
                await conference.join(TO)
            assert told.value.reason is Reason.NOT_NOW
            assert "8123" not in str(told.value)
            await conference.stop()

    asyncio.run(run())


def test_yealink_with_all_its_lines_taken_is_busy() -> None:
    async def run() -> None:
        async with YealinkCodec() as codec:
            codec._status = lambda: "sysstatus get talking max"  # type: ignore[method-assign]
            conference = CodecConference(Yealink(HERE, codec.port))
            with pytest.raises(DeviceError) as told:
                await conference.join(TO)
            assert told.value.reason is Reason.REFUSED_BUSY
            await conference.stop()

    asyncio.run(run())


@pytest.mark.parametrize("password", ["wrong-secret", ""])
def test_polys_password_is_asked_for_and_a_wrong_one_told(password: str, caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with PolyCodec(POLY_PASSWORD) as codec:
            conference = CodecConference(Poly(HERE, codec.port, password=lambda: password))
            with pytest.raises(DeviceError) as told:
                await conference.join(TO)
            assert told.value.reason is Reason.AUTH
            await conference.stop()

    with caplog.at_level(logging.DEBUG):
        asyncio.run(run())
    assert "wrong-secret" not in caplog.text


def test_poly_without_a_password_is_entered_by_its_greeting() -> None:
    async def run() -> None:
        async with PolyCodec() as codec:
            poly = Poly(HERE, codec.port)
            async with asyncio.timeout(1.0):  # sooner than one who says nothing is waited for
                await poly.open()
            assert (await poly.look()).legs == ()
            await poly.close()

    asyncio.run(run())


def test_polys_second_call_is_told_beside_ours_and_stays_when_ours_ends() -> None:
    async def run() -> None:
        async with benched("poly") as (bench, conference):
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            bench.foreign_call()
            await conference.leave()
            assert [number for _, _, number in bench.fake.calls.values()] == ["somebody"]

    asyncio.run(run())


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"success": 1, "data": "{"}', b'{"success": "1"}', b"[" * 9000]
)
def test_huaweis_garbage_is_no_session(body: bytes) -> None:
    async def run() -> None:
        async with HuaweiCodec() as codec:
            codec.garbage = body
            huawei = Huawei(HERE, USER, lambda: PASSWORD, codec.port, plain=True)
            with pytest.raises(DeviceError) as told:
                await huawei.open()
            assert told.value.reason in (Reason.PROTOCOL, Reason.AUTH)

    asyncio.run(run())


def test_huaweis_wrong_password_is_told_as_one_and_stands_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with HuaweiCodec() as codec:
            conference = CodecConference(Huawei(HERE, USER, lambda: "wrong-secret", codec.port, plain=True))
            with pytest.raises(DeviceError) as told:
                await conference.join(TO)
            assert told.value.reason is Reason.AUTH
            assert "wrong-secret" not in str(told.value)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(run())
    assert "wrong-secret" not in caplog.text


def test_line_is_opened_anew_after_it_was_lost() -> None:
    async def run() -> None:
        async with YealinkCodec() as codec:
            heard: list[str] = []
            lines = Lines(HERE, codec.port, heard.append)
            assert await lines.open() is True
            assert await lines.open() is False
            codec.hang_up_on_us()
            await asyncio.sleep(0.05)
            with pytest.raises(DeviceError) as told:
                await lines.send("sysstatus get")
            assert told.value.reason is Reason.LINK_LOST
            assert await lines.open() is True
            assert await lines.ask("sysstatus get", lambda line: True) == "sysstatus get idle"
            await lines.close()

    asyncio.run(run())


def test_lines_come_whole_however_they_are_cut_and_without_telnets_own_words() -> None:
    async def run() -> None:
        async with YealinkCodec() as codec:
            heard: list[str] = []
            lines = Lines(HERE, codec.port, heard.append, ("Password:",))
            await lines.open()
            await lines.ask("sysstatus get", lambda line: True)
            for byte in b"\xff\xfb\x01mute near get on\r\n\r\nPassword: ":
                codec.say_bytes(bytes([byte]))
                await asyncio.sleep(0.002)
            await asyncio.sleep(0.05)
            assert heard == ["sysstatus get idle", "mute near get on", "Password:"]
            await lines.close()

    asyncio.run(run())
