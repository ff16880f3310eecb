"""The lost link in pictures: the amber banner with its clock, and the steps with what was done when."""

from typing import Protocol

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from roomapp.events import IncidentView, RowState
from ui.theme import Role, Theme
from ui.widgets.marks import draw_mark
from ui.widgets.text import draw_text, lay_out


class Told(Protocol):
    """What the page says of the incident."""

    theme: Theme
    incident: IncidentView | None

    def since_words(self) -> str: ...

    def clock_words(self) -> str: ...

    def step_words(self, number: int) -> str: ...

    def done_words(self, number: int) -> str: ...


class Banner(QWidget):
    """The amber banner: since when, and how long."""

    def __init__(self, page: Told) -> None:
        super().__init__()
        self._page = page
        self.setFixedHeight(page.theme.mm(31))
        self.setObjectName("lost_banner")

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, page = self._page.theme, self._page
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("warn"))
        painter.setPen(theme.colour("on_warn"))
        side = theme.mm(14)
        painter.drawPixmap(theme.margin, (self.height() - side) // 2, theme.pixmap("link-lost", side, "on_warn"))
        box = QRectF(theme.margin + side + theme.mm(6), 0, self.width() - 2 * theme.margin, self.height())
        draw_text(painter, box, page.since_words(), theme.font(Role.TITLE, True), 1.2)
        words, font = page.clock_words(), theme.font(Role.TITLE, True)
        width = lay_out(words, font, 1e6, 1.2)[2] + 2
        draw_text(painter, QRectF(self.width() - theme.margin - width, 0, width, self.height()), words, font, 1.2)
        painter.end()


class StepList(QWidget):
    """The steps with what was done when."""

    def __init__(self, page: Told) -> None:
        super().__init__()
        self._page = page
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._page.theme.mm(104), self._page.theme.mm(130))

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, incident = self._page.theme, self._page.incident
        if incident is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall = self.height() / len(incident.steps)
        for place, number in enumerate(incident.steps):
            box = QRectF(0, place * tall, self.width(), tall)
            now = number == incident.step
            if now:
                painter.fillRect(box, theme.colour("tint"))
                painter.fillRect(QRectF(0, box.top(), theme.mm(1.6), tall), theme.colour("primary"))
            self._draw_number(painter, box, place + 1, incident.steps.index(incident.step) + 1)
            words = QRectF(theme.mm(20), box.top(), box.width() - theme.mm(22), tall)
            painter.setPen(theme.colour("text"))
            said = self._page.step_words(number)
            done = self._page.done_words(number)
            font = theme.font(Role.BODY, number <= incident.step)
            if done:
                upper = QRectF(
                    words.left(), box.center().y() - font.pixelSize() * 1.35, words.width(), font.pixelSize() * 1.35
                )
                draw_text(painter, upper, said, font, 1.15)
                painter.setPen(theme.colour("ok"))
                lower = QRectF(words.left(), box.center().y(), words.width(), font.pixelSize() * 1.3)
                draw_text(painter, lower, done, theme.font(Role.LABEL), 1.15)
            else:
                draw_text(painter, words, said, font, 1.15)
        painter.end()

    def _draw_number(self, painter: QPainter, box: QRectF, number: int, at: int) -> None:
        theme, side = self._page.theme, self._page.theme.mm(9.5)
        mark = QRectF(theme.mm(6), box.center().y() - side / 2, side, side)
        if number < at:
            draw_mark(painter, mark, RowState.PASSED, theme)
            return
        now = number == at
        painter.setPen(theme.colour("primary" if now else "border"))
        painter.setBrush(theme.colour("primary" if now else "card"))
        painter.drawEllipse(mark)
        painter.setPen(theme.colour("on_primary" if now else "text"))
        draw_text(painter, mark, str(number), theme.font(Role.LABEL, True), 1.0, centre=True)
