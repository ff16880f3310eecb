"""A paper as pure values: what stands on it and where, before any file format.

Measures are millimetres and points of Decree 30/2020/NĐ-CP, Appendix I, Part I. Each writer (docx, pdf, xlsx) draws the
same values. Everything is NFC text; times must already be in the site's zone, for a paper knows no zone.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

Cell = str | int | float | date | datetime | None

TOP_MM, BOTTOM_MM, LEFT_MM, RIGHT_MM = 20.0, 20.0, 30.0, 15.0  # I.3: 20 to 25, 20 to 25, 30 to 35, 15 to 20
A4_MM = (210.0, 297.0)
FIRST_LINE_MM = 12.7  # II.6.e: 1 cm or 1.27 cm
BODY_PT = 14.0  # II.6.e: 13 or 14
AFTER_PT = 6.0  # II.6.e: at least 6 pt between paragraphs
LINE_SPACING = 1.15  # II.6.e: single to 1.5
SHORT_ROWS = 12  # a table of no more is not divided between two pages
FACTS = (0.4, 0.6)  # shares of the width: name and value
HEADING_MM = (68.0, 97.0)  # left and right box: the state's name stays on one line at 12 pt


class Align(StrEnum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"
    JUSTIFY = "justify"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text. `indent`: its first line begins FIRST_LINE_MM further in."""

    text: str
    bold: bool = False
    italic: bool = False
    align: Align = Align.JUSTIFY
    indent: bool = True


@dataclass(frozen=True, slots=True)
class Column:
    """Width in millimetres; the writers scale all columns together where a table would be wider than the page."""

    title: str
    width_mm: float
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table whose header row repeats on each page.

    `total` marks the last row as sums; `empty` stands where it has no rows.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    total: bool = False
    empty: str = ""

    @property
    def is_short(self) -> bool:
        """Kept on one page."""
        return len(self.rows) <= SHORT_ROWS


@dataclass(frozen=True, slots=True)
class Facts:
    """Name and value, one below the other, without rules."""

    rows: tuple[tuple[str, Cell], ...]


Block = Paragraph | Table | Facts


@dataclass(frozen=True, slots=True)
class Heading:
    """The top of the first page: who issues (left), the state and its motto (right), number, place and date."""

    parent: str
    unit: str
    state: str
    motto: str
    number: str
    place_and_date: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Power and post in capitals (II.7), a note in italics under them, and the name; room for the hand is left."""

    power: str = ""
    post: str = ""
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Annex:
    """A sheet that begins on a page of its own; `title` as “Phụ lục I”, pages counted anew (II.III.1)."""

    title: str
    subject: str
    reference: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper. `day`: its own date, from which the files' own dates are set, so that same input is same bytes.

    `closing` is the last sentence, kept on one page with the signatures; `sheets`: on how many pages it has to fit,
    one for itself and one for each annex (`one_page_each`), by smaller letters where names are long.
    """

    kind: str
    subject: str
    heading: Heading
    day: date
    recipient: tuple[str, ...] = ()
    body: tuple[Block, ...] = ()
    closing: str = ""
    copies: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()
    annexes: tuple[Annex, ...] = ()
    landscape: bool = False
    mark: str = ""
    body_pt: float = BODY_PT
    table_pt: float = 11.0
    line_spacing: float = LINE_SPACING
    after_pt: float = AFTER_PT
    one_page_each: bool = False

    def smaller(self, by_pt: float) -> "Paper":
        """The same paper in smaller letters, single spaced."""
        return replace(
            self, body_pt=self.body_pt - by_pt, table_pt=self.table_pt - by_pt, line_spacing=1.0, after_pt=2.0
        )


def text_width_mm(landscape: bool) -> float:
    """Of the lines between the margins."""
    return A4_MM[1 if landscape else 0] - LEFT_MM - RIGHT_MM


def widths_mm(table: Table, landscape: bool) -> tuple[float, ...]:
    """Of the columns, filled out or pressed together to the width of the text."""
    scale = text_width_mm(landscape) / sum(column.width_mm for column in table.columns)
    return tuple(column.width_mm * scale for column in table.columns)


def shown(cell: Cell) -> str:
    """A value as Vietnamese papers print it: 1.234, 0,5, 05/01/2026, 08:00 05/01/2026; nothing for None."""
    match cell:
        case None:
            return ""
        case str():
            return cell
        case datetime():
            return cell.strftime("%H:%M %d/%m/%Y")
        case date():
            return cell.strftime("%d/%m/%Y")
        case int():
            return f"{cell:,}".replace(",", ".")
        case float():
            return f"{cell:,.2f}".rstrip("0").rstrip(".").replace(",", " ").replace(".", ",").replace(" ", ".")
