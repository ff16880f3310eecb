"""A paper as pdf: reportlab (BSD-3) with Tinos embedded; no Qt, for papers are made where no screen is.

Decree 30/2020/NĐ-CP, Appendix I: margins, sizes and lines as named in paper.py. Same paper, same bytes.
"""

import io
from collections.abc import Iterable
from functools import partial
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Text
from reportlab.platypus import Table as Grid

from roomapp.records.papers import paper as model
from roomapp.records.papers.fonts import LINE_HEIGHT, PT_PER_MM, Line, printable, register, rule_mm, width_mm
from roomapp.records.papers.paper import Align, Annex, Block, Facts, Paper, Paragraph, Signer, Table

SIDES: dict[Align, Any] = {
    Align.LEFT: TA_LEFT,
    Align.CENTRE: TA_CENTER,
    Align.RIGHT: TA_RIGHT,
    Align.JUSTIFY: TA_JUSTIFY,
}
SMALLEST_PT, STEP_PT = 6.0, 0.5
RESERVE_MM = 12.0  # kept free where one page is promised: a word processor breaks its lines a little otherwise
HAND_PT = 62.0  # room for the signature and the seal
PAGE_NUMBER_MM = 12.0  # from the upper edge to its baseline: the middle of the margin
PADDING_PT = 3.0
ROOM_MM = 30.0  # under a table's caption: header and a few rows, else the next page


def as_pdf(paper: Paper) -> bytes:
    """The whole paper; fitted to its pages where that is promised."""
    return _drawn(fitted(paper), 0.0)[0]


def fitted(paper: Paper) -> Paper:
    """In the largest letters in which each sheet stays on its page; below SMALLEST_PT it runs over, uncut."""
    while paper.one_page_each and paper.table_pt > SMALLEST_PT:
        if _drawn(paper, RESERVE_MM)[1] <= 1 + len(paper.annexes):
            break
        paper = paper.smaller(STEP_PT)
    return paper


def _drawn(paper: Paper, reserve_mm: float) -> tuple[bytes, int]:
    register()
    made = io.BytesIO()
    file = BaseDocTemplate(
        made,
        title=printable(paper.kind),
        author=printable(paper.heading.unit),
        lang="vi-VN",
        invariant=1,
        initialFontName="Tinos",
    )
    layouts = [paper.landscape, *(annex.landscape for annex in paper.annexes)]
    file.addPageTemplates([one for n, wide in enumerate(layouts) for one in _templates(n, wide, reserve_mm)])
    file.build([*_sheet(paper), *(one for n, annex in enumerate(paper.annexes, 1) for one in _annex(paper, annex, n))])
    return made.getvalue(), file.page


def _templates(part: int, landscape: bool, reserve_mm: float) -> list[PageTemplate]:
    """First page without a number, the others with it, counted anew in each part (II.III.1.đ)."""
    width, height = (side * PT_PER_MM for side in (model.A4_MM[::-1] if landscape else model.A4_MM))
    left, bottom = model.LEFT_MM * PT_PER_MM, (model.BOTTOM_MM + reserve_mm) * PT_PER_MM
    box = (left, bottom, model.text_width_mm(landscape) * PT_PER_MM, height - model.TOP_MM * PT_PER_MM - bottom)
    frame = partial(Frame, *box, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    def begin(canvas: Canvas, file: Any) -> None:
        file.part_began = canvas.getPageNumber()

    def number(canvas: Canvas, file: Any) -> None:
        canvas.setFont("Tinos", 13)
        shown = str(canvas.getPageNumber() - file.part_began + 1)
        canvas.drawCentredString(box[0] + box[2] / 2, height - PAGE_NUMBER_MM * PT_PER_MM, shown)

    size, first, later = (width, height), f"{part}", f"{part}+"
    return [
        PageTemplate(first, [frame()], begin, pagesize=size, autoNextPageTemplate=later),
        PageTemplate(later, [frame()], number, pagesize=size),
    ]


def _style(size: float, align: Align = Align.CENTRE, **more: Any) -> ParagraphStyle:
    leading = size * LINE_HEIGHT * more.pop("spacing", 1.0)
    return ParagraphStyle(
        "of a paper",
        fontName="Tinos",
        bulletFontName="Tinos",
        fontSize=size,
        leading=leading,
        alignment=SIDES[align],
        textColor=black,
        **more,
    )


def _text(text: str, style: ParagraphStyle, bold: bool = False, italic: bool = False) -> Text:
    marked = escape(printable(text)).replace("\n", "<br/>")
    marked = f"<i>{marked}</i>" if italic else marked
    return Text(f"<b>{marked}</b>" if bold else marked, style)


def _sheet(paper: Paper) -> list[Flowable]:
    drawn: list[Flowable] = [_heading(paper)]
    if paper.mark:
        drawn.append(_mark(paper.mark))
    if paper.kind:
        drawn.append(_text(paper.kind, _style(14, spaceBefore=min(12, paper.body_pt)), bold=True))
    if paper.kind and paper.subject:
        drawn.append(_text(paper.subject, _style(14), bold=True))
        drawn.append(Line(rule_mm(paper.subject, 14, model.text_width_mm(paper.landscape)), 8))
    drawn += _recipient(paper)
    drawn += [one for block in paper.body for one in _block(paper, block, paper.landscape)]
    last = [_running(paper, Paragraph(paper.closing))] if paper.closing else []
    return [*drawn, KeepTogether([*last, *_signatures(paper)])]


def _annex(paper: Paper, annex: Annex, part: int) -> list[Flowable]:
    drawn: list[Flowable] = [NextPageTemplate(f"{part}"), PageBreak()]
    drawn.append(_text(annex.title, _style(14), bold=True))
    if annex.subject:
        drawn.append(_text(annex.subject.upper(), _style(13 if annex.landscape else 14), bold=True))
    drawn.append(_text(annex.reference, _style(13, spaceAfter=6), italic=True))
    return drawn + [one for block in annex.blocks for one in _block(paper, block, annex.landscape)]


def heading_widths_mm(paper: Paper) -> tuple[float, float]:
    """Of the two boxes at the top, as wide together as the text."""
    scale = model.text_width_mm(paper.landscape) / sum(model.HEADING_MM)
    return model.HEADING_MM[0] * scale, model.HEADING_MM[1] * scale


def _heading(paper: Paper) -> Grid:
    top, widths = paper.heading, heading_widths_mm(paper)
    left: list[Flowable] = [_text(top.parent, _style(12))] if top.parent else []
    left += [_text(top.unit, _style(12), bold=True), Line(rule_mm(top.unit, 12, widths[0]))]
    right: list[Flowable] = [_text(top.state, _style(12), bold=True)]
    if top.motto:
        right.append(_text(top.motto, _style(13), bold=True))
    right.append(Line(width_mm(top.motto or top.state, 13 if top.motto else 12, True)))
    number = [_text(top.number, _style(13))]
    if not paper.kind:  # a letter: its subject stands under its number
        number.append(_text(paper.subject, _style(12, spaceBefore=6)))
    rows: list[list[Any]] = [[left, right], [number, _text(top.place_and_date, _style(13), italic=True)]]
    return _bare(rows, widths)


def _bare(rows: list[list[Any]], widths: Iterable[float]) -> Grid:
    """A table without rules, only for its places."""
    return Grid(
        rows,
        [width * PT_PER_MM for width in widths],
        style=[
            ("FONTNAME", (0, 0), (-1, -1), "Tinos"),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("TOPPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ],
    )


def _mark(mark: str) -> Grid:
    box = Grid([[_text(mark, _style(13), bold=True)]], [(width_mm(mark, 13, True) + 6) * PT_PER_MM], hAlign="LEFT")
    box.setStyle(
        [
            ("FONTNAME", (0, 0), (-1, -1), "Tinos"),
            ("BOX", (0, 0), (-1, -1), 0.75, black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ]
    )
    return box


def _recipient(paper: Paper) -> list[Flowable]:
    size = max(13, paper.body_pt) if not paper.one_page_each else min(14, paper.body_pt + 1)
    match paper.recipient:
        case ():
            return [Spacer(0, 2)]
        case (line,):
            return [_text(line, _style(size, spaceBefore=6, spaceAfter=8))]
        case (first, *rest):
            indent = 40 * PT_PER_MM
            head = _text(first, _style(size, Align.LEFT, leftIndent=indent, spaceBefore=6))
            inner = indent + width_mm(first, size) * PT_PER_MM - size / 3
            drawn = [_text(one, _style(size, Align.LEFT, leftIndent=inner + 8, firstLineIndent=-8)) for one in rest]
            return [head, *drawn, Spacer(0, 8)]
    return []


def _running(paper: Paper, block: Paragraph) -> Text:
    indent = model.FIRST_LINE_MM * PT_PER_MM if block.indent else 0
    style = _style(
        paper.body_pt, block.align, spacing=paper.line_spacing, spaceAfter=paper.after_pt, firstLineIndent=indent
    )
    style.keepWithNext = 1 if block.bold else 0
    return _text(block.text, style, block.bold, block.italic)


def _block(paper: Paper, block: Block, landscape: bool) -> list[Flowable]:
    match block:
        case Paragraph():
            return [_running(paper, block)]
        case Facts():
            style = _style(paper.body_pt, Align.LEFT, spacing=paper.line_spacing)
            width = model.text_width_mm(landscape)
            rows = [[_text(name, style), _text(printable(value), style)] for name, value in block.rows]
            return [_bare(rows, [width * share for share in model.FACTS])] if rows else []
        case Table():
            return _captioned(paper, block, landscape)


def _captioned(paper: Paper, table: Table, landscape: bool) -> list[Flowable]:
    drawn: list[Flowable] = []
    if table.caption:
        drawn.append(_text(table.caption, _style(paper.body_pt, spaceBefore=4, spaceAfter=4), bold=True))
    drawn.append(_grid(paper, table, landscape))
    if table.is_short:
        return [KeepTogether(drawn), Spacer(0, paper.after_pt)]
    return [CondPageBreak(ROOM_MM * PT_PER_MM), *drawn, Spacer(0, paper.after_pt)]


def _grid(paper: Paper, table: Table, landscape: bool) -> Grid:
    size = paper.table_pt
    rows: list[list[Any]] = [[_text(one.title, _style(size), bold=True) for one in table.columns]]
    styles = [_style(size, one.align) for one in table.columns]
    for n, row in enumerate(table.rows, 1):
        bold = table.total and n == len(table.rows)
        rows.append([_text(printable(cell), style, bold) for cell, style in zip(row, styles, strict=True)])
    rules: list[Any] = [
        ("FONTNAME", (0, 0), (-1, -1), "Tinos"),
        ("GRID", (0, 0), (-1, -1), 0.5, black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), PADDING_PT),
        ("RIGHTPADDING", (0, 0), (-1, -1), PADDING_PT),
        ("TOPPADDING", (0, 0), (-1, -1), paper.after_pt / 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), paper.after_pt / 2),
    ]
    if not table.rows:
        rows.append([_text(table.empty, _style(size), italic=True), *[""] * (len(table.columns) - 1)])
        rules.append(("SPAN", (0, 1), (-1, 1)))
    widths = [width * PT_PER_MM for width in model.widths_mm(table, landscape)]
    return Grid(rows, widths, style=rules, repeatRows=1, splitInRow=1)


def _signatures(paper: Paper) -> list[Flowable]:
    width = model.text_width_mm(paper.landscape)
    copies: list[Flowable] = (
        [_text(paper.copies[0], _style(12, Align.LEFT), bold=True, italic=True)] if paper.copies else []
    )
    copies += [_text(one, _style(11, Align.LEFT)) for one in paper.copies[1:]]
    if len(paper.signers) == 1:
        return [_bare([[copies, _hand(paper, paper.signers[0])]], (width * 0.45, width * 0.55))]
    count = len(paper.signers)
    if not count:
        return copies
    hands = [_hand(paper, one) for one in paper.signers]  # names on one line, however long the posts are
    rows = [[hand[:-2] for hand in hands], [hand[-2:] for hand in hands]]
    return [_bare(rows, [width / count] * count), *copies]


def _hand(paper: Paper, signer: Signer) -> list[Flowable]:
    size = max(min(14.0, paper.body_pt), SMALLEST_PT)
    drawn: list[Flowable] = [_text(one, _style(size), bold=True) for one in (signer.power, signer.post) if one]
    if signer.note:
        drawn.append(_text(signer.note, _style(size - 1), italic=True))
    room = HAND_PT * min(1.0, paper.body_pt / 13)
    return [*drawn, _text(signer.name or "", _style(size, spaceBefore=room), bold=True), Spacer(0, 2)]
