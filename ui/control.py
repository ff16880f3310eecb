"""One owner of the room: while a kiosk runs, commands are handed to it over a local socket of the owner's only."""

import asyncio
import contextlib
import json
import logging
import os
import secrets
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

NAME = "room.sock"
MOST_BYTES = 262_144
ASK_S = 5.0
ANSWER_S = 180.0  # a trial takes as long as it is told to
Serve = Callable[[dict[str, Any], Callable[[str], None]], Awaitable[dict[str, Any]]]


class ControlServer:
    """Listens in the data folder: a Unix socket there, on Windows a loopback port with a token in a file there."""

    def __init__(self, data_dir: Path, serve: Serve) -> None:
        self._path, self._serve = data_dir / NAME, serve
        self._server: asyncio.Server | None = None
        self._token = ""

    async def start(self) -> None:
        """The caller holds the folder's lock: what lies there from before is a dead kiosk's."""
        self._path.unlink(missing_ok=True)
        if sys.platform == "win32":
            self._token = secrets.token_hex(32)
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=MOST_BYTES)
            port = self._server.sockets[0].getsockname()[1]
            self._path.write_text(json.dumps({"port": port, "token": self._token}), "ascii")
            return
        with short_path(self._path) as path:
            was = os.umask(0o177)
            try:
                self._server = await asyncio.start_unix_server(self._connected, path, limit=MOST_BYTES)
            finally:
                os.umask(was)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def note(line: str) -> None:
            writer.write(json.dumps({"note": line}).encode() + b"\n")

        try:
            async with asyncio.timeout(ASK_S):
                line = await reader.readline()
            asked = json.loads(line)
            if not isinstance(asked, dict) or asked.pop("token", "") != self._token:
                return
            async with asyncio.timeout(ANSWER_S):
                answer = await self._serve(asked, note)
            writer.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
            async with asyncio.timeout(ASK_S):
                await writer.drain()
        except (ValueError, TimeoutError, OSError) as error:
            log.info("a command was not answered: %s", type(error).__name__)
        finally:
            writer.close()


def ask_kiosk(data_dir: Path, asked: dict[str, Any], note: Callable[[str], None]) -> dict[str, Any] | None:
    """Hands a command to the running kiosk; None where none answers. `note` gets lines on the way."""
    try:
        with connected(data_dir / NAME) as (line, token):
            line.sendall(json.dumps({**asked, "token": token}).encode() + b"\n")
            line.settimeout(ANSWER_S + ASK_S)
            with line.makefile("rb") as answers:
                for answer in answers:
                    found = json.loads(answer)
                    if "note" in found:
                        note(found["note"])
                    else:
                        return found if isinstance(found, dict) else None
    except (OSError, ValueError):
        return None
    return None


@contextlib.contextmanager
def connected(path: Path) -> Any:
    if sys.platform == "win32":
        told = json.loads(path.read_text("ascii"))
        with socket.create_connection(("127.0.0.1", told["port"]), ASK_S) as line:
            yield line, told["token"]
        return
    with socket.socket(socket.AF_UNIX) as line, short_path(path) as short:
        line.settimeout(ASK_S)
        line.connect(short)
        yield line, ""


@contextlib.contextmanager
def short_path(path: Path) -> Any:
    """A name for the socket that fits into the 107 bytes which the system allows, however deep the folder lies."""
    if len(os.fsencode(path)) <= 100 or not Path("/proc/self/fd").exists():
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
