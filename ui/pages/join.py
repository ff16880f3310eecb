"""Vào họp: who, where, when; the question about state secrets; then the truth about connecting."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from devices.contract import CallState
from roomapp.events import Place, RoomView, RowState
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, Rule, column, line
from ui.widgets.button import Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.marks import Mark
from ui.widgets.text import Text

WAITING = (CallState.PROBING, CallState.CONNECTING, CallState.WAITING_ROOM, CallState.RECOVERING)


class JoinPage(Page):
    place = Place.JOIN

    def build(self, outer: QVBoxLayout) -> None:
        theme, words = self.theme, self.words
        self.title.set_words(words("ui.join"))
        self.step.hide()
        self.pills.hide()
        self._meeting = Text(theme, "", Role.TITLE if theme.wide else Role.ITEM, bold=True, most_lines=2)
        self._facts = Text(theme, "", Role.BODY, most_lines=2)
        self._mark = Mark(theme, RowState.WAITING)
        self._state = Text(theme, "", Role.ITEM, bold=True, name="join_state")
        state = line(self._mark, self._state, gap=theme.mm(4, 2.4))
        state.setStretch(1, 1)
        top = column(self._meeting, self._facts, gap=theme.mm(3, 1))
        outer.addWidget(Card(theme, top, pad=theme.mm(7, 2.6)))
        # 003 khoản 1: a meeting with state-secret content is not held online; nothing about it is kept.
        self._question = Text(theme, words("ui.secret_question"), Role.TITLE if theme.wide else Role.ITEM, bold=True)
        self._answers = ChoiceGroup(
            theme, "secret", (("no", words("ui.secret_no")), ("yes", words("ui.secret_yes"))), columns=2
        )
        self._answers.chosen.connect(self._answered)
        self._warning = Text(theme, "", Role.BODY, name="secret_warning")
        mark = Mark(theme, RowState.ASK)
        ask = line(mark, self._question, gap=theme.mm(4, 2.4))
        ask.setStretch(1, 1)
        box = column(gap=theme.mm(5, 2))
        box.addLayout(ask)
        box.addWidget(self._answers)
        box.addWidget(self._warning)
        box.addStretch(1)
        self._rule = Rule(theme)
        box.addWidget(self._rule)
        box.addLayout(state)
        self._card = Card(theme, box, pad=theme.mm(7, 2.6))
        holder = QHBoxLayout()
        holder.addWidget(self._card)
        outer.addLayout(holder, 1)
        self._answer = ""
        self._view: RoomView | None = None
        self._was_linked = False

    def entered(self) -> None:
        view = self._view
        if view is not None and not view.call.linked and view.call.state not in WAITING:
            self._answer = ""
            self._answers.set_chosen("")
            self.shell.touched()

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        words = self.words
        meeting = view.meeting
        self._meeting.set_words(meeting.title if meeting else words("ui.home_no_meeting"))
        if meeting is not None:
            self._facts.set_words(
                words(
                    "ui.join_facts",
                    platform=meeting.platform_name,
                    room=meeting.room or "–",
                    time=f"{meeting.opening:%H:%M %d/%m/%Y}",
                )
            )
        connecting = view.call.state in WAITING
        blocked = self._answer == "yes"
        self._warning.setVisible(blocked or self.theme.wide)
        self._warning.set_words(
            words("ui.secret_blocked" if blocked else "ui.secret_ground"), "danger" if blocked else "muted"
        )
        said = view.call.sentence
        self._rule.setVisible(bool(said))
        self._mark.setVisible(bool(said))
        self._state.setVisible(bool(said))
        self._state.set_words(said)
        self._mark.set_state(
            RowState.RUNNING if connecting else RowState.FAILED if view.call.failed else RowState.WAITING
        )
        back = Action("to_home", words("ui.back"), "left", Kind.SECONDARY, lambda: self.shell.go(Place.HOME))
        if connecting:
            stop = Action("stop_joining", words("ui.stop_joining"), "", Kind.SECONDARY, self._stop)
            return BandWish(saying=words("ui.please_wait"), others=(stop,))
        kind = Kind.PRIMARY if self._answer == "no" and meeting is not None else Kind.NOT_NOW
        return BandWish(Action("join_now", words("ui.join"), "join", kind, self._join), (back,))

    def _answered(self, answer: str) -> None:
        self._answer = answer
        if answer == "yes":
            self.shell.do(self.shell.room.refuse_secret())
        self.shell.touched()

    def _join(self) -> None:
        self.shell.do(self.shell.room.join_meeting(secret=self._answer != "no"))

    def _stop(self) -> None:
        self.shell.do(self.shell.room.stop_joining())
