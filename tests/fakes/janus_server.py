"""A real Janus VideoRoom in a network of its own: nothing that runs inside can reach anything outside.

Janus and aioice pass over 127.0.0.1, so a veth pair carries a second address of 127/8. The network ends with the
process that holds it; every process inside is killed with the one that started it.
"""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import psutil

ROOT = Path(__file__).parents[2]
ROOM, JANUS_PORT, PAGE_PORT = 1234, 8188, 8080  # fixed: nobody else has ports in a network of one's own
UP_S = 10.0
TRIES = 3  # the first start of Janus may fail with "Error creating vhost"
ADDRESS = "127.9.9.1"
SET_UP = f"""\
ip link set lo up && ip link add va type veth peer name vb && ip addr add {ADDRESS}/32 dev va &&
ip link set va up && ip link set vb up && echo up && exec sleep 600
"""
GENERAL = """\
general: {{ configs_folder = "{0}", plugins_folder = "{0}/plugins", transports_folder = "{0}/transports",
  events_folder = "{0}/none", loggers_folder = "{0}/none", debug_level = 4, session_timeout = 60 }}
nat: {{ ice_enforce_list = "va", full_trickle = false, ipv6 = false }}
"""
WEBSOCKETS = 'general: {{ json = "compact", ws = true, ws_port = {0}, ws_interface = "lo", wss = false }}\n'
VIDEOROOM = """\
room-{0}: {{ description = "test", publishers = 6, bitrate = 1500000, fir_freq = 10,
  videocodec = "vp8", audiocodec = "opus", record = false }}
"""
Net = TypeVar("Net", bound="PrivateNetwork")


class PrivateNetwork:
    """A user's own network namespace: loopback, a veth pair, no way out."""

    def __init__(self) -> None:
        self._holder: subprocess.Popen[str] | None = None
        self._inside: list[subprocess.Popen[str]] = []

    def __enter__(self: Net) -> Net:
        try:
            self._hold()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def _hold(self) -> None:
        own = ["unshare", "--user", "--map-root-user", "--net", "setpriv", "--pdeathsig", "KILL", "sh", "-ec", SET_UP]
        self._holder = subprocess.Popen(own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if next_line(self._holder, UP_S) != "up":
            raise RuntimeError(f"no network of its own: {self._holder.communicate(timeout=5)[1]}")

    def start(
        self, command: list[str], env: Mapping[str, str] | None = None, stderr: Path | None = None
    ) -> "subprocess.Popen[str]":
        """Runs `command` inside, from the project's folder; its stdout is a pipe."""
        assert self._holder is not None
        enter = ["nsenter", "--target", str(self._holder.pid), "--user", "--net", "--preserve-credentials", "--"]
        tied = ["setpriv", "--pdeathsig", "KILL", "--"]
        with open(stderr or os.devnull, "wb") as errors:
            process = subprocess.Popen(
                [*enter, *tied, *command],
                env=env,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._inside.append(process)
        return process

    def end(self) -> None:
        """kill -9 of everything inside, newest first, then of the network itself; idempotent."""
        for process in [*reversed(self._inside), *([self._holder] if self._holder else [])]:
            kill_tree(process)
        self._inside, self._holder = [], None


class Conference(PrivateNetwork):
    """A chair site's server: Janus with one room, and the page over which this site joins it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="janus-", dir="/tmp"))
        self.janus: subprocess.Popen[str] | None = None
        self.url = f"http://127.0.0.1:{PAGE_PORT}/{{room}}?janus={JANUS_PORT}"
        self.allow = (f"127.0.0.1:{PAGE_PORT}", f"127.0.0.1:{JANUS_PORT}")

    def _hold(self) -> None:
        super()._hold()
        self._write()
        page = self.start([sys.executable, "-m", "tests.fakes.conference_page", str(PAGE_PORT)])
        for attempt in range(1, TRIES + 1):
            self.log.unlink(missing_ok=True)
            self.janus = self.start(["janus", "-F", str(self.folder), "-L", str(self.log)])
            if self._answers():
                break
            kill_tree(self.janus)
            if attempt == TRIES:
                raise RuntimeError(f"janus did not start: {self.log.read_text()[-2000:]}")
        if next_line(page, UP_S) != "serving":
            raise RuntimeError("the page is not served")

    def end(self) -> None:
        super().end()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> Path:
        return self.folder / "janus.log"

    def _write(self) -> None:
        installed = next(Path("/usr/lib").glob("*/janus"))
        for kind, name in (("plugins", "libjanus_videoroom.so"), ("transports", "libjanus_websockets.so")):
            (self.folder / kind).mkdir()
            (self.folder / kind / name).symlink_to(installed / kind / name)
        (self.folder / "janus.jcfg").write_text(GENERAL.format(self.folder))
        (self.folder / "janus.transport.websockets.jcfg").write_text(WEBSOCKETS.format(JANUS_PORT))
        (self.folder / "janus.plugin.videoroom.jcfg").write_text(VIDEOROOM.format(ROOM))

    def _answers(self) -> bool:
        """Whether the WebSocket port came up; the log tells it, for the port is not of this process's network."""
        assert self.janus is not None
        ends = time.monotonic() + UP_S
        while time.monotonic() < ends and self.janus.poll() is None:
            told = self.log.read_text(errors="replace") if self.log.exists() else ""
            if "Error creating vhost" in told:
                return False
            if "WebSockets thread started" in told:
                return True
            time.sleep(0.02)
        return False


class Participant:
    """An aiortc participant as a process of its own, so that it can be frozen in the middle of a sentence."""

    def __init__(self, network: PrivateNetwork, *options: str) -> None:
        command = [sys.executable, "-m", "tests.fakes.janus_peer", str(JANUS_PORT), str(ROOM), *options]
        self._process = network.start(command)

    def until(self, key: str, wait_s: float = 20.0) -> dict[str, Any]:
        """Reads what the participant says, until something says `key` with a value that counts."""
        ends = time.monotonic() + wait_s
        while line := next_line(self._process, ends - time.monotonic()):
            told: dict[str, Any] = json.loads(line)
            if told.get(key):
                return told
        raise AssertionError(f"the participant never said {key} within {wait_s} s")

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def end(self) -> None:
        kill_tree(self._process)


def next_line(process: "subprocess.Popen[str]", wait_s: float) -> str:
    """The next line of its stdout, without waiting for ever; "" at the end or when nothing came."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline().strip() if selector.select(max(0.0, wait_s)) else ""


def kill_tree(process: "subprocess.Popen[str]") -> None:
    """kill -9 of a process and its children; idempotent."""
    try:
        below = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        below = []
    process.kill()
    process.wait(5)
    for child in below:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(below, 5)
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
