"""Questions laid over a page: the title asks, the act stands at the left, Thôi takes the primary's place."""

from collections.abc import Callable

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

from roomapp.events import ContactView
from ui.page import Shell
from ui.theme import Role, Theme
from ui.widgets.boxes import Card, Rule, column, line
from ui.widgets.button import Button, Choice, Kind
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text

BESIDE_LAMP = 0.6  # of a small panel's width


class Sheet(QWidget):
    """Covers the place it is laid over with a calm ground and one card. Leaving it is always “Thôi”.

    `scrolls`: on a small panel a finger moves the content where it is higher than the card; the `foot` stands still.
    """

    def __init__(
        self, shell: Shell, content: QBoxLayout, name: str, *, foot: QLayout | None = None, scrolls: bool = False
    ) -> None:
        super().__init__()
        self.shell = shell
        self.setObjectName(name)
        theme = shell.theme
        if scrolls and not theme.wide:
            inner = QWidget()
            inner.setLayout(content)
            content = column(TouchScroll(theme, inner), gap=theme.mm(3, 1.4))
        if foot is not None:
            content.addLayout(foot)
        card = Card(theme, content, pad=theme.mm(9, 2.4))
        side = theme.mm(20, 0) if theme.wide else 0
        outer = line(margin=0)
        outer.setContentsMargins(side, theme.mm(5, 0) if theme.wide else 0, side, theme.mm(5, 0) if theme.wide else 0)
        outer.addWidget(card)
        self.setLayout(outer)

    def paintEvent(self, _: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(QRectF(self.rect()), self.shell.theme.colour("muted" if self.shell.theme.wide else "page"))
        painter.end()


def side_by_side(theme: Theme, choices: tuple[tuple[str, str], ...]) -> int:
    """How many of these choices stand beside each other on a small panel, left of the microphone's lamp: two or one."""
    widest = sorted(Choice(theme, id, words).minimumSizeHint().width() for id, words in choices)[-2:]
    return 2 if sum(widest) <= theme.panel.size.width() * BESIDE_LAMP else 1


class ChoiceSheet(Sheet):
    """A question whose act needs one answer chosen first (who allowed it, why it is skipped)."""

    def __init__(
        self,
        shell: Shell,
        title: str,
        ground: str,
        choices: tuple[tuple[str, str], ...],
        act: str,
        do: Callable[[str], None],
        *,
        name: str = "choice",
        icon: str = "",
        choose_words: str = "",
    ) -> None:
        theme, words = shell.theme, shell.words
        self._do = do
        self._group = ChoiceGroup(theme, name, choices, columns=1 if theme.wide else side_by_side(theme, choices))
        self._act = Button(theme, f"{name}_act", act, icon, Kind.NOT_NOW, least_height=theme.mm(20, 15))
        self._act.clicked.connect(self._go)
        self._group.chosen.connect(lambda _id: self._act.set_kind(Kind.GUARDED))
        box = column(gap=theme.mm(3, 1.4))
        box.addWidget(Text(theme, title, Role.TITLE, bold=True, name=f"{name}_title"))
        if ground:
            box.addWidget(Text(theme, ground, Role.BODY))
        if choose_words and not theme.small_with_large_text:
            box.addWidget(Text(theme, choose_words, Role.LABEL, bold=True))
        box.addWidget(self._group)
        box.addStretch(1)
        hint = Text(theme, words("ui.press_back"), Role.LABEL, colour="muted", align=Qt.AlignmentFlag.AlignVCenter)
        row = line(self._act, hint, gap=theme.mm(6, 3))
        row.setStretch(0, 1)
        row.setStretch(1, 1)
        super().__init__(shell, box, f"sheet_{name}", foot=row, scrolls=True)

    def _go(self) -> None:
        if self._group.current():
            self._do(self._group.current())


class ContactsSheet(Sheet):
    """Gọi hỗ trợ: whom to call now, in large figures; one touch logs that the call was made."""

    def __init__(self, shell: Shell, contacts: tuple[ContactView, ...], called: Callable[[ContactView], None]) -> None:
        theme, words = shell.theme, shell.words
        box = column(Text(theme, words("ui.call_help"), Role.TITLE, bold=True), gap=theme.mm(3, 1.2))
        if not contacts:
            box.addWidget(Text(theme, words("ui.no_contacts"), Role.BODY))
        for contact in contacts[: 4 if theme.wide else 3]:
            said = column(
                Text(theme, words(f"ui.contact_{contact.role}"), Role.LABEL, colour="muted"),
                Text(theme, contact.name, Role.BODY, bold=True),
            )
            number = Text(theme, contact.phone, Role.ITEM, bold=True, wrap=False, align=Qt.AlignmentFlag.AlignVCenter)
            done = Button(theme, f"called_{contact.role}", words("ui.called"), "phone", least_height=theme.mm(20, 15))
            done.clicked.connect(lambda _=False, c=contact: called(c))
            row = line(gap=theme.mm(6, 3))
            row.addLayout(said, 1)
            (row if theme.wide else said).addWidget(number)
            row.addWidget(done)
            box.addLayout(row)
            box.addWidget(Rule(theme))
        box.addStretch(1)
        super().__init__(shell, box, "sheet_help", scrolls=True)


class PickSheet(Sheet):
    """A list from which one touch picks (a cause, a remedy, an incident's kind)."""

    def __init__(
        self, shell: Shell, title: str, choices: tuple[tuple[str, str], ...], pick: Callable[[str], None], name: str
    ) -> None:
        theme = shell.theme
        box = column(Text(theme, title, Role.TITLE, bold=True), gap=theme.mm(3, 1.5))
        group = ChoiceGroup(theme, name, choices, columns=2 if theme.wide else side_by_side(theme, choices))
        group.chosen.connect(pick)
        box.addWidget(group)
        box.addStretch(1)
        super().__init__(shell, box, f"sheet_{name}", scrolls=True)
