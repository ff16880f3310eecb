"""Every way of a page to another origin, tried without and with what we hold it by: what arrives there.

With neither any address may load and be looked up; what then arrives nowhere is held by Chromium, by the page's
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


def closed(errors: Path, by_host: bool) -> dict[str, int]:
    with Traps([*WAYS, *MOVES]) as traps, Origin({"/service.js": SERVICE}) as origin:
        origin.pages["/room"] = page(traps)
        with road_process(errors, *([origin.host] if by_host else [])) as road:
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
        without, gate, both = opened(errors), closed(errors, by_host=False), closed(errors, by_host=True)
    rows = [(way, without[way], gate[way], both[way], held(way, without, gate, both)) for way in [*WAYS, *MOVES]]
    header = ("way", "hits with neither", "with the page's gate", "and no other host looked up", "verdict")
    print(table(f"{len(rows)} ways to another origin", header, rows))
    through = [way for way in both if both[way] and way not in NOT_HELD]
    print(f"Let through: {len(through)} of {len(rows) - len(NOT_HELD)}. Not held by any list of origins: WebRTC's own")
    print(f"packets to an address ({', '.join(sorted(NOT_HELD))}); a STUN or TURN server's name is not looked up.")
    return 1 if through else 0


def held(way: str, without: dict[str, int], gate: dict[str, int], both: dict[str, int]) -> str:
    if both[way]:
        return "not held (WebRTC)" if way in NOT_HELD else "LET THROUGH"
    if gate[way]:
        return "held by the list of hosts"
    return "held by the gate" if without[way] else "held without either"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
