"""What the proof of the roads of programs is made of: its rows, its keys, its servers."""

import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from Xlib import XK, X, display
from Xlib.ext import xtest

from tests.devices.conference.programs.roads import STANDS
from tests.fakes.conference_client_site import ClientSite
from tests.fakes.janus_server import JanusServer
from tests.fakes.processes import Child, Told
from tests.fakes.web_origin import Origin

WAIT_S = 25.0
KEYS = (
    ("F12",), ("Control_L", "Shift_L", "i"), ("Control_L", "Shift_L", "j"), ("Control_L", "n"), ("Control_L", "t"),
    ("Control_L", "Shift_L", "n"), ("Control_L", "o"), ("Control_L", "p"), ("Control_L", "s"), ("Control_L", "u"),
    ("Control_L", "h"), ("Control_L", "j"), ("Control_L", "Shift_L", "Delete"), ("Alt_L", "Home"), ("F11",),
    ("Escape",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    road: str
    case: str
    expected: str
    told: str
    seconds: float
    limit_s: float
    left: int  # processes

    @property
    def right(self) -> bool:
        return self.expected == self.told and self.seconds <= self.limit_s and self.left == 0

    @property
    def cells(self) -> tuple[object, ...]:
        return self.road, self.case, self.told, f"{self.seconds:.1f}", self.left, "yes" if self.right else "NO"


def timed(road: Child, true: Callable[[Told], object], since: float) -> tuple[Told, float]:
    try:
        told = road.until(true, "the truth", WAIT_S)
    except AssertionError:
        told = {}
    return told, time.monotonic() - since


def press(site: ClientSite, keys: tuple[str, ...]) -> None:
    server = display.Display(site.screen.name)
    codes = [server.keysym_to_keycode(XK.string_to_keysym(key)) for key in keys]
    for kind, ordered in ((X.KeyPress, codes), (X.KeyRelease, codes[::-1])):
        for code in ordered:
            xtest.fake_input(server, kind, code)
    server.sync()
    server.close()


@contextmanager
def wrong_certificate() -> Iterator[int]:
    """An https server on loopback whose certificate nobody signed."""
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = Path(folder, "key"), Path(folder, "certificate")
        asked = ["-subj", "/CN=hop.example.vn", "-keyout", str(key), "-out", str(certificate)]
        make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *asked]
        subprocess.run(make, check=True, capture_output=True)
        with Origin({"/room": STANDS}) as origin:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            origin._server.socket = context.wrap_socket(origin._server.socket, server_side=True)
            origin._server.handle_error = lambda *_: None  # type: ignore[method-assign]
            yield origin.port


class H264Server(JanusServer):
    """Its room takes H.264 only, as the hardware of provinces does."""

    def _write(self) -> None:
        super()._write()
        room = self.folder / "janus.plugin.videoroom.jcfg"
        room.write_text(room.read_text().replace('"vp8"', '"h264"'))


def instead(site: ClientSite, what: str) -> None:
    """From now on this is the browser."""
    program = site.folder / "chromium"
    program.write_text(f'#!/bin/sh\n{what} "$@"\n')
    program.chmod(0o755)
    site.more["ROAD_PROGRAM"] = str(program)
