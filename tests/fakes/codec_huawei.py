"""A Huawei TE20's `action.cgi`, as documented: a session's cookie, a token, JSON within JSON; in the test's loop."""

import json
import ssl
from types import TracebackType
from typing import Any, Self

from aiohttp import web

USER, PASSWORD, SESSION, TOKEN = "api", "Mật khẩu;1", "s-4711", "t-0815"


class HuaweiCodec:
    """`in_conf` and `callstate` as WEB_GetMailboxDataAPI tells them."""

    def __init__(self, *, answers: bool = True, tls: ssl.SSLContext | None = None) -> None:
        self.answers, self._tls = answers, tls
        self.in_conf, self.callstate, self.microphone = 0, 0, 1
        self.orders: list[tuple[str, dict[str, Any]]] = []
        self.garbage: bytes | None = None
        self.away = False
        self.session = SESSION

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/action.cgi", self._serve)
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
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.Response:
        action, given = request.query["ActionID"], await request.json()
        if self.away:
            return web.Response(status=503)
        if self.garbage is not None:
            return web.Response(body=self.garbage)
        if action == "WEB_RequestSessionIDAPI":
            answer = _yes({"acSessionId": "", "szTermType": "Huawei TE20"})
            answer.set_cookie("SessionID", self.session)
            return answer
        if request.cookies.get("SessionID") != self.session:
            return web.Response(status=403)
        if action == "WEB_RequestCertificateAPI":
            right = (given["user"], given["password"]) == (USER, PASSWORD)
            return _yes({"acCSRFToken": TOKEN}) if right else _no(100666780)
        if given.get("acCSRFToken") != TOKEN:
            return _no(1)
        if action != "WEB_GetMailboxDataAPI":
            self.orders.append((action, given))
        return self._obey(action)

    def _obey(self, action: str) -> web.Response:
        if action == "WEB_GetMailboxDataAPI":
            state = {"mic": self.microphone, "callstate": self.callstate, "isInConf": self.in_conf, "sip": 1}
            return _yes({"state": state, "msgStruct": json.dumps({"iResult": 0, "msg": []})})
        if action == "WEB_CallNumberAPI":
            self.in_conf, self.callstate = (1, 0) if self.answers else (0, 1)
        elif action in ("WEB_HangupCallAPI", "WEB_CancelCallAPI"):
            self.in_conf = self.callstate = 0
        elif action in ("WEB_OpenMicAPI", "WEB_CloseMicAPI"):
            self.microphone = int(action == "WEB_OpenMicAPI")
        else:
            return _no(404)
        return _yes("")


def _yes(data: Any) -> web.Response:
    inner = json.dumps(data) if data != "" else ""
    return web.json_response({"success": 1, "data": inner})


def _no(code: int) -> web.Response:
    return web.json_response({"success": 0, "error": {"id": code, "code": 16781315, "params": []}})
