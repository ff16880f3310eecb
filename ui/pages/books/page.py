"""Sổ sách: which register, its lines, and for each of them what an officer may do."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from devices.contract import Stick
from roomapp.events import Place, RoomView
from roomapp.records.registers.book_files import title
from roomapp.records.registers.books import Kept
from roomapp.rules.books import Book
from ui.page import BandWish, Page
from ui.pages.books.asks import Form, ask, fields_of, may_add, questions_of
from ui.pages.books.lines import line_of
from ui.pages.books.records import INCIDENT, MEETING, RecordShelf
from ui.pages.sticks import for_whom, tell, with_stick
from ui.theme import Role
from ui.widgets.boxes import Card, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.rows import RowList, TouchScroll
from ui.widgets.sheets import ChoiceSheet, PickSheet, Sheet
from ui.widgets.text import Text

MOST_SHOWN = 200
REPORT = "report"
RECORDS = {"meetings": MEETING, "incidents": INCIDENT}  # shelves that are folded from the meetings' own rows
REMOVED = ("mistake", "moved", "other")


class BooksPage(Page):
    place = Place.BOOKS
    scrolls_itself = True

    def build(self, outer: QVBoxLayout) -> None:
        theme, words = self.theme, self.words
        self.title.set_words(words("ui.books"))
        self.step.hide()
        self.pills.hide()
        self._book: Book | None = Book.EQUIPMENT if theme.wide else None
        self._alerts = Text(theme, "", Role.BODY, bold=True, colour="on_warn", name="book_alerts")
        self._alert_card = Card(theme, line(self._alerts), pad=theme.mm(4, 1.6), fill="warn")
        records = tuple((name, words(f"record.{name}")) for name in RECORDS)
        choices = ((REPORT, words("paper.page")), *records, *((str(book), words(f"book.{book}")) for book in Book))
        self._group = ChoiceGroup(theme, "book", choices, columns=1 if theme.wide else 2)
        self._group.chosen.connect(self._pick)
        self._rows = RowList(theme)
        self._rows.picked.connect(self._open)
        self._empty = Text(theme, words("book.empty"), Role.BODY, name="book_empty")
        nothing = QWidget()
        nothing.setLayout(column(self._empty, -1))
        self._entries = QStackedWidget()
        self._entries.addWidget(nothing)
        self._entries.addWidget(self._rows)
        self._records = RecordShelf(self.shell)
        self._record = ""  # which of RECORDS is shown instead of a book
        self._entries.addWidget(self._records)
        self._stack = QStackedWidget()
        shelves = TouchScroll(theme, self._group)
        outer.addWidget(self._alert_card)
        if theme.wide:
            row = line(gap=theme.mm(8, 3))
            row.addWidget(shelves, 34)
            row.addWidget(Card(theme, column(self._entries), pad=theme.mm(4, 2)), 66)
            outer.addLayout(row, 1)
        else:
            self._stack.addWidget(shelves)
            self._stack.addWidget(self._entries)
            outer.addWidget(self._stack, 1)
        self._shown: object = None

    def show_like(self, other: Page) -> None:
        assert isinstance(other, BooksPage)
        self._book, self._record = other._book, other._record
        self._records.show_like(other._records)
        self.shell.touched()

    def entered(self) -> None:
        if self._record:
            self._records.look(RECORDS[self._record])

    def show_view(self, view: RoomView) -> BandWish:
        alerts = "\n".join(view.book_alerts)
        self._alerts.set_words(alerts, "on_warn")
        self._alert_card.setVisible(bool(alerts) and (self.theme.wide or not (self._book or self._record)))
        self._show_book()
        return self._wish()

    def _show_book(self) -> None:
        book, words = self._book, self.words
        if not self.theme.wide:
            self._stack.setCurrentIndex(1 if book or self._record else 0)
            named = words(f"record.{self._record}") if self._record else words("ui.books")
            self.title.set_words(words(f"book.{book}") if book else named)
        if self._record:
            self._group.set_chosen(self._record)
            self._entries.setCurrentWidget(self._records)
        if book is None:
            return
        self._group.set_chosen(str(book))
        entries = self.shell.room.entries(book)
        if (book, entries) != self._shown:
            self._shown = book, entries
            rows = tuple(line_of(book, kept, self.shell.room) for kept in reversed(entries[-MOST_SHOWN:]))
            self._rows.show_rows(rows, "")
        self._entries.setCurrentIndex(1 if entries else 0)

    def _wish(self) -> BandWish:
        words, book = self.words, self._book
        back = Action("books_back", words("ui.back"), "left", Kind.SECONDARY, self._back)
        if self._record:
            said = self._records.searched()
            find = Action("record_find", said, "", Kind.SECONDARY, self._records.ask_letters)
            return BandWish(Action("books_back", words("ui.back"), "left", Kind.PRIMARY, self._back), (find,))
        if book is None:
            return BandWish(Action("books_back", words("ui.back"), "left", Kind.PRIMARY, self._back))
        wide = self.theme.wide
        out_said, in_said = (
            words("ui.to_usb" if wide else "ui.to_usb_2"),
            words("book.from_usb" if wide else "book.from_usb_2"),
        )
        out = Action("book_out", out_said, "usb", Kind.SECONDARY, self._to_stick)
        into = Action("book_in", in_said, "usb", Kind.SECONDARY, self._from_stick)
        if may_add(book):
            add = Action("book_add", words("book.add"), "save", Kind.PRIMARY, self._add)
            return BandWish(add, (back, into, out) if wide else (back, out))
        return BandWish(Action("book_in", in_said, "usb", Kind.PRIMARY, self._from_stick), (back, out))

    def _back(self) -> None:
        if (self._book is not None or self._record) and not self.theme.wide:
            self._book, self._record = None, ""
            self.shell.touched()
        else:
            self.shell.go(Place.HOME)

    def _pick(self, book: str) -> None:
        if book == REPORT:
            self._group.set_chosen(str(self._book) if self._book else self._record)
            self.shell.go(Place.REPORT)
            return
        if book in RECORDS:
            self._book, self._record = None, book
            self._records.look(RECORDS[book])
        else:
            self._book, self._record = Book(book), ""
        self.shell.touched()

    # --- entries ---

    def _add(self) -> None:
        book, room = self._book, self.shell.room
        assert book is not None
        questions = questions_of(book, room)
        if book is Book.EQUIPMENT and not room.unlisted_devices():
            tell(self.shell, self.words("book.all_listed"))
            return

        def done(answers: dict[str, str]) -> None:
            self.shell.do(room.put_entry(book, fields_of(book, answers, room)))

        ask(self.shell, Form(questions, done))

    def _open(self, id: str) -> None:
        book = self._book
        kept = next((one for one in self.shell.room.entries(book) if one.id == id), None) if book else None
        if book is not None and kept is not None:
            self.shell.open_sheet(EntrySheet(self, book, kept))

    def ask_remove(self, book: Book, kept: Kept) -> None:
        words, shell = self.words, self.shell
        reasons = tuple((one, words(f"book.removed_{one}")) for one in REMOVED)

        def remove(why: str) -> None:
            shell.close_sheet()
            shell.do(shell.room.remove_entry(book, kept.id, why))

        question, act = words("book.remove_question"), words("book.remove")
        name = line_of(book, kept, shell.room).name
        shell.open_sheet(ChoiceSheet(shell, question, name, reasons, act, remove, name="remove"))

    # --- files ---

    def _to_stick(self) -> None:
        book, shell = self._book, self.shell
        assert book is not None
        with_stick(
            shell, lambda stick: for_whom(shell, lambda who: shell.do(shell.room.book_to_stick(book, stick, who)))
        )

    def _from_stick(self) -> None:
        with_stick(self.shell, self._pick_file)

    def _pick_file(self, stick: Stick) -> None:
        book, room, words = self._book, self.shell.room, self.words
        assert book is not None
        files = room.tables_on(stick)
        if not files:
            tell(self.shell, words("book.no_table"), words("book.no_table_remedy"))
            return

        def take(chosen: str) -> None:
            self.shell.close_sheet()
            self.shell.do(room.book_from_file(book, files[int(chosen)]))

        choices = tuple((str(n), one.name) for n, one in enumerate(files))
        self.shell.open_sheet(PickSheet(self.shell, words("book.which_file"), choices, take, "file"))


class EntrySheet(Sheet):
    """Everything that one entry says; taking it out of the register asks for the reason."""

    def __init__(self, page: BooksPage, book: Book, kept: Kept) -> None:
        theme, words, room = page.theme, page.words, page.shell.room
        cells = column(gap=theme.mm(2, 1))
        for key, said in room.cells(book, kept).items():
            if said and key != "id":
                label = Text(theme, title(key, words), Role.LABEL, colour="muted")
                cells.addLayout(column(label, Text(theme, said, Role.BODY)))
        cells.addStretch(1)
        inner = QWidget()
        inner.setLayout(cells)
        remove = Button(theme, "entry_remove", words("book.remove"), kind=Kind.GUARDED)
        remove.clicked.connect(lambda: page.ask_remove(book, kept))
        box = column(gap=theme.mm(3, 1.5))
        box.addWidget(Text(theme, line_of(book, kept, room).name, Role.TITLE, bold=True))
        box.addWidget(TouchScroll(theme, inner), 1)
        box.addLayout(line(remove, -1))
        super().__init__(page.shell, box, "sheet_entry")
