"""What must be done now: amber lines, each of which leads to its page by one touch; and the reminder's banner."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from roomapp.events import Place, ReminderView, RoomView
from roomapp.rules.calendar.duties import DutyKind
from ui.page import Shell
from ui.pages.home.leads import lead, lead_words, settle
from ui.theme import Role, Theme
from ui.widgets.boxes import clear, column, line
from ui.widgets.button import Button, Touchable
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import Sheet
from ui.widgets.text import Text, draw_text, lay_out

GRAVITY: dict[str, int] = {DutyKind.CONNECT: 0, DutyKind.TRIAL_LATEST: 2}
CLASH, LIGHT, STAFF = 1, 3, 4


@dataclass(frozen=True, slots=True)
class Alert:
    """`act`: what its touch does."""

    name: str
    sentence: str
    remedy: str
    act: Callable[[], None]


def alerts_of(shell: Shell, view: RoomView) -> list[Alert]:
    """A late connection first, then clashes, then late trials, then the others by their moments."""
    openings = {one.id: f"{one.opening:%H:%M} {one.opening:%d/%m}" for one in view.meetings}
    found: list[tuple[int, Alert]] = []
    for duty in view.late:
        when = openings.get(duty.meeting, "")
        remedy = f"{duty.remedy} {shell.words('today.for_meeting', when=when)}" if when else duty.remedy
        name = f"late_{duty.kind}_{duty.meeting}".rstrip("_")
        alert = Alert(name, duty.sentence, remedy, _act(lead, shell, view, duty.kind, duty.meeting))
        found.append((GRAVITY.get(duty.kind, LIGHT), alert))
    if view.staff_short:
        found.append((STAFF, Alert("staff_short", view.staff_short, "", lambda: shell.go(Place.BOOKS))))
    for clash in view.clashes:
        name = f"clash_{clash.first.id}_{clash.second.id}"
        found.append((CLASH, Alert(name, clash.sentence, clash.remedy, _act(settle, shell, clash))))
    return [alert for _, alert in sorted(found, key=lambda one: one[0])]


def _act(do: Callable[..., None], *facts: object) -> Callable[[], None]:
    return lambda: do(*facts)


class AlertRow(Touchable):
    """One sentence in bold, what to do under it; amber, because a person must act."""

    def __init__(self, theme: Theme, alert: Alert, *, brief: bool = False) -> None:
        super().__init__(theme, alert.name)
        self._alert, self._brief = alert, brief
        self.setAccessibleName(f"{alert.sentence} {alert.remedy}")
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.clicked.connect(lambda _=False: alert.act())

    def sizeHint(self) -> QSize:
        return QSize(self.theme.mm(100, 40), self.theme.mm(20, 15))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        head, under = self._heights(self._room(width))
        return max(self.theme.mm(20, 15), round(head + under) + self.theme.mm(4, 2))

    def _room(self, width: float) -> float:
        theme = self.theme
        return width - 2 * (theme.mm(4, 2) + theme.icon + theme.mm(3, 1.5))

    def _heights(self, room: float) -> tuple[float, float]:
        theme, alert = self.theme, self._alert
        head = lay_out(alert.sentence, theme.font(Role.BODY, True), room, 1.25)[1]
        under = 0.0 if self._brief else lay_out(alert.remedy, theme.font(Role.LABEL), room, 1.25)[1]
        return head, under

    def paintEvent(self, _: QPaintEvent) -> None:
        theme, alert = self.theme, self._alert
        painter = QPainter(self)
        box = self.draw_box(painter, "warn", "on_warn", theme.line)
        icon, pad = theme.icon, theme.mm(4, 2)
        middle = round(box.center().y() - icon / 2)
        painter.drawPixmap(round(box.left()) + pad, middle, theme.pixmap("incident", icon, "on_warn"))
        painter.drawPixmap(round(box.right()) - pad - icon, middle, theme.pixmap("right", icon, "on_warn"))
        painter.setPen(theme.colour("on_warn"))
        room = self._room(self.width())
        head, under = self._heights(room)
        left, top = box.left() + pad + icon + theme.mm(3, 1.5), box.center().y() - (head + under) / 2
        draw_text(painter, QRectF(left, top, room, head), alert.sentence, theme.font(Role.BODY, True), 1.25)
        if under:
            draw_text(painter, QRectF(left, top + head, room, under), alert.remedy, theme.font(Role.LABEL), 1.25)
        painter.end()


class AlertStrip(QWidget):
    """The gravest line; the others are one touch away."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self._shell = shell
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(shell.theme.small_gap)
        self._shown: object = None

    def show_alerts(self, alerts: list[Alert]) -> None:
        shape = tuple((one.name, one.sentence, one.remedy) for one in alerts)
        self.setVisible(bool(alerts))
        if shape == self._shown:
            return
        self._shown = shape
        clear(self._rows)
        theme = self._shell.theme
        if not alerts:
            return
        row = line(AlertRow(theme, alerts[0], brief=not theme.wide), gap=theme.gap)
        if len(alerts) > 1:
            more = Button(
                theme, "all_alerts", self._shell.words("today.more", n=len(alerts)), least_height=theme.mm(20, 15)
            )
            more.clicked.connect(lambda _=False: self._show_all(alerts))
            row.addWidget(more)
        self._rows.addLayout(row)

    def _show_all(self, alerts: list[Alert]) -> None:
        shell, theme = self._shell, self._shell.theme
        rows = column(gap=theme.gap)
        for alert in alerts:
            opened = Alert(f"{alert.name}_open", alert.sentence, alert.remedy, _after(shell.close_sheet, alert.act))
            rows.addWidget(AlertRow(theme, opened))
        rows.addStretch(1)
        inner = QWidget()
        inner.setLayout(rows)
        box = column(Text(theme, shell.words("today.all"), Role.TITLE, bold=True), gap=theme.mm(3, 1.5))
        box.addWidget(TouchScroll(theme, inner), 1)
        shell.open_sheet(Sheet(shell, box, "sheet_alerts"))


def _after(first: Callable[[], None], then: Callable[[], None]) -> Callable[[], None]:
    def both() -> None:
        first()
        then()

    return both


class ReminderBanner(QWidget):
    """Over the page's top, full width: one sentence, where to do it, and “Đã biết”."""

    def __init__(self, shell: Shell, view: RoomView, reminder: ReminderView) -> None:
        super().__init__()
        theme, words, room = shell.theme, shell.words, shell.room
        self.setObjectName("reminder")
        self._theme, self.shows = theme, (reminder.number, view.system_on)
        said = Text(theme, reminder.sentence, Role.BODY, bold=True, colour="on_warn", name="reminder_said")
        least = theme.mm(20, 15)
        go = Button(theme, "reminder_go", lead_words(shell, view, reminder.kind), least_height=least)
        known = Button(theme, "reminder_known", words("today.known"), least_height=least)

        def knows() -> None:
            shell.do(room.acknowledge_reminder(reminder.number))

        go.clicked.connect(lambda _=False: knows())
        go.clicked.connect(lambda _=False: lead(shell, view, reminder.kind, reminder.meeting))
        known.clicked.connect(lambda _=False: knows())
        row = line(said, go, known, gap=theme.gap)
        row.setAlignment(said, Qt.AlignmentFlag.AlignVCenter)
        row.setStretch(0, 1)
        row.setContentsMargins(theme.margin, theme.mm(3, 1.5), theme.margin, theme.mm(3, 1.5))
        self.setLayout(row)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("warn"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("on_warn"))
        painter.end()
