"""The journal: append-only, hash-chained, on the disk before it is acknowledged; every figure comes from it."""

import asyncio
import json
import queue
import re
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

from roomapp.records.chain import (
    FIRST_PREV,
    READ,
    Head,
    Row,
    Verdict,
    canonical,
    read_only,
    row_from,
    row_hash,
    stamp,
    verify,
)
from roomapp.records.store import MIGRATIONS, MOST_PAGES, JournalError, named_failures, open_store, transaction

__all__ = ["FILE_NAME", "Head", "Journal", "JournalError", "Person", "Row", "Verdict", "verify"]

T = TypeVar("T")
FILE_NAME = "journal.db"
OPEN_WAIT_S = 30.0  # a migration copies the file first
WRITE_WAIT_S = 10.0  # a slow disk under a full load; longer is told as a failure
_KIND = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom rows name by `id`; erasable, unlike them."""

    id: int
    name: str
    phone: str


class Journal:
    """One journal file, written by one thread of its own, read by any.

    `recovered` is the name that a damaged file was moved to when it was opened, None when it was sound.
    """

    def __init__(
        self, path: Path, clock: Callable[[], datetime], migrations: Path = MIGRATIONS, most_pages: int = MOST_PAGES
    ) -> None:
        self.path = path
        self.recovered: str | None = None
        self._clock = clock
        self._migrations = migrations
        self._most_pages = most_pages
        self._db: sqlite3.Connection | None = None
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def open(self) -> Self:
        """Opens, migrates, and begins a fresh file where the old one is garbage. JournalError; within 30 s."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()
            try:
                await self._call(self._open, OPEN_WAIT_S)
            except BaseException:
                await self.close()
                raise
        return self

    async def close(self) -> None:
        """Writes the log back into the file and lets go of it; idempotent; within 10 s."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._jobs.put(self._close)
            self._jobs.put(None)
            await asyncio.to_thread(thread.join, WRITE_WAIT_S)

    async def append(self, kind: str, body: Mapping[str, Any]) -> Row:
        """Returns once the row is on the disk; JournalError when it is not. `body` holds persons by id only.

        ValueError or TypeError for a kind or body that cannot be stored.
        """
        return (await self.append_all([(kind, body)]))[0]

    async def append_all(self, wanted: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Row]:
        """All of these rows in one transaction, or none; errors as append()."""
        for kind, _ in wanted:
            if not _KIND.fullmatch(kind):
                raise ValueError(f"not a kind: {kind!r}")
        texts = [(kind, canonical(body)) for kind, body in wanted]
        return await self._call(lambda db: self._append(db, texts))

    async def remember(self, name: str, phone: str) -> int:
        """The id of a person, a new one where name and phone are new."""
        return await self._call(lambda db: _remember(db, name, phone))

    async def erase(self, person: int) -> None:
        """Erases a person's name and phone, and records that it was done; the chain keeps the id."""
        await self._call(lambda db: self._erase(db, person))

    async def keep_draft(self, key: str, value: Any) -> None:
        """Keeps what is being typed, or where the officer stands, over restarts; None forgets it."""
        text = canonical({"value": value})
        await self._call(lambda db: _keep_draft(db, key, None if value is None else text))

    def rows(self, kind: str | None = None, since: int = 0) -> list[Row]:
        """The rows after number `since`, of one kind or all, in order. JournalError."""
        where = "WHERE seq > ? AND (? IS NULL OR kind = ?)"
        return [row_from(found) for found in self._read(f"{READ} {where} ORDER BY seq", (since, kind, kind))]

    def head(self) -> Head:
        """The newest row's number and hash, to be told to the province: it shows later that nothing was cut off."""
        found = self._read("SELECT seq, hash FROM rows ORDER BY seq DESC LIMIT 1", ())
        return Head(*found[0]) if found else Head(0, FIRST_PREV)

    def person(self, person: int) -> Person | None:
        """None: never known, or erased."""
        found = self._read("SELECT id, name, phone FROM people WHERE id = ?", (person,))
        return Person(*found[0]) if found else None

    def draft(self, key: str) -> Any:
        """What was kept last; None: nothing."""
        found = self._read("SELECT value FROM drafts WHERE key = ?", (key,))
        return json.loads(found[0][0])["value"] if found else None

    # --- the writer's thread ---------------------------------------------------------------------------------

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    async def _call(self, work: Callable[[sqlite3.Connection], T], wait_s: float = WRITE_WAIT_S) -> T:
        """Runs `work` in the writer's thread. Past `wait_s` it may still be written: the caller is told "slow"."""
        if self._thread is None:
            raise JournalError("closed")
        done: Future[T] = Future()
        self._jobs.put(lambda: self._work(work, done))
        try:
            async with asyncio.timeout(wait_s):
                return await asyncio.wrap_future(done)
        except TimeoutError as error:
            raise JournalError("slow", f"nothing within {wait_s} s") from error

    def _work(self, work: Callable[[sqlite3.Connection], T], done: "Future[T]") -> None:
        if not done.set_running_or_notify_cancel():
            return  # nobody waits any more
        try:
            with named_failures():
                if self._db is None and work != self._open:
                    raise JournalError("closed")
                done.set_result(work(self._db))  # type: ignore[arg-type]  # only _open runs without one
        except Exception as error:  # noqa: BLE001 - handed to the caller whole
            done.set_exception(error)

    def _open(self, _: Any) -> None:
        self._db, self.recovered = open_store(self.path, self._clock(), self._migrations, self._most_pages)
        if self.recovered is not None:
            self._append(self._db, [("journal.recovered", canonical({"moved_to": self.recovered}))])

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()  # the last connection writes the log back and removes it
            self._db = None

    def _append(self, db: sqlite3.Connection, texts: list[tuple[str, str]]) -> list[Row]:
        with transaction(db):
            return [self._insert(db, kind, body) for kind, body in texts]

    def _insert(self, db: sqlite3.Connection, kind: str, body: str) -> Row:
        """Within a transaction. Counts on from the last number ever given: a row cut off leaves a gap that shows."""
        at = stamp(self._clock())
        given = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'rows'").fetchone()
        last = db.execute("SELECT hash FROM rows ORDER BY seq DESC LIMIT 1").fetchone()
        seq, prev = (given[0] if given else 0) + 1, last[0] if last else FIRST_PREV
        own = row_hash(seq, at, kind, body, prev)
        db.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", (seq, at, kind, body, prev, own))
        return row_from((seq, at, kind, body, prev, own))

    def _erase(self, db: sqlite3.Connection, person: int) -> None:
        with transaction(db):
            self._insert(db, "person.erased", canonical({"person": person}))
            db.execute("DELETE FROM people WHERE id = ?", (person,))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the log still holds what was erased

    def _read(self, sql: str, values: tuple[Any, ...]) -> list[Any]:
        if self._thread is None:
            raise JournalError("closed")
        with named_failures(), closing(read_only(self.path)) as db:
            return db.execute(sql, values).fetchall()


def _remember(db: sqlite3.Connection, name: str, phone: str) -> int:
    clean = json.loads(canonical({"name": name.strip(), "phone": phone.strip()}))
    values = (clean["name"], clean["phone"])
    found = db.execute("SELECT id FROM people WHERE name = ? AND phone = ?", values).fetchone()
    if found is None:
        with transaction(db):
            found = db.execute("INSERT INTO people (name, phone) VALUES (?, ?) RETURNING id", values).fetchone()
    return int(found[0])


def _keep_draft(db: sqlite3.Connection, key: str, text: str | None) -> None:
    with transaction(db):
        if text is None:
            db.execute("DELETE FROM drafts WHERE key = ?", (key,))
        else:
            db.execute(
                "INSERT INTO drafts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, text)
            )
