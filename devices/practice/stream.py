"""The practice room's web server on loopback: the camera's picture as MJPEG, and pages handed in from outside."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from devices.contract import DeviceError
from devices.lane import Lane

if TYPE_CHECKING:
    from devices.practice.picture import RoomPicture

log = logging.getLogger(__name__)

FRAMES_S = 12
JPEG_QUALITY = 82
DARK = 16  # times darker than with the lights on
RENDER_S = 3.0  # the first picture waits for OpenCV to load
HEAD_BYTES = 8192
HEAD_S = 3.0
SEND_S = 5.0  # a watcher who takes nothing for so long is let go
MOST_CONNECTIONS = 32
BOUNDARY = "frame"
CAMERA_PATH = "/camera.mjpg"

Page = tuple[str, Callable[[], bytes]]  # content type, and the body made anew for each request
Route = Callable[[str], tuple[str, bytes] | None]  # from the whole path; None: no such page
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


class PracticeStream:
    """Serves `GET /camera.mjpg`, `pages` by their exact path, `routes` by the beginning of the path.

    `position` tells where the camera points (pan, tilt, zoom). Pictures are made only while somebody watches.
    """

    def __init__(
        self,
        position: Callable[[], tuple[float, float, float]],
        pages: Mapping[str, Page] | None = None,
        routes: Mapping[str, Route] | None = None,
    ) -> None:
        self._position = position
        self._pages, self._routes = dict(pages or {}), dict(routes or {})
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.lights = True
        self._lane = Lane("practice-picture")
        self._picture: RoomPicture | None = None
        self._artist: asyncio.Task[None] | None = None
        self._watchers = 0
        self._fresh = asyncio.Condition()
        self._jpeg, self._number = b"", 0

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Returns the port."""
        self._server = await asyncio.start_server(self._connected, host, port, limit=HEAD_BYTES)
        bound: tuple[str, int] = self._server.sockets[0].getsockname()
        return bound[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        if self._connections:
            await asyncio.wait(self._connections, timeout=2.0)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None
        self._lane.close()

    # --- requests -----------------------------------------------------------------------------------------------

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
            writer.close()
            async with asyncio.timeout(SEND_S):
                await writer.wait_closed()
        except (OSError, TimeoutError):
            log.debug("practice stream: a watcher went away")
        except asyncio.CancelledError:
            log.debug("practice stream: closing")  # only stop() cancels, and it waits for the end of this
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._connections) > MOST_CONNECTIONS:
            return await _answer(writer, 503)
        try:
            async with asyncio.timeout(HEAD_S):
                head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            return await _answer(writer, 400)
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if len(words) != 3 or not words[1].startswith("/") or not words[2].startswith("HTTP/1."):
            return await _answer(writer, 400)
        if words[0] not in ("GET", "HEAD"):
            return await _answer(writer, 405)
        path = words[1].split("?", 1)[0]
        if path == CAMERA_PATH and words[0] == "GET":
            return await self._show_camera(writer)
        found = self._page(path)
        if found is None:
            return await _answer(writer, 404)
        return await _answer(writer, 200, found[0], found[1], with_body=words[0] == "GET")

    def _page(self, path: str) -> tuple[str, bytes] | None:
        if path in self._pages:
            kind, make = self._pages[path]
            return kind, make()
        for beginning, route in self._routes.items():
            if path.startswith(beginning):
                return route(path)
        return None

    # --- the camera's picture -----------------------------------------------------------------------------------

    async def _show_camera(self, writer: asyncio.StreamWriter) -> None:
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        writer.write(_head(200, kind) + b"\r\n")
        async with self._watching():
            shown = self._number
            while not writer.is_closing():
                async with self._fresh:
                    while self._number == shown:
                        async with asyncio.timeout(RENDER_S * 2):
                            await self._fresh.wait()
                    jpeg, shown = self._jpeg, self._number
                part = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                writer.write(part.encode() + jpeg + b"\r\n")
                # A slow watcher misses pictures: the wait is here, and the next one taken is the newest.
                async with asyncio.timeout(SEND_S):
                    await writer.drain()

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[None]:
        self._watchers += 1
        if self._artist is None:
            self._artist = asyncio.create_task(self._draw(), name="practice-picture")
        try:
            yield
        finally:
            self._watchers -= 1
            if self._watchers == 0 and self._artist is not None:
                self._artist.cancel()
                self._artist = None

    async def _draw(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            try:
                jpeg = await self._lane.call(self._render, wait_s=RENDER_S)
            except DeviceError as error:
                log.warning("practice picture: %s", error.detail)
                await asyncio.sleep(1.0)
                continue
            async with self._fresh:
                self._jpeg, self._number = jpeg, self._number + 1
                self._fresh.notify_all()
            due = max(due + 1 / FRAMES_S, loop.time() - 1 / FRAMES_S)
            await asyncio.sleep(max(0.0, due - loop.time()))

    def _render(self) -> bytes:
        """In the lane: OpenCV is loaded with the first picture, not with the program."""
        from devices.camera.opencv import cv2
        from devices.practice.picture import RoomPicture

        if self._picture is None:
            self._picture = RoomPicture()
        image = self._picture.render(*self._position())
        if not self.lights:
            image = image // DARK
        return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def _head(code: int, kind: str) -> bytes:
    lines = (
        f"HTTP/1.1 {code} {_REASONS[code]}",
        f"Content-Type: {kind}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


async def _answer(
    writer: asyncio.StreamWriter, code: int, kind: str = "text/plain", body: bytes = b"", *, with_body: bool = True
) -> None:
    writer.write(_head(code, kind) + f"Content-Length: {len(body)}\r\n\r\n".encode() + (body if with_body else b""))
    async with asyncio.timeout(SEND_S):
        await writer.drain()
