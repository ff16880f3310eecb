"""Yealink's and Poly's codecs as their documents have them: lines of ASCII over TCP, in the test's own loop."""

import asyncio
import contextlib
import re
from types import TracebackType
from typing import Self


class LineCodec:
    """What both have in common: one server, every line that came, and words at any time to everybody."""

    def __init__(self) -> None:
        self.came: list[str] = []
        self.silent = False
        self.away = False  # lets nobody in
        self.noise = b""  # said before everything
        self.muted = False
        self.obeys = True
        self.answers = True
        self._writers: list[asyncio.StreamWriter] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        self._server.close()
        self.hang_up_on_us()
        await self._server.wait_closed()

    def hang_up_on_us(self) -> None:
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    def say(self, *lines: str) -> None:
        self.say_bytes(self.noise + "".join(f"{line}\r\n" for line in lines).encode())

    def say_bytes(self, raw: bytes) -> None:
        for writer in self._writers:
            writer.write(raw)

    def later(self, after_s: float, line: str) -> None:
        """As if it came by itself: obeyed without being kept as an order."""

        async def run() -> None:
            await asyncio.sleep(after_s)
            self.obey(line)

        task = asyncio.ensure_future(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.away:
            writer.close()
            return
        self._writers.append(writer)
        with contextlib.suppress(ConnectionError):
            if not self.silent and not await self.greet(reader, writer):
                writer.close()
                return
            while line := (await reader.readline()).decode().strip():
                self.came.append(line)
                if not self.silent:
                    self.obey(line)

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether it lets us in."""
        return True

    def obey(self, line: str) -> None:
        raise NotImplementedError


class YealinkCodec(LineCodec):
    """One call at most, as `sysstatus` tells it: (stage, number, call)."""

    def __init__(self) -> None:
        super().__init__()
        self.call: tuple[str, str, int] | None = None
        self._next = 0

    def begin(self, stage: str, number: str) -> None:
        self._next += 1
        self.call = (stage, number, self._next)
        self.say(self._status())

    def end(self) -> None:
        assert self.call is not None
        ended, self.call = self.call, None
        self.say(f'sysstatus get finished "dialstr:{ended[1]}" "callid:{ended[2]}"', "sysstatus get idle")

    def _status(self) -> str:
        if self.call is None:
            return "sysstatus get idle"
        stage, number, call = self.call
        named = "diastr" if stage == "outgoing" else "dialstr"
        more = ' "protocol:sip" "direction:out"' if stage == "talking" else ""
        return f'sysstatus get {stage} "{named}:{number}" "callid:{call}" "calltype:video"{more}'

    def obey(self, line: str) -> None:
        if line == "sysstatus get":
            self.say(self._status())
        elif line == "mute near get":
            self.say(f"mute near get {'on' if self.muted else 'off'}")
        elif line in ("mute near on", "mute near off"):
            self.muted = line.endswith("on") if self.obeys else self.muted
        elif (dialled := re.fullmatch(r'dial auto "(.*)"', line)) is not None:
            self.begin("outgoing", dialled[1])
            if self.answers:
                self.later(0.05, "picked up")
        elif line in ("picked up", "answer yes") and self.call is not None:
            self.call = ("talking", *self.call[1:])
            self.say(self._status())
        elif line in ("button hangup", "answer no") and self.call is not None:
            self.end()


class PolyCodec(LineCodec):
    """Any number of calls; a `password` is asked for as telnet does, on a line without an end."""

    def __init__(self, password: str = "") -> None:
        super().__init__()
        self.password = password
        self.calls: dict[int, tuple[str, str, str]] = {}  # (state, direction, number)
        self._next = 33

    async def greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"\xff\xfb\x01\xff\xfb\x03")  # telnet: will echo, will suppress go-ahead
        while self.password:
            writer.write(b"\r\nPassword: ")
            if (await reader.readline()).decode().strip() == self.password:
                break
            writer.write(b"\r\n-- login failed, retry --\r\n")
            return False
        writer.write(b"Hi, my name is : Phong hop\r\nHere is what I know about myself:\r\nSerial Number: 821\r\n")
        return True

    def begin(self, state: str, number: str, *, incoming: bool = False) -> int:
        self._next += 1
        self.calls[self._next] = (state, "incoming" if incoming else "outgoing", number)
        self._notify(self._next)
        return self._next

    def end(self, call: int) -> None:
        _, direction, number = self.calls.pop(call)
        self.say(f"notification:callstatus:{direction}:{call}:Hop:{number}:disconnected:1920:0:videocall")

    def _notify(self, call: int) -> None:
        state, direction, number = self.calls[call]
        self.say(f"notification:callstatus:{direction}:{call}:Hop:{number}:{state}:1920:0:videocall")

    def obey(self, line: str) -> None:
        if line == "callinfo all":
            self._tell_calls()
        elif line == "mute near get":
            self.say(f"mute near {'on' if self.muted else 'off'}")
        elif line in ("mute near on", "mute near off"):
            self.muted = line.endswith("on") if self.obeys else self.muted
            self.say(f"mute near {'on' if self.muted else 'off'}")
        elif line == "notify callstatus":
            self.say("notify callstatus success")
        elif (dialled := re.fullmatch(r'dial manual \d+ "(.*)" sip', line)) is not None:
            self.say("dialing manual")
            call = self.begin("connecting", dialled[1])
            if self.answers:
                self.later(0.05, f"picked up {call}")
        elif (call_ := re.fullmatch(r"picked up (\d+)", line)) is not None:
            self._connect(int(call_[1]))
        elif line == "answer video":
            self._connect(next(call for call, told in self.calls.items() if told[0] == "ringing"))
        elif (ended := re.fullmatch(r'hangup video "(\d+)"', line)) is not None and int(ended[1]) in self.calls:
            self.end(int(ended[1]))

    def _connect(self, call: int) -> None:
        if call in self.calls:
            self.calls[call] = ("connected", *self.calls[call][1:])
            self._notify(call)

    def _tell_calls(self) -> None:
        if not self.calls:
            self.say("system is not in a call")
            return
        shown = [f"callinfo:{c}:Hop: 1:{n}:1920:{s}:muted:{d}:videocall" for c, (s, d, n) in self.calls.items()]
        self.say("callinfo begin", *shown, "callinfo end")
