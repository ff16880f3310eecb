"""The far end of a SIP call: a real baresip with a tone and a moving picture, on 127.0.0.1, in a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from shutil import rmtree
from types import TracebackType
from typing import Any, Self

MODULES = "/usr/lib/baresip/modules"  # Debian's
UP_S = 10.0
CONFIG = """\
sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
audio_player aubridge,{name}
audio_source {sound}
audio_alert aubridge,{name}
{video_source}
video_display fakevideo,nil
video_size 1280x720
video_bitrate 1000000
video_fps 15
audio_path /nonexistent
ctrl_tcp_listen 127.0.0.1:{control}
module_path {modules}
module opus.so
module g711.so
module ausine.so
module aubridge.so
module avcodec.so
module vp8.so
module fakevideo.so
module vidbridge.so
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
"""


def free_pair() -> int:
    """A port that is free for UDP and TCP, as is the next one: baresip takes it for TLS."""
    for port in range(42_000 + os.getpid() % 400 * 20, 60_000, 2):
        with socket.socket() as tcp, socket.socket() as tls, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                tls.bind(("127.0.0.1", port + 1))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no free port")


class BaresipPeer:
    """Answers by itself unless told to ring only; `events` is all that its own control socket told."""

    def __init__(
        self, *, answers: bool = True, sound: str = "ausine,440", picture: bool = True, video_codecs: str = "H264"
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="peer-", dir="/tmp"))
        self.port, self.events, self._turn = free_pair(), list[dict[str, Any]](), 0
        self._control_port = free_pair()
        while self._control_port in (self.port, self.port + 1):
            self._control_port += 2
        video = f"video_source {'fakevideo,nil' if picture else 'vidbridge,nowhere'}"
        ports = {"port": self.port, "control": self._control_port, "name": self.folder.name, "modules": MODULES}
        (self.folder / "config").write_text(CONFIG.format(**ports, sound=sound, video_source=video))
        mode = "auto" if answers else "manual"
        account = f"<sip:far@127.0.0.1:{self.port}>;regint=0;answermode={mode};video_codecs={video_codecs}\n"
        (self.folder / "accounts").write_text(account)
        (self.folder / "contacts").write_text("")

    @property
    def uri(self) -> str:
        return f"sip:far@127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        command = ["setpriv", "--pdeathsig", "KILL", "--", "baresip", "-f", str(self.folder)]
        with (self.folder / "log").open("wb") as out:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        ends = time.monotonic() + UP_S
        while True:
            try:
                self._socket = socket.create_connection(("127.0.0.1", self._control_port), 1)
                break
            except OSError:
                if time.monotonic() > ends or self._process.poll() is not None:
                    self.kill()
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from None
                time.sleep(0.02)
        self._socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        self._socket.close()
        self._reader.join(5)
        rmtree(self.folder, ignore_errors=True)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(5)

    def freeze(self) -> None:
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    def order(self, command: str, parameter: str = "") -> None:
        body = json.dumps({"command": command, "params": parameter} if parameter else {"command": command}).encode()
        self._socket.sendall(b"%d:%s," % (len(body), body))

    def wait_for(self, kind: str, wait_s: float = 10.0) -> dict[str, Any]:
        ends = time.monotonic() + wait_s
        while time.monotonic() < ends:
            found = next((event for event in self.events if event.get("type") == kind), None)
            if found is not None:
                return found
            time.sleep(0.01)
        raise AssertionError(f"{kind} did not come; came: {[event.get('type') for event in self.events]}")

    def _read(self) -> None:
        held = b""
        while True:
            try:
                data = self._socket.recv(65_536)
            except OSError:
                return
            if not data:
                return
            held += data
            while b":" in held:
                size, _, rest = held.partition(b":")
                if len(rest) <= int(size):
                    break
                message, held = json.loads(rest[: int(size)]), rest[int(size) + 1 :]
                if message.get("event"):
                    self.events.append(message)
