"""Boxes and lines: the card, the hairline, and layouts whose gaps come from the theme."""

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import Theme


def column(*parts: QWidget | QLayout | int, gap: int = 0, margin: int = 0) -> QVBoxLayout:
    """A column of widgets and layouts; a number is that many px of space, -1 takes what is left."""
    layout = QVBoxLayout()
    _fill(layout, parts, gap, margin)
    return layout


def line(*parts: QWidget | QLayout | int, gap: int = 0, margin: int = 0) -> QHBoxLayout:
    """The same side by side."""
    layout = QHBoxLayout()
    _fill(layout, parts, gap, margin)
    return layout


def _fill(layout: QBoxLayout, parts: tuple[QWidget | QLayout | int, ...], gap: int, margin: int) -> None:
    layout.setContentsMargins(margin, margin, margin, margin)
    layout.setSpacing(gap)
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part)
        elif isinstance(part, int):
            if part < 0:
                layout.addStretch(1)
            else:
                layout.addSpacing(part)
        else:
            layout.addLayout(part)


def clear(layout: QBoxLayout) -> None:
    """Takes everything out of a layout and lets it go."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        inner = item.layout()
        if isinstance(inner, QBoxLayout):
            clear(inner)


class Card(QWidget):
    """A rounded sheet of card colour, or of another role with a border."""

    def __init__(
        self,
        theme: Theme,
        content: QBoxLayout | None = None,
        *,
        pad: int | None = None,
        fill: str = "card",
        border: str = "",
        border_px: int = 0,
    ) -> None:
        super().__init__()
        self.theme, self._fill, self._border, self._border_px = theme, fill, border, border_px
        if content is not None:
            space = theme.pad if pad is None else pad
            content.setContentsMargins(space, space, space, space)
            self.setLayout(content)

    def set_look(self, fill: str, border: str = "", border_px: int = 0) -> None:
        if (fill, border, border_px) != (self._fill, self._border, self._border_px):
            self._fill, self._border, self._border_px = fill, border, border_px
            self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        half = self._border_px / 2
        if self._border:
            painter.setPen(QPen(self.theme.colour(self._border), self._border_px))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour(self._fill))
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(box, self.theme.radius, self.theme.radius)
        painter.end()


class Rule(QWidget):
    """A horizontal hairline."""

    def __init__(self, theme: Theme, colour: str = "hairline", thick: int | None = None) -> None:
        super().__init__()
        self._theme, self._colour, self._thick = theme, colour, thick or theme.line
        self.setFixedHeight(self._thick)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour(self._colour))
        painter.end()


class Pills(QWidget):
    """How far a list of steps has come: green done, blue now, outlined to come."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._done, self._all = theme, 0, 1
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_steps(self, at_step: int, steps: int) -> None:
        if (at_step - 1, steps) != (self._done, self._all):
            self._done, self._all = at_step - 1, max(1, steps)
            self.updateGeometry()
            self.update()

    def _pitch(self) -> float:
        return min(self._theme.mm(15.4, 4.8), self._theme.mm(150, 36) / self._all)

    def sizeHint(self) -> QSize:
        return QSize(round(self._pitch() * self._all), self._theme.mm(5, 3))

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pitch, gap = self._pitch(), self._theme.mm(1.5, 0.8)
        for number in range(self._all):
            now = number == self._done
            tall = self._theme.mm(4.6, 2.6) if now else self._theme.mm(3, 1.8)
            box = QRectF(number * pitch, (self.height() - tall) / 2, pitch - gap, tall)
            if number < self._done or now:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.colour("primary" if now else "ok"))
            else:
                painter.setPen(QPen(self._theme.colour("border"), self._theme.line))
                painter.setBrush(self._theme.colour("card"))
                box.adjust(1, 1, -1, -1)
            painter.drawRoundedRect(box, tall / 2, tall / 2)
        painter.end()


class Hills(QWidget):
    """The one drawing of the house: low hills, on the day with nothing to do."""

    WAVES = (("hill1", 0.30, 0.55, 0.0), ("hill2", 0.22, 0.72, 1.9), ("hill3", 0.10, 0.88, 4.0))

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), self._theme.radius, self._theme.radius)
        painter.setClipPath(clip)
        painter.setPen(Qt.PenStyle.NoPen)
        width, height = self.width(), self.height()
        for colour, swing, middle, phase in self.WAVES:
            path = QPainterPath(QPointF(0, height))
            for k in range(65):
                x = width * k / 64
                wave = math.sin(phase + k / 64 * 7.5) * 0.6 + math.sin(phase * 2 + k / 64 * 12.0) * 0.4
                path.lineTo(x, height * (middle - swing * wave / 2))
            path.lineTo(width, height)
            painter.setBrush(self._theme.colour(colour))
            painter.drawPath(path)
        painter.end()
