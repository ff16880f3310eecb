"""One meeting: what is known, its deadlines, what is still to be asked, and every change of it by touch."""

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from roomapp.events import CardView, RowState
from roomapp.rules.meeting import MeetingKind, SiteRole
from ui.page import Shell
from ui.pages.calendar.entry import Entry
from ui.pages.who import ask_roster
from ui.theme import Role
from ui.widgets.boxes import Card, Rule, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.marks import Mark
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import ChoiceSheet, PickSheet
from ui.widgets.text import Text

CANCELLED = ("cancelled", "mistake")
POSTPONED = ("host_unit", "clash", "disaster", "power")


class MeetingCard(QWidget):
    """Changes of time lead through the entry's own steps."""

    def __init__(self, shell: Shell, entry: Entry) -> None:
        super().__init__()
        self._shell, self._entry = shell, entry
        self._box = QVBoxLayout()
        self._box.setContentsMargins(0, 0, shell.theme.small_gap, 0)
        self._box.setSpacing(shell.theme.mm(4, 2))
        inner = QWidget()
        inner.setLayout(self._box)
        self.setLayout(column(TouchScroll(shell.theme, inner)))
        self._shown: CardView | None = None

    def acts(self, card: CardView) -> tuple[Action, ...]:
        """What stands in the bottom band beside the way back."""
        words = self._shell.words
        move = Action(
            "card_move", words("card.move"), "calendar", Kind.SECONDARY, lambda: self._entry.begin("move", card.id)
        )
        return (move,)

    def show_card(self, card: CardView) -> None:
        if card == self._shown:
            return
        self._shown = card
        clear(self._box)
        theme = self._shell.theme
        when = card.facts[0][1]
        self._box.addWidget(Text(theme, f"{when}  {card.title}", Role.ITEM, bold=True, name="card_title"))
        facts, demands = Card(theme, self._facts(card), pad=theme.mm(5, 2)), column(gap=theme.mm(4, 2))
        for part in (self._deadlines(card), self._gaps(card)):
            if part is not None:
                demands.addWidget(Card(theme, part, pad=theme.mm(5, 2)))
        demands.addStretch(1)
        if theme.wide:
            row = line(facts, gap=theme.gap)
            row.addLayout(demands)
            row.setStretch(0, 1)
            row.setStretch(1, 1)
            self._box.addLayout(row)
        else:
            self._box.addLayout(demands)
            self._box.addWidget(facts)
        self._box.addLayout(self._changes(card))
        self._box.addStretch(1)

    def _facts(self, card: CardView) -> QVBoxLayout:
        theme = self._shell.theme
        box = column(gap=theme.mm(1.5, 0.8))
        for name, said in card.facts:
            row = line(Text(theme, name, Role.LABEL, colour="muted"), Text(theme, said, Role.BODY), gap=theme.mm(4, 2))
            row.setStretch(0, 2)
            row.setStretch(1, 3)
            box.addLayout(row)
        return box

    def _deadlines(self, card: CardView) -> QVBoxLayout | None:
        if not card.deadlines:
            return None
        theme = self._shell.theme
        box = column(gap=theme.mm(2, 1))
        for one in card.deadlines:
            state = RowState.TODO if one.late else RowState.PASSED if one.done else RowState.WAITING
            ink = "danger" if one.late else "text"
            said = column(
                Text(theme, f"{one.name}: {one.at}", Role.BODY),
                Text(theme, one.verdict, Role.LABEL, bold=one.late, colour=ink),
            )
            row = line(Mark(theme, state), gap=theme.mm(4, 2))
            row.addLayout(said, 1)
            box.addLayout(row)
        return box

    def _gaps(self, card: CardView) -> QVBoxLayout | None:
        """In the words with which the host unit is asked (Art. 8.1)."""
        if not card.gaps:
            return None
        theme, words = self._shell.theme, self._shell.words
        box = column(Text(theme, words("card.ask_host_unit"), Role.BODY, bold=True), gap=theme.mm(1, 0.6))
        for gap in card.gaps:
            box.addWidget(Text(theme, f"– {gap}", Role.BODY))
        return box

    # --- changes ---

    def _changes(self, card: CardView) -> QVBoxLayout:
        theme, words, id = self._shell.theme, self._shell.words, card.id
        acts: tuple[tuple[str, str, Callable[[], None]], ...] = (
            ("invitation", words("card.do_invitation"), lambda: self._entry.begin("invitation", id)),
            ("officers", words("card.do_officers"), lambda: ask_roster(self._shell, id)),
            ("kind", words("card.do_kind"), lambda: self._pick("kind", tuple(map(str, MeetingKind)), card)),
            ("role", words("card.do_role"), lambda: self._pick("role", tuple(map(str, SiteRole)), card)),
        )
        if not card.postponed:
            acts += (("end", words("card.do_end"), lambda: self._entry.begin("end", id)),)
        grid = QGridLayout()
        grid.setSpacing(theme.gap)
        columns = 3 if theme.wide else 2
        for number, (name, said, act) in enumerate(acts):
            button = Button(theme, f"card_{name}", said)
            button.clicked.connect(lambda _=False, act=act: act())
            grid.addWidget(button, number // columns, number % columns)
        ends = line(gap=theme.gap)
        if not card.postponed:
            postpone = Button(theme, "card_postpone", words("card.postpone"), kind=Kind.GUARDED)
            postpone.clicked.connect(lambda: self._ask_postpone(card))
            ends.addWidget(postpone)
        cancel = Button(theme, f"cancel_{id}", words("ui.cancel_meeting"), kind=Kind.GUARDED)
        cancel.clicked.connect(lambda: self._ask_cancel(card))
        ends.addWidget(cancel)
        ends.addStretch(1)
        box = column(gap=theme.gap)
        box.addLayout(grid)
        box.addWidget(Rule(theme))
        box.addLayout(ends)
        return box

    def _pick(self, field: str, values: tuple[str, ...], card: CardView) -> None:
        shell, words = self._shell, self._shell.words

        def picked(value: str) -> None:
            shell.close_sheet()
            shell.do(shell.room.change_meeting(card.id, {field: value}))

        choices = tuple((one, words(f"card.{field}_{one}")) for one in values)
        asked = words("card.ask_kind" if field == "kind" else "card.ask_role")
        shell.open_sheet(PickSheet(shell, asked, choices, picked, field))

    def _ask_postpone(self, card: CardView) -> None:
        shell, words = self._shell, self._shell.words
        choices = tuple((one, words(f"card.postponed_{one}")) for one in POSTPONED)

        def postpone(why: str) -> None:
            shell.close_sheet()
            shell.do(shell.room.postpone_meeting(card.id, why))

        asked, act = words("card.postpone_question"), words("card.postpone")
        shell.open_sheet(ChoiceSheet(shell, asked, card.title, choices, act, postpone, name="postpone"))

    def _ask_cancel(self, card: CardView) -> None:
        shell, words = self._shell, self._shell.words
        choices = tuple((one, words(f"ui.cancelled_{one}")) for one in CANCELLED)

        def cancel(why: str) -> None:
            shell.close_sheet()
            shell.do(shell.room.cancel_meeting(card.id, why))

        asked, act = words("ui.cancel_question"), words("ui.cancel_meeting")
        shell.open_sheet(ChoiceSheet(shell, asked, card.title, choices, act, cancel, name="cancel"))
