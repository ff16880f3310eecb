"""Serves the conference page on 127.0.0.1, every room under its own address: `python -m … PORT`.

A page's beacon (POST /beacon/RUN/WHAT) is printed as one JSON line with the time.monotonic() of its arrival.
"""

import json
import sys
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(__file__).parent


class Page(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        return str(FOLDER / ("conference.js" if path.startswith("/conference.js") else "index.html"))

    def do_POST(self) -> None:
        at = time.monotonic()
        _, kind, run, what = self.path.split("/")
        self.send_response(204)
        self.end_headers()
        sys.stdout.write(json.dumps({kind: what, "run": run, "at": at}) + "\n")  # in one piece: there are threads
        sys.stdout.flush()

    def log_message(self, form: str, *facts: object) -> None:
        return None


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Page) as server:
        print("serving", flush=True)
        server.serve_forever()
