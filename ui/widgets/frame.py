"""The two bands that never move: above who, when and what; below help, incident and the one next thing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from roomapp.events import RowState
from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.boxes import clear, line
from ui.widgets.button import Button, Kind
from ui.widgets.marks import draw_mark
from ui.widgets.text import Text, draw_text, lay_out


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the bottom band: what it is called by tests, its words, its icon, its meaning, what it does."""

    name: str
    words: str
    icon: str
    kind: Kind
    do: Callable[[], None]


class TopBand(QWidget):
    """Site, date and time; on a small panel a state of the page may take the site's place. No target is in it."""

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self._site, self._province, self._notice = "", "", ""
        self._state: tuple[RowState, str] | None = None
        self._right = ""
        self._fill, self._ink = "card", "text"
        self._now = datetime.now().astimezone()
        self.setFixedHeight(theme.top_band)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setObjectName("top_band")

    def set_site(self, site: str, province: str, notice: str) -> None:
        self._site, self._province, self._notice = site, province, notice
        self.update()

    def set_now(self, now: datetime) -> None:
        """`now` in the site's zone."""
        self._now = now
        self.update()

    def set_state(
        self, state: tuple[RowState, str] | None, fill: str = "card", ink: str = "text", right: str = ""
    ) -> None:
        """A page's state in place of the site (small panels), and the band's colour (red: the microphone is open)."""
        if (state, fill, ink, right) != (self._state, self._fill, self._ink, self._right):
            self._state, self._fill, self._ink, self._right = state, fill, ink, right
            self.update()

    def text(self) -> str:
        """Everything the band says, for tests and screen readers."""
        return " ".join((self._state[1] if self._state else self._site, self._province, self._notice, self._clock()))

    def _clock(self) -> str:
        return self._now.strftime("%H:%M")

    def _date(self) -> str:
        day = self._words(f"ui.weekday_{self._now.isoweekday()}")
        return self._words("ui.date", weekday=day, date=self._now.strftime("%d/%m/%Y"))

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(self._fill))
        painter.fillRect(0, self.height() - theme.line, self.width(), theme.line, theme.colour("hairline"))
        ink = theme.colour(self._ink)
        soft = theme.colour("muted" if self._ink == "text" else self._ink)
        right = self._draw_time(painter, ink, soft)
        left, height = float(theme.margin), self.height()
        if self._state is not None:
            mark = theme.mm(9, 4.6)
            draw_mark(painter, QRectF(left, (height - mark) / 2, mark, mark), self._state[0], theme)
            left += mark + theme.mm(4, 2.4)
        title = self._state[1] if self._state else self._site
        bold = theme.font(Role.ITEM, True)
        painter.setPen(ink if self._state is None or self._ink != "text" else theme.colour(self._state_ink()))
        room = right - left - theme.gap
        natural = min(room, lay_out(title, bold, 1e6, 1.2)[2] + 2)
        while natural >= room and len(title) > 8 and lay_out(title, bold, 1e6, 1.2)[2] > room:
            title = title.rstrip("…")[:-1] + "…"
        draw_text(painter, QRectF(left, 0, natural, height), title, bold, 1.2)
        left += natural + theme.mm(4, 3)
        second = self._notice or (self._province if theme.wide and self._state is None else "")
        if second:
            font = theme.font(Role.LABEL, bool(self._notice))
            pad = theme.mm(3, 1.5)
            room = right - left - theme.gap - 2 * pad
            while lay_out(second, font, 1e6, 1.2)[2] > room and len(second) > 4:
                second = second.rstrip("…")[:-1].rstrip() + "…"
            width = lay_out(second, font, 1e6, 1.2)[2] + 2
            box = QRectF(left, 0, width, height)
            if self._notice and self._ink == "text":
                badge = QRectF(left, height * 0.18, box.width() + 2 * pad, height * 0.64)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.colour("warn"))
                painter.drawRoundedRect(badge, theme.radius, theme.radius)
                painter.setPen(theme.colour("on_warn"))
                box.moveLeft(left + pad)
            else:
                painter.setPen(soft)
            draw_text(painter, box, second, font, 1.2)
        painter.end()

    def _state_ink(self) -> str:
        return "ok" if self._state is not None and self._state[0] is RowState.PASSED else "text"

    def _draw_time(self, painter: QPainter, ink: QColor, soft: QColor) -> float:
        """Draws clock and date from the right; returns where they begin."""
        theme, height = self._theme, self.height()
        clock = self._right or self._clock()
        font = theme.font(Role.TITLE if not self._state else Role.ITEM, True)
        width = lay_out(clock, font, 1e6, 1.2)[2] + 2
        left = self.width() - theme.margin - width
        painter.setPen(ink)
        draw_text(painter, QRectF(left, 0, width, height), clock, font, 1.2)
        if self._state is None:
            font = theme.font(Role.LABEL)
            date = self._date()
            width = lay_out(date, font, 1e6, 1.2)[2] + 2
            left -= width + theme.mm(6, 3)
            painter.setPen(soft)
            draw_text(painter, QRectF(left, 0, width, height), date, font, 1.2)
        return left


class BottomBand(QWidget):
    """Help and incident at the left, always; a guarded act alone in the middle; the primary always at the right."""

    def __init__(
        self, theme: Theme, words: Words, on_help: Callable[[], None], on_incident: Callable[[], None]
    ) -> None:
        super().__init__()
        self._theme = theme
        self._shown: tuple[object, ...] | None = None
        self._acts: dict[str, Callable[[], None]] = {}
        self.setFixedHeight(theme.bottom_band)
        self.setObjectName("bottom_band")
        call = self._button("help", words("ui.call_help"), "phone", Kind.SECONDARY)
        tell = self._button("incident", words("ui.report_incident"), "incident", Kind.SECONDARY)
        call.clicked.connect(on_help)
        tell.clicked.connect(on_incident)
        self._middle = QHBoxLayout()
        self._right = QHBoxLayout()
        self._middle.setSpacing(theme.gap)
        self._right.setSpacing(theme.gap)
        row = line(call, tell, gap=theme.gap)
        row.addStretch(1)
        row.addLayout(self._middle)
        row.addStretch(1)
        row.addLayout(self._right)
        row.setContentsMargins(theme.margin, 0, theme.margin, 0)
        row.setAlignment(call, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(row)

    def _button(self, name: str, words: str, icon: str, kind: Kind) -> Button:
        theme = self._theme
        return Button(
            theme,
            name,
            words,
            icon,
            kind,
            tall=not theme.large and not self._is_primary(kind),
            least_height=theme.band_button,
        )

    @staticmethod
    def _is_primary(kind: Kind) -> bool:
        return kind is Kind.PRIMARY

    def show_actions(
        self, primary: Action | None, others: tuple[Action, ...] = (), middle: Action | None = None, saying: str = ""
    ) -> None:
        """Puts the page's actions into the band; a button that stays keeps its place and its press."""
        actions = [a for a in (middle, *others, primary) if a is not None]
        self._acts = {a.name: a.do for a in actions}
        shape = (saying, tuple((a.name, a is primary, a is middle) for a in actions))
        if shape != self._shown:
            self._build(primary, others, middle, saying)
            self._shown = shape
        for action in actions:
            button = self.findChild(Button, action.name)
            if button is not None:
                button.set_look(action.words, action.icon, action.kind)

    def _build(self, primary: Action | None, others: tuple[Action, ...], middle: Action | None, saying: str) -> None:
        clear(self._middle)
        clear(self._right)
        if middle is not None:
            self._middle.addWidget(self._wired(middle))
        for action in others:
            self._right.addWidget(self._wired(action))
        if primary is not None:
            button = self._wired(primary)
            button.setMinimumWidth(self._theme.mm(96, 43))
            self._right.addWidget(button)
        elif saying:
            text = Text(self._theme, saying, Role.BODY, colour="muted", wrap=False, name="band_saying")
            self._right.addWidget(text, 0, Qt.AlignmentFlag.AlignVCenter)

    def _wired(self, action: Action) -> Button:
        button = self._button(action.name, action.words, action.icon, action.kind)
        button.clicked.connect(lambda _=False, name=action.name: self._act(name))
        return button

    def _act(self, name: str) -> None:
        act = self._acts.get(name)
        if act is not None:
            act()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.panel.size.width(), self._theme.bottom_band)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("card"))
        painter.fillRect(0, 0, self.width(), self._theme.line, self._theme.colour("hairline"))
        painter.end()
