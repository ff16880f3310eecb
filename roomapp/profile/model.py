"""The room's profile, schema 1, as frozen structs: keys, types, limits and defaults stand here and nowhere else.

The checker walks these types, so a key added here is known, checked and named in its faults at once.
"""

import datetime
import re
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

from roomapp.profile.choices import (
    CameraDriver,
    DisplayDriver,
    OutletDriver,
    Quantity,
    Road,
    Role,
    SensorDriver,
    SiteKind,
    System,
    Theme,
    UpsDriver,
)

SCHEMA = 1

ID_PATTERN = r"^[a-z0-9-]{1,32}\Z"
Id = Annotated[str, Meta(pattern=ID_PATTERN)]
Text = Annotated[str, Meta(max_length=400)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
HOST_PATTERN = r"^([A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7})\Z"
Host = Annotated[str, Meta(pattern=HOST_PATTERN)]
Port = Annotated[int, Meta(ge=1, le=65535)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
Seconds = Annotated[float, Meta(ge=0, le=3600)]
LOOPBACK = ("127.0.0.1", "localhost")
SIP_PORT = 5060


class _Base(Struct, frozen=True, forbid_unknown_fields=True):
    """What every part of a profile has in common: it never changes, and it holds no key that nobody reads."""


class Site(_Base, frozen=True, kw_only=True):
    code: Name
    name: Name
    kind: SiteKind
    unit: Name
    rules: Name  # a pack in resources/rules by name; once loaded: the path of the pack's file
    parent_unit: Text = ""
    province: Text = ""
    time_zone: Name = "Asia/Ho_Chi_Minh"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class _Reached(_Base, frozen=True, kw_only=True):
    """How a device is reached: network (host, port), serial (device, baud, address), account (username, secret)."""

    id: Id
    name: Name
    host: Host = ""
    port: Port = 0  # 0: the driver needs none; else its default is filled in
    device: Text = ""
    baud: Annotated[int, Meta(ge=300, le=921600)] = 9600
    address: Annotated[int, Meta(ge=1, le=247)] = 1
    username: Text = ""
    secret: Id = ""  # the name of the secret in the store, never the secret itself
    model: Text = "generic"
    boot_s: Seconds = 40.0


class Camera(_Reached, frozen=True, kw_only=True):
    driver: CameraDriver
    video: Text = "none"


class Seat(_Base, frozen=True, kw_only=True):
    id: Id
    name: Name
    camera: Text = ""  # "": no camera aims at this seat
    preset: Annotated[int, Meta(ge=0, le=255)] | None = None
    x: Fraction | None = None  # place on the plan; None: the screen lays the seats out by itself
    y: Fraction | None = None
    overview: bool = False


class Microphone(_Base, frozen=True, kw_only=True):
    id: Id
    name: Name
    device: Name  # the operating system's stable name


class Loudspeaker(_Base, frozen=True, kw_only=True):
    id: Id
    name: Name
    device: Name


class Display(_Reached, frozen=True, kw_only=True):
    driver: DisplayDriver
    input: Text = ""


class Outlet(_Reached, frozen=True, kw_only=True):
    driver: OutletDriver
    channel: Annotated[int, Meta(ge=1, le=64)] = 1
    off_delay_s: Seconds = 0.0
    feeds: tuple[Text, ...] = ()  # "display:tv", or "pc"


class Ups(_Base, frozen=True, kw_only=True):
    driver: UpsDriver
    id: Id = "ups"
    name: Text = ""
    host: Host = ""
    port: Port = 3493
    ups_name: Text = "ups"
    username: Text = ""
    secret: Id = ""
    boot_s: Seconds = 0.0


class Sensor(_Reached, frozen=True, kw_only=True):
    driver: SensorDriver
    quantity: Quantity | None = None
    register: Annotated[int, Meta(ge=0, le=65535)] = 0
    scale: float = 1.0
    limits: tuple[float, float] | None = None


class Screen(_Base, frozen=True, kw_only=True):
    panel: Text = ""
    stage: Text = ""
    width_mm: Annotated[float, Meta(ge=50, le=5000)] | None = None
    text_scale: Literal[100, 125, 150] = 100
    theme: Theme = Theme.LIGHT


class Recording(_Base, frozen=True, kw_only=True):
    """003 khoản 3: recorded where necessary; a site whose profile does not allow it has no button for it."""

    allowed: bool = False


class Printer(_Base, frozen=True, kw_only=True):
    name: Text = ""


class Link(_Base, frozen=True, kw_only=True):
    id: Id
    name: Name
    interface: Text = ""  # of this PC, by which a backup link goes; "": as the system's routes say
    probe: Text = ""  # tcp://host:port or stun://host[:port]; "": nothing to measure with
    throughput: Text = ""  # iperf3://host[:port] of a server that the province runs; asked before a trial connection


class Platform(_Base, frozen=True, kw_only=True):
    id: Id
    name: Name
    road: Road
    url: Annotated[str, Meta(max_length=2000)] = ""
    allow: tuple[Text, ...] = ()  # hosts ("hop.example.vn", "127.0.0.1:8000") that may load
    system: System = System.OTHER  # not told: the stricter one, which asks for a consent paper
    username: Text = ""
    secret: Id = ""
    program: Text = ""
    arguments: tuple[Text, ...] = ()
    host: Host = ""
    port: Port = 0
    sip_uri: Text = ""
    recipe: Text = ""
    model: Text = ""  # codec: cisco | yealink | poly | huawei
    video_device: Text = ""  # sip: the camera that it sends, as /dev/v4l/by-id/…
    pins: tuple[Text, ...] = ()  # "host sha256-of-its-certificate": for a server of a private authority
    other_road: Text = ""  # id of the platform that leads into the same system by another road

    def pinned(self) -> dict[str, str]:
        """Host (or host:port) to the SHA-256 of its certificate, in hex."""
        return {host.lower(): digest.lower() for host, _, digest in (pin.partition(" ") for pin in self.pins)}

    def server(self) -> tuple[str, int] | None:
        """Host and port of the conference's server; None where the profile names none."""
        if self.host:
            return self.host, self.port or SIP_PORT
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return None
        return parts.hostname, parts.port or {"https": 443, "http": 80}[parts.scheme]

    def address(self, room: str, name: str) -> str:
        """The address with room and name filled in, URL-encoded."""
        filled = {"room": quote(room, safe=""), "name": quote(name, safe="")}
        return re.sub(r"\{(room|name)\}", lambda found: filled[found[1]], self.url)

    def may_load(self, url: str) -> bool:
        """Whether this address is of an allowed origin: https (http on this machine only), host and port as listed."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)
        except ValueError:
            return False
        if "@" in parts.netloc:  # an account in an address, or a trick with one
            return False
        if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
            return False
        return any(one.lower() in (host, f"{host}:{port}") for one in self.allow)


class Contact(_Base, frozen=True, kw_only=True):
    role: Role
    name: Name
    phone: Text = ""


class Officer(_Base, frozen=True, kw_only=True):
    name: Name
    unit: Text = ""
    phone: Text = ""
    email: Text = ""
    trained_on: datetime.date | None = None
    active: bool = True


class Profile(_Base, frozen=True, kw_only=True):
    """One room. Single parts are None where the room has none."""

    schema: int
    site: Site
    cameras: tuple[Camera, ...] = field(default=(), name="camera")
    seats: tuple[Seat, ...] = field(default=(), name="seat")
    microphones: tuple[Microphone, ...] = field(default=(), name="microphone")
    loudspeakers: tuple[Loudspeaker, ...] = field(default=(), name="loudspeaker")
    displays: tuple[Display, ...] = field(default=(), name="display")
    outlets: tuple[Outlet, ...] = field(default=(), name="outlet")
    ups: Ups | None = None
    sensors: tuple[Sensor, ...] = field(default=(), name="sensor")
    screen: Screen = field(default_factory=Screen)
    recording: Recording = field(default_factory=Recording)
    printer: Printer | None = None
    links: tuple[Link, ...] = field(default=(), name="link")
    platforms: tuple[Platform, ...] = field(default=(), name="platform")
    contacts: tuple[Contact, ...] = field(default=(), name="contact")
    officers: tuple[Officer, ...] = field(default=(), name="officer")
