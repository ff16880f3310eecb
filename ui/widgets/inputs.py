"""What stands in for typing: a keypad, and groups of choices."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.boxes import column, line
from ui.widgets.button import Button, Choice, Kind
from ui.widgets.text import draw_text


class CodeField(QWidget):
    """The digits typed so far; as dots where they are secret."""

    def __init__(self, theme: Theme, *, secret: bool, hint: str = "") -> None:
        super().__init__()
        self._theme, self._secret, self._hint, self._digits = theme, secret, hint, ""
        self.setObjectName("code_field")
        wide = QSizePolicy.Policy.Expanding if theme.wide else QSizePolicy.Policy.Fixed
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)

    def set_digits(self, digits: str) -> None:
        self._digits = digits
        self.setAccessibleName("" if self._secret else digits)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.mm(70, 45), max(self._theme.mm(13, 8), round(self._theme.type_px(Role.ITEM) * 1.6)))

    def paintEvent(self, _: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("border"), theme.line))
        painter.setBrush(theme.colour("card"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.radius, theme.radius)
        box = QRectF(self.rect())
        if self._secret:
            radius = theme.mm(2, 1.4)
            pitch = radius * 3.6
            shown = max(4, len(self._digits))
            for number in range(shown):
                x = box.center().x() + (number - (shown - 1) / 2) * pitch
                painter.setPen(QPen(theme.colour("text"), max(2, theme.line)))
                painter.setBrush(theme.colour("text") if number < len(self._digits) else Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QRectF(x - radius, box.center().y() - radius, 2 * radius, 2 * radius))
        else:
            painter.setPen(theme.colour("text" if self._digits else "muted"))
            font = theme.font(Role.ITEM, True) if self._digits else theme.font(Role.LABEL)
            draw_text(painter, box, self._digits or self._hint, font, 1.2, centre=True)
        painter.end()


class Keypad(QWidget):
    """Keys of 20 mm, never shuffled: 3 x 4 with Xóa at the left and Xong at the right; 6 x 2 on a small panel.

    `narrow`: on a small panel only as wide as the place beside the lamp, so its keys are 15 mm wide. `done` carries
    the digits.
    """

    done = Signal(str)
    changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        words: Words,
        *,
        secret: bool,
        most: int,
        hint: str = "",
        name: str = "keypad",
        narrow: bool = False,
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self._most, self._digits = most, ""
        narrow = narrow and not theme.wide
        self._key_width = theme.finger(15) if narrow else None
        apart = theme.mm(3, 1.5 if narrow else 3)
        self._field = CodeField(theme, secret=secret, hint=hint)
        keys = QGridLayout()
        keys.setHorizontalSpacing(apart)
        keys.setVerticalSpacing(theme.mm(3, 1.6))
        erase = Button(theme, f"{name}_erase", words("ui.erase"), least_width=self._key_width)
        self._ok = Button(theme, f"{name}_done", words("ui.done"), kind=Kind.PRIMARY, least_width=self._key_width)
        digits: list[Button] = [self._key(theme, str(digit)) for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)]
        row, columns = [*digits[:9], erase, digits[9], self._ok], 3
        if not theme.wide:
            row, columns = [*digits[:5], erase, *digits[5:], self._ok], 6
        for number, key in enumerate(row):
            keys.addWidget(key, number // columns, number % columns)
            keys.setColumnMinimumWidth(number % columns, self._key_width or theme.mm(27, 20))
        erase.clicked.connect(self._erase)
        self._ok.clicked.connect(lambda: self.done.emit(self._digits))
        self.said = column()  # beside the digits on a small panel: what is asked for
        head = line(self._field, gap=theme.mm(3, 3))
        head.addLayout(self.said, 1)
        self.setLayout(column(head, keys, *(() if theme.wide else (-1,)), gap=theme.mm(3, 1.6)))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy.Policy
        if theme.wide:
            self.setSizePolicy(policy.Fixed, policy.Fixed)
        else:  # what is asked beside the digits may take several lines
            self.setSizePolicy(policy.Maximum, policy.Preferred)

    def clear(self) -> None:
        self._set("")

    def digits(self) -> str:
        return self._digits

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isdigit() and event.text().isascii():
            self._type(event.text())
        elif event.key() == Qt.Key.Key_Backspace:
            self._set(self._digits[:-1])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.done.emit(self._digits)
        else:
            super().keyPressEvent(event)

    def _key(self, theme: Theme, digit: str) -> Button:
        key = FastKey(theme, f"{self.objectName()}_{digit}", digit, least_width=self._key_width)
        key.clicked.connect(lambda _=False: self._type(digit))
        return key

    def _type(self, digit: str) -> None:
        if len(self._digits) < self._most:
            self._set(self._digits + digit)

    def _erase(self) -> None:
        self._set(self._digits[:-1])

    def _set(self, digits: str) -> None:
        self._digits = digits
        self._field.set_digits(digits)
        self.changed.emit(digits)


class FastKey(Button):
    """A keypad's key: two touches in a row are two digits, not a tremble."""

    def guarded(self) -> bool:
        return False


class ChoiceGroup(QWidget):
    """A few answers, one chosen. `chosen` carries its id."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str, choices: tuple[tuple[str, str], ...], *, columns: int = 1) -> None:
        super().__init__()
        self._buttons: dict[str, Choice] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.mm(3, 3))
        for number, (id, words) in enumerate(choices):
            button = Choice(theme, f"{name}_{id}", words)
            button.clicked.connect(lambda _=False, id=id: self._pick(id))
            self._buttons[id] = button
            grid.addWidget(button, number // columns, number % columns)

    def set_chosen(self, chosen: str) -> None:
        for id, button in self._buttons.items():
            button.set_chosen(id == chosen)

    def current(self) -> str:
        return next((id for id, button in self._buttons.items() if button.chosen()), "")

    def _pick(self, id: str) -> None:
        self.set_chosen(id)
        self.chosen.emit(id)
