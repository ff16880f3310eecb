"""The shelves “Cuộc họp” and “Sự cố”: lines newest first, found by letters without their marks, each with its sheet."""

from collections.abc import Coroutine
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import StepRow
from roomapp.running.papers.shelves import Lines, Shelf
from ui.page import Shell
from ui.pages.books.letters import LetterSheet, matches
from ui.pages.books.record_sheet import RecordSheet
from ui.theme import Role
from ui.widgets.boxes import column
from ui.widgets.rows import RowList
from ui.widgets.text import Text

MEETING, INCIDENT = "meeting", "incident"
NOTHING = Shelf((), (), frozenset(), {})


class RecordShelf(QWidget):
    """What the register holds of one kind; asked anew of the room whenever something was told."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell, self._kind, self._letters = shell, MEETING, ""
        self._shelf = NOTHING
        theme = shell.theme
        self._rows = RowList(theme)
        self._rows.picked.connect(self._open)
        self._empty = Text(theme, shell.words("book.empty"), Role.BODY, name="book_empty")
        nothing = QWidget()
        nothing.setLayout(column(self._empty, -1))
        self._stack = QStackedWidget()
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._rows)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def look(self, kind: str) -> None:
        if kind != self._kind:
            self._letters = ""
        self._kind = kind
        self._draw()
        self._shell.do(self._shell.room.look_at_shelf(self._take))

    def show_like(self, other: "RecordShelf") -> None:
        self._kind, self._letters, self._shelf = other._kind, other._letters, other._shelf
        self._draw()

    def searched(self) -> str:
        """What stands on the button that finds."""
        words = self._shell.words
        return words("record.find_letters", letters=self._letters.upper()) if self._letters else words("record.find")

    def ask_letters(self) -> None:
        names = [row.name for row in self._all()]
        self._shell.open_sheet(LetterSheet(self._shell, names, self._letters, self._find))

    def _find(self, letters: str) -> None:
        self._letters = letters
        self._draw()
        self._shell.touched()

    def _take(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._draw()

    def _all(self) -> tuple[StepRow, ...]:
        return self._shelf.meetings if self._kind == MEETING else self._shelf.incidents

    def _draw(self) -> None:
        rows = tuple(row for row in self._all() if matches(row.name, self._letters))
        self._rows.show_rows(rows, "")
        self._stack.setCurrentIndex(1 if rows else 0)

    def _open(self, id: str) -> None:
        kind, room = self._kind, self._shell.room
        row = next(row for row in self._all() if row.id == id)

        def show(lines: Lines) -> None:
            within, is_open = self._shelf.within.get(id, ()), id in self._shelf.open
            self._shell.open_sheet(RecordSheet(self._shell, kind, row, lines, within, is_open, again))

        def again() -> Coroutine[Any, Any, None]:
            return room.look_at_shelf(self._take)

        self._shell.do(room.look_at_record(kind, id, show))
