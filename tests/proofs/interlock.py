"""10,000 random orders and faults of the microphone interlock on a real PulseAudio, 1,500 on a real PipeWire.

`./kiosk prove interlock [STEPS [MINUTES [SEED]]]`. An independent ear looks at every sample of the microphone, into
which a tone is played all the time: none may sound later than 0.1 s after the leave to speak has ended. Server and ear
have PulseAudio's usual priority (nice -11) where the user may give it, the keeper takes its own as on a PC; a sample's
time is that of its arrival.
"""

import logging
import os
import statistics
import sys
import time
from collections import defaultdict

from tests.benchmarks.table import table
from tests.fakes.ear import RATE_HZ
from tests.fakes.interlock.ledger import GRACE_S, Permit
from tests.fakes.interlock.walk import Walk
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.pulse_server import PulseServer, SoundServer

STEPS, PIPEWIRE_STEPS = 10_000, 1_500
MINUTES = 55.0
PULSE_SHARE = 0.85  # of the time
SAID = {
    "finish": "close ordered",
    "kill_program": "kill -9 of the program",
    "kill_while_opening": "kill -9 of the program while it opens",
    "kill_frozen_program": "SIGSTOP, then kill -9 of the program",
    "freeze_program": "SIGSTOP of the program (lease + 0 s)",
    "hang_loop": "the program's loop hangs (lease + 0 s)",
    "end_program": "ordered end of the program",
    "kill_keeper": "kill -9 of the keeper",
    "freeze_keeper": "SIGSTOP of the keeper (noticed within 1.35 s)",
    "kill_server": "kill -9 of the audio server (0 s: its first answer)",
    "opening failed": "an opening that did not come about",
    "unmute": "unmute by another program, once or every 50 ms",
    "replug": "the microphone is plugged in anew",
    "freeze_server": "SIGSTOP of the audio server (0 s: SIGCONT)",
}


def rows(walk: Walk) -> list[tuple[object, ...]]:
    """How long after its end each kind of leave, and each fault that opened, was still heard."""
    ways: dict[str, list[Permit]] = defaultdict(list)
    for permit in walk.ledger.done:
        if permit.how in SAID:
            ways[permit.how].append(permit)
    made = []
    for how, said in SAID.items():
        after = [max(permit.after, 0.0) * 1000 for permit in ways[how]]
        if after:
            heard = sum(permit.heard for permit in ways[how])
            made.append((said, len(after), heard, f"{statistics.median(after):.0f}", f"{max(after):.0f}"))
    return made


def tell(name: str, walk: Walk, took_s: float) -> None:
    ledger = walk.ledger
    header = ("what ended", "times", "heard before", "last sound after ms, median", "worst")
    print(table(f"{name}: {walk.steps} steps in {took_s / 60:.1f} minutes", header, rows(walk)))
    moves = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in sorted(walk.counts.items()))
    answers = ", ".join(f"{answer} {count}" for answer, count in sorted(walk.answers.items()))
    flagged = walk.flagged_s or [0.0]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"Load averages of the machine at the end (1, 5, 15 minutes): {load}.\n")
    print(f"Moves: {moves}.\n\nAnswers: {answers}.\n")
    print(
        f"{ledger.frames / RATE_HZ:.0f} s of the microphone were looked at sample by sample, of which"
        f" {ledger.sounding / RATE_HZ:.1f} s sounded and {ledger.beside_leave / RATE_HZ:.1f} s of these without leave,"
        f" within {GRACE_S:.1f} s of what had opened it. New microphones: mute flag after"
        f" {statistics.median(flagged) * 1000:.0f} ms (median; worst {max(flagged) * 1000:.0f}), plugging in included."
        f"\n\nSamples of sound later than {GRACE_S:.1f} s without leave: {sum(b.samples for b in ledger.breaches)}.\n"
    )
    for step in sorted({breach.step for breach in ledger.breaches}):
        here = [breach for breach in ledger.breaches if breach.step == step]
        late_ms, samples = max(breach.late_s for breach in here) * 1000, sum(breach.samples for breach in here)
        stalled_ms = max(breach.stalled_s for breach in here) * 1000
        print(
            f"- step {step}: {samples} samples, up to {late_ms:.0f} ms after, following {here[0].moves};"
            f" machine or audio server stood still for up to {stalled_ms:.0f} ms"
        )


def prove(name: str, server: SoundServer, seed: int, steps: int, until: float) -> bool:
    walk = Walk(server, seed)
    with walk.walking():
        began = time.monotonic()
        walk.walk(steps, until)
        took_s = time.monotonic() - began
    tell(name, walk, took_s)
    return not walk.ledger.breaches and walk.steps == steps


def main(argv: list[str]) -> int:
    logging.disable(logging.CRITICAL)
    steps = int(argv[0]) if argv else STEPS
    began, within_s = time.monotonic(), 60 * (float(argv[1]) if len(argv) > 1 else MINUTES)
    seed = int(argv[2]) if len(argv) > 2 else 1
    on_pulse = prove("PulseAudio", PulseServer(), seed, steps, began + PULSE_SHARE * within_s)
    on_pipewire = prove("PipeWire", PipeWireServer(), seed, min(steps, PIPEWIRE_STEPS), began + within_s)
    return 0 if on_pulse and on_pipewire else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
