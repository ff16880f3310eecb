"""Buttons: one look for each meaning, acting on release, deaf to a trembling second touch."""

import time
from enum import StrEnum

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.theme import Role, Theme
from ui.widgets.text import draw_text, lay_out

SECOND_TOUCH_S = 0.4  # a second touch within this time is a tremble, not a wish
BY_KEYBOARD = "by_keyboard"  # of the window: the last thing was a Tab, not a touch


class Kind(StrEnum):
    PRIMARY = "primary"  # the one thing to press
    SECONDARY = "secondary"
    GUARDED = "guarded"  # red outline: opens a question, never acts at once
    CHOSEN = "chosen"  # this is chosen, or on air
    QUIET = "quiet"  # a link inside a card
    NOT_NOW = "not_now"


class TouchGuard:
    """Shared by all buttons of a window: the time of the last touch that acted."""

    def __init__(self) -> None:
        self._acted_at = 0.0

    def lets_through(self) -> bool:
        now = time.monotonic()
        if now - self._acted_at < SECOND_TOUCH_S:
            return False
        self._acted_at = now
        return True


def touch_guard(widget: QWidget) -> TouchGuard:
    """The guard of the widget's window; a widget alone in a test has its own."""
    window = widget.window()
    guard = window.findChild(GuardHolder)
    if guard is None:
        guard = GuardHolder(window)
    return guard.guard


class GuardHolder(QWidget):
    """Carries the TouchGuard in the window's own tree: one per window, gone with it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.guard = TouchGuard()
        self.hide()


class Touchable(QAbstractButton):
    """What all touchable things share: release acts, focus is seen, Enter and Space work."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def event(self, event: QEvent) -> bool:
        """Only who walks with the keyboard sees the ring: after a touch it would be one more mark to explain."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.window().setProperty(BY_KEYBOARD, True)
        elif event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin):
            self.window().setProperty(BY_KEYBOARD, False)
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isDown() and self.guarded() and not touch_guard(self).lets_through():
            self.setDown(False)
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def guarded(self) -> bool:
        """Is a second touch within SECOND_TOUCH_S to be ignored?"""
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if touch_guard(self).lets_through():
                self.click()
            return
        super().keyPressEvent(event)

    def draw_box(self, painter: QPainter, fill: str, border: str, width: int, dashed: bool = False) -> QRectF:
        """The rounded box; 2 px inset while pressed; a dark ring off the edge while it has the focus."""
        theme = self.theme
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        if self.isDown():
            box.adjust(2, 2, -2, -2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.colour(border), width)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour(fill))
        painter.drawRoundedRect(box, theme.radius, theme.radius)
        if self.hasFocus() and self.window().property(BY_KEYBOARD):
            ring = max(2, theme.mm(0.7, 0.4))
            inner = box.adjusted(ring * 2, ring * 2, -ring * 2, -ring * 2)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("on_primary" if fill == "primary" else "text"), ring))
            painter.drawRoundedRect(inner, theme.radius, theme.radius)
        return box


LOOK = {  # fill, pressed fill, border, words
    Kind.PRIMARY: ("primary", "primary_down", "primary", "on_primary"),
    Kind.SECONDARY: ("card", "down", "border", "text"),
    Kind.GUARDED: ("card", "danger_tint", "danger", "danger"),
    Kind.CHOSEN: ("tint", "tint", "primary", "primary"),
    Kind.QUIET: ("card", "down", "card", "primary"),
    Kind.NOT_NOW: ("page", "page", "hairline", "muted"),
}


class Button(Touchable):
    """An icon and a label of one or two lines. `tall` puts the icon above (the band of a small panel)."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        words: str,
        icon: str = "",
        kind: Kind = Kind.SECONDARY,
        *,
        tall: bool = False,
        least_height: int | None = None,
        least_width: int | None = None,
    ) -> None:
        super().__init__(theme, name)
        self._words, self._icon, self._kind, self._tall = words, icon, kind, tall
        self._least_height = theme.button if least_height is None else least_height
        self._least_width = theme.mm(20, 20) if least_width is None else least_width
        self.setAccessibleName(words.replace("\n", " "))
        self.setEnabled(kind is not Kind.NOT_NOW)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def set_look(self, words: str, icon: str, kind: Kind) -> None:
        if (words, icon, kind) == (self._words, self._icon, self._kind):
            return
        self._words, self._icon, self._kind = words, icon, kind
        self.setAccessibleName(words.replace("\n", " "))
        self.setEnabled(kind is not Kind.NOT_NOW)
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: Kind) -> None:
        self.set_look(self._words, self._icon, kind)

    def kind(self) -> Kind:
        return self._kind

    def words(self) -> str:
        return self._words

    def _icon_px(self) -> int:
        return self.theme.icon if self._icon else 0

    def sizeHint(self) -> QSize:
        theme = self.theme
        font = theme.font(Role.BUTTON, bold=True)
        _, height, natural = lay_out(self._words, font, 1e6, 1.25)
        icon, gap, pad = self._icon_px(), theme.mm(3, 1.5), theme.mm(7, 2.5)
        if self._tall:
            return QSize(
                max(theme.mm(21, 21), round(natural) + 2 * pad),
                max(self._least_height, round(height) + icon + (gap if icon else 0) + 2 * theme.mm(2, 2)),
            )
        width = round(natural) + icon + (gap if icon else 0) + 2 * pad
        return QSize(max(self._least_width, width), max(self._least_height, round(height) + 2 * theme.mm(2, 1.5)))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self.theme
        fill, down, border, words = LOOK[self._kind]
        width = {Kind.CHOSEN: theme.chosen_line, Kind.GUARDED: theme.guarded_line}.get(self._kind, theme.line)
        painter = QPainter(self)
        box = self.draw_box(painter, down if self.isDown() else fill, border, width)
        font = theme.font(Role.BUTTON, bold=True)
        painter.setPen(theme.colour(words))
        icon, gap = self._icon_px(), theme.mm(3, 1.5)
        inner = box.adjusted(gap, 0, -gap, 0)
        _layout, height, natural = lay_out(self._words, font, inner.width() - (0 if self._tall else icon + gap), 1.25)
        if not icon:
            draw_text(painter, inner, self._words, font, 1.25, centre=True)
        elif self._tall:
            top = box.center().y() - (icon + gap + height) / 2
            painter.drawPixmap(round(box.center().x() - icon / 2), round(top), theme.pixmap(self._icon, icon, words))
            draw_text(
                painter, QRectF(inner.left(), top + icon + gap, inner.width(), height), self._words, font, 1.25, True
            )
        else:
            left = box.center().x() - (icon + gap + natural) / 2
            painter.drawPixmap(round(left), round(box.center().y() - icon / 2), theme.pixmap(self._icon, icon, words))
            draw_text(painter, QRectF(left + icon + gap, box.top(), natural + 2, box.height()), self._words, font, 1.25)
        painter.end()


class Choice(Touchable):
    """One of a few answers of which one is chosen: a ring, words, a tint."""

    def __init__(self, theme: Theme, name: str, words: str, chosen: bool = False) -> None:
        super().__init__(theme, name)
        self._words = words
        self._chosen = chosen
        self.setAccessibleName(words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def chosen(self) -> bool:
        return self._chosen

    def sizeHint(self) -> QSize:
        theme = self.theme
        _, height, natural = lay_out(self._words, theme.font(Role.BODY, True), 1e6, 1.3)
        ring = theme.mm(8, 5.5)
        return QSize(round(natural) + ring + 3 * theme.mm(4, 2.5), max(theme.row, round(height) + 2 * theme.mm(3, 2)))

    def minimumSizeHint(self) -> QSize:
        """Long words may take two lines."""
        hint = self.sizeHint()
        return QSize(min(hint.width(), max(self.theme.mm(24, 24), round(hint.width() * 0.62))), hint.height())

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self.theme
        painter = QPainter(self)
        fill = "down" if self.isDown() else ("tint" if self._chosen else "card")
        box = self.draw_box(
            painter, fill, "primary" if self._chosen else "border", theme.chosen_line if self._chosen else theme.line
        )
        ring, pad = theme.mm(8, 5.5), theme.mm(4, 2.5)
        circle = QRectF(box.left() + pad, box.center().y() - ring / 2, ring, ring)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("primary" if self._chosen else "border"), max(2, theme.mm(0.8, 0.5))))
        painter.drawEllipse(circle)
        if self._chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("primary"))
            painter.drawEllipse(circle.adjusted(ring / 4, ring / 4, -ring / 4, -ring / 4))
        painter.setPen(theme.colour("text"))
        words = QRectF(circle.right() + pad, box.top(), box.right() - circle.right() - 2 * pad + 2, box.height())
        draw_text(painter, words, self._words, theme.font(Role.BODY, self._chosen), 1.3)
        painter.end()
