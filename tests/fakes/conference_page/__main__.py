"""Serves the conference page on 127.0.0.1, every room under its own address: `python -m … PORT`."""

import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

FOLDER = Path(__file__).parent


class Page(SimpleHTTPRequestHandler):
    def translate_path(self, path: str) -> str:
        return str(FOLDER / ("conference.js" if path.startswith("/conference.js") else "index.html"))

    def log_message(self, form: str, *facts: object) -> None:
        return None


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Page) as server:
        print("serving", flush=True)
        server.serve_forever()
