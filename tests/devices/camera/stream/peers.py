"""Picture servers on loopback, and a reader on them; for the tests beside this file."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from devices.camera.opencv import cv2
from devices.camera.stream import Account
from devices.camera.video import VideoReader
from devices.contract import Frame, Reason
from devices.practice.picture import RoomPicture

HEADER = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"


@contextmanager
def peer(serve: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[int]]]:
    """A TCP peer that serves each connection in a thread; the list counts them."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[int] = []
    open_ones: list[socket.socket] = []

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                serve(connection)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            connections.append(1)
            open_ones.append(connection)
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield listener.getsockname()[1], connections
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(2)
        for connection in open_ones:
            connection.close()


def jpegs() -> Iterator[bytes]:
    picture = RoomPicture()
    while True:
        jpeg = cv2.imencode(".jpg", picture.render(0, 0, 0))[1].tobytes()
        yield b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg) + jpeg + b"\r\n"


def until(condition: Callable[[], bool], most_s: float) -> bool:
    by = time.monotonic() + most_s
    while not condition():
        if time.monotonic() > by:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def reading(
    address: str | Callable[[], str], account: Callable[[], Account | None] | None = None
) -> Iterator[VideoReader]:
    reader = VideoReader(address, account)
    reader.start()
    try:
        yield reader
    finally:
        reader.stop()


def first_frame(reader: VideoReader, most_s: float = 15.0) -> Frame:
    assert until(lambda: reader.newest() is not None, most_s), reader.why_not()
    frame = reader.newest()
    assert frame is not None
    return frame


def first_reason(reader: VideoReader, most_s: float = 15.0) -> Reason | None:
    until(lambda: reader.why_not() is not None, most_s)
    return reader.why_not()


def answering(*answers: bytes, hold: threading.Event | None = None) -> Callable[[socket.socket], None]:
    """A peer that reads a request and sends one of the answers, in turn; then it holds the line, if told so."""
    turn = iter(range(1 << 30))

    def serve(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(answers[next(turn) % len(answers)])
        if hold is not None:
            hold.wait(30)

    return serve
