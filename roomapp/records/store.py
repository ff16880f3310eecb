"""The journal's SQLite file: opened, migrated, moved aside when it is garbage; and its failures as named reasons."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from roomapp.records.chain import APPLICATION_ID

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_S = 2.0
MOST_PAGES = 1_000_000  # of 4 kB: a journal of 4 GB says that it is full, before the disk is

_REASONS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "not_writable",
    sqlite3.SQLITE_PERM: "not_writable",
    sqlite3.SQLITE_CANTOPEN: "not_writable",
    sqlite3.SQLITE_AUTH: "not_writable",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
}


class JournalError(Exception):
    """The journal could not do it; `reason` names a sentence of the area "journal"."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@contextmanager
def named_failures() -> Iterator[None]:
    """Turns what SQLite and the disk raise into JournalError."""
    try:
        yield
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or sqlite3.SQLITE_ERROR) & 0xFF
        raise JournalError(_REASONS.get(code, "disk_error"), str(error)) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
        raise JournalError("disk_full" if full else "not_writable", error.strerror or "") from error


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All of it committed to the disk, or nothing."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def open_store(path: Path, now: datetime, migrations: Path, most_pages: int) -> tuple[sqlite3.Connection, str | None]:
    """The migrated database, and the name that a damaged one was moved to (None: it was sound). JournalError.

    A file that is no journal, or a broken one, is moved aside: the room must be able to record what happens now.
    """
    with named_failures():
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            raise JournalError("not_writable", "not a regular file")
        existed, moved_to = path.exists(), None
        if existed and _is_damaged(path):
            moved_to, existed = _move_aside(path, now), False
        db = _connect(path, most_pages)
        try:
            _migrate(db, path, now, existed, migrations)
        except BaseException:
            db.close()
            raise
        return db, moved_to


def _connect(path: Path, most_pages: int) -> sqlite3.Connection:
    # One thread at a time uses it: the journal's writer.
    db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")  # WAL with NORMAL loses acknowledged rows at a power cut
        db.execute("PRAGMA secure_delete = ON")  # an erased person is gone from the file too
        db.execute(f"PRAGMA max_page_count = {most_pages}")
    except BaseException:
        db.close()
        raise
    return db


def _is_damaged(path: Path) -> bool:
    if path.stat().st_size == 0:
        return True
    db = None
    try:
        db = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        mark = db.execute("PRAGMA application_id").fetchone()[0]
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        sound = db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        return not sound or (mark != APPLICATION_ID and tables > 0)
    except sqlite3.DatabaseError as error:
        if (error.sqlite_errorcode & 0xFF) in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
            return True
        raise
    finally:
        if db is not None:
            db.close()


def _move_aside(path: Path, now: datetime) -> str:
    name = f"{path.stem}-damaged-{now.astimezone(UTC):%Y%m%dT%H%M%S}"
    number = 0
    while (target := path.with_name(f"{name}{f'-{number}' if number else ''}{path.suffix}")).exists():
        number += 1
    for tail in ("-wal", "-shm"):  # its log belongs to it, and must not be played into the new one
        beside = path.with_name(path.name + tail)
        if beside.exists():
            beside.rename(target.with_name(target.name + tail))
    path.rename(target)
    return target.name


def _migrate(db: sqlite3.Connection, path: Path, now: datetime, existed: bool, migrations: Path) -> None:
    steps = sorted((int(file.name.split("_")[0]), file) for file in migrations.glob("*.sql"))
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    if version > steps[-1][0]:
        raise JournalError("newer", f"version {version}")
    wanted = [(number, file) for number, file in steps if number > version]
    if wanted and existed and version > 0:
        copy = path.with_name(f"{path.stem}-before-{wanted[-1][0]}-{now.astimezone(UTC):%Y%m%dT%H%M%S}{path.suffix}")
        copy.unlink(missing_ok=True)
        db.execute("VACUUM INTO ?", (str(copy),))
    for number, file in wanted:
        script = file.read_text(encoding="utf-8")
        marks = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number};"
        try:
            db.executescript(f"BEGIN IMMEDIATE;\n{script}\n{marks}\nCOMMIT;")
        except sqlite3.Error:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise
