"""The picture's reader: what it opens, what it never opens, and that it always ends."""

import logging
import socket
import threading
import time

import pytest

from devices.camera.video import STOP_S, VideoReader, redacted
from devices.contract import DeviceError, Reason
from tests.devices.camera.stream.peers import HEADER, jpegs, peer, reading, until


@pytest.mark.parametrize("address", ["https://x/y", "rtsps://x/y", "file:///etc/passwd", "/etc/passwd", "usb:../x", ""])
def test_addresses_that_are_never_opened(address: str) -> None:
    with pytest.raises(DeviceError) as caught:
        VideoReader(address)
    assert caught.value.reason is Reason.UNSUPPORTED


def test_a_password_is_not_in_the_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.DEBUG), reading("rtsp://admin:s3cr%40t@127.0.0.1:9/live") as reader:
        assert until(lambda: reader.why_not() is not None, 10)
    assert "s3cr" not in caplog.text + "".join(capfd.readouterr())
    assert redacted("rtsp://a:b@c/d") == "rtsp://…@c/d"


def test_refused_stream_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "devices.camera"), reading("http://127.0.0.1:9/x") as reader:
        assert until(lambda: reader.why_not() is Reason.LINK_LOST, 10)
        time.sleep(1.0)
    assert len(caplog.records) == 1


def test_a_redirect_to_tls_is_not_followed() -> None:
    with peer(lambda connection: None) as (tls_port, tls_connections):
        location = b"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:%d/\r\nContent-Length: 0\r\n\r\n" % tls_port

        def redirect(connection: socket.socket) -> None:
            connection.recv(4096)
            connection.sendall(location)

        with peer(redirect) as (port, connections), reading(f"http://127.0.0.1:{port}/x") as reader:
            assert until(lambda: reader.why_not() is not None, 10)
        assert connections
        assert not tls_connections


def test_a_stream_that_stops_is_opened_again() -> None:
    def few(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(HEADER)
        for _, jpeg in zip(range(40), jpegs(), strict=False):
            connection.sendall(jpeg)

    with peer(few) as (port, connections), reading(f"http://127.0.0.1:{port}/x") as reader:
        assert until(lambda: len(connections) > 1, 20)
        opened = reader.newest()
        assert opened is not None
        assert until(lambda: (reader.newest() or opened).number > opened.number, 20)


def test_a_frozen_stream_gives_no_new_frames_and_its_thread_ends_in_time() -> None:
    thaw = threading.Event()

    def freeze(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(HEADER)
        for _, jpeg in zip(range(40), jpegs(), strict=False):
            connection.sendall(jpeg)
        thaw.wait(30)

    with peer(freeze) as (port, _):
        reader = VideoReader(f"http://127.0.0.1:{port}/x")
        reader.start()
        try:
            assert until(lambda: reader.newest() is not None, 20)
            assert until(lambda: time.monotonic() - reader.newest().arrived > 1.0, 10)  # type: ignore[union-attr]
            frozen = reader.newest()
            assert until(lambda: reader.why_not() is not None, 20)
            began = time.monotonic()
            reader.stop()
            assert time.monotonic() - began < STOP_S + 1.0
            assert reader.newest() is frozen
            assert not [thread for thread in threading.enumerate() if thread.name == "video"]
        finally:
            reader.stop()
            thaw.set()


def test_a_host_that_accepts_and_says_nothing_is_no_answer() -> None:
    hold = threading.Event()
    with peer(lambda connection: hold.wait(30) or None) as (port, _), reading(f"http://127.0.0.1:{port}/x") as reader:
        try:
            assert until(lambda: reader.why_not() is Reason.NO_ANSWER, 15)
        finally:
            hold.set()
