"""What goes wrong on the road `sip` is told as what it is, in time, and leaves nothing behind."""

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest

from devices.contract import DeviceError, Invitation, Reason, Standing
from tests.devices.conference.sip.road import REAL_BARESIP, TO, TOLD_S, near, road, until
from tests.fakes.baresip_peer import BaresipPeer, free_pair
from tests.fakes.baresip_server import SipServer
from tests.fakes.processes import Child

pytestmark = REAL_BARESIP


@pytest.mark.parametrize(
    ("says", "standing"),
    [
        ("486 Busy Here", Standing.BUSY),
        ("603 Decline", Standing.REFUSED),
        ("404 Not Found", Standing.NO_ROOM),
        ("488 Not Acceptable Here", None),
        ("500 Server Internal Error", None),
    ],
)
def test_refusal_is_told_with_what_the_server_said(says: str, standing: Standing | None) -> None:
    async def run(server: SipServer) -> None:
        async with road(near(f"sip:{{room}}@127.0.0.1:{server.port}")) as conference:
            await conference.join(TO)
            look = await until(lambda e: e.page_error or e.standing, conference)
            assert (look.page_error, look.standing, look.connections) == (
                None if standing else "load_failed",
                standing,
                0,
            )
            assert look.common_video is (False if says.startswith("488") else None)
        assert server.requests[0].startswith("INVITE sip:8123@"), "the room is filled in"

    with SipServer(says) as server:
        asyncio.run(run(server))


def test_password_reaches_the_server_and_no_file_argument_variable_or_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = 'mật;khẩu "<x>"=5'
    monkeypatch.setenv("ROOMAPP_SECRET_MCU", secret)

    async def run(server: SipServer) -> None:
        at = near(f"sip:{{room}}@127.0.0.1:{server.port}", username="room")
        async with road(at, password=lambda: secret) as conference:
            await conference.join(TO)
            look = await until(lambda e: e.standing and e.signalling, conference)
            assert look.standing is Standing.BUSY, "past the password the room itself was asked"
            assert conference.pid is not None
            process = psutil.Process(conference.pid)
            assert secret not in " ".join(process.cmdline())
            assert secret not in process.environ().values()
            for file in Path(process.cmdline()[-1]).iterdir():
                assert secret not in file.read_text(), file
        assert [method for method in server.methods if method == "REGISTER"]
        assert secret not in caplog.text
        assert "8123" not in caplog.text

    with SipServer("486 Busy Here", password=secret) as server, caplog.at_level(0):
        asyncio.run(run(server))


def test_wrong_password_is_told_as_one() -> None:
    async def run(server: SipServer) -> None:
        at = near(f"sip:{{room}}@127.0.0.1:{server.port}", username="room")
        async with road(at, password=lambda: "wrong") as conference:
            await conference.join(TO)
            look = await until(lambda e: e.signalling is False, conference)
            assert (look.page_error, look.standing) == ("load_failed", Standing.PASSWORD)

    with SipServer("486 Busy Here", password="right") as server:
        asyncio.run(run(server))


def test_without_a_password_nobody_is_dialled() -> None:
    async def run() -> None:
        at = near("sip:{room}@127.0.0.1:9", username="room")
        async with road(at, password=lambda: "") as conference:
            with pytest.raises(DeviceError) as refused:
                await conference.join(TO)
            assert refused.value.reason is Reason.AUTH
            assert conference.pid is None

    asyncio.run(run())


def test_room_number_that_is_missing_is_refused_before_anything_starts() -> None:
    async def run() -> None:
        async with road(near("sip:{room}@127.0.0.1:9")) as conference:
            with pytest.raises(DeviceError) as refused:
                await conference.join(Invitation("", " ", "x"))
            assert refused.value.reason is Reason.UNSUPPORTED
            assert conference.pid is None

    asyncio.run(run())


@pytest.mark.parametrize("silent", [True, False], ids=["silent server", "dead port"])
def test_dial_that_nobody_answers_ends_by_its_own_limit(monkeypatch: pytest.MonkeyPatch, silent: bool) -> None:
    monkeypatch.setattr("devices.conference.sip.baresip.DIAL_S", 0.5)

    async def run(server: SipServer) -> None:
        port = server.port if silent else free_pair()
        async with road(near(f"sip:{{room}}@127.0.0.1:{port}")) as conference:
            began = time.monotonic()
            await conference.join(TO)
            look = await until(lambda e: e.page_error, conference)
            assert (look.page_error, look.standing) == ("load_failed", None)
            assert 0.4 < time.monotonic() - began < 3.0
            await conference.leave()
            if silent:
                assert "INVITE" in server.methods

    with SipServer("") as server:
        asyncio.run(run(server))


def test_far_end_that_falls_silent_gives_no_sign_of_life_and_may_come_back_in_the_same_call() -> None:
    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri)) as conference:
            await conference.join(TO)
            await until(lambda e: e.audio_in.packets and e.video_in.frames, conference)
            far.freeze()
            await asyncio.sleep(0.8)  # what was on its way is counted
            silent = await until(lambda e: True, conference)
            await asyncio.sleep(0.8)
            still = await until(lambda e: True, conference)
            far.thaw()
            assert (still.feedback, still.video_in) == (silent.feedback, silent.video_in)
            back = await until(lambda e: e.video_in.frames > silent.video_in.frames, conference)
            assert back.connections == 1

    with BaresipPeer() as far:
        asyncio.run(run(far))


@pytest.mark.logs_errors
@pytest.mark.parametrize(("how", "why"), [(signal.SIGSTOP, "hung"), (signal.SIGKILL, "program_ended")])
def test_baresip_that_hangs_or_dies_is_told_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, how: signal.Signals, why: str
) -> None:
    monkeypatch.setattr("devices.conference.sip.baresip.HUNG_S", 0.8)

    async def run(far: BaresipPeer) -> None:
        async with road(near(far.uri)) as conference:
            await conference.join(TO)
            await until(lambda e: e.connections, conference)
            pid = conference.pid
            assert pid is not None
            folder = Path(psutil.Process(pid).cmdline()[-1])
            os.kill(pid, how)
            look = await until(lambda e: e.page_error, conference, TOLD_S)
            assert (look.page_error, look.connections) == (why, 0)
            assert not psutil.pid_exists(pid)
            assert not folder.exists()
            await conference.leave()
            await conference.join(TO)
            await until(lambda e: e.connections, conference)

    with BaresipPeer() as far:
        asyncio.run(run(far))


def test_no_baresip_outlives_a_program_that_is_killed() -> None:
    with (
        BaresipPeer() as far,
        Child([sys.executable, "-m", "tests.devices.conference.sip.calling", far.uri]) as program,
    ):
        pid = int(program.line(20))
        assert psutil.pid_exists(pid)
        program.signal(signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], 5)
        assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.logs_errors
def test_baresip_that_dies_while_calls_are_waited_for_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devices.conference.sip.baresip.AGAIN_S", 0.1)

    async def run(far: BaresipPeer) -> None:
        port = free_pair()
        async with road(near("sip:{room}@127.0.0.1", listen=f"127.0.0.1:{port}")) as conference:
            await conference.wait_for_calls()
            first = conference.pid
            assert first is not None
            os.kill(first, signal.SIGKILL)
            async with asyncio.timeout(10):
                while conference.pid in (None, first):  # noqa: ASYNC110 - another program's state
                    await asyncio.sleep(0.05)
            far.order("dial", f"sip:room@127.0.0.1:{port}")
            await until(lambda e: e.ringing, conference)
            assert conference.evidence() is not None

    with BaresipPeer() as far:
        asyncio.run(run(far))
