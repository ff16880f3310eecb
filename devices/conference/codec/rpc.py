"""xAPI as JSON-RPC 2.0 over a WebSocket (Cisco CE >= 9.7 and RoomOS, "xAPI over WebSocket").

Not Cisco's own xows 1.0.5: it never verifies a certificate, an answer that it does not expect ends its reading without
a word, and calls that wait at a lost connection wait for ever. xows drives our counterpart in the tests.
"""

import asyncio
import base64
import contextlib
import json
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from devices.conference.codec.trust import secure, trust
from devices.contract import DeviceError, Reason

if TYPE_CHECKING:
    import aiohttp

log = logging.getLogger(__name__)

OPEN_S = 2.5
BEAT_S = 4.0  # a codec that lost power is noticed within about this and a half
CLOSE_S = 0.5
MOST_BYTES = 2**20
REFUSALS = {
    -31999: Reason.AUTH,
    -31998: Reason.REFUSED_BUSY,
    -31997: Reason.NOT_NOW,
    -32601: Reason.UNSUPPORTED,
}

Told = Callable[[dict[str, Any]], None]


class NothingThere(DeviceError):
    """What was asked for is not there now: an empty list, in the codec's words."""


class Rpc:
    """One connection at a time. DeviceError(LINK_LOST) once it is gone, until the next open()."""

    def __init__(
        self, host: str, port: int, username: str, password: Callable[[], str], told: Told, *, pin: str, plain: bool
    ) -> None:
        self._tls = secure(host, plain)
        self._url = f"{'wss' if self._tls else 'ws'}://{f'[{host}]' if ':' in host else host}:{port}/ws"
        self._username, self._password, self._told, self._pin = username, password, told, pin
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0

    async def open(self) -> bool:
        """Whether it was opened just now. AUTH where the codec refuses the account."""
        if self._socket is not None and not self._socket.closed and self._reading and not self._reading.done():
            return False
        await self.close()
        import aiohttp  # 0.3 s that only a codec's road pays

        account = base64.b64encode(f"{self._username}:{self._password()}".encode()).decode()
        trusted: Any = trust(self._pin) if self._tls else True
        self._session = aiohttp.ClientSession()
        try:
            async with asyncio.timeout(OPEN_S):
                self._socket = await self._session.ws_connect(
                    self._url,
                    headers={"Authorization": f"Basic {account}"},
                    ssl=trusted,
                    heartbeat=BEAT_S,
                    max_msg_size=MOST_BYTES,
                )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            await self.close()
            raise _refusal(error) from None  # its text may hold the address
        self._reading = asyncio.create_task(self._read(self._socket))
        return True

    async def close(self) -> None:
        reading, self._reading = self._reading, None
        socket, self._socket = self._socket, None
        session, self._session = self._session, None
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        self._lose()
        for open_one in (socket, session):
            if open_one is not None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_S):
                        await open_one.close()

    async def call(self, method: str, **params: Any) -> Any:
        """The result. Bounded by the caller's own time limit."""
        socket = self._socket
        if socket is None or socket.closed or self._reading is None or self._reading.done():
            raise DeviceError(Reason.LINK_LOST, "the codec's connection is gone")
        self._number += 1
        number = self._number
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await socket.send_str(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}))
            return await answer
        except (ConnectionError, RuntimeError) as error:
            raise DeviceError(Reason.LINK_LOST, "the codec's connection is gone") from error
        finally:
            self._waiting.pop(number, None)

    async def _read(self, socket: "aiohttp.ClientWebSocketResponse") -> None:
        try:
            async for message in socket:
                if isinstance(message.data, str):
                    self._take(message.data)
        finally:
            self._lose()

    def _take(self, text: str) -> None:
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            log.info("the codec sent a message that is no JSON")
            return
        if not isinstance(message, dict):
            return
        number, params = message.get("id"), message.get("params")
        if isinstance(number, int):
            answer = self._waiting.get(number)
            if answer is None or answer.done():
                return  # too late, or never asked
            if "error" in message:
                answer.set_exception(_error(message["error"]))
            else:
                answer.set_result(message.get("result"))
        elif message.get("method") == "xFeedback/Event" and isinstance(params, dict):
            self._told(params)

    def _lose(self) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(DeviceError(Reason.LINK_LOST, "the codec's connection is gone"))


def _error(told: Any) -> DeviceError:
    """What the codec says of an order; its text may hold what we dialled, so only its number is kept."""
    code = told.get("code") if isinstance(told, dict) else None
    if isinstance(told, dict) and "no match" in str(told.get("message", "")).lower():
        return NothingThere(Reason.NOT_NOW, f"xAPI {code}")
    return DeviceError(REFUSALS.get(code, Reason.NOT_NOW) if isinstance(code, int) else Reason.PROTOCOL, f"xAPI {code}")


def _refusal(error: BaseException) -> DeviceError:
    status = getattr(error, "status", None)
    if status in (401, 403):
        return DeviceError(Reason.AUTH, "the codec refuses this account")
    if status == 503:
        return DeviceError(Reason.REFUSED_BUSY, "the codec has too many connections")
    if isinstance(status, int):
        return DeviceError(Reason.UNSUPPORTED, f"the codec's WebSocket is not switched on ({status})")
    if isinstance(error, TimeoutError):
        return DeviceError(Reason.NO_ANSWER, f"the codec did not answer within {OPEN_S} s")
    if "certificate" in type(error).__name__.lower() or "fingerprint" in type(error).__name__.lower():
        return DeviceError(Reason.AUTH, "the codec's certificate is not the one that is trusted")
    return DeviceError(Reason.LINK_LOST, "the codec is not reached")
