"""What the joining page asks before it acts: the consent paper of another system, without a keyboard."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget

from roomapp.rules.consent_paper import ISSUERS, ConsentPaper
from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column
from ui.widgets.inputs import ChoiceGroup, Keypad
from ui.widgets.sheets import Sheet
from ui.widgets.text import Text

MOST_NUMBER, DATE_DIGITS, MOST_KNOWN = 6, 8, 3
ANOTHER, NO_END = "another", "none"


def paper_date(digits: str) -> date | None:
    """ddmmyyyy as a day; None where it is none."""
    try:
        return date(int(digits[4:]), int(digits[2:4]), int(digits[:2])) if len(digits) == DATE_DIGITS else None
    except ValueError:
        return None


class PaperSheet(Sheet):
    """Art. 4.2: number, date, issuer and validity of the written consent, one after another, or one used before."""

    def __init__(self, shell: Shell, article: str, done: Callable[[ConsentPaper], None]) -> None:
        theme, words = shell.theme, shell.words
        self._words, self._done, self._today = words, done, shell.room.today()
        self._number, self._issued, self._issuer = "", self._today, ""
        consents = shell.room.consents
        self._known = consents.holding(self._today)[:MOST_KNOWN]
        self._title = Text(theme, "", Role.TITLE if theme.wide else Role.ITEM, bold=True, name="paper_title")
        self._ground = Text(
            theme,
            words("ui.paper_ground", article=article),
            Role.BODY if theme.wide else Role.LABEL,
            name="paper_ground",
        )
        self._asked: QWidget | None = None
        self._box = column(self._title, self._ground, gap=theme.mm(3, 1.4))
        self._box.addStretch(1)
        super().__init__(shell, self._box, "sheet_paper", scrolls=True)
        if self._known:
            known = tuple((str(at), consents.said(paper)) for at, paper in enumerate(self._known))
            self._choose("known", (*known, (ANOTHER, words("ui.paper_another"))), self._chosen, columns=1)
        else:
            self._ask_number()

    def _ask(self, question: str, asked: QWidget) -> None:
        """The next question in the place of the one that was answered; beside the digits where keys need the height."""
        self._box.insertWidget(0, self._title)  # back from a pad that goes
        self._box.insertWidget(1, self._ground)
        if self._asked is not None:
            self._asked.hide()
            self._asked.deleteLater()
            self._ground.set_words("")
        self._title.set_words(self._words(f"ui.paper_{question}"))
        self._asked = asked
        if isinstance(asked, Keypad) and not self.shell.theme.wide:
            asked.said.addWidget(self._title)
            asked.said.addWidget(self._ground)
        self._box.insertWidget(2 if self._box.indexOf(self._title) == 0 else 0, asked)

    def _choose(
        self, question: str, choices: tuple[tuple[str, str], ...], then: Callable[[str], None], columns: int
    ) -> None:
        group = ChoiceGroup(self.shell.theme, f"paper_{question}", choices, columns=columns)
        group.chosen.connect(then)
        self._ask(question, group)

    def _ask_day(
        self, question: str, then: Callable[[date], None], refused: str, allows: Callable[[date], bool]
    ) -> None:
        pad = Keypad(
            self.shell.theme, self._words, secret=False, most=DATE_DIGITS, hint="31122026", name=f"paper_{question}_pad"
        )

        def typed(digits: str) -> None:
            day = paper_date(digits)
            if day is not None and allows(day):
                then(day)
            else:
                self._ground.set_words(self._words("ui.paper_date_wrong" if day is None else refused), "danger")

        pad.done.connect(typed)
        self._ask(question, pad)

    def _chosen(self, which: str) -> None:
        if which == ANOTHER:
            self._ask_number()
        else:
            self._end(self._known[int(which)])

    def _ask_number(self) -> None:
        pad = Keypad(self.shell.theme, self._words, secret=False, most=MOST_NUMBER, name="paper_pad")
        pad.done.connect(self._numbered)
        self._ask("number", pad)

    def _numbered(self, digits: str) -> None:
        if digits.strip("0"):
            self._number = digits
            self._ask_day("date", self._dated, "ui.paper_date_future", lambda day: day <= self._today)

    def _dated(self, day: date) -> None:
        self._issued = day
        self._choose(
            "by", tuple((one, self._words(f"consent.by_{one}")) for one in ISSUERS), self._issued_by, columns=2
        )

    def _issued_by(self, issuer: str) -> None:
        self._issuer = issuer
        ends = ((NO_END, self._words("ui.paper_until_none")), ("day", self._words("ui.paper_until_day")))
        self._choose("until", ends, self._limited, columns=2)

    def _limited(self, how: str) -> None:
        if how == NO_END:
            self._end(self._paper(None))
        else:
            self._ask_day("until", lambda day: self._end(self._paper(day)), "ui.paper_until_past", self._holds_until)

    def _holds_until(self, day: date) -> bool:
        return self._paper(day).holds_on(self._today)

    def _paper(self, until: date | None) -> ConsentPaper:
        return ConsentPaper(self._number, self._issued, self._issuer, until)

    def _end(self, paper: ConsentPaper) -> None:
        self.shell.close_sheet()
        self._done(paper)
