"""MJPEG over http: what servers send, what bad ones send, and that neither memory nor time grows with it."""

import hashlib
import os
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.camera.opencv import cv2
from devices.camera.stream import READ_S, Damaged
from devices.camera.stream.address import Place, taken_apart
from devices.camera.stream.asking import digest
from devices.camera.stream.mjpeg import MjpegStream, check_jpeg
from devices.contract import DeviceError, Reason
from tests.devices.camera.stream.peers import HEADER, answering, first_frame, first_reason, jpegs, peer, reading, until

ACCOUNT = ("quan-tri", 'p@ss:w/rd%41 "#?&')
SMALL = cv2.imencode(".jpg", np.full((72, 128, 3), 90, np.uint8))[1].tobytes()
MOST_MB = 100  # 1280 x 720 has 2.6 MB, the largest picture allowed 50


def part(jpeg: bytes, head: bytes = b"Content-Length: %d\r\n") -> bytes:
    head = head % len(jpeg) if b"%d" in head else head
    return b"--frame\r\nContent-Type: image/jpeg\r\n" + head + b"\r\n" + jpeg + b"\r\n"


def forever(*parts: bytes, header: bytes = HEADER, pause_s: float = 0.02) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(header)
        while True:
            for one in parts:
                connection.sendall(one)
            time.sleep(pause_s)

    return serve


def chunked(data: bytes) -> bytes:
    """In chunks that end anywhere."""
    return b"".join(b"%x\r\n%b\r\n" % (len(data[at : at + 97]), data[at : at + 97]) for at in range(0, len(data), 97))


SERVERS = {
    "with-length": forever(part(SMALL)),
    "without-length": forever(part(SMALL, b"")),
    "chunked": forever(
        chunked(part(SMALL)), header=HEADER.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    ),
    "chunked-without-length": forever(
        chunked(part(SMALL, b"")), header=HEADER.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    ),
    "dashes-in-the-boundary": forever(part(SMALL, b""), header=HEADER.replace(b"=frame", b'="--frame"')),
    "no-boundary-named": forever(part(SMALL), header=HEADER.replace(b"; boundary=frame", b"")),
    "one-damaged-picture-in-two": forever(part(SMALL), part(b"\xff\xd8" + SMALL[200:])),
}


@pytest.mark.parametrize("name", SERVERS)
def test_every_way_to_send_pictures_is_read(name: str) -> None:
    with peer(SERVERS[name]) as (port, _), reading(f"http://127.0.0.1:{port}/x?y=1") as reader:
        assert first_frame(reader).image.shape == (72, 128, 3)
        assert until(lambda: first_frame(reader).number > 5, 10)
        assert reader.why_not() is None


def answer(status: str, kind: str = "text/html", body: bytes = b"<html></html>", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def claiming(wide: int, high: int, jpeg: bytes = SMALL) -> bytes:
    at = jpeg.index(b"\xff\xc0")
    return jpeg[: at + 5] + struct.pack(">HH", high, wide) + jpeg[at + 9 :]


def progressive() -> bytes:
    return cv2.imencode(".jpg", np.zeros((64, 64, 3), np.uint8), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()


def endless_picture(connection: socket.socket) -> None:
    connection.recv(4096)
    connection.sendall(HEADER + part(b"\xff\xd8", b"")[:-2])
    while True:
        connection.sendall((b"\0" * 63 + b"\n") * 1024)


NO_PICTURES = {
    "html": (answering(answer("200 OK")), Reason.PROTOCOL),
    "401": (answering(answer("401 Unauthorized", more='WWW-Authenticate: Basic realm="x"\r\n')), Reason.AUTH),
    "404": (answering(answer("404 Not Found")), Reason.UNSUPPORTED),
    "500": (answering(answer("500 Oh", body=b"x" * 100_000)), Reason.PROTOCOL),
    "redirect": (answering(answer("302 Found", more="Location: /y\r\n")), Reason.UNSUPPORTED),
    "no-http": (answering(b"\xff\xfe" * 1000), Reason.PROTOCOL),
    "closed-at-once": (answering(b""), Reason.PROTOCOL),
    "many-headers": (answering(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000), Reason.PROTOCOL),
    "long-header": (answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000), Reason.PROTOCOL),
    "claims-60000x60000": (forever(part(claiming(60000, 60000))), Reason.PROTOCOL),
    "claims-8000x8000": (forever(part(claiming(8000, 8000))), Reason.PROTOCOL),
    "huge-length": (forever(part(SMALL, b"Content-Length: 99999999999\r\n")), Reason.PROTOCOL),
    "negative-length": (forever(part(SMALL, b"Content-Length: -5\r\n")), Reason.PROTOCOL),
    "no-number": (forever(part(SMALL, b"Content-Length: x\r\n")), Reason.PROTOCOL),
    "endless-body": (forever(b"\0" * 65536, pause_s=0), Reason.PROTOCOL),
    "endless-picture": (endless_picture, Reason.PROTOCOL),
    "endless-lines": (forever(b"\n" * 65536, pause_s=0), Reason.PROTOCOL),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_PICTURES)
def test_what_is_no_picture_has_a_reason_and_bounded_memory(name: str) -> None:
    serve, reason = NO_PICTURES[name]
    here = psutil.Process()
    before, most = here.memory_info().rss, 0
    began = time.monotonic()
    with peer(serve) as (port, _), reading(f"http://127.0.0.1:{port}/x") as reader:
        while reader.why_not() is None and time.monotonic() < began + 15:
            most = max(most, here.memory_info().rss - before)
            time.sleep(0.005)
        assert reader.why_not() is reason
        assert reader.newest() is None
    assert most < MOST_MB << 20
    assert time.monotonic() - began < (READ_S + 1.0) * 3


def test_a_progressive_picture_is_not_decoded() -> None:
    jpeg, size = progressive(), SMALL.index(b"\xff\xc0")
    scan = jpeg.index(b"\xff\xda")
    hidden = jpeg[: scan + 2 + jpeg[scan + 3]] + SMALL[size:]  # a baseline's head where the scan's data would be
    for data in (jpeg, hidden):
        with pytest.raises(DeviceError):
            check_jpeg(data)


def test_a_real_picture_of_64_million_pixels_is_not_decoded() -> None:
    huge = cv2.imencode(".jpg", np.zeros((8000, 8000), np.uint8))[1].tobytes()
    here = psutil.Process()
    before = here.memory_info().rss
    with pytest.raises(DeviceError) as caught:
        check_jpeg(huge)
    assert caught.value.reason is Reason.PROTOCOL
    assert here.memory_info().rss - before < 10 << 20


def test_a_byte_now_and_then_does_not_hold_a_picture() -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(HEADER + part(SMALL) + part(SMALL)[:80])
        while True:
            connection.sendall(b"\0")
            time.sleep(0.2)

    with peer(drip) as (port, _), reading(f"http://127.0.0.1:{port}/x") as reader:
        first = first_frame(reader)
        assert first_reason(reader) is Reason.NO_ANSWER
        assert time.monotonic() - first.arrived < 3.0 * 3


def challenging(algorithm: str, seen: list[bytes]) -> Callable[[socket.socket], None]:
    """A server with digest authentication (RFC 7616), computed here anew."""
    hashed = hashlib.sha256 if algorithm == "SHA-256" else hashlib.md5

    def summed(text: str) -> str:
        return hashed(text.encode()).hexdigest()

    def serve(connection: socket.socket) -> None:
        if not (request := connection.recv(4096)):
            return
        seen.append(request)
        told = dict(re.findall(r'(\w+)="?([^",\r]+)', request.decode()))
        uri = request.split()[1].decode()
        middle = f"n0nce:{told.get('nc')}:{told.get('cnonce')}:auth"
        right = summed(f"{summed(f'{ACCOUNT[0]}:cam, era:{ACCOUNT[1]}')}:{middle}:{summed(f'GET:{uri}')}")
        if told.get("response") == right:
            forever_from(connection)
        challenge = f'Digest realm="cam, era", qop="auth,auth-int", nonce="n0nce", opaque="x", algorithm={algorithm}'
        connection.sendall(answer("401 Unauthorized", more=f"WWW-Authenticate: {challenge}\r\n"))

    def forever_from(connection: socket.socket) -> None:
        connection.sendall(HEADER)
        for jpeg in jpegs():
            connection.sendall(jpeg)
            time.sleep(0.03)

    return serve


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_password_with_signs_of_an_address_opens_the_stream(algorithm: str) -> None:
    seen: list[bytes] = []
    with peer(challenging(algorithm, seen)) as (port, _):
        with reading(f"http://127.0.0.1:{port}/x?y", lambda: ACCOUNT) as reader:
            first_frame(reader)
        with reading(f"http://127.0.0.1:{port}/x?y", lambda: (ACCOUNT[0], "wrong")) as reader:
            assert first_reason(reader) is Reason.AUTH
            time.sleep(0.8)
    assert len(seen) == 4, "a wrong password is not tried again soon: cameras lock the account"
    assert not any(b"p@ss" in request for request in seen)


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_digest_is_that_of_rfc_7616(algorithm: str, response: str) -> None:
    nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
    challenge = f'realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, nonce="{nonce}"'
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    told = digest(challenge, "GET", "/dir/index.html", ("Mufasa", "Circle of Life"), cnonce)
    assert f'response="{response}"' in told


def test_no_proxy_of_the_environment_sees_the_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with peer(SERVERS["with-length"]) as (port, _), reading(f"http://127.0.0.1:{port}/x") as reader:
        first_frame(reader)


def test_a_hundred_openings_leave_nothing_behind() -> None:
    with peer(SERVERS["with-length"]) as (port, _):
        for number in range(100):
            with reading(f"http://127.0.0.1:{port}/x") as reader:
                first_frame(reader)
            if number == 5:
                files, threads = len(os.listdir("/proc/self/fd")), threading.active_count()
        assert until(lambda: len(os.listdir("/proc/self/fd")) <= files, 5)
        assert until(lambda: threading.active_count() <= threads, 5)


@given(st.binary(max_size=300), st.integers(0, len(SMALL)), st.integers(0, 20))
def test_any_bytes_are_a_jpeg_or_a_device_error(noise: bytes, at: int, over: int) -> None:
    for data in (noise, b"\xff\xd8" + noise, SMALL[:at] + noise + SMALL[at + over :]):
        reason = None
        try:
            check_jpeg(data)
        except DeviceError as error:
            reason = error.reason
        assert reason in (None, Reason.PROTOCOL)


def damaged(data: bytes, by: random.Random) -> bytes:
    for _ in range(by.randrange(1, 6)):
        at = by.randrange(len(data))
        match by.randrange(3):
            case 0:
                data = data[:at] + bytes([by.randrange(256)]) + data[at + 1 :]
            case 1:
                data = data[:at] + by.randbytes(by.randrange(20)) + data[at:]
            case _:
                data = data[:at] + data[at + by.randrange(1, 40) :]
    return data


def test_300_damaged_streams_end_with_a_device_error() -> None:
    by = random.Random(3)
    whole = HEADER + part(SMALL) * 2 + part(SMALL, b"") * 2
    streams = [damaged(whole, by) for _ in range(300)]
    with peer(answering(*streams)) as (port, _):
        place = Place("http", "127.0.0.1", port, "/")
        for _ in streams:
            with pytest.raises(DeviceError):
                read_to_the_end(place)


def read_to_the_end(place: Place) -> None:
    stream = MjpegStream(place, None)
    try:
        while True:
            try:
                stream.read(True)
            except Damaged:
                continue
    finally:
        stream.close()


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_unsupported(text: str) -> None:
    for address in (text, f"rtsp://{text}", f"http://u:{text}@127.0.0.1/", f"usb:{text}"):
        try:
            place, _ = taken_apart(address)
        except DeviceError as error:
            reason, place = error.reason, None
        if place is None:
            assert reason is Reason.UNSUPPORTED
        else:
            assert place.scheme in ("rtsp", "http", "usb")
            assert place.scheme != "usb" or os.path.normpath(place.target).startswith(("/dev/video", "/dev/v4l/by-id/"))


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [thread for thread in threading.enumerate() if thread.name == "video"]
