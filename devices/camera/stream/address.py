"""A profile's or a camera's word for a stream, taken apart: what may be opened, and the account apart from it."""

import re
import sys
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from devices.camera.stream import Account
from devices.contract import DeviceError, Reason

PORTS = {"rtsp": 554, "http": 80}
BY_ID = "/dev/v4l/by-id"


@dataclass(frozen=True, slots=True)
class Place:
    """`target` is "/live?x=1" for rtsp and http, a device file for usb. Holds no account."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    @property
    def name(self) -> str:
        """For the log: some cameras want their password behind the question mark."""
        return self.target if self.scheme == "usb" else redacted(self.url)


def redacted(address: str) -> str:
    """The address without name, password and query, for the log; a bare / or @ in a password hides to the last @."""
    return re.sub(r"\?.*", "?…", re.sub(r"//.*@", "//…@", address))


def taken_apart(address: str) -> tuple[Place, Account | None]:
    """rtsp://… or http://… (MJPEG), never over TLS; usb:<name under /dev/v4l/by-id>. DeviceError(UNSUPPORTED) else."""
    if address.startswith("usb:") and sys.platform == "linux":
        name = address.removeprefix("usb:")
        if name.isdecimal():
            return Place("usb", "", 0, f"/dev/video{name}"), None
        if re.fullmatch(r"[\w.:+-]+", name) and not set(name) <= {"."}:
            return Place("usb", "", 0, f"{BY_ID}/{name}"), None
    try:
        parts = urlsplit(address)
        if parts.scheme in PORTS and parts.hostname and not re.search(r"[\s\x00-\x1f\x7f]", address):
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            place = Place(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme], target)
            account = (unquote(parts.username or ""), unquote(parts.password or ""))
            return place, account if any(account) else None
    except ValueError:
        pass  # a port that is none, half an IPv6 address; its text may hold the password
    raise DeviceError(Reason.UNSUPPORTED, f"no picture from {redacted(address)}")
