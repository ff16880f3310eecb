"""A killed writer loses no acknowledged row (200 kills), and 50,000 rows are verified within two seconds."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from roomapp.records.chain import FIRST_PREV, canonical, row_hash, stamp
from roomapp.records.journal import FILE_NAME, verify
from roomapp.records.store import MIGRATIONS, MOST_PAGES, open_store

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from roomapp.records.journal import Journal
async def main():
    journal = await Journal(Path(sys.argv[1]), lambda: datetime.now(UTC)).open()
    while True:
        row = await journal.append("x", {"text": "y" * 300})
        print(row.seq, flush=True)
asyncio.run(main())
"""


def kill_writers(file: Path, times: int) -> tuple[int, int]:
    """Starts and kills that many writers at random moments; returns rows kept, and kills that lost or broke one."""
    bad = said = 0
    for _ in range(times):
        with subprocess.Popen([sys.executable, "-c", WRITER, file], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = int(writer.stdout.readline())
            time.sleep(random.random() * 0.2)
            os.kill(writer.pid, signal.SIGKILL)
            said = max([said, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        verdict = verify(file)
        bad += not verdict.intact or verdict.rows < said
    return verify(file).rows, bad


def verify_many(file: Path, rows: int) -> float:
    """Seconds that a check of that many rows takes."""
    now = datetime.now(UTC)
    db, _ = open_store(file, now, MIGRATIONS, MOST_PAGES)
    with closing(db):
        db.execute("BEGIN")
        prev = FIRST_PREV
        for seq in range(1, rows + 1):
            at, body = stamp(now), canonical({"seat": f"ghe-{seq}", "outcome": "verified", "seconds": 0.25})
            own = row_hash(seq, at, "camera.aimed", body, prev)
            values = (seq, at, "camera.aimed", body, prev, own)
            db.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", values)
            prev = own
        db.execute("COMMIT")
    start = time.perf_counter()
    verdict = verify(file)
    assert verdict.intact, verdict
    assert verdict.rows == rows, verdict
    return time.perf_counter() - start


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        rows, bad = kill_writers(Path(folder) / FILE_NAME, 200)
        print(f"200 kills, {rows} rows kept, {bad} lost or broke an acknowledged row (SQLite {sqlite3.sqlite_version})")
        seconds = verify_many(Path(folder) / "many.db", 50_000)
        print(f"50,000 rows verified in {seconds:.2f} s (target 2 s)")
    return 0 if bad == 0 and seconds <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
