"""What no single key shows: that things named exist, that a driver has what it needs, that an address is safe."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from roomapp.profile.choices import CAMERA_MODELS, CAMERA_PORTS, IN_THIS_VERSION, LATER, CameraDriver
from roomapp.profile.lines import Place
from roomapp.profile.report import Report
from roomapp.profile.web import check_platform
from roomapp.rules.pack import PackError, load_pack
from roomapp.words import RESOURCES

Entry = tuple[Place, dict[str, Any]]

_INDEX = re.compile(r"\d+|(plug)?hw:\d+(,\d+)*|(usb|card|index|#) ?:?\d+", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9][0-9 .()-]{1,24}")
_LISTS = ("camera", "seat", "microphone", "loudspeaker", "display", "outlet", "sensor", "link", "platform")
_FED = ("camera", "display", "microphone", "loudspeaker", "sensor")


def check_sense(document: dict[str, Any], report: Report) -> None:
    """Reports what does not hold together; says nothing of keys whose type is wrong already."""
    for kind in _LISTS:
        _unique(document, kind, report)
    _drivers(document, report)
    judges: dict[str, Callable[[Entry, Report], None]] = {
        "camera": _camera,
        "microphone": _sound,
        "loudspeaker": _sound,
        "sensor": _sensor,
        "link": _link,
        "platform": check_platform,
        "contact": _person,
        "officer": _person,
    }
    for kind, judge in judges.items():
        for entry in entries(document, kind):
            judge(entry, report)
    _seats(document, report)
    _other_roads(document, report)
    _feeds(document, report)
    _time_zone(document, report)


def entries(document: dict[str, Any], kind: str) -> Iterator[Entry]:
    """The entries of [[kind]] that are tables."""
    found = document.get(kind)
    for number, entry in enumerate(found if isinstance(found, list) else []):
        if isinstance(entry, dict):
            yield (kind, number), entry


def text(entry: dict[str, Any], key: str) -> str:
    """The key's text, or "" where there is none."""
    found = entry.get(key)
    return found if isinstance(found, str) else ""


def _unique(document: dict[str, Any], kind: str, report: Report) -> None:
    times = Counter(text(entry, "id") for _, entry in entries(document, kind))
    seen: set[str] = set()
    for place, entry in entries(document, kind):
        name = text(entry, "id")
        if name and name in seen and times[name] > 1:
            report.fault((*place, "id"), "same_id", kind=kind)
        seen.add(name)


def _drivers(document: dict[str, Any], report: Report) -> None:
    ups = document.get("ups")
    for kind, now in IN_THIS_VERSION.items():
        key = "road" if kind == "platform" else "driver"
        single = [((kind,), ups)] if kind == "ups" and isinstance(ups, dict) else []
        for place, entry in (*entries(document, kind), *single):
            chosen = text(entry, key)
            if chosen in LATER[kind]:
                report.fault((*place, key), "not_in_this_version", choice=chosen, choices=", ".join(sorted(now)))


def _camera(entry: Entry, report: Report) -> None:
    place, camera = entry
    driver = text(camera, "driver")
    if driver in CAMERA_PORTS and "host" not in camera:
        report.fault((*place, "driver"), "driver_needs", driver=driver, key="host")
    if driver == CameraDriver.VISCA_SERIAL:
        if "device" not in camera:
            report.fault((*place, "driver"), "driver_needs", driver=driver, key="device")
        address = camera.get("address")
        if isinstance(address, int) and address > 7:  # VISCA daisy chains end at 7
            report.fault((*place, "address"), "out_of_range", key="address", low=1, high=7)
    if text(camera, "username") and "secret" not in camera:
        report.fault((*place, "username"), "driver_needs", driver=driver, key="secret")
    models = CAMERA_MODELS.get(driver)
    if models is not None and text(camera, "model") not in {"", *models}:
        report.fault((*place, "model"), "no_such_model", choices=", ".join(sorted(models)))
    video = text(camera, "video")
    if video == "onvif":
        if driver != CameraDriver.ONVIF:
            report.fault((*place, "video"), "video_of_onvif")
    elif video.startswith("usb:"):
        if re.fullmatch(r"usb:\d+", video):
            report.warn((*place, "video"), "usb_index")
        elif video == "usb:":
            report.fault((*place, "video"), "bad_video")
    elif video not in ("", "none") and not _address(video, ("rtsp", "http")):
        report.fault((*place, "video"), "bad_video")


def _address(url: str, schemes: tuple[str, ...]) -> bool:
    """Whether it is an address of one of these schemes with a host, and a port in 1..65535 if any."""
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _sound(entry: Entry, report: Report) -> None:
    place, device = entry
    if _INDEX.fullmatch(text(device, "device").strip()):
        report.fault((*place, "device"), "device_index", key="device")


def _sensor(entry: Entry, report: Report) -> None:
    place, sensor = entry
    if "quantity" not in sensor:
        report.fault(place, "missing_key", key="quantity")
    limits = sensor.get("limits")
    if isinstance(limits, list) and len(limits) == 2:
        low, high = limits
        if isinstance(low, int | float) and isinstance(high, int | float) and low >= high:
            report.fault((*place, "limits"), "limits_crossed")


def _link(entry: Entry, report: Report) -> None:
    place, link = entry
    if "probe" not in link:
        report.warn(place, "no_probe")
    elif isinstance(link["probe"], str):
        probe = link["probe"]
        whole = _address(probe, ("stun", "tcp")) and not urlsplit(probe).path.strip("/")
        if not whole or (probe.startswith("tcp:") and urlsplit(probe).port is None):
            report.fault((*place, "probe"), "bad_probe")
    server = text(link, "throughput")
    if server and (not _address(server, ("iperf3",)) or urlsplit(server).path.strip("/")):
        report.fault((*place, "throughput"), "bad_throughput")


def _person(entry: Entry, report: Report) -> None:
    place, person = entry
    phone = text(person, "phone")
    if phone and not _PHONE.fullmatch(phone):
        report.fault((*place, "phone"), "bad_phone")
    elif not phone and place[0] == "contact" and not isinstance(person.get("phone", ""), int):
        report.warn(place, "no_phone")
    if (email := text(person, "email")) and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        report.fault((*place, "email"), "bad_email")


def _seats(document: dict[str, Any], report: Report) -> None:
    cameras = {text(camera, "id"): camera for _, camera in entries(document, "camera")}
    overviews: set[str] = set()
    for place, seat in entries(document, "seat"):
        camera = text(seat, "camera")
        if camera and camera not in cameras:
            report.fault((*place, "camera"), "no_such_camera")
        if "preset" in seat and not seat.get("camera"):
            report.fault((*place, "preset"), "preset_without_camera")
        if camera and "preset" not in seat and text(cameras.get(camera, {}), "driver") != CameraDriver.FIXED:
            report.fault(place, "camera_without_preset")
        if seat.get("overview") is True:
            if camera in overviews:
                report.fault((*place, "overview"), "second_overview")
            overviews.add(camera)


def _other_roads(document: dict[str, Any], report: Report) -> None:
    known = {text(platform, "id") for _, platform in entries(document, "platform")}
    for place, platform in entries(document, "platform"):
        other = text(platform, "other_road")
        if other and (other not in known or other == text(platform, "id")):
            report.fault((*place, "other_road"), "no_such_road")


def _feeds(document: dict[str, Any], report: Report) -> None:
    known = {f"{kind}:{text(entry, 'id')}" for kind in _FED for _, entry in entries(document, kind)}
    for place, outlet in entries(document, "outlet"):
        feeds = outlet.get("feeds")
        for number, fed in enumerate(feeds if isinstance(feeds, list) else []):
            if isinstance(fed, str) and fed not in known | {"pc", "ups"}:
                report.fault((*place, "feeds", number), "no_such_device", kinds=", ".join(_FED))


def _time_zone(document: dict[str, Any], report: Report) -> None:
    site = document.get("site")
    if isinstance(site, dict) and (zone := text(site, "time_zone")) and not _is_zone(zone):
        report.fault(("site", "time_zone"), "bad_time_zone")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder, or too long for a file
        return False
    return True


def check_rules(document: dict[str, Any], folder: Path, pack: Path | None, report: Report) -> None:
    """Reports a rule pack that is not there, or not whole."""
    site = document.get("site")
    if isinstance(site, dict) and (rules := text(site, "rules")):
        try:
            load_pack(pack_file(rules, folder, pack))
        except PackError as error:
            for fault in error.faults:
                report.fault(("site", "rules"), f"pack_{fault.key}", **fault.facts)


def pack_file(rules: str, folder: Path, stand_in: Path | None = None) -> Path:
    """A pack's name stands for a file in resources/rules; one that ends in .toml is a path from `folder`."""
    if rules.endswith(".toml"):
        return stand_in or folder / rules
    return RESOURCES / "rules" / f"{rules}.toml"
