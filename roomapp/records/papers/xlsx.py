"""A paper as xlsx: openpyxl (MIT); one sheet for the paper, one for each annex; values, never formulas.

Text stays text, whatever it begins with; days and amounts are real ones with a format, so that they sort and add up.
"""

import io
from datetime import date, datetime
from itertools import zip_longest
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from roomapp.records.papers import paper as model
from roomapp.records.papers.files import settled
from roomapp.records.papers.fonts import printable
from roomapp.records.papers.paper import Align, Block, Cell, Facts, Paper, Paragraph, Table

FONT = "Times New Roman"
CHARACTER_MM = 1.9  # of a column's width unit
LEAST_MM: dict[type, float] = {datetime: 38.0, date: 24.0}  # narrower, a spreadsheet shows ###
LETTER_MM = 2.3  # of a letter at 12 pt, generously
LINE_PT, TALLEST_PT = 16.0, 409.0  # of a line; of a row, by the format
LONGEST = 32_767  # characters that a cell holds
TITLE = 31  # characters of a sheet's name
THIN = Side(style="thin")
GRID = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
SIDES = {Align.LEFT: "left", Align.CENTRE: "center", Align.RIGHT: "right", Align.JUSTIFY: "left"}


def as_xlsx(paper: Paper) -> bytes:
    """The whole paper as a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator, book.properties.title = printable(paper.heading.unit)[:255], printable(paper.kind)[:255]
    _sheet(book, paper)
    for annex in paper.annexes:
        page = _page(book, annex.title, annex.landscape, annex.blocks)
        for text in (annex.title, annex.subject.upper(), annex.reference):
            page.line(text, bold=text != annex.reference, italic=text == annex.reference)
        page.blocks(annex.blocks)
    made = io.BytesIO()
    book.save(made)
    return settled(made.getvalue(), paper.day)


def _sheet(book: Workbook, paper: Paper) -> None:
    tables = [block for block in paper.body if isinstance(block, Table)]
    apart = tables if paper.landscape and len(tables) > 1 else []  # wide ones: to sort and to filter each by itself
    body = tuple(block for block in paper.body if block not in apart)
    page, top = _page(book, paper.kind.capitalize(), paper.landscape, body), paper.heading
    left = [(top.parent, False)] if top.parent else []
    left += [(top.unit, True), (top.number if paper.kind else f"{top.number}\n{paper.subject}", False)]
    right = [(top.state, True), (top.motto, True), (top.place_and_date, False)]
    for one, other in zip_longest(left, right, fillvalue=("", False)):
        page.pair(*one, *other)
    if paper.mark:
        page.line(paper.mark, bold=True, align="left")
    page.line("")
    page.line(paper.kind, bold=True)
    page.line(paper.subject, bold=True)
    for text in paper.recipient:
        page.line(text)
    page.blocks(body)
    if paper.closing:
        page.line(paper.closing, align="left")
    for n in range(max(len(paper.copies), 1)):
        hand = " / ".join(one for who in paper.signers for one in (who.power, who.post) if one) if n == 0 else ""
        page.pair(paper.copies[n] if n < len(paper.copies) else "", False, hand, True)
    for who in paper.signers:
        page.pair("", False, who.name, True)
    for table in apart:
        _page(book, table.caption, True, (table,)).blocks((table,))


def _page(book: Workbook, title: str, landscape: bool, blocks: tuple[Block, ...]) -> "_Page":
    name = "".join(sign for sign in printable(title) if sign not in r"[]:*?/\\")[:TITLE]
    sheet = book.create_sheet(name)
    setup = sheet.page_setup
    setup.orientation, setup.paperSize = "landscape" if landscape else "portrait", "9"
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = {"left": model.LEFT_MM, "right": model.RIGHT_MM, "top": model.TOP_MM, "bottom": model.BOTTOM_MM}
    for side, length in margins.items():
        setattr(sheet.page_margins, side, length / 25.4)
    tables = [block for block in blocks if isinstance(block, Table)]
    widest = max(tables, key=lambda table: len(table.columns), default=None)
    widths = _widths_mm(widest, landscape) if widest else (model.text_width_mm(landscape) / 4,) * 4
    for n, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(n)].width = width / CHARACTER_MM
    return _Page(sheet, widths, 1, len(tables) == 1)


def _widths_mm(table: Table, landscape: bool) -> tuple[float, ...]:
    """Never pressed together: the print is scaled to the page, and a screen has room."""
    filled = model.widths_mm(table, landscape)
    kinds = [{type(row[n]) for row in table.rows} for n in range(len(table.columns))]
    least = [max((LEAST_MM.get(kind, 0.0) for kind in column), default=0.0) for column in kinds]
    return tuple(
        max(width, column.width_mm, need) for width, column, need in zip(filled, table.columns, least, strict=True)
    )


def _lines(text: str, width_mm: float) -> int:
    """How many a wrapped text takes, generously: a row's height is ours to set, and nothing may be cut."""
    return sum(max(1, ceil(len(line) * LETTER_MM / max(width_mm - 3, LETTER_MM))) for line in text.split("\n"))


class _Page:
    """A sheet that is filled from the top; `only`: one table stands on it, whose header every printed page repeats."""

    def __init__(self, sheet: Worksheet, widths: tuple[float, ...], row: int, only: bool) -> None:
        self._sheet, self._widths, self._row, self._only = sheet, widths, row, only

    def blocks(self, blocks: tuple[Block, ...]) -> None:
        for block in blocks:
            match block:
                case Paragraph():
                    self.line(block.text, bold=block.bold, italic=block.italic, align="left")
                case Facts():
                    for name, value in block.rows:
                        self._fact(name, value)
                case Table():
                    self._table(block)

    def line(self, text: str, bold: bool = False, italic: bool = False, align: str = "center") -> None:
        self._merged(1, len(self._widths), text, bold, italic, align)
        self._height((text, sum(self._widths)))
        self._row += 1

    def pair(self, left: str, left_bold: bool, right: str, right_bold: bool) -> None:
        middle = max(1, len(self._widths) // 2)
        if len(self._widths) > 1:
            self._merged(middle + 1, len(self._widths), right, right_bold)
        self._merged(1, middle, left, left_bold)
        half = sum(self._widths) / 2.3
        self._height((left, half), (right, half))
        self._row += 1

    def _fact(self, name: str, value: Cell) -> None:
        middle = max(1, len(self._widths) // 3)
        self._merged(1, middle, name, align="left")
        self._merged(middle + 1, len(self._widths), value, align="left")
        self._height((name, sum(self._widths[:middle])), (printable(value), sum(self._widths[middle:])))
        self._row += 1

    def _table(self, table: Table) -> None:
        if table.caption:
            self.line(table.caption, bold=True)
        self._cells([column.title for column in table.columns], table, bold=True)
        if not table.rows:
            self.line(table.empty, italic=True)
        for n, row in enumerate(table.rows, 1):
            self._cells(row, table, bold=table.total and n == len(table.rows), head=False)
        self._row += 1

    def _cells(self, row: Any, table: Table, bold: bool, head: bool = True) -> None:
        for n, (value, column) in enumerate(zip(row, table.columns, strict=True), 1):
            self._put(n, value, bold, False, "center" if head else SIDES[column.align]).border = GRID
        self._height(*((printable(value), width) for value, width in zip(row, self._widths, strict=False)))
        if head and self._only and len(table.columns) == len(self._widths):
            self._sheet.print_title_rows = f"{self._row}:{self._row}"
        self._row += 1

    def _merged(
        self, first: int, last: int, value: Cell, bold: bool = False, italic: bool = False, align: str = "center"
    ) -> None:
        self._put(first, value, bold, italic, align)
        if last > first:
            self._sheet.merge_cells(start_row=self._row, end_row=self._row, start_column=first, end_column=last)

    def _height(self, *texts: tuple[str, float]) -> None:
        """Of the row, by the texts in it and their widths in millimetres."""
        lines = max(_lines(text, width) for text, width in texts)
        self._sheet.row_dimensions[self._row].height = min(LINE_PT * lines, TALLEST_PT)

    def _put(self, column: int, value: Cell, bold: bool, italic: bool, align: str) -> Any:
        cell = self._sheet.cell(self._row, column)
        cell.font = Font(name=FONT, size=12, bold=bold, italic=italic)
        cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
        match value:
            case None:
                pass
            case str():
                cell.value = printable(value)[:LONGEST]
                cell.data_type, cell.number_format = "s", "@"  # "=1+1" is what somebody wrote, no sum
                cell.quotePrefix = value.startswith(("=", "+", "-", "@"))
            case datetime():
                cell.value, cell.number_format = value.replace(tzinfo=None, microsecond=0), "hh:mm dd/mm/yyyy"
            case date():
                cell.value, cell.number_format = value, "dd/mm/yyyy"
            case int():
                cell.value, cell.number_format = value, "#,##0"
            case float():
                cell.value, cell.number_format = value, "#,##0.00"
        return cell
