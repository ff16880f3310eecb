"""Tinos, whose letters are as wide as Times New Roman's, for measuring and for embedding; and the drawn rule.

It comes with the program (SIL OFL 1.1): no system font is needed, so a paper looks the same on every machine.
"""

from functools import lru_cache
from unicodedata import category

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable

from roomapp.records.papers.paper import Cell, shown
from roomapp.words import RESOURCES

PT_PER_MM = 72 / 25.4
LINE_HEIGHT = 1.149  # of Times New Roman, single spaced, in its own size


@lru_cache(maxsize=1)
def register() -> None:
    """Makes the four styles known to reportlab as one family; once a process."""
    styles = {"Tinos": "400-normal", "Tinos-Bold": "700-normal", "Tinos-It": "400-italic", "Tinos-BoldIt": "700-italic"}
    for name, file in styles.items():
        pdfmetrics.registerFont(TTFont(name, RESOURCES / "fonts" / f"tinos-{file}.ttf"))
    pdfmetrics.registerFontFamily("Tinos", "Tinos", "Tinos-Bold", "Tinos-It", "Tinos-BoldIt")


def width_mm(text: str, size_pt: float, bold: bool = False) -> float:
    """Of the longest line."""
    register()
    font = "Tinos-Bold" if bold else "Tinos"
    return max(float(pdfmetrics.stringWidth(line, font, size_pt)) for line in [*text.split("\n"), ""]) / PT_PER_MM


def rule_mm(text: str, size_pt: float, box_mm: float) -> float:
    """Of the drawn line under a bold text: between a third and a half of its length (II.2.b, II.5.b)."""
    return 0.4 * min(width_mm(text, size_pt, True), box_mm)


def printable(cell: Cell) -> str:
    """A value as text without the signs that no paper and no XML can hold: they are left out, the rest stays.

    Spaces of every width stay: some keep the room of a number that the registry fills in.
    """
    return "".join(sign for sign in shown(cell) if sign.isprintable() or sign == "\n" or category(sign) == "Zs")


class Line(Flowable):  # type: ignore[misc, unused-ignore]
    """A drawn rule in the middle of its box: reportlab's own stands at the left of a table's cell."""

    def __init__(self, length_mm: float, after_pt: float = 3) -> None:
        super().__init__()
        self._length, self._after = length_mm * PT_PER_MM, after_pt

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width, self.height = width, 3 + self._after
        return self.width, self.height

    def draw(self) -> None:
        start = (self.width - self._length) / 2
        self.canv.setLineWidth(0.6)
        self.canv.line(start, self._after, start + self._length, self._after)
