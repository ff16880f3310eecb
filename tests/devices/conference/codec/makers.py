"""Every maker's codec behind the same handles: its counterpart, the road to it, and what happens to it from outside."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from devices.conference.codec.cisco import Cisco
from devices.conference.codec.codec import Codec
from devices.conference.codec.huawei import Huawei
from devices.conference.codec.poly import Poly
from devices.conference.codec.road import CodecConference
from devices.conference.codec.yealink import Yealink
from devices.contract import Evidence, Invitation
from tests.fakes import codec_cisco, codec_huawei
from tests.fakes.codec_cisco import CiscoCodec
from tests.fakes.codec_huawei import HuaweiCodec
from tests.fakes.codec_lines import PolyCodec, YealinkCodec

TO = Invitation("", "8123", "Điểm cầu xã Suối Mây")
POLY_PASSWORD = "mat khau 1"
HERE = "127.0.0.1"


class Bench:
    """One maker's; `fake` is any of the counterparts."""

    def __init__(self, fake: Any, codec: Callable[[int], Codec]) -> None:
        self.fake, self._codec = fake, codec

    def road(self, target: str = "{room}") -> CodecConference:
        return CodecConference(self._codec(self.fake.port), target)

    def muted(self) -> bool:
        return self.fake.muted  # type: ignore[no-any-return]

    def set_muted(self, on: bool) -> None:
        self.fake.muted = on

    def in_call(self) -> bool:
        return bool(self.fake.calls)

    def foreign_call(self) -> None:
        """Somebody else is in a call."""

    def ring(self) -> None:
        """Somebody calls the codec."""

    def end(self) -> None:
        """The far end hangs up."""

    def dialled(self) -> list[str]:
        return [line for line in self.fake.came if line.startswith("dial ")]

    def mutings(self) -> int:
        return sum(line in ("mute near on", "mute near off") for line in self.fake.came)

    async def cut(self) -> None:
        """The talk with the codec is cut, its call goes on."""
        self.fake.hang_up_on_us()


class CiscoBench(Bench):
    def __init__(self, **more: Any) -> None:
        password = lambda: codec_cisco.PASSWORD  # noqa: E731
        super().__init__(CiscoCodec(**more), lambda port: Cisco(HERE, codec_cisco.USER, password, port, plain=True))

    def foreign_call(self) -> None:
        self.fake.begin("somebody", status="Connected")

    def ring(self) -> None:
        self.fake.begin("8000", incoming=True)

    def end(self) -> None:
        self.fake.end(next(iter(self.fake.calls)))

    def dialled(self) -> list[str]:
        return [params["Number"] for method, params in self.fake.orders if method == "xCommand/Dial"]

    def mutings(self) -> int:
        return sum("/Microphones/" in method for method, _ in self.fake.orders)

    async def cut(self) -> None:
        await self.fake.hang_up_on_us()


class YealinkBench(Bench):
    def __init__(self) -> None:
        super().__init__(YealinkCodec(), lambda port: Yealink(HERE, port))

    def in_call(self) -> bool:
        return self.fake.call is not None

    def foreign_call(self) -> None:
        self.fake.begin("talking", "somebody")

    def ring(self) -> None:
        self.fake.begin("ringing", "8000")

    def end(self) -> None:
        self.fake.end()


class PolyBench(Bench):
    def __init__(self, password: str = POLY_PASSWORD) -> None:
        super().__init__(PolyCodec(POLY_PASSWORD), lambda port: Poly(HERE, port, password=lambda: password))

    def foreign_call(self) -> None:
        self.fake.begin("connected", "somebody")

    def ring(self) -> None:
        self.fake.begin("ringing", "8000", incoming=True)

    def end(self) -> None:
        self.fake.end(next(iter(self.fake.calls)))


class HuaweiBench(Bench):
    def __init__(self, **more: Any) -> None:
        password = lambda: codec_huawei.PASSWORD  # noqa: E731
        super().__init__(HuaweiCodec(**more), lambda port: Huawei(HERE, codec_huawei.USER, password, port, plain=True))

    def muted(self) -> bool:
        return self.fake.microphone == 0

    def set_muted(self, on: bool) -> None:
        self.fake.microphone = int(not on)

    def in_call(self) -> bool:
        return bool(self.fake.in_conf or self.fake.callstate)

    def foreign_call(self) -> None:
        self.fake.in_conf = 1

    def end(self) -> None:
        self.fake.in_conf = 0

    def dialled(self) -> list[str]:
        return [given["szNumber"] for action, given in self.fake.orders if action == "WEB_CallNumberAPI"]

    def mutings(self) -> int:
        return sum(action in ("WEB_OpenMicAPI", "WEB_CloseMicAPI") for action, _ in self.fake.orders)

    async def cut(self) -> None:
        self.fake.session = "another"  # whoever was entered is so no more


MAKERS = {"cisco": CiscoBench, "yealink": YealinkBench, "poly": PolyBench, "huawei": HuaweiBench}


@asynccontextmanager
async def benched(maker: str) -> AsyncIterator[tuple[Bench, CodecConference]]:
    bench = MAKERS[maker]()
    async with bench.fake:
        conference = bench.road()
        try:
            yield bench, conference
        finally:
            await conference.stop()


async def until(true: Callable[[Evidence], object], conference: CodecConference, wait_s: float = 10.0) -> Evidence:
    ends, look = time.monotonic() + wait_s, None
    while time.monotonic() < ends:
        look = conference.evidence()
        if look is not None and true(look):
            return look
        await asyncio.sleep(0.02)
    raise AssertionError(f"not within {wait_s} s: {look}")
