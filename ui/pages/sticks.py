"""What leaves the room: for whom it is, and on which USB stick.

One stick is taken at once, of several one is picked, without any it is said what to do.
"""

from collections.abc import Callable

from devices.contract import Stick
from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column
from ui.widgets.sheets import PickSheet, Sheet
from ui.widgets.text import Text

RECIPIENTS = ("own", "department", "province", "party", "other")


def for_whom(shell: Shell, act: Callable[[str], None]) -> None:
    """Art. 16.2: nothing leaves without a word for whom it is; `act` gets one of RECIPIENTS, which its row keeps."""

    def pick(who: str) -> None:
        shell.close_sheet()
        act(who)

    choices = tuple((who, shell.words(f"book.for_{who}")) for who in RECIPIENTS)
    shell.open_sheet(PickSheet(shell, shell.words("book.for_whom"), choices, pick, "for"))


def with_stick(shell: Shell, act: Callable[[Stick], None]) -> None:
    sticks = shell.room.sticks()
    if not sticks:
        tell(shell, shell.words("book.no_stick"), shell.words("book.no_stick_remedy"))
    elif len(sticks) == 1:
        act(sticks[0])
    else:

        def pick(number: str) -> None:
            shell.close_sheet()
            act(sticks[int(number)])

        choices = tuple((str(number), stick.name) for number, stick in enumerate(sticks))
        shell.open_sheet(PickSheet(shell, shell.words("book.which_stick"), choices, pick, "stick"))


def tell(shell: Shell, sentence: str, remedy: str = "") -> None:
    """One sentence and its next step, over the page."""
    theme = shell.theme
    box = column(Text(theme, sentence, Role.TITLE, bold=True, name="refused_sentence"), gap=theme.mm(4, 2))
    if remedy:
        box.addWidget(Text(theme, remedy, name="refused_remedy"))
    box.addStretch(1)
    shell.open_sheet(Sheet(shell, box, "sheet_refused", scrolls=True))
