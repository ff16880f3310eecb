"""Lịch họp: a meeting is entered by choosing platform, day, time and room; nothing needs typing."""

from datetime import datetime, timedelta

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import MeetingView, Place, RoomView
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import ChoiceGroup, Keypad
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import ChoiceSheet
from ui.widgets.text import Text

STEPS = ("platform", "day", "time", "room")
DAYS = 8


def time_of(digits: str) -> tuple[int, int] | None:
    """“0800” or “800” or “8” as an hour and a minute; None where it is no time of day."""
    if not digits or len(digits) > 4:
        return None
    hour, minute = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    return (hour, minute) if hour < 24 and minute < 60 else None


class CalendarPage(Page):
    place = Place.CALENDAR

    def build(self, outer: QVBoxLayout) -> None:
        self.title.set_words(self.words("ui.calendar"))
        self.step.hide()
        self.pills.hide()
        self._stack = QStackedWidget()
        self._list = QVBoxLayout()
        self._list.setSpacing(self.theme.small_gap)
        inner = QWidget()
        inner.setLayout(self._list)
        self._stack.addWidget(TouchScroll(self.theme, inner))
        self._form = QVBoxLayout()
        form = QWidget()
        form.setLayout(self._form)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(form)
        outer.addWidget(self._stack, 1)
        self._at = -1  # the entry's step; -1: the list
        self._draft: dict[str, str] = {}
        self._view: RoomView | None = None
        self._shown: object = None
        self._problem = ""

    def entered(self) -> None:
        self._draft = dict(self.shell.room.draft("meeting"))
        self._at = int(self._draft.pop("step", "-1"))
        self._shown = None
        self.shell.touched()

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        self._stack.setCurrentIndex(0 if self._at < 0 else 1)
        shape = (self._at, view.meetings, self._problem)
        if shape != self._shown:
            self._shown = shape
            if self._at < 0:
                self._show_list(view)
            else:
                self._show_step(view, STEPS[self._at])
        words = self.words
        if self._at < 0:
            back = Action("to_home", words("ui.back"), "left", Kind.SECONDARY, lambda: self.shell.go(Place.HOME))
            add = Action("add_meeting", words("ui.add_meeting"), "calendar", Kind.PRIMARY, lambda: self._move(0))
            return BandWish(add, (back,))
        stop = Action("stop_entry", words("ui.cancel"), "", Kind.SECONDARY, self._stop)
        back = Action("step_back", words("ui.back"), "left", Kind.SECONDARY, lambda: self._move(self._at - 1))
        step = STEPS[self._at]
        if step in ("time", "room"):
            return BandWish(None, (stop, back))
        kind = Kind.PRIMARY if self._draft.get(step) else Kind.NOT_NOW
        forth = Action("step_on", words("ui.next_step"), "right", kind, lambda: self._move(self._at + 1))
        return BandWish(forth, (stop, back) if self._at else (stop,))

    # --- the list ---

    def _show_list(self, view: RoomView) -> None:
        clear(self._list)
        self.title.show()
        if not view.meetings:
            self._list.addWidget(Text(self.theme, self.words("ui.no_meetings"), Role.BODY))
        for meeting in view.meetings:
            self._list.addWidget(self._meeting_row(meeting))
        self._list.addStretch(1)

    def _meeting_row(self, meeting: MeetingView) -> Card:
        theme = self.theme
        when = Text(theme, f"{meeting.opening:%H:%M}  {meeting.opening:%d/%m/%Y}", Role.BODY, bold=True, wrap=False)
        title = Text(theme, meeting.title, Role.BODY, most_lines=2)
        row = line(when, title, gap=theme.mm(8, 4))
        row.setStretch(1, 1)
        if not meeting.practice:
            remove = Button(
                theme,
                f"cancel_{meeting.id}",
                self.words("ui.cancel_meeting"),
                kind=Kind.QUIET,
                least_height=theme.mm(15, 15),
            )
            remove.clicked.connect(lambda _=False, m=meeting: self._ask_cancel(m))
            row.addWidget(remove)
        return Card(theme, row, pad=theme.mm(4, 2.4))

    def _ask_cancel(self, meeting: MeetingView) -> None:
        choices = tuple((k, self.words(f"ui.cancelled_{k}")) for k in ("cancelled", "postponed", "mistake"))

        def cancel(why: str) -> None:
            self.shell.close_sheet()
            self.shell.do(self.shell.room.cancel_meeting(meeting.id, why))

        self.shell.open_sheet(
            ChoiceSheet(
                self.shell,
                self.words("ui.cancel_question"),
                meeting.title,
                choices,
                self.words("ui.cancel_meeting"),
                cancel,
                name="cancel",
            )
        )

    # --- the entry, one choice a step ---

    def _show_step(self, view: RoomView, step: str) -> None:
        clear(self._form)
        theme, words = self.theme, self.words
        self.title.setVisible(theme.wide)  # a small panel needs the height
        self._form.addWidget(Text(theme, words(f"ui.entry_{step}"), Role.ITEM, bold=True))
        if step in ("platform", "day"):
            self._form.addWidget(self._choices(step))
        else:
            pad = Keypad(
                theme,
                words,
                secret=False,
                most=4 if step == "time" else 12,
                hint=words(f"ui.entry_{step}_hint"),
                name=step,
            )
            pad.done.connect(lambda digits, s=step: self._typed(s, digits))
            so_far = column(
                Text(
                    theme,
                    self._problem or self._so_far(),
                    Role.BODY,
                    colour="danger" if self._problem else "text",
                    name="entry_said",
                ),
                -1,
            )
            row = QHBoxLayout()
            row.setSpacing(theme.mm(10, 4))
            row.addWidget(pad)
            if theme.wide:
                row.addLayout(so_far, 1)
            else:
                pad.said.addLayout(so_far)
                row.addStretch(1)
            self._form.addLayout(row)
        self._form.addStretch(1)

    def _choices(self, step: str) -> ChoiceGroup:
        room = self.shell.room
        if step == "platform":
            choices = room.platforms()
        else:
            today = room.now().date()
            days = [today + timedelta(days=n) for n in range(DAYS)]
            names = {0: self.words("ui.today_word"), 1: self.words("ui.tomorrow_word")}
            choices = tuple(
                (day.isoformat(), f"{names.get(n) or self.words(f'ui.weekday_{day.isoweekday()}')}, {day:%d/%m}")
                for n, day in enumerate(days)
            )
        group = ChoiceGroup(self.theme, step, choices, columns=2)
        group.set_chosen(self._draft.get(step, ""))
        group.chosen.connect(lambda value: self._chose(step, value))
        return group

    def _so_far(self) -> str:
        platform = dict(self.shell.room.platforms()).get(self._draft.get("platform", ""), "")
        day = self._draft.get("day", "")
        said = [platform, datetime.fromisoformat(day).strftime("%d/%m/%Y") if day else ""]
        if self._draft.get("time"):
            said.append(f"{self._draft['time'][:2]}:{self._draft['time'][2:]}")
        return "\n".join(s for s in said if s)

    def _chose(self, step: str, value: str) -> None:
        self._draft[step] = value
        self._keep()

    def _typed(self, step: str, digits: str) -> None:
        self._problem = ""
        if step == "time":
            parsed = time_of(digits)
            if parsed is None:
                self._problem = self.words("ui.entry_time_wrong")
                self.shell.touched()
                return
            self._draft["time"] = f"{parsed[0]:02}{parsed[1]:02}"
            self._move(self._at + 1)
            return
        self._draft["room"] = digits
        self._finish()

    def _finish(self) -> None:
        room = self.shell.room
        day = datetime.fromisoformat(self._draft["day"])
        at = day.replace(
            hour=int(self._draft["time"][:2]), minute=int(self._draft["time"][2:]), tzinfo=room.now().tzinfo
        )
        self.shell.do(room.add_meeting(self._draft["platform"], self._draft["room"], at))
        self._stop()

    def _move(self, at: int) -> None:
        self._at, self._problem = at, ""
        self._keep()

    def _keep(self) -> None:
        """Nothing is lost: what was chosen so far survives a power cut."""
        self.shell.do(self.shell.room.keep_draft("meeting", {**self._draft, "step": str(self._at)}))
        self.shell.touched()

    def _stop(self) -> None:
        self._at, self._draft, self._problem = -1, {}, ""
        self._keep()
