"""From the tap to the meeting: the kiosk's web road beside `chromium --kiosk`, same page, same Janus, in one run.

`./kiosk bench join [ROUNDS]`: how often each is joined, in turn (5).
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.benchmarks.call_ground import CallGround, lacking, usage
from tests.benchmarks.table import table

ROUNDS = 5
SETTLE_S, WATCH_S = 3.0, 10.0
APART_S = 1.0  # for Janus to see the last one off
FOOTING = """
Ours is the web road's process without the kiosk's own pages. The page itself tells its server when its publishing
connection stood, and when a far picture was first shown. Both engines start with a fresh profile, unsandboxed where
root runs them, without a GPU, on Xvfb of 1280 x 720, with the same stand-ins for camera and microphone.
"""


@dataclass(slots=True)
class Measured:
    """One way of joining, a value each round."""

    joined: list[float] = field(default_factory=list)
    frame: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    pss: list[float] = field(default_factory=list)
    uss: list[float] = field(default_factory=list)
    processes: list[float] = field(default_factory=list)

    def moments(self, joined: float, frame: float) -> None:
        self.joined.append(joined)
        self.frame.append(frame)

    def watch(self, pid: int) -> None:
        """What it costs in the call."""
        time.sleep(SETTLE_S)
        before, began = usage(pid), time.monotonic()
        time.sleep(WATCH_S)
        after = usage(pid)
        self.cpu.append(after.cpu_pct(before, time.monotonic() - began))
        self.pss.append(after.pss_mb)
        self.uss.append(after.uss_mb)
        self.processes.append(len(after.cpu_s))


@dataclass(slots=True)
class Ahead:
    """The road's process before it joins, not warmed and warmed, and the seconds that warming takes."""

    idle: list[float] = field(default_factory=list)
    warmed: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)


class Joins:
    """Each method is one round of one way."""

    def __init__(self, ground: CallGround) -> None:
        self._ground = ground
        self.ahead = Ahead()

    def chromium(self, into: Measured) -> None:
        run, url = self._ground.run()
        tap = time.monotonic()
        with self._ground.chromium(url) as browser:
            into.moments(*self._ground.moments(run, tap))
            into.watch(browser.pid)

    def cold(self, into: Measured) -> None:
        run, url = self._ground.run()
        tap = time.monotonic()
        with self._ground.road() as road:
            road.make(*self._ground.server.allow)
            road.join(url)
            into.moments(*self._ground.moments(run, tap))
            into.watch(road.pid)

    def first(self, into: Measured) -> None:
        """The process stands, QtWebEngine was never loaded."""
        self._standing(into, warm=False)

    def warm(self, into: Measured) -> None:
        """As first, with warm() before the tap."""
        self._standing(into, warm=True)

    def _standing(self, into: Measured, warm: bool) -> None:
        run, url = self._ground.run()
        with self._ground.road() as road:
            road.make(*self._ground.server.allow)
            time.sleep(SETTLE_S)
            if warm:
                self.ahead.idle.append(usage(road.pid).pss_mb)
                self.ahead.took.append(road.do("warm")["took"])
                time.sleep(SETTLE_S)
                self.ahead.warmed.append(usage(road.pid).pss_mb)
            tap = time.monotonic()
            assert road.join(url)["error"] is None
            into.moments(*self._ground.moments(run, tap))
            if warm:
                into.watch(road.pid)


def spread(values: Sequence[float], digits: int) -> str:
    """Median, least and most."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def both(own: Sequence[float], peer: Sequence[float], digits: int = 0) -> tuple[str, str]:
    """Its figure, and its ratio to the peer's."""
    return spread(own, digits), f"{statistics.median(own) / statistics.median(peer):.2f}x"


def times(all_ways: dict[str, Measured], peer: Measured, rounds: int) -> str:
    rows = [
        (name, *both(way.joined, peer.joined, 2), *both(way.frame, peer.frame, 2)) for name, way in all_ways.items()
    ]
    header = ("", "tap to joined, s", "ratio", "tap to first far picture, s", "ratio")
    title = f"Tap to the meeting, medians (least-most) of {rounds} rounds in turn (targets, warmed: <= 0.4x, <= 0.5x)"
    return table(title, header, rows)


def costs(all_ways: dict[str, Measured], peer: Measured) -> str:
    rows = [
        (name, *both(way.pss, peer.pss), *both(way.uss, peer.uss), *both(way.cpu, peer.cpu), spread(way.processes, 0))
        for name, way in all_ways.items()
        if way.pss
    ]
    header = ("", "PSS, MB", "ratio", "USS, MB", "ratio", "CPU, % of a core", "ratio", "processes")
    title = f"In the call, all processes, {WATCH_S:.0f} s (targets: PSS <= 1.0x, USS <= 1.3x, CPU <= 1.0x)"
    return table(title, header, rows)


def main(rounds: int = ROUNDS) -> int:
    if missing := lacking():
        print(f"not installed: {', '.join(missing)}", file=sys.stderr)
        return 3
    measured = {"chromium --kiosk, from its start": Measured(), "ours, from the start of a process": Measured()}
    measured |= {"ours, the first join of a standing process": Measured(), "ours, warmed before": Measured()}
    with CallGround() as ground:
        joins = Joins(ground)
        ways: list[Callable[[Measured], None]] = [joins.chromium, joins.cold, joins.first, joins.warm]
        order = list(zip(ways, measured.values(), strict=True))
        for number in range(rounds):
            for way, into in order[number % len(order) :] + order[: number % len(order)]:
                way(into)
                time.sleep(APART_S)
    peer, *_ = measured.values()
    print(times(measured, peer, rounds))
    print(costs(measured, peer))
    ahead = joins.ahead
    print(f"Warming takes {spread(ahead.took, 2)} s and raises the process from {spread(ahead.idle, 0)} to ", end="")
    print(f"{spread(ahead.warmed, 0)} MB of PSS.")
    print(FOOTING)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(rounds) for rounds in sys.argv[1:])))
