"""What is said of being in the meeting, over every way in which it may not be so: real Janus, real sound.

`./kiosk prove conference_truth`. Each case runs in a network of its own. A look is a false “in the meeting” where no
picture of the far site had been decoded for FRESH_S; an incident is false where the case has none.
"""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.table import table
from tests.fakes.janus_server import H264_ROOM, ROOM, JanusServer, Participant
from tests.fakes.janus_site import Site
from tests.fakes.processes import Child, Told
from tests.fakes.pulse_server import PulseServer

TRUTH_S = 8.0
LOOKED_S = 1.0  # between two looks of the page and two of the room
FRESH_S = 3.0 + LOOKED_S
JOIN_S = 40.0
STARVED = ("rate", "60kbit", "burst", "5kb", "latency", "150ms")


@dataclass(frozen=True, slots=True)
class Case:
    """`fault` acts on a call in the meeting (or, before it, instead of one); `incident`: one must be told, or none."""

    name: str
    options: tuple[str, ...] | None  # of the chair site; None: nobody is there
    fault: Callable[["Scene"], None] | None = None
    incident: bool | None = False  # None: either
    watched_s: float = 20.0
    room: int = ROOM
    says: str = ""


@dataclass(slots=True)
class Scene:
    site: Site
    chair: Participant | None
    renderer: int


def starve(scene: Scene) -> None:
    scene.site.server.start(["tc", "qdisc", "add", "dev", "lo", "root", "tbf", *STARVED])


def chair(act: str) -> Callable[[Scene], None]:
    return lambda scene: getattr(scene.chair, act)()


def renderer(which: signal.Signals) -> Callable[[Scene], None]:
    return lambda scene: os.kill(scene.renderer, which)


CASES = (
    Case("the server is killed", (), lambda scene: scene.site.server.kill_janus(), True),
    Case("the link is starved to 60 kbit/s", (), starve, None, 30.0),
    Case("the chair site stands still", (), chair("freeze")),
    Case("the chair site goes", (), chair("end")),
    Case("the page hangs", (), renderer(signal.SIGSTOP), True, 12.0, says="page_hung"),
    Case("the page's process is killed", (), renderer(signal.SIGKILL), True, 4.0, says="page_crashed"),
    Case("nobody is in the room", None, says="no_picture_yet"),
    Case("the chair site's camera is off", ("--no-picture",), watched_s=60.0, says="no_picture_yet"),
    Case("the chair site's microphone is closed for good", ("--no-sound",), watched_s=60.0, says="no_sound_yet"),
    Case("a room of H.264 only", (), room=H264_ROOM, says="no_common_codec"),
)


def play(case: Case) -> tuple[object, ...]:
    """One row: what was said, when, and how often it was false."""
    with tempfile.TemporaryDirectory() as folder, JanusServer() as server, PulseServer() as pulse:
        site = Site(Path(folder), server, pulse)
        there = Participant(server, *case.options, room=case.room) if case.options is not None else None
        call = site.watch(case.room)
        if case.fault is None:
            call.until(lambda told: told.get("linked"), "the link", JOIN_S)
            began, looks = time.monotonic(), seen(call, case.watched_s)
        else:
            whole = call.until(lambda told: told.get("in_meeting"), "the meeting", JOIN_S)
            call.during(2.0)
            case.fault(Scene(site, there, int(whole["renderer"])))
            began, looks = time.monotonic(), seen(call, case.watched_s)
    return judged(case, began, looks)


def seen(call: Child, seconds: float) -> list[tuple[float, Told]]:
    """Each look with the time at which it was told."""
    ends, looks = time.monotonic() + seconds, []
    while (left := ends - time.monotonic()) > 0 and (line := call.during(min(left, 0.2))) is not None:
        looks += [(time.monotonic(), told) for told in line if "state" in told]
    return looks


def judged(case: Case, began: float, looks: list[tuple[float, Told]]) -> tuple[object, ...]:
    frames, fresh_at, false = -1, 0.0, 0
    for at, told in looks:
        if told["frames_in"] > frames:
            frames, fresh_at = told["frames_in"], at
        false += told["in_meeting"] and at - fresh_at > FRESH_S
    truth = next((at - began for at, told in looks if not told["in_meeting"]), None)
    incidents = [at - began for at, told in looks if told["incident"]]
    wrong_incident = (bool(incidents) and case.incident is False) or (not incidents and case.incident is True)
    last = looks[-1][1] if looks else {"state": "-", "said": "-", "linked": False}
    said = case.says == "" or any(told["said"] == case.says for _, told in looks)
    late = case.fault is not None and case.incident is not None and (truth is None or truth > TRUTH_S + LOOKED_S)
    ok = not (false or wrong_incident or late) and said
    when = "-" if truth is None else f"{max(truth, 0.0):.1f}"
    incident = f"after {incidents[0]:.1f} s" if incidents else "none"
    return case.name, when, f"{last['state']}: {last['said']}", incident, false, "yes" if ok else "NO"


def main(_arguments: list[str]) -> int:
    began = time.monotonic()
    rows = [play(case) for case in CASES]
    header = ("case", "no longer “in the meeting” after s", "at the end", "incident", "false looks", "as it must be")
    print(table(f"{len(rows)} ways of not being in the meeting", header, rows))
    wrong = sum(row[-1] != "yes" for row in rows)
    print(f"Not as they must be: {wrong} of {len(rows)}. {time.monotonic() - began:.0f} s.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
