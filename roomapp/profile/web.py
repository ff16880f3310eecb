"""Addresses of conference systems: which may be loaded, and what may be filled into them."""

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from roomapp.profile.choices import CODEC_NEEDS, Road
from roomapp.profile.lines import Place
from roomapp.profile.model import LOOPBACK
from roomapp.profile.report import Report
from roomapp.words import RESOURCES

PAGES = (Road.WEB, Road.JITSI, Road.BROWSER, Road.PRACTICE)
WEB_SCHEMES = ("http", "https", "file", "javascript", "data", "about", "blob", "ftp")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,30}:")
_SIP = re.compile(r"sips?:[!-~]{1,200}")
_PIN = re.compile(r"(?i)[a-z0-9.-]{1,253}(:\d{1,5})? [0-9a-f]{64}")

_ORIGIN = re.compile(r"(?i)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{1,5})?")


def check_platform(entry: tuple[Place, dict[str, Any]], report: Report) -> None:
    """Reports what a road lacks, and an address that the room must not load (AG-09: plain http is refused)."""
    place, platform = entry
    road, allow = platform.get("road"), platform.get("allow")
    if isinstance(allow, list):
        _origins(place, allow, report)
    _needs(place, platform, report)
    for number, pin in enumerate(pins if isinstance(pins := platform.get("pins"), list) else []):
        if isinstance(pin, str) and not _PIN.fullmatch(pin):
            report.fault((*place, "pins", number), "bad_pin")
    recipe = platform.get("recipe")
    if isinstance(recipe, str) and recipe and not _is_recipe(recipe):
        report.fault((*place, "recipe"), "no_such_recipe", choices=", ".join(sorted(_recipes())))
    if isinstance(url := platform.get("url"), str):
        _address(place, platform, url, native=road == Road.NATIVE, report=report)


def _needs(place: Place, platform: dict[str, Any], report: Report) -> None:
    """What each road cannot do without."""
    road = str(platform.get("road"))
    if road in PAGES and "url" not in platform:
        report.fault(place, "missing_key", key="url")
    if road == Road.NATIVE and not (platform.get("program") or platform.get("url")):
        report.fault((*place, "road"), "driver_needs", driver=road, key="program")
    if road == Road.SIP:
        if "sip_uri" not in platform:
            report.fault((*place, "road"), "driver_needs", driver=road, key="sip_uri")
        elif isinstance(uri := platform["sip_uri"], str) and not _SIP.fullmatch(uri):
            report.fault((*place, "sip_uri"), "bad_sip_uri")
    needed: tuple[str, ...] = ("secret",) if platform.get("username") else ()
    if road == Road.CODEC:
        model = platform.get("model")
        if not isinstance(model, str) or model not in CODEC_NEEDS:
            report.fault((*place, "model" if model else "road"), "no_such_codec", choices=", ".join(CODEC_NEEDS))
        needed = ("host", *CODEC_NEEDS.get(str(model), needed))
    for key in needed:
        if not platform.get(key):
            report.fault((*place, "road"), "driver_needs", driver=road, key=key)


def _address(place: Place, platform: dict[str, Any], url: str, *, native: bool, report: Report) -> None:
    allow = platform.get("allow")
    if set("{}") & set(re.sub(r"\{(room|name)\}", "", url)):
        report.fault((*place, "url"), "bad_placeholder")
    parts = _split(url)
    if native and parts is not None and parts.scheme not in WEB_SCHEMES and _SCHEME.match(url):
        return  # a link that its own program takes
    if parts is None or not parts.hostname or "{" in parts.netloc:
        report.fault((*place, "url"), "bad_url")
    elif parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        report.fault((*place, "url"), "not_https")
    elif isinstance(allow, list) and not _listed(parts, allow):
        report.fault((*place, "url"), "not_allowed_host")


def _recipes() -> frozenset[str]:
    return frozenset(file.stem for file in (RESOURCES / "web" / "recipes").glob("*.toml"))


def _is_recipe(name: str) -> bool:
    return name in _recipes()


def own_origin(url: str) -> str:
    """The origin to allow where a platform lists none: that of its own address."""
    return urlsplit(url).netloc.lower()


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts  # reading the port judges it
    except ValueError:
        return None


def _origins(place: Place, allow: list[Any], report: Report) -> None:
    for number, origin in enumerate(allow):
        if isinstance(origin, str) and not (_ORIGIN.fullmatch(origin) and len(origin) <= 253):
            report.fault((*place, "allow", number), "bad_origin")


def _listed(parts: SplitResult, allow: list[Any]) -> bool:
    port = parts.port or {"https": 443, "http": 80}[parts.scheme]
    return any(isinstance(one, str) and one.lower() in (parts.hostname, f"{parts.hostname}:{port}") for one in allow)
