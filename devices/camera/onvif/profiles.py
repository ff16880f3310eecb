"""Which of a camera's media profiles serves which end: pure functions over what the camera listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from devices.contract import DeviceError, Reason

PREVIEW_HEIGHT = 720  # more only costs decoding: the preview is a tile of the screen
PREVIEW_WIDTH = 1280


@dataclass(frozen=True, slots=True)
class Profile:
    """0 where the camera tells no size."""

    token: str
    has_ptz: bool
    codec: str
    width: int
    height: int


def read_profiles(listed: Any) -> tuple[Profile, ...]:
    """From zeep's objects; what cannot be used is left out."""
    return tuple(_read(profile) for profile in listed or () if getattr(profile, "token", None))


def _read(listed: Any) -> Profile:
    encoder = getattr(listed, "VideoEncoderConfiguration", None)
    size = getattr(encoder, "Resolution", None)
    return Profile(
        str(listed.token),
        getattr(listed, "PTZConfiguration", None) is not None,
        str(getattr(encoder, "Encoding", None) or "").upper(),
        int(getattr(size, "Width", None) or 0),
        int(getattr(size, "Height", None) or 0),
    )


def ptz_profile(profiles: Sequence[Profile]) -> Profile:
    """The one to move by. A camera may move although none of its profiles says so: then the first one."""
    return next((profile for profile in profiles if profile.has_ptz), _any(profiles))


def preview_profile(profiles: Sequence[Profile]) -> Profile:
    """H.264 before others, then what fits into 720p, the largest of that; else the smallest there is."""
    _any(profiles)

    def rank(profile: Profile) -> tuple[bool, bool, int]:
        area = profile.width * profile.height
        fits = area > 0 and profile.width <= PREVIEW_WIDTH and profile.height <= PREVIEW_HEIGHT
        return profile.codec != "H264", not fits, -area if fits else area

    return min(profiles, key=rank)


def _any(profiles: Sequence[Profile]) -> Profile:
    if not profiles:
        raise DeviceError(Reason.PROTOCOL, "the camera lists no media profile")
    return profiles[0]
