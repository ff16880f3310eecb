"""SIP servers of ours on UDP that say no, ask for a password, or say nothing: RFC 3261, RFC 2617 (digest)."""

import hashlib
import re
import socket
import threading
from types import TracebackType
from typing import Self

REALM, NONCE = "diemcau", "0a1b2c3d4e5f"
USER = "room"


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


class SipServer:
    """Answers each INVITE with `says` ("486 Busy Here"; "" for never a word), each REGISTER with 200.

    With a `password` every request must first carry its digest; what came is in `requests`.
    """

    def __init__(self, says: str = "", password: str | None = None) -> None:
        self._says, self._password = says, password
        self.requests: list[str] = []
        self._socket = socket.socket(type=socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        self._over = threading.Event()

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def methods(self) -> list[str]:
        return [request.split(" ", 1)[0] for request in self.requests]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                data, sender = self._socket.recvfrom(65_536)
            except TimeoutError:
                continue
            except OSError:
                return
            request = data.decode("utf-8", "replace")
            if request.startswith("SIP/"):
                continue
            self.requests.append(request)
            method = request.split(" ", 1)[0]
            if method == "ACK" or not self._says:
                continue
            for line in self._lines(method, request):
                self._socket.sendto(self._answer(request, *line), sender)

    def _lines(self, method: str, request: str) -> list[tuple[str, str]]:
        if self._password is not None and not self._knows(method, request):
            return [
                ("401 Unauthorized", f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5\r\n')
            ]
        return [(self._says if method == "INVITE" else "200 OK", "")]

    def _knows(self, method: str, request: str) -> bool:
        found = re.search(r"Authorization: Digest (.*)", request)
        if found is None:
            return False
        given = dict(re.findall(r'(\w+)="?([^",\r]+)', found[1]))
        ours = md5(f"{md5(f'{USER}:{REALM}:{self._password}')}:{NONCE}:{md5(f'{method}:' + given['uri'])}")
        return given.get("response") == ours

    @staticmethod
    def _answer(request: str, status: str, more: str) -> bytes:
        kept = [line for line in request.split("\r\n") if re.match(r"(Via|From|Call-ID|CSeq):", line)]
        to = re.search(r"^To: .*$", request, re.MULTILINE)
        tagged = (to[0].rstrip("\r") if to else "To: <sip:x>") + ";tag=ours"
        lines = "\r\n".join([f"SIP/2.0 {status}", *kept, tagged])
        return f"{lines}\r\n{more}Content-Length: 0\r\n\r\n".encode()
