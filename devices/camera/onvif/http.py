"""One bounded HTTP POST after another to one host: no proxy, no redirect, no TLS, a limit to the whole of each."""

import http.client
import select
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from devices.contract import DeviceError, DeviceTimeout, Reason

# 300 presets with their positions are half of this. Of 1 MiB, libxml2 reads a tag of 75,000 attributes for 19 s.
MOST_BODY_BYTES = 1 << 18
CONNECT_S = 1.0
READ_S = 2.0  # without a single byte
TAIL_S = 0.2  # for what a camera sends beyond the length that it told
END = b"Envelope>"


@dataclass(frozen=True, slots=True)
class Reply:
    """What zeep wants to see of an answer."""

    status_code: int
    headers: http.client.HTTPMessage
    content: bytes
    encoding: str = "utf-8"

    def digest_challenge(self) -> str:
        """What a digest is to be made of; "" where none is asked for (Basic would send the password as it is)."""
        asked = self.headers.get_all("WWW-Authenticate", [])
        return next((challenge for challenge in asked if challenge.lower().startswith("digest ")), "")


class _Socket(socket.socket):
    """Gives up at a moment, however the bytes drip: http.client itself knows only a limit to each read."""

    until = 0.0

    def recv_into(self, *arguments, **named):  # type: ignore[no-untyped-def]  # overloads of the standard library
        self._limit()
        return super().recv_into(*arguments, **named)

    def sendall(self, *arguments, **named):  # type: ignore[no-untyped-def]
        self._limit()
        return super().sendall(*arguments, **named)

    def _limit(self) -> None:
        left_s = self.until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the whole of the call took too long")
        self.settimeout(min(READ_S, left_s))


class _Connection(http.client.HTTPConnection):
    sock: _Socket | None

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port)
        self.until = 0.0

    def connect(self) -> None:
        left_s = max(0.01, self.until - time.monotonic())
        plain = socket.create_connection((self.host, self.port), min(CONNECT_S, left_s))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = _Socket(fileno=plain.detach())

    def limit(self, until: float) -> None:
        self.until = until
        if self.sock is not None:
            self.sock.until = until


class Http:
    """A kept-alive connection. For one thread; interrupt() for any."""

    def __init__(self, host: str, port: int) -> None:
        self.name = f"http {host}:{port}"
        self._connection = _Connection(host, port)
        self._cut_off = False

    def post(
        self, path: str, body: bytes, headers: Mapping[str, str | bytes], until: float, *, repeatable: bool
    ) -> Reply:
        """Raises DeviceError only. `until`: time.monotonic() at which all is over.

        `repeatable`: may be sent again when a kept connection turns out to be dead; an order may not, for the camera
        could have carried it out before the line broke.
        """
        kept = self._is_usable()
        for once_more in (kept and repeatable, False):
            try:
                return self._post(path, body, headers, until)
            except DeviceError as error:
                self.close()
                if not once_more or error.reason is not Reason.LINK_LOST or time.monotonic() >= until:
                    raise
        raise AssertionError

    def begin(self) -> None:
        """What was said to interrupt() is not for what comes now."""
        self._cut_off = False

    def interrupt(self) -> None:
        """Ends what the other thread is waiting for, as superseded, and all that it would try next, until begin()."""
        self._cut_off = True
        with suppress(OSError, AttributeError):  # there may be no socket now, or no longer
            self._connection.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    def close(self) -> None:
        self._connection.close()

    def _is_usable(self) -> bool:
        """Whether a connection is open; one that the camera has closed, or babbled on, is let go of."""
        sock = self._connection.sock
        if sock is None:
            return False
        try:
            if not select.select([sock], [], [], 0)[0]:
                return True
        except (OSError, ValueError):
            pass
        self.close()
        return False

    def _post(self, path: str, body: bytes, headers: Mapping[str, str | bytes], until: float) -> Reply:
        try:
            self._connection.limit(until)
            if self._connection.sock is None:
                self._connection.connect()
                self._connection.limit(until)
            if self._cut_off:  # while it was connecting
                raise OSError("cut off")
            self._connection.request("POST", path, body, dict(headers))
            return self._reply(self._connection.getresponse())
        except TimeoutError as error:
            raise DeviceTimeout(f"{self.name}: {error or 'silent'}") from error
        except (http.client.RemoteDisconnected, http.client.IncompleteRead, OSError) as error:
            # Cut off by ourselves is nothing that could be said of the camera.
            reason = Reason.SUPERSEDED if self._cut_off else Reason.LINK_LOST
            raise DeviceError(reason, f"{self.name}: {error}") from error
        except (http.client.HTTPException, ValueError) as error:  # ValueError: a nonsensical length of a chunk
            raise DeviceError(Reason.PROTOCOL, f"{self.name}: no HTTP: {type(error).__name__}") from error

    def _reply(self, response: http.client.HTTPResponse) -> Reply:
        closes = response.will_close
        try:
            body = self._body(response)
        finally:
            response.close()
        if closes:
            self.close()
        return Reply(response.status, response.headers, body)

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        told, response.length = response.length, None  # we count ourselves, to be able to read beyond
        if told is not None and told > MOST_BODY_BYTES:
            raise self._too_large()
        body = response.read(MOST_BODY_BYTES + 1 if told is None else told)
        if len(body) > MOST_BODY_BYTES:
            raise self._too_large()
        if told is not None and len(body) < told:
            raise ConnectionError("cut off in the middle of an answer")
        if told and b"Envelope" in body and END not in body[-64:]:
            body += self._tail(response)
        return body

    def _tail(self, response: http.client.HTTPResponse) -> bytes:
        """Some cameras count characters, not bytes: with one Vietnamese name their answer is longer than they say."""
        connection = self._connection
        connection.limit(min(connection.until, time.monotonic() + TAIL_S))
        tail = b""
        with suppress(TimeoutError):
            while END not in tail[-64:] and len(tail) < MOST_BODY_BYTES:
                more = response.read1(4096)
                if not more:
                    break
                tail += more
        self.close()  # whatever is still to come belongs to no later answer
        return tail

    def _too_large(self) -> DeviceError:
        return DeviceError(Reason.PROTOCOL, f"{self.name}: an answer of more than {MOST_BODY_BYTES} bytes")
