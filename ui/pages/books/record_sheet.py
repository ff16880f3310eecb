"""One meeting or incident: its main lines, its papers, and what is told of it later."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from roomapp.events import Place, StepRow
from roomapp.running.meeting.incidents import CAUSES, ENDED_BY
from roomapp.running.papers.shelves import Lines
from ui.page import Shell
from ui.pages.books.asks import Form, Question, ask
from ui.theme import Role
from ui.widgets.boxes import column, line
from ui.widgets.button import Button, Kind
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import PickSheet, Sheet
from ui.widgets.text import Text

MEETING = "meeting"
KINDS = ("link", "sound", "picture", "power", "equipment")
REASONS = ("wrong_time", "counted_again", "forgotten", "other")
ENDS = ("held", "cancelled")
FIELDS = {"meeting": ("opened_at", "closed_at", "status"), "incident": ("restored_at", "cause", "remedy", "kind")}
TIMES = ("opened_at", "closed_at", "restored_at")


class RecordSheet(Sheet):
    """`within`: the incidents of this meeting; `is_open`: a reported one that waits to be put right."""

    def __init__(
        self,
        shell: Shell,
        kind: str,
        row: StepRow,
        lines: Lines,
        within: tuple[str, ...],
        is_open: bool,
        again: Callable[[], Coroutine[Any, Any, None]],
    ) -> None:
        self._shell, self._kind, self._id, self._within, self._again = shell, kind, row.id, within, again
        theme = shell.theme
        told = column(gap=theme.mm(2, 1))
        for name, said in lines:
            pair = line(
                Text(theme, name, Role.BODY, colour="muted"), Text(theme, said, Role.BODY, bold=True), gap=theme.gap
            )
            pair.setStretch(0, 4)
            pair.setStretch(1, 6)
            told.addLayout(pair)
        told.addStretch(1)
        inner = QWidget()
        inner.setLayout(told)
        acts = QGridLayout()
        acts.setSpacing(theme.gap)
        columns = 2 if theme.wide else 4
        for number, button in enumerate(self._acts(is_open)):
            acts.addWidget(button, number // columns, number % columns)
        box = column(Text(theme, row.name, Role.ITEM, bold=True, name="record_title"), gap=theme.mm(3, 1.5))
        box.addWidget(TouchScroll(theme, inner), 1)
        box.addLayout(acts)
        super().__init__(shell, box, "sheet_record")

    def _acts(self, is_open: bool) -> list[Button]:
        found = []
        if self._kind == MEETING:
            found.append(self._button("record_readiness", "record.readiness", self._readiness))
            if self._within:
                found.append(self._button("record_minutes", "record.minutes", self._pick_minutes))
            found.append(self._button("record_people", "record.count", self._people))
        else:
            if is_open:
                found.append(
                    self._button(
                        "record_ended",
                        "record.put_right_now",
                        self._ended,
                        Kind.PRIMARY,
                    )
                )
            found.append(
                self._button(
                    "record_minutes",
                    "record.minutes",
                    lambda: self._paper("minutes", self._id),
                )
            )
        found.append(self._button("record_correct", "record.correct", self._correct))
        return found

    def _button(self, name: str, key: str, act: Callable[[], None], kind: Kind = Kind.SECONDARY) -> Button:
        """On a small panel its words stand on two lines, under the key that ends so."""
        theme = self._shell.theme
        said = self._shell.words(key if theme.wide else f"{key}_2")
        button = Button(theme, name, said, kind=kind, least_height=theme.mm(20, 15))
        button.clicked.connect(lambda _=False: act())
        return button

    # --- papers ---

    def _paper(self, kind: str, id: str) -> None:
        self._shell.close_sheet()
        self._shell.do(self._shell.room.make_paper(kind, id))
        self._shell.go(Place.REPORT)

    def _readiness(self) -> None:
        self._paper("readiness", self._id)

    def _pick_minutes(self) -> None:
        if len(self._within) == 1:
            self._paper("minutes", self._within[0])
            return
        words = self._shell.words
        choices = tuple((id, words("record.incident_n", n=n)) for n, id in enumerate(reversed(self._within), 1))
        pick = PickSheet(
            self._shell, words("record.which_incident"), choices, lambda id: self._paper("minutes", id), "incident"
        )
        self._shell.open_sheet(pick)

    # --- what is told later ---

    def _people(self) -> None:
        room = self._shell.room

        def done(answers: dict[str, str]) -> None:
            self._tell(room.count_people(self._id, int(answers["people"])))

        self._ask((Question("people", self._shell.words("book.ask_people")),), done)

    def _ended(self) -> None:
        words, room = self._shell.words, self._shell.room
        causes = tuple((one, words(f"incident.cause_{one}")) for one in CAUSES)
        remedies = tuple((one, words(f"facts.remedy_{one}")) for one in ENDED_BY)
        questions = (
            Question("cause", words("record.ask_cause"), causes),
            Question("remedy", words("record.ask_remedy"), remedies),
        )
        self._ask(
            questions, lambda answers: self._tell(room.end_incident(self._id, answers["cause"], answers["remedy"]))
        )

    def _correct(self) -> None:
        words = self._shell.words
        fields = tuple((one, words(f"record.field_{one}")) for one in FIELDS[self._kind])

        def picked(answers: dict[str, str]) -> None:
            self._ask(self._questions(answers["field"]), lambda found: self._corrected(answers["field"], found))

        self._ask((Question("field", words("record.ask_field"), fields),), picked)

    def _questions(self, field: str) -> tuple[Question, ...]:
        words = self._shell.words
        choices = {
            "status": tuple((one, words(f"record.status_{one}")) for one in ENDS),
            "kind": tuple((one, words(f"ui.incident_{one}")) for one in KINDS),
            "cause": tuple((one, words(f"incident.cause_{one}")) for one in CAUSES),
            "remedy": tuple((one, words(f"facts.remedy_{one}")) for one in ENDED_BY),
        }
        reasons = tuple((words(f"record.reason_{one}"), words(f"record.reason_{one}")) for one in REASONS)
        said = words("record.ask_time") if field in TIMES else words("record.ask_value")
        return (
            Question(field, said, choices.get(field, ())),
            Question("reason", words("record.ask_reason"), reasons),
        )

    def _corrected(self, field: str, found: dict[str, str]) -> None:
        fields = {field: found[field]}
        self._tell(self._shell.room.correct_record(self._kind, self._id, fields, found["reason"]))

    def _ask(self, questions: tuple[Question, ...], done: Callable[[dict[str, str]], None]) -> None:
        ask(self._shell, Form(questions, done))

    def _tell(self, work: Coroutine[Any, Any, object]) -> None:
        """Then the shelf is asked anew, once the row is on the disk."""

        async def both() -> None:
            await work
            await self._again()

        self._shell.do(both())
