"""What `./kiosk bench [NAME [ARGUMENTS]]` runs: tests/benchmarks/bench_NAME.py, each table into docs/benchmarks.md."""

import sys

from results import Collection

BENCHMARKS = Collection("bench", "tests/benchmarks", "bench_", "docs/benchmarks.md", "Benchmarks")

if __name__ == "__main__":
    sys.exit(BENCHMARKS.run(sys.argv[1:]))
