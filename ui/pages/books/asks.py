"""An entry by touch alone: one question after another, each answered by one touch or by figures."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

from roomapp.rules.books import Book, Staff
from roomapp.rules.books.entries import UpkeepKind
from roomapp.running.room import Room
from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column
from ui.widgets.inputs import ChoiceGroup, Keypad
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import Sheet
from ui.widgets.text import Text

DAYS_BACK = 8
TOPICS = ("operation", "security", "practice", "other")
OPINIONS = ("link", "staff", "old_equipment", "training", "money", "power")


@dataclass(frozen=True, slots=True)
class Question:
    """`choices` (id, words); without any, figures are typed, at most `most` of them."""

    field: str
    words: str
    choices: tuple[tuple[str, str], ...] = ()
    most: int = 4


@dataclass(slots=True)
class Form:
    """The answers so far; `done` gets them all."""

    questions: tuple[Question, ...]
    done: Callable[[dict[str, str]], None]
    answers: dict[str, str] = field(default_factory=dict)


class QuestionSheet(Sheet):
    """One question; its answer leads to the next one."""

    def __init__(self, shell: Shell, question: Question, answer: Callable[[str], None]) -> None:
        theme = shell.theme
        beside = not (theme.wide or question.choices)  # the keys of a small panel need all the height
        said = Text(theme, question.words, Role.BODY if beside else Role.TITLE, bold=True, name="question")
        box = column(gap=theme.mm(3, 1.5)) if beside else column(said, gap=theme.mm(3, 1.5))
        if question.choices:
            group = ChoiceGroup(theme, question.field, question.choices, columns=2)
            group.chosen.connect(answer)
            box.addWidget(TouchScroll(theme, group), 1)
        else:
            pad = Keypad(theme, shell.words, secret=False, most=question.most, name=question.field)
            pad.done.connect(lambda digits: answer(digits) if digits else None)
            if beside:
                pad.said.addWidget(said)
                box.addWidget(TouchScroll(theme, pad), 1)
            else:
                box.addWidget(pad)
                box.addStretch(1)
        super().__init__(shell, box, f"sheet_{question.field}")


def ask(shell: Shell, form: Form) -> None:
    """Opens the first question that has no answer yet; after the last one the form is done."""
    left = [one for one in form.questions if one.field not in form.answers]
    if not left:
        shell.close_sheet()
        form.done(form.answers)
        return

    def answer(value: str) -> None:
        form.answers[left[0].field] = value
        ask(shell, form)

    shell.open_sheet(QuestionSheet(shell, left[0], answer))


def may_add(book: Book) -> bool:
    """Whether an entry can be made by touch; the others come from files, or from the devices themselves."""
    return book in (Book.UPKEEP, Book.TRAINING, Book.OPINIONS, Book.EQUIPMENT)


def questions_of(book: Book, room: Room) -> tuple[Question, ...]:
    words = room.words
    day = Question("day", words("book.ask_day"), _days(room))
    if book is Book.UPKEEP:
        kinds = tuple((str(one), words(f"book.upkeepkind_{one}")) for one in UpkeepKind)
        return (
            Question("kind", words("book.ask_kind"), kinds),
            Question("equipment", words("book.ask_equipment"), _devices(room)),
            Question("done_by", words("book.ask_done_by"), _people(room)),
            day,
        )
    if book is Book.TRAINING:
        topics = tuple((words(f"book.topic_{one}"), words(f"book.topic_{one}")) for one in TOPICS)
        people = Question("people", words("book.ask_people"), most=4)
        return (Question("topic", words("book.ask_topic"), topics), people, day)
    if book is Book.OPINIONS:
        said = tuple((words(f"book.opinion_{one}"), words(f"book.opinion_{one}")) for one in OPINIONS)
        return (Question("text", words("book.ask_opinion"), said), day)
    return (Question("device", words("book.ask_device"), room.unlisted_devices()),)


def fields_of(book: Book, answers: dict[str, str], room: Room) -> dict[str, object]:
    """The answers as the entry's fields."""
    fields: dict[str, object] = dict(answers)
    for name in ("done_by", "people"):
        if name in answers:
            fields[name] = int(answers[name])
    if book is Book.UPKEEP and answers["equipment"] == "all":
        fields["equipment"] = room.words("book.all_equipment")
    if book is Book.EQUIPMENT:
        device = answers["device"]
        kind = device.partition(".")[0]
        fields |= {"name": dict(room.unlisted_devices())[device], "owner": room.profile.site.unit}
        fields["kind"] = kind if f"book.devicekind_{kind}" in room.words else "other"
    return fields


def _days(room: Room) -> tuple[tuple[str, str], ...]:
    today = room.today()
    named = {0: room.words("ui.today_word"), 1: room.words("book.yesterday")}

    def name(back: int, day: date) -> str:
        return f"{named.get(back) or room.words(f'ui.weekday_{day.isoweekday()}')}, {day:%d/%m}"

    days = [(back, today - timedelta(days=back)) for back in range(DAYS_BACK)]
    return tuple((day.isoformat(), name(back, day)) for back, day in days)


def _devices(room: Room) -> tuple[tuple[str, str], ...]:
    listed = [str(room.cells(Book.EQUIPMENT, kept)["name"]) for kept in room.entries(Book.EQUIPMENT)]
    return (("all", room.words("book.all_equipment")), *((name, name) for name in dict.fromkeys(listed)))


def _people(room: Room) -> tuple[tuple[str, str], ...]:
    staff = [(str(person), name) for person, name in room.officers()]
    known = {str(one.person) for one in room.books.of(Staff)}
    return (*((person, name) for person, name in staff if person in known), ("0", room.words("book.somebody_else")))
