"""Codecs that speak in lines of ASCII over TCP: one question at a time, what they tell of themselves in between."""

import asyncio
from collections.abc import Callable

from devices.contract import DeviceError, DeviceTimeout, Reason
from devices.transport import TcpLine

OPEN_S = 2.0
ANSWER_S = 2.0
LONGEST = 4096  # bytes without an end of line: such a codec is none
IAC = 255  # telnet's own words (RFC 854) are not for us


class Lines:
    """DeviceError(LINK_LOST) once the line is gone, until the next open()."""

    def __init__(self, host: str, port: int, told: Callable[[str], None], prompts: tuple[str, ...] = ()) -> None:
        """`told` gets every line, answers too. `prompts` are told without an end of line."""
        self._line = TcpLine(host, port)
        self._line.traced, self._line.listener = False, self._heard
        self._told, self._prompts = told, prompts
        self._held = bytearray()
        self._waiting: tuple[Callable[[str], bool], asyncio.Future[str]] | None = None
        self.lost: DeviceError | None = DeviceError(Reason.LINK_LOST, "not open")

    async def open(self) -> bool:
        """Whether it was opened just now."""
        if self.lost is None:
            return False
        await self._line.close()
        self._held.clear()
        await self._line.open(OPEN_S)
        self.lost = None
        return True

    async def close(self) -> None:
        self._lose(DeviceError(Reason.LINK_LOST, "closed by us"))
        await self._line.close()

    async def send(self, line: str) -> None:
        if self.lost is not None:
            raise self.lost
        await self._line.send(f"{line}\r\n".encode("ascii", "replace"))

    async def ask(self, line: str, is_answer: Callable[[str], bool], wait_s: float = ANSWER_S) -> str:
        """Sends a line, "" for none, and waits for the one that answers it."""
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting = (is_answer, answer)
        try:
            if line:
                await self.send(line)
            elif self.lost is not None:
                raise self.lost
            async with asyncio.timeout(wait_s):
                return await answer
        except TimeoutError as error:
            raise DeviceTimeout(f"the codec said nothing within {wait_s} s") from error
        finally:
            self._waiting = None

    def _heard(self, data: bytes | DeviceError) -> None:
        if isinstance(data, DeviceError):
            self._lose(data)
            return
        self._held += data
        *whole, rest = bytes(self._held).replace(b"\r", b"\n").split(b"\n")
        text = _plain(rest).strip()
        if text in self._prompts:
            whole, rest = [*whole, rest], b""
        self._held = bytearray(rest)
        if len(self._held) > LONGEST:
            self._lose(DeviceError(Reason.PROTOCOL, "a line without an end"))
            return
        for line in whole:
            if told := _plain(line).strip():
                self._take(told)

    def _take(self, line: str) -> None:
        self._told(line)
        if self._waiting is not None and self._waiting[0](line) and not self._waiting[1].done():
            self._waiting[1].set_result(line)

    def _lose(self, error: DeviceError) -> None:
        self.lost = self.lost or error
        if self._waiting is not None and not self._waiting[1].done():
            self._waiting[1].set_exception(error)


def _plain(line: bytes) -> str:
    """Without telnet's own words, three bytes each."""
    while (at := line.find(IAC)) >= 0:
        line = line[:at] + line[at + 3 :]
    return line.decode("utf-8", "replace")
