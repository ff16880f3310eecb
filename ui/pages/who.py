"""Ai trực hôm nay? A name is picked, the person's own code follows."""

from PySide6.QtWidgets import QHBoxLayout

from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column
from ui.widgets.inputs import ChoiceGroup, Keypad
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import Sheet
from ui.widgets.text import Text

MOST_DIGITS = 12


def ask_who(shell: Shell) -> None:
    """Whoever is in the register of staff may sign on; somebody else is entered there first."""
    theme, words = shell.theme, shell.words
    officers = shell.room.officers()

    def picked(person: str) -> None:
        shell.open_sheet(CodeSheet(shell, int(person), dict(officers)[int(person)]))

    group = ChoiceGroup(theme, "officer", tuple((str(person), name) for person, name in officers), columns=2)
    group.chosen.connect(picked)
    box = column(Text(theme, words("ui.who_is_on"), Role.TITLE, bold=True), gap=theme.mm(3, 1.5))
    box.addWidget(TouchScroll(theme, group), 1)
    shell.open_sheet(Sheet(shell, box, "sheet_who"))


class CodeSheet(Sheet):
    """The code of the one who was picked."""

    def __init__(self, shell: Shell, person: int, name: str) -> None:
        theme, words = shell.theme, shell.words
        self._person = person
        self._pad = Keypad(theme, words, secret=True, most=MOST_DIGITS, name="officer_pin")
        self._pad.done.connect(self._try)
        self._said = Text(theme, words("ui.who_code", name=name), Role.BODY, name="officer_pin_said")
        row = QHBoxLayout()
        row.setSpacing(theme.mm(12, 4))
        row.addWidget(self._pad)
        if theme.wide:
            row.addLayout(column(self._said, -1), 1)
        else:
            self._pad.said.addWidget(self._said)
            row.addStretch(1)
        super().__init__(shell, column(row, -1), "sheet_officer_code", scrolls=True)

    def _try(self, digits: str) -> None:
        """Checked in the worker: argon2 takes its time, the screen must not."""
        self._pad.clear()
        self._said.set_words(self.shell.words("ui.pin_checking"))
        self.shell.do(self._check(digits))

    async def _check(self, digits: str) -> None:
        sentence = await self.shell.room.take_duty(self._person, digits)
        self.shell.room.tell_screen(lambda: self._checked(sentence))

    def _checked(self, sentence: str) -> None:
        if sentence:
            self._said.set_words(sentence)
        else:
            self.shell.close_sheet()


def ask_roster(shell: Shell, meeting: str) -> None:
    """Who is on duty for one meeting: a name from the register of staff."""
    theme, words, room = shell.theme, shell.words, shell.room
    officers = room.officers()
    box = column(Text(theme, words("today.roster_who"), Role.TITLE, bold=True), gap=theme.mm(3, 1.5))

    def picked(name: str) -> None:
        shell.close_sheet()
        shell.do(room.change_meeting(meeting, {"on_duty": [dict(officers)[int(name)]]}))

    if officers:
        group = ChoiceGroup(theme, "roster", tuple((str(person), name) for person, name in officers), columns=2)
        group.chosen.connect(picked)
        box.addWidget(TouchScroll(theme, group), 1)
    else:
        box.addWidget(Text(theme, words("today.roster_none"), Role.ITEM, bold=True, name="refused_sentence"))
        box.addWidget(Text(theme, words("today.roster_none_remedy")))
        box.addStretch(1)
    shell.open_sheet(Sheet(shell, box, "sheet_roster"))
