"""A camera's live picture: the newest frame only, and in words when it is no longer fresh."""

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPainterPath, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from devices.contract import Frame
from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.button import Touchable
from ui.widgets.text import draw_text, lay_out

FRESH_S = 2.5  # a picture older than this is not shown as live: with the next look that is within 3 s
LOOK_MS = 66


class Picture(QWidget):
    """Asks for the newest frame fifteen times a second; nothing queues up behind a slow screen."""

    def __init__(
        self, theme: Theme, words: Words, newest: Callable[[], Frame | None], why_not: Callable[[], str]
    ) -> None:
        """`why_not` says in words why there is no picture now."""
        super().__init__()
        self._theme, self._words, self._newest, self._why_not = theme, words, newest, why_not
        self._said = ""
        self._frame: Frame | None = None
        self._image: QImage | None = None
        self.setObjectName("picture")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.mm(160, 56), self._theme.mm(90, 31))

    def fresh(self) -> bool:
        return self._frame is not None and time.monotonic() - self._frame.arrived < FRESH_S

    def showEvent(self, event: QShowEvent) -> None:
        self._look()
        self._timer.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def _look(self) -> None:
        frame = self._newest()
        was_fresh = self._image is not None
        if frame is not None and (self._frame is None or frame.number != self._frame.number):
            self._frame = frame
            height, width, _ = frame.image.shape
            pixels = np.ascontiguousarray(frame.image)
            # The frame object keeps the pixels alive while the image looks at them.
            self._frame = Frame(pixels, frame.arrived, frame.number)
            self._image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_BGR888)
            self.update()
        elif not self.fresh():
            said = self._words("ui.picture_old") if frame is not None and self._frame is not None else self._why_not()
            if was_fresh or said != self._said:
                self._image, self._said = None, said
                self.update()

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), theme.radius, theme.radius)
        painter.setClipPath(clip)
        painter.fillRect(self.rect(), theme.colour("edge"))
        if self._image is not None and self.fresh():
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            box = QRectF(
                (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
            )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(box, self._image)
        else:
            painter.setPen(Qt.GlobalColor.white)
            draw_text(
                painter,
                QRectF(self.rect()).adjusted(20, 0, -20, 0),
                self._said,
                theme.font(Role.BODY),
                1.35,
                centre=True,
            )
        painter.end()


class CameraSwitch(Touchable):
    """Lies over the whole picture where a room has several cameras: its name, and a touch shows the next one."""

    def __init__(self, theme: Theme, words: Words, picture: Picture) -> None:
        super().__init__(theme, "next_camera")
        self._words, self._said = words, ""
        self.setParent(picture)
        picture.installEventFilter(self)
        self.hide()

    def show_camera(self, name: str) -> None:
        self._said = self._words("ui.next_camera", name=name)
        self.setAccessibleName(self._said)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and isinstance(watched, QWidget):
            self.setGeometry(watched.rect())
        return False

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, font = self.theme, self.theme.font(Role.LABEL, True)
        painter = QPainter(self)
        side = theme.mm(4, 2)
        high = lay_out(self._said, font, self.width() - 2 * side, 1.2)[1] + side
        strip = QRectF(0, 0, self.width(), high)
        painter.fillRect(strip, theme.colour("edge"))
        painter.setPen(Qt.GlobalColor.white)
        draw_text(painter, strip.adjusted(side, 0, -side, 0), self._said, font, 1.2)
        painter.end()
