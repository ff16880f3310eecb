"""Hôm nay: the one next thing, its time left and its ground."""

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import MeetingView, Place, RoomView, RowState
from roomapp.rules.calendar.duties import DutyKind
from ui.page import BandWish, Page
from ui.pages.home.alerts import AlertStrip, alerts_of
from ui.pages.who import ask_who
from ui.theme import Role
from ui.widgets.boxes import Card, Hills, Rule, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.marks import Mark
from ui.widgets.text import Text

SHORT_GROUND = 20  # letters: it takes one line of a small panel
DAY_LONG = (DutyKind.CLEANING, DutyKind.MAINTENANCE, DutyKind.REPORT)  # due at the end of a day, not at an hour


class HomePage(Page):
    place = Place.HOME
    titled = False

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self._left_cards = QStackedWidget()
        self._left_cards.addWidget(self._build_meeting())
        self._left_cards.addWidget(self._build_idle())
        self._doors = QHBoxLayout()
        self._doors.setSpacing(theme.mm(6, 2))
        self._shown_doors: tuple[object, ...] = ()
        self._strip = AlertStrip(self.shell)
        left = column(self._strip, self._left_cards, self._doors, gap=theme.mm(5, 2))
        left.setStretch(1, 1)
        self._side = QVBoxLayout()
        self._side.setSpacing(theme.mm(2, 1))
        side = Card(theme, self._side, pad=theme.mm(7.5, 3.4))
        row = line(gap=theme.mm(6, 3))
        row.addLayout(left, 66)
        row.addWidget(side, 30 if theme.wide else 46 if theme.small_with_large_text else 34)
        outer.addLayout(row, 1)
        self._side_shape: tuple[str, ...] = ()
        self._view: RoomView | None = None

    def _build_meeting(self) -> QWidget:
        theme, words = self.theme, self.words
        self._kicker = Text(theme, "", Role.LABEL, bold=True, colour="muted", wrap=False, name="home_kicker")
        self._meeting = Text(
            theme, "", Role.TITLE if theme.wide else Role.ITEM, bold=True, most_lines=2, name="home_title"
        )
        self._facts: dict[str, Text] = {}
        box = column(self._kicker, self._meeting, gap=theme.mm(2, 1))
        if theme.wide:
            box.addSpacing(theme.mm(4))
            box.addWidget(Rule(theme))
            box.addSpacing(theme.mm(4))
            for pair in (("opening", "chair"), ("scale", "connect")):
                row = QHBoxLayout()
                for key in pair:
                    self._facts[key] = Text(theme, "", Role.ITEM, bold=True, most_lines=2, name=f"home_{key}")
                    label = Text(theme, words(f"ui.home_{key}"), Role.LABEL, colour="muted", wrap=False)
                    row.addLayout(column(label, self._facts[key]), 1)
                box.addLayout(row)
                box.addStretch(1)
        else:
            box.addStretch(1)
            for key in ("chair", "scale"):
                self._facts[key] = Text(theme, "", Role.BODY, wrap=True, most_lines=1, name=f"home_{key}")
                box.addWidget(self._facts[key])
        return Card(theme, box, pad=theme.mm(7.5, 2.6))

    def _build_idle(self) -> QWidget:
        theme, words = self.theme, self.words
        self._idle_title = Text(
            theme,
            words("ui.home_no_meeting"),
            Role.VERDICT if not theme.wide else Role.TITLE,
            bold=True,
            name="home_no_meeting",
        )
        self._idle_mark = Mark(theme, RowState.PASSED, theme.mm(8, 4.4))
        self._idle_words = Text(theme, "", Role.BODY, name="home_idle_words")
        top = column(
            self._idle_title,
            line(self._idle_mark, self._idle_words, gap=theme.mm(3.5, 2)),
            gap=theme.mm(3, 1),
        )
        pad = theme.mm(8, 2.8)
        top.setContentsMargins(pad, pad, pad, 0)
        box = QVBoxLayout()
        box.addLayout(top)
        box.addWidget(Hills(theme), 1)
        card = Card(theme, box, pad=0)
        box.setSpacing(theme.mm(4, 1))
        return card

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        meeting = view.meeting
        alerts = alerts_of(self.shell, view)
        self._strip.show_alerts(alerts)
        for text in self._facts.values():
            text.setVisible(self.theme.wide or not alerts)  # a small panel needs the height for what is late
        self._left_cards.setCurrentIndex(0 if meeting else 1)
        if meeting:
            self._show_meeting(meeting, view)
        else:
            # What was not done here is not claimed: an untouched room may be on or off.
            said = "ui.home_on" if view.system_on else "ui.home_signed" if view.signed else "ui.home_off"
            self._idle_words.set_words(self.words(said))
            self._idle_mark.set_state(
                RowState.TODO if view.system_on else RowState.PASSED if view.signed else RowState.WAITING
            )
        self._show_doors(view)
        self.refresh(self.shell.room.now())
        return self._wish(view)

    def _show_meeting(self, meeting: MeetingView, view: RoomView) -> None:
        words = self.words
        kicker = words("ui.home_next") if self.theme.wide else words("ui.home_next_at", time=f"{meeting.opening:%H:%M}")
        on_duty = words("ui.on_duty", name=view.officer) if view.officer else ""
        self._kicker.set_words(" · ".join(part for part in (kicker, on_duty) if part))
        self._meeting.set_words(meeting.title)
        day = words("ui.today_word") if self._is_today(meeting) else f"{meeting.opening:%d/%m/%Y}"
        facts = {
            "opening": f"{meeting.opening:%H:%M}, {day}",
            "chair": meeting.chair_site or words("ui.not_told"),
            "scale": meeting.scale or words("ui.not_told"),
            "connect": meeting.platform_name,
        }
        for key, text in self._facts.items():
            said = facts[key]
            text.set_words(said if self.theme.wide else f"{words(f'ui.home_{key}_short')}: {said}")

    def _is_today(self, meeting: MeetingView) -> bool:
        return meeting.opening.date() == self.shell.room.now().date()

    def _show_doors(self, view: RoomView) -> None:
        doors = ["calendar", "books", *(("practice",) if view.practice else ()), "technician"]
        low = not self.theme.wide and self._strip.isVisibleTo(self)
        if (*doors, low) == self._shown_doors:
            return
        clear(self._doors)
        icons = {"calendar": "calendar", "books": "book", "practice": "practice", "technician": "lock"}
        for door in doors:
            button = Button(
                self.theme,
                f"door_{door}",
                self.words(f"ui.door_{door}"),
                icons[door],
                tall=True,
                least_height=self.theme.mm(32, 15 if low else 20),
            )
            button.clicked.connect(lambda _=False, door=door: self.shell.go(Place(door)))
            self._doors.addWidget(button, 1)
        self._shown_doors = (*doors, low)

    def refresh(self, now: datetime) -> None:
        """The countdown, once a minute or when the view changes. `now` in the site's zone."""
        view = self._view
        if view is None:
            return
        meeting, words = view.meeting, self.words
        by = view.duty_by or (meeting.connect_by if meeting is not None else None)
        parts: list[tuple[str, Role, bool, str]] = []
        if by is None:
            parts.append((words("ui.home_next_duty"), Role.LABEL, True, "muted"))
            parts.append((words("ui.home_nothing_due"), Role.ITEM, True, "text"))
        else:
            parts += self._duty_parts(view, by, now)
            # A small panel needs the line for a day's name, or a long ground; the opening stands beside it as well.
            short = by.date() == now.date() and len(view.duty_article) <= SHORT_GROUND
            near = self.theme.wide or short
            if meeting is not None and not view.duty_title and near:
                parts.append(("-", Role.LABEL, False, ""))
                for time, what, now_word in self._points(view, meeting, now):
                    parts.append((f"{'>' if now_word else '.'}{time}|{what}", Role.BODY, now_word, "text"))
        shape = tuple(str(p) for p in parts)
        if shape != self._side_shape:
            self._side_shape = shape
            self._build_side(parts)

    def _duty_parts(self, view: RoomView, by: datetime, now: datetime) -> list[tuple[str, Role, bool, str]]:
        """How long is left, to do what by when, on what ground."""
        words, role = self.words, Role.ITEM if self.theme.wide else Role.BODY
        left = int((by - now).total_seconds() // 60)
        number, unit = self._countdown(abs(left))
        when = f"{by:%H:%M}"
        if by.date() != now.date():
            when = words("today.at_day", time=when, day=f"{by:%d/%m}")
        said = words(f"ui.duty_{view.duty or 'connect'}", time=when)
        if view.duty in DAY_LONG:
            said = words("today.until_day", what=said, day=f"{by:%d/%m/%Y}")
        parts = [
            (words("ui.time_left" if left >= 0 else "ui.overdue"), Role.LABEL, True, "muted"),
            (f"{number}|{unit}", Role.COUNTDOWN, True, "text"),
            (said, role, True, "text"),
        ]
        if view.duty_title:
            parts.append((view.duty_title, Role.LABEL, False, "text"))
        if view.duty_article:
            parts.append((words("ui.by_article", article=view.duty_article), Role.LABEL, False, "muted"))
        return parts

    @staticmethod
    def _minutes(left: int) -> tuple[str, str]:
        return (
            (str(left), "minutes")
            if left < 120
            else ((str(left // 60), "hours") if left < 48 * 60 else (str(left // 1440), "days"))
        )

    def _countdown(self, left: int) -> tuple[str, str]:
        number, unit = self._minutes(left)
        return number, self.words(f"ui.unit_{unit}")

    def _points(self, view: RoomView, meeting: MeetingView, now: datetime) -> list[tuple[str, str, bool]]:
        """Three points of the day; on a small panel one line."""
        words = self.words
        opening = (f"{meeting.opening:%H:%M}", words("ui.opening"), False)
        if not self.theme.wide:
            return [opening]
        what = words("ui.power_on" if not view.system_on else "ui.join")
        first = (words("ui.now"), what, True)
        return [first, (f"{meeting.connect_by:%H:%M}", words("ui.connect_deadline"), False), opening]

    def _build_side(self, parts: list[tuple[str, Role, bool, str]]) -> None:
        theme = self.theme
        clear(self._side)
        for said, role, bold, colour in parts:
            if said == "-":
                self._side.addSpacing(theme.mm(3, 1))
                self._side.addWidget(Rule(theme))
                self._side.addSpacing(theme.mm(3, 1))
            elif role is Role.COUNTDOWN:
                number, unit = said.split("|")
                row = line(
                    Text(theme, number, role, bold=True, wrap=False, name="countdown"),
                    Text(
                        theme,
                        unit,
                        Role.TITLE if theme.wide else Role.BODY if theme.small_with_large_text else Role.VERDICT,
                        bold=True,
                        wrap=False,
                        align=Qt.AlignmentFlag.AlignVCenter,
                    ),
                    -1,
                    gap=theme.mm(5, 2),
                )
                row.setAlignment(Qt.AlignmentFlag.AlignBottom)
                self._side.addLayout(row)
            elif "|" in said:
                time, what = said[1:].split("|")
                is_now = said[0] == ">"
                ink = "primary" if is_now else "text"
                row = line(
                    Text(theme, time, Role.BODY, bold=True, colour=ink, wrap=False),
                    Text(theme, what, Role.BODY, bold=is_now, colour=ink),
                    gap=theme.mm(6, 3),
                )
                row.setStretch(1, 1)
                self._side.addLayout(row)
                self._side.addSpacing(theme.mm(2, 1))
            else:
                self._side.addWidget(Text(theme, said, role, bold=bold, colour=colour))
        self._side.addStretch(1)

    def _wish(self, view: RoomView) -> BandWish:
        words, go = self.words, self.shell.go
        others: tuple[Action, ...] = ()
        if view.call.linked or view.incident is not None:
            place = Place.LOST if view.incident is not None else Place.MEETING
            return BandWish(Action("to_meeting", words("ui.back_to_meeting"), "join", Kind.PRIMARY, lambda: go(place)))
        if view.place is Place.SHUTDOWN or (view.place is Place.POWER_ON and self._is_running(view)):
            return BandWish(Action("to_list", words("ui.back_to_list"), "right", Kind.PRIMARY, lambda: go(view.place)))
        if view.system_on:
            off = Action("power_off", words("ui.power_off"), "breaker-off", Kind.SECONDARY, self._power_off)
            others = (off,)
        if not view.system_on:
            unsigned = view.officers_known and not view.officer
            who = Action("who", words("ui.who_is_on"), "question", Kind.SECONDARY, self._ask_who)
            others = (who,) if unsigned else ()
            if view.meeting is None:
                saying = "" if unsigned or view.duty or view.late else words("ui.nothing_to_do")
                return BandWish(None, (*others, self._power_on(Kind.SECONDARY)), saying=saying)
            return BandWish(self._power_on(Kind.PRIMARY), others)
        if view.meeting is None:
            return BandWish(None, others, saying="" if view.duty or view.late else words("ui.nothing_to_do"))
        return BandWish(Action("join", words("ui.join"), "join", Kind.PRIMARY, lambda: go(Place.JOIN)), others)

    def _ask_who(self) -> None:
        ask_who(self.shell)

    @staticmethod
    def _is_running(view: RoomView) -> bool:
        return view.checklist is not None and not view.checklist.finished

    def _power_on(self, kind: Kind) -> Action:
        return Action("power_on", self.words("ui.power_on"), "power-on", kind, self._start_power_on)

    def _start_power_on(self) -> None:
        self.shell.do(self.shell.room.start_power_on())
        self.shell.go(Place.POWER_ON)

    def _power_off(self) -> None:
        self.shell.do(self.shell.room.start_shutdown())
        self.shell.go(Place.SHUTDOWN)
