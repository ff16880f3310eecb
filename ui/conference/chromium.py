"""What QtWebEngine must be told before the application starts."""

import os
import re
import sys
from collections.abc import Iterable, Mapping

# The practice conference never leaves this machine, also where there is no network and no microphone to be granted.
PRACTICE_FLAGS = ("--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns")
STAND_IN_FLAGS = ("--use-fake-device-for-media-stream",)
ALLOW = "ROOMAPP_ALLOW_UNSANDBOXED"
LOOPBACK = ("127.0.0.1", "localhost")
HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]")


def unsandboxed_allowed(env: Mapping[str, str]) -> bool:
    """Set by tests, and by `./kiosk run` in the practice room as root; it stands on the screen."""
    return env.get(ALLOW) == "1"


def prepare(env: Mapping[str, str], practice: bool, stand_in: bool, allow: Iterable[str] = ()) -> None:
    """Sets the flags of this process's Chromium. `allow`: what all platforms of the profile may load, as it lists them.

    With it no other host is so much as looked up: that holds what asks no interceptor (preconnect, WebTransport, the
    connection that a redirect opens, STUN and TURN servers by name). A proxy's host must be among them.
    """
    flags = [env.get("QTWEBENGINE_CHROMIUM_FLAGS", "")]
    if practice:
        flags += PRACTICE_FLAGS
    if stand_in:
        flags += STAND_IN_FLAGS
    if rules := host_rules(allow):
        flags.append(f'--host-resolver-rules="{rules}"')
    os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = " ".join(f for f in flags if f)
    if unsandboxed_allowed(env) and sys.platform.startswith("linux") and os.geteuid() == 0:
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    else:
        os.environ.pop("QTWEBENGINE_DISABLE_SANDBOX", None)


def host_rules(allow: Iterable[str]) -> str:
    """Chromium's rules that know these hosts (`host` or `host:port`) and this machine only; "" for none."""
    hosts = {found[0] for one in allow if (found := HOST.match(one))}
    return (
        " , ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in sorted(hosts | {*LOOPBACK}))]) if hosts else ""
    )
