"""Which baresip there is, what it is told before it starts, and its life as a process.

Config lines: baresip's own template of the version found (src/config.c). 1.0.0 is Debian 12's; avformat of that build
crashes ("stack smashing detected") and is never loaded. Not verified with baresip >= 2: no package of it was to be had;
its few other lines are from its source.
"""

import asyncio
import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from devices.contract import DeviceError, Reason

ASKED_S = 3.0  # for its version
END_S = 1.0
MOST_PASSWORD = 62  # baresip reads it with its line's end into 64 bytes
MEMORY = "/dev/shm"  # nothing of an account reaches a disk
NO_CAMERA = "vidbridge,nowhere"  # gives no picture; without any source baresip sends one of its own making, or no call
NO_DISPLAY = "fakevideo"
CODECS = ("opus.so", "g722.so", "g711.so", "avcodec.so")


@dataclass(frozen=True, slots=True)
class Found:
    """One installed baresip."""

    path: str
    version: tuple[int, ...]
    modules: str


@dataclass(frozen=True, slots=True)
class Equipment:
    """The room's devices as baresip names them: `module,device`. An empty camera sends no picture."""

    microphone: str  # pulse,NAME
    loudspeaker: str  # pulse,NAME
    camera: str = ""  # v4l2,/dev/v4l/by-id/…
    display: str = ""  # x11, sdl; "": nothing is shown, but all is decoded and counted

    def kinds(self) -> set[str]:
        """The modules that these devices need."""
        devices = (self.microphone, self.loudspeaker, self.camera or NO_CAMERA, self.display or NO_DISPLAY)
        return {device.partition(",")[0] for device in devices}

    def there(self) -> "Equipment":
        """Without a camera that is not plugged in: baresip would begin no call with it."""
        kind, _, device = self.camera.partition(",")
        return replace(self, camera="") if kind == "v4l2" and not Path(device).exists() else self


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are: `address` is user@domain. Without a registrar nobody needs a password."""

    address: str
    name: str = ""  # as the chair site shall read it
    registers: bool = False

    def line(self) -> str:
        """One line of baresip's file `accounts`. The password is no part of it: baresip asks its standard input."""
        shown = re.sub(r'[\x00-\x1f\x7f"\\<>;]', " ", self.name).strip()[:80]
        user = self.address.partition("@")[0]
        who = f";auth_user={user};regint=600" if self.registers else ";regint=0"
        return f'"{shown}" <sip:{self.address}>{who};answermode=manual;call_transfer=no;mwi=no;video_codecs=H264\n'


async def find(name: str = "baresip") -> Found:
    """The baresip of PATH. DeviceError(UNSUPPORTED) where there is none that can be used; within ASKED_S."""
    path = shutil.which(name)
    if path is None:
        raise DeviceError(Reason.UNSUPPORTED, "baresip is not installed")
    banner = await _banner(path)
    found = re.search(r"baresip v?(\d+(?:\.\d+)*)", banner)
    modules = _modules(Path(path).resolve())
    if found is None or modules is None:
        raise DeviceError(Reason.UNSUPPORTED, "this baresip is not known: no version, or no modules")
    if not Path(modules, "avcodec.so").is_file():
        raise DeviceError(Reason.UNSUPPORTED, "baresip has no H.264: baresip-ffmpeg is not installed")
    return Found(path, tuple(int(part) for part in found[1].split(".")), modules)


async def _banner(path: str) -> str:
    """What it prints before its help."""
    none, pipe = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    try:
        asked = await asyncio.create_subprocess_exec(path, "-h", stdin=none, stdout=pipe, stderr=none)
    except OSError as error:
        raise DeviceError(Reason.UNSUPPORTED, f"baresip does not start: {error.strerror}") from error
    try:
        async with asyncio.timeout(ASKED_S):
            told, _ = await asked.communicate()
    except TimeoutError as error:
        raise DeviceError(Reason.NO_ANSWER, "baresip did not tell its version") from error
    finally:
        if asked.returncode is None:
            asked.kill()
            await asked.wait()
    return told[:200].decode("utf-8", "replace")


def _modules(program: Path) -> str | None:
    """Beside the program that was found, not of another one."""
    prefix = program.parent.parent
    for library in (prefix / "lib", *sorted(prefix.glob("lib/*-linux-gnu")), prefix / "lib64"):
        folder = library / "baresip" / "modules"
        if (folder / "ctrl_tcp.so").is_file():
            return str(folder)
    return None


def lacking(found: Found, equipment: Equipment) -> tuple[str, ...]:
    """The modules that this baresip does not have: Debian has pulse, x11 and sdl in the package baresip-x11."""
    return tuple(kind for kind in sorted(equipment.kinds()) if not Path(found.modules, f"{kind}.so").is_file())


def config(found: Found, equipment: Equipment, control_port: int, listen: str, interface: str) -> str:
    """The file `config`. `listen`: address:port for calls that come in, "" for any free port."""
    camera, shown = equipment.camera or NO_CAMERA, equipment.display or NO_DISPLAY
    early = "module_tmp" if found.version < (2,) else "module_app"
    lines = [
        f"module_path {found.modules}",
        *(f"module {name}" for name in CODECS),
        *(f"module {kind}.so" for kind in sorted(equipment.kinds())),
        f"{early} uuid.so",
        f"{early} account.so",
        "module_app menu.so",
        "module_app ctrl_tcp.so",
        f"ctrl_tcp_listen 127.0.0.1:{control_port}",
        *([f"sip_listen {listen}"] if listen else []),
        *([f"net_interface {interface}"] if interface else []),
        "audio_path /nonexistent",  # the room rings, not baresip
        f"audio_source {equipment.microphone}",
        f"audio_player {equipment.loudspeaker}",
        f"audio_alert {equipment.loudspeaker}",
        f"video_source {camera}",
        f"video_display {shown},nil",
        "video_size 1280x720",
        "video_bitrate 1500000",
        "video_fps 25",
        "video_fullscreen yes",
        "rtp_stats yes",
        "rtp_timeout 0",  # else one stream that pauses (a camera switched off) ends the call; counters tell of loss
        "rtp_bandwidth 512-2048",
        "call_max_calls 1",
        "call_local_timeout 120",
    ]
    return "\n".join([*lines, ""])


def free_port() -> int:
    """A TCP port of the loopback that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _without_secrets(env: Mapping[str, str]) -> dict[str, str]:
    """What a child may know of ours."""
    return {name: value for name, value in env.items() if "SECRET" not in name.upper()}


class Program:
    """One running baresip in a private folder; dies with the process that started it, also when that is killed."""

    def __init__(self, found: Found, config_text: str, account: Account, password: str | None, env: Mapping[str, str]):
        """OSError where no process can be made. Nothing of baresip's own output is kept: it names whom we call."""
        home = MEMORY if os.access(MEMORY, os.W_OK) else None
        self._folder = Path(tempfile.mkdtemp(prefix="roomapp-sip-", dir=home))  # 0700
        for name, text in (("config", config_text), ("accounts", account.line()), ("contacts", "")):
            (self._folder / name).write_text(text, "utf-8")
        tied = ["setpriv", "--pdeathsig", "KILL", "--"]
        try:
            self._process = subprocess.Popen(
                [*tied, found.path, "-f", str(self._folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**_without_secrets(os.environ), **env},
                start_new_session=True,  # out of reach of the terminal's Ctrl-C
            )
        except OSError:
            self._forget()
            raise
        assert self._process.stdin is not None
        with contextlib.suppress(OSError), self._process.stdin as line:  # it may have died at once: seen by alive()
            line.write(f"{password}\n".encode() if password is not None else b"")

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    async def ended(self, within_s: float) -> bool:
        """Whether it ends by itself in time."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(self._process.wait, within_s)
        return not self.alive()

    def kill(self) -> None:
        """Kills it and removes its folder; within END_S; idempotent."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # stuck in the kernel: it dies as soon as it can
            self._process.wait(END_S)
        self._forget()

    def _forget(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
