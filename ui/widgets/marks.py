"""Marks of state: a shape, a colour and always a word beside them."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QPolygonF, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from roomapp.events import RowState
from ui.theme import Theme

TURN_MS = 1200  # one turn of the arc
STEP_MS = 60


def draw_mark(painter: QPainter, box: QRectF, state: RowState, theme: Theme, turn: float = 0.0) -> None:
    """Draws the mark of a state into a square box; `turn` is 0…1 of the running arc's turn."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    size = box.width()
    thick = max(2.0, size / 11)
    if state is RowState.RUNNING:
        ring = box.adjusted(thick, thick, -thick, -thick)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("hairline"), thick))
        painter.drawEllipse(ring)
        painter.setPen(QPen(theme.colour("primary"), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(ring, round((90 - turn * 360) * 16), -100 * 16)
    elif state is RowState.WAITING:
        painter.setPen(QPen(theme.colour("border"), max(1.5, thick / 2)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(thick, thick, -thick, -thick))
    elif state is RowState.FAILED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("danger"))
        painter.drawPolygon(_polygon(box, 8, math.pi / 8))
        _glyph(painter, box, "cross", theme, "on_danger")
    elif state in (RowState.ASK, RowState.TODO, RowState.WARNED):
        painter.setPen(QPen(theme.colour("on_warn"), max(1.5, thick / 2)))
        painter.setBrush(theme.colour("warn"))
        painter.drawPolygon(_polygon(box.adjusted(1, 1, -1, -1), 4, 0.0))
        icon = {RowState.ASK: "question", RowState.TODO: "right", RowState.WARNED: "incident"}[state]
        _glyph(painter, box, icon, theme, "on_warn", 0.5)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("muted" if state is RowState.SKIPPED else "ok"))
        painter.drawEllipse(box)
        _glyph(painter, box, "right" if state is RowState.SKIPPED else "check", theme, "on_ok")
    painter.restore()


def _polygon(box: QRectF, corners: int, offset: float) -> QPolygonF:
    radius, centre = box.width() / 2, box.center()
    return QPolygonF(
        [
            QPointF(
                centre.x() + radius * math.sin(offset + 2 * math.pi * k / corners),
                centre.y() - radius * math.cos(offset + 2 * math.pi * k / corners),
            )
            for k in range(corners)
        ]
    )


def _glyph(painter: QPainter, box: QRectF, icon: str, theme: Theme, colour: str, part: float = 0.64) -> None:
    side = round(box.width() * part)
    pixmap = theme.pixmap(icon, side, colour, stroke=3)
    painter.drawPixmap(round(box.center().x() - side / 2), round(box.center().y() - side / 2), pixmap)


class Mark(QWidget):
    """One mark; the arc of a running check is the only thing on a page that turns."""

    def __init__(self, theme: Theme, state: RowState = RowState.WAITING, size: int | None = None) -> None:
        super().__init__()
        self._theme, self._state = theme, state
        self._size = size or theme.mm(11, 5.5)
        self._turn = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._step)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_state(self, state: RowState) -> None:
        if state is not self._state:
            self._state = state
            self._run_timer()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def showEvent(self, event: QShowEvent) -> None:
        self._run_timer()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def _run_timer(self) -> None:
        if self._state is RowState.RUNNING and self.isVisible():
            self._timer.start()
        else:
            self._timer.stop()

    def _step(self) -> None:
        self._turn = (self._turn + STEP_MS / TURN_MS) % 1
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_mark(painter, QRectF(0, 0, self._size, self._size), self._state, self._theme, self._turn)
        painter.end()
