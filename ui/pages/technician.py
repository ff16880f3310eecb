"""Kỹ thuật, behind the technician's code: what each device is, how it answers, what was never proven on hardware."""

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import DeviceView, Place, RoomView
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, clear, column, line
from ui.widgets.button import Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import Keypad
from ui.widgets.marks import Mark
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text

LEAST_DIGITS = 6


class TechnicianPage(Page):
    place = Place.TECHNICIAN

    def build(self, outer: QVBoxLayout) -> None:
        theme, words = self.theme, self.words
        self.title.set_words(words("ui.technician"))
        self.step.hide()
        self.pills.hide()
        self._pad = Keypad(theme, words, secret=True, most=12, name="pin")
        self._pad.done.connect(self._try)
        self._said = Text(theme, "", Role.BODY, name="pin_said")
        gate = QWidget()
        row = QHBoxLayout(gate)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.mm(12, 4))
        row.addWidget(self._pad)
        if theme.wide:
            row.addLayout(column(self._said, -1), 1)
        else:
            self._pad.said.addWidget(self._said)
            row.addStretch(1)
        self._devices = QVBoxLayout()
        self._devices.setSpacing(theme.small_gap)
        inner = QWidget()
        inner.setLayout(self._devices)
        self._stack = QStackedWidget()
        self._stack.addWidget(gate)
        self._stack.addWidget(TouchScroll(theme, inner))
        outer.addWidget(self._stack, 1)
        self._open = False
        self._show_title()
        self._shown: object = None

    def entered(self) -> None:
        self._lock()
        self._ask()

    def left(self) -> None:
        self._lock()

    def _lock(self) -> None:
        self._open = False
        self._pad.clear()
        self._show_title()
        self._stack.setCurrentIndex(0)

    def _show_title(self) -> None:
        """A small panel needs the title's height for the keys."""
        self.title.setVisible(self.theme.wide or self._open)

    def _ask(self) -> None:
        new = not self.shell.room.has_technician_code()
        self._said.set_words(self.words("ui.pin_new" if new else "ui.pin_ask", n=LEAST_DIGITS))

    def _try(self, digits: str) -> None:
        """Checked in the worker: argon2 takes its time, the screen must not."""
        self._pad.clear()
        self._said.set_words(self.words("ui.pin_checking"))
        self.shell.do(self._check(digits))

    async def _check(self, digits: str) -> None:
        sentence = await self.shell.room.enter_technician_code(digits)
        self.shell.room.tell_screen(lambda: self._checked(sentence))

    def _checked(self, sentence: str) -> None:
        """`sentence` says what was wrong; empty when the code is right."""
        self._open = not sentence
        self._said.set_words(sentence)
        self._show_title()
        self._stack.setCurrentIndex(1 if self._open else 0)
        self.shell.touched()

    def show_view(self, view: RoomView) -> BandWish:
        if view.devices != self._shown:
            self._shown = view.devices
            clear(self._devices)
            for device in view.devices:
                self._devices.addWidget(self._device_card(device))
            self._devices.addWidget(Text(self.theme, self.shell.room.about(), Role.LABEL, colour="muted"))
            self._devices.addStretch(1)
        words = self.words
        back = Action("to_home", words("ui.back"), "left", Kind.PRIMARY, lambda: self.shell.go(Place.HOME))
        if not self._open:
            return BandWish(back)
        again = Action(
            "recheck",
            words("ui.recheck"),
            "recheck",
            Kind.SECONDARY,
            lambda: self.shell.do(self.shell.room.look_at_devices()),
        )
        verify = Action(
            "verify_journal",
            words("ui.verify_journal"),
            "book",
            Kind.SECONDARY,
            lambda: self.shell.do(self.shell.room.verify_journal()),
        )
        return BandWish(back, (verify, again))

    def _device_card(self, device: DeviceView) -> Card:
        theme = self.theme
        proven = (
            self.words("ui.verified_on", what=device.verified_on)
            if device.verified_on
            else self.words("ui.not_verified")
        )
        said = column(
            Text(theme, device.name, Role.BODY, bold=True),
            Text(theme, device.words, Role.BODY),
            Text(theme, proven, Role.LABEL, colour="muted"),
        )
        row = line(Mark(theme, device.state), gap=theme.mm(5, 2.6))
        row.addLayout(said, 1)
        return Card(theme, row, pad=theme.mm(5, 2.4))
