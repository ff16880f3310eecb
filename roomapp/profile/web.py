"""Addresses of conference systems: which may be loaded, and what may be filled into them."""

import re
from typing import Any
from urllib.parse import SplitResult, urlsplit

from roomapp.profile.choices import Road
from roomapp.profile.lines import Place
from roomapp.profile.model import LOOPBACK
from roomapp.profile.report import Report

_ORIGIN = re.compile(r"(?i)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{1,5})?")


def check_platform(entry: tuple[Place, dict[str, Any]], report: Report) -> None:
    """Reports an address that the room must not load (AG-09: plain http is refused), or that cannot be filled in."""
    place, platform = entry
    road, url, allow = platform.get("road"), platform.get("url"), platform.get("allow")
    if isinstance(allow, list):
        _origins(place, allow, report)
    if url is None:
        if road in (Road.WEB, Road.PRACTICE):
            report.fault(place, "missing_key", key="url")
        return
    if not isinstance(url, str):
        return
    if set("{}") & set(re.sub(r"\{(room|name)\}", "", url)):
        report.fault((*place, "url"), "bad_placeholder")
    parts = _split(url)
    if parts is None or not parts.hostname or "{" in parts.netloc:
        report.fault((*place, "url"), "bad_url")
    elif parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        report.fault((*place, "url"), "not_https")
    elif isinstance(allow, list) and not _listed(parts, allow):
        report.fault((*place, "url"), "not_allowed_host")


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
