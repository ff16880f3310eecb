"""Tables from files and into files: CSV and xlsx, every cell as text, nothing in it ever evaluated."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from roomapp.words import nfc

MOST_BYTES, MOST_ROWS, MOST_COLUMNS = 10_000_000, 20_000, 100
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run (OWASP, CSV injection)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table as its file counts it (the header is line 1), column to text."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The columns' names in small letters, and the lines that are not empty."""

    names: tuple[str, ...]
    lines: tuple[Line, ...]


class TableError(Exception):
    """`key`: unreadable, too_large, no_header, no_column, not_a_table, wrong_cells; `line` 0: the file as a whole."""

    def __init__(self, key: str, line: int = 0, what: str = "") -> None:
        super().__init__(f"{key} {line} {what}".strip())
        self.key, self.line, self.what = key, line, what


def read_table(path: Path) -> Table:
    """CSV in UTF-8 (with or without BOM, comma or semicolon) or the first sheet of an xlsx; empty lines are left out.

    TableError for what cannot be read, and for a line with more cells than there are names.
    """
    try:
        if not path.is_file():
            raise TableError("unreadable")
        if path.stat().st_size > MOST_BYTES:
            raise TableError("too_large")
        table = _from_xlsx(path) if path.suffix.casefold() == ".xlsx" else _from_csv(path.read_bytes())
    except OSError as error:
        raise TableError("unreadable") from error
    if not table or not any(table[0]):
        raise TableError("no_header")
    names = [nfc(name).strip().casefold() for name in table[0]]
    lines = []
    for number, row in enumerate(table[1:], 2):
        cells = [nfc(cell).strip() for cell in row]
        if len(cells) > len(names) and any(cells[len(names) :]):
            raise TableError("wrong_cells", number)
        if any(cells):
            lines.append(Line(number, dict(zip(names, cells + [""] * (len(names) - len(cells)), strict=False))))
    return Table(tuple(names), tuple(lines))


def _from_csv(raw: bytes) -> list[list[str]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableError("unreadable") from error
    head = text.partition("\n")[0]
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",")
        table = [row for _, row in zip(range(MOST_ROWS + 1), rows, strict=False)]
    except csv.Error as error:
        raise TableError("not_a_table") from error
    if len(table) > MOST_ROWS:
        raise TableError("too_large")
    return table


def _from_xlsx(path: Path) -> list[list[str]]:
    """Read only: a formula is its last value, never run. A file that is no xlsx, or a bomb, is TableError."""
    import zipfile

    import openpyxl  # late: a fifth of a second

    try:
        with zipfile.ZipFile(path) as packed:
            if sum(one.file_size for one in packed.infolist()) > 10 * MOST_BYTES:
                raise TableError("too_large")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book.worksheets[0]
            rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
            table = [[_cell(value) for value in row] for row in rows]
        finally:
            book.close()
    except TableError:
        raise
    except Exception as error:
        raise TableError("not_a_table") from error
    if len(table) > MOST_ROWS:
        raise TableError("too_large")
    return table


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def defused(cell: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe before it, as a person would type it."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def armed(cell: str) -> str:
    """What defused() was given."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With a BOM, so that spreadsheets take it for UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Every cell as text: a phone keeps its zero, a formula is never one."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, row in enumerate((header, *rows)):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=None)
            cell.value, cell.data_type, cell.number_format = value, "s", "@"
            cell.font = Font(name="Times New Roman", size=12, bold=number == 0)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
