"""The seating plan editor, behind the technician's code: touch an empty place to add a seat, a seat to change it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from roomapp.events import RoomView, SeatView
from roomapp.words import Words
from ui.page import Shell
from ui.theme import Role, Theme
from ui.widgets.boxes import column, line
from ui.widgets.button import Button, Kind, Touchable
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.rows import TouchScroll
from ui.widgets.seats import Seat
from ui.widgets.sheets import ChoiceSheet, PickSheet, Sheet
from ui.widgets.text import Text

SIDE = 8  # places in each direction: 64 seats
Cell = tuple[int, int]  # column, row


def centre(cell: Cell) -> tuple[float, float]:
    """The middle of a place on the plan, 0…1."""
    return (cell[0] + 0.5) / SIDE, (cell[1] + 0.5) / SIDE


def cells_of(seats: tuple[SeatView, ...]) -> dict[Cell, SeatView]:
    """Each seat's place; two that stand in the same one share it with the next free place."""
    cells: dict[Cell, SeatView] = {}
    for seat in seats:
        first = min(SIDE - 1, int(seat.x * SIDE)) + SIDE * min(SIDE - 1, int(seat.y * SIDE))
        places = ((first + step) % SIDE**2 for step in range(SIDE**2))
        free = next(((at % SIDE, at // SIDE) for at in places if (at % SIDE, at // SIDE) not in cells), None)
        if free is not None:
            cells[free] = seat
    return cells


class EmptyPlace(Touchable):
    """A place of the plan where nobody sits."""

    def __init__(self, theme: Theme, cell: Cell) -> None:
        super().__init__(theme, f"place_{cell[0]}_{cell[1]}")

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        self.draw_box(painter, "page", "hairline", self.theme.line, dashed=True)
        arm, middle = round(self.height() * 0.15), self.rect().center()
        painter.setPen(self.theme.colour("border"))
        painter.drawLine(middle.x() - arm, middle.y(), middle.x() + arm, middle.y())
        painter.drawLine(middle.x(), middle.y() - arm, middle.x(), middle.y() + arm)
        painter.end()


class PlanGrid(QWidget):
    """All 64 places, each as large as a finger needs."""

    seat_touched = Signal(str)
    place_touched = Signal(int, int)

    def __init__(self, theme: Theme, words: Words) -> None:
        super().__init__()
        self._theme, self._words = theme, words
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.finger(3))
        self._shown: dict[Cell, SeatView] | None = None
        self._places: dict[Cell, Touchable] = {}

    def show_seats(self, seats: tuple[SeatView, ...]) -> None:
        cells = cells_of(tuple(seat for seat in seats if not seat.overview))
        if cells == self._shown:
            return
        before, self._shown = self._shown or {}, cells
        for cell in ((x, y) for y in range(SIDE) for x in range(SIDE)):
            if cell not in self._places or cells.get(cell) != before.get(cell):
                self._put(cell, cells.get(cell))

    def _put(self, cell: Cell, seat: SeatView | None) -> None:
        old = self._places.pop(cell, None)
        if old is not None:
            old.hide()
            old.deleteLater()
        place: Touchable
        if seat is None:
            place = EmptyPlace(self._theme, cell)
            place.clicked.connect(lambda _=False: self.place_touched.emit(*cell))
        else:
            place = Seat(self._theme, self._words, seat, False)
            place.clicked.connect(lambda _=False: self.seat_touched.emit(seat.id))
        place.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        place.setFixedHeight(self._theme.finger(16))
        self._places[cell] = place
        self._grid.addWidget(place, cell[1], cell[0])

    def minimumSizeHint(self) -> QSize:
        return QSize(0, SIDE * (self._theme.finger(16) + self._theme.finger(3)))


class SeatingEditor(QWidget):
    """Shows the plan as it is; each edit goes to the room, and comes back as the room's newest picture of itself."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        theme = shell.theme
        self._view: RoomView | None = None
        self._moving = ""  # the seat that is to be moved by the next touch
        self._said = Text(theme, "", Role.BODY, bold=True, name="seating_said")
        self._overview = Button(
            theme, "add_overview", shell.words("seating.add_overview"), "overview", least_height=theme.low_button
        )
        self._overview.clicked.connect(lambda: shell.do(shell.room.add_overview()))
        self._camera = Button(theme, "editor_camera", "", "camera", least_height=theme.low_button)
        self._camera.clicked.connect(self._next_camera)
        self._grid = PlanGrid(theme, shell.words)
        self._grid.place_touched.connect(self._place)
        self._grid.seat_touched.connect(self._seat)
        top = line(self._said, self._camera, self._overview, gap=theme.gap)
        top.setStretch(0, 1)
        self.setLayout(column(top, TouchScroll(theme, self._grid), gap=theme.small_gap))

    def begin(self) -> None:
        self._moving = ""

    def show_view(self, view: RoomView) -> None:
        self._view = view
        words = self.shell.words
        self._grid.show_seats(view.seats)
        moving = self._named(self._moving)
        self._said.set_words(words("seating.move_to", name=moving.name) if moving else words("seating.hint"))
        camera = next((camera for camera in view.cameras if camera.id == view.camera), None)
        self._camera.setVisible(len(view.cameras) > 1)
        if camera is not None:
            self._camera.set_look(camera.name, "camera", Kind.SECONDARY)
        self._overview.setVisible(
            camera is not None and not any(seat.overview and seat.camera == camera.id for seat in view.seats)
        )

    def _named(self, id: str) -> SeatView | None:
        return next((seat for seat in self._view.seats if seat.id == id), None) if self._view is not None else None

    # --- what the technician asks ---

    def _next_camera(self) -> None:
        if self._view is not None:
            self.shell.do(self.shell.room.choose_camera(self._camera_after(self._view.camera)))

    def _camera_after(self, id: str) -> str:
        ids = [camera.id for camera in self._view.cameras] if self._view is not None else [id]
        return ids[(ids.index(id) + 1) % len(ids)] if id in ids else ids[0]

    def _place(self, col: int, row: int) -> None:
        x, y = centre((col, row))
        moving, self._moving = self._moving, ""
        room = self.shell.room
        self.shell.do(room.move_seat(moving, x, y) if moving else room.add_seat(x, y))

    def _seat(self, id: str) -> None:
        seat, view = self._named(id), self._view
        if seat is None or view is None:
            return
        words = self.shell.words
        acts: dict[str, tuple[str, Callable[[], None]]] = {
            "save": (words("seating.save"), lambda: self.shell.do(self.shell.room.store_seat(id))),
            "sample": (words("seating.sample"), lambda: self._ask_sample(seat)),
            "move": (words("seating.move"), lambda: self._move(id)),
            "rename": (words("seating.rename"), lambda: self._ask_name(seat)),
            "remove": (words("seating.remove"), lambda: self._ask_remove(seat)),
        }
        if len(view.cameras) > 1:
            named = {camera.id: camera.name for camera in view.cameras}
            after = self._camera_after(seat.camera)
            said = words("seating.camera", name=named.get(after, after))
            acts["camera"] = (said, lambda: self.shell.do(self.shell.room.seat_camera(id, after)))

        def act(chosen: str) -> None:
            self.shell.close_sheet()
            acts[chosen][1]()

        choices = tuple((key, said) for key, (said, _) in acts.items())
        self.shell.open_sheet(SeatActs(self.shell, seat, choices, act, self.shell.room.sample(id)))

    def _move(self, id: str) -> None:
        self._moving = id
        self.shell.touched()

    def _ask_name(self, seat: SeatView) -> None:
        """Names are chosen, not typed; a number makes each one unlike the others."""
        words = self.shell.words
        taken = {other.name for other in self._view.seats} if self._view is not None else set()
        names = [name for name in words("seating.names").split("|") if name not in taken]
        number = next(n for n in range(1, 200) if words("seating.name", n=n) not in taken)
        choices = tuple((name, name) for name in [words("seating.name", n=number), *names][:8])

        def rename(name: str) -> None:
            self.shell.close_sheet()
            self.shell.do(self.shell.room.rename_seat(seat.id, name))

        self.shell.open_sheet(
            PickSheet(self.shell, words("seating.new_name", name=seat.name), choices, rename, "seat_name")
        )

    def _ask_remove(self, seat: SeatView) -> None:
        self._ask(seat, "remove", "cross", lambda: self.shell.room.remove_seat(seat.id))

    def _ask_sample(self, seat: SeatView) -> None:
        self._ask(seat, "sample", "camera", lambda: self.shell.room.sample_framing(seat.id))

    def _ask(self, seat: SeatView, act: str, icon: str, work: Callable[[], object]) -> None:
        words = self.shell.words

        def go(_: str) -> None:
            self.shell.close_sheet()
            self.shell.do(work())  # type: ignore[arg-type]  # a coroutine of the room

        self.shell.open_sheet(
            ChoiceSheet(
                self.shell,
                words(f"seating.{act}_question", name=seat.name),
                words(f"seating.{act}_ground"),
                (("yes", words(f"seating.{act}_yes")),),
                words(f"seating.{act}"),
                go,
                name=act,
                icon=icon,
            )
        )


class SeatActs(Sheet):
    """What can be done with one seat, beside its picture of the empty room."""

    def __init__(
        self,
        shell: Shell,
        seat: SeatView,
        choices: tuple[tuple[str, str], ...],
        act: Callable[[str], None],
        sample: bytes | None,
    ) -> None:
        theme = shell.theme
        group = ChoiceGroup(theme, "seat_act", choices, columns=2)
        group.chosen.connect(act)
        row = line(group, gap=theme.gap)
        row.setStretch(0, 1)
        picture = QPixmap()
        if sample is not None and picture.loadFromData(sample):
            label = QLabel()
            width = theme.mm(100, 40)
            label.setPixmap(picture.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation))
            row.addWidget(label)
        box = column(Text(theme, seat.name, Role.TITLE, bold=True, name="seat_acts_title"), gap=theme.mm(3, 1.5))
        box.addLayout(row)
        box.addStretch(1)
        super().__init__(shell, box, "sheet_seat_acts", scrolls=True)
