"""A register as a file and back: CSV or xlsx with Vietnamese or English column names, all of it or nothing."""

import types
import typing
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from roomapp.records.journal import Person as Somebody
from roomapp.records.registers.books import Books, Kept
from roomapp.records.registers.phones import PhoneError, kept_phone, shown_phone
from roomapp.records.registers.spreadsheets import read_any, xlsx_bytes
from roomapp.records.registers.tables import TableError, table_text
from roomapp.rules.books import BOOKS, Book
from roomapp.rules.books.entries import Person
from roomapp.words import LANGUAGES, Words

PHONE = "_phone"
NAME_MOST = 300
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


class BookFileError(Exception):
    """`key`: a TableError's, no_column, wrong, phone, twice; `line` 0: the file as a whole; `what`: the column."""

    def __init__(self, file: str, line: int, key: str, what: str = "") -> None:
        super().__init__(f"{file}: {line}: {key} {what}")
        self.file, self.line, self.key, self.what = file, line, key, what


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line: its fields without the persons, and of each person the name and telephone."""

    number: int
    id: str
    fields: dict[str, Any]
    people: dict[str, tuple[str, str]]


def columns(book: Book) -> tuple[str, ...]:
    """The names of a register's columns, a person's telephone behind the person."""
    names = ["id"]
    for one in msgspec.structs.fields(BOOKS[book]):
        names += [one.name, one.name + PHONE] if one.type is Person else [one.name]
    return tuple(names)


def title(column: str, words: Words) -> str:
    """What stands above a column."""
    if column.endswith(PHONE):
        return words("book.col_of", what=words("book.col_phone"), whom=words(f"book.col_{column.removesuffix(PHONE)}"))
    return words(f"book.col_{column}")


def read_book(book: Book, path: Path) -> tuple[list[EntryLine], str]:
    """The lines, and the file's sha256. BookFileError for the first line at fault."""
    spoken = [Words(lang) for lang in LANGUAGES]
    named = {title(column, words).casefold(): column for words in spoken for column in columns(book)}
    named |= {column: column for column in columns(book)}
    try:
        table = read_any(path)
    except TableError as error:
        raise BookFileError(path.name, 0, "empty_file" if error.key == "empty" else error.key) from error
    header = tuple(named.get(name.casefold(), "") for name in table.header)
    for one in msgspec.structs.fields(BOOKS[book]):
        if one.required and one.name not in header:
            raise BookFileError(path.name, 1, "no_column", title(one.name, spoken[0]))
    made, seen = [], set[str]()
    for number, row in table.rows:
        if any(row[len(header) :]):
            raise BookFileError(path.name, number, "wrong_cells")
        cells = {name: cell for name, cell in zip(header, row, strict=False) if name and cell}
        entry = _line(book, path.name, number, cells, spoken)
        if entry.id and entry.id in seen:
            raise BookFileError(path.name, number, "twice", entry.id[:40])
        seen.add(entry.id)
        made.append(entry)
    return made, table.sha256


def _line(book: Book, file: str, number: int, cells: dict[str, str], spoken: list[Words]) -> EntryLine:
    fields, people = dict[str, Any](), dict[str, tuple[str, str]]()
    for one in msgspec.structs.fields(BOOKS[book]):
        text = cells.get(one.name, "")
        if one.type is Person:
            phone = cells.get(one.name + PHONE, "")
            try:
                kept_phone(phone)
            except PhoneError as error:
                raise BookFileError(file, number, "phone", phone[:40]) from error
            if len(text) > NAME_MOST:
                raise BookFileError(file, number, "wrong", title(one.name, spoken[0]))
            if one.required and not text:
                raise BookFileError(file, number, "empty", title(one.name, spoken[0]))
            people[one.name] = (text, phone)
        elif text:
            try:
                fields[one.name] = value_of(one.type, text, spoken)
                msgspec.convert(fields[one.name], one.type)
            except (ValueError, msgspec.ValidationError) as error:
                raise BookFileError(file, number, "wrong", title(one.name, spoken[0])) from error
        elif one.required:
            raise BookFileError(file, number, "empty", title(one.name, spoken[0]))
    return EntryLine(number, cells.get("id", "")[:32], fields, people)


def value_of(kind: Any, text: str, spoken: Iterable[Words]) -> Any:
    """A cell's text as the field wants it, for a row; ValueError."""
    kind = _bare(kind)
    if kind is date:
        return date_of(text).isoformat()
    if kind is bool:
        yes, no = ({w(f"book.{key}").casefold() for w in spoken} | more for key, more in (("yes", YES), ("no", NO)))
        if text.casefold() not in yes | no:
            raise ValueError(text)
        return text.casefold() in yes
    if kind is int:
        return int("".join(text.replace(".", "").split()))
    if kind is float:
        return float(text.replace(",", "."))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        known = {words(f"book.{kind.__name__.lower()}_{one}").casefold(): one for words in spoken for one in kind}
        known |= {str(one): one for one in kind}
        if text.casefold() not in known:
            raise ValueError(text)
        return str(known[text.casefold()])
    return text


YES, NO = frozenset({"true", "1", "x"}), frozenset({"false", "0"})


def date_of(text: str) -> date:
    """As people and programs write it; ValueError."""
    for form in DATES:
        try:
            return datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
    raise ValueError(text)


def _bare(kind: Any) -> Any:
    """The type without its bounds and without None."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kind = next(one for one in typing.get_args(kind) if one is not type(None))
    return typing.get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def shown(value: Any, words: Words) -> str:
    """A field as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words("book.yes" if value else "book.no")
    if isinstance(value, StrEnum):
        return words(f"book.{type(value).__name__.lower()}_{value}")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def cells_of(book: Book, kept: Kept, who: Callable[[int], Somebody | None], words: Words) -> dict[str, str]:
    """Every column of one entry as text."""
    cells = {"id": kept.id}
    for one in msgspec.structs.fields(BOOKS[book]):
        value = getattr(kept.entry, one.name)
        if one.type is Person:
            somebody = who(value) if value else None
            cells[one.name] = somebody.name if somebody else words("book.erased") if value else ""
            cells[one.name + PHONE] = shown_phone(somebody.phone) if somebody else ""
        else:
            cells[one.name] = shown(value, words)
    return cells


def people_in(book: Book, books: Books) -> set[int]:
    """Whom a register names: who was shown to whom must be told (Law 91/2025/QH15)."""
    persons = [one.name for one in msgspec.structs.fields(BOOKS[book]) if one.type is Person]
    return {getattr(kept.entry, name) for kept in books.entries(book) for name in persons} - {0}


def file_of(book: Book, books: Books, who: Callable[[int], Somebody | None], suffix: str, words: Words) -> bytes:
    """The whole register as a CSV, or as an xlsx where the name ends so."""
    names = columns(book)
    rows = [[cells_of(book, kept, who, words)[name] for name in names] for kept in books.entries(book)]
    header = [title(name, words) for name in names]
    if suffix.casefold() == ".xlsx":
        return xlsx_bytes(words(f"book.{book}"), header, rows)
    return table_text(header, (dict(zip(header, row, strict=True)) for row in rows)).encode()
