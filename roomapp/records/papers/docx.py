"""A paper as docx: python-docx (MIT), Times New Roman by name, editable in a word processor.

Decree 30/2020/NĐ-CP, Appendix I. Widths are set on the columns as well as on the cells, rules are borders of
paragraphs: LibreOffice and Word then show the same. Same paper, same bytes.
"""

import io
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt
from docx.table import Table as Grid
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Text

from roomapp.records.papers import paper as model
from roomapp.records.papers.files import settled
from roomapp.records.papers.fonts import printable, rule_mm, width_mm
from roomapp.records.papers.paper import Align, Annex, Block, Facts, Paper, Paragraph, Signer, Table
from roomapp.records.papers.pdf import HAND_PT, SMALLEST_PT, fitted, heading_widths_mm

FONT, LANGUAGE = "Times New Roman", "vi-VN"
HEADER_MM = 9.0  # from the upper edge: the number stands in the middle of the margin
SIDES = {
    Align.LEFT: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTRE: WD_ALIGN_PARAGRAPH.CENTER,
    Align.RIGHT: WD_ALIGN_PARAGRAPH.RIGHT,
    Align.JUSTIFY: WD_ALIGN_PARAGRAPH.JUSTIFY,
}


def as_docx(paper: Paper) -> bytes:
    """The whole paper, its annexes as sections of their own."""
    paper = fitted(paper)
    file = Document()
    _defaults(file, paper)
    _page(file.sections[0], paper.landscape)
    _sheet(file, paper)
    for annex in paper.annexes:
        _annex(file, paper, annex)
    made = io.BytesIO()
    file.save(made)
    return settled(made.getvalue(), paper.day)


def _defaults(file: Doc, paper: Paper) -> None:
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(paper.body_pt)
    properties = normal.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    language = OxmlElement("w:lang")
    for script in ("val", "eastAsia", "bidi"):
        language.set(qn(f"w:{script}"), LANGUAGE)
    properties.append(language)
    core = file.core_properties
    core.title, core.author, core.comments = printable(paper.kind)[:255], printable(paper.heading.unit)[:255], ""
    core.language, core.last_modified_by = LANGUAGE, ""
    core.created = core.modified = datetime(paper.day.year, paper.day.month, paper.day.day)


def _page(section: Section, landscape: bool) -> None:
    width, height = model.A4_MM[::-1] if landscape else model.A4_MM
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin = Mm(model.TOP_MM), Mm(model.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(model.LEFT_MM), Mm(model.RIGHT_MM)
    section.header_distance, section.footer_distance = Mm(HEADER_MM), Mm(HEADER_MM)
    section.different_first_page_header_footer = True
    section.header.is_linked_to_previous = False
    number = OxmlElement("w:pgNumType")
    number.set(qn("w:start"), "1")
    section._sectPr.append(number)
    line = section.header.paragraphs[0]
    _shape(line, Align.CENTRE)
    run = line.add_run()
    run.font.size = Pt(13)
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        part.text = text
        run._r.append(part)


def _shape(line: Text, align: Align, before: float = 0, after: float = 0, spacing: float = 1.0) -> Text:
    line.alignment = SIDES[align]
    shape = line.paragraph_format
    shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), spacing
    return line


def _write(line: Text, text: str, size: float, bold: bool = False, italic: bool = False) -> Text:
    run = line.add_run(printable(text))
    run.font.size, run.bold, run.italic = Pt(size), bold or None, italic or None
    return line


def _line(line: Text, length_mm: float, box_mm: float) -> None:
    """A drawn rule: the upper border of an all but empty paragraph, drawn in from both sides."""
    _shape(line, Align.CENTRE, before=3, after=4)
    shape = line.paragraph_format
    shape.left_indent = shape.right_indent = Mm(max(0.0, (box_mm - length_mm) / 2))
    shape.line_spacing = Pt(4)
    line.add_run().font.size = Pt(2)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    line._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _table(file: Doc, rows: int, widths: Iterable[float], ruled: bool) -> Grid:
    widths = list(widths)
    grid: Grid = file.add_table(rows, len(widths), style="Table Grid" if ruled else None)
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "60" if ruled else "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    grid._tbl.tblPr.append(margins)
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = Mm(width)
    for row in grid.rows:
        _mark_row(row, "w:cantSplit")
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return grid


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _sheet(file: Doc, paper: Paper) -> None:
    _heading(file, paper)
    if paper.mark:
        grid = _table(file, 1, (width_mm(paper.mark, 13, True) + 6,), True)
        grid.alignment = WD_TABLE_ALIGNMENT.LEFT
        _write(_shape(grid.cell(0, 0).paragraphs[0], Align.CENTRE), paper.mark, 13, bold=True)
    if paper.kind:
        _write(_shape(file.add_paragraph(), Align.CENTRE, min(12, paper.body_pt)), paper.kind, 14, bold=True)
    if paper.kind and paper.subject:
        _write(_shape(file.add_paragraph(), Align.CENTRE), paper.subject, 14, bold=True)
        box = model.text_width_mm(paper.landscape)
        _line(file.add_paragraph(), rule_mm(paper.subject, 14, box), box)
    _recipient(file, paper)
    for block in paper.body:
        _block(file, paper, block, paper.landscape)
    if paper.closing:
        _running(file, paper, Paragraph(paper.closing)).paragraph_format.keep_with_next = True
    _signatures(file, paper)


def _heading(file: Doc, paper: Paper) -> None:
    top, widths = paper.heading, heading_widths_mm(paper)
    grid = _table(file, 2, widths, False)
    left, right = grid.rows[0].cells
    lines = iter([left.paragraphs[0], *(left.add_paragraph() for _ in range(2 if top.parent else 1))])
    if top.parent:
        _write(_shape(next(lines), Align.CENTRE), top.parent, 12)
    _write(_shape(next(lines), Align.CENTRE), top.unit, 12, bold=True)
    _line(next(lines), rule_mm(top.unit, 12, widths[0]), widths[0])
    _write(_shape(right.paragraphs[0], Align.CENTRE), top.state, 12, bold=True)
    if top.motto:
        _write(_shape(right.add_paragraph(), Align.CENTRE), top.motto, 13, bold=True)
    _line(right.add_paragraph(), width_mm(top.motto or top.state, 13 if top.motto else 12, True), widths[1])
    number, place = grid.rows[1].cells
    _write(_shape(number.paragraphs[0], Align.CENTRE), top.number, 13)
    if not paper.kind:  # a letter: its subject stands under its number
        _write(_shape(number.add_paragraph(), Align.CENTRE, 6), paper.subject, 12)
    _write(_shape(place.paragraphs[0], Align.CENTRE), top.place_and_date, 13, italic=True)


def _recipient(file: Doc, paper: Paper) -> None:
    size = max(13, paper.body_pt) if not paper.one_page_each else min(14, paper.body_pt + 1)
    if len(paper.recipient) == 1:
        _write(_shape(file.add_paragraph(), Align.CENTRE, 6, 8), paper.recipient[0], size)
    elif paper.recipient:
        first = _write(_shape(file.add_paragraph(), Align.LEFT, 6), paper.recipient[0], size)
        first.paragraph_format.left_indent = Mm(40)
        for text in paper.recipient[1:]:
            line = _write(_shape(file.add_paragraph(), Align.LEFT), text, size)
            line.paragraph_format.left_indent = Mm(40 + width_mm(paper.recipient[0], size))


def _running(file: Doc, paper: Paper, block: Paragraph) -> Text:
    line = _shape(file.add_paragraph(), block.align, 0, paper.after_pt, paper.line_spacing)
    line.paragraph_format.first_line_indent = Mm(model.FIRST_LINE_MM if block.indent else 0)
    line.paragraph_format.keep_with_next = block.bold or None
    return _write(line, block.text, paper.body_pt, block.bold, block.italic)


def _block(file: Doc, paper: Paper, block: Block, landscape: bool) -> None:
    match block:
        case Paragraph():
            _running(file, paper, block)
        case Facts() if block.rows:
            width = model.text_width_mm(landscape)
            grid = _table(file, len(block.rows), [width * share for share in model.FACTS], False)
            for row, values in zip(grid.rows, block.rows, strict=True):
                for cell, value in zip(row.cells, values, strict=True):
                    line = _shape(cell.paragraphs[0], Align.LEFT, 0, 2, paper.line_spacing)
                    _write(line, printable(value), paper.body_pt)
        case Table():
            _ruled(file, paper, block, landscape)


def _ruled(file: Doc, paper: Paper, table: Table, landscape: bool) -> None:
    if table.caption:
        caption = _write(_shape(file.add_paragraph(), Align.CENTRE, 4, 4), table.caption, paper.body_pt, bold=True)
        caption.paragraph_format.keep_with_next = True
    rows = max(1, len(table.rows))
    grid = _table(file, 1 + rows, model.widths_mm(table, landscape), True)
    _mark_row(grid.rows[0], "w:tblHeader")
    lines = grid._cells  # asked once: each asking walks the whole table
    count = len(table.columns)
    for column, cell in zip(table.columns, lines, strict=False):
        _in_cell(paper, cell, column.title, Align.CENTRE, True, True)
    for n, row in enumerate(table.rows, 1):
        last = n == len(table.rows)
        for column, value, cell in zip(table.columns, row, lines[n * count : n * count + count], strict=True):
            _in_cell(paper, cell, printable(value), column.align, table.total and last, table.is_short and not last)
    if not table.rows:
        _in_cell(paper, lines[count].merge(lines[-1]), table.empty, Align.CENTRE)
    _shape(file.add_paragraph(), Align.LEFT).paragraph_format.line_spacing = Pt(6)


def _in_cell(paper: Paper, cell: _Cell, text: str, align: Align, bold: bool = False, together: bool = False) -> None:
    line = _shape(cell.paragraphs[0], align, paper.after_pt / 4, paper.after_pt / 4)
    _write(line, text, paper.table_pt, bold)
    line.paragraph_format.keep_with_next = together or None


def _signatures(file: Doc, paper: Paper) -> None:
    width, count = model.text_width_mm(paper.landscape), len(paper.signers)
    if count == 1:
        grid = _table(file, 1, (width * 0.45, width * 0.55), False)
        left = grid.cell(0, 0)
        for n, text in enumerate(paper.copies):
            line = _shape(left.paragraphs[0] if n == 0 else left.add_paragraph(), Align.LEFT)
            _write(line, text, 11 if n else 12, bold=n == 0, italic=n == 0)
        _hand(paper, grid.cell(0, 1), paper.signers[0])
    elif count:
        grid = _table(file, 2, [width / count] * count, False)  # names on one line, however long the posts are
        for signer, post, name in zip(paper.signers, grid.rows[0].cells, grid.rows[1].cells, strict=True):
            _hand(paper, post, signer, name)
        for n, text in enumerate(paper.copies):
            _write(_shape(file.add_paragraph(), Align.LEFT), text, 11 if n else 12, bold=n == 0, italic=n == 0)
    _shape(_write(file.add_paragraph(), "", 1), Align.LEFT).paragraph_format.line_spacing = Pt(1)


def _hand(paper: Paper, cell: _Cell, signer: Signer, below: _Cell | None = None) -> None:
    """The name stands in the cell below where there is one."""
    size = max(min(14.0, paper.body_pt), SMALLEST_PT)
    lines = [(one, size, True, False, 0.0) for one in (signer.power, signer.post) if one]
    if signer.note:
        lines.append((signer.note, size - 1, False, True, 0.0))
    lines.append((signer.name, size, True, False, HAND_PT * min(1.0, paper.body_pt / 13)))
    for n, (text, pt, bold, italic, before) in enumerate(lines):
        if below and n == len(lines) - 1:
            line = below.paragraphs[0]
        else:
            line = cell.paragraphs[0] if n == 0 else cell.add_paragraph()
            line.paragraph_format.keep_with_next = True
        _write(_shape(line, Align.CENTRE, before), text, pt, bold, italic)


def _annex(file: Doc, paper: Paper, annex: Annex) -> None:
    _page(file.add_section(WD_SECTION.NEW_PAGE), annex.landscape)
    carrier = file.paragraphs[-1]  # it holds the old section's end and must not open a page of its own
    _shape(_write(carrier, "", 1), Align.LEFT).paragraph_format.line_spacing = Pt(1)
    _write(_shape(file.add_paragraph(), Align.CENTRE), annex.title, 14, bold=True)
    if annex.subject:
        size = 13 if annex.landscape else 14
        _write(_shape(file.add_paragraph(), Align.CENTRE), annex.subject.upper(), size, bold=True)
    _write(_shape(file.add_paragraph(), Align.CENTRE, 0, 6), annex.reference, 13, italic=True)
    for block in annex.blocks:
        _block(file, paper, block, annex.landscape)
