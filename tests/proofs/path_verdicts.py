"""A real coturn at the end of lines of many kinds: what the path is then called, by which numbers, after how long."""

import sys
import time

from tests.benchmarks.table import table
from tests.devices.link.test_path import Line, probes
from tests.fakes.processes import Told

QUICK_S = 5.0
# name, tc's token bucket on loopback (both ways share it; the burst and its answers take about 1 Mbit/s), right states
LINES = (
    ("clean", (), {"good"}),
    ("2 Mbit/s", ("rate", "2mbit", "burst", "16kb", "latency", "100ms"), {"good"}),
    ("1.3 Mbit/s, enough", ("rate", "1300kbit", "burst", "8kb", "latency", "100ms"), {"good", "weak"}),
    ("900 kbit/s, a tenth too little", ("rate", "900kbit", "burst", "8kb", "latency", "100ms"), {"weak", "bad"}),
    ("250 kbit/s", ("rate", "250kbit", "burst", "5kb", "latency", "150ms"), {"bad"}),
    ("64 kbit/s", ("rate", "64kbit", "burst", "3kb", "latency", "400ms"), {"bad"}),
)


def cells(name: str, told: Told, right: set[str]) -> tuple[object, ...]:
    loss = f"{told['loss_pct']} ({told['loss_from_pct']} to {told['loss_to_pct']})"
    fits = told["state"] in right and told["seconds"] <= QUICK_S
    times = (told["median_ms"], told["p95_ms"], told["jitter_ms"])
    said = (
        told["state"],
        ", ".join(told["faults"]),
        told["sent"],
        loss,
        *times,
        f"{told['connected']}/{told['tried']}",
    )
    return name, *said, told["seconds"], "yes" if fits else "NO"


def main(argv: list[str]) -> int:
    rows = []
    for name, bucket, right in LINES:
        with Line() as line:
            time.sleep(0.5)
            if bucket:
                line.run("tc", "qdisc", "add", "dev", "lo", "root", "tbf", *bucket)
            rows.append(cells(name, line.measured(*probes()), right))
    with Line() as line:
        rows.append(
            cells("nobody listens there", line.measured("stun://127.0.0.1:9", "tcp://127.0.0.1:9"), {"unknown"})
        )
    header = (
        "line",
        "state",
        "faults",
        "sent",
        "loss % (95 %)",
        "median ms",
        "p95 ms",
        "jitter ms",
        "TCP",
        "s",
        "as expected",
    )
    print(table("Paths as the quick check sees them", header, rows))
    wrong = [row for row in rows if row[-1] == "NO"]
    print(f"Not as expected: {len(wrong)} of {len(rows)}.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
