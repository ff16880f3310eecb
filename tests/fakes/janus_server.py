"""A real Janus VideoRoom in a network of its own: nothing that runs inside can reach anything outside.

Janus and aioice pass over 127.0.0.1, so a veth pair carries a second address of 127/8. The network ends with the
process that holds it; every process inside is killed with the one that started it.
"""

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from tests.fakes.processes import Child, Told

ROOM, CLOSED_ROOM, FULL_ROOM, H264_ROOM = 1234, 1235, 1236, 1237
PIN = "271828"  # of CLOSED_ROOM
JANUS_PORT, PAGE_PORT = 8188, 8080  # fixed: nobody else has ports in a network of one's own
UP_S = 10.0
TRIES = 3  # the first start of Janus may fail with "Error creating vhost"
ADDRESS = "127.9.9.1"
SET_UP = f"""\
ip link set lo up && ip link add va type veth peer name vb && ip addr add {ADDRESS}/32 dev va &&
ip link set va up && ip link set vb up && echo up && exec sleep infinity
"""
GENERAL = """\
general: {{ configs_folder = "{0}", plugins_folder = "{0}/plugins", transports_folder = "{0}/transports",
  events_folder = "{0}/none", loggers_folder = "{0}/none", debug_level = 4, session_timeout = 60 }}
nat: {{ ice_enforce_list = "va", full_trickle = false, ipv6 = false }}
"""
WEBSOCKETS = 'general: {{ json = "compact", ws = true, ws_port = {0}, ws_interface = "lo", wss = false }}\n'
VIDEOROOM = """\
room-{0}: {{ description = "test", publishers = {1}, bitrate = 1500000, fir_freq = 10,
  videocodec = "{2}", audiocodec = "opus", record = false, secret = "chair"{3} }}
"""
ROOMS = (
    (ROOM, 6, "vp8", ""),
    (CLOSED_ROOM, 6, "vp8", f', pin = "{PIN}"'),
    (FULL_ROOM, 1, "vp8", ""),
    (H264_ROOM, 6, "h264", ""),
)
Net = TypeVar("Net", bound="PrivateNetwork")
# root needs no user namespace, and in a chroot the kernel gives none
AS_USER = () if os.geteuid() == 0 else ("--user", "--map-root-user")


class PrivateNetwork:
    """A user's own network namespace: loopback, a veth pair, no way out."""

    def __init__(self) -> None:
        self._holder: Child | None = None
        self._inside: list[Child] = []

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
        self._holder = Child(["sh", "-ec", SET_UP], enter=("unshare", *AS_USER, "--net"))
        if self._holder.line(UP_S) != "up":
            raise RuntimeError("this system gives no network namespace to a user")

    def start(self, command: list[str], env: Mapping[str, str] | None = None, stderr: Path | None = None) -> Child:
        """Runs `command` inside."""
        assert self._holder is not None
        keep = ("--user", "--preserve-credentials") if AS_USER else ()
        enter = ("nsenter", f"--target={self._holder.pid}", *keep, "--net", "--")
        child = Child(command, enter=enter, env=env, stderr=stderr)
        self._inside.append(child)
        return child

    def lose(self, share: str, packets: str) -> bool:
        """Drops of the arriving `packets` ("meta l4proto udp") the `share` that nft's generator picks ("inc mod 20 0").

        Whether this system's kernel can.
        """
        rules = (
            "table inet lossy {\n chain in {\n  type filter hook input priority 0;\n"
            f"  {packets} numgen {share} counter drop\n }}\n}}"
        )
        with tempfile.NamedTemporaryFile("w", suffix=".nft") as file:
            file.write(rules)
            file.flush()
            return self.start(["nft", "-f", file.name]).wait(UP_S) == 0

    def end(self) -> None:
        """kill -9 of everything inside, newest first, then of the network itself; idempotent."""
        for child in [*reversed(self._inside), *([self._holder] if self._holder else [])]:
            child.end()
        self._inside, self._holder = [], None


class JanusServer(PrivateNetwork):
    """A chair site's server: Janus with one room, and the page over which this site joins it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="janus-", dir="/tmp"))
        self.log = self.folder / "janus.log"
        self.url = f"http://127.0.0.1:{PAGE_PORT}/{{room}}?janus={JANUS_PORT}"
        self.allow = (f"127.0.0.1:{PAGE_PORT}", f"127.0.0.1:{JANUS_PORT}")
        self.janus: Child | None = None
        self.page: Child | None = None  # its lines: what pages with "beacon" in their address told it, and when

    def _hold(self) -> None:
        super()._hold()
        self._write()
        self.page = self.start([sys.executable, "-m", "tests.fakes.conference_page", str(PAGE_PORT)])
        for _attempt in range(TRIES):
            self.log.unlink(missing_ok=True)
            self.janus = self.start(["janus", "-F", str(self.folder), "-L", str(self.log)])
            if self._is_up(self.janus):
                break
            self.janus.end()
        else:
            raise RuntimeError(f"janus did not start: {self.log.read_text(errors='replace')[-2000:]}")
        if self.page.line(UP_S) != "serving":
            raise RuntimeError("the page is not served")

    def end(self) -> None:
        super().end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def kill_janus(self) -> None:
        """As a server's machine dies: nobody is told."""
        assert self.janus is not None
        self.janus.end()

    def _write(self) -> None:
        installed = next(Path("/usr/lib").glob("*/janus"))
        for kind, name in (("plugins", "libjanus_videoroom.so"), ("transports", "libjanus_websockets.so")):
            (self.folder / kind).mkdir()
            (self.folder / kind / name).symlink_to(installed / kind / name)
        (self.folder / "janus.jcfg").write_text(GENERAL.format(self.folder))
        (self.folder / "janus.transport.websockets.jcfg").write_text(WEBSOCKETS.format(JANUS_PORT))
        (self.folder / "janus.plugin.videoroom.jcfg").write_text("".join(VIDEOROOM.format(*room) for room in ROOMS))

    def _is_up(self, janus: Child) -> bool:
        """Its log tells it: the port lies in another network than ours."""
        ends = time.monotonic() + UP_S
        while time.monotonic() < ends and janus.alive():
            told = self.log.read_text(errors="replace") if self.log.exists() else ""
            if "WebSockets thread started" in told:
                return "Error creating vhost" not in told
            time.sleep(0.02)
        return False


class Participant:
    """An aiortc participant as a process of its own, so that it can be frozen in the middle of a sentence."""

    def __init__(self, network: PrivateNetwork, *options: str, room: int = ROOM) -> None:
        command = [sys.executable, "-m", "tests.fakes.janus_peer", str(JANUS_PORT), str(room), *options]
        self._child = network.start(command)
        self.until("published")

    def until(self, key: str, wait_s: float = 20.0) -> Told:
        """Waits until it says `key` with a value that counts."""
        return self._child.until(lambda told: told.get(key), f"the participant's {key}", wait_s)

    def received(self, seconds: float) -> list[Told]:
        return self._child.during(seconds)

    def freeze(self) -> None:
        self._child.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._child.signal(signal.SIGCONT)

    def end(self) -> None:
        """It goes without a word."""
        self._child.end()
