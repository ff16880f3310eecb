"""Cisco's codec: counters that make a meeting, Cisco's own client on the same counterpart, certificates, garbage."""

import asyncio
import datetime
import ipaddress
import logging
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from devices.conference.codec.cisco import Cisco
from devices.conference.codec.road import CodecConference
from devices.conference.codec.rpc import Rpc
from devices.conference.codec.trust import fingerprint
from devices.contract import CallState, DeviceError, Evidence, Reason, Standing
from roomapp.rules.presence import Presence, Verdict
from tests.devices.conference.codec.makers import HERE, TO, benched, until
from tests.fakes.codec_cisco import PASSWORD, USER, CiscoCodec

ROAD = "devices.conference.codec.road"
GARBAGE = (
    "{",
    "[]",
    "null",
    "[" * 5000,
    '{"id": 999, "result": 1}',
    '{"id": "1", "result": 1}',
    '{"error": 3}',
    '{"method": "xFeedback/Event", "params": 3}',
    '{"method": "xFeedback/Event", "params": {"Event": {"CallDisconnect": [1]}}}',
)
NO_CALLS = ({}, {"id": "x"}, {"id": 1, "Status": 7}, {"id": "9" * 40, "Status": "Connected"}, 3, None)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{ROAD}.LOOK_S", 0.05)
    monkeypatch.setattr(f"{ROAD}.LEAST_S", 0.01)
    monkeypatch.setattr(f"{ROAD}.SEEN_S", 0.2)


async def judged(true: Callable[[Verdict], object], conference: CodecConference, presence: Presence) -> Verdict:
    ends, verdict = time.monotonic() + 15, None
    while time.monotonic() < ends:
        verdict = presence.judge(conference.evidence() or Evidence(at=time.monotonic()))
        if true(verdict):
            return verdict
        await asyncio.sleep(0.05)
    raise AssertionError(f"not in time: {verdict}")


def test_codecs_own_counters_make_a_meeting_and_standing_still_ends_it() -> None:
    async def run() -> None:
        async with benched("cisco") as (bench, conference):
            await conference.join(TO)
            presence = Presence(time.monotonic())
            verdict = await judged(lambda v: v.in_meeting and v.media == "both", conference, presence)
            assert verdict.state is CallState.MEDIA_OK
            look = conference.evidence()
            assert look is not None
            assert (look.video_in.width, look.video_in.height, look.loss_pct) == (1280, 720, 0)
            assert look.codecs == {"audio/Opus", "video/H264"}
            bench.fake.counts = False
            verdict = await judged(lambda v: not v.in_meeting, conference, presence)
            assert verdict.state is CallState.DEGRADED, "the call itself still stands"

    asyncio.run(run())


def test_counters_of_somebody_elses_call_beside_ours_count_for_nothing() -> None:
    async def run() -> None:
        async with benched("cisco") as (bench, conference):
            await conference.join(TO)
            await until(lambda e: e.audio_in.packets, conference)
            bench.fake.calls[42]["stopped"] = time.monotonic()  # ours stands still
            bench.foreign_call()
            await asyncio.sleep(0.2)
            still = conference.evidence()
            await asyncio.sleep(0.4)
            look = conference.evidence()
            assert still is not None
            assert look is not None
            assert (look.signalling, look.audio_in, look.feedback) == (True, still.audio_in, still.feedback)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("cause", "standing"),
    [("Busy", Standing.BUSY), ("NotFound", Standing.NO_ROOM), ("Rejected", Standing.REFUSED), ("Mystery", None)],
)
def test_dial_that_fails_is_told_with_the_codecs_cause(cause: str, standing: Standing | None) -> None:
    async def run() -> None:
        async with benched("cisco") as (bench, conference):
            bench.fake.answers = False
            await conference.join(TO)
            await asyncio.sleep(0.25)
            bench.fake.end(42, cause)
            look = await until(lambda e: e.page_error or e.standing, conference)
            assert (look.page_error, look.standing) == (None if standing else "load_failed", standing)

    asyncio.run(run())


def test_call_that_began_without_its_answer_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{ROAD}.JOIN_S", 0.5)

    async def run() -> None:
        async with benched("cisco") as (bench, conference):
            bench.fake.dials_in_silence = True
            with pytest.raises(DeviceError) as told:
                await conference.join(TO)
            assert told.value.reason is Reason.NO_ANSWER
            assert bench.dialled() == ["8123"]
            assert not bench.in_call()

    asyncio.run(run())


def test_answer_of_error_to_the_list_of_calls_is_no_end_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with benched("cisco") as (bench, conference):
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            get = bench.fake._get

            def broken(path: list[Any]) -> Any:
                if path == ["Status", "Call"]:
                    raise LookupError("internal trouble")
                return get(path)

            monkeypatch.setattr(bench.fake, "_get", broken)
            await until(lambda e: e.signalling is False, conference)
            look = conference.evidence()
            assert look is not None
            assert (look.connections, look.standing) == (1, None)
            monkeypatch.setattr(bench.fake, "_get", get)

    asyncio.run(run())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # its way to hand over the account
def test_ciscos_own_client_finds_the_counterpart_as_it_finds_a_codec() -> None:
    async def run() -> None:
        import xows

        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        async with (
            CiscoCodec(answer_s=0.2) as codec,
            xows.XoWSClient(f"ws://{HERE}:{codec.port}/ws", USER, PASSWORD) as client,
        ):
            await client.subscribe(["Status", "Call"], lambda told, _: heard.put_nowait(told))
            begun = await client.xCommand(["Dial"], Number="8123")
            async with asyncio.timeout(5):
                while (await heard.get())["Status"]["Call"][0].get("Status") != "Connected":
                    pass
            calls = await client.xGet(["Status", "Call"])
            assert [(call["id"], call["Status"]) for call in calls] == [(str(begun["CallId"]), "Connected")]
            await client.xCommand(["Audio", "Microphones", "Mute"])
            assert await client.xGet(["Status", "Audio", "Microphones", "Mute"]) == "On"
            await client.xCommand(["Call", "Disconnect"], CallId=begun["CallId"])
            with pytest.raises(xows.CommandError):
                await client.xGet(["Status", "Call"])

    asyncio.run(run())


def made(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A codec's self-signed certificate: for its server, and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "codec")])
    now = datetime.datetime.now(datetime.UTC)
    alternatives = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HERE))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(alternatives, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "codec.pem"
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, form, plain)
    pem.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, certificate.fingerprint(hashes.SHA256()).hex()


def test_certificate_is_pinned_or_verified_and_never_waved_through(tmp_path: Path) -> None:
    async def run() -> None:
        context, shown = made(tmp_path)
        async with CiscoCodec(tls=context) as codec:
            assert await fingerprint(HERE, codec.port) == shown
            trusted = Cisco(
                HERE, USER, lambda: PASSWORD, codec.port, pin=":".join(shown[i : i + 2] for i in range(0, 64, 2))
            )
            await trusted.open()
            assert (await trusted.look()).legs == ()
            await trusted.close()
            for pin in ("", "0" * 64):
                with pytest.raises(DeviceError) as told:
                    await Cisco(HERE, USER, lambda: PASSWORD, codec.port, pin=pin).open()
                assert told.value.reason is Reason.AUTH
                assert "certificate" in told.value.detail
        assert codec.orders == []

    asyncio.run(run())


def test_plain_text_and_a_wrong_pin_are_refused_before_any_password() -> None:
    with pytest.raises(DeviceError) as plain:
        Cisco("10.0.0.9", USER, lambda: pytest.fail("asked"), plain=True)
    assert plain.value.reason is Reason.UNSUPPORTED

    async def run() -> None:
        with pytest.raises(DeviceError) as told:
            await Cisco("127.0.0.1", USER, lambda: PASSWORD, 9, pin="12:34").open()
        assert told.value.reason is Reason.UNSUPPORTED

    asyncio.run(run())


def test_wrong_password_is_told_as_one_and_stands_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        async with CiscoCodec() as codec:
            conference = CodecConference(Cisco(HERE, USER, lambda: "wrong-secret", codec.port, plain=True))
            with pytest.raises(DeviceError) as told:
                await conference.join(TO)
            assert told.value.reason is Reason.AUTH
            assert "wrong-secret" not in str(told.value)

    with caplog.at_level(logging.DEBUG):
        asyncio.run(run())
    assert "wrong-secret" not in caplog.text
    assert "8123" not in caplog.text


def test_garbage_between_answers_spoils_nothing() -> None:
    async def run() -> None:
        async with benched("cisco") as (bench, conference):
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            for garbage in GARBAGE:
                await bench.fake.sockets[-1].send_str(garbage)
            await bench.fake.sockets[-1].send_bytes(b"\x00\xff")
            assert await conference.set_microphone(False) is False
            look = conference.evidence()
            assert look is not None
            assert look.signalling is True

    asyncio.run(run())


@pytest.mark.parametrize("entry", NO_CALLS)
def test_call_that_makes_no_sense_is_no_call(entry: object) -> None:
    async def run() -> None:
        codec = Cisco(HERE, USER, lambda: PASSWORD, 9, plain=True)

        async def told(path: str, **_: Any) -> Any:
            return [entry]

        codec._rpc.call = told  # type: ignore[method-assign]
        assert (await codec.look()).legs == ()

    asyncio.run(run())


def test_calls_that_wait_at_a_lost_connection_end_at_once() -> None:
    async def run() -> None:
        async with CiscoCodec() as codec:
            rpc = Rpc(HERE, codec.port, USER, lambda: PASSWORD, lambda told: None, pin="", plain=True)
            await rpc.open()
            codec.silent = True
            waiting = asyncio.ensure_future(rpc.call("xGet", Path=["Status", "Call"]))
            await asyncio.sleep(0.05)
            await codec.hang_up_on_us()
            async with asyncio.timeout(2):
                with pytest.raises(DeviceError) as told:
                    await waiting
            assert told.value.reason is Reason.LINK_LOST
            await rpc.close()

    asyncio.run(run())
