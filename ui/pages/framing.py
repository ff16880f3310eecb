"""Khung hình: the live picture beside the seating plan; touch a seat, the camera goes there."""

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import Place, RoomView, SeatState
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.marks import Mark
from ui.widgets.picture import Picture
from ui.widgets.seats import SeatingPlan
from ui.widgets.sheets import ChoiceSheet
from ui.widgets.text import Text

NUDGES = {  # name: (pan, tilt, zoom)
    "left": (-1, 0, 0),
    "up": (0, 1, 0),
    "right": (1, 0, 0),
    "wider": (0, 0, -1),
    "down": (0, -1, 0),
    "closer": (0, 0, 1),
}
REFRESH_MS = 200  # a held nudge is renewed this often; the driver stops by itself after 500 ms without


class FramingPage(Page):
    place = Place.FRAMING

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self._picture = Picture(theme, self.words, self.shell.room.newest_picture)
        self._mark = Mark(theme, size=theme.mm(9.5, 5.4))
        self._sentence = Text(theme, "", Role.TITLE if theme.wide else Role.ITEM, bold=True, name="framing_sentence")
        said = line(self._mark, self._sentence, gap=theme.mm(4, 2))
        said.setStretch(1, 1)
        left = column(self._picture, said, gap=theme.mm(5, 2))
        left.setStretch(0, 1)
        if theme.small_with_large_text:  # the band has no room for a fifth button with large letters
            adjust = Button(theme, "adjust", self.words("ui.adjust_framing"), "framing")
            adjust.clicked.connect(self._adjust)
            left.addWidget(adjust)
        self._plan = SeatingPlan(theme, self.words, with_table=theme.wide)
        self._plan.picked.connect(self._aim)
        self._right = QStackedWidget()
        self._right.addWidget(self._build_plan())
        self._right.addWidget(self._build_nudges())
        row = QHBoxLayout()
        row.setSpacing(theme.mm(6, 3))
        row.addLayout(left, 58 if theme.wide else 38)
        row.addWidget(self._right, 42 if theme.wide else 62)
        outer.addLayout(row, 1)
        self._view: RoomView | None = None
        self._adjusting = False

    def _build_plan(self) -> QWidget:
        theme, words = self.theme, self.words
        if not theme.wide:
            holder = QWidget()
            holder.setLayout(column(self._plan))
            return holder
        self._overview = Button(theme, "overview", words("ui.overview"), "overview")
        self._overview.clicked.connect(self._to_overview)
        box = column(
            Text(theme, words("ui.seating_plan"), Role.BODY, bold=True, wrap=False),
            Text(theme, words("ui.touch_a_seat"), Role.LABEL, colour="muted"),
            gap=theme.mm(2),
        )
        box.addWidget(self._plan, 1)
        box.addSpacing(theme.mm(3))
        box.addWidget(self._overview)
        return Card(theme, box, pad=theme.mm(5.5))

    def _build_nudges(self) -> QWidget:
        theme = self.theme
        grid = QGridLayout()
        grid.setSpacing(theme.mm(4, 3))
        for number, (name, (pan, tilt, zoom)) in enumerate(NUDGES.items()):
            button = Button(theme, f"nudge_{name}", self.words(f"ui.nudge_{name}"), name, tall=True)
            button.setAutoRepeat(True)
            button.setAutoRepeatDelay(0)
            button.setAutoRepeatInterval(REFRESH_MS)
            button.pressed.connect(lambda p=pan, t=tilt, z=zoom: self._nudge(p, t, z))
            button.released.connect(lambda b=button: self._stop(b))
            grid.addWidget(button, number // 3, number % 3)
        holder = Card(theme, column(), pad=theme.mm(5.5, 2))
        layout = holder.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(grid)
        layout.addStretch(1)
        return holder

    def entered(self) -> None:
        self.shell.room.watch_picture(True)

    def left(self) -> None:
        if self._adjusting:
            self.shell.do(self.shell.room.stop_nudge())
        self._adjusting = False
        self.shell.room.watch_picture(False)

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        self.show_steps(self.words("ui.framing"), view)
        self._plan.show_seats(view.seats)
        self._mark.set_state(view.framing_state)
        self._sentence.set_words(view.framing_sentence)
        self._right.setCurrentIndex(1 if self._adjusting else 0)
        if self.theme.wide:
            self._overview.set_kind(Kind.CHOSEN if self._overview_there(view) else Kind.SECONDARY)
        return self._wish(view)

    @staticmethod
    def _overview_there(view: RoomView) -> bool:
        return any(seat.overview and seat.state is SeatState.THERE for seat in view.seats)

    def _wish(self, view: RoomView) -> BandWish:
        words = self.words
        if self._adjusting:
            save = Action("save_framing", words("ui.save_framing"), "save", Kind.SECONDARY, self._ask_save)
            return BandWish(Action("adjust_done", words("ui.done"), "check", Kind.PRIMARY, self._adjust), (save,))
        adjust = Action(
            "adjust",
            words("ui.adjust_framing") if self.theme.wide else words("ui.adjust_framing_2"),
            "framing",
            Kind.SECONDARY,
            self._adjust,
        )
        others: tuple[Action, ...] = (adjust,)
        if not self.theme.wide:
            kind = Kind.CHOSEN if self._overview_there(view) else Kind.SECONDARY
            overview = Action("overview", words("ui.overview"), "overview", kind, self._to_overview)
            others = (overview,) if self.theme.small_with_large_text else (overview, adjust)
        if view.call.linked:
            return BandWish(Action("next_step", words("ui.back_to_meeting"), "left", Kind.PRIMARY, self._next), others)
        return BandWish(Action("next_step", words("ui.next_step"), "right", Kind.PRIMARY, self._next), others)

    def _aim(self, seat: str) -> None:
        self.shell.do(self.shell.room.aim_at_seat(seat))

    def _to_overview(self) -> None:
        self.shell.do(self.shell.room.aim_overview())

    def _adjust(self) -> None:
        self._adjusting = not self._adjusting
        self.shell.touched()

    def _nudge(self, pan: float, tilt: float, zoom: float) -> None:
        self.shell.do(self.shell.room.nudge(pan, tilt, zoom))

    def _stop(self, button: Button) -> None:
        if not button.isDown():  # Qt says "released" at each repeat of a held button too
            self.shell.do(self.shell.room.stop_nudge())

    def _ask_save(self) -> None:
        view = self._view
        if view is None:
            return
        seats = tuple((seat.id, seat.name) for seat in view.seats)

        def save(seat: str) -> None:
            self.shell.close_sheet()
            self.shell.do(self.shell.room.store_seat(seat))

        self.shell.open_sheet(
            ChoiceSheet(
                self.shell,
                self.words("ui.save_for"),
                self.words("ui.save_for_ground"),
                seats,
                self.words("ui.save_framing"),
                save,
                name="save",
                icon="save",
            )
        )

    def _next(self) -> None:
        view = self._view
        if view is not None and view.call.linked:
            self.shell.go(Place.MEETING)
            return
        self.shell.do(self.shell.room.finish_framing())
        self.shell.go(Place.POWER_ON if view is not None and view.checklist else Place.HOME)
