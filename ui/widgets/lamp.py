"""The microphone lamp: one rectangle, five states, each with its own shape, colour and words."""

import time

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from roomapp.events import Lamp, MicView
from roomapp.words import Words
from ui.theme import FLOOR_PX, Role, Theme
from ui.widgets.button import Touchable
from ui.widgets.text import draw_text, lay_out

LOOK = {  # fill, ink, icon
    Lamp.CLOSED: ("card", "text", "mic-off"),
    Lamp.ASKED: ("warn", "on_warn", "raise-hand"),
    Lamp.INVITED: ("ok", "on_ok", "check"),
    Lamp.OPEN: ("open", "on_open", "mic"),
    Lamp.UNKNOWN: ("card", "text", "question"),
}


class MicrophoneLamp(Touchable):
    """Says MICRO ĐANG TẮT only where the room has proven the silence; otherwise CHƯA RÕ.

    Touching it asks about opening without an invitation: a guarded act, away from the primary button.
    """

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__(theme, "microphone_lamp")
        self._theme, self._words = theme, words
        self._mic = MicView()
        self._quality = ""
        self._heard: float | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_mic(self, mic: MicView, quality: str = "", heard: float | None = None) -> None:
        """`heard`: how loud, as a place 0…1 along the sound bar; None draws no strip."""
        self._mic, self._quality, self._heard = mic, quality, heard
        self.setAccessibleName(self.said())
        self.update()

    def show_level(self, heard: float) -> None:
        """The strip alone, as often as it moves; while the lamp is open."""
        if self._heard is not None and round(heard * self.width()) != round(self._heard * self.width()):
            self._heard = heard
            self.update()

    def lamp(self) -> Lamp:
        return self._mic.lamp

    def said(self) -> str:
        return f"{self._words(f'ui.lamp_{self._mic.lamp}')} {self._hint()}"

    def _hint(self) -> str:
        if self._mic.chairs and self._mic.lamp is Lamp.CLOSED:
            return self._words("ui.lamp_chairs_hint")
        return self._words(f"ui.lamp_{self._mic.lamp}_hint")

    def sizeHint(self) -> QSize:
        theme = self._theme
        words = 2 * theme.type_px(Role.MIC) * 1.3 + theme.mm(3, 2)
        hint = theme.type_px(Role.BODY) * (1.35 if theme.wide else 2.7)
        return QSize(theme.mm(100, 44), round(words + hint + 2 * theme.mm(5, 2.4) + theme.mm(4, 2.5)))

    def seconds(self) -> str:
        if self._mic.opened_at is None:
            return "00:00"
        passed = int(time.monotonic() - self._mic.opened_at)
        return f"{passed // 60:02}:{passed % 60:02}"

    def left_s(self, mic: MicView) -> float | None:
        """Seconds of the speaking time that are left; None where the rules set none."""
        if mic.opened_at is None or not mic.limit_s:
            return None
        return mic.limit_s - (time.monotonic() - mic.opened_at)

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, lamp = self._theme, self._mic.lamp
        fill, ink, icon = LOOK[lamp]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = theme.mm(0.8, 0.5)
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setBrush(theme.colour(fill))
        if lamp is Lamp.CLOSED or lamp is Lamp.UNKNOWN:
            pen = QPen(theme.colour("border"), width)
            if lamp is Lamp.UNKNOWN:
                pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
        elif lamp is Lamp.OPEN and theme.panel.dark:
            painter.setPen(QPen(theme.colour("on_open"), width))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        round_px = 0 if lamp is Lamp.OPEN else theme.radius
        painter.drawRoundedRect(box, round_px, round_px)
        pad = theme.mm(5, 2.4)
        hint_height = theme.type_px(Role.BODY) * (1.35 if theme.wide else 2.7)
        split = box.bottom() - pad * 0.6 - hint_height - theme.mm(2, 1.2)
        side = theme.mm(19, 8.6)
        painter.drawPixmap(
            round(box.left() + pad), round((box.top() + split - side) / 2), theme.pixmap(icon, side, ink)
        )
        painter.setPen(theme.colour(ink))
        left = box.left() + pad * 1.8 + side
        room = box.right() - left - pad / 2
        words, font = self._words(f"ui.lamp_{lamp}"), theme.font(Role.MIC, True)
        while font.pixelSize() > FLOOR_PX and lay_out(words, font, 1e6, 1.25)[2] > room:
            font.setPixelSize(font.pixelSize() - 1)
        draw_text(painter, QRectF(left, box.top(), room, split - box.top()), words, font, 1.25)
        line_ink = "hairline" if lamp is Lamp.CLOSED else ink
        across = QRectF(box.left() + pad, split, box.width() - 2 * pad, theme.line)
        painter.fillRect(across, theme.colour(line_ink))
        if lamp is Lamp.OPEN and self._heard is not None:
            thick = theme.mm(2.4, 1.4)
            strip = QRectF(across.left(), across.center().y() - thick / 2, across.width() * self._heard, thick)
            painter.fillRect(strip, theme.colour(line_ink))
        low = QRectF(box.left() + pad, split, box.width() - 2 * pad, box.bottom() - split)
        painter.setPen(theme.colour(ink))
        if lamp is Lamp.OPEN:
            seconds = theme.font(Role.ITEM, True)
            draw_text(painter, low, self.seconds(), seconds, 1.2)
            taken = lay_out("00:00", seconds, 1e6, 1.2)[2] + theme.mm(4, 2)
            half = QRectF(low.left() + taken, low.top(), low.width() - taken, low.height())
            draw_text(painter, half, self._quality, theme.font(Role.BODY, True), 1.2)
        else:
            draw_text(painter, low, self._hint(), theme.font(Role.BODY), 1.3)
        painter.end()
