"""One bar with five named zones and a black pointer: how loud the room's microphone hears."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.text import draw_text

OF_POINTER = -1  # fill the zone in which the pointer stands
# Where the zones end, in dBFS of RMS, and how wide they are drawn. Speech at RFC 7874's -22 ± 6 dBov lies in the middle
# one, and what the check fails as too loud (± 12 dB) in the last.
ZONE_EDGES_DBFS = (-75.0, -55.0, -28.0, -16.0, -10.0, 0.0)
ZONE_WIDTHS = (0.16, 0.20, 0.28, 0.20, 0.16)


def place_of(level_dbfs: float) -> float:
    """Where a level stands along the bar, 0…1."""
    if math.isinf(level_dbfs) or level_dbfs <= ZONE_EDGES_DBFS[0]:
        return 0.0
    start = 0.0
    for zone, width in enumerate(ZONE_WIDTHS):
        low, high = ZONE_EDGES_DBFS[zone], ZONE_EDGES_DBFS[zone + 1]
        if level_dbfs <= high:
            return start + width * (level_dbfs - low) / (high - low)
        start += width
    return 1.0


def zone_of(place: float) -> int:
    """The zone, 0…4, of a place along the bar."""
    end = 0.0
    for zone, width in enumerate(ZONE_WIDTHS):
        end += width
        if place < end:
            return zone
    return len(ZONE_WIDTHS) - 1


class SoundBar(QWidget):
    """Zones with their names under them; the zone of the level is filled, the pointer shows it."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self._place: float | None = None
        self._zone: int | None = None
        self.setObjectName("sound_bar")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_place(self, place: float | None, zone: int | None) -> None:
        """`place` 0…1 of the pointer, None hides it; `zone` is the filled one, None fills none, OF_POINTER follows."""
        if zone == OF_POINTER:
            zone = zone_of(place) if place is not None else None
        if (place, zone) != (self._place, self._zone):
            self._place, self._zone = place, zone
            self.update()

    def sizeHint(self) -> QSize:
        theme = self._theme
        return QSize(theme.mm(300, 120), theme.mm(26, 11) + round(theme.type_px(Role.LABEL) * 1.7))

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, tall = theme.mm(8, 3.6), theme.mm(16, 6.8)
        gap, left = theme.mm(1, 0.6), 0.0
        for zone, part in enumerate(ZONE_WIDTHS):
            width = (self.width() - 1) * part
            box = QRectF(left + 1, top, width - gap, tall)
            filled = zone == self._zone
            colour = {0: "warn", 2: "ok"}.get(zone, "warn") if filled else "page"
            painter.setPen(QPen(theme.colour("border"), theme.line) if not filled or zone != 2 else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(colour))
            painter.drawRoundedRect(box, theme.radius / 2, theme.radius / 2)
            painter.setPen(theme.colour("ok" if filled and zone == 2 else "text"))
            under = QRectF(left, top + tall, width, self.height() - top - tall)
            draw_text(painter, under, self._words(f"ui.zone_{zone}"), theme.font(Role.LABEL, filled), 1.2, centre=True)
            left += width
        if self._place is not None:
            self._draw_pointer(painter, max(4.0, min(self.width() - 4.0, self._place * self.width())), top, tall)
        painter.end()

    def _draw_pointer(self, painter: QPainter, x: float, top: float, tall: float) -> None:
        theme = self._theme
        thick, head = theme.mm(1.7, 1.2), theme.mm(4.5, 2.2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("card"))
        painter.drawRect(QRectF(x - thick, top - 1, 2 * thick, tall + 2))
        painter.setBrush(theme.colour("text"))
        painter.drawRoundedRect(QRectF(x - thick / 2, top - 2, thick, tall + theme.mm(3, 1.4)), thick / 2, thick / 2)
        painter.drawPolygon(QPolygonF([QPointF(x - head, 0), QPointF(x + head, 0), QPointF(x, top)]))
