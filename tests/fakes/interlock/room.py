"""The room that is walked in: its server, an ear, a tone that never ends, the program under test and the next one."""

import contextlib
import math
import os
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import numpy as np
import psutil
import pulsectl

from devices.audio.pulse.connection import connection
from devices.audio.pulse.keeper_process import NAME, PRIORITY
from tests.fakes.ear import Ear, Piece
from tests.fakes.interlock.ledger import Ledger, Permit
from tests.fakes.interlock.stalls import Stalls
from tests.fakes.microphone_program import MicrophoneProgram
from tests.fakes.pulse_server import SoundServer

MICROPHONE = "room_mic"
TONE_HZ, TONE_RATE_HZ, TONE_S = 440, 48_000, 120


class WalkedRoom:
    """Owns the server while it is walked in. Programs and ears stand by, so that a kill costs no time."""

    def __init__(self, server: SoundServer) -> None:
        self.server = server
        self.ledger = Ledger()
        self.steps = 0
        self._recent: deque[str] = deque(maxlen=6)
        self._leave: Permit | None = None
        self._frozen_at: float | None = None
        self._busy_until = 0.0  # a hanging loop
        self._expected = 0  # answers not yet read
        self._begun = False  # the program has answered its first order
        self._begin_at = 0.0

    @contextlib.contextmanager
    def walking(self) -> Iterator[Self]:
        with self.server, contextlib.closing(Stalls(PRIORITY, self.server.url)) as self._stalls:
            self._next_ear = Ear(MICROPHONE, self.server.url)
            first = self.ledger.permit("first start", -math.inf)
            self._make_room()
            self._program, self._spare = self._new_program(), self._new_program()
            self._until_begun()
            first.end(time.monotonic(), "first start")
            try:
                yield self
            finally:
                self._program.kill()
                self._spare.kill()
                self._leave_room()
                self.ledger.settle(math.inf)  # a lease may have outlasted the walk: not before all is heard
                self._next_ear.stop()
                self._end_keepers()

    def _end_leave(self, at: float, how: str) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            leave.end(at, how)

    def _moves(self) -> str:
        return " → ".join(self._recent)

    def _note(self, pieces: Iterable[Piece]) -> None:
        self.ledger.take(pieces, self.steps, self._moves(), self._stalls.longest_s)

    def _listen(self) -> None:
        self._note(self._ear.pieces())
        self.ledger.settle(time.monotonic() - 3.0)

    def _make_room(self) -> None:
        favour(self.server.pid)
        self._hear()
        self._tone = self.server.play(tone())
        self._pulse = connection("someone-else", self.server.url)

    def _hear(self) -> None:
        self._ear, self._next_ear = self._next_ear, Ear(MICROPHONE, self.server.url)
        self._ear.begin()

    def _leave_room(self) -> None:
        self._note(self._ear.stop())
        self._pulse.close()

    def _is_muted(self, name: str) -> bool:
        try:
            return bool(self._pulse.get_source_by_name(name).mute)
        except pulsectl.PulseIndexError:  # PipeWire shows it a little later
            return False

    def _new_program(self) -> MicrophoneProgram:
        return MicrophoneProgram(self.server.folder, self.server.url, MICROPHONE)

    def _replace(self, after_s: float = 0.0) -> None:
        """The next program stands by; until it begins, after_s from now, a killed one's keeper is alone."""
        self._program.kill()
        self._program, self._spare = self._spare, self._new_program()
        self._busy_until = 0.0
        self._begun, self._expected = False, 0
        self._begin_at = time.monotonic() + after_s

    def _begin_when_due(self) -> None:
        if not self._begun and not self._expected and time.monotonic() >= self._begin_at:
            self._expected = 1
            self._program.send("begin")

    def _until_begun(self) -> None:
        while not self._begun:
            self._begin_when_due()
            self._read_answers(1.0)

    def _read_answers(self, wait_s: float = 0.0) -> None:
        while self._expected and self._frozen_at is None and self._program.answered(wait_s):
            self._program.answer()
            self._expected, self._begun = self._expected - 1, True

    def _signal_child(self, module: str, sent: signal.Signals) -> None:
        for child in psutil.Process(self._program.pid).children():
            with contextlib.suppress(psutil.Error):  # it may be on its way out already
                if any(module in word for word in child.cmdline()):
                    child.send_signal(sent)

    def _keeper_lives(self) -> bool:
        """Whether a keeper is at the server: one that died young is begun anew only after a while, and must start."""
        return any(str(client.name).startswith(f"{NAME} ") for client in self._pulse.client_list())

    def _end_keepers(self) -> None:
        for process in psutil.process_iter(["cmdline"]):
            if {"devices.audio.pulse.keeper_process", self.server.url} <= set(process.info["cmdline"] or ()):
                process.kill()


def favour(pid: int) -> None:
    """Gives every thread of a process the priority that PulseAudio takes on a PC: the walk's own load is none of it."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, int(thread.name), PRIORITY)


def tone() -> np.ndarray:
    t = np.arange(TONE_S * TONE_RATE_HZ, dtype=np.float32) / TONE_RATE_HZ
    return (0.1 * np.sin(2 * np.pi * TONE_HZ * t)).astype(np.float32)
