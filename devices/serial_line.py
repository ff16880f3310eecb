"""A serial port as a byte line (devices.transport)."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

import serial

from devices.contract import DeviceError, DeviceTimeout
from devices.lane import Lane
from devices.transport import MOST_CHUNK_BYTES, Inbox, Listener, lost, trace

LINE_ERRORS: tuple[type[Exception], ...] = (OSError, ValueError)  # SerialException; an impossible baud rate
if sys.platform != "win32":
    import termios

    LINE_ERRORS += (termios.error,)  # is no OSError

T = TypeVar("T")
log = logging.getLogger(__name__)


class SerialLine:
    """A serial port held alone: one thread reads, a lane opens and writes, so that a stuck port stops nobody."""

    def __init__(self, device: str, baud: int) -> None:
        self.name = f"serial {device}"
        self.listener: Listener | None = None
        self._device, self._baud = device, baud
        self._inbox = Inbox()
        self._lane = Lane(device)
        self._port: serial.Serial | None = None
        self._reader: threading.Thread | None = None

    async def open(self, wait_s: float) -> None:
        if self._port is not None:
            return
        self._inbox, self._lane = Inbox(self.listener), Lane(self._device)
        port = await self._guarded(self._open_port, wait_s=wait_s)
        self._port = port
        arguments = (port, self._inbox, asyncio.get_running_loop())
        self._reader = threading.Thread(target=self._read, args=arguments, name=f"read-{self.name}", daemon=True)
        self._reader.start()

    def _open_port(self) -> serial.Serial:
        # The read limit is only how soon the thread sees that the port was closed.
        port = serial.Serial(self._device, self._baud, timeout=0.2, write_timeout=0.3, exclusive=True)
        port.reset_input_buffer()
        return port

    async def send(self, data: bytes) -> None:
        if self._port is None:
            raise lost(self.name, None)
        trace(self.name, ">", data)
        if sys.platform == "win32":
            await self._guarded(self._port.write, data, wait_s=0.5)
        else:
            self._write_at_once(self._port.fileno(), data)

    def _write_at_once(self, fd: int, data: bytes) -> None:
        """The port does not block here: either the system takes the packet into its buffer, or the line is stuck."""
        try:
            stuck = os.write(fd, data) < len(data)
        except BlockingIOError:
            stuck = True
        except OSError as error:
            raise lost(self.name, error) from error
        if stuck:
            raise DeviceTimeout(f"{self.name}: cannot write")

    async def receive(self, wait_s: float) -> bytes:
        return await self._inbox.get(wait_s, self.name)

    async def close(self) -> None:
        port, self._port = self._port, None
        reader, self._reader = self._reader, None
        self._inbox.closed = True
        if port is not None:
            try:
                await self._lane.call(_release, port, reader, wait_s=1.0)
            except DeviceError as error:
                log.warning("%s: still open: %s", self.name, error.detail)
        self._lane.close()

    async def _guarded(self, work: Callable[..., T], *arguments: object, wait_s: float) -> T:
        try:
            return await self._lane.call(work, *arguments, wait_s=wait_s)
        except serial.SerialTimeoutException as error:
            raise DeviceTimeout(f"{self.name}: cannot write") from error
        except LINE_ERRORS as error:
            raise lost(self.name, error) from error

    def _read(self, port: serial.Serial, inbox: Inbox, loop: asyncio.AbstractEventLoop) -> None:
        while port.is_open:
            item: bytes | DeviceError
            try:
                item = port.read(1)
                if item:
                    item += port.read(min(port.in_waiting, MOST_CHUNK_BYTES))
                    trace(self.name, "<", item)
            except (OSError, TypeError) as error:  # TypeError: pyserial reading a port closed under it
                item = lost(self.name, error)
            if not item:
                continue
            try:
                loop.call_soon_threadsafe(inbox.put, item)
            except RuntimeError:
                return  # the loop is over, and with it everybody who could read this
            if isinstance(item, DeviceError):
                return


def _release(port: serial.Serial, reader: threading.Thread | None) -> None:
    try:
        port.cancel_read()
        port.reset_output_buffer()  # else closing waits until a stuck line has taken the last orders
    except LINE_ERRORS as error:
        log.debug("%s: %s", port.port, error)
    port.close()
    if reader is not None:
        reader.join(0.5)
