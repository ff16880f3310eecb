"""baresip's control socket: JSON in netstrings over TCP on the loopback (modules/ctrl_tcp, baresip 1.0.0).

One client at a time: a second one takes the first one's place, which is then seen as a lost line.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Any

from devices.contract import DeviceError, DeviceTimeout, Reason
from devices.transport import TcpLine

log = logging.getLogger(__name__)

MOST_MESSAGE = 65_536  # its longest answers are a few thousand bytes
MOST_COMMAND = 250  # baresip cuts off whatever is longer, silently
MOST_DIGITS = 6

Message = dict[str, Any]


def netstring(payload: bytes) -> bytes:
    return b"%d:%s," % (len(payload), payload)


class Netstrings:
    """Takes bytes as they come, gives whole payloads. DeviceError(PROTOCOL) at the first that is none."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        self._held += data
        whole: list[bytes] = []
        while self._held:
            head, colon, _ = self._held[: MOST_DIGITS + 1].partition(b":")
            if (colon and not head.isdigit()) or (not colon and len(self._held) > MOST_DIGITS):
                raise DeviceError(Reason.PROTOCOL, "baresip's control socket sends no netstrings")
            if not colon:
                break
            size, begins = int(head), len(head) + 1
            if size > MOST_MESSAGE:
                raise DeviceError(Reason.PROTOCOL, "a netstring that is too long")
            if len(self._held) <= begins + size:
                break
            if self._held[begins + size] != ord(","):
                raise DeviceError(Reason.PROTOCOL, "a netstring without its end")
            whole.append(bytes(self._held[begins : begins + size]))
            del self._held[: begins + size + 1]
        return whole


class Control:
    """Commands one after another; events as they come, in the loop. DeviceError(LINK_LOST) once the line is gone."""

    def __init__(self, port: int, told: Callable[[Message], None]) -> None:
        self._line = TcpLine("127.0.0.1", port)
        self._line.traced, self._line.listener = False, self._heard
        self._told = told
        self._netstrings = Netstrings()
        self._turn = asyncio.Lock()
        self._token = 0
        self._waiting: asyncio.Future[Message] | None = None
        self.lost: DeviceError | None = None

    async def open(self, wait_s: float) -> None:
        await self._line.open(wait_s)

    async def close(self) -> None:
        self._lose(DeviceError(Reason.LINK_LOST, "the control socket was closed"))
        await self._line.close()

    async def command(self, name: str, parameter: str = "", *, wait_s: float) -> str:
        """What baresip answers, as text. DeviceError(NOT_NOW) where it says no; within wait_s, or DeviceTimeout."""
        if len(f"{name} {parameter}".encode()) > MOST_COMMAND:
            raise DeviceError(Reason.UNSUPPORTED, "an order that is too long for baresip")
        try:
            async with asyncio.timeout(wait_s), self._turn:
                answer = await self._ask(name, parameter)
        except TimeoutError as error:
            raise DeviceTimeout(f"baresip: nothing to {name} within {wait_s} s") from error
        if answer.get("ok") is not True:
            raise DeviceError(Reason.NOT_NOW, f"baresip does not take {name} now")
        return str(answer.get("data", ""))

    async def _ask(self, name: str, parameter: str) -> Message:
        if self.lost is not None:
            raise self.lost
        self._token += 1
        order = {"command": name, "token": str(self._token)} | ({"params": parameter} if parameter else {})
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            await self._line.send(netstring(json.dumps(order, ensure_ascii=False).encode()))
            return await self._waiting
        finally:
            self._waiting = None

    def _heard(self, data: bytes | DeviceError) -> None:
        if isinstance(data, DeviceError):
            self._lose(data)
            return
        try:
            for payload in self._netstrings.feed(data):
                self._take(payload)
        except DeviceError as error:
            self._lose(error)

    def _take(self, payload: bytes) -> None:
        try:
            message = json.loads(payload)
        except (ValueError, RecursionError):  # a name with a stray byte in it spoils one message, not the talk
            log.info("baresip sent a message that is no JSON")
            return
        if not isinstance(message, dict):
            return
        if message.get("event") is True:
            self._told(message)
        elif self._waiting is not None and not self._waiting.done() and message.get("token") == str(self._token):
            self._waiting.set_result(message)

    def _lose(self, error: DeviceError) -> None:
        self.lost = self.lost or error
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error)
