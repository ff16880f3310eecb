"""Finding by letters without marks: only those that can still follow are offered."""

import string
from collections.abc import Callable, Iterable

from PySide6.QtWidgets import QGridLayout, QWidget

from roomapp.rules.lettering import folded
from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column, line
from ui.widgets.button import Button, Kind
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import Sheet
from ui.widgets.text import Text

COLUMNS, COLUMNS_WIDE = 6, 10
MOST = 12


def _starts(name: str) -> list[str]:
    """From the beginning of each word on, without marks and spaces: "giao ban thang" finds "Giao ban tháng 11"."""
    parts = folded(name).split()
    return ["".join(parts[number:]) for number in range(len(parts))]


def matches(name: str, typed: str) -> bool:
    return any(start.startswith(typed) for start in _starts(name)) or not typed


def next_letters(names: Iterable[str], typed: str) -> str:
    """The letters and figures that follow what is typed, in at least one of the names."""
    found = {start[len(typed) : len(typed) + 1] for name in names for start in _starts(name) if start.startswith(typed)}
    return "".join(sign for sign in string.ascii_lowercase + string.digits if sign in found)


class LetterSheet(Sheet):
    """Every touch narrows the list below at once."""

    def __init__(self, shell: Shell, names: list[str], typed: str, find: Callable[[str], None]) -> None:
        theme, words = shell.theme, shell.words
        low = theme.mm(20, 15)
        count = sum(matches(name, typed) for name in names)
        said = words("record.found", letters=typed.upper(), n=count) if typed else words("record.letters")
        keys = QGridLayout()
        keys.setSpacing(theme.mm(3, 3))
        columns = COLUMNS_WIDE if theme.wide else COLUMNS

        def type_on(letters: str) -> None:
            find(letters)
            shell.open_sheet(LetterSheet(shell, names, letters, find))

        for number, sign in enumerate(next_letters(names, typed) if len(typed) < MOST else ""):
            key = Button(theme, f"letter_{sign}", sign.upper(), least_height=low)
            key.clicked.connect(lambda _=False, sign=sign: type_on(typed + sign))
            keys.addWidget(key, number // columns, number % columns)
        for number in range(columns):
            keys.setColumnStretch(number, 1)
        inner = QWidget()
        inner.setLayout(column(keys, -1))
        every = Button(theme, "letters_all", words("record.all"), least_height=low)
        every.clicked.connect(lambda: type_on(""))
        done = Button(theme, "letters_done", words("ui.done"), kind=Kind.PRIMARY, least_height=low)
        done.clicked.connect(shell.close_sheet)
        title = Text(theme, said, Role.ITEM, bold=True, name="letters_said")
        head = line(title, every, done, gap=theme.gap)
        head.setStretch(0, 1)
        box = column(head, gap=theme.mm(3, 1.5))
        box.addWidget(TouchScroll(theme, inner), 1)
        super().__init__(shell, box, "sheet_letters")
