"""The room's own days off and on: listed, added by touch, withdrawn, taken from a CSV on a USB stick."""

from datetime import date, timedelta

from PySide6.QtWidgets import QStackedWidget, QWidget

from devices.contract import Stick
from roomapp.events import RowState, StepRow
from roomapp.rules.calendar.worktime import Kind as DayKind
from roomapp.rules.calendar.worktime import Override
from ui.page import BandWish, Shell
from ui.pages.books.asks import Form, Question, ask
from ui.pages.calendar.days import MonthGrid
from ui.pages.sticks import tell, with_stick
from ui.theme import Role
from ui.widgets.boxes import Card, column
from ui.widgets.button import Kind
from ui.widgets.frame import Action
from ui.widgets.rows import RowList, TouchScroll
from ui.widgets.sheets import ChoiceSheet, PickSheet, Sheet
from ui.widgets.text import Text

REASONS = ("holiday", "swapped", "make_up", "disaster", "notice")
WITHDRAWN = ("mistake", "changed")
AHEAD = timedelta(days=730)  # the days that are over have had their verdicts


class WorkDays(QWidget):
    """Whoever stands before the technician's page confirms what is entered here."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        theme, words = shell.theme, shell.words
        self._rows = RowList(theme)
        self._rows.picked.connect(self._ask_withdraw)
        self._stack = QStackedWidget()
        empty = QWidget()
        empty.setLayout(column(Text(theme, words("workdays.none"), Role.BODY, name="workdays_none"), -1))
        self._stack.addWidget(empty)
        self._stack.addWidget(Card(theme, column(self._rows), pad=theme.mm(2, 0.6)))
        self.setLayout(column(self._stack))

    def show_days(self) -> None:
        words, kept = self._shell.words, self._shell.room.dates.calendar.overrides
        rows = tuple(
            StepRow(
                one.day.isoformat(),
                f"{words(f'ui.weekday_{one.day.isoweekday()}')}, {one.day:%d/%m/%Y}",
                RowState.PASSED if one.confirmed_by else RowState.WAITING,
                ", ".join(part for part in (words(f"workdays.{one.kind}"), one.reason) if part),
            )
            for one in kept
        )
        self._stack.setCurrentIndex(1 if rows else 0)
        self._rows.show_rows(rows, "")

    def wish(self, done: Action) -> BandWish:
        words, wide = self._shell.words, self._shell.theme.wide
        add = Action("workday_add", words("workdays.add" if wide else "workdays.add_2"), "", Kind.SECONDARY, self._add)
        said = words("book.from_usb" if wide else "book.from_usb_2")
        file = Action("workdays_in", said, "usb", Kind.SECONDARY, lambda: with_stick(self._shell, self._pick_file))
        return BandWish(done, (file, add))

    def _add(self) -> None:
        """The day, then what it is, then why."""
        shell, words = self._shell, self._shell.words
        today = shell.room.now().date()
        grid = MonthGrid(shell.theme, words, today, today + AHEAD, today)
        grid.chosen.connect(self._ask_rest)
        box = column(Text(shell.theme, words("workdays.ask_day"), Role.TITLE, bold=True), gap=shell.theme.mm(3, 1.5))
        box.addWidget(TouchScroll(shell.theme, grid), 1)
        shell.open_sheet(Sheet(shell, box, "sheet_workday"))

    def _ask_rest(self, day: str) -> None:
        shell, words = self._shell, self._shell.words
        on = date.fromisoformat(day)
        kinds = tuple((str(one), words(f"workdays.{one}")) for one in DayKind)
        reasons = tuple((one, words(f"workdays.because_{one}")) for one in REASONS)
        questions = (
            Question("daykind", words("workdays.ask_kind", day=f"{on:%d/%m/%Y}"), kinds),
            Question("reason", words("workdays.ask_reason"), reasons),
        )

        def done(given: dict[str, str]) -> None:
            one = Override(
                day=on,
                kind=DayKind(given["daykind"]),
                reason=words(f"workdays.because_{given['reason']}"),
                confirmed_by=words("workdays.technician"),
                confirmed_on=shell.room.now().date(),
            )
            shell.do(shell.room.import_overrides((one,)))

        ask(shell, Form(questions, done))

    def _ask_withdraw(self, day: str) -> None:
        shell, words, on = self._shell, self._shell.words, date.fromisoformat(day)
        choices = tuple((one, words(f"workdays.withdrawn_{one}")) for one in WITHDRAWN)

        def withdraw(why: str) -> None:
            shell.close_sheet()
            shell.do(shell.room.withdraw_override(on, words(f"workdays.withdrawn_{why}")))

        asked, act = words("workdays.withdraw_question", day=f"{on:%d/%m/%Y}"), words("workdays.withdraw")
        shell.open_sheet(ChoiceSheet(shell, asked, "", choices, act, withdraw, name="withdraw"))

    def _pick_file(self, stick: Stick) -> None:
        shell, words = self._shell, self._shell.words
        files = tuple(one for one in shell.room.tables_on(stick) if one.suffix.casefold() == ".csv")
        if not files:
            tell(shell, words("workdays.no_csv"), words("workdays.no_csv_remedy"))
            return

        def take(chosen: str) -> None:
            shell.close_sheet()
            shell.do(shell.room.overrides_from_file(files[int(chosen)]))

        choices = tuple((str(number), one.name) for number, one in enumerate(files))
        shell.open_sheet(PickSheet(shell, words("book.which_file"), choices, take, "file"))
