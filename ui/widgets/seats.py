"""The seating plan that the officer touches: seats where they stand in the room, each with its state in words."""

from itertools import pairwise

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from roomapp.events import SeatState, SeatView
from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.button import Touchable
from ui.widgets.text import draw_text, lay_out

LOOK = {  # fill, border, ink, dashed, line factor
    SeatState.IDLE: ("card", "border", "text", False, 1.0),
    SeatState.AIMING: ("card", "primary", "primary", False, 2.6),
    SeatState.SENT: ("card", "primary", "primary", True, 1.6),
    SeatState.THERE: ("tint", "primary", "primary", False, 3.0),
    SeatState.FAILED: ("danger_tint", "danger", "danger", False, 2.6),
    SeatState.NOT_STORED: ("page", "border", "muted", True, 1.0),
}


class Seat(Touchable):
    """One seat: backrest, label, state."""

    def __init__(self, theme: Theme, words: Words, seat: SeatView, facing_down: bool) -> None:
        super().__init__(theme, f"seat_{seat.id}")
        self._words, self._seat, self._facing_down = words, seat, facing_down
        self.show_seat(seat)

    def show_seat(self, seat: SeatView) -> None:
        self._seat = seat
        self.setAccessibleName(f"{seat.name}. {self._state_words()}")
        self.update()

    def state(self) -> SeatState:
        return self._seat.state

    def _state_words(self) -> str:
        return "" if self._seat.state is SeatState.IDLE else self._words(f"ui.seat_{self._seat.state}")

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self.theme
        fill, border, ink, dashed, factor = LOOK[self._seat.state]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        back, width = theme.mm(2, 1.4), max(1.0, theme.line * factor)
        box = QRectF(self.rect())
        rest = QRectF(box.left() + box.width() * 0.2, 0, box.width() * 0.6, back * 2)
        if self._facing_down:
            rest.moveBottom(box.bottom())
            box.adjust(0, 0, 0, -back)
        else:
            box.adjust(0, back, 0, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(border if border != "danger" else "border"))
        painter.drawRoundedRect(rest, back / 2, back / 2)
        pen = QPen(theme.colour(border), width)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour("down" if self.isDown() else fill))
        inner = box.adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(inner, theme.radius, theme.radius)
        painter.setPen(theme.colour(ink))
        self._draw_words(painter, inner, ink)
        painter.end()

    def _label_font(self, box: QRectF) -> QFont:
        """As large as the seat bears: the number is what the officer looks for."""
        font = self.theme.font(Role.TITLE if self.theme.large else Role.MIC, True)
        font.setPixelSize(max(18, min(font.pixelSize(), round(box.height() * 0.42))))
        return font

    def _draw_words(self, painter: QPainter, box: QRectF, ink: str) -> None:
        theme, state = self.theme, self._state_words()
        label_font, small = self._label_font(box), theme.font(Role.LABEL, self._seat.state is SeatState.THERE)
        small.setPixelSize(max(18, round(small.pixelSize() * 0.92)))
        label = self._seat.label
        if lay_out(label, label_font, 1e6, 1.2)[2] > box.width() - 8:
            label_font = theme.font(Role.LABEL, True)
        fits = state and box.height() >= label_font.pixelSize() * 1.3 + small.pixelSize() * 1.3 + 4
        fits = fits and lay_out(state, small, 1e6, 1.2)[2] <= box.width() - 4
        top = QRectF(box)
        if fits:
            below = small.pixelSize() * 1.35
            top = QRectF(
                box.left(),
                box.center().y() - (label_font.pixelSize() * 1.25 + below) / 2,
                box.width(),
                label_font.pixelSize() * 1.25,
            )
            draw_text(painter, QRectF(box.left(), top.bottom(), box.width(), below), state, small, 1.2, centre=True)
        if self._seat.state is SeatState.THERE:
            side = round(label_font.pixelSize() * 0.9)
            natural = lay_out(label, label_font, 1e6, 1.2)[2]
            if natural + side + theme.mm(3, 1.5) < box.width() - 6:
                left = box.center().x() - (natural + side + theme.mm(3, 1.5)) / 2
                painter.drawPixmap(round(left), round(top.center().y() - side / 2), theme.pixmap("camera", side, ink))
                top.setLeft(left + side + theme.mm(3, 1.5))
                draw_text(painter, top, label, label_font, 1.2)
                return
        draw_text(painter, top.adjusted(4, 0, -4, 0), label, label_font, 1.1, centre=True)


MANY = 12  # from here on seats are as small as a finger allows, and the plan is moved by the finger


class SeatingPlan(QWidget):
    """Seats laid into a grid made from their places in the room; `picked` tells which one was touched.

    A row with more seats than the width bears goes on below. In a TouchScroll it is as high as its seats need.
    """

    picked = Signal(str)

    def __init__(self, theme: Theme, words: Words, *, with_table: bool, least: int | None = None) -> None:
        super().__init__()
        self._theme, self._words, self._with_table = theme, words, with_table
        self._least = least or theme.button
        self._seats: dict[str, Seat] = {}
        self._places: list[list[SeatView]] = []  # the rows as they stand in the room
        self._rows: list[list[SeatView]] = []  # the same, none longer than fits
        self._table = QRectF()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_seats(self, seats: tuple[SeatView, ...]) -> None:
        seats = tuple(seat for seat in seats if not seat.overview)
        if [seat.id for seat in seats] != list(self._seats):
            self._build(seats)
        for seat in seats:
            self._seats[seat.id].show_seat(seat)

    def _build(self, seats: tuple[SeatView, ...]) -> None:
        for old in self._seats.values():
            old.hide()
            old.deleteLater()
        self._seats = {}
        self._places = self._rows = rows_of(seats)
        for number, row in enumerate(self._places):
            down = len(self._places) > 1 and number >= len(self._places) / 2
            for seat in row:
                widget = Seat(self._theme, self._words, seat, down)
                widget.setParent(self)
                widget.clicked.connect(lambda _=False, id=seat.id: self.picked.emit(id))
                widget.show()
                self._seats[seat.id] = widget
        self._place()

    def _table_height(self) -> int:
        return self._theme.mm(14, 8) if self._with_table and len(self._rows) == 2 else 0

    def _least_side(self) -> int:
        return self._least if len(self._seats) <= MANY else self._theme.finger(15)

    def _gap(self) -> int:
        if len(self._seats) > MANY:
            return self._theme.finger(3)
        return self._theme.small_gap if self._theme.wide else self._theme.gap

    def _room(self) -> int:
        """The width for seats: many of them are moved by the finger, with a bar at the right."""
        return self.width() - (self._theme.finger(2) if len(self._seats) > MANY else 0)

    def sizeHint(self) -> QSize:
        gap, least, table = self._gap(), self._least_side(), self._table_height()
        most = max((len(row) for row in self._rows), default=1)
        wide = most if len(self._seats) <= MANY else 1  # many seats take the width that there is
        return QSize(wide * (least + gap) - gap, len(self._rows) * (least + gap) - gap + (table + gap if table else 0))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def _place(self) -> None:
        if not self._places:
            return
        gap = self._gap()
        fit = max(1, (self._room() + gap) // (self._least_side() + gap))
        rows = [part for row in self._places for part in split(row, fit)]
        if [len(row) for row in rows] != [len(row) for row in self._rows]:
            self._rows = rows
            self.updateGeometry()
        table = self._table_height()
        most = max(len(row) for row in self._rows)
        width = (self._room() - gap * (most - 1)) / most
        height = (self.height() - gap * (len(self._rows) - 1) - (table + gap if table else 0)) / len(self._rows)
        height = min(height, width * 1.25)
        top = 0.0
        self._table = QRectF()  # a table stands between two rows
        for number, row in enumerate(self._rows):
            left = (self._room() - len(row) * width - (len(row) - 1) * gap) / 2
            for seat in row:
                self._seats[seat.id].setGeometry(round(left), round(top), round(width), round(height))
                left += width + gap
            top += height + gap
            if table and number == 0:
                self._table = QRectF(0, top, self.width(), table)
                top += table + gap

    def paintEvent(self, _: QPaintEvent) -> None:
        if not self._rows or self._table_height() == 0:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("table"))
        painter.drawRoundedRect(self._table, self._theme.radius, self._theme.radius)
        painter.setPen(self._theme.colour("text"))
        draw_text(painter, self._table, self._words("ui.table"), self._theme.font(Role.LABEL), 1.2, centre=True)
        painter.end()


def split(row: list[SeatView], most: int) -> list[list[SeatView]]:
    """A row that is too long, in parts of nearly the same length."""
    parts = -(-len(row) // most)
    ends = [len(row) * part // parts for part in range(parts + 1)]
    return [row[begin:end] for begin, end in pairwise(ends)]


def rows_of(seats: tuple[SeatView, ...]) -> list[list[SeatView]]:
    """Seats into rows, from the front of the plan (y = 0) to the back; within a row from left to right."""
    rows: list[list[SeatView]] = []
    for seat in sorted(seats, key=lambda s: (s.y, s.x)):
        if rows and abs(rows[-1][0].y - seat.y) < 0.12:
            rows[-1].append(seat)
        else:
            rows.append([seat])
    return [sorted(row, key=lambda s: s.x) for row in rows]
