"""Which codecs there are by the profile's word for them, and the road over each."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.conference.codec.cisco import Cisco
from devices.conference.codec.codec import Codec
from devices.conference.codec.huawei import Huawei
from devices.conference.codec.poly import Poly
from devices.conference.codec.road import CodecConference
from devices.conference.codec.yealink import Yealink
from devices.contract import DeviceError, Reason


@dataclass(frozen=True, slots=True)
class Reach:
    """How a codec is reached: what the profile holds of it. `password` raises AUTH where the store has none."""

    host: str
    port: int = 0  # 0: the maker's own
    username: str = ""
    password: Callable[[], str] | None = None
    pin: str = ""  # the certificate's SHA-256 in hex; "": verified against the system's authorities
    plain: bool = False  # without TLS: on this machine only


# what beside `host` each needs of the profile
NEEDS: dict[str, tuple[str, ...]] = {
    "cisco": ("username", "secret"),
    "huawei": ("username", "secret"),
    "poly": (),
    "yealink": (),
}


def codec_conference(model: str, reach: Reach, target: str = "{room}") -> CodecConference:
    """The road over this codec. DeviceError(UNSUPPORTED) for a model not in NEEDS, or without what it needs."""
    if model not in NEEDS:
        raise DeviceError(Reason.UNSUPPORTED, "this codec is not known")
    return CodecConference(_codec(model, reach), target)


def _codec(model: str, reach: Reach) -> Codec:
    if model == "yealink":
        return Yealink(reach.host, reach.port) if reach.port else Yealink(reach.host)
    if model == "poly":
        ports = {"port": reach.port} if reach.port else {}
        return Poly(reach.host, username=reach.username, password=reach.password, **ports)
    if not reach.username or reach.password is None:
        raise DeviceError(Reason.UNSUPPORTED, "this codec needs an account")
    make = Cisco if model == "cisco" else Huawei
    ports = {"port": reach.port} if reach.port else {}
    return make(reach.host, reach.username, reach.password, pin=reach.pin, plain=reach.plain, **ports)
