"""The reader on a real RTSP server: how late a picture is, what a freeze does, and where the password goes."""

import logging
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from devices.camera.stream import OPEN_S
from devices.camera.video import STOP_S, VideoReader
from devices.contract import DeviceError, Frame, Reason
from tests.devices.camera.stream.peers import answering, first_frame, first_reason, peer, reading, until
from tests.fakes.processes import ROOT
from tests.fakes.rtsp_server import RtspServer, read_stamp

rtsp = pytest.mark.needs("gir1.2-gst-rtsp-server-1.0")
ACCOUNT = ("quản trị", "p@ss:w/rd%41 #?&")
SDP_ASKED = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n"


@pytest.fixture(scope="module")
def camera() -> Iterator[RtspServer]:
    with RtspServer() as server:
        yield server


@pytest.fixture(scope="module")
def locked() -> Iterator[RtspServer]:
    with RtspServer((640, 360), account=ACCOUNT) as server:
        yield server


def age_s(frame: Frame) -> float:
    stamp = read_stamp(frame.image)
    assert stamp is not None
    return frame.arrived - stamp


@rtsp
def test_frames_come_fresh_though_the_screen_is_slow(camera: RtspServer) -> None:
    ages = []
    with reading(camera.address) as reader:
        first_frame(reader)
        for _ in range(40):
            time.sleep(0.05)
            ages.append(age_s(first_frame(reader)))
    ages = sorted(ages[10:])
    assert ages[len(ages) // 2] < 0.12 * 3, ages  # 0.04 s on a quiet machine; each frame of delay is 0.03 s


@rtsp
def test_the_newest_frame_is_right_and_not_old_after_nobody_looked(camera: RtspServer) -> None:
    with reading(camera.address) as reader:
        first_frame(reader)
        time.sleep(2.3)  # unwatched: one frame in 0.25 s is kept
        before = first_frame(reader)
        assert time.monotonic() - before.arrived < 0.25 * 3
        assert age_s(before) < 0.4
        assert until(lambda: first_frame(reader).number > before.number + 5, 5)


@rtsp
def test_a_frame_that_was_given_does_not_change(camera: RtspServer) -> None:
    with reading(camera.address) as reader:
        given = first_frame(reader)
        kept = given.image.copy()
        assert until(lambda: first_frame(reader).number > given.number + 10, 10)
        assert not np.shares_memory(given.image, first_frame(reader).image)
        assert np.array_equal(given.image, kept)


@rtsp
def test_a_frozen_camera_has_no_picture_within_three_seconds_and_comes_back() -> None:
    with RtspServer() as camera, reading(camera.address) as reader:
        first_frame(reader)
        time.sleep(0.5)
        camera.freeze()
        frozen = time.monotonic()
        assert until(lambda: reader.why_not() is not None, 10)
        noticed_s = time.monotonic() - frozen
        last = first_frame(reader)
        assert last.arrived < frozen + 0.5, "an old frame was given as a new one"
        time.sleep(2.0)
        camera.thaw()
        thawed = time.monotonic()
        assert until(lambda: first_frame(reader).number > last.number and reader.why_not() is None, 15)
        back_s = time.monotonic() - thawed
        assert noticed_s < 3.0 * 1.5
        assert back_s < 3.0 * 3


@rtsp
def test_a_camera_that_was_switched_off_and_on_has_its_picture_again() -> None:
    with RtspServer((640, 360)) as camera, reading(camera.address) as reader:
        first_frame(reader)
        camera.stop()
        assert first_reason(reader) is Reason.LINK_LOST
        camera.start()
        began = time.monotonic()
        assert until(lambda: reader.why_not() is None, 15)
        assert time.monotonic() - began < 3.0 * 3


@rtsp
def test_stop_ends_in_time_while_the_camera_is_frozen() -> None:
    with RtspServer((640, 360)) as camera:
        reader = VideoReader(camera.address)
        reader.start()
        first_frame(reader)
        camera.freeze()
        time.sleep(0.3)
        began = time.monotonic()
        reader.stop()
        assert time.monotonic() - began < STOP_S
        assert not [thread for thread in threading.enumerate() if thread.name == "video"]


@rtsp
@pytest.mark.parametrize("basic", [False, True], ids=["digest", "basic"])
def test_a_password_with_signs_of_an_address_opens_the_stream(basic: bool, locked: RtspServer) -> None:
    if not basic:
        with reading(locked.address, lambda: ACCOUNT) as reader:
            assert first_frame(reader).image.shape == (360, 640, 3)
        return
    with (
        RtspServer((640, 360), account=ACCOUNT, basic=True) as server,
        reading(server.address, lambda: ACCOUNT) as reader,
    ):
        first_frame(reader)


@rtsp
@pytest.mark.parametrize("account", [None, (ACCOUNT[0], "wrong")], ids=["none", "wrong"])
def test_a_refused_account_is_told_as_such(account: tuple[str, str] | None, locked: RtspServer) -> None:
    with reading(locked.address, lambda: account) as reader:
        assert first_reason(reader) is Reason.AUTH


@rtsp
def test_a_wrong_path_is_told_apart_from_a_wrong_password(locked: RtspServer) -> None:
    with reading(locked.address.replace("/live", "/other"), lambda: ACCOUNT) as reader:
        assert first_reason(reader) is Reason.UNSUPPORTED


@rtsp
def test_openings_leave_no_file_and_no_thread_behind(camera: RtspServer) -> None:
    for number in range(6):
        with reading(camera.address) as reader:
            first_frame(reader)
        if number == 1:
            files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
    assert len(os.listdir("/proc/self/fd")) <= files
    assert threading.active_count() <= threads


@rtsp
def test_the_address_is_asked_at_each_opening_in_the_readers_own_thread() -> None:
    threads: list[str] = []
    with RtspServer((640, 360)) as camera:

        def address() -> str:
            threads.append(threading.current_thread().name)
            if len(threads) == 1:
                raise DeviceError(Reason.AUTH, "the camera refuses to tell")
            return camera.address

        reader = VideoReader(address)
        reader.start()
        assert first_reason(reader) is Reason.AUTH
        reader.stop()
        assert reader.why_not() is None
        reader.start()
        try:
            first_frame(reader)
        finally:
            reader.stop()
    assert set(threads) == {"video"}
    assert len(threads) == 2


def test_an_account_that_cannot_be_had_is_a_reason() -> None:
    def account() -> None:
        raise DeviceError(Reason.AUTH, "the store is locked")

    with reading("rtsp://127.0.0.1:9/x", account) as reader:
        assert first_reason(reader) is Reason.AUTH


def test_a_new_address_of_a_kind_never_opened_is_a_reason() -> None:
    with reading(lambda: "rtsps://127.0.0.1/x") as reader:
        assert first_reason(reader) is Reason.UNSUPPORTED


@rtsp
def test_no_password_reaches_stderr_or_the_log(locked: RtspServer) -> None:
    """FFmpeg writes to the file descriptor, not to sys.stderr."""
    program = """
import logging, sys, time
logging.basicConfig(level=logging.DEBUG)
from devices.camera.video import VideoReader
for address, password in zip(sys.argv[1::2], sys.argv[2::2]):
    reader = VideoReader(address, lambda: ("quan-tri", password))
    reader.start()
    by = time.monotonic() + 10
    while reader.why_not() is None and reader.newest() is None and time.monotonic() < by:
        time.sleep(0.02)
    print(reader.why_not())
    reader.stop()
"""
    with peer(answering(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\xff")) as (
        port,
        _,
    ):
        secret = "s3cr@t:/%"
        pairs = [locked.address, secret, f"rtsp://127.0.0.1:{port}/x?password={secret[:4]}", secret]
        pairs += ["rtsp://127.0.0.1:9/x", secret, f"rtsp://u:s3cr%40t@127.0.0.1:{port}/x", secret]
        done = subprocess.run(
            [sys.executable, "-c", program, *pairs],
            cwd=ROOT,
            env={**os.environ, "OPENCV_FFMPEG_DEBUG": "1", "OPENCV_LOG_LEVEL": "VERBOSE"},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["auth", "protocol", "link_lost", "protocol"]
    assert "s3cr" not in done.stderr
    assert "no picture" in done.stderr


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n", Reason.UNSUPPORTED),
        (b"RTSP/1.0 403 Forbidden\r\nCSeq: 1\r\n\r\n", Reason.AUTH),
        (b"RTSP/1.0 453 Not Enough Bandwidth\r\nCSeq: 1\r\n\r\n", Reason.REFUSED_BUSY),
        (b"RTSP/1.0 500 Internal Server Error\r\nCSeq: 1\r\n\r\n", Reason.PROTOCOL),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>login</html>", Reason.PROTOCOL),
        (b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 999999999999\r\n\r\nv=0\r\n", Reason.PROTOCOL),
        (b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * 5000, Reason.PROTOCOL),
        (b"\xff\x00" * 30000, Reason.PROTOCOL),
        (b"", Reason.PROTOCOL),
    ],
    ids=["404", "403", "453", "500", "html", "huge-length", "many-headers", "noise", "nothing"],
)
def test_what_is_no_stream_is_told_in_time(answer: bytes, reason: Reason) -> None:
    with peer(answering(answer)) as (port, _), reading(f"rtsp://127.0.0.1:{port}/x") as reader:
        began = time.monotonic()
        assert first_reason(reader) is reason
        assert time.monotonic() - began < (OPEN_S + 2.0) * 2


def dripping(connection: socket.socket) -> None:
    for byte in b"RTSP/1.0 200 OK\r\n" + b"X" * 500:
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


def silent(connection: socket.socket) -> None:
    time.sleep(8.0)


@pytest.mark.parametrize("serve", [dripping, silent])
def test_a_server_that_only_drips_or_says_nothing_is_no_answer(serve: Callable[[socket.socket], None]) -> None:
    with peer(serve) as (port, _), reading(f"rtsp://127.0.0.1:{port}/x") as reader:
        began = time.monotonic()
        assert first_reason(reader) is Reason.NO_ANSWER
        assert time.monotonic() - began < OPEN_S * 2


def test_an_account_too_long_for_ffmpeg_is_not_cut(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), reading("rtsp://127.0.0.1:9/x", lambda: ("admin", "@" * 60)) as reader:
        assert first_reason(reader) is Reason.UNSUPPORTED
    assert not re.search("@@|%40", caplog.text)
