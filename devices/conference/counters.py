"""What a conference page's own counters say, added up over its frames; a page may report what it likes."""

import re
import time
from typing import Any

from devices.contract import Evidence, MediaCount

CODEC = re.compile(r"(audio|video)/[A-Za-z0-9.+-]{1,30}")
Look = dict[str, Any]  # of one frame, as resources/web/observer.js writes it


def evidence_of(looks: list[Look], error: str | None) -> Evidence:
    """One look at the conference now; what is no count is nothing."""

    def total(key: str) -> int:
        return sum(number(look.get(key)) for look in looks)

    def most(key: str) -> int:
        return max((number(look.get(key)) for look in looks), default=0)

    return Evidence(
        at=time.monotonic(),
        connections=total("connections"),
        feedback=total("feedback"),
        acknowledged=total("acknowledged"),
        video_in=MediaCount(total("vif"), total("vip"), most("viw"), most("vih"), total("vir")),
        audio_in=MediaCount(packets=total("aip"), reported=total("air")),
        video_out=MediaCount(total("vof"), total("vop"), most("vow"), most("voh")),
        audio_out=MediaCount(packets=total("aop")),
        rtt_ms=figure(looks, "rtt"),
        loss_pct=figure(looks, "loss"),
        microphone_muted=total("aon") == 0 if total("aot") else None,
        page_error=error,
        signalling=either(looks, "signalling"),
        freezes=total("freezes"),
        codecs=codecs(looks),
        common_video=either(looks, "common_video"),
        camera_ended=bool(either(looks, "camera_ended")),
        microphone_ended=bool(either(looks, "microphone_ended")),
    )


def number(value: object) -> int:
    """A count that a page reported; anything else is nothing."""
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12 else 0


def figure(looks: list[Look], key: str) -> float | None:
    """The worst figure that a frame reported; what is no figure is nothing."""
    told = [look.get(key) for look in looks]
    values = [v for v in told if isinstance(v, int | float) and not isinstance(v, bool) and 0 <= v < 1e9]
    return round(float(max(values)), 2) if values else None


def either(looks: list[Look], key: str) -> bool | None:
    """True where one frame says so, False where one denies it and none says so; None where nobody says anything."""
    told = [value for look in looks if isinstance(value := look.get(key), bool)]
    return any(told) if told else None


def codecs(looks: list[Look]) -> frozenset[str]:
    """The codecs in use that the frames named; what is no name of a codec is nothing."""
    told = [name for look in looks if isinstance(names := look.get("codecs"), list) for name in names[:20]]
    return frozenset(name for name in told if isinstance(name, str) and CODEC.fullmatch(name))
