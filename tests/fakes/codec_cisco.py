"""A Cisco codec's xAPI over WebSocket, as documented: JSON-RPC, feedback, calls with counted packets.

Runs in the test's own loop. Also driven by Cisco's own client xows (tests/devices/conference/codec/test_cisco.py), so
that it is not only our driver that agrees with it.
"""

import asyncio
import base64
import json
import ssl
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

USER, PASSWORD = "admin", "mat-khau:1"
CODES = ("utf-8", "latin1")
PACKETS_PER_S = {"Audio": 50, "Video": 90}


class CiscoCodec:
    """`answers`: whether a dialled number picks up by itself, after `answer_s`."""

    def __init__(self, *, answers: bool = True, answer_s: float = 0.05, tls: ssl.SSLContext | None = None) -> None:
        self.answers, self.answer_s, self._tls = answers, answer_s, tls
        self.calls: dict[int, dict[str, Any]] = {}
        self.muted = False
        self.obeys = True  # whether an order to mute is followed
        self.silent = False  # takes everything, says nothing
        self.away = False  # lets nobody in
        self.dials_in_silence = False  # begins the call, and does not say so
        self.counts = True  # whether packets go on coming
        self.orders: list[tuple[str, dict[str, Any]]] = []
        self.sockets: list[web.WebSocketResponse] = []
        self._subscriptions: dict[int, tuple[web.WebSocketResponse, list[Any]]] = {}
        self._next = 41
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/ws", self._serve)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        assert site._server is not None
        self.port = int(site._server.sockets[0].getsockname()[1])  # type: ignore[attr-defined]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await self.hang_up_on_us()
        await self._runner.cleanup()

    async def hang_up_on_us(self) -> None:
        """Ends every connection, as a codec that starts anew."""
        for socket in self.sockets:
            await socket.close()
        self.sockets.clear()

    def begin(self, number: str, *, incoming: bool = False, status: str | None = None) -> int:
        """A call that somebody else begins, or that comes in."""
        self._next += 1
        self.calls[self._next] = {
            "Status": status or ("Ringing" if incoming else "Dialling"),
            "Direction": "Incoming" if incoming else "Outgoing",
            "AnswerState": "Unanswered",
            "CallbackNumber": number,
            "DisplayName": number,
            "RemoteNumber": number,
            "began": time.monotonic(),
        }
        self._changed(["Status", "Call"], {"Status": {"Call": [{"id": self._next}]}})
        return self._next

    def connect(self, call: int) -> None:
        self.calls[call] |= {"Status": "Connected", "AnswerState": "Answered", "began": time.monotonic()}
        self._changed(["Status", "Call"], {"Status": {"Call": [{"id": call, "Status": "Connected"}]}})

    def end(self, call: int, cause: str = "RemoteDisconnect") -> None:
        self.calls.pop(call)
        ended = {"CallId": call, "CauseType": cause, "id": 1}
        self._changed(["Event", "CallDisconnect"], {"Event": {"CallDisconnect": ended}})
        self._changed(["Status", "Call"], {"Status": {"Call": [{"id": call, "ghost": True}]}})

    def _changed(self, path: list[str], what: dict[str, Any]) -> None:
        for number, (socket, query) in self._subscriptions.items():
            if query == path and not socket.closed:
                event = {"jsonrpc": "2.0", "method": "xFeedback/Event", "params": {**what, "Id": number}}
                self._later(0, lambda socket=socket, event=event: socket.send_json(event))

    def _later(self, after_s: float, what: Any) -> None:
        async def run() -> None:
            await asyncio.sleep(after_s)
            result = what()
            if asyncio.iscoroutine(result):
                await result

        task = asyncio.ensure_future(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if self.away:
            return web.Response(status=503)
        given = request.headers.get("Authorization", "")
        if given not in [f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode(code)).decode()}" for code in CODES]:
            return web.Response(status=403)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT and not self.silent:
                await self._answer(socket, json.loads(message.data))
        return socket

    async def _answer(self, socket: web.WebSocketResponse, asked: dict[str, Any]) -> None:
        method, params = asked["method"], asked.get("params", {})
        try:
            result = self._obey(socket, method, params)
        except LookupError as error:
            code, told = (1, str(error)) if method.startswith("x") else (-32601, "no such method")
            await socket.send_json({"jsonrpc": "2.0", "id": asked["id"], "error": {"code": code, "message": told}})
            return
        if not (self.dials_in_silence and method == "xCommand/Dial"):
            await socket.send_json({"jsonrpc": "2.0", "id": asked["id"], "result": result})

    def _obey(self, socket: web.WebSocketResponse, method: str, params: dict[str, Any]) -> Any:
        if method == "xGet":
            return self._get(params["Path"])
        if method == "xFeedback/Subscribe":
            number = len(self._subscriptions)
            self._subscriptions[number] = (socket, params["Query"])
            return {"Id": number}
        self.orders.append((method, params))
        call = int(params.get("CallId", 0))
        if method == "xCommand/Dial":
            number = self.begin(params["Number"])
            if self.answers:
                self._later(self.answer_s, lambda: self.connect(number) if number in self.calls else None)
            return {"CallId": number, "ConferenceId": 7, "status": "OK"}
        if method == "xCommand/Call/Accept":
            self.connect(call)
        elif method == "xCommand/Call/Disconnect":
            self.end(call, "LocalDisconnect")
        elif method in ("xCommand/Audio/Microphones/Mute", "xCommand/Audio/Microphones/Unmute"):
            self.muted = method.endswith("/Mute") if self.obeys else self.muted
        return {"status": "OK"}

    def _get(self, path: list[Any]) -> Any:
        if path == ["Status", "Call"]:
            if not self.calls:
                raise LookupError("No match on address expression")
            shown = [{"id": str(number), **call} for number, call in self.calls.items()]
            return [{key: value for key, value in call.items() if key != "began"} for call in shown]
        if path == ["Status", "Audio", "Microphones", "Mute"]:
            return "On" if self.muted else "Off"
        if path == ["Status", "MediaChannels", "Call"]:
            return [self._channels(number, call) for number, call in self.calls.items()]
        raise LookupError("No match on address expression")

    def _channels(self, number: int, call: dict[str, Any]) -> dict[str, Any]:
        if not self.counts:
            call["stopped"] = call.get("stopped", time.monotonic())
        passed = call.get("stopped", time.monotonic()) - call["began"]
        channels = []
        for at, (kind, way) in enumerate((k, w) for k in ("Audio", "Video") for w in ("Incoming", "Outgoing")):
            packets = int(passed * PACKETS_PER_S[kind])
            net = {"Packets": packets, "Loss": 0, "Jitter": packets % 7, "LastIntervalReceived": packets % 251}
            picture = {
                "ChannelRole": "Main",
                "FrameRate": 30,
                "Protocol": "H264",
                "ResolutionX": 1280,
                "ResolutionY": 720,
            }
            form = {"Video": picture} if kind == "Video" else {"Audio": {"Protocol": "Opus", "Mute": "False"}}
            channels.append({"id": str(100 + at), "Type": kind, "Direction": way, "Netstat": net, **form})
        return {"id": str(number), "Channel": channels}
