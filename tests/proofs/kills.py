"""kill -9 at random moments of both checklists and of a meeting: the same step again, nothing lost, mic closed."""

import json
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from roomapp.records.chain import READ as READ_ROWS
from roomapp.records.chain import Row, read_only, row_from
from roomapp.records.journal import FILE_NAME, verify
from tests.benchmarks.table import table
from tests.fakes.processes import Child

KILLS, AT_ONCE = 200, 2
FIRST_PAGE_S, STAGE_S, DIE_S = 60.0, 150.0, 10.0
LONGEST_AFTER_S = 1.5
MOST_FAULTS = 20  # then it is plain enough
STAGES = (
    "checking", "sound", "framing", "ready", "joining", "in_room", "speaking", "lost", "leave_granted", "rejoining",
    "restored", "closing", "shutting_down", "off",
)  # fmt: skip
BRIEF = ("speaking", "closing", "leave_granted")  # over, a moment later
FARTHEST = 5  # stages that a round walks at most before the next kill
SETTLED = ("passed", "warned", "skipped")
HOME, CHECKS, SHUTDOWN, LOST = (
    ("home", "calendar", "practice"),
    ("power_on", "sound", "framing"),
    ("shutdown",),
    ("lost",),
)
PLACES = {
    "off": HOME, "checking": CHECKS, "ready": HOME, "joining": HOME, "closing": SHUTDOWN, "shutting_down": SHUTDOWN,
}  # fmt: skip
GRANTED = ("leave_granted", "rejoining")
LISTS = {"checking": "power_on", "closing": "shutdown", "shutting_down": "shutdown"}
BEGINS = {"power_on": ("power_on", "recheck"), "shutdown": ("declare_closing", "shut_down")}
INCIDENT_STEPS = {"opened": 1, "called": 2, "told": 3, "link_back": 4, "leave": 5, "restored": 6, "lost_again": 1}


@dataclass(slots=True)
class Kept:
    """What the journal says of the room, read by other code than the room's own."""

    phase: str = "off"
    run: str = ""  # of the checklist that this phase runs; "" where it had not begun
    states: dict[str, str] = field(default_factory=dict)
    switching: set[str] = field(default_factory=set)  # announced, outcome unknown
    incident: int = 0  # step of the open one

    @classmethod
    def of(cls, rows: list[Row]) -> "Kept":
        kept = cls()
        for row in rows:
            kept.take(row.kind, row.body)
        return kept

    def take(self, kind: str, body: Mapping[str, Any]) -> None:
        if kind == "session.moved":
            self.phase = body["phase"]
            if any(body["move"] in moves for moves in BEGINS.values()):
                self.run = ""
        elif kind == "checklist.started":
            self.run, self.states, self.switching = body["run"], {}, set()
        elif kind == "checklist.switching":
            self.switching.add(body["step"])
        elif kind == "checklist.step":
            self.states[body["step"]] = body["state"]
            self.switching.discard(body["step"])
        elif kind == "incident.closed":
            self.incident = 0
        elif kind.startswith("incident.") and (step := INCIDENT_STEPS.get(kind.removeprefix("incident."))):
            later = kind in ("incident.restored", "incident.lost_again", "incident.leave")
            self.incident = step if later else max(self.incident, step)


def read_rows(folder: Path) -> list[Row]:
    db = read_only(folder / FILE_NAME)
    try:
        return [row_from(found) for found in db.execute(f"{READ_ROWS} ORDER BY seq")]
    finally:
        db.close()


def _went_on(kept: Kept, page: Mapping[str, Any]) -> bool:
    """Only the list's own end was missing: every step was settled and kept."""
    done = kept.phase == "checking" and page["phase"] == "ready" and page["place"] in HOME
    return done and all(kept.states.get(step) in SETTLED for step, _ in page["steps"])


def no_way_on(page: Mapping[str, Any]) -> str:
    """Why an officer in front of this page could not go on; "" where there is a way."""
    phase, step = page["phase"], page["incident"]
    if phase in LISTS and page["list"] != LISTS[phase]:
        return f"{phase} without its list"
    done = phase in LISTS and all(state in SETTLED for _, state in page["steps"])
    if done and phase != "shutting_down":
        return f"{phase}, and every step of its list is settled"
    if phase == "lost" and not 1 <= step <= 4:
        return f"lost, with an incident at step {step}"  # 5 would reconnect without leave
    if phase == "leave_granted" and step != 5:
        return f"leave is granted, with an incident at step {step}"
    if step and phase in ("off", "checking", "ready", "shutting_down"):
        return f"{phase} with an incident at step {step}"
    return ""


def wrong_page(kept: Kept, since: list[Row], page: Mapping[str, Any]) -> str:
    """What the first page shows that the journal at the kill does not say; "" when it is the same step.

    `since`: what the restarted kiosk wrote before its first page was told.
    """
    places = PLACES.get(kept.phase, LOST)
    if page["place"] not in places and not _went_on(kept, page):
        return f"{kept.phase} comes back on {page['place']}"
    if places is LOST:
        # A restart ends the call: what had been restored, or may be reconnected no longer, is lost again.
        over = kept.incident in (0, 6) or (kept.incident == 5 and kept.phase not in GRANTED)
        wanted = 5 if kept.phase in GRANTED else 1 if over else kept.incident
        return "" if page["incident"] == wanted else f"incident step {wanted} comes back as {page['incident']}"
    if page["incident"]:
        return f"an incident of step {page['incident']} outside a meeting"
    if kept.phase not in LISTS:
        return ""
    if page["list"] != LISTS[kept.phase]:
        return f"{kept.phase} comes back with the list {page['list'] or 'none'}"
    if kept.run and page["run"] != kept.run:
        return "another run of the checklist"
    after = Kept.of(since).states
    for step, state in page["steps"]:
        before = kept.states.get(step, "")
        if step in kept.switching and kept.run and state != "ask":
            return f"{step} was being switched, and is {state} instead of asked"
        if before in SETTLED and kept.run and state != before:
            return f"{step} was {before}, is {state}"
        if state in SETTLED and before not in SETTLED and after.get(step) != state:
            return f"{step} is {state}, and nothing in the journal says so"
    return ""


@dataclass(slots=True)
class Tally:
    """What one stage's kills came to."""

    kills: int = 0
    same_step: int = 0
    intact: int = 0
    told: int = 0  # rows acknowledged in the rounds that ended here
    lost: int = 0
    closed: int = 0
    left: int = 0  # processes that outlived their kiosk


class Life:
    """One data folder, killed and started again and again."""

    def __init__(self, folder: Path, chance: random.Random, tallies: dict[str, Tally], faults: list[str]) -> None:
        self._folder, self._chance, self._tallies, self._faults = folder, chance, tallies, faults
        self._hashes: dict[int, str] = {}
        self._last: dict[str, Any] = {}
        self._kept, self._rows, self._told = Kept(), 0, 0
        self._stage = "off"
        self.start_s: list[float] = []

    def round(self, number: int, last: bool) -> None:
        """Start, look at the first page, walk to a stage, kill, and read what was kept; the last one only looks."""
        command = [
            sys.executable,
            "-m",
            "tests.proofs.kill_child",
            str(self._folder),
            str(self._chance.randrange(1 << 30)),
        ]
        log = self._folder.parent / f"{self._folder.name}-{number}.log"
        began = time.monotonic()
        with Child(command, stderr=log) as child:
            page = self._hear(child, FIRST_PAGE_S)
            if not page:
                self._faults.append(
                    f"round {number}: no first page after a kill in {self._stage}: {log.read_text()[-1500:]}"
                )
                return
            self.start_s.append(time.monotonic() - began)
            if number:
                self._judge(number, page)
            if last:
                return
            self._stage = self._walk(child, number)
            below = psutil.Process(child.pid).children(recursive=True)
            child.signal(signal.SIGKILL)
            child.wait(DIE_S)
            _, left = psutil.wait_procs(below, DIE_S)
            while self._hear(child, 1.0):  # what was on its way
                pass
        self._after_kill(number, len(left))

    def _hear(self, child: Child, wait_s: float) -> dict[str, Any]:
        line = child.line(wait_s)
        if not line.endswith("}"):
            return {}
        self._last = json.loads(line)
        self._hashes.update((seq, own) for seq, own in self._last["rows"])
        return self._last

    def _walk(self, child: Child, number: int) -> str:
        """Until a stage not far from here, and then a moment longer; returns where it was killed."""
        here = STAGES.index(self._last["stage"])
        wanted = STAGES[(here + self._chance.randrange(FARTHEST + 1)) % len(STAGES)]
        ends = time.monotonic() + STAGE_S
        while self._last["stage"] != wanted and time.monotonic() < ends:
            if not self._hear(child, ends - time.monotonic()):
                self._faults.append(f"round {number}: {wanted} did not come; last {self._last}")
                break
        longest_s = self._chance.choice((0.05, 0.4, 0.4 if wanted in BRIEF else LONGEST_AFTER_S))
        ends = time.monotonic() + self._chance.uniform(0, longest_s)
        while (left_s := ends - time.monotonic()) > 0:
            self._hear(child, left_s)
        return str(self._last["stage"])

    def _after_kill(self, number: int, left: int) -> None:
        tally = self._tallies[self._stage]
        verdict = verify(self._folder / FILE_NAME)
        rows = {row.seq: row for row in read_rows(self._folder)}
        lost = [seq for seq, own in self._hashes.items() if seq not in rows or rows[seq].hash != own]
        tally.kills += 1
        tally.left += left
        tally.intact += verdict.intact
        tally.told += len(self._hashes) - self._told
        tally.lost += len(lost)
        self._told = len(self._hashes)
        self._kept, self._rows = Kept.of(list(rows.values())), len(rows)
        if not verdict.intact or lost or left:
            self._faults.append(f"round {number}, {self._stage}: {verdict}, lost {lost[:5]}, {left} processes left")
        shown = [
            step for step, state in self._last["steps"] if state in SETTLED and self._last["run"] == self._kept.run
        ]
        unkept = [step for step in shown if self._kept.states.get(step) not in SETTLED]
        if unkept:
            self._faults.append(f"round {number}, {self._stage}: {unkept} shown as settled, and not kept")

    def _judge(self, number: int, page: dict[str, Any]) -> None:
        """The first page against the journal as the kill left it."""
        tally = self._tallies[self._stage]
        since = read_rows(self._folder)[self._rows :]
        wrong = wrong_page(self._kept, since, page)
        closed = set(page["first_lamps"]) == {"closed"}
        tally.same_step += not wrong
        tally.closed += closed
        if wrong or not closed:
            self._faults.append(f"round {number}, {self._stage}: {wrong or 'microphone not closed'}; {page}")


def kill_many(kills: int, folder: Path, seed: int) -> tuple[dict[str, Tally], list[str], list[float]]:
    """So many kills, two lives side by side; what they came to by stage, what was wrong, seconds to each first page."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    faults: list[str] = []
    left = iter(range(kills))
    taking = threading.Lock()

    def live(life: Life) -> None:
        for number in count():
            with taking:
                wanted = next(left, None)
            life.round(number, last=wanted is None)
            if wanted is None or len(faults) > MOST_FAULTS:
                return

    lives = []
    for number in range(AT_ONCE):
        (folder / f"life-{number}").mkdir()
        lives.append(Life(folder / f"life-{number}", random.Random(seed + number), tallies, faults))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(live, lives))
    return tallies, faults, [seconds for life in lives for seconds in life.start_s]


def told(tallies: Mapping[str, Tally]) -> str:
    header = (
        "phase", "kills", "same step", "journal intact", "rows acknowledged", "rows lost", "microphone closed",
        "processes left",
    )  # fmt: skip
    named = [*((stage, tallies[stage]) for stage in STAGES if stage in tallies)]
    whole = Tally(*(sum(getattr(t, one) for _, t in named) for one in Tally.__slots__))
    rows = [
        (stage, t.kills, t.same_step, t.intact, t.told, t.lost, t.closed, t.left)
        for stage, t in [*named, ("all", whole)]
    ]
    return table(f"{whole.kills} kills of the kiosk in the practice room", header, rows)


def main(argv: list[str]) -> int:
    kills = int(argv[0]) if argv else KILLS
    seed = random.SystemRandom().randrange(1 << 30)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        began = time.monotonic()
        tallies, faults, start_s = kill_many(kills, Path(folder), seed)
        spent = time.monotonic() - began
    print(told(tallies))
    print(f"Seed {seed}, {spent:.0f} s; median time to the first page {statistics.median(start_s):.1f} s, two at once.")
    for fault in faults:
        print(f"- {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
