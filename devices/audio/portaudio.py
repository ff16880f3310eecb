"""PortAudio, made to see the room's devices: on Debian it knows ALSA only, so each gets an ALSA name of its own.

PortAudio exists once in a process and freezes its list of devices when it starts, hence one PortAudio object, handed
to everybody who plays. What records has a process of its own and does not come through ALSA (capture_process).
"""

import ctypes
import logging
import os
import re
import sys
import threading
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices.audio.meter import RATE_HZ
from devices.contract import DeviceError, Reason

log = logging.getLogger(__name__)

LATENCY_S = 0.05
SYSTEM_CONFIGURATION = "/usr/share/alsa/alsa.conf"

Fill = Callable[[NDArray[np.float32]], None]


def prepare_portaudio(runtime_dir: Path, device_names: Iterable[str], server: str | None = None) -> "PortAudio":
    """Writes the private ALSA configuration and points ALSA at it. Called once, before anything imports sounddevice.

    `server` is a PulseAudio address; None is the one of this login. DeviceError(PROTOCOL) for an impossible name.
    """
    pcms = {name: pcm_name(name, server) for name in device_names}
    configuration = runtime_dir / "asound.conf"
    runtime_dir.mkdir(parents=True, exist_ok=True)
    configuration.write_text(asound_conf(pcms, server), encoding="utf-8")
    os.environ["ALSA_CONFIG_PATH"] = str(configuration)
    _hush_alsa()
    return PortAudio(pcms)


def pcm_name(device: str, server: str | None) -> str:
    """An ALSA identifier of its own for one device of one server."""
    return f"room_{re.sub(r'[^a-z0-9]+', '_', device.lower())[-40:]}_{zlib.crc32(f'{server} {device}'.encode()):08x}"


def asound_conf(pcms: dict[str, str], server: str | None) -> str:
    """The configuration's text: the system's own, and one PulseAudio PCM per device."""
    lines = [f"<{SYSTEM_CONFIGURATION}>"]
    for device, pcm in pcms.items():
        at = f"server {_quoted(server)} " if server else ""
        lines.append(f"pcm.{pcm} {{ type pulse {at}device {_quoted(device)} hint {{ show on description {pcm} }} }}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    if not text or not text.isprintable():
        raise DeviceError(Reason.PROTOCOL, f"not the name of a sound device: {text!r}")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hush_alsa() -> None:
    """Keeps ALSA's own remarks off the person's terminal; PortAudio's few "Expression … failed" lines remain."""
    try:
        alsa, libc = ctypes.CDLL("libasound.so.2"), ctypes.CDLL(None)
    except OSError:
        return
    # A C function that takes anything and does nothing: a Python one would need the interpreter in PortAudio's own
    # thread, also while the interpreter is ending.
    alsa.snd_lib_error_set_handler(ctypes.cast(libc.abs, ctypes.c_void_p))


class PortAudio:
    """Opens output streams on the prepared devices, one at a time; any thread."""

    def __init__(self, pcms: dict[str, str]) -> None:
        self.lock = threading.RLock()  # PortAudio's opening and closing is not safe between threads
        self._pcms = pcms
        self._open: list[Any] = []

    def pcm(self, device: str) -> str:
        """The device's ALSA name; DeviceError(LINK_LOST) when it was not prepared."""
        pcm = self._pcms.get(device)
        if pcm is None:
            raise DeviceError(Reason.LINK_LOST, f"{device}: was not prepared")
        return pcm

    def play(self, device: str, channels: int, fill: Fill) -> Any:
        """A running output stream at 48 kHz, which asks `fill` for every buffer; DeviceError(LINK_LOST) if not."""
        sounddevice = _library()

        def callback(samples: Any, frames: int, times: Any, status: Any) -> None:
            fill(samples)

        form = {"samplerate": RATE_HZ, "dtype": "float32", "blocksize": 0, "latency": LATENCY_S}
        with self.lock:
            number = self._number(sounddevice, device)
            try:
                stream = sounddevice.OutputStream(device=number, channels=channels, callback=callback, **form)
                stream.start()
            except sounddevice.PortAudioError as error:
                raise DeviceError(Reason.LINK_LOST, f"{device}: {error.args[0]}") from error
            self._open.append(stream)
            return stream

    def close(self, stream: Any) -> None:
        """Drops what is still in the stream. Returns only once the server answers: never call it in the loop."""
        sounddevice = _library()
        with self.lock:
            try:
                stream.abort()
                stream.close()
            except sounddevice.PortAudioError as error:
                log.debug("closing a stream: %s", error)
            if stream in self._open:
                self._open.remove(stream)

    def _number(self, sounddevice: Any, device: str) -> int:
        """PortAudio's number of the device; starts PortAudio afresh when it was started without the audio server."""
        pcm = self.pcm(device)
        found = _find(sounddevice, pcm)
        if found is None and not self._open:
            sounddevice._terminate()
            sounddevice._initialize()
            found = _find(sounddevice, pcm)
        if found is None:
            raise DeviceError(Reason.LINK_LOST, f"{device}: PortAudio does not see it")
        return found


def _find(sounddevice: Any, pcm: str) -> int | None:
    names = [str(known["name"]) for known in sounddevice.query_devices()]
    return names.index(pcm) if pcm in names else None


def _library() -> Any:
    """sounddevice, imported late: it starts PortAudio, which reads the ALSA configuration at that moment."""
    if "sounddevice" not in sys.modules and "ALSA_CONFIG_PATH" not in os.environ:
        raise DeviceError(Reason.NOT_NOW, "prepare_portaudio was not called")
    try:
        import sounddevice
    except OSError as error:  # sounddevice's way of saying that there is no libportaudio
        raise DeviceError(Reason.UNSUPPORTED, f"PortAudio is not installed: {error}") from error
    return sounddevice
