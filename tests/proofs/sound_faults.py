"""Each fault of the microphone check from recorded signals, many times: what was done against what was said first."""

import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

from devices.audio.measuring.verdict import judge
from tests.benchmarks.table import table
from tests.fakes.sound_faults import CASES

RUNS = 20
WANTED = 0.95
GOOD = "good"


def said(play: tuple[int, int]) -> str:
    case = CASES[play[0]]
    verdict = judge(*case.steps(play[1]), "mic", case.seen)
    return str(verdict.faults[0]) if verdict.faults else GOOD


def main(argv: list[str]) -> int:
    runs = int(argv[0]) if argv else RUNS
    began = time.monotonic()
    plays = [(case, seed) for case in range(len(CASES)) for seed in range(100, 100 + runs)]
    with ProcessPoolExecutor(2) as pool:
        answers = list(pool.map(said, plays, chunksize=4))
    counted = {
        at: Counter(a for (case, _), a in zip(plays, answers, strict=True) if case == at) for at in range(len(CASES))
    }
    columns = [name for name in [GOOD, *dict.fromkeys(str(c.fault) for c in CASES if c.fault)]]
    columns += sorted({name for counts in counted.values() for name in counts} - set(columns))
    rows, short = [], []
    for at, case in enumerate(CASES):
        right = counted[at][str(case.fault) if case.fault else GOOD] / runs
        rows.append((case.name, f"{100 * right:.0f} %", *(counted[at][name] or "" for name in columns)))
        if right < WANTED:
            short.append(case.name)
    title = f"{len(CASES)} cases, {runs} times each with another voice, level and room: what was said first"
    print(table(title, ("what was done", "right", *columns), rows))
    print(f"Under {100 * WANTED:.0f} %: {', '.join(short) or 'none'}. {time.monotonic() - began:.0f} s.")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
