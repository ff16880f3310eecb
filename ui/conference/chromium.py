"""What QtWebEngine must be told before the application starts."""

import os
import sys
from collections.abc import Mapping

# The practice conference never leaves this machine, also where there is no network and no microphone to be granted.
PRACTICE_FLAGS = ("--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns")
STAND_IN_FLAGS = ("--use-fake-device-for-media-stream",)
ALLOW = "ROOMAPP_ALLOW_UNSANDBOXED"


def unsandboxed_allowed(env: Mapping[str, str]) -> bool:
    """Set by tests, and by `./kiosk run` in the practice room as root; it stands on the screen."""
    return env.get(ALLOW) == "1"


def prepare(env: Mapping[str, str], practice: bool, stand_in: bool) -> None:
    """Sets the flags of this process's Chromium."""
    flags = [env.get("QTWEBENGINE_CHROMIUM_FLAGS", "")]
    if practice:
        flags += PRACTICE_FLAGS
    if stand_in:
        flags += STAND_IN_FLAGS
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join(f for f in flags if f)
    if unsandboxed_allowed(env) and sys.platform.startswith("linux") and os.geteuid() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    else:
        os.environ.pop("QTWEBENGINE_DISABLE_SANDBOX", None)
