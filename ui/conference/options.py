"""What a site hands to its web roads beside the address."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class WebOptions:
    """Of one platform. Nothing secret lies in here: the password is fetched each time that a page asks for it."""

    recipe: str = ""  # a name of resources/web/recipes; without one the page is joined by hand
    username: str = ""
    secret: Callable[[], str] | None = None  # from the worker, may wait; DeviceError(AUTH) where there is none
    pins: Mapping[str, str] = field(default_factory=dict)  # host or host:port -> sha256 (hex) of its certificate's DER
    may_reattach: Callable[[], bool] = never  # asked in the screen's thread each time; True: the page begins anew
    memory_mb: int = 2000  # a page whose process holds more is ended, and told
    silent_s: float = (
        10.0  # a server that answers a page's socket no more for so long (or thrice as long as ever) is lost
    )
    load_s: float = 20.0  # a server that takes the call and says nothing for so long has failed
