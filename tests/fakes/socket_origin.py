"""An origin whose pages talk with it over a WebSocket, which can fall silent or go away, also over TLS."""

import asyncio
import contextlib
import ssl
import threading
from types import TracebackType
from typing import Any

from aiohttp import WSMsgType, web


class SocketOrigin:
    """Serves `pages`; at /socket it answers every word with "ack" until it is told to be silent.

    At /fails it closes a call without a word, at /silent it takes one and never says anything.
    """

    def __init__(self, pages: dict[str, str], tls: ssl.SSLContext | None = None) -> None:
        self.pages, self.heard = pages, list[str]()
        self.silent = False
        self.asked: list[str] = []  # paths
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._sockets: list[web.WebSocketResponse] = []
        self._ended = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._up = threading.Event()
        self.port = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://{self.host}"

    def __enter__(self) -> "SocketOrigin":
        self._thread.start()
        assert self._up.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(5)

    def hang_up(self) -> None:
        """Every socket is cut, as a server that dies cuts them."""

        def cut() -> None:
            for socket in self._sockets:
                transport = socket._req.transport if socket._req is not None else None
                if transport is not None:
                    transport.abort()

        self._loop.call_soon_threadsafe(cut)

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.run_until_complete(asyncio.sleep(0.1))  # handshakes that were refused come to their end
        self._loop.close()

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_get("/socket", self._socket)
        app.router.add_get("/silent", self._wait)
        app.router.add_get("/{path:.*}", self._page)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls).start()
        self.port = runner.addresses[0][1]
        self._up.set()
        await self._ended.wait()
        for socket in self._sockets:
            with contextlib.suppress(Exception):
                await socket.close()
        await runner.cleanup()

    async def _page(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.path)
        kind = "text/javascript" if request.path.endswith(".js") else "text/html"
        return web.Response(text=self.pages.get(request.path, ""), content_type=kind, charset="utf-8")

    async def _wait(self, request: web.Request) -> web.StreamResponse:
        await self._ended.wait()
        return web.Response()

    async def _socket(self, request: web.Request) -> Any:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.heard.append(message.data)
                if not self.silent:
                    await socket.send_str("ack")
        return socket
