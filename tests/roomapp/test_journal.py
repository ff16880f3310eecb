"""What is acknowledged is on the disk; what is on the disk never changes unseen; a broken file stops nobody."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest

from roomapp.records.chain import FIRST_PREV, canonical, row_hash
from roomapp.records.journal import FILE_NAME, Head, Journal, JournalError, verify
from roomapp.records.store import MIGRATIONS
from roomapp.words import LANGUAGES, Words

T = TypeVar("T")
START = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)


def ticking() -> Callable[[], datetime]:
    seconds = count()
    return lambda: START + timedelta(seconds=next(seconds))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / FILE_NAME


def with_journal(file: Path, work: Callable[[Journal], Awaitable[T]], **options: Any) -> T:
    async def whole() -> T:
        journal = await Journal(file, ticking(), **options).open()
        try:
            return await work(journal)
        finally:
            await journal.close()

    return asyncio.run(whole())


def filled(file: Path, rows: int = 20) -> None:
    async def work(journal: Journal) -> None:
        for number in range(rows):
            await journal.append("camera.aimed", {"seat": f"ghe-{number}", "note": "Đã tới"})

    with_journal(file, work)


def tampered(file: Path, *statements: str) -> None:
    """As its owner could do it: the triggers dropped first."""
    with closing(sqlite3.connect(file)) as db:
        for trigger in ("rows_never_change", "rows_never_go", "rows_come_last"):
            db.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_row_comes_back_as_it_was_appended(file: Path) -> None:
    async def work(journal: Journal) -> None:
        row = await journal.append("meeting.joined", {"b": [1, 2.5, None], "a": "Họp"})
        assert (row.seq, row.at, row.prev) == (1, START + timedelta(seconds=1), FIRST_PREV)
        assert journal.rows() == [row]
        assert journal.head() == Head(1, row.hash)

    with_journal(file, work)


def test_rows_are_chosen_by_kind_and_number(file: Path) -> None:
    async def work(journal: Journal) -> None:
        for kind in ("a", "b", "a", "b"):
            await journal.append(kind, {})
        assert [row.seq for row in journal.rows(kind="a")] == [1, 3]
        assert [row.seq for row in journal.rows(since=2)] == [3, 4]
        assert [row.seq for row in journal.rows(kind="b", since=2)] == [4]

    with_journal(file, work)


def test_body_has_one_text_whatever_the_order_and_form_of_its_letters() -> None:
    one = canonical({"b": 1, "a": unicodedata.normalize("NFD", "Điện lưới\n\u0303")})
    assert one == canonical({"a": "Điện lưới\n\u0303", "b": 1}) == '{"a":"Điện lưới\\n\u0303","b":1}'
    assert canonical({"at": START}) == '{"at":"2026-11-30T06:30:00Z"}'
    assert canonical({"x": "a\ud800"}) == '{"x":"a?"}'


@pytest.mark.parametrize("body", [{"x": float("nan")}, {"x": object()}])
def test_body_that_is_no_json_is_refused(file: Path, body: dict[str, Any]) -> None:
    async def work(journal: Journal) -> None:
        with pytest.raises((TypeError, ValueError)):
            await journal.append("x", body)
        assert journal.head().seq == 0

    with_journal(file, work)


def test_fresh_and_filled_journals_are_intact(file: Path) -> None:
    with_journal(file, lambda journal: asyncio.sleep(0))
    assert verify(file).intact
    filled(file)
    verdict = verify(file)
    assert (verdict.intact, verdict.rows, verdict.first_bad, verdict.problem) == (True, 20, None, None)


def test_journal_is_verified_while_it_is_written(file: Path) -> None:
    async def work(journal: Journal) -> None:
        writing = [asyncio.create_task(journal.append("x", {})) for _ in range(400)]
        while not all(task.done() for task in writing):
            assert (await asyncio.to_thread(verify, file)).intact

    with_journal(file, work)


@pytest.mark.parametrize(
    "statement", ["UPDATE rows SET body = '{}'", "DELETE FROM rows", "REPLACE INTO rows SELECT * FROM rows"]
)
def test_rows_refuse_change_and_removal(file: Path, statement: str) -> None:
    filled(file, 3)
    with closing(sqlite3.connect(file)) as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)


@pytest.mark.parametrize(
    "change",
    [
        "at = '2026-11-30T06:30:59.000000+00:00'",
        "kind = 'camera.Aimed'",
        "body = replace(body, 'ghe', 'Ghe')",
        "prev = hash",
        "hash = upper(hash)",
        "body = ''",
    ],
)
@pytest.mark.parametrize("seq", [1, 7, 20])
def test_changed_row_is_named(file: Path, change: str, seq: int) -> None:
    filled(file)
    tampered(file, f"UPDATE rows SET {change} WHERE seq = {seq}")
    verdict = verify(file)
    assert (verdict.intact, verdict.first_bad, verdict.rows) == (False, seq, 20)


@pytest.mark.parametrize("seq", [1, 7, 20])
def test_removed_row_is_named(file: Path, seq: int) -> None:
    filled(file)
    tampered(file, f"DELETE FROM rows WHERE seq = {seq}")
    assert verify(file).first_bad == seq


def test_removed_row_is_named_also_when_the_journal_went_on(file: Path) -> None:
    filled(file)
    tampered(file, "DELETE FROM rows WHERE seq = 20")
    filled(file, 2)
    assert verify(file).first_bad == 20


def test_row_forged_with_a_hash_of_its_own_breaks_the_chain_after_it(file: Path) -> None:
    filled(file)
    with closing(sqlite3.connect(file)) as db:
        seq, at, kind, prev = db.execute("SELECT seq, at, kind, prev FROM rows WHERE seq = 7").fetchone()
    forged = row_hash(seq, at, kind, "{}", prev)
    tampered(file, f"UPDATE rows SET body = '{{}}', hash = '{forged}' WHERE seq = 7")
    assert verify(file).first_bad == 8


def test_exchanged_rows_are_named(file: Path) -> None:
    filled(file)
    tampered(file, "UPDATE rows SET seq = -seq WHERE seq IN (5, 6)", "UPDATE rows SET seq = 11 + seq WHERE seq < 0")
    assert verify(file).first_bad == 5


def test_inserted_row_is_named(file: Path) -> None:
    filled(file)
    tampered(file, "INSERT INTO rows SELECT 21, at, kind, body, hash, hash FROM rows WHERE seq = 20")
    assert verify(file).first_bad == 21


def test_any_changed_byte_of_a_row_is_found_at_that_row(file: Path) -> None:
    filled(file)
    data = bytearray(file.read_bytes())
    chance = random.Random(7)
    for seq in range(1, 21):
        begin = data.index(f'"seat":"ghe-{seq - 1}"'.encode()) - 80  # at, kind and the start of the body
        for _ in range(10):
            place = begin + 30 + chance.randrange(150)
            changed = bytearray(data)
            changed[place] ^= 1 << chance.randrange(8)
            file.write_bytes(changed)
            assert verify(file).first_bad == seq, (seq, place - begin, bytes(data[place - 20 : place + 20]))


def test_verifying_changes_nothing(file: Path) -> None:
    filled(file)
    before = file.read_bytes()
    verify(file)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == [FILE_NAME]


def garbage(file: Path) -> dict[str, bytes]:
    filled(file, 200)
    data = file.read_bytes()
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE notes (x)")
    foreign = file.read_bytes()
    return {
        "empty": b"",
        "noise": random.Random(1).randbytes(9000),
        "text": b"hello",
        "cut": data[: len(data) // 2],
        "holed": data[:4096] + bytes(8192) + data[12288:],
        "foreign": foreign,
    }


@pytest.mark.parametrize("name", ["empty", "noise", "text", "cut", "holed", "foreign"])
def test_garbage_is_not_intact_and_is_moved_aside_at_opening(file: Path, name: str) -> None:
    data = garbage(file)[name]
    file.write_bytes(data)
    assert not verify(file).intact

    async def work(journal: Journal) -> str | None:
        assert [row.kind for row in journal.rows()] == ["journal.recovered"]
        await journal.append("x", {})
        return journal.recovered

    moved_to = with_journal(file, work)
    assert moved_to is not None
    assert (file.parent / moved_to).read_bytes() == data
    assert verify(file).intact


def test_two_damaged_files_of_one_second_are_both_kept(file: Path) -> None:
    for _ in range(2):
        file.write_bytes(b"noise")
        with_journal(file, lambda journal: asyncio.sleep(0))
    assert len(list(file.parent.glob("journal-damaged-*"))) == 2


def test_verify_of_nothing_and_of_a_folder_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "none.db", tmp_path):
        assert verify(path).problem == "not_there"


def test_full_disk_is_named_and_the_journal_stays_intact(file: Path) -> None:
    async def fill(journal: Journal) -> None:
        for _ in range(1000):
            await journal.append("x", {"text": "y" * 1000})

    async def work(journal: Journal) -> None:
        with pytest.raises(JournalError, match="disk_full"):
            await fill(journal)
        with pytest.raises(JournalError, match="disk_full"):
            await journal.append("x", {"text": "y" * 9000})

    with_journal(file, work, most_pages=30)
    assert verify(file).intact
    assert verify(file).rows > 5


def test_journal_held_by_another_program_is_named_busy_in_time(file: Path) -> None:
    filled(file, 1)

    async def work(journal: Journal) -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(JournalError, match="busy"):
                await journal.append("x", {})
        await journal.append("x", {})

    with_journal(file, work)


def test_folder_in_the_journals_place_is_named(file: Path) -> None:
    file.mkdir()
    with pytest.raises(JournalError, match="not_writable"):
        with_journal(file, lambda journal: asyncio.sleep(0))


def test_closed_journal_says_so_and_closing_twice_is_nothing(file: Path) -> None:
    async def work() -> None:
        journal = await Journal(file, ticking()).open()
        await journal.close()
        await journal.close()
        with pytest.raises(JournalError, match="closed"):
            await journal.append("x", {})
        with pytest.raises(JournalError, match="closed"):
            journal.rows()

    asyncio.run(work())
    assert not [one for one in threading.enumerate() if one.name == "journal"]


def test_two_hundred_appends_at_once_are_one_chain(file: Path) -> None:
    async def work(journal: Journal) -> None:
        rows = await asyncio.gather(*(journal.append("x", {"n": number}) for number in range(200)))
        assert sorted(row.seq for row in rows) == list(range(1, 201))

    with_journal(file, work)
    assert verify(file).rows == 200


def test_person_is_known_by_id_and_gone_once_erased(file: Path) -> None:
    async def work(journal: Journal) -> None:
        person = await journal.remember(" Nguyễn Văn Khuất ", "0912 345 678")
        assert await journal.remember("Nguyễn Văn Khuất", "0912 345 678") == person
        await journal.append("incident.told", {"person": person})
        found = journal.person(person)
        assert found is not None
        assert found.name == "Nguyễn Văn Khuất"
        await journal.erase(person)
        assert journal.person(person) is None
        assert await journal.remember("B", "") != person

    with_journal(file, work)
    assert verify(file).intact
    assert "Khuất".encode() not in file.read_bytes()


def test_draft_survives_a_restart_and_is_no_row(file: Path) -> None:
    async def keep(journal: Journal) -> None:
        await journal.keep_draft("page", {"name": "incident", "typed": "đang gõ"})
        await journal.keep_draft("page", {"name": "incident", "typed": "đang gõ dở"})

    async def find(journal: Journal) -> None:
        assert journal.draft("page") == {"name": "incident", "typed": "đang gõ dở"}
        await journal.keep_draft("page", None)
        assert journal.draft("page") is None
        assert journal.rows() == []

    with_journal(file, keep)
    with_journal(file, find)


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "0002_more.sql").write_text("CREATE TABLE more (x TEXT) STRICT;", encoding="utf-8")
    return folder


def test_migration_keeps_the_rows_and_a_copy_of_the_old_file(file: Path, next_version: Path) -> None:
    filled(file)
    with_journal(file, lambda journal: asyncio.sleep(0), migrations=next_version)
    (copy,) = file.parent.glob("journal-before-2-*")
    assert (verify(file).rows, verify(copy).rows) == (20, 20)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (2,)


def test_failed_migration_leaves_the_old_journal_whole(file: Path, next_version: Path) -> None:
    filled(file)
    (next_version / "0002_more.sql").write_text("CREATE TABLE more (x TEXT); CREATE TABLE rows (x);", encoding="utf-8")
    with pytest.raises(JournalError):
        with_journal(file, lambda journal: asyncio.sleep(0), migrations=next_version)
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (1,)
        assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'more'").fetchone() == (0,)
    assert verify(file).rows == 20


def test_journal_of_a_newer_version_is_refused_and_left_alone(file: Path, next_version: Path) -> None:
    with_journal(file, lambda journal: asyncio.sleep(0), migrations=next_version)
    with pytest.raises(JournalError, match="newer"):
        with_journal(file, lambda journal: asyncio.sleep(0))
    assert not list(file.parent.glob("journal-damaged-*"))


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


def test_killed_writer_loses_no_acknowledged_row(file: Path) -> None:
    said = 0
    for kill in range(5):
        with subprocess.Popen([sys.executable, "-c", WRITER, file], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = max([int(writer.stdout.readline()) for _ in range(10 + 7 * kill)])
            os.kill(writer.pid, signal.SIGKILL)
            said = max([said, *(int(line) for line in writer.stdout if line.endswith("\n"))])
        verdict = verify(file)
        assert verdict.intact
        assert verdict.rows >= said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_reason_has_a_sentence(lang: str) -> None:
    words = Words(lang)
    reasons = ("disk_full", "disk_error", "not_writable", "busy", "slow", "damaged", "newer", "closed", "recovered")
    assert all(f"journal.{reason}" in words for reason in (*reasons, "not_there", "not_a_journal", "changed"))
