"""Tables as xlsx: read without running a formula, written with every cell as text."""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from roomapp.records.registers.tables import MOST_BYTES, MOST_ROWS, Table, TableError, read_table
from roomapp.words import nfc

MOST_COLUMNS = 100
MOST_UNPACKED = 10 * MOST_BYTES  # a small file may hold a huge one


def read_any(path: Path) -> Table:
    """An xlsx's first sheet, or a CSV; TableError as read_table(), for an xlsx that is none too."""
    return _read_xlsx(path) if path.suffix.casefold() == ".xlsx" else read_table(path)


def _read_xlsx(path: Path) -> Table:
    import openpyxl  # late: a fifth of a second

    try:
        if not path.is_file():
            raise TableError("no_file", path.name)
        if path.stat().st_size > MOST_BYTES:
            raise TableError("too_big", path.name)
        data = path.read_bytes()
    except OSError as error:
        raise TableError("no_file", path.name) from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_UNPACKED:
                raise TableError("too_big", path.name)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        try:
            rows = book.worksheets[0].iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
            table = [(line, tuple(_cell(value) for value in row)) for line, row in enumerate(rows, 1)]
        finally:
            book.close()
    except TableError:
        raise
    except Exception as error:  # whatever a broken file does to the parser, it is one sentence
        raise TableError("not_csv", path.name) from error
    filled = [(line, cells) for line, cells in table if any(cells)]
    if len(filled) > MOST_ROWS:
        raise TableError("too_many", path.name)
    if not filled:
        raise TableError("empty", path.name)
    return Table(path.name, hashlib.sha256(data).hexdigest(), filled[0][1], tuple(filled[1:]))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return nfc(str(value)).strip()


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
