"""What both engines find when they join: one Janus room in a network of its own, one far site that sends 720p, one
screen of 1280 x 720, one sound server; and what a tree of processes costs.

Both run unsandboxed where root starts them, without a GPU, with Chromium's own stand-ins for camera and microphone.
"""

import contextlib
import itertools
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil

from tests.fakes.conference_client_site import Screen
from tests.fakes.janus_server import ROOM, JanusServer, Participant
from tests.fakes.processes import Child
from tests.fakes.pulse_server import PulseServer
from tests.fakes.road_process import LOOPBACK, Road, road_process

PROGRAMS = ("janus", "chromium", "Xvfb", "openbox", "pulseaudio", "unshare", "ip")
# Qt's own part without a GPU, as --disable-gpu is Chromium's. GL_INTEGRATION alone would paint nothing at all.
SOFTWARE = {"QT_QUICK_BACKEND": "software", "QT_XCB_GL_INTEGRATION": "none"}
FLAGS = f"{LOOPBACK} --use-fake-device-for-media-stream --disable-gpu"
ALONE = "--no-first-run --no-default-browser-check --password-store=basic --use-fake-ui-for-media-stream"
TOLD_S = 30.0
MOMENTS = ("joined", "frame")


@dataclass(frozen=True, slots=True)
class Usage:
    """Of one process and all below it. MB are 10^6 bytes; `cpu_s` is user and system together; both by process."""

    pss_of: dict[int, float]
    uss_mb: float
    cpu_s: dict[int, float]

    @property
    def pss_mb(self) -> float:
        return sum(self.pss_of.values())

    def cpu_pct(self, before: "Usage", seconds: float) -> float:
        """Of one core, since `before`."""
        return sum(spent - before.cpu_s.get(pid, 0.0) for pid, spent in self.cpu_s.items()) / seconds * 100


def usage(pid: int) -> Usage:
    """Source: /proc/PID/smaps_rollup and stat, proc(5)."""
    pss, uss, cpu = dict[int, float](), 0.0, dict[int, float]()
    top = psutil.Process(pid)
    for process in (top, *top.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
            times = process.cpu_times()
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
            held = {key: int(value.split()[0]) * 1024 / 1e6 for key, value in (line.split(":") for line in lines)}
            cpu[process.pid] = times.user + times.system
            pss[process.pid] = held["Pss"]
            uss += held["Private_Clean"] + held["Private_Dirty"]
    return Usage(pss, uss, cpu)


class CallGround:
    """Calls are told apart by their run's number."""

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.folder = Path(tempfile.mkdtemp(prefix="ground-", dir="/tmp"))
            stack.callback(shutil.rmtree, self.folder, True)
            self._pulse = stack.enter_context(PulseServer())
            self._screen = stack.enter_context(Screen())
            self.server = stack.enter_context(JanusServer())
            Participant(self.server)
            self._runs = itertools.count()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def run(self) -> tuple[str, str]:
        """A new run's number, and the address that it joins."""
        number = str(next(self._runs))
        return number, f"{self.server.url.format(room=ROOM)}&beacon={number}"

    def moments(self, run: str, tap: float) -> list[float]:
        """Seconds from the tap until the page's server was told that it joined, and that a far picture was shown."""
        assert self.server.page is not None
        told, ends = dict[str, float](), time.monotonic() + TOLD_S
        while told.keys() != set(MOMENTS):
            line = self.server.page.line(ends - time.monotonic())
            assert line, f"run {run}: only {sorted(told)} within {TOLD_S} s"
            one = json.loads(line)
            if one["run"] == run:
                told.setdefault(one["beacon"], one["at"] - tap)
        return [told[what] for what in MOMENTS]

    @contextlib.contextmanager
    def road(self) -> Iterator[Road]:
        """The kiosk's web road in its process, without the kiosk's own pages; no road made in it yet."""
        own = {"QT_QPA_PLATFORM": "xcb", **SOFTWARE, "ROAD_FILLS_SCREEN": "1", "QTWEBENGINE_CHROMIUM_FLAGS": FLAGS}
        errors = Path(tempfile.mkstemp(dir=self.folder)[1])
        env = {**self._pulse.env, **self._shown, **own}
        with road_process(errors, "127.0.0.1", start=self.server.start, **env) as road:
            yield road

    def chromium(self, url: str) -> Child:
        """`chromium --kiosk` with a profile of its own, as ours is off the record."""
        home = tempfile.mkdtemp(dir=self.folder)
        own = [f"--user-data-dir={home}", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        command = ["chromium", "--kiosk", *ALONE.split(), *FLAGS.split(), *own, url]
        return self.server.start(command, {**self._pulse.env, **self._shown, "HOME": home})

    @property
    def _shown(self) -> dict[str, str]:
        return {"DISPLAY": self._screen.name, "DBUS_SESSION_BUS_ADDRESS": "disabled:"}


def lacking() -> list[str]:
    """The programs that this machine does not have."""
    return [name for name in PROGRAMS if shutil.which(name) is None]
