"""Lịch họp: the list, a meeting's entry by choices, its card; nothing needs typing."""

from datetime import timedelta

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import MeetingView, Place, RoomView, RowState, StepRow
from ui.page import BandWish, Page
from ui.pages.calendar.card import MeetingCard
from ui.pages.calendar.entry import Entry, moment
from ui.pages.calendar.files import take_from_stick
from ui.theme import Role
from ui.widgets.boxes import Card, column
from ui.widgets.button import Kind
from ui.widgets.frame import Action
from ui.widgets.rows import RowList
from ui.widgets.text import Text

MOST_LETTERS = 80  # of a title in the list; the whole of it is one touch away


class CalendarPage(Page):
    place = Place.CALENDAR
    scrolls_itself = True

    def build(self, outer: QVBoxLayout) -> None:
        theme, words = self.theme, self.words
        self.title.set_words(words("ui.calendar"))
        self.step.hide()
        self.pills.hide()
        self._rows = RowList(theme)
        self._rows.picked.connect(self.open_card)
        empty = QWidget()
        empty.setLayout(column(Text(theme, words("ui.no_meetings"), Role.BODY, name="no_meetings"), -1))
        self._entry = Entry(self.shell, self._finish)
        self._card = MeetingCard(self.shell, self._entry)
        self._stack = QStackedWidget()
        for part in (empty, Card(theme, column(self._rows), pad=theme.mm(2, 0.6)), self._entry, self._card):
            self._stack.addWidget(part)
        outer.addWidget(self._stack, 1)
        self._opened = ""  # the meeting whose card is shown
        self._listed: object = None

    def entered(self) -> None:
        self._opened = ""
        self._entry.take_up(self.shell.room.draft("meeting"))
        self.shell.touched()

    def show_like(self, other: Page) -> None:
        assert isinstance(other, CalendarPage)
        self._opened = other._opened
        self._entry.like(other._entry)
        self.shell.touched()

    def show_view(self, view: RoomView) -> BandWish:
        asking = bool(self._entry.mode)
        card = self.shell.room.card(self._opened) if self._opened else None
        if card is None:
            self._opened = ""
        self.title.setVisible(self.theme.wide or not (asking or card))  # a small panel needs the height
        if asking:
            self._stack.setCurrentIndex(2)
            self._entry.show_step()
            return self._entry.wish()
        words = self.words
        if card is not None:
            self._stack.setCurrentIndex(3)
            self._card.show_card(card)
            back = Action("card_back", words("ui.back"), "left", Kind.PRIMARY, lambda: self.open_card(""))
            return BandWish(back, self._card.acts(card))
        self._show_list(view)
        back = Action("to_home", words("ui.back"), "left", Kind.SECONDARY, lambda: self.shell.go(Place.HOME))
        said = words("book.from_usb" if self.theme.wide else "book.from_usb_2")
        file = Action("meetings_in", said, "usb", Kind.SECONDARY, lambda: take_from_stick(self.shell))
        add = Action("add_meeting", words("ui.add_meeting"), "calendar", Kind.PRIMARY, lambda: self._entry.begin("add"))
        return BandWish(add, (back, file))

    def _show_list(self, view: RoomView) -> None:
        kept = tuple(self.shell.room.meetings.values())
        shape = (view.meetings, view.waiting, view.late, view.clashes, kept)
        if shape == self._listed:  # what is still to be asked reads the journal: not for every sound level
            self._stack.setCurrentIndex(1 if view.meetings or view.waiting else 0)
            return
        self._listed = shape
        rows = (*(self._row(one, view) for one in view.meetings), *(self._waiting(one) for one in view.waiting))
        self._stack.setCurrentIndex(1 if rows else 0)
        self._rows.show_rows(rows, "")

    def _row(self, meeting: MeetingView, view: RoomView) -> StepRow:
        """What is late stands first, then what is still to be asked."""
        room, words = self.shell.room, self.words
        late = [one.sentence for one in view.late if one.meeting == meeting.id]
        clash = any(meeting.id in (one.first.id, one.second.id) for one in view.clashes)
        kept = room.meetings.get(meeting.id)
        gaps = len(room.gaps_of(kept)) if kept is not None and not meeting.practice else 0
        said = late[0] if late else words("today.clash") if clash else ""
        said = said or (words("card.gaps_n", n=gaps) if gaps else words("card.complete"))
        state = RowState.TODO if late or clash else RowState.WAITING if gaps else RowState.PASSED
        return StepRow(meeting.id, f"{meeting.opening:%H:%M %d/%m}  {_short(meeting.title)}", state, said)

    def _waiting(self, meeting: MeetingView) -> StepRow:
        return StepRow(meeting.id, _short(meeting.title), RowState.WAITING, self.words("card.no_day"))

    def open_card(self, id: str) -> None:
        """One meeting's card; empty: the list again. The practice meeting has none."""
        if id != "practice":
            self._opened = id
            self.shell.touched()

    # --- what a finished entry does ---

    def _finish(self, mode: str, meeting: str, answers: dict[str, str]) -> str:
        """What cannot be, in a sentence; empty: it is done."""
        room, words = self.shell.room, self.words
        if mode == "invitation":
            got = moment(room, answers["got_day"], answers["got_time"])
            if got > room.now():
                return words("booking.not_yet")
            fields = {"invitation_number": answers["number"], "invitation_date": answers["dated"]}
            self.shell.do(room.change_meeting(meeting, {**fields, "invitation_received_at": got.isoformat()}))
            return ""
        if mode == "end":
            opening = room.local(room.meetings[meeting].opening)
            end = moment(room, f"{opening:%Y-%m-%d}", answers["time"])
            if end <= opening:
                return words("booking.ends_before")
            self.shell.do(room.change_meeting(meeting, {"expected_end": end.isoformat()}))
            return ""
        at = moment(room, answers["day"], answers["time"])
        if mode == "add":
            self.shell.do(room.add_meeting(answers["platform"], answers["room"], at, "", answers["template"]))
            return ""
        if at <= room.now():
            return words("booking.is_over")
        kept = room.meetings.get(meeting) or room.waiting[meeting]
        fields = {"opening": at.isoformat()}
        if kept.expected_end is not None:  # as long as it was meant to be
            fields["expected_end"] = (at + max(kept.expected_end - kept.opening, timedelta(minutes=1))).isoformat()
        self.shell.do(room.change_meeting(meeting, fields))
        return ""


def _short(title: str) -> str:
    return title if len(title) <= MOST_LETTERS else f"{title[:MOST_LETTERS].rstrip()}…"
