"""From a touch on a seat to the first byte on the wire, preview running, against a bare Qt button with a socket.

Once with nothing else to do, and once while ONVIF's WSDL documents are parsed over and over in another thread.
"""

import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from devices.camera.onvif.library import load_library, prepare_wsdl
from roomapp.events import Place
from tests.benchmarks.table import table
from tests.fakes.processes import Child
from tests.fakes.profiles import SITE
from tests.journeys.driver import Driver
from ui.assemble import Sound
from ui.widgets import button

TOUCHES = 100
REST_S = 0.12  # the camera has answered by then, and the page has drawn it
RECALL = bytes.fromhex("0100000700000001" + "8101043f0203ff")
SEATS = 6


class Wire:
    """A camera that answers everything at once and notes when each recall arrived; in a thread of its own."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.arrived = 0.0
        self._preset = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                data, peer = self._socket.recvfrom(64)
            except OSError:
                return
            if data[8:13] == RECALL[8:13]:
                self._preset = data[13]
                self.arrived = self.arrived or time.perf_counter()
            self._answer(data, peer)

    def _answer(self, data: bytes, peer: tuple[str, int]) -> None:
        sequence, body = data[4:8], data[8:]
        if data[0] == 2:  # control: reset
            answers, kind = [b"\x01"], b"\x02\x01"
        elif body[1] == 9:
            place = bytes((0, self._preset, 0, 0))  # each preset is another place, so that it is learned
            told = {b"\x09\x04\x00": b"\x02", b"\x09\x06\x12": place * 2, b"\x09\x04\x47": place}
            answers, kind = [b"\x90\x50" + told.get(body[1:4], b"\x00") + b"\xff"], b"\x01\x11"
        else:
            answers, kind = [b"\x90\x41\xff", b"\x90\x51\xff"], b"\x01\x11"
        for answer in answers:
            self._socket.sendto(kind + len(answer).to_bytes(2, "big") + sequence + answer, peer)

    def close(self) -> None:
        self._socket.close()


def waited(wire: Wire, wait_s: float = 2.0) -> float:
    """Lets Qt run until the recall arrived; when."""
    ends = time.perf_counter() + wait_s
    while not wire.arrived:
        assert time.perf_counter() < ends, "no recall came"
        QApplication.processEvents()
        time.sleep(0.0002)
    return wire.arrived


def touch(finger: QPointingDevice, widget: QWidget, wire: Wire) -> float:
    """Milliseconds from the finger's lifting (buttons act on release) to the datagram at the camera."""
    window = widget.window().windowHandle()
    point = widget.mapTo(widget.window(), widget.rect().center())
    QTest.touchEvent(window, finger).press(0, point, window).commit()
    QTest.qWait(20)
    wire.arrived = 0.0
    began = time.perf_counter()
    QTest.touchEvent(window, finger).release(0, point, window).commit()
    return (waited(wire) - began) * 1000


class Bare:
    """The least that can be done: a button whose handler sends the same bytes."""

    def __init__(self, port: int) -> None:
        self._line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._line.connect(("127.0.0.1", port))
        self.window = QWidget()
        self.button = QPushButton("Ghế 3")
        QVBoxLayout(self.window).addWidget(self.button)
        self.button.clicked.connect(lambda: self._line.send(RECALL))
        self.window.resize(400, 200)
        self.window.show()

    def close(self) -> None:
        self.window.close()
        self._line.close()


CAMERA = """
[[camera]]
id = "main"
name = "Camera chính"
driver = "visca-udp"
host = "127.0.0.1"
port = {port}
video = "http://127.0.0.1:{web}/camera.mjpg"
"""
SEAT = """
[[seat]]
id = "ghe-{n}"
name = "Ghế {n}"
camera = "main"
preset = {n}
x = {x}
y = 0.5
"""
VIDEO = """
import asyncio, sys
from pathlib import Path
import resources
from devices.practice.room import PracticeRoom
async def main():
    print((await PracticeRoom(resources.path("practice", "hop.html")).start()).web, flush=True)
    await asyncio.to_thread(sys.stdin.read)
asyncio.run(main())
"""


def framing_page(folder: Path, port: int, web: int) -> Driver:
    """The kiosk on its framing page, the preview running."""
    seats = "".join(SEAT.format(n=n, x=n / (SEATS + 1)) for n in range(1, SEATS + 1))
    profile = folder / "room.toml"
    profile.write_text((SITE + CAMERA).format(port=port, web=web) + seats, "utf-8")
    driver = Driver(folder, (1280, 720), profile=profile, sound=Sound(False, True))
    driver.panel.go(Place.FRAMING)
    driver.until(lambda: driver.kiosk.house and driver.kiosk.house.room.newest_picture(), "the preview")
    driver.run(0.5)
    return driver


def found(driver: Driver, number: int) -> QWidget:
    seat = driver.find(f"seat_ghe-{number}")
    assert seat is not None
    return seat


def measured(touches: int) -> tuple[list[float], list[float]]:
    """Milliseconds of ours and of the bare button, in turn."""
    button.SECOND_TOUCH_S = 0.02
    ours, bares = [], []
    with (
        tempfile.TemporaryDirectory() as folder,
        Child([sys.executable, "-c", VIDEO]) as video,
        closing(Wire()) as wire,
        closing(framing_page(Path(folder), wire.port, int(video.line(20)))) as driver,
        closing(Bare(wire.port)) as bare,
    ):
        finger = QTest.createTouchDevice()
        touch(finger, bare.button, wire)
        for number in range(1, SEATS + 1):  # where the framings are is learned once, not at each touch
            touch(finger, found(driver, number), wire)
            driver.until(lambda number=number: driver.view.on_air == f"ghe-{number}", "the framing")
            driver.run(REST_S)
        for number in range(touches):
            bares.append(touch(finger, bare.button, wire))
            driver.run(REST_S)
            ours.append(touch(finger, found(driver, number % SEATS + 1), wire))
            driver.run(REST_S)
    return ours, bares


@contextmanager
def parsing() -> Iterator[list[float]]:
    """The seconds of each parse; a start has one, this has one after another."""
    ending, parses = threading.Event(), list[float]()

    def parse() -> None:
        while not ending.is_set():
            began = time.perf_counter()
            load_library()
            parses.append(time.perf_counter() - began)

    prepare_wsdl().result(60)  # what is loaded once is loaded
    thread = threading.Thread(target=parse, name="parsing")
    thread.start()
    try:
        yield parses
    finally:
        ending.set()
        thread.join()


def main(touches: int = TOUCHES) -> None:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    tell(f"{touches} touches in turn, preview running (target: p95 <= 20 ms)", *measured(touches))
    with parsing() as parses:
        results = measured(touches)
    tell(f"the same while WSDL documents are parsed, {len(parses)} times over (target: p95 <= 20 ms)", *results)


def tell(title: str, ours: list[float], bares: list[float]) -> None:
    ours, bares = sorted(ours), sorted(bares)
    rows = []
    for name, at in (("p50", 0.5), ("p95", 0.95), ("worst", 1.0)):
        own, bare = (values[min(len(values) - 1, int(at * len(values)))] for values in (ours, bares))
        rows.append((name, f"{bare:.2f}", f"{own:.2f}", f"{own - bare:+.2f}", f"{own / bare:.1f}x"))
    header = ("", "bare Qt button and socket, ms", "kiosk, ms", "difference", "ratio")
    print(table(f"Touch on a seat to the first byte on the wire, {title}", header, rows))


if __name__ == "__main__":
    main()
