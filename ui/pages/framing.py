"""Khung hình: the live picture beside the seating plan; touch a seat, the camera goes there."""

from PySide6.QtWidgets import QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from devices.contract import Reason
from roomapp.events import CameraView, Place, RoomView, SeatState
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.hold import HoldButton
from ui.widgets.marks import Mark
from ui.widgets.picture import CameraSwitch, Picture
from ui.widgets.rows import TouchScroll
from ui.widgets.seat_sheet import SeatSheet
from ui.widgets.seats import MANY, SeatingPlan
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


class FramingPage(Page):
    """A small panel with many seats or large letters shows plan or picture: both would be too small to touch."""

    place = Place.FRAMING
    scrolls_itself = True

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self._view: RoomView | None = None
        self._adjusting = self._in_front = False
        self._plan_alone = True  # of a small panel with many seats: the plan is in front, not the picture
        self._picture = Picture(theme, self.words, self.shell.room.newest_picture, self._why_no_picture)
        self._mark = Mark(theme, size=theme.mm(9.5, 5.4))
        self._sentence = Text(theme, "", Role.TITLE if theme.wide else Role.ITEM, bold=True, name="framing_sentence")
        self._next_camera = CameraSwitch(theme, self.words, self._picture)
        self._next_camera.clicked.connect(self._choose_next)
        said = line(self._mark, self._sentence, gap=theme.mm(4, 2))
        said.setStretch(1, 1)
        left = column(self._picture, said, gap=theme.mm(5, 2))
        left.setStretch(0, 1)
        if theme.small_with_large_text:  # the band has no room for a fifth button with large letters
            self._adjust_here = Button(
                theme, "adjust", self.words("ui.adjust_framing_2"), "framing", least_height=theme.low_button
            )
            self._adjust_here.clicked.connect(self._adjust)
            said.addWidget(self._adjust_here)
        self._left = QWidget()
        left.setContentsMargins(0, 0, 0, 0)
        self._left.setLayout(left)
        self._plan = SeatingPlan(theme, self.words, with_table=theme.wide)
        self._plan.picked.connect(self._aim)
        self._right = QStackedWidget()
        self._right.addWidget(self._build_plan())
        self._right.addWidget(self._build_nudges())
        row = line(gap=theme.mm(6, 3))
        row.addWidget(self._left, 58 if theme.wide else 38)
        row.addWidget(self._right, 42 if theme.wide else 62)
        outer.addLayout(row, 1)

    def _build_plan(self) -> QWidget:
        theme, words = self.theme, self.words
        scroll = TouchScroll(theme, self._plan)
        self._overview = Button(theme, "overview", words("ui.overview"), "overview", tall=not theme.wide)
        self._overview.clicked.connect(self._to_overview)
        if not theme.wide:
            holder = QWidget()
            self._overview.hide()
            row = line(scroll, self._overview, gap=theme.gap)
            row.setStretch(0, 1)
            holder.setLayout(row)
            return holder
        box = column(
            Text(theme, words("ui.seating_plan"), Role.BODY, bold=True, wrap=False),
            Text(theme, words("ui.touch_a_seat"), Role.LABEL, colour="muted"),
            gap=theme.mm(2),
        )
        box.addWidget(scroll, 1)
        box.addSpacing(theme.mm(3))
        box.addWidget(self._overview)
        return Card(theme, box, pad=theme.mm(5.5))

    def _build_nudges(self) -> QWidget:
        theme = self.theme
        grid = QGridLayout()
        grid.setSpacing(theme.mm(4, 3))
        self._nudges: dict[str, HoldButton] = {}
        for number, (name, (pan, tilt, zoom)) in enumerate(NUDGES.items()):
            button = HoldButton(theme, f"nudge_{name}", self.words(f"ui.nudge_{name}"), name)
            button.held.connect(lambda p=pan, t=tilt, z=zoom: self.shell.do(self.shell.room.nudge(p, t, z)))
            button.let_go.connect(lambda: self.shell.do(self.shell.room.stop_nudge()))
            self._nudges[name] = button
            grid.addWidget(button, number // 3, number % 3)
        holder = Card(theme, column(), pad=theme.mm(5.5, 2))
        layout = holder.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(grid)
        layout.addStretch(1)
        return holder

    def entered(self) -> None:
        self._in_front = self._plan_alone = True
        self.shell.room.watch_picture(True)

    def left(self) -> None:
        if self._adjusting:
            self.shell.do(self.shell.room.stop_nudge())
        self._adjusting = self._in_front = False
        self.shell.room.watch_picture(False)

    # --- what is shown ---

    def show_view(self, view: RoomView) -> BandWish:
        if self._in_front and self._view is not None and view.camera != self._view.camera:
            self.shell.room.watch_picture(True)  # another camera was aimed: its picture now
        self._view = view
        camera = self._camera(view)
        self.show_steps(self.words("ui.framing"), view)
        self._plan.show_seats(view.seats)
        self._mark.set_state(view.framing_state)
        self._sentence.set_words(view.framing_sentence)
        self._right.setCurrentIndex(1 if self._adjusting else 0)
        self._show_abilities(view, camera)
        one_of_two = self._one_of_two(view)
        self._left.setVisible(not (one_of_two and self._plan_alone) or self._adjusting)
        self._right.setVisible(self._adjusting or (bool(view.seats) and not (one_of_two and not self._plan_alone)))
        self._overview.set_kind(Kind.CHOSEN if self._overview_there(view) else Kind.SECONDARY)
        return self._wish(view)

    def _show_abilities(self, view: RoomView, camera: CameraView | None) -> None:
        """What this camera lacks is not shown."""
        turns, zooms = camera is not None and camera.turns, camera is not None and camera.zooms
        for name, (pan, tilt, _) in NUDGES.items():
            self._nudges[name].setVisible(turns if pan or tilt else zooms)
        self._next_camera.setVisible(len(view.cameras) > 1)
        if camera is not None:
            self._next_camera.show_camera(camera.name)
        in_page = self.theme.wide or (self.theme.small_with_large_text and self._one_of_two(view))
        self._overview.setVisible(in_page and any(seat.overview for seat in view.seats))
        if self.theme.small_with_large_text:
            self._adjust_here.setVisible(self._can_adjust(view) and not self._adjusting)

    @staticmethod
    def _camera(view: RoomView) -> CameraView | None:
        return next((camera for camera in view.cameras if camera.id == view.camera), None)

    def _can_adjust(self, view: RoomView) -> bool:
        camera = self._camera(view)
        return camera is not None and (camera.turns or camera.zooms)

    def _one_of_two(self, view: RoomView) -> bool:
        many = len(view.seats) > MANY or (self.theme.small_with_large_text and bool(view.seats))
        return many and not self.theme.wide

    @staticmethod
    def _overview_there(view: RoomView) -> bool:
        return any(seat.overview and seat.state is SeatState.THERE for seat in view.seats)

    def _why_no_picture(self) -> str:
        reason = self.shell.room.why_no_picture()
        known = {Reason.REFUSED_BUSY: "lent", Reason.AUTH: "auth", Reason.UNSUPPORTED: "unsupported"}
        return self.words(f"picture.{known.get(reason, 'none') if reason is not None else 'opening'}")

    # --- what the officer asks ---

    def _wish(self, view: RoomView) -> BandWish:
        words = self.words
        if self._adjusting:
            save = Action("save_framing", words("ui.save_framing"), "save", Kind.SECONDARY, self._ask_save)
            done = Action("adjust_done", words("ui.done"), "check", Kind.PRIMARY, self._adjust)
            return BandWish(done, (save,) if view.seats else ())
        others = self._others(view)
        if view.call.linked:
            return BandWish(Action("next_step", words("ui.back_to_meeting"), "left", Kind.PRIMARY, self._next), others)
        return BandWish(Action("next_step", words("ui.next_step"), "right", Kind.PRIMARY, self._next), others)

    def _others(self, view: RoomView) -> tuple[Action, ...]:
        theme, words = self.theme, self.words
        others: list[Action] = []
        if self._one_of_two(view):
            key = "ui.see_picture" if self._plan_alone else "ui.see_plan"
            icon = "screen" if self._plan_alone else "seat"
            others.append(Action("plan_or_picture", words(key), icon, Kind.SECONDARY, self._swap))
        elif not theme.wide and any(seat.overview for seat in view.seats):
            kind = Kind.CHOSEN if self._overview_there(view) else Kind.SECONDARY
            others.append(Action("overview", words("ui.overview"), "overview", kind, self._to_overview))
        if self._one_of_two(view) and self._plan_alone and not theme.small_with_large_text:
            others.append(Action("overview", words("ui.overview"), "overview", Kind.SECONDARY, self._to_overview))
        elif self._can_adjust(view) and not theme.small_with_large_text:
            said = words("ui.adjust_framing" if theme.wide else "ui.adjust_framing_2")
            others.append(Action("adjust", said, "framing", Kind.SECONDARY, self._adjust))
        return tuple(others)

    def _aim(self, seat: str) -> None:
        self._plan_alone = False  # where only one of the two fits, the picture shows the camera coming
        self.shell.do(self.shell.room.aim_at_seat(seat))
        self.shell.touched()

    def _swap(self) -> None:
        self._plan_alone = not self._plan_alone
        self.shell.touched()

    def _to_overview(self) -> None:
        self.shell.do(self.shell.room.ask_overview())

    def _choose_next(self) -> None:
        view = self._view
        if view is not None:
            ids = [camera.id for camera in view.cameras]
            at = ids.index(view.camera) if view.camera in ids else -1
            self.shell.do(self.shell.room.choose_camera(ids[(at + 1) % len(ids)]))

    def _adjust(self) -> None:
        self._adjusting = not self._adjusting
        self.shell.touched()

    def _ask_save(self) -> None:
        view = self._view
        if view is None:
            return
        seats = tuple(seat for seat in view.seats if seat.camera == view.camera)

        def save(seat: str) -> None:
            self.shell.close_sheet()
            self.shell.do(self.shell.room.store_seat(seat))

        words = self.words
        if len(seats) > MANY:
            sheet = SeatSheet(
                self.shell, words("ui.save_for"), seats, save, "save", act=words("ui.save_framing"), icon="save"
            )
            self.shell.open_sheet(sheet)
            return
        self.shell.open_sheet(
            ChoiceSheet(
                self.shell,
                words("ui.save_for"),
                words("ui.save_for_ground"),
                tuple((seat.id, seat.name) for seat in seats),
                words("ui.save_framing"),
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
