"""The benches of `sip` and of every maker's `codec`: the road in a loop of this process, dialling a counterpart."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, ClassVar, Self

import psutil

from devices.conference.codec.road import CodecConference
from devices.conference.sip.baresip import BaresipConference
from devices.contract import Ability, Invitation
from tests.devices.conference.codec import makers
from tests.devices.conference.contract.bench import ROOM, SITE, Bench, Where
from tests.devices.conference.contract.orders import LONG_S, Answer, Order, Seen, obeyed, seen
from tests.devices.conference.sip.road import TONE, near
from tests.fakes import codec_cisco, codec_huawei
from tests.fakes.baresip_peer import BaresipPeer, free_pair
from tests.fakes.baresip_server import SipServer

NO_HAND = "dialled calls have no hand"
NO_LAYOUT = "the far side lays out what it sends"
NO_NAMES = "a call has one far end, who names nobody"
NO_WINDOW = "it has no window"
NO_PLACE = "it dials a number at its own server: nothing foreign can be named"
HERE = "127.0.0.1"


class Kept(logging.Handler):
    """Every record of ours, at every level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text += f"{self.format(record)}\n"


class CallBench(Bench):
    """Its road's coroutines run in one thread, its test in another."""

    def __init__(self) -> None:
        super().__init__()
        self.road: Any = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._kept = Kept()
        self._before: tuple[int, int] = (0, 0)

    def __enter__(self) -> Self:
        logger = logging.getLogger("devices")
        self._level = logger.level
        logger.addHandler(self._kept)
        logger.setLevel(logging.DEBUG)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        logger = logging.getLogger("devices")
        logger.removeHandler(self._kept)
        logger.setLevel(self._level)
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LONG_S + 5)

    def soon(self, work: Callable[[], object]) -> Any:
        """In the loop's thread."""

        async def main() -> object:
            return work()

        return self.run(main())

    def obey(self, orders: list[Order]) -> list[Answer]:
        return list(self.run(obeyed(self.road, orders)))

    def see(self) -> Seen:
        return seen(self.road)

    def written(self) -> str:
        return self._kept.text

    def left(self) -> list[str]:
        processes, sockets = own()
        was = self._before
        more = {"processes": processes - was[0], "sockets": sockets - was[1]}
        return [f"{count} {what}" for what, count in more.items() if count > 0]

    def renew(self, road: Any) -> None:
        if self.road is not None:
            with contextlib.suppress(Exception):
                self.run(self.road.stop())
        self.road = road


def own() -> tuple[int, int]:
    """This process's own children, and its sockets but those of the counterparts that it serves."""
    me = psutil.Process()
    all_of_us = me.net_connections()
    served = {one.laddr.port for one in all_of_us if one.status == psutil.CONN_LISTEN}
    return len(me.children()), sum(one.laddr.port not in served for one in all_of_us)


class SipBench(CallBench):
    name = "sip"
    measures = True
    abilities = frozenset({Ability.MICROPHONE, Ability.ANSWER, Ability.TONES})
    against = "another baresip; a SIP server of ours that refuses"
    needs = ("baresip-core", "baresip-ffmpeg", "setpriv")
    lacks: ClassVar[dict[str, str]] = {
        "attested": "it measures",
        "foreign": NO_PLACE,
        "no microphone": "its microphone can be turned",
        Ability.HAND: NO_HAND,
        Ability.LAYOUT: NO_LAYOUT,
        Ability.PARTICIPANTS: NO_NAMES,
        Ability.WINDOW: NO_WINDOW,
    }

    def __enter__(self) -> Self:
        super().__enter__()
        self._far = BaresipPeer().__enter__()
        self._no = SipServer("486 Busy Here").__enter__()
        self._listen, self._dead = free_pair(), unused()
        self._where: Where | None = None
        self.aim(Where.GOOD)
        self._before = own()
        return self

    def __exit__(self, *left: Any) -> None:
        self.renew(None)
        self._far.__exit__(*left)
        self._no.__exit__(*left)
        super().__exit__(*left)

    def aim(self, where: Where) -> Invitation:
        ports = {Where.REFUSING: self._no.port, Where.DEAD: self._dead}
        if where is not self._where:
            to = f"sip:far@{HERE}:{ports.get(where, self._far.port)};room={{room}}"
            self.renew(BaresipConference(near(to, listen=f"{HERE}:{self._listen}"), TONE))
            self._where = where
        return Invitation("", "" if where is Where.INCOMPLETE else ROOM, SITE)

    def calls(self) -> int:
        def told(kind: str) -> set[str]:
            return {event["id"] for event in list(self._far.events) if event.get("type") == kind}

        return len(told("CALL_ESTABLISHED") - told("CALL_CLOSED"))

    def hang_up(self) -> None:
        self._far.order("hangup")

    def fall_silent(self) -> None:
        self._far.freeze()

    def wake(self) -> None:
        self._far.thaw()

    def kill(self) -> None:
        os.kill(self.road.pid, signal.SIGKILL)
        self._far.order("hangup")  # it was told no end

    def ring(self) -> None:
        self._far.order("dial", f"sip:room@{HERE}:{self._listen}")

    def tones(self) -> str:
        return "".join(event["param"] for event in self._far.events if event["type"] == "CALL_DTMF_START")


class CodecBench(CallBench):
    name = "codec"
    maker: ClassVar[str]
    needs = ()
    measures = False
    abilities = frozenset({Ability.MICROPHONE, Ability.ANSWER, Ability.TONES})
    lacks: ClassVar[dict[str, str]] = {
        "measures": "it tells no counters: it is never called in the meeting",
        "foreign": NO_PLACE,
        "no microphone": "its microphone can be turned",
        "killed": "the call lives in the codec, which no program of ours can end",
        Ability.HAND: NO_HAND,
        Ability.LAYOUT: NO_LAYOUT,
        Ability.PARTICIPANTS: NO_NAMES,
        Ability.WINDOW: NO_WINDOW,
    }

    def __enter__(self) -> Self:
        super().__enter__()
        self._made = makers.MAKERS[self.maker]()
        self.run(self._made.fake.__aenter__())
        self._before = own()
        self._where: Where | None = None
        self.aim(Where.GOOD)
        return self

    def __exit__(self, *left: Any) -> None:
        self.renew(None)
        self.run(self._made.fake.__aexit__(*left))
        super().__exit__(*left)

    def aim(self, where: Where) -> Invitation:
        if where is not self._where:
            made = self._made.road() if where is not Where.DEAD else CodecConference(self._made._codec(unused()))
            self.renew(made)
            self._where = where
        self._made.fake.answers = where is not Where.REFUSING
        return Invitation("", "" if where is Where.INCOMPLETE else ROOM, SITE)

    def calls(self) -> int:
        calls = getattr(self._made.fake, "calls", None)
        return len(calls) if calls is not None else int(self._made.in_call())

    def refuse(self) -> None:
        self.soon(self._made.end)

    def hang_up(self) -> None:
        self.soon(self._made.end)

    def fall_silent(self) -> None:
        self._made.fake.away = True
        self.run(self._made.cut())

    def wake(self) -> None:
        self._made.fake.away = False

    def ring(self) -> None:
        self.soon(self._made.ring)

    def tones(self) -> str:
        return "".join(line.removeprefix("gendial ") for line in self._made.fake.came if line.startswith("gendial "))


class CiscoBench(CodecBench):
    maker = "cisco"
    measures = True
    against = "our xAPI codec, driven by Cisco's own xows too"
    secrets = (ROOM, codec_cisco.PASSWORD)
    lacks: ClassVar[dict[str, str]] = {
        **{key: why for key, why in CodecBench.lacks.items() if key != "measures"},
        "attested": "it measures",
    }

    def fall_silent(self) -> None:
        self._made.fake.counts = False

    def wake(self) -> None:
        self._made.fake.counts = True

    def tones(self) -> str:
        orders = self._made.fake.orders
        return "".join(given["DTMFString"] for what, given in orders if what == "xCommand/Call/DTMFSend")


class YealinkBench(CodecBench):
    maker = "yealink"
    against = "our codec as Yealink's document has it"


class PolyBench(CodecBench):
    maker = "poly"
    against = "our codec as Poly's document has it"
    secrets = (ROOM, makers.POLY_PASSWORD)


class HuaweiBench(CodecBench):
    maker = "huawei"
    against = "our codec as Huawei's documents have it"
    abilities = frozenset({Ability.MICROPHONE})
    secrets = (ROOM, codec_huawei.PASSWORD)
    lacks: ClassVar[dict[str, str]] = {
        **CodecBench.lacks,
        Ability.ANSWER: "the documents name no such order",
        Ability.TONES: "the documents name no such order",
    }

    def refuse(self) -> None:
        self._made.fake.callstate = 0


def unused() -> int:
    with socket.socket() as held:
        held.bind((HERE, 0))
        return int(held.getsockname()[1])
