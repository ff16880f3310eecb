"""The HTTP of a fake ONVIF camera, by hand over a real socket, so that it can be wrong in every way."""

import select
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_HEAD = 1 << 16


@dataclass
class Answer:
    """What goes back, and how."""

    body: bytes
    status: str = "200 OK"
    headers: list[str] = field(default_factory=lambda: ["Content-Type: application/soap+xml; charset=utf-8"])
    told_length: int | None = None  # another Content-Length than the true one
    chunk: int = 0  # sent chunked, in pieces of this size
    drip_from: int | None = None  # from this byte on, one each 200 ms
    cut_at: int | None = None  # the line is dropped after so many bytes
    reset: bool = False  # not a byte, and the line is dropped
    silent: bool = False  # not a byte, and the line stays
    delay_s: float = 0.0
    raw: bytes = b""  # these bytes and nothing else
    close: bool = False  # the line is closed afterwards, without having said so

    def all_bytes(self) -> bytes:
        length = len(self.body) if self.told_length is None else self.told_length
        measure = "Transfer-Encoding: chunked" if self.chunk else f"Content-Length: {length}"
        head = "\r\n".join([f"HTTP/1.1 {self.status}", *self.headers, measure, "", ""]).encode("latin-1")
        return head + (self._chunked() if self.chunk else self.body)

    def _chunked(self) -> bytes:
        pieces = [self.body[at : at + self.chunk] for at in range(0, len(self.body), self.chunk)]
        return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


Handle = Callable[[str, dict[str, str], bytes], Answer]


class HttpServer:
    """One thread a connection; `handle` gets path, headers in lower case and body."""

    def __init__(self, handle: Handle, port: int = 0) -> None:
        self._handle = handle
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._ending = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, name="fake-onvif")
        self._accepting.start()

    def _accept(self) -> None:
        while not self._ending.is_set():
            if not select.select([self._listener], [], [], 0.01)[0]:
                continue
            line = self._listener.accept()[0]
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._open.add(line)
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            thread = threading.Thread(target=self._serve, args=(line,), name="fake-onvif-line")
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Power cut: every line is dropped at once."""
        if self._ending.is_set():
            return
        self._ending.set()
        self._accepting.join(5)
        self._listener.close()
        for line in list(self._open):
            _drop(line)
        for thread in self._threads:
            thread.join(5)

    def _serve(self, line: socket.socket) -> None:
        reader = line.makefile("rb")
        try:
            while (request := _request(reader)) is not None:
                answer = self._handle(*request)
                if not self._send(line, answer) or answer.close:
                    break
        except (OSError, ValueError):
            pass  # the other side has left, or we have
        finally:
            self._open.discard(line)
            reader.close()
            line.close()

    def _send(self, line: socket.socket, answer: Answer) -> bool:
        """Whether the line is still good."""
        self._ending.wait(answer.delay_s)
        if answer.silent:
            self._ending.wait(60)
            return False
        if answer.reset:
            _drop(line)
            return False
        data = answer.raw or answer.all_bytes()
        if answer.drip_from is not None:
            line.sendall(data[: answer.drip_from])
            for at in range(answer.drip_from, len(data)):
                if self._ending.wait(0.2):
                    return False
                line.sendall(data[at : at + 1])
        elif answer.cut_at is not None:
            line.sendall(data[: answer.cut_at])
            return False
        else:
            line.sendall(data)
        return True


def _request(reader: socket.SocketIO) -> tuple[str, dict[str, str], bytes] | None:
    first = reader.readline(MOST_HEAD).split()
    if len(first) < 2:
        return None
    headers = {}
    while line := reader.readline(MOST_HEAD).strip():
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.lower()] = value.strip()
    return first[1].decode(), headers, reader.read(int(headers.get("content-length", 0)))


def _drop(line: socket.socket) -> None:
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    line.close()
