"""Every way of a page to another origin, tried with our gate and without it: what arrives there.

Without the gate any address may load and be looked up; what then arrives nowhere is held by Chromium, by the page's
settings, or has no meaning for an address on loopback (dns_prefetch).
"""

import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.table import table
from tests.fakes.hostile import MOVES, NOT_HELD, SERVICE, WAITING_S, WAYS, Traps, page
from tests.fakes.road_process import road_process
from tests.fakes.web_origin import Origin

OPEN_S = 6.0


def closed(errors: Path) -> dict[str, int]:
    with Traps([*WAYS, *MOVES]) as traps, Origin({"/service.js": SERVICE}) as origin:
        origin.pages["/room"] = page(traps)
        with road_process(errors, origin.host) as road:
            road.make(origin.host)
            road.join(f"{origin.url}/room")
            origin.wait_for("still_here", wait_s=60)
            time.sleep(WAITING_S)
        return {name: len(hits) for name, hits in traps.hits.items()}


def opened(errors: Path) -> dict[str, int]:
    """One page for the ways that leave it standing, one for each that would move it away."""
    with Traps([*WAYS, *MOVES]) as traps, Origin({"/service.js": SERVICE}) as origin, road_process(errors) as road:
        road.make(origin.host, anywhere=True)
        for only in (tuple(WAYS), *((move,) for move in MOVES)):
            origin.pages["/room"] = page(traps, only)
            road.join(f"{origin.url}/room")
            time.sleep(OPEN_S if only == tuple(WAYS) else OPEN_S / 2)
        road.leave()
        return {name: len(hits) for name, hits in traps.hits.items()}


def main(argv: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "stderr"
        without, behind = opened(errors), closed(errors)
    rows = [(way, without[way], behind[way], held(way, without[way], behind[way])) for way in [*WAYS, *MOVES]]
    print(table(f"{len(rows)} ways to another origin", ("way", "hits without the gate", "with it", "verdict"), rows))
    through = [way for way in behind if behind[way] and way not in NOT_HELD]
    print(f"Let through: {len(through)} of {len(rows) - len(NOT_HELD)}. Not held by any list of origins: WebRTC's own")
    print(f"packets to an address ({', '.join(sorted(NOT_HELD))}); a STUN or TURN server's name is not looked up.")
    return 1 if through else 0


def held(way: str, without: int, behind: int) -> str:
    if behind:
        return "not held (WebRTC)" if way in NOT_HELD else "LET THROUGH"
    return "held by the gate" if without else "held without it too"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
