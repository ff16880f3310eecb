"""Two ends of a page's temptations on loopback: an origin that serves pages, and one that only counts who calls."""

import socket
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

TYPES = {".js": "text/javascript", ".bin": "application/octet-stream"}


class Origin:
    """Serves `pages` by their path; `/report?what=answer` is how a page tells a test what it got."""

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = pages
        self.reports: dict[str, str] = {}
        self.reported = threading.Condition()
        origin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                origin.serve(self)

            def log_message(self, form: str, *facts: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        path, _, query = request.path.partition("?")
        if path == "/report":
            with self.reported:
                self.reports.update(urllib.parse.parse_qsl(query, keep_blank_values=True))
                self.reported.notify_all()
        if path == "/away":
            request.send_response(302)
            request.send_header("Location", urllib.parse.unquote(query))
            request.end_headers()
            return
        body = self.pages.get(path, "").encode()
        kind = next((TYPES[end] for end in TYPES if path.endswith(end)), "text/html; charset=utf-8")
        request.send_response(200)
        request.send_header("Content-Type", kind)
        if path.endswith(".bin"):
            request.send_header("Content-Disposition", "attachment")
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def wait_for(self, *names: str, wait_s: float = 20.0) -> dict[str, str]:
        """Waits until the page has reported all these; names what it did not."""
        with self.reported:
            told = self.reported.wait_for(lambda: set(names) <= set(self.reports), wait_s)
        assert told, f"not reported within {wait_s} s: {sorted(set(names) - set(self.reports))}"
        return dict(self.reports)

    def __enter__(self) -> "Origin":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(5)
        self._server.server_close()


class Elsewhere:
    """Another origin: every connection to it is counted with the first that it sent, none is answered."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:  # closed
                return
            with caller:
                caller.settimeout(1)
                try:
                    self.calls.append(caller.recv(200))
                except OSError:
                    self.calls.append(b"")

    def __enter__(self) -> "Elsewhere":
        return self

    def __exit__(self, *_: Any) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)
