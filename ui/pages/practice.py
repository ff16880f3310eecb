"""Luyện tập: faults on demand in the practice room, to find and to handle without harm."""

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from roomapp.events import Place, RoomView
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, column
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text


class PracticePage(Page):
    place = Place.PRACTICE
    scrolls_itself = True

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self.title.set_words(self.words("ui.practice"))
        self.step.hide()
        self.pills.hide()
        outer.addWidget(
            Text(theme, self.words("ui.practice_hint" if theme.wide else "ui.practice_hint_short"), Role.BODY)
        )
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.gap)
        self._buttons: dict[str, Button] = {}
        if theme.wide:
            outer.addWidget(Card(theme, column(self._grid), pad=theme.mm(7, 3)))
            outer.addStretch(1)
        else:
            outer.addWidget(TouchScroll(theme, self._bare()), 1)

    def _bare(self) -> QWidget:
        holder = QWidget()
        self._grid.setContentsMargins(0, 0, self.theme.gap, 0)  # beside the bar that moves them
        holder.setLayout(column(self._grid, -1))
        return holder

    def show_view(self, view: RoomView) -> BandWish:
        for number, (fault, on) in enumerate(view.faults):
            if fault not in self._buttons:
                button = Button(self.theme, f"fault_{fault}", "", "", Kind.SECONDARY)
                button.clicked.connect(lambda _=False, f=fault: self._toggle(f))
                self._grid.addWidget(button, number // 2, number % 2)
                self._buttons[fault] = button
            said = self.words("ui.fault_on" if on else "ui.fault_off", fault=self.words(f"ui.fault_{fault}"))
            self._buttons[fault].set_look(said, "check" if on else "", Kind.CHOSEN if on else Kind.SECONDARY)
        return BandWish(
            Action("to_home", self.words("ui.back"), "left", Kind.PRIMARY, lambda: self.shell.go(Place.HOME))
        )

    def _toggle(self, fault: str) -> None:
        self.shell.do(self.shell.room.toggle_fault(fault))
