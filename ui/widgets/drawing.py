"""Flat drawings of what to do with one's hands: one thing, one blue ring, its name."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Role, Theme
from ui.widgets.text import draw_text

GRID = (100.0, 76.0)  # every drawing is drawn on this grid and fitted into its box


class Drawing(QWidget):
    """`name` is one of camera-back, microphone, socket, breaker, cable; `label` names the ringed part."""

    def __init__(self, theme: Theme, name: str, label: str) -> None:
        super().__init__()
        self._theme, self._name, self._label = theme, name, label
        self.setAccessibleName(label)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.mm(72, 30), self._theme.mm(54, 24))

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("page" if self._name != "breaker" else "card"))
        painter.drawRoundedRect(QRectF(self.rect()), theme.radius, theme.radius)
        scale = min(self.width() / GRID[0], self.height() / GRID[1])
        painter.translate((self.width() - GRID[0] * scale) / 2, (self.height() - GRID[1] * scale) / 2)
        painter.scale(scale, scale)
        self._pen = QPen(theme.colour("muted"), 0.9)
        ring = {
            "camera-back": self._camera_back,
            "microphone": self._microphone,
            "socket": self._socket,
            "cable": self._cable,
            "breaker": self._breaker,
        }[self._name](painter)
        if ring is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("primary"), 1.4))
            painter.drawEllipse(ring)
        painter.resetTransform()
        if self._label:
            painter.setPen(theme.colour("primary"))
            font = theme.font(Role.LABEL, True)
            tall = font.pixelSize() * 1.5
            draw_text(
                painter,
                QRectF(0, self.height() - tall - theme.mm(1, 0.6), self.width(), tall),
                self._label,
                font,
                1.2,
                centre=True,
            )
        painter.end()

    def _box(self, painter: QPainter, x: float, y: float, w: float, h: float, r: float, fill: str) -> None:
        painter.setPen(self._pen)
        painter.setBrush(self._theme.colour(fill))
        painter.drawRoundedRect(QRectF(x, y, w, h), r, r)

    def _camera_back(self, painter: QPainter) -> QRectF:
        self._box(painter, 28, 4, 36, 30, 11, "hill3")
        self._box(painter, 16, 28, 60, 30, 3, "hill1")
        for x in (21, 32):
            self._box(painter, x, 39, 7, 5, 1, "muted")
        painter.drawEllipse(QRectF(21.5, 48, 4, 4))
        self._box(painter, 58, 36, 10, 15, 2, "card")
        self._box(painter, 59.5, 37.5, 7, 6.5, 1, "text")
        return QRectF(50, 30.5, 26, 26)

    def _microphone(self, painter: QPainter) -> QRectF:
        self._box(painter, 26, 50, 48, 9, 3, "hill1")
        painter.setPen(QPen(self._theme.colour("muted"), 1.6))
        painter.drawLine(QPointF(50, 50), QPointF(50, 30))
        self._box(painter, 44, 8, 12, 24, 6, "hill3")
        self._box(painter, 62, 52, 6, 5, 1.5, "text")
        return QRectF(56, 45.5, 18, 18)

    def _socket(self, painter: QPainter) -> QRectF:
        self._box(painter, 14, 18, 72, 30, 5, "hill1")
        for x in (24, 44):
            self._box(painter, x, 24, 14, 18, 4, "card")
            for dx in (4, 8.5):
                self._box(painter, x + dx, 30, 1.6, 6, 0.5, "text")
        self._box(painter, 68, 25, 10, 16, 2, "card")
        self._box(painter, 69.5, 26.5, 7, 7, 1, "text")
        return QRectF(60, 20, 26, 26)

    def _cable(self, painter: QPainter) -> QRectF:
        self._box(painter, 18, 12, 64, 26, 3, "hill1")
        for x in (24, 36, 48, 60):
            self._box(painter, x, 20, 9, 9, 1, "card")
        painter.setPen(QPen(self._theme.colour("muted"), 2.2))
        painter.drawLine(QPointF(64.5, 28), QPointF(64.5, 60))
        self._box(painter, 61.5, 26, 6, 8, 1, "text")
        return QRectF(53.5, 16, 22, 22)

    def _breaker(self, painter: QPainter) -> None:
        self._box(painter, 30, 8, 32, 60, 3, "hill1")
        self._box(painter, 37, 18, 18, 38, 1.5, "card")
        self._box(painter, 39, 38, 14, 16, 1.5, "text")
        painter.setPen(QPen(self._theme.colour("primary"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(74, 22), QPointF(74, 52))
        painter.drawLine(QPointF(74, 52), QPointF(68, 45))
        painter.drawLine(QPointF(74, 52), QPointF(80, 45))
