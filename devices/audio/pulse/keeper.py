"""The program's end of the dead-man: a lease on one microphone, and a new keeper when one dies or hangs."""

import itertools
import logging
import select
import socket
import subprocess
import threading
import time
from collections.abc import Callable

from devices.audio.pulse.keeper_process import LARGEST, LEASE_S, Order
from devices.audio.pulse.process import end, spawn

log = logging.getLogger(__name__)

PROCESS = "devices.audio.pulse.keeper_process"
PING_S = 0.25
HUNG_S = 1.0  # without an answer, while the audio server does answer
RETRY_S, LONGEST_RETRY_S = 0.2, 5.0
SHORT_LIFE_S = 2.0  # one that dies so soon will die again: something is missing on this PC
END_S = 1.0
TICK_S = 0.05


class Keeper:
    """Keeps one keeper process alive from start() to stop(), in a thread of its own."""

    def __init__(self, server: str | None, server_answers: Callable[[], bool], lost: Callable[[str], None]) -> None:
        """`lost` is told why the lease has ended otherwise than by revoke(); in the thread."""
        self._server, self._server_answers, self._lost = server, server_answers, lost
        self._numbers = itertools.count(1)
        self._sending = threading.Lock()
        self._line: socket.socket | None = None
        self._asked: Order | None = None  # the lease that is wanted
        self._held = 0  # the number of the lease that was acknowledged
        self._pinged: float | None = None  # the oldest ping without an answer
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Returns at once; the keeper answers after 0.1-0.2 s; idempotent."""
        with self._sending:
            if self._thread is None:
                self._stopping = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._stopping,), name="keeper", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """The keeper mutes everything once more and ends, within 1 s, or is ended; idempotent."""
        with self._sending:
            thread, self._thread = self._thread, None
            self._asked, self._held = None, 0
        self._stopping.set()
        if thread is not None:
            thread.join(END_S + 2 * TICK_S)

    def lease(self, source: str) -> int:
        """Asks to spare this source, and no other, for LEASE_S after the last beat(); returns the lease's number."""
        asked = Order("lease", next(self._numbers), time.monotonic(), source)
        with self._sending:
            self._asked = asked
        self._send(asked)
        return asked.number

    def holds(self, number: int) -> bool:
        """Whether a living keeper has acknowledged this lease, and it has not ended."""
        return number == self._held and number != 0

    def revoke(self) -> None:
        with self._sending:
            self._asked, self._held = None, 0
        self._send(Order("revoke", next(self._numbers), time.monotonic(), ""))

    def beat(self) -> None:
        """The program is in order; any thread, returns at once."""
        self._send(Order("beat", 0, time.monotonic(), ""))

    def _send(self, order: Order) -> None:
        with self._sending:
            if self._line is None:
                return
            try:
                self._line.send(order.packet())
            except OSError as error:  # it is dead or takes nothing: the thread sees to it
                log.debug("the keeper does not take %s: %s", order.what, error)

    def _run(self, stopping: threading.Event) -> None:
        retry_s = RETRY_S
        while not stopping.is_set():
            born = time.monotonic()
            try:
                process, line = spawn(PROCESS, *([self._server] if self._server else []))
            except OSError as error:
                log.warning("no process for the keeper: %s", error)
                stopping.wait(LONGEST_RETRY_S)
                continue
            with self._sending:
                self._line, self._pinged, asked = line, None, self._asked
            if asked is not None and time.monotonic() - asked.at < LEASE_S:
                self._send(asked)
            why = self._serve(line, stopping)
            with self._sending:
                self._line = None
            if why:
                log.warning("the keeper of the microphones %s; made anew", why)
                self._ended(why)
            else:
                _dismiss(process, line)
            end(process, line)
            short = time.monotonic() - born < SHORT_LIFE_S
            retry_s = min(2 * retry_s, LONGEST_RETRY_S) if short else RETRY_S
            stopping.wait(retry_s)

    def _serve(self, line: socket.socket, stopping: threading.Event) -> str:
        """Until told to stop, or the keeper is no good any more: why."""
        ping_at = time.monotonic()
        while not stopping.is_set():
            if select.select([line], [], [], TICK_S)[0] and not self._take(line):
                return "died"
            now = time.monotonic()
            if not self._server_answers():
                self._pinged = None  # then the keeper cannot answer either
            elif self._pinged is not None and now - self._pinged > HUNG_S:
                return "hangs"
            if now >= ping_at:
                ping_at = now + PING_S
                self._pinged = self._pinged or now
                self._send(Order("ping", 0, now, ""))
        return ""

    def _take(self, line: socket.socket) -> bool:
        """Works through all answers; False at the keeper's end."""
        while True:
            try:
                answer = line.recv(LARGEST)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not answer:
                return False
            self._pinged = None
            what, number = answer.decode().split(" ")
            if what == "lapsed":
                self._ended("lapsed")
            elif what == "lease":
                with self._sending:
                    if self._asked is not None and self._asked.number == int(number):
                        self._held = int(number)

    def _ended(self, why: str) -> None:
        with self._sending:
            asked, self._asked, self._held = self._asked, None, 0
        if asked is not None:
            self._lost(why)


def _dismiss(process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
    """The ordered end: it closes once more by itself."""
    try:
        line.send(Order("end", 0, time.monotonic(), "").packet())
        process.wait(END_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.debug("the keeper is ended without its goodbye: %s", error)
