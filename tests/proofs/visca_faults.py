"""Every fault of cameras and lines that we know, over each VISCA line: no false success, nothing twice, no hang."""

import asyncio
import logging
import sys
import time

from tests.benchmarks.table import table
from tests.fakes.visca.faults import FAULTS, Fault
from tests.fakes.visca.play import Played, play

AT_ONCE = 8  # most of it is waiting


async def play_all() -> list[Played]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(fault: Fault, way: str) -> Played:
        async with room:
            return await play(fault, way)

    return list(await asyncio.gather(*(one(fault, way) for fault in FAULTS for way in fault.ways)))


def wrong(played: Played) -> list[str]:
    return [
        name
        for name, is_so in (
            ("false success", bool(played.false)),
            ("executed twice", played.executed > 1),
            ("hang", played.hung),
            ("unexpected end", not played.right),
        )
        if is_so
    ]


def main(argv: list[str]) -> int:
    logging.disable(logging.WARNING)
    began = time.monotonic()
    results = asyncio.run(play_all())
    rows = [
        (
            played.fault.name,
            played.way.removeprefix("visca-"),
            played.outcome,
            played.reason,
            f"{played.seconds:.2f}",
            played.executed,
            played.false or "no",
        )
        for played in results
    ]
    header = ("script", "way", "outcome", "reason", "seconds", "times executed", "false success")
    print(table(f"{len(FAULTS)} fault scripts, {len(rows)} plays over four VISCA lines", header, rows))
    faults = [(played, wrong(played)) for played in results if wrong(played)]
    said = {name: sum(name in names for _, names in faults) for name in ("false success", "executed twice", "hang")}
    print(
        f"False successes {said['false success']}, executed twice {said['executed twice']}, hangs {said['hang']};"
        f" ended otherwise than the script allows: {sum(not played.right for played in results)}."
        f" {time.monotonic() - began:.0f} s."
    )
    for played, names in faults:
        print(f"- {played.fault.name}, {played.way}: {', '.join(names)}; {played.outcome} {played.reason}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
