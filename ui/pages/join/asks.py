"""What the joining page asks before it acts: the consent paper of another system, without a keyboard."""

from collections.abc import Callable
from datetime import date

from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column
from ui.widgets.inputs import ChoiceGroup, Keypad
from ui.widgets.sheets import Sheet
from ui.widgets.text import Text

ISSUERS = ("department", "province", "party", "other")
MOST_NUMBER, DATE_DIGITS = 6, 8


def paper_date(digits: str) -> date | None:
    """ddmmyyyy as a day; None where it is none."""
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2])) if len(digits) == DATE_DIGITS else None
    except ValueError:
        return None


class PaperSheet(Sheet):
    """Art. 4.2: number, date and issuer of the written consent, one after another; `done` gets them as one line."""

    def __init__(self, shell: Shell, article: str, done: Callable[[str], None]) -> None:
        theme, words = shell.theme, shell.words
        self._words, self._number, self._day, self._done = words, "", "", done
        self._title = Text(theme, words("ui.paper_number"), Role.TITLE, bold=True, name="paper_title")
        self._ground = Text(theme, words("ui.paper_ground", article=article), Role.BODY, name="paper_ground")
        self._pad = Keypad(theme, words, secret=False, most=MOST_NUMBER, name="paper_pad")
        self._pad.done.connect(self._typed)
        issuers = tuple((one, words(f"ui.paper_by_{one}")) for one in ISSUERS)
        self._issuer = ChoiceGroup(theme, "paper_by", issuers, columns=2)
        self._issuer.chosen.connect(self._issued)
        self._issuer.hide()
        self._box = column(self._title, self._ground, self._pad, self._issuer, gap=theme.mm(3, 1.4))
        self._box.addStretch(1)
        super().__init__(shell, self._box, "sheet_paper")
        self._date_pad: Keypad | None = None

    def _typed(self, digits: str) -> None:
        if not digits.strip("0"):
            return
        self._number = digits
        self._pad.hide()
        self._title.set_words(self._words("ui.paper_date"))
        self._date_pad = Keypad(
            self.shell.theme, self._words, secret=False, most=DATE_DIGITS, hint="31122026", name="paper_date_pad"
        )
        self._date_pad.done.connect(self._dated)
        self._box.insertWidget(2, self._date_pad)

    def _dated(self, digits: str) -> None:
        day = paper_date(digits)
        if day is None:
            self._ground.set_words(self._words("ui.paper_date_wrong"), "danger")
            return
        self._day = f"{day:%d/%m/%Y}"
        if self._date_pad is not None:
            self._date_pad.hide()
        self._ground.set_words("")
        self._title.set_words(self._words("ui.paper_by"))
        self._issuer.show()

    def _issued(self, issuer: str) -> None:
        by = self._words(f"ui.paper_by_{issuer}")
        self.shell.close_sheet()
        self._done(self._words("ui.paper_said", number=self._number, day=self._day, by=by))
