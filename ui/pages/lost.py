"""Mất kết nối: six steps, a running clock, no button that redials without the leave the rules ask for."""

import time

from PySide6.QtCore import QRectF, QSize, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from devices.contract import CallState
from roomapp.events import IncidentView, Place, RoomView, RowState
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, Pills, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.marks import draw_mark
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import PickSheet
from ui.widgets.text import Text, draw_text, lay_out

STEPS = 6


class Banner(QWidget):
    """The amber banner: since when, and how long."""

    def __init__(self, page: "LostPage") -> None:
        super().__init__()
        self._page = page
        self.setFixedHeight(page.theme.mm(31))
        self.setObjectName("lost_banner")

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, page = self._page.theme, self._page
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("warn"))
        painter.setPen(theme.colour("on_warn"))
        side = theme.mm(14)
        painter.drawPixmap(theme.margin, (self.height() - side) // 2, theme.pixmap("link-lost", side, "on_warn"))
        box = QRectF(theme.margin + side + theme.mm(6), 0, self.width() - 2 * theme.margin, self.height())
        draw_text(painter, box, page.since_words(), theme.font(Role.TITLE, True), 1.2)
        words, font = page.clock_words(), theme.font(Role.TITLE, True)
        width = lay_out(words, font, 1e6, 1.2)[2] + 2
        draw_text(painter, QRectF(self.width() - theme.margin - width, 0, width, self.height()), words, font, 1.2)
        painter.end()


class StepList(QWidget):
    """The six steps with what was done when."""

    def __init__(self, page: "LostPage") -> None:
        super().__init__()
        self._page = page
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._page.theme.mm(104), self._page.theme.mm(130))

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, incident = self._page.theme, self._page.incident
        if incident is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tall = self.height() / STEPS
        for number in range(1, STEPS + 1):
            box = QRectF(0, (number - 1) * tall, self.width(), tall)
            now = number == incident.step
            if now:
                painter.fillRect(box, theme.colour("tint"))
                painter.fillRect(QRectF(0, box.top(), theme.mm(1.6), tall), theme.colour("primary"))
            self._draw_number(painter, box, number, incident.step)
            words = QRectF(theme.mm(20), box.top(), box.width() - theme.mm(22), tall)
            painter.setPen(theme.colour("text"))
            said = self._page.step_words(number)
            done = self._page.done_words(number)
            font = theme.font(Role.BODY, number <= incident.step)
            if done:
                upper = QRectF(
                    words.left(), box.center().y() - font.pixelSize() * 1.35, words.width(), font.pixelSize() * 1.35
                )
                draw_text(painter, upper, said, font, 1.15)
                painter.setPen(theme.colour("ok"))
                lower = QRectF(words.left(), box.center().y(), words.width(), font.pixelSize() * 1.3)
                draw_text(painter, lower, done, theme.font(Role.LABEL), 1.15)
            else:
                draw_text(painter, words, said, font, 1.15)
        painter.end()

    def _draw_number(self, painter: QPainter, box: QRectF, number: int, at: int) -> None:
        theme, side = self._page.theme, self._page.theme.mm(9.5)
        mark = QRectF(theme.mm(6), box.center().y() - side / 2, side, side)
        if number < at:
            draw_mark(painter, mark, RowState.PASSED, theme)
            return
        now = number == at
        painter.setPen(theme.colour("primary" if now else "border"))
        painter.setBrush(theme.colour("primary" if now else "card"))
        painter.drawEllipse(mark)
        painter.setPen(theme.colour("on_primary" if now else "text"))
        draw_text(painter, mark, str(number), theme.font(Role.LABEL, True), 1.0, centre=True)


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
        at = {1: incident.called_at, 2: incident.told_at}.get(number)
        if at is None:
            return ""
        return self.words("ui.called_at" if number == 1 else "ui.told_at", time=f"{at:%H:%M}")

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
        self._title.set_words(
            self.words("ui.lost_title", n=incident.step, m=STEPS, what=self.step_words(incident.step))
        )
        self._lost_pills.set_steps(incident.step, STEPS)
        if incident != self._shown:
            self._shown = incident
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
        self._say(incident.sentence, self.words("ui.lost_do_not_redial", article=view.articles.get("reconnect", "")))
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
        trying = view.call.state in (CallState.CONNECTING, CallState.FAILED)
        self._say(self.words("ui.lost_reconnect"), view.call.sentence if trying else incident.sentence)
        self._body.addStretch(1)

    def _confirm(self, view: RoomView, incident: IncidentView) -> None:
        self._say(self.words("ui.lost_confirm"), self.words("ui.restored"))
        self._number_card(view, "control_tech", self.words("ui.lost_confirm_ask"))
        self._body.addStretch(1)

    # --- what the officer asks ---

    def _wish(self, incident: IncidentView) -> BandWish:
        words, room, do = self.words, self.shell.room, self.shell.do
        if incident.step == 1:
            return BandWish(
                Action(
                    "called_carrier",
                    words("ui.called_carrier"),
                    "check",
                    Kind.PRIMARY,
                    lambda: do(room.called_carrier()),
                )
            )
        if incident.step == 2:
            said = words("ui.told_chair") if self.theme.wide else words("ui.told_chair_2")
            return BandWish(Action("told_chair", said, "check", Kind.PRIMARY, lambda: do(room.told_chair())))
        if incident.step == 3:
            back = Action("link_back", words("ui.link_is_back"), "link", Kind.PRIMARY, lambda: do(room.link_is_back()))
            return BandWish(back)
        if incident.step == 4:
            return BandWish(saying=words("ui.please_choose"))
        if incident.step == 5:
            return BandWish(
                Action("reconnect", words("ui.reconnect"), "link", Kind.PRIMARY, lambda: do(room.reconnect()))
            )
        return BandWish(
            Action("confirm_both", words("ui.confirm_both"), "check", Kind.PRIMARY, lambda: do(room.confirm_two_way()))
        )

    def _pick(self, key: str, choices: tuple[tuple[str, str], ...]) -> None:
        def pick(value: str) -> None:
            self.shell.close_sheet()
            self._set(key, value)

        self.shell.open_sheet(PickSheet(self.shell, self.words(f"ui.{key}"), choices, pick, f"pick_{key}"))

    def _set(self, key: str, value: str) -> None:
        self.shell.do(self.shell.room.describe_incident(key, value))
