"""What a camera's answers say, and what of it can be used: pure functions over zeep's objects."""

import math
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from devices.camera.onvif.models import UNITS
from devices.contract import Abilities, DeviceError, Position, Reason

MOST_PATH = 512
NO_PTZ = Abilities(pan_tilt=False, zoom=False, presets=False, absolute=False, power=False)


def path_of(address: str) -> str:
    """The path and question of an address; DeviceError(PROTOCOL) where there is none that could be asked."""
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise DeviceError(Reason.PROTOCOL, "an address that is none") from error
    path = "/" + parts.path.lstrip("/") + (f"?{parts.query}" if parts.query else "")
    if len(path) > MOST_PATH or not path.isascii() or not path.isprintable() or " " in path:
        raise DeviceError(Reason.PROTOCOL, "an address that is none")
    return path


def stream_of(address: str, host: str) -> str:
    """The camera's own port, but the host that we know it by, and nobody's name or password."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise DeviceError(Reason.PROTOCOL, "a stream's address that is none") from error
    if parts.scheme not in ("rtsp", "http") or len(address) > MOST_PATH or not address.isprintable():
        raise DeviceError(Reason.PROTOCOL, "a stream's address that is none")
    if "@" in parts.path:
        raise DeviceError(Reason.UNSUPPORTED, "a stream's address with the rest of a password in its path")
    place = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, f"{place}:{port}" if port else place, parts.path, parts.query, ""))


def abilities_of(nodes: Any) -> Abilities:
    """From the PTZ nodes; a camera that tells nothing in them is taken for able, and refuses when it is not."""
    able = Abilities(power=False)
    spaces = [space for node in nodes or () if (space := getattr(node, "SupportedPTZSpaces", None)) is not None]
    if not spaces:
        return able

    def has(name: str) -> bool:
        return any(getattr(space, name, None) for space in spaces)

    return replace(
        able,
        pan_tilt=has("ContinuousPanTiltVelocitySpace"),
        zoom=has("ContinuousZoomVelocitySpace"),
        presets=any(getattr(node, "MaximumNumberOfPresets", None) != 0 for node in nodes),
        absolute=has("AbsolutePanTiltPositionSpace"),
    )


def position_of(told: Any) -> Position | None:
    turned: Any = getattr(told, "PanTilt", None)
    zoomed: Any = getattr(told, "Zoom", None)
    try:
        position = Position(float(turned.x), float(turned.y), float(zoomed.x) if zoomed is not None else 0.0, UNITS)
    except (AttributeError, TypeError, ValueError):
        return None
    return position if all(map(math.isfinite, (position.pan, position.tilt, position.zoom))) else None


def moving_of(told: Any) -> bool | None:
    """Of pan, tilt and zoom together; None where the camera tells neither, or that it does not know."""
    parts = [str(getattr(told, name, None) or "").upper() for name in ("PanTilt", "Zoom")]
    if "MOVING" in parts:
        return True
    return False if "IDLE" in parts else None
