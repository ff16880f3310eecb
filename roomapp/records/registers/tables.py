"""CSV tables of people's registers, read and written: bounded, NFC, and no cell is ever a formula.

A spreadsheet evaluates a cell that begins with = + - or @. What is read stays as it is, as text; what is written is
defused by an apostrophe before it, which reading takes away again.
"""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from roomapp.words import nfc

MOST_BYTES, MOST_ROWS, MOST_CELL = 5_000_000, 50_000, 10_000
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its name and sha256, the header, and (line, cells) of every row that holds anything."""

    file: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


class TableError(Exception):
    """The file cannot be read as a table at all; `key` names a sentence of the area "register"."""

    def __init__(self, key: str, file: str, line: int = 1) -> None:
        super().__init__(f"{file}: {key}")
        self.key, self.file, self.line = key, file, line


def read_table(path: Path) -> Table:
    """UTF-8 with or without a BOM, comma or semicolon; TableError: no_file, too_big, not_utf8, not_csv, too_many."""
    try:
        if not path.is_file():  # also: a pipe would hold everything up for ever
            raise TableError("no_file", path.name)
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise TableError("no_file", path.name) from error
    if len(data) > MOST_BYTES:
        raise TableError("too_big", path.name)
    try:
        text = nfc(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TableError("not_utf8", path.name) from error
    if "\0" in text:
        raise TableError("not_csv", path.name)
    rows = _rows(text, path.name)
    if not rows:
        raise TableError("empty", path.name)
    return Table(path.name, hashlib.sha256(data).hexdigest(), rows[0][1], tuple(rows[1:]))


def _rows(text: str, name: str) -> list[tuple[int, tuple[str, ...]]]:
    head = text.lstrip("\r\n").partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
    found: list[tuple[int, tuple[str, ...]]] = []
    line = 1
    try:
        for cells in lines:
            clean = tuple(restored(cell.strip()) for cell in cells)
            if any(clean):
                found.append((line, clean))
            line = lines.line_num + 1
            if len(found) > MOST_ROWS:
                raise TableError("too_many", name, line)
    except csv.Error as error:
        raise TableError("not_csv", name, line) from error
    return found


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A CSV with a BOM, so that a spreadsheet sees UTF-8; None is an empty cell, True and False are yes and no."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return codecs.BOM_UTF8.decode() + out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return defused(str(value)) if isinstance(value, str) else str(value)


def defused(text: str) -> str:
    """What a spreadsheet would evaluate gets an apostrophe; a plain number stays one."""
    return f"'{text}" if _FORMULA.match(text.lstrip("'")) and not _NUMBER.fullmatch(text) else text


def restored(text: str) -> str:
    """The text before defused()."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text.lstrip("'")) else text
