"""One seeded walk: draws a move that is legal now, makes it, and holds what the ear heard against what was allowed.

Legal is everything but two faults at once that nobody could survive: a keeper that was just killed or frozen is given
the time to be replaced, and must live, before the program itself is killed or frozen.
"""

import contextlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable

import pulsectl

from devices.audio.pulse.keeper import HUNG_S, PING_S
from devices.audio.pulse.keeper_process import LEASE_S
from tests.fakes.interlock.ledger import GRACE_S
from tests.fakes.interlock.room import MICROPHONE, WalkedRoom, tone
from tests.fakes.pulse_server import SoundServer

PAUSE_S = (0.0, 0.06)
UNTIL_NEXT_S = 0.6  # from a kill to the next program, at most
MOST_MICROPHONES = 3


class Walk(WalkedRoom):
    """Draws by its seed; the same seed does not meet the same times."""

    def __init__(self, server: SoundServer, seed: int) -> None:
        super().__init__(server)
        self.random = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()  # what open and close answered
        self.flagged_s: list[float] = []  # from plugging in a new microphone to its mute flag
        self._keeper_out_until = 0.0
        self._added: list[str] = []
        self._names = 0

    def walk(self, steps: int, until: float) -> None:
        """So many steps, or until time.monotonic() is `until`."""
        for _ in range(steps):
            if time.monotonic() > until:
                break
            self.step()
        time.sleep(0.3)
        self._listen()

    def step(self) -> None:
        legal = {name: weight for name, weight in self._legal().items() if weight}
        (name,) = self.random.choices(list(legal), list(legal.values()))
        self.steps += 1
        self.counts[name] += 1
        self._recent.append(name)
        move: Callable[[], None] = getattr(self, f"_{name}")
        move()
        time.sleep(self.random.uniform(*PAUSE_S))
        self._begin_when_due()
        self._read_answers()
        self._listen()
        if self._tone.poll() is not None:
            self._tone = self.server.play(tone())

    def _legal(self) -> dict[str, float]:
        frozen = self._frozen_at is not None
        alive = self._begun and not frozen and time.monotonic() > self._busy_until and not self._expected
        open_ = self._leave is not None
        kept = time.monotonic() > self._keeper_out_until
        if kept and self._keeper_out_until and (kept := frozen or self._keeper_lives()):
            self._keeper_out_until = 0.0  # until the next one is killed
        return {
            "open": (16 if kept else 2) * (alive and not open_),
            "finish": 8 * (alive and open_),
            "speak_on": 5 * open_,
            "kill_program": (2 + 5 * open_) * (kept and not frozen and (self._begun or self._expected > 0)),
            "kill_while_opening": 3 * (alive and kept and not open_),
            "end_program": 1 * alive,
            "freeze_program": (1 + 4 * open_) * (alive and kept),
            "thaw_program": 4 * frozen,
            "kill_frozen_program": 1 * frozen,
            "hang_loop": (1 + 2 * open_) * (alive and kept),
            "kill_keeper": (1 + 3 * open_) * (alive and kept),
            "freeze_keeper": 0.6 * (alive and kept),
            "kill_capture": 2 * alive,
            "freeze_capture": 0.6 * alive,
            "kill_server": (1 + 2 * open_) * kept,
            "freeze_server": 1 * (alive and kept),
            "replug": 3,
            "unmute": 6 * (not open_),
            "unmute_storm": 2 * (not open_ and not frozen),
            "change_default": 3,
            "new_microphone": 3,
        }

    # --- orders ------------------------------------------------------------------------------------------------

    def _open(self) -> None:
        self._leave = self.ledger.permit("leave", time.monotonic())
        state, _, ended = self._program.order(f"open {MICROPHONE}")
        self.answers[f"open: {state}"] += 1
        if state != "open":
            self._end_leave(ended, "opening failed")

    def _finish(self) -> None:
        self._end_leave(time.monotonic(), "finish")
        state, _, _ = self._program.order("close")
        self.answers[f"close: {state}"] += 1

    def _speak_on(self) -> None:
        time.sleep(0.1)

    def _end_program(self) -> None:
        self._end_leave(time.monotonic(), "end_program")
        self._program.order("end")
        self._replace()
        self._until_begun()

    # --- faults ------------------------------------------------------------------------------------------------

    def _kill_program(self) -> None:
        self._end_leave(time.monotonic(), "kill_program")
        self._replace(self.random.uniform(0.0, UNTIL_NEXT_S))

    def _kill_while_opening(self) -> None:
        leave = self.ledger.permit("leave", time.monotonic())
        self._program.send(f"open {MICROPHONE}")
        time.sleep(self.random.uniform(0.0, 0.03))
        leave.end(time.monotonic(), "kill_while_opening")
        self._replace(self.random.uniform(0.0, UNTIL_NEXT_S))

    def _freeze_program(self) -> None:
        self._frozen_at = time.monotonic()
        os.kill(self._program.pid, signal.SIGSTOP)
        if self._leave is not None:
            self._leave.end(self._frozen_at + LEASE_S, "freeze_program")

    def _thaw_program(self) -> None:
        if self._frozen_at is None:
            return
        frozen_s, self._frozen_at = time.monotonic() - self._frozen_at, None
        os.kill(self._program.pid, signal.SIGCONT)
        if self._leave is None:
            return
        if frozen_s < LEASE_S / 2:
            self._leave.ended = float("inf")  # it beats again before its lease has ended
        elif frozen_s < LEASE_S + 2 * GRACE_S:
            self._end_leave(time.monotonic() + LEASE_S, "")  # either way: not judged any closer
            self._program.order("close")
        else:
            self._leave = None

    def _kill_frozen_program(self) -> None:
        leave, self._leave = self._leave, None
        if leave is not None and time.monotonic() < leave.ended:
            leave.ended, leave.how = time.monotonic(), "kill_frozen_program"
        self._frozen_at = None
        self._replace(self.random.uniform(0.0, UNTIL_NEXT_S))

    def _hang_loop(self) -> None:
        now = time.monotonic()
        self._program.send(f"hang {LEASE_S + 0.3}")
        self._expected, self._busy_until = self._expected + 1, now + LEASE_S + 0.3
        self._end_leave(now + LEASE_S, "hang_loop")

    def _kill_keeper(self) -> None:
        self._end_leave(time.monotonic(), "kill_keeper")
        self._signal_child("keeper_process", signal.SIGKILL)
        self._keeper_out_until = time.monotonic() + 1.0

    def _freeze_keeper(self) -> None:
        self._end_leave(time.monotonic() + PING_S + HUNG_S + GRACE_S, "freeze_keeper")
        self._signal_child("keeper_process", signal.SIGSTOP)
        self._keeper_out_until = time.monotonic() + 2.5

    def _kill_capture(self) -> None:
        self._signal_child("capture_process", signal.SIGKILL)

    def _freeze_capture(self) -> None:
        self._signal_child("capture_process", signal.SIGSTOP)

    def _kill_server(self) -> None:
        self._end_leave(time.monotonic(), "kill_server")
        self._leave_room()
        self.server.kill()
        self.server.start()
        self.ledger.permit("kill_server", time.monotonic() - GRACE_S, time.monotonic())
        self._added.clear()
        self._make_room()

    def _freeze_server(self) -> None:
        """What was said before it froze comes late."""
        permit = self.ledger.permit("freeze_server", time.monotonic())
        self.server.freeze()
        time.sleep(self.random.uniform(0.05, 0.4))
        self.server.thaw()
        permit.end(time.monotonic(), "freeze_server")

    def _replug(self) -> None:
        self._note(self._ear.stop())
        self.server.unplug(MICROPHONE)
        time.sleep(self.random.uniform(0.0, 0.06))
        began = time.monotonic()
        self.server.add_source(MICROPHONE)
        now = time.monotonic()
        self.ledger.permit("replug", began, now)
        self._hear()

    def _unmute(self) -> None:
        """Undone from the moment on that the server has carried it out: a busy one carries it out late."""
        permit = self.ledger.permit("unmute", time.monotonic())
        with contextlib.suppress(pulsectl.PulseIndexError):
            self._pulse.source_mute(self._pulse.get_source_by_name(MICROPHONE).index, False)
        permit.end(time.monotonic(), "unmute")

    def _unmute_storm(self) -> None:
        for _ in range(8):
            self._unmute()
            time.sleep(0.05)
        self.counts["unmutes in storms"] += 8

    def _change_default(self) -> None:
        name = self.random.choice([*self._added, "room_speaker.monitor", "mic_bus.monitor"])
        with contextlib.suppress(pulsectl.PulseOperationFailed):
            self._pulse.source_default_set(name)

    def _new_microphone(self) -> None:
        if len(self._added) >= MOST_MICROPHONES:
            self.server.unplug(self._added.pop(0))
        self._names += 1
        name = f"usb_mic_{self._names}"
        began = time.monotonic()
        self.server.add_source(name)
        self._added.append(name)
        while not self._is_muted(name) and time.monotonic() < began + 2.0:
            time.sleep(0.002)
        self.flagged_s.append(time.monotonic() - began)
