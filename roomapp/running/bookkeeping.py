"""The site's registers as a person keeps them: entered, changed, removed, taken from a file and given to one."""

import hashlib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from roomapp.records.book_files import BookFileError, file_of, people_in, read_book
from roomapp.records.books import PUT, REMOVED, Kept
from roomapp.records.phones import kept_phone
from roomapp.rules.books import Book, EntryError, entry_from
from roomapp.running.core import Core

WHY_MOST = 300


class Bookkeeping(Core):
    """Every change is a row; nothing is ever taken out of the journal."""

    async def put_entry(self, book: Book, fields: Mapping[str, Any], id: str = "") -> str:
        """A new entry, or the whole of an old one anew; returns its id. EntryError names the field at fault."""
        entry_from(book, fields)
        id = id or uuid4().hex[:8]
        await self._keep_book(PUT, {"book": str(book), "id": id, "fields": dict(fields)})
        return id

    async def remove_entry(self, book: Book, id: str, why: str) -> None:
        """It stands in the register no more; its rows stay, with the reason."""
        if self.books.get(book, id) is not None:
            await self._keep_book(REMOVED, {"book": str(book), "id": id, "why": why[:WHY_MOST]})

    async def person(self, name: str, phone: str = "") -> int:
        """Somebody's number: names and telephones live outside the chain, and can be erased. PhoneError."""
        return await self.journal.remember(name, kept_phone(phone)) if name.strip() else 0

    async def import_book(self, book: Book, path: Path) -> int:
        """All of a file or nothing; how many entries it brought. BookFileError names every line at fault."""
        found, digest = read_book(book, path)
        bodies = []
        for line in found:
            persons = {key: await self.person(*who) for key, who in line.people.items()}
            bodies.append((line, {**line.fields, **persons}))
        for line, fields in bodies:
            try:
                entry_from(book, fields)
            except EntryError as error:
                raise BookFileError(path.name, line.number, "wrong", error.field) from error
        for line, fields in bodies:
            id = line.id or uuid4().hex[:8]
            await self._keep_book(PUT, {"book": str(book), "id": id, "fields": fields, "file": digest})
        return len(bodies)

    async def export_book(self, book: Book, path: Path) -> str:
        """CSV or xlsx by the name's end, made anew; its sha256, which the journal keeps beside whom it names."""
        raw = file_of(book, self.books, self.journal.person, path.suffix, self.words)
        path.write_bytes(raw)
        digest = hashlib.sha256(raw).hexdigest()
        seen = sorted(people_in(book, self.books))
        await self.keep("book.exported", {"book": str(book), "sha256": digest, "persons": seen})
        return digest

    def entries(self, book: Book) -> tuple[Kept, ...]:
        return self.books.entries(book)

    def today(self) -> date:
        return self.now().date()

    async def _keep_book(self, kind: str, body: dict[str, Any]) -> None:
        await self.keep(kind, body)
        self.books.take(kind, body)
        self.publish()
