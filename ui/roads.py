"""Platforms of the profile to roads: what of the assembling knows the roads by name; each is loaded when wanted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import resources
from devices.contract import Conference, DeviceError
from roomapp.profile import Platform, Profile, Road

if TYPE_CHECKING:
    from devices.conference.programs.desktop import Rectangle

Password = Callable[[], str]


def nowhere() -> tuple[int, int, int, int] | None:
    return None


@dataclass(frozen=True, slots=True)
class Windows:
    """What only whoever has windows can give. `web` makes a road in QtWebEngine; `stage`: x, y, width, height."""

    web: Callable[[Platform, Password | None], Conference]
    stage: Callable[[], tuple[int, int, int, int] | None] = field(default=nowhere)


def roads(
    profile: Profile, windows: Windows, password: Callable[[str], Password]
) -> tuple[Mapping[str, Conference], Mapping[str, str]]:
    """(the roads by platform, why a platform has none): what one lacks on this PC takes no other away."""
    made: dict[str, Conference] = {}
    lacking: dict[str, str] = {}
    for platform in profile.platforms:
        secret = password(platform.secret) if platform.secret else None
        try:
            made[platform.id] = _road(platform, profile, windows, secret)
        except DeviceError as error:
            lacking[platform.id] = error.detail
    return made, lacking


def _road(platform: Platform, profile: Profile, windows: Windows, secret: Password | None) -> Conference:
    if platform.road is Road.BROWSER:
        return _browser(platform, profile, windows)
    if platform.road is Road.NATIVE:
        return _native(platform, windows)
    if platform.road is Road.SIP:
        return _sip(platform, profile, secret)
    if platform.road is Road.CODEC:
        return _codec(platform, secret)
    return windows.web(platform, secret)


def browser_hosts(profile: Profile) -> list[str]:
    """What the browser's policy lets through: one policy for all platforms of this road."""
    return [host for one in profile.platforms if one.road is Road.BROWSER for host in one.allow]


def _browser(platform: Platform, profile: Profile, windows: Windows) -> Conference:
    from devices.conference.programs.browser import BrowserCall
    from devices.conference.programs.desktop import desktop

    observer = resources.path("web", "observer.js").read_text("utf-8")
    stage = _rectangle(windows)
    return BrowserCall(
        platform.may_load, browser_hosts(profile), observer, program=platform.program, desktop=desktop(), stage=stage
    )


def _native(platform: Platform, windows: Windows) -> Conference:
    from devices.conference.programs.desktop import desktop
    from devices.conference.programs.native import NativeCall

    return NativeCall(platform.program, platform.arguments, desktop=desktop(), stage=_rectangle(windows))


def _rectangle(windows: Windows) -> "Callable[[], Rectangle | None]":
    from devices.conference.programs.desktop import Rectangle

    def stage() -> Rectangle | None:
        where = windows.stage()
        return Rectangle(*where) if where is not None else None

    return stage


def _sip(platform: Platform, profile: Profile, secret: Password | None) -> Conference:
    from devices.conference.sip.baresip import BaresipConference
    from devices.conference.sip.program import Equipment
    from devices.conference.sip.server import Server

    registrar = f"{platform.host}:{platform.port}" if platform.host and platform.port else platform.host
    equipment = Equipment(
        f"pulse,{profile.microphones[0].device}" if profile.microphones else "pulse",
        f"pulse,{profile.loudspeakers[0].device}" if profile.loudspeakers else "pulse",
        f"v4l2,{platform.video_device}" if platform.video_device else "",
        "x11",
    )
    server = Server(platform.sip_uri, platform.username, registrar)
    return BaresipConference(server, equipment, secret, profile.site.name)


def _codec(platform: Platform, secret: Password | None) -> Conference:
    from devices.conference.codec.models import Reach, codec_conference

    pin = next(iter(platform.pinned().values()), "")
    reach = Reach(platform.host, platform.port, platform.username, secret, pin)
    return codec_conference(platform.model, reach, platform.sip_uri or "{room}")
