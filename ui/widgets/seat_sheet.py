"""A question answered with a seat: by touching it on the plan, and the overview beside it."""

from collections.abc import Callable

from roomapp.events import SeatView
from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column, line
from ui.widgets.button import Button, Kind
from ui.widgets.rows import TouchScroll
from ui.widgets.seats import MANY, SeatingPlan
from ui.widgets.sheets import PickSheet, Sheet
from ui.widgets.text import Text


class SeatSheet(Sheet):
    """`act` empty: the touch on a seat is the answer. Else the touch chooses, and the act waits above the plan."""

    def __init__(
        self,
        shell: Shell,
        title: str,
        seats: tuple[SeatView, ...],
        do: Callable[[str], None],
        name: str,
        *,
        act: str = "",
        icon: str = "",
    ) -> None:
        theme = shell.theme
        self._do, self._seats, self._act_words, self._picked = do, seats, act, ""
        self._title = Text(theme, title, Role.ITEM if not theme.wide else Role.TITLE, bold=True, name=f"{name}_title")
        plan = SeatingPlan(theme, shell.words, with_table=False)
        plan.show_seats(seats)
        plan.picked.connect(self._pick)
        wholes = line(gap=theme.gap)  # one overview for each camera
        for seat in (seat for seat in seats if seat.overview):
            button = Button(theme, f"{name}_{seat.id}", seat.name, "overview", least_height=theme.low_button)
            button.clicked.connect(lambda _=False, id=seat.id: self._pick(id))
            wholes.addWidget(button, 1)
        top = line(self._title, gap=theme.gap)
        top.setStretch(0, 1)
        if act:
            self._act = Button(theme, f"{name}_act", act, icon, Kind.NOT_NOW, least_height=theme.low_button)
            self._act.clicked.connect(self._go)
            top.addWidget(self._act)
        box = column(top, gap=theme.mm(3, 1.4))
        if wholes.count() == 1:
            top.insertLayout(1, wholes)
        else:
            box.addLayout(wholes)
        box.addWidget(TouchScroll(theme, plan), 1)
        super().__init__(shell, box, f"sheet_{name}")

    def _pick(self, seat: str) -> None:
        if not self._act_words:
            self._do(seat)
            return
        self._picked = seat
        named = next(view.name for view in self._seats if view.id == seat)
        self._title.set_words(f"{self._act_words}: {named}")
        self._act.set_kind(Kind.GUARDED)

    def _go(self) -> None:
        if self._picked:
            self._do(self._picked)


def ask_seat(shell: Shell, seats: tuple[SeatView, ...], aim: Callable[[str], None]) -> None:
    """Which seat is to be framed? By names where they are few, on the plan where they are many."""

    def picked(seat: str) -> None:
        shell.close_sheet()
        aim(seat)

    title = shell.words("ui.framing")
    if len(seats) > MANY:
        shell.open_sheet(SeatSheet(shell, title, seats, picked, "seat_pick"))
    else:
        shell.open_sheet(PickSheet(shell, title, tuple((one.id, one.name) for one in seats), picked, "seat_pick"))
