"""Where installed programs run in tests: a screen, a sound server and a user of their own, under a policy of theirs.

A browser runs neither as root nor unmanaged. Root becomes nobody; anybody else becomes another user of a namespace of
his own. The policy's folder is laid over the system's for this one process.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import Xlib

from devices.conference.programs.policy import BROWSERS, FILE, managed_policy
from tests.fakes.janus_server import AS_USER, PrivateNetwork
from tests.fakes.processes import ROOT, Child
from tests.fakes.pulse_server import PulseServer

NOBODY = 65534
AS_NOBODY = (
    ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
    if os.geteuid() == 0
    else ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
)
OVER = 'mount --bind "$0" /etc/chromium && exec "$@"'  # in a mount namespace of its own
CHROMIUM = BROWSERS[-1]
CLIENT = ROOT / "tests" / "fakes" / "conference_client.py"
UP_S = 10.0


class Screen:
    """An Xvfb of its own, 1280 x 720, with or without a window manager."""

    def __init__(self, manager: str = "openbox") -> None:
        reading, writing = os.pipe()
        command = ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp"]
        command += ["-screen", "0", "1280x720x24"]
        null = subprocess.DEVNULL
        self._server = subprocess.Popen(command, pass_fds=(writing,), stdout=null, stderr=null)
        os.close(writing)
        with os.fdopen(reading) as told:
            self.name = f":{told.readline().strip()}"
        env = {**os.environ, "DISPLAY": self.name}
        managers = [subprocess.Popen([manager], env=env, stdout=null, stderr=null)] if manager else []
        self._processes = [*managers, self._server]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        for process in self._processes:
            process.kill()
            process.wait(5)


class ClientSite:
    """This site's PC, as far as installed programs see it; ends with everything that it started."""

    def __init__(self, network: PrivateNetwork | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="site-", dir="/tmp"))
        self.home, self.system = self.folder / "home", self.folder / "system"
        self.network = network
        self.more: dict[str, str] = {}  # of the environment
        self._children: list[Child] = []
        self.errors, self.client = self.folder / "stderr", self.folder / "client"

    def __enter__(self) -> Self:
        self.screen = Screen()
        self.pulse = PulseServer()
        self.pulse.__enter__()
        for folder in (self.folder, self.pulse.folder):
            folder.chmod(0o755)
        self.home.mkdir()
        (self.system / CHROMIUM.folder.relative_to("/etc/chromium")).mkdir(parents=True)
        if os.geteuid() == 0:
            os.chown(self.home, NOBODY, NOBODY)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in self._children:
            child.end()
        self.pulse.__exit__(kind, error, trace)
        self.screen.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def install_client(self) -> None:
        """tests/fakes/conference_client.py as a program of its own."""
        python = "/usr/bin/python3" if os.geteuid() == 0 else sys.executable  # root's own may lie where nobody may go
        library = Path(Xlib.__file__).parents[1]
        run = f"PYTHONPATH={library} exec {python} {CLIENT}"
        self.client.write_text(f'#!/bin/sh\n{run} "$@"\n')
        self.client.chmod(0o755)

    @property
    def env(self) -> dict[str, str]:
        own = {"HOME": str(self.home), "TMPDIR": str(self.home), "XDG_RUNTIME_DIR": str(self.home)}
        bus = {"DBUS_SESSION_BUS_ADDRESS": "disabled:", "DISPLAY": self.screen.name, "PULSE_SERVER": self.pulse.url}
        return {**os.environ, **own, **bus, "PYTHONDONTWRITEBYTECODE": "1", **self.more}

    def manage(self, *hosts: str, **other: object) -> None:
        """Writes the browser's policy for these hosts, as the administrator does; `other` names stand in its place."""
        policy = {**managed_policy(hosts, CHROMIUM.shows_policy), **other}
        (self.system / CHROMIUM.folder.relative_to("/etc/chromium") / FILE).write_text(json.dumps(policy))

    def road(self, kind: str, *given: str, module: str = "tests.devices.conference.programs.road_program") -> Child:
        """The road's own process; give it orders by `tell`."""
        command = [*AS_NOBODY, sys.executable, "-m", module, kind, *given]
        over = ["--mount", "sh", "-ec", OVER, str(self.system), *command]
        if self.network is not None:
            child = self.network.start(["unshare", *over], self.env, self.errors)
        else:
            child = Child(["unshare", *AS_USER, *over], env=self.env, stderr=self.errors)
        self._children.append(child)
        return child

    def written(self) -> str:
        return self.errors.read_text("utf-8", "replace")


def arguments_of_all() -> str:
    """Every argument of every process, as anybody on this PC can read it."""
    return "\n".join(
        (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        for folder in Path("/proc").iterdir()
        if folder.name.isdecimal() and (folder / "cmdline").exists()
    )
