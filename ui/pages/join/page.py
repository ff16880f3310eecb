"""Vào họp: who, where, when; the question about state secrets; then the truth about connecting."""

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from devices.contract import Ability, CallState
from roomapp.events import Place, RoomView, RowState
from roomapp.rules.consent_paper import ConsentPaper
from ui.page import BandWish, Page
from ui.pages.join.asks import PaperSheet
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
        self._ask_mark = Mark(theme, RowState.ASK)
        ask = line(self._ask_mark, self._question, gap=theme.mm(4, 2.4))
        ask.setStretch(1, 1)
        box = column(gap=theme.mm(5, 2))
        box.addLayout(ask)
        box.addWidget(self._answers)
        box.addWidget(self._warning)
        box.addStretch(1)
        self._box, self._gap = box, box.count() - 1  # what stands below it moves up where nothing is asked
        self._rule = Rule(theme)
        box.addWidget(self._rule)
        box.addLayout(state)
        self._number = Text(theme, "", Role.TITLE, bold=True, name="type_room")
        self._number.hide()
        box.addWidget(self._number)
        box.addStretch(0)
        self._card = Card(theme, box, pad=theme.mm(7, 2.6))
        holder = QHBoxLayout()
        holder.addWidget(self._card)
        outer.addLayout(holder, 1)
        self._answer = ""
        self._view: RoomView | None = None
        self._was_linked = False
        self._paper: ConsentPaper | None = None  # the consent to use another system

    def entered(self) -> None:
        view = self._view
        if view is not None and not view.call.linked and view.call.state not in WAITING:
            self._answer, self._paper = "", None
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
        call = view.call
        connecting = call.state in WAITING
        blocked = self._answer == "yes"
        self._warning.setVisible(not (connecting or call.failed) and (blocked or bool(self._paper) or self.theme.wide))
        said = words("ui.secret_blocked" if blocked else "ui.secret_ground")
        if self._paper is not None and not blocked:
            said = self.shell.room.consents.said(self._paper)
        self._warning.set_words(said, "danger" if blocked else "muted")
        for part in (self._mark, self._state):
            part.setVisible(bool(call.sentence))
        name = words("ui.other_road_name", name=call.other_road) if call.other_road else ""
        self._state.set_words(" ".join(part for part in (call.sentence, name) if part))
        asked = not (connecting or (call.failed and view.secret_answered))  # an answer that stands is not asked again
        for shown in (self._ask_mark, self._question, self._answers):
            shown.setVisible(asked)
        self._rule.setVisible(asked and bool(call.sentence))
        self._box.setStretch(self._gap, int(asked))
        self._box.setStretch(self._box.count() - 1, int(not asked))
        state = RowState.RUNNING if connecting else RowState.FAILED if call.failed else RowState.WAITING
        self._mark.set_state(state)
        self._number.setVisible(bool(call.type_room))
        self._number.set_words(words("ui.type_room", room=call.type_room) if call.type_room else "")
        return self._connecting(view) if connecting else self._before(view, blocked)

    def _connecting(self, view: RoomView) -> BandWish:
        words, room, do, call = self.words, self.shell.room, self.shell.do, view.call
        stop = Action("stop_joining", words("ui.stop_joining"), "", Kind.SECONDARY, lambda: do(room.stop_joining()))
        if call.ringing and Ability.ANSWER in call.abilities:
            answer = Action("answer_call", words("ui.answer"), "phone", Kind.PRIMARY, lambda: do(room.answer_call()))
            return BandWish(answer, (stop,))
        if call.said == "look_yourself":
            said = self._short("ui.seen_chair", "ui.seen_chair_2")
            seen = Action("seen_chair", said, "check", Kind.PRIMARY, lambda: do(room.seen_by_person()))
            return BandWish(seen, (stop,))
        return BandWish(saying=words("ui.please_wait"), others=(stop,))

    def _before(self, view: RoomView, blocked: bool) -> BandWish:
        words = self.words
        back = Action("to_home", words("ui.back"), "left", Kind.SECONDARY, lambda: self.shell.go(Place.HOME))
        if view.paper_needed and not self._paper and not blocked:
            ask = Action("ask_paper", words("ui.paper_ask"), "book", Kind.PRIMARY, self._ask_paper)
            return BandWish(ask, (back,))
        if view.call.failed and view.call.other_road:
            other = Action("other_road", self._short("ui.other_road", "ui.other_road_2"), "", Kind.PRIMARY, self._other)
            again = Action("join_now", words("ui.join"), "join", Kind.SECONDARY, self._join)
            return BandWish(other, (back, again) if self.theme.wide else (back,))
        answered = self._answer == "no" or (view.call.failed and view.secret_answered)
        kind = Kind.PRIMARY if answered and view.meeting is not None else Kind.NOT_NOW
        trial = Action("start_trial", self._short("ui.trial", "ui.trial_2"), "", Kind.SECONDARY, self._trial)
        others = (back, trial) if view.meeting is not None and not blocked else (back,)
        return BandWish(Action("join_now", words("ui.join"), "join", kind, self._join), others)

    def _secret(self) -> bool | None:
        """The answer given, or the one on which the call that just failed was begun; None: nobody was asked."""
        if self._answer:
            return self._answer != "no"
        view = self._view
        return False if view is not None and view.call.failed and view.secret_answered else None

    def _short(self, wide: str, small: str) -> str:
        """A small panel's band has room for two short lines."""
        return self.words(wide if self.theme.wide else small)

    def _answered(self, answer: str) -> None:
        self._answer = answer
        if answer == "yes":
            self.shell.do(self.shell.room.refuse_secret())
        self.shell.touched()

    def _ask_paper(self) -> None:
        article = self._view.articles.get("other_system", "") if self._view is not None else ""
        self.shell.open_sheet(PaperSheet(self.shell, article, self._papered))

    def _papered(self, paper: ConsentPaper) -> None:
        self._paper = paper
        self.shell.touched()

    def _join(self) -> None:
        self.shell.do(self.shell.room.join_meeting(secret=self._secret(), paper=self._paper))

    def _other(self) -> None:
        room = self.shell.room
        other = room.other_road()
        if other is not None:
            self.shell.do(room.join_meeting(secret=self._secret(), paper=self._paper, road=other.id))

    def _trial(self) -> None:
        self.shell.do(self.shell.room.start_trial(self._paper))
