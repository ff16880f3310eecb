"""Kỹ thuật, behind the technician's code: what each device is, how it answers, what was never proven on hardware."""

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import DeviceView, Place, RoomView
from ui.page import BandWish, Page
from ui.pages.seating import SeatingEditor
from ui.pages.workdays import WorkDays
from ui.theme import Role
from ui.widgets.boxes import Card, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import Keypad
from ui.widgets.marks import Mark
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text

LEAST_DIGITS = 6


class TechnicianPage(Page):
    place = Place.TECHNICIAN
    scrolls_itself = True

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
        self._devices.setContentsMargins(0, 0, self.theme.small_gap, 0)  # beside the bar that moves them
        inner.setLayout(self._devices)
        self._stack = QStackedWidget()
        self._stack.addWidget(TouchScroll(theme, gate) if theme.small_with_large_text else gate)
        self._stack.addWidget(TouchScroll(theme, inner))
        self._editor = SeatingEditor(self.shell)
        self._stack.addWidget(self._editor)
        self._workdays = WorkDays(self.shell)
        self._stack.addWidget(self._workdays)
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
        self.title.set_words(self.words("ui.technician"))
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

    def _show_workdays(self, on: bool) -> None:
        self._stack.setCurrentIndex(3 if on else 1)
        self.title.set_words(self.words("workdays.title" if on else "ui.technician"))
        self.shell.touched()

    def _edit(self, on: bool) -> None:
        self._editor.begin()
        self._stack.setCurrentIndex(2 if on else 1)
        self.title.set_words(self.words("seating.open" if on else "ui.technician"))
        self.shell.touched()

    def show_like(self, other: Page) -> None:
        assert isinstance(other, TechnicianPage)
        self._open = other._open
        self._show_title()
        self._stack.setCurrentIndex(other._stack.currentIndex())
        self.title.set_words(other.title.words())
        self.shell.touched()

    def _tools(self, view: RoomView) -> QWidget:
        """The technician's own work, above the list of devices."""
        theme, words = self.theme, self.words
        plan = Button(theme, "open_seating", words("seating.open"), "seat")
        plan.clicked.connect(lambda: self._edit(True))
        find = Button(theme, "find_cameras", words("seating.find"), "camera")
        find.clicked.connect(lambda: self.shell.do(self.shell.room.find_cameras()))
        said = words("ui.verify_journal" if theme.wide else "ui.verify_journal_2")
        verify = Button(theme, "verify_journal", said, "book")
        verify.clicked.connect(lambda: self.shell.do(self.shell.room.verify_journal()))
        said = words("ui.keep_baseline" if theme.wide else "ui.keep_baseline_2")
        usual = Button(theme, "keep_baseline", said, "speaker")
        usual.clicked.connect(lambda: self.shell.do(self.shell.room.keep_baseline()))
        days = Button(theme, "open_workdays", words("workdays.open" if theme.wide else "workdays.open_2"), "calendar")
        days.clicked.connect(lambda: self._show_workdays(True))
        tools = QWidget()
        rows = (line(plan, find, days, gap=theme.gap), line(verify, usual, gap=theme.gap))
        tools.setLayout(column(*rows, gap=theme.gap))
        return tools

    def _found_card(self, view: RoomView) -> Card | None:
        """What answered on the network, as it must stand in the profile."""
        theme, words = self.theme, self.words
        if view.found is None:
            return Card(theme, column(Text(theme, words("seating.finding"), Role.BODY)), pad=theme.mm(5, 2.4))
        if not view.looked_for:
            return None
        said = [Text(theme, words("seating.found" if view.found else "seating.found_none"), Role.BODY, bold=True)]
        said += [
            Text(theme, f"{camera.name} {camera.model}: {camera.host}, {camera.port}", Role.BODY)
            for camera in view.found
        ]
        return Card(theme, column(*said, gap=theme.mm(1, 0.6)), pad=theme.mm(5, 2.4))

    def show_view(self, view: RoomView) -> BandWish:
        self._editor.show_view(view)
        if (view.devices, view.found, view.looked_for) != self._shown:
            self._shown = (view.devices, view.found, view.looked_for)
            clear(self._devices)
            self._devices.addWidget(self._tools(view))
            found = self._found_card(view)
            if found is not None:
                self._devices.addWidget(found)
            for device in view.devices:
                self._devices.addWidget(self._device_card(device))
            self._devices.addWidget(Text(self.theme, self._pack(), Role.LABEL, colour="muted", name="rule_pack"))
            self._devices.addWidget(Text(self.theme, self.shell.room.about(), Role.LABEL, colour="muted"))
            self._devices.addWidget(Text(self.theme, self._patches(), Role.LABEL, colour="muted", name="patch_age"))
            self._devices.addStretch(1)
        words = self.words
        back = Action("to_home", words("ui.back"), "left", Kind.PRIMARY, lambda: self.shell.go(Place.HOME))
        if not self._open:
            return BandWish(back)
        if self._stack.currentWidget() is self._editor:
            done = Action("seating_done", words("ui.done"), "check", Kind.PRIMARY, lambda: self._edit(False))
            return BandWish(done)
        if self._stack.currentWidget() is self._workdays:
            self._workdays.show_days()
            back = Action("workdays_done", words("ui.done"), "check", Kind.PRIMARY, lambda: self._show_workdays(False))
            return self._workdays.wish(back)
        again = Action(
            "recheck",
            words("ui.recheck"),
            "recheck",
            Kind.SECONDARY,
            lambda: self.shell.do(self.shell.room.look_at_devices()),
        )
        return BandWish(back, (again,))

    def _pack(self) -> str:
        """The rules in force, their edition, and who signed them."""
        pack, words = self.shell.room.pack, self.words
        signed = words("workdays.pack_signed", key=pack.signed_by) if pack.signed else words("workdays.pack_unsigned")
        return words("workdays.pack", name=pack.name, edition=pack.edition, signed=signed)

    def _patches(self) -> str:
        """How old the conference engine's security patches are; it is loaded here for the first time, if ever."""
        from ui.conference.patches import installed, patch_age, releases

        age = patch_age(*installed(), releases(), self.shell.room.now().date())
        facts = {"chromium": age.chromium, "patched": age.patched_to, "until": f"{age.known_until:%d/%m/%Y}"}
        if age.days is None:
            return self.words("technician.patches_old", **facts)
        return self.words("technician.patches", days=age.days, later=age.later, **facts)

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
