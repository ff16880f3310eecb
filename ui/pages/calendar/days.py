"""A month by touch: seven columns, Monday first; days that cannot be meant are not to be touched."""

from calendar import Calendar
from datetime import date, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.boxes import column, line
from ui.widgets.button import Button, Kind
from ui.widgets.text import Text


class MonthGrid(QWidget):
    """`chosen` carries the day as 2026-12-31."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, words: Words, first: date, last: date, at: date) -> None:
        super().__init__()
        self._theme, self._words, self._first, self._last = theme, words, first, last
        self._month = at.replace(day=1)
        self._title = Text(theme, "", Role.ITEM, bold=True, wrap=False, align=Qt.AlignmentFlag.AlignVCenter)
        before = Button(theme, "month_before", "", "left", least_height=theme.row)
        after = Button(theme, "month_after", "", "right", least_height=theme.row)
        before.setAccessibleName(words("booking.month_before"))
        after.setAccessibleName(words("booking.month_after"))
        before.clicked.connect(lambda: self._turn(-1))
        after.clicked.connect(lambda: self._turn(1))
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.mm(3, 1.5))
        self.setLayout(
            column(line(before, self._title, -1, after, gap=theme.gap), self._grid, -1, gap=theme.mm(3, 1.5))
        )
        self._turn(0)

    def _turn(self, by: int) -> None:
        month = self._month.month - 1 + by
        self._month = date(self._month.year + month // 12, month % 12 + 1, 1)
        self._title.set_words(self._words("booking.month", month=self._month.month, year=self._month.year))
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        theme = self._theme
        for place in range(7):
            name = Text(theme, self._words(f"booking.weekday_{place + 1}"), Role.LABEL, colour="muted", wrap=False)
            self._grid.addWidget(name, 0, place, Qt.AlignmentFlag.AlignHCenter)
            self._grid.setColumnStretch(place, 1)
        for number, day in enumerate(self._days()):
            if day.month != self._month.month:
                continue
            kind = Kind.SECONDARY if self._first <= day <= self._last else Kind.NOT_NOW
            button = Button(
                theme, f"date_{day}", str(day.day), kind=kind, least_height=theme.row, least_width=theme.mm(20, 18)
            )
            button.clicked.connect(lambda _=False, day=day: self.chosen.emit(day.isoformat()))
            self._grid.addWidget(button, 1 + number // 7, number % 7)

    def _days(self) -> list[date]:
        """Of the whole weeks in which a day can be meant: a small panel has no room for the others."""
        weeks = Calendar().monthdatescalendar(self._month.year, self._month.month)
        meant = [week for week in weeks if week[-1] >= self._first and week[0] <= self._last]
        return [day for week in meant for day in week]


def near_days(today: date, back: bool, count: int) -> tuple[date, ...]:
    """The days that are most often meant, today first."""
    return tuple(today + timedelta(days=-n if back else n) for n in range(count))
