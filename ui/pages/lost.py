"""Mất kết nối: step by step, a running clock, no button that redials without the leave that the rules ask for."""

import time
from dataclasses import replace

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from devices.contract import CallState
from roomapp.events import IncidentView, Place, RoomView, RowState
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, Pills, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.incident import Banner, StepList
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import PickSheet
from ui.widgets.text import Text


class LostPage(Page):
    place = Place.LOST
    whole_width = True
    titled = False

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self.incident: IncidentView | None = None
        self._banner = Banner(self)
        self._list = StepList(self)
        self._title = Text(theme, "", Role.TITLE, bold=True, wrap=False, name="lost_step")
        self._lost_pills = Pills(theme)
        self._body = QVBoxLayout()
        self._body.setSpacing(theme.mm(2.6, 3))
        right = QVBoxLayout()
        right.setSpacing(theme.mm(3, 1.2))
        head = line(self._title, -1, self._lost_pills)
        right.addLayout(head)
        inner = QWidget()  # long words or large letters: the finger moves them, nothing is cut
        inner.setLayout(self._body)
        self._body.setContentsMargins(0, 0, 0, 0)
        right.addWidget(TouchScroll(theme, inner), 1)
        row = QHBoxLayout()
        row.setContentsMargins(theme.margin, theme.mm(6, 1.4), theme.margin, theme.mm(6, 1.6))
        row.setSpacing(theme.mm(6, 3))
        if theme.wide:
            outer.addWidget(self._banner)
            row.addWidget(Card(theme, column(self._list), pad=0), 29)
            self._lost_pills.hide()
        row.addLayout(right, 71)
        outer.addLayout(row, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(500)
        self._timer.timeout.connect(self._tick)
        self._shown: object = None
        self._view: RoomView | None = None

    def entered(self) -> None:
        self._timer.start()

    def left(self) -> None:
        self._timer.stop()

    def _tick(self) -> None:
        self._banner.update()
        if self._view is not None and not self.theme.wide:
            self.shell.top.set_state(*self._band(self._view))

    def since_words(self) -> str:
        incident = self.incident
        return self.words("ui.lost_since", time=f"{incident.started_at:%H:%M}") if incident else ""

    def clock_words(self) -> str:
        if self.incident is None:
            return ""
        passed = int(time.monotonic() - self.incident.started_monotonic)
        hours, minutes = divmod(passed // 60, 60)
        clock = f"{hours}:{minutes:02}:{passed % 60:02}" if hours else f"{minutes:02}:{passed % 60:02}"
        return self.words("ui.interrupted", time=clock)

    def step_words(self, number: int) -> str:
        return self.words(f"ui.lost_step_{number}")

    def done_words(self, number: int) -> str:
        incident = self.incident
        if incident is None:
            return ""
        told = {
            1: ("ui.called_at", incident.called_at),
            2: ("ui.told_at", incident.told_at),
            3: ("ui.answered_at", incident.answered_at),
        }
        key, at = told.get(number, ("", None))
        return self.words(key, time=f"{at:%H:%M}") if at is not None else ""

    def band_state(self, view: RoomView) -> tuple[tuple[RowState, str] | None, str, str, str]:
        return (None, "card", "text", "") if self.theme.wide else self._band(view)

    def _band(self, view: RoomView) -> tuple[tuple[RowState, str] | None, str, str, str]:
        return (RowState.WARNED, self.since_words()), "warn", "on_warn", self.clock_words()

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        self.incident = view.incident
        self._banner.update()
        self._list.update()
        if view.incident is None:
            clear(self._body)
            self._shown = None
            self._title.set_words(self.words("ui.no_incident"))
            return BandWish(
                Action("to_home", self.words("ui.back"), "left", Kind.PRIMARY, lambda: self.shell.go(Place.HOME))
            )
        incident = view.incident
        now, many = incident.steps.index(incident.step) + 1, len(incident.steps)
        self._title.set_words(self.words("ui.lost_title", n=now, m=many, what=self.step_words(incident.step)))
        self._lost_pills.set_steps(now, many)
        shown = (replace(incident, started_monotonic=0.0), self._tries(view), view.call.sentence)
        if shown != self._shown:  # else it would be built anew under the finger
            self._shown = shown
            clear(self._body)
            {
                1: self._call_carrier,
                2: self._tell_chair,
                3: self._wait,
                4: self._ask_leave,
                5: self._reconnect,
                6: self._confirm,
            }[incident.step](view, incident)
        return self._wish(incident)

    # --- one body for each step ---

    def _number_card(self, view: RoomView, role: str, said: str) -> None:
        theme = self.theme
        phone = next((c.phone for c in view.contacts if c.role == role), "")
        name = next((c.name for c in view.contacts if c.role == role), "")
        words = self.words
        head = Text(theme, words(f"ui.call_{role}"), Role.BODY, bold=True)
        number = Text(theme, phone or words("ui.no_number"), Role.TITLE if phone else Role.BODY, bold=True, wrap=False)
        row = line(head, number, gap=theme.mm(4, 2))
        row.setStretch(0, 1)
        box = column(row, gap=theme.mm(2, 1))
        if name:
            box.addWidget(Text(theme, name, Role.BODY, colour="muted"))
        if said:
            box.addWidget(Text(theme, said, Role.BODY, name="read_aloud"))
        self._body.addWidget(Card(theme, box, pad=theme.mm(6, 2.6)))

    def _say(self, *sentences: str) -> None:
        box = column(
            *(Text(self.theme, s, Role.BODY if n else Role.ITEM, bold=not n) for n, s in enumerate(sentences)),
            gap=self.theme.mm(3, 1.5),
        )
        self._body.addWidget(Card(self.theme, box, pad=self.theme.mm(6, 2.6)))

    def _call_carrier(self, view: RoomView, incident: IncidentView) -> None:
        key = "ui.lost_do_not_redial" if incident.needs_leave else "ui.lost_may_redial"
        said = view.call.sentence if self._tries(view) and not incident.needs_leave else incident.sentence
        self._say(said, self.words(key, article=view.articles.get("reconnect", "")))
        self._number_card(view, "carrier_tech", "")
        self._body.addStretch(1)

    def _tell_chair(self, view: RoomView, incident: IncidentView) -> None:
        cause = self._field_card("cause", incident.cause, incident.causes)
        remedy = self._field_card("remedy", incident.remedy, incident.remedies)
        etas = ChoiceGroup(self.theme, "eta", incident.etas, columns=4 if self.theme.wide else 2)
        etas.set_chosen(incident.eta)
        etas.chosen.connect(lambda eta: self._set("eta", eta))
        if self.theme.wide:
            self._tell_wide(view, incident, cause, remedy, etas)
        else:
            self._tell_small(view, cause, remedy, etas)
        self._body.addStretch(1)

    def _tell_wide(self, view: RoomView, incident: IncidentView, cause: Card, remedy: Card, etas: ChoiceGroup) -> None:
        theme = self.theme
        self._body.addWidget(cause)
        self._body.addWidget(remedy)
        box = column(Text(theme, self.words("ui.eta"), Role.BODY, bold=True), etas, gap=theme.mm(2))
        self._body.addWidget(Card(theme, box, pad=theme.mm(4), border="primary", border_px=theme.chosen_line))
        self._number_card(view, "control_tech", self.words("ui.read_aloud", words=incident.read_aloud))

    def _tell_small(self, view: RoomView, cause: Card, remedy: Card, etas: ChoiceGroup) -> None:
        """Cause and remedy at the left, the expected time at the right, below whom to call."""
        theme = self.theme
        row = line(column(cause, remedy, gap=theme.mm(3)), etas, gap=theme.mm(3))
        row.setStretch(0, 4)
        row.setStretch(1, 6)
        self._body.addLayout(row)
        phone = next((c.phone for c in view.contacts if c.role == "control_tech"), self.words("ui.no_number"))
        said = Text(theme, self.words("ui.call_and_read", phone=phone), Role.BODY, bold=True)
        self._body.addWidget(Card(theme, column(said), pad=theme.mm(2.4)))

    def _field_card(self, key: str, value: str, choices: tuple[tuple[str, str], ...]) -> Card:
        theme = self.theme
        kind = Kind.SECONDARY if theme.wide else Kind.QUIET
        change = Button(
            theme,
            f"change_{key}",
            self.words("ui.change"),
            kind=kind,
            least_height=theme.low_button if theme.wide else theme.mm(16, 14.4),
        )
        change.clicked.connect(lambda: self._pick(key, choices))
        label = Text(theme, self.words(f"ui.{key}"), Role.LABEL, colour="muted", wrap=False)
        text = Text(theme, dict(choices).get(value, value), Role.BODY, bold=True, name=f"incident_{key}")
        if theme.wide:
            row = line(label, text, change, gap=theme.mm(6))
            row.setStretch(0, 3)
            row.setStretch(1, 6)
        else:
            row = line(column(label, text), change, gap=theme.mm(1))
            row.setStretch(0, 1)
        card = Card(theme, row, pad=theme.mm(3.4, 0.3))
        if not theme.wide:
            row.setContentsMargins(theme.mm(2.4), theme.mm(0.3), theme.mm(0.3), theme.mm(0.3))
        return card

    def _wait(self, view: RoomView, incident: IncidentView) -> None:
        self._say(self.words("ui.lost_waiting"), incident.sentence)
        self._number_card(view, "carrier_tech", "")
        self._body.addStretch(1)

    def _ask_leave(self, view: RoomView, incident: IncidentView) -> None:
        words = self.words
        if self.theme.wide:
            ground = words("ui.by_article", article=view.articles.get("reconnect", ""))
            self._say(words("ui.lost_ask_leave"), ground)
        else:
            self._say(words("ui.lost_ask_leave_short"))
        group = ChoiceGroup(
            self.theme,
            "leave_by",
            (
                ("control_tech:phone", words("ui.leave_tech_phone")),
                ("control_tech:text", words("ui.leave_tech_text")),
                ("chair:phone", words("ui.leave_chair_phone")),
            ),
            columns=1 if self.theme.wide else 2,
        )
        group.chosen.connect(lambda who: self.shell.do(self.shell.room.record_leave(*who.split(":"))))
        self._body.addWidget(group)
        if self.theme.wide:
            self._number_card(view, "control_tech", "")
        self._body.addStretch(1)

    def _reconnect(self, view: RoomView, incident: IncidentView) -> None:
        allowed = "ui.lost_reconnect" if incident.needs_leave else "ui.lost_reconnect_free"
        self._say(self.words(allowed), view.call.sentence if self._tries(view) else incident.sentence)
        self._body.addStretch(1)

    @staticmethod
    def _tries(view: RoomView) -> bool:
        return view.call.state in (CallState.CONNECTING, CallState.FAILED)

    def _confirm(self, view: RoomView, incident: IncidentView) -> None:
        self._say(self.words("ui.lost_confirm"), self.words("ui.restored"))
        self._number_card(view, "control_tech", self.words("ui.lost_confirm_ask"))
        self._body.addStretch(1)

    # --- what the officer asks ---

    def _wish(self, incident: IncidentView) -> BandWish:
        words, room, do = self.words, self.shell.room, self.shell.do
        again = Action("reconnect", words("ui.reconnect"), "link", Kind.PRIMARY, lambda: do(room.reconnect()))
        if incident.step == 1:
            called, called_carrier = words("ui.called_carrier"), lambda: do(room.called_carrier())
            if incident.needs_leave:
                return BandWish(Action("called_carrier", called, "check", Kind.PRIMARY, called_carrier))
            return BandWish(again, (Action("called_carrier", called, "check", Kind.SECONDARY, called_carrier),))
        if incident.step == 2:
            said = words("ui.told_chair") if self.theme.wide else words("ui.told_chair_2")
            return BandWish(Action("told_chair", said, "check", Kind.PRIMARY, lambda: do(room.told_chair())))
        if incident.step == 3:
            mended = words("ui.link_is_back") if self.theme.wide else words("ui.link_is_back_2")
            back = Action("link_back", mended, "link", Kind.PRIMARY, lambda: do(room.link_is_back()))
            if incident.answered_at is not None:
                return BandWish(back)
            said = words("ui.carrier_answered") if self.theme.wide else words("ui.carrier_answered_2")
            taken = Action("carrier_answered", said, "phone", Kind.SECONDARY, lambda: do(room.carrier_answered()))
            return BandWish(back, (taken,))
        if incident.step == 4:
            return BandWish(saying=words("ui.please_choose"))
        if incident.step == 5:
            return BandWish(again)
        both = words("ui.confirm_both")
        return BandWish(Action("confirm_both", both, "check", Kind.PRIMARY, lambda: do(room.confirm_two_way())))

    def _pick(self, key: str, choices: tuple[tuple[str, str], ...]) -> None:
        def pick(value: str) -> None:
            self.shell.close_sheet()
            self._set(key, value)

        self.shell.open_sheet(PickSheet(self.shell, self.words(f"ui.{key}"), choices, pick, f"pick_{key}"))

    def _set(self, key: str, value: str) -> None:
        self.shell.do(self.shell.room.describe_incident(key, value))
