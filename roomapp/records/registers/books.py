"""The site's registers, folded from the journal; each entry with the rows that it stems from."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from roomapp.records.journal import Row
from roomapp.rules.books import Book, EntryError, entry_from
from roomapp.rules.books.entries import Entry

PUT, REMOVED = "book.put", "book.removed"
E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Kept:
    """One entry as it stands, and the journal's rows that made it so."""

    id: str
    entry: Entry
    rows: tuple[int, ...]


@dataclass(slots=True)
class Books:
    """All registers. A row that cannot be an entry changes nothing: they must come up whatever was once written."""

    _kept: dict[Book, dict[str, Kept]] = field(default_factory=lambda: {book: {} for book in Book})

    def entries(self, book: Book) -> tuple[Kept, ...]:
        """In the order in which they were first written."""
        return tuple(self._kept[book].values())

    def of(self, kind: type[E]) -> Iterator[E]:
        """Every entry of one kind."""
        for shelf in self._kept.values():
            yield from (kept.entry for kept in shelf.values() if isinstance(kept.entry, kind))

    def get(self, book: Book, id: str) -> Kept | None:
        return self._kept[book].get(id)

    def take(self, kind: str, body: Mapping[str, Any], number: int = 0) -> None:
        """One row of the journal; other kinds are passed over."""
        if kind not in (PUT, REMOVED) or body.get("book") not in set(Book):
            return
        shelf, id = self._kept[Book(body["book"])], str(body.get("id", ""))
        if kind == REMOVED:
            shelf.pop(id, None)
            return
        before = shelf.get(id)
        try:
            entry = entry_from(Book(body["book"]), body.get("fields", {}))
        except EntryError:
            return
        shelf[id] = Kept(id, entry, (*(before.rows if before else ()), number))


def books_of(rows: Iterable[Row]) -> Books:
    books = Books()
    for row in rows:
        books.take(row.kind, row.body, row.seq)
    return books


def plain_fields(entry: Entry) -> dict[str, Any]:
    """As a row keeps them: dates as text, what has its usual value too."""
    fields: dict[str, Any] = msgspec.to_builtins(entry)
    return fields
