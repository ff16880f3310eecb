"""Báo cáo định kỳ: a period is picked, the paper is made and looked at, then printed or copied to a USB stick."""

import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from roomapp.events import PaperState, PaperView, Place, Refused, RoomView, RowState
from ui.page import BandWish, Page
from ui.pages.sticks import for_whom, with_stick
from ui.printing import print_pdf
from ui.theme import Role
from ui.widgets.boxes import Card, Rule, clear, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.marks import Mark
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text

LISTS = ("roster", "upkeep")
MARKS = {
    PaperState.MAKING: RowState.RUNNING,
    PaperState.READY: RowState.PASSED,
    PaperState.DOUBTFUL: RowState.WARNED,
    PaperState.FAILED: RowState.FAILED,
}


class PaperPage(QWidget):
    """One page of the paper, as wide as there is room."""

    def __init__(self, document: QPdfDocument) -> None:
        super().__init__()
        self.setObjectName("paper_page")
        self._document, self._page = document, 0
        self._drawn: tuple[int, QSize, QImage] | None = None
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_page(self, page: int) -> None:
        self._page, self._drawn = page, None
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        size = self._document.pagePointSize(self._page)
        return round(width * size.height() / size.width()) if size.width() else 0

    def sizeHint(self) -> QSize:
        return QSize(1, self.heightForWidth(self.width()))

    def paintEvent(self, _: QPaintEvent) -> None:
        if not self._document.pageCount():
            return
        size = QSize(self.width(), self.heightForWidth(self.width()))
        if self._drawn is None or self._drawn[:2] != (self._page, size):
            self._drawn = self._page, size, self._document.render(self._page, size)
        painter = QPainter(self)
        painter.fillRect(0, 0, size.width(), size.height(), Qt.GlobalColor.white)  # a page is drawn on nothing
        painter.drawImage(0, 0, self._drawn[2])
        painter.end()


class ReportPage(Page):
    place = Place.REPORT
    scrolls_itself = True

    def build(self, outer: QVBoxLayout) -> None:
        theme, words = self.theme, self.words
        self.title.set_words(words("paper.page"))
        self.pills.hide()
        self._document = QPdfDocument(self)
        self._loaded, self._page = "", 0
        self._view: PaperView | None = None
        self._asked_here = False
        self._periods = QVBoxLayout()
        choose = QWidget()
        choose.setLayout(self._periods)
        self._sheet = PaperPage(self._document)
        self._preview = TouchScroll(theme, self._sheet)
        side = QVBoxLayout()
        side.setSpacing(theme.mm(6, 3))
        side.addWidget(self._build_facts(), 1)
        side.addLayout(self._build_pages())
        shown = QWidget()
        row = line(gap=theme.mm(8, 3))
        row.addWidget(Card(theme, column(self._preview), pad=theme.mm(2, 1), fill="hairline"), 52 if theme.wide else 64)
        row.addLayout(side, 48 if theme.wide else 36)
        shown.setLayout(row)
        self._stack = QStackedWidget()
        self._stack.addWidget(TouchScroll(theme, choose))
        self._stack.addWidget(shown)
        outer.addWidget(self._stack, 1)

    def _build_facts(self) -> QWidget:
        theme = self.theme
        self._mark = Mark(theme, RowState.WAITING, theme.mm(10, 5))
        self._said = Text(theme, "", Role.TITLE if theme.wide else Role.ITEM, bold=True, name="paper_said")
        self._span = Text(theme, "", Role.BODY, colour="muted", name="paper_span")
        self._hint = Text(theme, "", Role.LABEL, colour="muted", name="paper_hint")
        self._facts = QVBoxLayout()
        self._facts.setSpacing(theme.mm(4, 1))
        head = line(self._mark, self._said, gap=theme.mm(5, 2))
        head.setStretch(1, 1)
        box = column(head, gap=theme.mm(4, 1))
        if theme.wide:
            box.addWidget(self._span)
            box.addWidget(Rule(theme))
        box.addLayout(self._facts)
        if theme.wide:
            box.addWidget(Rule(theme))
            box.addWidget(self._hint)
        box.addStretch(1)
        if theme.wide:
            return Card(theme, box, pad=theme.mm(7.5, 2.4))
        inner = QWidget()
        box.setContentsMargins(0, 0, 0, 0)
        inner.setLayout(box)
        return Card(theme, column(TouchScroll(theme, inner)), pad=theme.mm(3, 1.6))

    def _build_pages(self) -> QVBoxLayout:
        theme, words = self.theme, self.words
        wide = theme.wide
        self._before = Button(
            theme,
            "paper_before",
            words("paper.before" if wide else "paper.before_2"),
            "" if wide else "left",
            tall=not wide,
        )
        self._after = Button(
            theme,
            "paper_after",
            words("paper.after" if wide else "paper.after_2"),
            "" if wide else "right",
            tall=not wide,
        )
        self._before.clicked.connect(lambda: self._turn(-1))
        self._after.clicked.connect(lambda: self._turn(1))
        self._at = Text(theme, "", Role.BODY, bold=True, wrap=False, name="paper_at")
        row = (
            line(self._before, -1, self._at, -1, self._after, gap=theme.gap)
            if wide
            else line(self._before, self._after, gap=theme.gap)
        )
        return column(row)

    def show_view(self, view: RoomView) -> BandWish:
        paper, words = view.paper, self.words
        if paper is None and (self._view is not None or not self._periods.count()):
            self._show_periods()
        elif paper is not None and paper != self._view:
            self._show_paper(paper)
        self._view = paper
        self._stack.setCurrentIndex(0 if paper is None else 1)
        self.title.set_words(paper.title if paper is not None else words("paper.page"))
        self.step.set_words(paper.label if paper is not None else "")
        self.step.setVisible(paper is not None)
        if paper is None:
            back = Action("report_back", words("ui.back"), "left", Kind.PRIMARY, lambda: self.shell.go(Place.BOOKS))
            return BandWish(back)
        back = Action("report_back", words("ui.back"), "left", Kind.SECONDARY, self._put_away)
        if paper.state in (PaperState.MAKING, PaperState.FAILED):
            return BandWish(Action("report_back", words("ui.back"), "left", Kind.PRIMARY, self._put_away))
        said = words("ui.to_usb" if self.theme.wide else "ui.to_usb_2")
        out = Action("paper_out", said, "usb", Kind.SECONDARY, self._to_stick)
        return BandWish(Action("paper_print", words("paper.print"), "print", Kind.PRIMARY, self._print), (back, out))

    def entered(self) -> None:
        """What may be written about the next meeting is another thing each time."""
        if self._view is None:
            self._show_periods()

    def _put_away(self) -> None:
        """Back to where it was asked for: the periods here, or the shelf of a meeting or an incident."""
        self.shell.do(self.shell.room.put_paper_away())
        if not self._asked_here:
            self.shell.go(Place.BOOKS)

    def _show_periods(self) -> None:
        clear(self._periods)
        room, words = self.shell.room, self.words
        self._asked_here = False
        notices = room.notices()
        self._choices(words("paper.which"), "period", room.periods(), lambda text: room.make_report(text))
        others = tuple((kind, words(f"paper.kind_{kind}")) for kind in LISTS)
        self._choices(words("paper.others"), "other", others, lambda kind: room.make_paper(kind))
        if notices:
            of = dict(notices)
            letters = tuple((kind, words(f"paper.kind_{kind}")) for kind in of)
            self._choices(words("paper.next_meeting"), "other", letters, lambda kind: room.make_paper(kind, of[kind]))
        self._periods.addStretch(1)

    def _choices(
        self,
        title: str,
        name: str,
        choices: tuple[tuple[str, str], ...],
        make: Callable[[str], Coroutine[Any, Any, None]],
    ) -> None:
        def chosen(id: str) -> None:
            self._asked_here = True
            group.set_chosen("")
            self.shell.do(make(id))

        self._periods.addWidget(Text(self.theme, title, Role.ITEM, bold=True))
        group = ChoiceGroup(self.theme, name, choices, columns=2)
        group.chosen.connect(chosen)
        self._periods.addWidget(group)

    def _show_paper(self, paper: PaperView) -> None:
        theme = self.theme
        self._mark.set_state(MARKS[paper.state])
        short = not theme.wide and paper.state is PaperState.READY
        self._said.set_words(self.words("paper.ready_short") if short else paper.sentence)
        self._span.set_words(paper.span)
        self._hint.set_words(paper.hint)
        clear(self._facts)
        for key, value in paper.facts:
            name = self.words(f"paper.{key}" if theme.wide else f"paper.{key}_short")
            row = line(
                Text(theme, name, Role.BODY),
                Text(theme, value, Role.BODY, bold=True, wrap=theme.small_with_large_text),
                gap=theme.mm(4, 2),
            )
            row.setStretch(0, 1)
            self._facts.addLayout(row)
        if not theme.wide and paper.state is PaperState.FAILED:
            self._facts.addWidget(Text(theme, paper.hint, Role.BODY))
        if paper.pdf != self._loaded:
            self._loaded, self._page = paper.pdf, 0
            self._document.close()
            if paper.pdf:
                self._document.load(paper.pdf)
        self._turn(0)

    def _turn(self, by: int) -> None:
        """Another page of the preview; a missing file leaves it empty, the sentence says the rest."""
        pages = self._document.pageCount()
        self._page = max(0, min(pages - 1, self._page + by))
        self._before.set_kind(Kind.SECONDARY if self._page else Kind.NOT_NOW)
        self._after.set_kind(Kind.SECONDARY if self._page + 1 < pages else Kind.NOT_NOW)
        self._at.set_words(self.words("paper.page_of", n=self._page + 1, m=pages) if pages else "")
        self._sheet.show_page(self._page)
        self._preview.verticalScrollBar().setValue(0)

    def _to_stick(self) -> None:
        shell = self.shell
        with_stick(shell, lambda stick: for_whom(shell, lambda who: shell.do(shell.room.paper_to_stick(stick, who))))

    def _print(self) -> None:
        for_whom(self.shell, self._print_for)

    def _print_for(self, recipient: str) -> None:
        """In a thread of its own: a printing system that hangs must not hold the screen up."""
        printer = self.shell.room.profile.printer
        wanted, pdf = printer.name if printer is not None else "", Path(self._loaded)

        def work() -> None:
            done = print_pdf(pdf, wanted)
            words = self.words
            if done.refused:
                said = Refused(words(f"paper.{done.refused}"), words(f"paper.{done.refused}_remedy"))
            else:
                said = Refused(words("paper.sent", name=done.printer), words("paper.sent_remedy", n=done.pages))
                self.shell.room.tell_screen(lambda: self.shell.do(self.shell.room.paper_printed(recipient)))
            self.shell.room.parts.post(said)

        threading.Thread(target=work, name="printing", daemon=True).start()
