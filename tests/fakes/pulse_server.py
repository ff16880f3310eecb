"""A private PulseAudio for tests: a room with a loudspeaker, a microphone and, on demand, the air between them.

room_speaker is the loudspeaker; what is played into mic_bus reaches the microphone room_mic. `acoustic_path=True`
lets the microphone hear the loudspeaker. Nothing outside the folder is touched and no variable of this process is
set: hand `.url` to PulseTruth and prepare_portaudio, or `.env` to a subprocess.

PortAudio exists once in a process and freezes its list of devices: prepare_portaudio starts it afresh on the newest
asound.conf, so several servers may follow one another in one process as long as no stream is open in between.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

UP_S = 5.0  # the server answers in 0.05 s on an idle machine
RATE_HZ = 48_000

DEFAULT_PA = """\
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
load-module module-null-sink sink_name=room_speaker rate=48000 channels=2 format=float32le norewinds=1
load-module module-null-sink sink_name=mic_bus rate=48000 channels=2 format=float32le norewinds=1
load-module module-remap-source source_name=room_mic master=mic_bus.monitor source_properties=device.description=Micro
set-default-sink room_speaker
set-default-source room_mic
"""
ACOUSTIC_PATH = "load-module module-loopback source=room_speaker.monitor sink=mic_bus latency_msec=40\n"


class SoundServer:
    """What a room's private audio server has in common, whoever makes it: starts on entering, is killed on leaving."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pa-", dir="/tmp"))  # a socket's path may have 107 bytes
        self.socket = self.folder / "native"
        self._processes: list[subprocess.Popen[bytes]] = []  # the one that answers clients last
        self._players: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        return f"unix:{self.socket}"

    @property
    def env(self) -> Mapping[str, str]:
        """The environment of a process that lives in this room."""
        own = {"PULSE_SERVER": self.url, "XDG_RUNTIME_DIR": str(self.folder), "HOME": str(self.folder)}
        return {**os.environ, **own, "PULSE_RUNTIME_PATH": str(self.folder), "PULSE_STATE_PATH": str(self.folder)}

    @property
    def pid(self) -> int:
        """Of the process that answers the clients."""
        return self._processes[-1].pid

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        raise NotImplementedError

    def kill(self) -> None:
        """kill -9 of the server and of whatever still plays; idempotent."""
        for process in [*self._players, *reversed(self._processes)]:
            process.kill()
            process.wait(5)
        self._players, self._processes = [], []

    def freeze(self) -> None:
        """The server stops answering, its socket stays."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def pactl(self, *args: str) -> str:
        done = subprocess.run(["pactl", *args], env=self.env, capture_output=True, text=True, timeout=10, check=True)
        return done.stdout.strip()

    def muted(self, source: str) -> bool:
        return self.pactl("get-source-mute", source).endswith("yes")

    def add_source(self, name: str, *extra: str) -> str:
        """Plugs in one more microphone on the same bus; returns the module, for `pactl unload-module`."""
        return self.pactl("load-module", "module-remap-source", f"source_name={name}", "master=mic_bus.monitor", *extra)

    def unplug(self, owner: str) -> None:
        """Takes away the module whose arguments name `owner`, as a pulled cable would."""
        for line in self.pactl("list", "short", "modules").splitlines():
            number, _, arguments = line.partition("\t")
            if f"_name={owner} " in f"{arguments} ":
                self.pactl("unload-module", number)
                return
        raise LookupError(owner)

    def play(self, samples: NDArray[np.float32], sink: str = "mic_bus") -> "subprocess.Popen[bytes]":
        """Plays 48 kHz samples, mono or (frames, channels), into a sink in the background; returns the player."""
        sound = self.folder / f"play-{len(self._players)}.raw"
        sound.write_bytes(samples.astype("<f4").tobytes())
        channels = 1 if samples.ndim == 1 else samples.shape[1]
        form = ["--raw", "--format=float32le", f"--rate={RATE_HZ}", f"--channels={channels}", "--latency-msec=1000"]
        if channels > 1:
            form.append("--no-remap")  # each into the sink's channel of its number, wherever that is said to stand
        player = subprocess.Popen(["pacat", "--playback", f"--device={sink}", *form, str(sound)], env=self.env)
        self._players.append(player)
        return player

    def _run(self, *command: str, log: str = "") -> None:
        with (self.folder / log if log else Path(os.devnull)).open("wb") as out:
            self._processes.append(subprocess.Popen(command, env=self.env, stdout=out, stderr=out))

    def _wait_until_up(self, log: str) -> None:
        deadline = time.monotonic() + UP_S
        while not self._answers():
            if time.monotonic() > deadline or any(process.poll() is not None for process in self._processes):
                raise RuntimeError(f"the audio server did not start: {(self.folder / log).read_text()[-2000:]}")
            time.sleep(0.01)

    def _answers(self) -> bool:
        if not self.socket.exists():
            return False
        return subprocess.run(["pactl", "info"], env=self.env, capture_output=True, timeout=UP_S).returncode == 0


class PulseServer(SoundServer):
    """PulseAudio itself, up in about 50 ms; `restart()` by kill() and start() keeps folder and address."""

    def __init__(self, *, acoustic_path: bool = False) -> None:
        super().__init__()
        script = DEFAULT_PA.format(socket=self.socket) + (ACOUSTIC_PATH if acoustic_path else "")
        (self.folder / "default.pa").write_text(script)

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        quiet = ["--exit-idle-time=-1", "--use-pid-file=no", "--realtime=no", "--high-priority=no"]
        command = ["pulseaudio", "-n", "-F", str(self.folder / "default.pa"), "--daemonize=no", *quiet]
        self._run(*command, f"--log-target=file:{self.folder}/pa.log")
        self._wait_until_up("pa.log")
