"""The same room on panels of other sizes and text scales, and what is wrong with how it looks there."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from roomapp.events import Place, Refused, WorkFailed
from roomapp.words import Words
from tests.journeys.driver import Driver
from ui.bridge import Bridge
from ui.pages.meeting.more import TrialSheet
from ui.theme import Panel as PanelSize
from ui.theme import Theme
from ui.widgets.button import Button, Choice, Touchable
from ui.widgets.inputs import FastKey
from ui.widgets.rows import Row
from ui.widgets.seats import Seat
from ui.widgets.sound_bar import SoundBar
from ui.widgets.text import Text
from ui.window import Panel


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking: size in px, text scale in percent, language."""

    width: int
    height: int
    scale: int = 100
    lang: str = "vi"
    dark: bool = False
    width_mm: float | None = None

    def __str__(self) -> str:
        return (
            f"{self.width}x{self.height}"
            + (f"-{self.scale}" if self.scale != 100 else "")
            + (f"-{self.lang}" if self.lang != "vi" else "")
        )


class Gallery:
    """Panels beside the driver's own, showing the same room."""

    def __init__(self, driver: Driver, looks: tuple[Look, ...]) -> None:
        self._driver = driver
        self._panels: dict[Look, Panel] = {}
        self._said: Refused | WorkFailed | None = None
        driver.kiosk.bridge.refused.connect(self._note)
        for look in looks:
            theme = Theme(PanelSize.of(None, QSize(look.width, look.height), look.width_mm, look.scale, look.dark))
            house = driver.kiosk.house
            assert house is not None
            words = Words(look.lang)
            panel = Panel(theme, words, house.room, Bridge(words), lambda work: work.close())
            panel.setFixedSize(theme.panel.size)
            self._panels[look] = panel

    def _note(self, said: Refused | WorkFailed) -> None:
        self._said = said

    def show(self, look: Look, place: Place) -> Panel:
        """The room's present state on that panel, laid out and painted."""
        panel = self._panels[look]
        panel.show_room(self._driver.view)
        panel.bring(place)
        if place is Place.MEETING:
            self._lend_conference(panel)
        panel.page(place).show_like(self._driver.panel.page(place))
        panel.close_sheet()
        if self._said is not None and self._driver.find("sheet_refused") is not None:
            panel._refused(self._said)
        panel.show()
        for _ in range(6):
            QApplication.processEvents()
        trial = self._driver.view.trial
        if trial is not None and self._driver.find("sheet_trial") is not None:
            panel.open_sheet(TrialSheet(panel, trial))
            QApplication.processEvents()
        return panel

    def live(self, look: Look, place: Place, seconds: float) -> Panel:
        """The same after a while in front: what a page polls (levels) stands there too."""
        panel = self.show(look, place)
        panel.page(place).entered()
        QTest.qWait(round(seconds * 1000))
        panel.page(place).left()
        return panel

    def _lend_conference(self, panel: Panel) -> None:
        """There is one web view, in the driver's panel: the others show its picture."""
        shot = self._driver.panel.conference_place().sheet_place().grab()
        layout = panel.conference_place().conference_layout
        label = QLabel()
        label.setScaledContents(True)
        label.setPixmap(shot if not shot.isNull() else QPixmap(16, 9))
        while layout.count():
            old = layout.takeAt(0).widget()
            if old is not None:
                old.deleteLater()
        layout.addWidget(label)

    def close(self) -> None:
        for panel in self._panels.values():
            panel.may_close = True
            panel.hide()
            panel.deleteLater()


def faults(panel: Panel) -> list[str]:
    """What an officer would see wrong: cut text, things outside the window, targets too small for a finger."""
    found = [fault for text in panel.findChildren(Text) if text.isVisible() for fault in _text_faults(text)]
    for widget in (*panel.findChildren(Text), *panel.findChildren(Touchable)):
        scroll = _scroll_of(widget, panel)
        if widget.isVisible() and scroll is not None:
            over = widget.mapTo(scroll, widget.rect().topRight()).x() - scroll.width() + 1
            if over > 0:
                found.append(f"outside: {widget.accessibleName()[:40]} is {over} px wider than what scrolls")
    for bar in panel.findChildren(SoundBar):
        if (
            bar.isVisible()
            and not _in_scroll(bar, panel)
            and bar.visibleRegion().boundingRect().height() < bar.sizeHint().height() - 2
        ):
            found.append(f"cut: the sound bar has {bar.visibleRegion().boundingRect().height()} px")
    for target in panel.findChildren(Touchable):
        if target.isVisible() and not target.visibleRegion().isEmpty():
            found += _target_faults(panel, target)
    return found


def _text_faults(text: Text) -> list[str]:
    words = text.words().replace("\n", " ")[:40]
    if not words:
        return []
    if text.hasHeightForWidth():
        needs = text.heightForWidth(text.width())
        if text.height() < needs - 2:
            return [f"cut: “{words}” has {text.height()} px of {needs}"]
        return []
    if text.width() < text.sizeHint().width() - 2 or text.height() < text.sizeHint().height() - 2:
        return [f"cut: “{words}” has {text.width()}x{text.height()} of {text.sizeHint().toTuple()}"]
    return []


def _target_faults(panel: Panel, target: Touchable) -> list[str]:
    found = []
    theme = panel.theme
    box = target.rect().translated(target.mapTo(panel, target.rect().topLeft()))
    scrolled = isinstance(target, Row) or _in_scroll(target, panel)
    if box.right() > panel.width() or (not panel.rect().contains(box) and not scrolled):
        found.append(f"outside: {target.objectName()} {box.getRect()}")
    if isinstance(target, Button) and (
        target.width() < target.sizeHint().width() - 2 or target.height() < target.sizeHint().height() - 2
    ):
        found.append(f"cut: button “{target.words()}” has {target.size().toTuple()} of {target.sizeHint().toTuple()}")
    least = 15 if isinstance(target, Row | Choice | FastKey | Seat) else 13
    if min(target.width(), target.height()) < theme.finger(least) - 1:
        found.append(f"small: {target.objectName()} {target.size().toTuple()} px, {least} mm are {theme.finger(least)}")
    return found


def _in_scroll(target: QWidget, panel: QWidget) -> bool:
    return _scroll_of(target, panel) is not None


def _scroll_of(target: QWidget, panel: QWidget) -> QWidget | None:
    """The innermost viewport that moves it."""
    parent = target.parentWidget()
    while parent is not None and parent is not panel:
        if parent.objectName() == "qt_scrollarea_viewport":
            return parent
        parent = parent.parentWidget()
    return None


def grab(panel: Panel) -> QImage:
    return panel.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def shrink(image: QImage, width: int) -> QImage:
    return image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
