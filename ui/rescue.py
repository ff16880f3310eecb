"""The page of a room whose profile cannot be used: what is wrong, where, what to do, and whom to call."""

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from roomapp.events import RowState
from roomapp.profile import Fault
from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.boxes import Card, column, line
from ui.widgets.marks import Mark
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text

PHONE = re.compile(r'phone\s*=\s*"([0-9 +().-]{6,20})"')


class RescuePage(QWidget):
    """Nothing on it can be pressed: the technician mends the file, the room opens again."""

    def __init__(self, theme: Theme, words: Words, faults: Sequence[Fault], path: Path) -> None:
        super().__init__()
        self.setObjectName("page_rescue")
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAutoFillBackground(True)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), theme.colour("page"))
        self.setPalette(palette)
        title = Text(theme, words("rescue.title"), Role.TITLE, bold=True, name="rescue_title")
        head = line(Mark(theme, RowState.FAILED, theme.mm(14, 6.5)), title, gap=theme.mm(6, 3))
        head.setStretch(1, 1)
        phone = phone_in(path)
        call = Text(
            theme, words("rescue.call", phone=phone) if phone else words("rescue.call_agency"), Role.ITEM, bold=True
        )
        rows = QVBoxLayout()
        rows.setSpacing(theme.small_gap)
        for fault in faults:
            said = column(
                Text(theme, fault.problem, Role.BODY, bold=True),
                Text(theme, f"{fault.where}. {fault.remedy}", Role.LABEL, colour="muted"),
            )
            rows.addWidget(Card(theme, said, pad=theme.mm(5, 2.4)))
        rows.addStretch(1)
        inner = QWidget()
        inner.setLayout(rows)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.margin, theme.margin, theme.margin, theme.margin)
        box.setSpacing(theme.mm(5, 2.4))
        box.addLayout(head)
        box.addWidget(call)
        box.addWidget(TouchScroll(theme, inner), 1)


def phone_in(path: Path) -> str:
    """The first number of a broken profile's contacts, if one can be read in it."""
    try:
        text = path.read_bytes()[:1_000_000].decode("utf-8", "replace")
    except OSError:
        return ""
    found = PHONE.search(text)
    return found[1].strip() if found else ""
