"""A button that acts for as long as it is held, and never a moment longer."""

from PySide6.QtCore import QEvent, QTimer, Signal

from ui.theme import Theme
from ui.widgets.button import Button

REFRESH_MS = 200  # so often a hold is renewed; a camera's driver stops by itself after 500 ms without
LOSSES = (QEvent.Type.TouchCancel, QEvent.Type.WindowDeactivate, QEvent.Type.Hide, QEvent.Type.FocusOut)


class HoldButton(Button):
    """`held` at the touch and while it lasts; `let_go` once: at release, when the finger slides off, and when the
    touch is lost in any other way (the window goes, the page goes, the system takes the touch for itself)."""

    held = Signal()
    let_go = Signal()

    def __init__(self, theme: Theme, name: str, words: str, icon: str) -> None:
        super().__init__(theme, name, words, icon, tall=True)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._again)
        self.pressed.connect(self._begin)
        self.released.connect(self._end)

    def guarded(self) -> bool:
        """Two short nudges in a row are two nudges."""
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() in LOSSES:
            self.setDown(False)
            self._end()
        return super().event(event)

    def _begin(self) -> None:
        self._timer.start()
        self.held.emit()

    def _again(self) -> None:
        if self.isDown():
            self.held.emit()
        else:
            self._end()

    def _end(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.let_go.emit()
