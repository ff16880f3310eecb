"""Every question that can be laid over a page, one after another, on a panel of any size."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtWidgets import QApplication

from devices.contract import Ability, Layout
from roomapp.events import Place, Refused, RoomView, TrialView
from tests.screens.roads import LINKS, SITES
from ui.pages.books.asks import TOPICS, Question, QuestionSheet
from ui.pages.books.letters import LetterSheet
from ui.pages.chair import AddSheet
from ui.pages.join.asks import PaperSheet
from ui.pages.meeting import asks, more
from ui.pages.sticks import for_whom, with_stick
from ui.pages.who import CodeSheet, ask_roster, ask_who
from ui.widgets.seat_sheet import SeatSheet
from ui.window import Panel

ABLE = frozenset({Ability.LAYOUT, Ability.PARTICIPANTS, Ability.HAND, Ability.TONES, Ability.WINDOW})


def asked_in_meeting(panel: Panel, view: RoomView) -> Iterator[str]:
    """Yields the name of each question while it stands, where the road of the meeting can do all."""
    words = panel.words
    call = replace(view.call, abilities=ABLE, participants=SITES, layout=Layout.SPEAKER, other_road="Trình duyệt Edge")
    trial = TrialView(
        "trial",
        words=(
            words("trial.in", width=1280),
            words("trial.out"),
            words("trial.throughput_bad", name=LINKS[0], up=words.decimal(0.3), down=words.decimal(0.2)),
            words("trial.throughput_unknown", name=LINKS[1]),
        ),
    )
    view = replace(view, call=call, trial=trial)
    refused = Refused(words("trial.held_unconfirmed"), words("trial.held_unconfirmed_remedy"), view.articles["leave"])
    in_meeting = {
        "help": panel._call_help,
        "incident": panel._report,
        "leave": lambda: asks.ask_leave(panel, view),
        "override": lambda: asks.ask_override(panel, view),
        "recording": lambda: asks.ask_recording(panel),
        "sound": lambda: panel.open_sheet(asks.SoundSheet(panel, view)),
        "more": lambda: panel.open_sheet(more.MoreSheet(panel, view)),
        "tones": lambda: panel.open_sheet(more.TonesSheet(panel)),
        "participants": lambda: more._show_names(panel, SITES),
        "change_road": lambda: more._ask_change_road(panel, view),
        "trial": lambda: panel.open_sheet(more.TrialSheet(panel, trial)),
        "refused": lambda: panel._refused(refused),
    }
    return _each(panel, Place.MEETING, view, in_meeting)


def asked_at_home(panel: Panel, view: RoomView) -> Iterator[str]:
    """The same over a page of its own width; the registers' and the seats' questions too."""
    topics = Question(
        "topic", panel.words("book.ask_topic"), tuple((one, panel.words(f"book.topic_{one}")) for one in TOPICS)
    )
    people = Question("people", panel.words("book.ask_people"))
    questions = {
        "help": panel._call_help,
        "incident": panel._report,
        "who": lambda: ask_who(panel),
        "code": lambda: panel.open_sheet(CodeSheet(panel, 1, "Nguyễn Thị Thanh Hương")),
        "paper": lambda: panel.open_sheet(PaperSheet(panel, view.articles["other_system"], lambda _paper: None)),
        "for_whom": lambda: for_whom(panel, lambda _who: None),
        "no_stick": lambda: with_stick(panel, lambda _stick: None),
        "roster": lambda: ask_roster(panel, "practice"),
        "topic": lambda: panel.open_sheet(QuestionSheet(panel, topics, lambda _topic: None)),
        "people": lambda: panel.open_sheet(QuestionSheet(panel, people, lambda _people: None)),
        "letters": lambda: panel.open_sheet(LetterSheet(panel, list(SITES), "", lambda _found: None)),
        "sites": lambda: panel.open_sheet(AddSheet(panel, SITES)),
        "seats": lambda: panel.open_sheet(
            SeatSheet(panel, panel.words("ui.save_for"), view.seats, lambda _: None, "save")
        ),
    }
    return _each(panel, Place.HOME, view, questions)


def _each(panel: Panel, place: Place, view: RoomView, questions: dict[str, Callable[[], None]]) -> Iterator[str]:
    panel.bring(place)
    panel.show_room(view)
    for name, ask in questions.items():
        ask()
        for _ in range(6):
            QApplication.processEvents()
        yield f"{place}-{name}"
        panel.close_sheet()
