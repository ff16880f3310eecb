"""The dead-man outside the program: keeps every microphone of this PC muted, and spares one only while it is leased.

`python -m devices.audio.pulse.keeper_process [SERVER]`, a packet socket as standard input. Art. 9.2.a: the microphone
is on only when the chair site asks; so a program that is killed, hangs or loses its audio server must not leave one
open. A lease ends LEASE_S after the last beat, with the socket and with the server. When the program was killed this
process stays and keeps the mute until the next program's keeper is there. It tells nobody anything but the program.
"""

import contextlib
import math
import os
import resource
import select
import signal
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pulsectl

from devices.audio.pulse.connection import NOT_A_MONITOR, TROUBLE, connection

LEASE_S = 1.0  # after the last beat
LOOK_EVERY_S = 0.2  # also without an event
RETRY_S = 0.03  # a server that is back must find its microphones muted within 0.1 s; 2 % of a core
LATER_S, LATER_RETRY_S = 30.0, 0.25  # one that was away for so long
ORPHAN_S = 60.0  # without program and server: nothing is left to keep
OVERLAP_S = 0.1  # an orphan goes on for so long beside a newer keeper, which must first have looked
HANDOVER_S = 0.4  # and so long the newer one waits for it before it takes a lease
ASK_EVERY_S = 0.05  # a program that starts makes many clients: an orphan that asked at each had no time to mute
# PulseAudio's own, so that on a busy PC a foreign unmute is undone as fast as the sound itself is served: in real time
# where the user may (RLIMIT_RTPRIO), else by nice (RLIMIT_NICE).
REAL_TIME, PRIORITY = 5, -11
REAL_TIME_MOST_S = 0.2  # of computing at one go; a keeper that went mad must not take a processor away
UNSEEN_S = 0.05  # a microphone that changes again so soon after it was muted unseen is looked at first
NAME = "roomapp-keeper"
LARGEST = 512


class Order(NamedTuple):
    """What the program sends: lease, beat, ping, revoke or end; `at` is its time.monotonic()."""

    what: str
    number: int
    at: float
    source: str

    def packet(self) -> bytes:
        return f"{self.what} {self.number} {self.at!r} {self.source}".encode()


def order(packet: bytes) -> Order:
    """ValueError for anything else."""
    what, number, at, source = packet.decode().split(" ", 3)
    return Order(what, int(number), float(at), source)


@dataclass(slots=True)
class Lease:
    """One source by name until a moment of time.monotonic(); an empty name is none."""

    source: str = ""
    until: float = 0.0

    def spares(self, source: str) -> bool:
        return bool(self.source) and source == self.source and time.monotonic() < self.until


class Keeper:
    """One thread: libpulse's own loop also polls the program's socket."""

    def __init__(self, line: socket.socket, server: str | None) -> None:
        self._line: socket.socket | None = line
        self._server = server
        self._born = time.monotonic()
        self._lease = Lease()
        self._orders: deque[Order] = deque()
        self._answers: list[bytes] = []
        self._ending = False
        self._leave_at = math.inf
        self._changed = True
        self._microphones: dict[int, str] = {}  # index to name, of the newest look
        self._suspects: set[int] = set()  # sources that changed while nothing else was done
        self._unseen: dict[int, float] = {}  # when each was last muted without a look
        self._clients_changed = True
        self._asked_at = -math.inf  # when an orphan last looked for a newer keeper
        line.setblocking(False)

    def run(self) -> None:
        """Until an ordered end, or as an orphan until a newer keeper is there."""
        answered = time.monotonic()
        while not self._ending:
            try:
                pulse = connection(f"{NAME} {self._born!r}", self._server)
            except TROUBLE:
                away_s = time.monotonic() - answered
                self._without_server(RETRY_S if away_s < LATER_S else LATER_RETRY_S)
                if self._line is None and away_s > ORPHAN_S:
                    return
                continue
            try:
                self._watch(pulse)
            except TROUBLE:
                pass  # the server ended the talk
            finally:
                pulse.close()
            answered = time.monotonic()
            self._drop()  # a lease holds for one life of the server

    def stop(self, *_signal: object) -> None:
        """An orphan closes once more and leaves; beside a living program a signal is not for us."""
        self._ending = self._line is None

    def _without_server(self, wait_s: float) -> None:
        select.select([self._line] if self._line else [], [], [], wait_s)
        self._take()
        while self._orders:
            self._ending |= self._orders.popleft().what == "end"

    def _watch(self, pulse: Any) -> None:
        def noticed(event: Any) -> None:
            if event.facility == "client":
                self._clients_changed = True
                if self._line is not None:
                    return  # beside a living program only an order or a microphone matters
            else:
                self._changed = True
            if event.facility == "source" and event.t == "change":
                self._suspects.add(int(event.index))
            raise pulsectl.PulseLoopStop

        pulse.set_poll_func(lambda fds, timeout_s: self._poll(pulse, fds, timeout_s))
        pulse.event_mask_set("source", "server", "client")
        pulse.event_callback_set(noticed)
        while pulse.connected:
            self._obey(pulse)
            self._mute_suspects(pulse)
            ends = self._ending or time.monotonic() >= self._leave_at
            self._changed = False
            self._mute(pulse)
            self._answer()
            if ends:
                self._ending = True
                return
            if self._is_relieved(pulse):  # after the muting: each question takes its time
                self._leave_at = min(self._leave_at, time.monotonic() + OVERLAP_S)
            if not self._changed and not self._orders:
                self._suspects.clear()
                pulse.event_listen(timeout=self._patience_s())

    def _is_relieved(self, pulse: Any) -> bool:
        """Whether this is an orphan and a newer keeper is there; asked when clients came or went, else now and then."""
        now = time.monotonic()
        if self._line is not None or self._changed or now < self._ask_at():
            return False
        self._asked_at, self._clients_changed = now, False
        return self._keepers(pulse, newer=True)

    def _ask_at(self) -> float:
        return self._asked_at + (ASK_EVERY_S if self._clients_changed else LOOK_EVERY_S)

    def _patience_s(self) -> float:
        until = min(self._lease.until if self._lease.source else math.inf, self._leave_at)
        until = min(until, self._ask_at()) if self._line is None else until
        return min(max(until - time.monotonic(), 0.001), LOOK_EVERY_S)

    def _poll(self, pulse: Any, fds: list[Any], timeout_s: float) -> int:
        """libpulse's poll(2), and the program's socket beside it."""
        poll = select.poll()
        for fd in fds:
            poll.register(fd.fd, fd.events)
        if self._line is not None:
            poll.register(self._line, select.POLLIN)
        ready = dict(poll.poll(None if timeout_s < 0 else timeout_s * 1000))
        if self._line is not None and self._line.fileno() in ready:
            self._take()
            pulse.stop_listening()
        for fd in fds:
            fd.revents = ready.get(fd.fd, 0)
        return sum(fd.revents != 0 for fd in fds)

    def _take(self) -> None:
        """Everything that has come; the end of the socket is the end of the program and of every lease."""
        while self._line is not None:
            try:
                packet = self._line.recv(LARGEST)
            except BlockingIOError:
                return
            except OSError:
                packet = b""
            if packet:
                self._orders.append(order(packet))
                continue
            self._line.close()
            self._line, self._lease = None, Lease()
            self._orders = deque(order for order in self._orders if order.what == "end")

    def _obey(self, pulse: Any) -> None:
        while self._orders:
            given = self._orders.popleft()
            if given.what == "lease":
                self._await_older(pulse)
                if self._line is not None:  # else the program died meanwhile, and nobody speaks
                    self._lease = Lease(given.source, given.at + LEASE_S)
            elif given.what == "beat" and self._lease.source:
                self._lease.until = max(self._lease.until, given.at + LEASE_S)
            elif given.what in ("revoke", "end"):
                self._lease = Lease()
                self._ending |= given.what == "end"
            self._answers.append(f"{given.what} {given.number}".encode())
        if self._lease.source and time.monotonic() >= self._lease.until:
            self._drop()

    def _drop(self) -> None:
        if self._lease.source:
            self._lease = Lease()
            self._answers.append(b"lapsed 0")

    def _await_older(self, pulse: Any) -> None:
        """A killed program's keeper would mute what is opened now: it is given the moment that it takes to leave.

        It may hang: so this one mutes meanwhile.
        """
        deadline = time.monotonic() + HANDOVER_S
        while self._keepers(pulse, newer=False) and time.monotonic() < deadline:
            self._mute(pulse)
            pulse.event_listen(timeout=0.01)

    def _keepers(self, pulse: Any, *, newer: bool) -> bool:
        """Whether another keeper is connected that was born later, or earlier, than this one."""
        names = [str(client.name).split(" ") for client in pulse.client_list()]
        born = [float(name[1]) for name in names if name[0] == NAME and len(name) == 2]
        return any(other > self._born if newer else other < self._born for other in born)

    def _mute_suspects(self, pulse: Any) -> None:
        """A foreign unmute is undone by its event alone: on a busy PC the look before it would take too long.

        PipeWire tells of a mute that was set twice: a source that changes again at once is left to the look.
        """
        suspects, self._suspects = self._suspects, set()
        for index in suspects & self._microphones.keys():
            fresh = time.monotonic() - self._unseen.get(index, -math.inf) > UNSEEN_S
            if fresh and not self._lease.spares(self._microphones[index]):
                self._unseen[index] = time.monotonic()
                self._mute_one(pulse, index)

    def _mute(self, pulse: Any) -> None:
        sources = [s for s in pulse.source_list() if s.monitor_of_sink == NOT_A_MONITOR]
        self._microphones = {s.index: s.name for s in sources}
        for source in sources:
            if not source.mute and not self._lease.spares(source.name):
                self._mute_one(pulse, source.index)

    @staticmethod
    def _mute_one(pulse: Any, index: int) -> None:
        try:
            pulse.source_mute(index, True)
        except pulsectl.PulseOperationFailed:
            if not pulse.connected:
                raise

    def _answer(self) -> None:
        """Only after the microphones were looked at: an answered lease is kept, an answered revoke is muted."""
        answers, self._answers = self._answers, []
        try:
            for answer in answers:
                if self._line is not None:
                    self._line.send(answer)
        except OSError:
            return  # nobody takes them


def take_priority() -> None:
    """Real time, or nice: for the process and for its session, which the scheduler weighs as one (sched(7))."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(REAL_TIME))
    except PermissionError:
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, PRIORITY)
        with contextlib.suppress(OSError):  # a kernel without groups of sessions, or no leave
            Path("/proc/self/autogroup").write_text(str(PRIORITY))
        return
    signal.signal(signal.SIGXCPU, lambda *_: os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0)))
    most_us, hard_us = round(REAL_TIME_MOST_S * 1e6), resource.getrlimit(resource.RLIMIT_RTTIME)[1]
    soft_us = most_us if hard_us == resource.RLIM_INFINITY else min(most_us, hard_us)
    resource.setrlimit(resource.RLIMIT_RTTIME, (soft_us, hard_us))


def main() -> None:
    take_priority()
    keeper = Keeper(socket.socket(fileno=sys.stdin.fileno()), sys.argv[1] if len(sys.argv) > 1 else None)
    signal.signal(signal.SIGTERM, keeper.stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    keeper.run()


if __name__ == "__main__":
    main()
