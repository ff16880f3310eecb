"""Drives the real kiosk by touch: finds what is on the screen by name, touches it, and waits for what must follow."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from roomapp.events import Place, RoomChanged, RoomView
from roomapp.profile import PRACTICE, load_or_last_good
from roomapp.records.journal import Row
from roomapp.words import Words
from ui.assemble import Sound, decide_sound
from ui.conference import chromium
from ui.kiosk import Kiosk
from ui.widgets.button import Touchable
from ui.window import Panel

TREMBLE_S = 0.45  # a person does not touch twice within this time; the buttons do not hear it


class Driver:
    """One kiosk in this process, with its worker, its room and its panel."""

    def __init__(
        self,
        data_dir: Path,
        size: tuple[int, int] = (1024, 600),
        *,
        profile: Path = PRACTICE,
        practice: bool | None = None,
        lang: str = "vi",
        sound: Sound | None = None,
        text_scale: int | None = None,
        dark: bool = False,
        on_view: Callable[[RoomChanged], None] | None = None,
    ) -> None:
        """`on_view` sees every picture of the room, from the one before the first page on.

        `practice`: whether the profile is a practice room; the product's own one is.
        """
        import msgspec

        self.words = Words(lang)
        opened = load_or_last_good(profile, data_dir, self.words)
        screen = opened.profile.screen
        changed = {"theme": "dark"} if dark else {}
        if text_scale is not None:
            changed["text_scale"] = text_scale
        opened = type(opened)(
            msgspec.structs.replace(opened.profile, screen=msgspec.structs.replace(screen, **changed)),
            opened.last_good,
            opened.faults,
            opened.warnings,
        )
        sound = sound or decide_sound(opened.profile, True)
        chromium.prepare({chromium.ALLOW: "1"}, True, sound.stand_in)
        self.touches = 0
        is_practice = profile == PRACTICE if practice is None else practice
        self.kiosk = Kiosk(opened, is_practice, data_dir, self.words, sound, size, True)
        if on_view is not None:
            self.kiosk.bridge.changed.connect(on_view)
        self.kiosk.start()
        self._device = QTest.createTouchDevice()
        assert isinstance(self._device, QPointingDevice)
        self.until(lambda: self.kiosk.panel is not None and self.kiosk.panel.view() is not None, "the first page", 20)

    @property
    def panel(self) -> Panel:
        assert self.kiosk.panel is not None
        return self.kiosk.panel

    @property
    def view(self) -> RoomView:
        view = self.panel.view()
        assert view is not None
        return view

    def place(self) -> Place | None:
        return self.panel.place()

    def until(self, true: Callable[[], object], what: str, wait_s: float = 10.0) -> None:
        """Lets the application run until `true()`; names what did not come."""
        ends = time.monotonic() + wait_s
        while not true():
            assert time.monotonic() < ends, f"{what} did not come within {wait_s} s"
            QApplication.processEvents()
            QTest.qWait(15)

    def run(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        self.until(lambda: time.monotonic() >= ends, "the time", seconds + 5)

    def find(self, name: str) -> QWidget | None:
        """The visible widget of that name."""
        return next((w for w in self.panel.findChildren(QWidget, name) if w.isVisible()), None)

    def touch(self, name: str, wait_s: float = 10.0) -> None:
        """One touch in the middle of what is called so, as a finger would: down, up, and a breath."""

        def ready() -> bool:
            found = self.find(name)
            return found is not None and found.isEnabled()

        self.until(ready, f"“{name}” to touch", wait_s)
        widget = self.find(name)
        assert widget is not None
        assert isinstance(widget, Touchable), f"{name} is nothing to touch"
        self.touch_at(widget, widget.rect().center())
        self.touches += 1

    def touch_at(self, widget: QWidget, at: QPoint) -> None:
        window = widget.window().windowHandle()
        point = widget.mapTo(widget.window(), at)
        QTest.touchEvent(window, self._device).press(0, point, window).commit()
        QTest.qWait(30)
        QTest.touchEvent(window, self._device).release(0, point, window).commit()
        self.run(TREMBLE_S)

    def said(self, name: str) -> str:
        """The words of a text on the screen."""
        widget = self.find(name)
        return widget.accessibleName() if widget is not None else ""

    def picture(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        QApplication.processEvents()
        assert self.panel.grab().save(str(path))

    def journal_rows(self) -> list[Row]:
        house = self.kiosk.house
        assert house is not None
        return house.journal.rows()

    def close(self) -> None:
        self.kiosk.end()
        self.until(lambda: self.kiosk.ended, "the end", 30)
