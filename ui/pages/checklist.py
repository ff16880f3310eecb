"""Bật hệ thống and Tắt hệ thống: rows that measure by themselves, one open fault or question at the side."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from roomapp.events import ChecklistView, Place, RoomView, RowState, StepDetail
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, Rule, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.drawing import Drawing
from ui.widgets.frame import Action
from ui.widgets.marks import Mark
from ui.widgets.rows import RowList, TouchScroll
from ui.widgets.sheets import ChoiceSheet
from ui.widgets.text import Text

SKIP_REASONS = ("broken", "absent", "no_time", "allowed")


class ChecklistPage(Page):
    """A checklist; subclasses name it and say what comes after its last step."""

    title_key = ""
    scrolls_itself = True

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self._list = RowList(theme)
        self._list.picked.connect(self._open)
        self._list_card = Card(theme, column(self._list), pad=0)
        self._detail_box = QVBoxLayout()
        self._detail_box.setSpacing(theme.mm(3, 1.2))
        self._detail = Card(theme, self._detail_content(), pad=theme.mm(7, 3.2))
        self._question_box = QVBoxLayout()
        self._question_box.setSpacing(theme.mm(4, 2))
        self._question = Card(theme, self._question_box, pad=theme.mm(7, 3.2))
        right = column(self._detail, self._question, gap=theme.mm(5, 2))
        right.setStretch(0, 1)
        row = QHBoxLayout()
        row.setSpacing(theme.mm(6, 3))
        row.addWidget(self._list_card, 42 if theme.wide else 33)
        row.addLayout(right, 58 if theme.wide else 67)
        outer.addLayout(row, 1)
        self._shown: object = None

    def _detail_content(self) -> QVBoxLayout:
        """Long words or large letters are moved by the finger; nothing is cut."""
        inner = QWidget()
        self._detail_box.setContentsMargins(0, 0, 0, 0)
        inner.setLayout(self._detail_box)
        return column(TouchScroll(self.theme, inner))

    def show_view(self, view: RoomView) -> BandWish:
        self.show_steps(self.words(self.title_key), view)
        checklist = view.checklist
        if checklist is None:
            back = Action("to_home", self.words("ui.back"), "left", Kind.SECONDARY, self._home)
            return BandWish(None, (back,), saying=self.words("ui.list_begins"))
        self._list.show_rows(checklist.rows, checklist.open_id)
        last_on_small = not self.theme.wide and checklist.finished
        self._list_card.setVisible(not last_on_small)
        shape = (checklist.detail, checklist.question, checklist.finished, checklist.page)
        if shape != self._shown:
            self._shown = shape
            self._show_detail(checklist)
        return self._wish(view, checklist)

    # --- what stands at the right ---

    def _show_detail(self, checklist: ChecklistView) -> None:
        clear(self._detail_box)
        clear(self._question_box)
        self._question.hide()
        detail = checklist.detail
        if detail is None:
            self._detail.set_look(
                "ok_tint" if checklist.finished else "card", "ok" if checklist.finished else "", self.theme.line * 2
            )
            if checklist.finished:
                self._show_finished(self._detail_box)
            else:
                self._say_wait(checklist)
            return
        self._detail.set_look("card")
        if detail.state in (RowState.ASK, RowState.TODO) and detail.answers:
            self._fill_question(self._detail_box, detail)
        else:
            self._fill_fault(detail)
        if checklist.question is not None and self.theme.wide:
            self._question.show()
            self._fill_question(self._question_box, checklist.question)

    def _say_wait(self, checklist: ChecklistView) -> None:
        said = "ui.checking" if any(r.state is RowState.RUNNING for r in checklist.rows) else "ui.checked_so_far"
        mark = Mark(self.theme, RowState.RUNNING if said == "ui.checking" else RowState.PASSED)
        words = Text(self.theme, self.words(said), Role.ITEM, bold=True, name="detail_sentence")
        row = line(mark, words, gap=self.theme.mm(5, 3))
        row.setStretch(1, 1)
        self._detail_box.addLayout(row)
        self._detail_box.addStretch(1)

    def _headline(self, detail: StepDetail, role: Role) -> QHBoxLayout:
        theme = self.theme
        mark = Mark(theme, detail.state, theme.mm(11, 5.8))
        row = line(mark, Text(theme, detail.sentence, role, bold=True, name="detail_sentence"), gap=theme.mm(5, 2.4))
        row.setStretch(1, 1)
        return row

    def _fill_fault(self, detail: StepDetail) -> None:
        theme, words = self.theme, self.words
        self._detail_box.addLayout(self._headline(detail, Role.TITLE))
        said = QVBoxLayout()
        said.setSpacing(theme.mm(1, 0.6))
        if detail.cause:
            said.addWidget(Text(theme, words("ui.usual_cause"), Role.LABEL, bold=True, colour="muted", wrap=False))
            said.addWidget(Text(theme, detail.cause, Role.BODY, name="detail_cause"))
            said.addSpacing(theme.mm(3, 2))
        if detail.remedy:
            said.addWidget(Text(theme, words("ui.remedy"), Role.LABEL, bold=True, colour="muted", wrap=False))
            for number, step in enumerate(detail.remedy, 1):
                said.addWidget(Text(theme, f"{number}. {step}", Role.BODY))
        if detail.article and theme.wide:
            said.addSpacing(theme.mm(2, 1))
            said.addWidget(Text(theme, words("ui.by_article", article=detail.article), Role.LABEL, colour="muted"))
        said.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(theme.mm(6, 3))
        row.addLayout(said, 60)
        if detail.picture and (theme.wide or theme.panel.text_scale == 100):
            row.addWidget(Drawing(theme, detail.picture, words(f"ui.drawing_{detail.picture.replace('-', '_')}")), 40)
        self._detail_box.addLayout(row, 1)

    def _fill_question(self, box: QVBoxLayout, detail: StepDetail) -> None:
        theme = self.theme
        box.addLayout(self._headline(detail, Role.ITEM if theme.wide else Role.TITLE))
        for step in detail.remedy:
            box.addWidget(Text(theme, step, Role.BODY))
        if detail.article:
            box.addWidget(Text(theme, self.words("ui.by_article", article=detail.article), Role.LABEL, colour="muted"))
        if box is self._detail_box:
            box.addSpacing(self.theme.mm(6, 3))
        answers = QHBoxLayout()
        answers.setSpacing(theme.gap)
        for id, said in detail.answers:
            button = Button(theme, f"answer_{detail.id}_{id}", said)
            button.clicked.connect(lambda _=False, step=detail.id, id=id: self._answer(step, id))
            answers.addWidget(button, 1)
        box.addLayout(answers)
        box.addStretch(1)

    def _show_finished(self, box: QVBoxLayout) -> None:
        raise AssertionError("a checklist says what its end means")

    def _finished_text(self, box: QVBoxLayout, headline: str, under: str) -> None:
        theme = self.theme
        mark = Mark(theme, RowState.PASSED, theme.mm(20, 9))
        row = line(
            mark, Text(theme, headline, Role.PERMISSION, bold=True, colour="ok", name="finished"), gap=theme.mm(7, 3)
        )
        row.setStretch(1, 1)
        box.addLayout(row)
        box.addWidget(Text(theme, under, Role.BODY))
        box.addWidget(Rule(theme, "ok"))

    # --- what the officer asks ---

    def _wish(self, view: RoomView, checklist: ChecklistView) -> BandWish:
        detail = checklist.detail
        words = self.words
        if checklist.finished:
            return BandWish(self._end_action(view))
        if detail is not None and detail.state is RowState.FAILED:
            again = Action("recheck", words("ui.recheck"), "recheck", Kind.PRIMARY, lambda: self._recheck(detail.id))
            skip = Action("skip", self._two_lines("ui.skip_reason"), "", Kind.SECONDARY, lambda: self._skip(detail.id))
            return BandWish(again, (skip,) if detail.skippable else ())
        if checklist.page is not None and (detail is None or not detail.answers):
            place = checklist.page
            return BandWish(
                Action("next_step", words("ui.next_step"), "right", Kind.PRIMARY, lambda: self._next(place))
            )
        if detail is not None and detail.state is RowState.ASK and detail.skippable:
            skip = Action("skip", self._two_lines("ui.skip_reason"), "", Kind.SECONDARY, lambda: self._skip(detail.id))
            return BandWish(None, (skip,), saying=words("ui.please_answer"))
        return BandWish(saying=words("ui.please_wait") if detail is None else words("ui.please_answer"))

    def _two_lines(self, key: str) -> str:
        said = self.words(key)
        return said if self.theme.wide else said.replace(", ", ",\n", 1)

    def _end_action(self, view: RoomView) -> Action:
        return Action("to_home", self.words("ui.done"), "check", Kind.PRIMARY, self._home)

    def _open(self, step: str) -> None:
        self.shell.do(self.shell.room.open_step(step))

    def _answer(self, step: str, answer: str) -> None:
        self.shell.do(self.shell.room.answer_step(step, answer))

    def _recheck(self, step: str) -> None:
        self.shell.do(self.shell.room.recheck_step(step))

    def _skip(self, step: str) -> None:
        reasons = tuple((reason, self.words(f"ui.skip_{reason}")) for reason in SKIP_REASONS)

        def record(reason: str) -> None:
            self.shell.close_sheet()
            self.shell.do(self.shell.room.skip_step(step, self.words(f"ui.skip_{reason}")))

        self.shell.open_sheet(
            ChoiceSheet(
                self.shell,
                self.words("ui.skip_title"),
                self.words("ui.skip_ground"),
                reasons,
                self.words("ui.skip_do"),
                record,
            )
        )

    def _next(self, place: Place) -> None:
        self.shell.go(place)

    def _home(self) -> None:
        self.shell.go(Place.HOME)


class PowerOnPage(ChecklistPage):
    place = Place.POWER_ON
    title_key = "ui.power_on"

    def _show_finished(self, box: QVBoxLayout) -> None:
        self._finished_text(box, self.words("ui.ready"), self.words("ui.ready_under"))
        box.addStretch(1)

    def _end_action(self, view: RoomView) -> Action:
        if view.meeting is not None:
            return Action("join", self.words("ui.join"), "join", Kind.PRIMARY, lambda: self.shell.go(Place.JOIN))
        return super()._end_action(view)


class ShutdownPage(ChecklistPage):
    place = Place.SHUTDOWN
    title_key = "ui.power_off"

    def _show_finished(self, box: QVBoxLayout) -> None:
        theme, words = self.theme, self.words
        steps = str(self._steps)
        if self._stays_on_for:
            self._finished_text(box, words("today.stays_on"), words("today.stays_on_under", title=self._stays_on_for))
            box.addStretch(1)
            return
        self._finished_text(box, words("ui.may_cut"), words("ui.all_read_back", n=steps))
        drawing = Drawing(theme, "breaker", "")
        drawing.setMaximumSize(theme.mm(80, 40), theme.mm(62, 30))
        said = column(
            Text(theme, words("ui.pull_breaker"), Role.ITEM, bold=True),
            Text(theme, words("ui.sign_then_cut"), Role.BODY),
            -1,
            gap=theme.mm(4, 2),
        )
        row = line(column(drawing, -1), gap=theme.mm(9, 4))
        row.addLayout(said, 1)
        box.addLayout(row, 1)

    def show_view(self, view: RoomView) -> BandWish:
        self._steps = len(view.checklist.rows) if view.checklist else 0
        self._stays_on_for = view.stays_on_for
        return super().show_view(view)

    def _end_action(self, view: RoomView) -> Action:
        return Action("sign_off", self.words("ui.sign_off"), "power-on", Kind.PRIMARY, self._sign)

    def _sign(self) -> None:
        self.shell.do(self.shell.room.sign_off())
