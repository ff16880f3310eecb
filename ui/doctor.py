"""What this machine lacks, why it is needed, and the one command that mends it."""

import importlib.util
import os
import sys
from ctypes.util import find_library

from roomapp.words import Words

LIBRARIES = (  # soname, Debian package, why
    ("GL", "libgl1", "screen"),
    ("EGL", "libegl1", "screen"),
    ("fontconfig", "libfontconfig1", "screen"),
    ("xkbcommon", "libxkbcommon0", "screen"),
    ("dbus-1", "libdbus-1-3", "screen"),
    ("xcb-cursor", "libxcb-cursor0", "screen"),
    ("nss3", "libnss3", "web"),
    ("portaudio", "libportaudio2", "sound"),
    ("pulse", "libpulse0", "sound"),
    ("asound", "libasound2", "sound"),
)
MODULES = ("PySide6.QtWidgets", "PySide6.QtWebEngineCore", "cv2", "sounddevice", "serial", "onvif", "numpy", "scipy")


def look(words: Words) -> list[dict[str, str]]:
    """Everything that is missing; an empty list is a healthy machine. Loads none of what it looks for."""
    missing: list[dict[str, str]] = []

    def lacks(name: str, why: str, command: str) -> None:
        missing.append({"name": name, "why": words(f"doctor.{why}"), "command": command})

    if sys.platform.startswith("linux"):
        packages = [(name, package, why) for name, package, why in LIBRARIES if find_library(name) is None]
        for name, package, why in packages:
            lacks(name, why, f"apt-get install {package}")
        if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")):
            lacks("display", "display", "cage -- roomapp")
        if not any(m["name"] == "pulse" for m in missing) and not _audio_server():
            lacks("audio server", "audio_server", "apt-get install pipewire-pulse wireplumber")
    for module in MODULES:
        top = module.partition(".")[0]
        if importlib.util.find_spec(top) is None or ("." in module and importlib.util.find_spec(module) is None):
            lacks(module, "module", "./kiosk run")
    return missing


def _audio_server() -> bool:
    from devices.audio.system import audio_server_present

    return audio_server_present()
