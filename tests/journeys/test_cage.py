"""The kiosk in the session it is installed in: alone under cage, without a title bar, on the whole screen."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from ui.theme import LIGHT

START_S = 40.0
END_S = 15.0
OUTPUT = (1280, 720)  # what wlroots gives a screen that is not there
HEADLESS = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}

Picture = np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Session:
    """One cage with the kiosk in it."""

    runtime: Path
    log: Path
    running: subprocess.Popen[bytes]

    def picture(self) -> Picture | None:
        """What stands on the screen now; None before there is a screen."""
        sockets = [path for path in self.runtime.glob("wayland-*") if path.suffix != ".lock"]
        if not sockets:
            return None
        env = {**os.environ, "XDG_RUNTIME_DIR": str(self.runtime), "WAYLAND_DISPLAY": sockets[0].name}
        file = self.runtime / "screen.png"
        done = subprocess.run(["grim", str(file)], env=env, capture_output=True, timeout=20)
        return cv2.imread(str(file)) if done.returncode == 0 else None  # type: ignore[return-value]

    def first_page(self) -> Picture:
        """Waits until letters stand on the screen: their soft edges have many colours, an empty screen has one."""
        end = time.monotonic() + START_S
        while time.monotonic() < end:
            assert self.running.poll() is None, self.log.read_text()
            picture = self.picture()
            if picture is not None and len(np.unique(picture.reshape(-1, 3), axis=0)) > 20:
                return picture
            time.sleep(0.3)
        raise AssertionError(f"no page within {START_S:.0f} s\n{self.log.read_text()}")


@contextmanager
def cage(data_dir: Path) -> Iterator[Session]:
    """Starts the session as the installed unit does, and ends all of it."""
    with tempfile.TemporaryDirectory(prefix="cage-") as folder:  # 0700, and short enough for a socket's name
        log = Path(folder) / "log"
        env = {**os.environ, **HEADLESS, "XDG_RUNTIME_DIR": folder, "QT_QPA_PLATFORM": "wayland"}
        env |= {"ROOMAPP_ALLOW_UNSANDBOXED": "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
        for name in ("WAYLAND_DISPLAY", "DISPLAY"):
            env.pop(name, None)
        roomapp = [sys.executable, "-m", "ui.main", "--practice", "--data", str(data_dir)]
        with log.open("wb") as out:
            running = subprocess.Popen(
                ["cage", "--", *roomapp],
                env=env,
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            yield Session(Path(folder), log, running)
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                running.wait(END_S)
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait(END_S)


@pytest.mark.needs("cage")
@pytest.mark.needs("Xwayland")
@pytest.mark.needs("grim")
def test_under_cage_the_room_fills_the_screen_without_a_title_bar(tmp_path: Path) -> None:
    with cage(tmp_path) as session:
        picture = session.first_page()
        log = session.log.read_text()
    height, width, _ = picture.shape
    assert (width, height) == OUTPUT
    card = [int(LIGHT["card"][at : at + 2], 16) for at in (5, 3, 1)]  # OpenCV has blue first
    edges = {"top": picture[:8, :], "bottom": picture[-8:, :], "left": picture[:40, :8], "right": picture[:40, -8:]}
    for name, edge in edges.items():
        assert (edge == card).all(), f"the {name} edge is not the kiosk's own white band"
    assert "Traceback" not in log, log
