"""The TV's window: the conference, full screen and nothing else; between meetings the next one and the room's rules."""

from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from roomapp.events import RoomChanged
from roomapp.words import Words
from ui.bridge import Bridge
from ui.theme import Role, Theme
from ui.widgets.boxes import Hills
from ui.widgets.text import Text

COARSE_PX, SHOWN_PX = 64, 320


class Stage(QWidget):
    """Shows what the room says; it has nothing to touch."""

    def __init__(self, theme: Theme, words: Words, bridge: Bridge) -> None:
        super().__init__()
        self._words = words
        self.setObjectName("stage")
        self.setWindowTitle(words("ui.stage_title"))
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAutoFillBackground(True)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.colour("card"))
        self.setPalette(palette)
        self.may_close = False
        self.conference_layout = QStackedLayout(self)
        idle = QWidget()
        box = QVBoxLayout(idle)
        box.setContentsMargins(theme.margin, theme.margin, theme.margin, 0)
        box.setSpacing(theme.mm(6, 3))
        self._site = Text(theme, "", Role.PERMISSION, bold=True)
        self._next = Text(theme, "", Role.VERDICT)
        box.addWidget(self._site)
        box.addWidget(self._next)
        box.addWidget(Text(theme, words("ui.stage_rules"), Role.TITLE, colour="muted"))
        box.addWidget(Hills(theme), 1)
        self.conference_layout.addWidget(idle)
        bridge.changed.connect(self._changed)

    def _changed(self, event: RoomChanged) -> None:
        view = event.view
        self._site.set_words(view.site)
        meeting = view.meeting
        self._next.set_words(
            self._words("ui.stage_next", title=meeting.title, time=f"{meeting.opening:%H:%M %d/%m/%Y}")
            if meeting is not None
            else self._words("ui.home_no_meeting")
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close:
            super().closeEvent(event)
        else:
            event.ignore()


def coarse_png(stage: QWidget) -> bytes:
    """A picture of the stage COARSE_PX wide: it proves that there was one, and shows nobody's name or face."""
    small = stage.grab().toImage().scaledToWidth(COARSE_PX, Qt.TransformationMode.SmoothTransformation)
    shown = small.scaledToWidth(SHOWN_PX, Qt.TransformationMode.SmoothTransformation)
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    shown.save(buffer, "PNG")  # type: ignore[call-overload]  # PySide's stubs know no QIODevice here
    return bytes(buffer.data().data())
