"""A platform's own client, as far as one sees it from outside: an X11 window that takes the microphone and plays.

`conference_client NAME=SECONDS…`: launcher=0 starts the real one in a session of its own and ends; hide=S (its
window goes), stubborn=0 (hears neither a closing window nor SIGTERM), wordless=0 (takes no microphone). SIGUSR1:
it ends by itself. A link as its last argument is what a link opens. What it does is a line each in $HOME/told.
"""

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from Xlib import X, Xatom, display
from Xlib.protocol import event

RECORD = ("parec", "--device=room_mic", "--raw", "--latency-msec=200")
PLAY = ("pacat", "--playback", "--device=room_speaker", "--raw", "/dev/zero")


class Client:
    def __init__(self, asked: dict[str, float]) -> None:
        self.asked = asked
        self.over = False
        signal.signal(signal.SIGUSR1, self._end)
        self.display = display.Display()
        screen = self.display.screen()
        self.window = screen.root.create_window(
            40, 40, 500, 300, 0, screen.root_depth, X.InputOutput, background_pixel=0x204060
        )
        self.ping = self.display.intern_atom("_NET_WM_PING")
        self.delete = self.display.intern_atom("WM_DELETE_WINDOW")
        self.protocols = self.display.intern_atom("WM_PROTOCOLS")
        self.window.set_wm_protocols([self.ping, self.delete])
        self.window.change_property(self.display.intern_atom("_NET_WM_PID"), Xatom.CARDINAL, 32, [os.getpid()])
        self.window.map()
        self.display.flush()
        self.sound: list[subprocess.Popen[bytes]] = []
        if "wordless" not in asked:
            null = subprocess.DEVNULL
            self.sound = [subprocess.Popen(c, stdout=null, stderr=null, stdin=null) for c in (RECORD, PLAY)]

    def live(self) -> None:
        began, hidden = time.monotonic(), False
        while True:
            passed = time.monotonic() - began
            if self.over:
                return
            if passed > self.asked.get("hide", passed) and not hidden:
                hidden = True
                self.window.unmap()
                self.display.flush()
            select.select([self.display.fileno()], [], [], 0.05)
            while self.display.pending_events():
                if self._hears(self.display.next_event()):
                    return

    def _end(self, *_: object) -> None:
        self.over = True

    def _hears(self, told: event.ClientMessage) -> bool:
        """Whether it is asked to end."""
        if told.type != X.ClientMessage or told.client_type != self.protocols:
            return False
        if told.data[1][0] == self.ping:
            root = self.display.screen().root
            answer = event.ClientMessage(window=root, client_type=told.client_type, data=told.data)
            root.send_event(answer, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
            self.display.flush()
        if told.data[1][0] != self.delete or "stubborn" in self.asked:
            return False
        write("asked to close")
        return True


def write(what: str) -> None:
    with Path(os.environ["HOME"], "told").open("a") as told:
        told.write(f"{what}\n")


def main() -> None:
    asked = {name: float(value) for name, _, value in (a.partition("=") for a in sys.argv[1:] if ":" not in a)}
    if "launcher" in asked:
        rest = [a for a in sys.argv[1:] if not a.startswith("launcher")]
        subprocess.Popen([sys.executable, __file__, *rest], start_new_session=True)
        os._exit(0)
    if "stubborn" in asked:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    write(f"started {sys.argv[-1]}")
    client = Client(asked)
    try:
        client.live()
    finally:
        for stream in client.sound:
            stream.kill()


if __name__ == "__main__":
    main()
