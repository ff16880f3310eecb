"""The kiosk in the session it is installed in: alone under cage, without a title bar, on the whole screen."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.installer.xwd import Picture, has_letters, read_screen
from ui.theme import LIGHT

START_S = 40.0
END_S = 15.0
NOBODY = 65534  # cage refuses root
OUTPUT = (1024, 768)  # cage's output stands as a window of this size at the corner of a larger, black X screen
SCREEN = "1280x800x24"
# On the headless backend cage soon hands the kiosk's buffer straight to the output, and grim sees black from then on:
# its pictures are taken from the very start, one after another, until one shows the whole first page.
HEADLESS = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
HEADLESS_OUTPUT = (1280, 720)
STARTS, LOOK_S = 6, 6.0
BACKEND = {"WLR_BACKENDS": "x11", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}
ROOMAPP = [sys.executable, "-m", "ui.main", "--practice"]


@dataclass(frozen=True, slots=True)
class Session:
    """A screen, and the kiosk that stands alone on it."""

    folder: Path
    kiosk: subprocess.Popen[bytes]

    def first_page(self) -> Picture:
        until(lambda: has_letters(read_screen(self.folder)), self.kiosk, self.folder / "kiosk.log")
        return read_screen(self.folder)


def until(ready: Callable[[], object], running: subprocess.Popen[bytes], log: Path) -> None:
    """Waits for it while the program lives, and shows what the program said where it does not come."""
    last = time.monotonic() + START_S
    while not ready():
        assert running.poll() is None and time.monotonic() < last, f"{running.args!r}\n{log.read_text()}"  # noqa: PT018
        time.sleep(0.1)


@contextmanager
def program(words: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs it with its children in a session of its own and ends them all."""
    with log.open("wb") as out:
        running = subprocess.Popen(
            words, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield running
    finally:
        for kind in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(running.pid, kind)
                running.wait(END_S)


@contextmanager
def compositor(folder: Path, runtime: Path, env: dict[str, str]) -> Iterator[Path]:
    """cage as a user without rights, holding a program that shows nothing; yields its socket."""
    cage = ["cage", "--", "sleep", "300"]
    if os.geteuid() == 0:
        folder.chmod(0o711)
        os.chown(runtime, NOBODY, NOBODY)
        cage = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *cage]
    log = folder / "cage.log"
    with program(cage, env | {"XDG_RUNTIME_DIR": str(runtime)}, log) as running:
        until(lambda: any(p.is_socket() for p in runtime.glob("wayland-*")), running, log)
        (socket,) = (p for p in runtime.glob("wayland-*") if p.is_socket())
        yield socket


def shown_on(log: Path) -> str:
    """The display that Xvfb told; where another one runs on this PC, remarks about it stand before."""
    return next((line for line in log.read_text().splitlines() if line.isdigit()), "")


@contextmanager
def session(data_dir: Path, kiosk: list[str]) -> Iterator[Session]:
    """A screen in memory, cage on it as a user without rights, and the kiosk as cage's only window."""
    with tempfile.TemporaryDirectory(prefix="cage-") as name:  # 0700, and short enough for a socket's name
        folder, runtime = Path(name), Path(name) / "run"
        runtime.mkdir(mode=0o700)
        env = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        xvfb = ["Xvfb", "-displayfd", "1", "-screen", "0", SCREEN, "-fbdir", name, "-nocursor", "-nolisten", "tcp"]
        with program(xvfb, env, folder / "display") as x:
            until(lambda: shown_on(folder / "display"), x, folder / "display")
            seen = {"DISPLAY": f":{shown_on(folder / 'display')}"}
            with compositor(folder, runtime, env | BACKEND | seen) as socket:
                env |= {"WAYLAND_DISPLAY": str(socket), "QT_QPA_PLATFORM": "wayland", "XDG_RUNTIME_DIR": name}
                env |= {"ROOMAPP_ALLOW_UNSANDBOXED": "1"}
                with program([*kiosk, "--data", str(data_dir)], env, folder / "kiosk.log") as running:
                    yield Session(folder, running)


def grim(socket: Path, to: Path) -> QImage:
    """The output as cage has it, by Debian's screenshot program."""
    env = dict(os.environ) | {"WAYLAND_DISPLAY": str(socket), "XDG_RUNTIME_DIR": str(to.parent)}
    subprocess.run(["grim", "-t", "ppm", str(to)], env=env, check=True, capture_output=True, timeout=10)
    return QImage(str(to)).convertToFormat(QImage.Format.Format_RGB32)


def filled(picture: QImage) -> bool:
    """The four corners belong to the kiosk's two white bands, the sides to its page: no title bar, no strip left."""
    right, low, middle = picture.width() - 3, picture.height() - 3, picture.height() // 2
    corners = {picture.pixelColor(x, y).name().upper() for x in (2, right) for y in (2, low)}
    sides = {picture.pixelColor(x, middle).name().upper() for x in (2, right)}
    return corners == {LIGHT["card"]} and sides == {LIGHT["page"]}


def seen_by_grim(socket: Path, folder: Path, env: dict[str, str], data: Path) -> QImage | None:
    """The first whole picture of one start; None where there was none within a while."""
    log, last = folder / "kiosk.log", time.monotonic() + LOOK_S
    with program([*ROOMAPP, "--data", str(data)], env, log) as kiosk:
        while time.monotonic() < last:
            picture = grim(socket, folder / "out.ppm")
            assert kiosk.poll() is None, log.read_text()
            if filled(picture):
                assert "on a screen of" not in log.read_text()
                return picture
    return None


@pytest.mark.needs("cage")
@pytest.mark.needs("Xwayland")
@pytest.mark.needs("grim")
def test_under_headless_cage_the_first_page_fills_the_output(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="cage-") as name:
        folder, runtime = Path(name), Path(name) / "run"
        runtime.mkdir(mode=0o700)
        env = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        with compositor(folder, runtime, env | HEADLESS) as socket:
            env |= {"WAYLAND_DISPLAY": str(socket), "QT_QPA_PLATFORM": "wayland", "XDG_RUNTIME_DIR": name}
            env |= {"ROOMAPP_ALLOW_UNSANDBOXED": "1"}
            picture = None
            for start in range(STARTS):
                picture = picture or seen_by_grim(socket, folder, env, tmp_path / str(start))
    if picture is None:
        pytest.skip(f"in {STARTS} starts cage handed over the buffer before grim could see it; the next test judges it")
    assert (picture.width(), picture.height()) == HEADLESS_OUTPUT


@pytest.mark.needs("cage")
@pytest.mark.needs("Xwayland")
@pytest.mark.needs("Xvfb")
def test_under_cage_the_room_fills_the_screen_without_a_title_bar(tmp_path: Path) -> None:
    with session(tmp_path, ROOMAPP) as room:
        picture = room.first_page()
        log = (room.folder / "kiosk.log").read_text()
    width, height = OUTPUT
    card = [int(LIGHT["card"][at : at + 2], 16) for at in (5, 3, 1)]  # blue first
    assert (picture[:5, :width] == card).all(), "the top is not the kiosk's own white band"
    assert (picture[height - 5 : height, :width] == card).all(), "nor is the bottom"
    drawn = np.argwhere(picture.any(axis=2)).max(axis=0) + 1
    assert tuple(drawn[::-1]) == OUTPUT, "the window is as large as cage's output"
    assert "Traceback" not in log, log
