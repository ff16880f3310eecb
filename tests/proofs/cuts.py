"""A power cut between any two rows: a meeting's journal is cut after every row, and the room comes back on each."""

import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from roomapp.events import RoomChanged, RoomView
from roomapp.profile import PRACTICE, load_profile
from roomapp.records.chain import Row, canonical, row_hash, stamp
from roomapp.records.journal import FILE_NAME, verify
from roomapp.records.store import MIGRATIONS, MOST_PAGES, open_store
from roomapp.words import Words
from tests.benchmarks.table import table
from tests.proofs.kill_child import page_of
from tests.proofs.kills import Kept, no_way_on, read_rows, wrong_page
from ui.assemble import Sound, assemble


def whole_meeting(folder: Path) -> list[Row]:
    """The rows of one meeting, walked by touch from power-on to sign-off."""
    from tests.journeys import test_practice_room as journey
    from tests.journeys.driver import Driver

    driver = Driver(folder, sound=Sound(False, True))
    try:
        for walk in (
            journey.ready_for_meeting, journey.into_meeting, journey.speak_once, journey.lose_and_reconnect,
            journey.shut_down,
        ):  # fmt: skip
            walk(driver)
        return driver.journal_rows()
    finally:
        driver.close()


def again(rows: Sequence[Row]) -> list[Row]:
    """The same meeting once more after itself: an older list, incident or signature must not be taken for its own."""
    added, seq, prev = list[Row](), len(rows), rows[-1].hash
    for row in rows:
        seq += 1
        body = {key: f"{value}-2" if key in ("run", "id") else value for key, value in row.body.items()}
        own = row_hash(seq, stamp(row.at), row.kind, canonical(body), prev)
        added.append(replace(row, seq=seq, body=body, prev=prev, hash=own))
        prev = own
    return added


def write_journal(folder: Path, rows: Sequence[Row]) -> None:
    """A journal that ends after these rows, as a power cut would leave it."""
    db, _ = open_store(folder / FILE_NAME, datetime.now(UTC), MIGRATIONS, MOST_PAGES)
    with closing(db):
        db.execute("BEGIN")
        for row in rows:
            values = (row.seq, stamp(row.at), row.kind, canonical(row.body), row.prev, row.hash)
            db.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", values)
        db.execute("COMMIT")


async def come_back(folder: Path, rows: Sequence[Row]) -> str:
    """Starts the room on the journal cut after these rows; what is wrong with its first page, "" for nothing."""
    write_journal(folder, rows)
    words, views = Words("vi"), list[RoomView]()

    def post(event: object) -> None:
        if isinstance(event, RoomChanged):
            views.append(event.view)

    house = await assemble(load_profile(PRACTICE, words), True, folder, words, post, sound=Sound(False, True))
    try:
        page = page_of(house.room, views[-1])
        since = read_rows(folder)[len(rows) :]
        wrong = wrong_page(Kept.of(list(rows)), since, page)
        await house.room.go_on()
        house.room.publish()
        page = page_of(house.room, views[-1])
        wrong = wrong or no_way_on(page)
    finally:
        await house.close()
    if not wrong and not verify(folder / FILE_NAME).intact:
        wrong = "the journal is not intact"
    return f"{wrong}; {page}" if wrong else ""


def cut_everywhere(rows: Sequence[Row]) -> tuple[Counter[str], list[str]]:
    """Cuts by the kind of the last row, and what was wrong."""
    cuts, faults = Counter[str](), []
    for number in range(len(rows) + 1):
        last = rows[number - 1] if number else None
        name = "nothing yet" if last is None else str(last.body.get("move", last.kind))
        cuts[name] += 1
        with tempfile.TemporaryDirectory(prefix="cut-") as folder:
            wrong = asyncio.run(come_back(Path(folder), rows[:number]))
        if wrong:
            faults.append(f"row {number}, after {name}: {wrong}")
    return cuts, faults


def main(argv: list[str]) -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix="cuts-") as folder:
        rows = whole_meeting(Path(folder))
    began = time.monotonic()
    cuts, faults = cut_everywhere([*rows, *again(rows)])
    bad = Counter(fault.split(" after ")[1].split(":")[0] for fault in faults)
    made = [(name, number, number - bad[name]) for name, number in cuts.items()]
    print(
        table(
            f"{cuts.total()} cuts, one after each row of two meetings",
            ("last row", "cuts", "same step, and a way on"),
            made,
        )
    )
    print(f"{time.monotonic() - began:.0f} s.")
    for fault in faults:
        print(f"- {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
