"""The DevTools protocol over a pipe: a browser of ours that nobody else can talk to, for there is no port.

Source: chromedevtools.github.io/devtools-protocol; messages are JSON, each ended by a zero byte, on the browser's file
descriptors 3 and 4 (--remote-debugging-pipe).
"""

import asyncio
import fcntl
import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from devices.conference.programs.tree import Tree
from devices.contract import DeviceError, DeviceTimeout, Reason

log = logging.getLogger(__name__)

Told = dict[str, Any]
MOST_BYTES = 16_000_000  # of one message: a page cannot fill our memory
ABOVE = 10  # descriptors of our ends: dup2 onto 3 and 4 must not meet them


class DevTools:
    """One browser process of ours and the talk with it; ends with the browser."""

    def __init__(
        self, reader: asyncio.StreamReader, incoming: asyncio.ReadTransport, writer: asyncio.WriteTransport
    ) -> None:
        self._reader, self._incoming, self._writer = reader, incoming, writer
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Told]] = {}
        self._reading: asyncio.Task[None] | None = None
        self.ended = asyncio.Event()

    @classmethod
    async def start(cls, tree: Tree, command: Sequence[str], env: Mapping[str, str], heard: "Heard") -> "DevTools":
        """Starts the browser as the first of `tree`; each event goes to `heard`. NOT_NOW where it cannot start."""
        to_them, ours_in, ours_out, from_us = _pipes()
        try:
            tree.start(command, env, [(from_us, 3), (to_them, 4)])
        except OSError as error:
            os.close(ours_in)
            os.close(ours_out)
            raise DeviceError(Reason.NOT_NOW, "the browser cannot be started") from error
        finally:
            os.close(to_them)
            os.close(from_us)
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=MOST_BYTES)
        protocol = asyncio.StreamReaderProtocol(reader)
        incoming, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(ours_in, "rb", 0))
        writer, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(ours_out, "wb", 0))
        made = cls(reader, incoming, writer)
        made._reading = asyncio.create_task(made._read(heard))
        return made

    async def call(self, method: str, wait_s: float, session: str = "", /, **params: object) -> Told:
        """The result; PROTOCOL where the browser refuses, NO_ANSWER after wait_s, LINK_LOST when it is gone."""
        if self.ended.is_set() or self._writer.is_closing():
            raise DeviceError(Reason.LINK_LOST, "the browser has ended")
        self._number += 1
        number = self._number
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send(number, method, session, params)
        try:
            async with asyncio.timeout(wait_s):
                told = await answer
        except TimeoutError as error:
            raise DeviceTimeout(f"the browser did not answer {method}") from error
        finally:
            self._waiting.pop(number, None)
        if "error" in told:
            raise DeviceError(Reason.PROTOCOL, f"the browser refuses {method}")
        result = told.get("result")
        return result if isinstance(result, dict) else {}

    def order(self, method: str, session: str = "", /, **params: object) -> None:
        """Asks without waiting for the answer."""
        if not self._writer.is_closing():
            self._number += 1
            self._send(self._number, method, session, params)

    def _send(self, number: int, method: str, session: str, params: Mapping[str, object]) -> None:
        message = {"id": number, "method": method, "params": params, **({"sessionId": session} if session else {})}
        self._writer.write(json.dumps(message).encode() + b"\0")

    async def _read(self, heard: "Heard") -> None:
        try:
            while True:
                told = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                if "method" in told:
                    heard(told)
                elif (waiting := self._waiting.get(told.get("id"))) is not None and not waiting.done():
                    waiting.set_result(told)
        except (asyncio.IncompleteReadError, OSError):
            log.debug("the browser closed its pipe")
        except (ValueError, RecursionError, asyncio.LimitOverrunError):
            log.warning("the browser said what cannot be understood")
        finally:
            self.ended.set()
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(DeviceError(Reason.LINK_LOST, "the browser has ended"))

    async def close(self) -> None:
        """Lets go of the pipe; idempotent."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if not self._writer.is_closing():
            self._writer.abort()
        self._incoming.close()


Heard = Callable[[Told], None]


def _pipes() -> tuple[int, int, int, int]:
    """(the browser's end to write, ours to read, ours to write, the browser's end to read), all of them high."""
    reading, their_writing = os.pipe()
    their_reading, writing = os.pipe()
    high = []
    for end in (their_writing, reading, writing, their_reading):
        high.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, ABOVE))
        os.close(end)
    return high[0], high[1], high[2], high[3]
