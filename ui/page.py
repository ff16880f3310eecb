"""What every page is: a title, a body, its part of the bottom band; it shows a RoomView and computes nothing."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from roomapp.events import Place, RoomView, RowState
from roomapp.running.room import Room
from roomapp.words import Words
from ui.theme import Role, Theme
from ui.widgets.boxes import Pills
from ui.widgets.frame import Action, BottomBand, TopBand
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text


class Shell(Protocol):
    """What a page may ask of the window around it."""

    theme: Theme
    words: Words
    room: Room
    top: TopBand
    band: BottomBand

    def do(self, work: Coroutine[Any, Any, object]) -> None:
        """Hands a thing that a person asked to the room."""

    def go(self, place: Place) -> None:
        """Shows a page."""

    def open_card(self, meeting: str) -> None:
        """Shows one meeting of the calendar."""

    def open_sheet(self, sheet: QWidget) -> None:
        """Lays a question over the page."""

    def close_sheet(self) -> None:
        """Takes it away."""

    def touched(self) -> None:
        """Renders the page again (its own choices changed)."""

    def stage_picture(self) -> bytes:
        """What the stage shows now, as a PNG so coarse that no name and no face can be made out; empty: none."""


@dataclass(frozen=True, slots=True)
class BandWish:
    """What the page wants in the bottom band."""

    primary: Action | None = None
    others: tuple[Action, ...] = ()
    middle: Action | None = None
    saying: str = ""


class Page(QWidget):
    """Base of all pages. Subclasses build once in build(), and show a view in show_view()."""

    place: Place
    whole_width = False  # True: the page lays its own margins (the meeting)
    scrolls_itself = False  # True: its parts are moved by a finger, not the whole
    titled = True

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        self.shell = shell
        self.theme, self.words = shell.theme, shell.words
        self.setObjectName(f"page_{self.place}")
        theme = self.theme
        outer = QVBoxLayout(self)
        outer.setSpacing(theme.small_gap if not theme.wide else theme.mm(4, 1.5))
        if self.whole_width:
            outer.setContentsMargins(0, 0, 0, 0)
        else:
            top = theme.mm(6, 2)
            outer.setContentsMargins(theme.margin, top, theme.margin, theme.mm(6, 2))
        self.title = Text(theme, "", Role.TITLE, bold=True, wrap=False, name="page_title")
        self.step = Text(theme, "", Role.BODY, bold=True, wrap=False, name="step_of")
        self.pills = Pills(theme)
        header = QHBoxLayout()
        header.setSpacing(theme.mm(5, 3))
        header.addWidget(self.title)
        header.addStretch(1)
        header.addWidget(self.step)
        header.addWidget(self.pills)
        if self.titled:
            outer.addLayout(header)
        if theme.small_with_large_text and not (self.whole_width or self.scrolls_itself):
            inner = QWidget()
            body = QVBoxLayout(inner)
            body.setContentsMargins(0, 0, 0, 0)
            body.setSpacing(outer.spacing())
            outer.addWidget(TouchScroll(theme, inner), 1)
            self.build(body)
        else:
            self.build(outer)

    def build(self, outer: QVBoxLayout) -> None:
        raise AssertionError("a page builds its own body")

    def show_view(self, view: RoomView) -> BandWish:
        raise AssertionError("a page shows a view")

    def show_like(self, other: "Page") -> None:
        """As far in as the other one is (pictures of the same room on another panel)."""

    def entered(self) -> None:
        """The page has come to the front."""

    def left(self) -> None:
        """Another page has come to the front."""

    def band_state(self, view: RoomView) -> tuple[tuple[RowState, str] | None, str, str, str]:
        """What the top band says while this page is in front: state, fill, ink, words at the right."""
        return None, "card", "text", ""

    def show_steps(self, title: str, view: RoomView) -> None:
        """The step header: title left, “Bước 6 / 9” and pills right."""
        self.title.set_words(title)
        checklist = view.checklist
        shown = checklist is not None
        self.step.setVisible(shown)
        self.pills.setVisible(shown)
        if checklist is not None:
            steps = len(checklist.rows)
            at = min(checklist.at_step, steps)
            self.step.set_words(self.words("ui.step_of", n=at, m=steps))
            self.pills.set_steps(checklist.at_step, steps)


Doer = Callable[[Coroutine[Any, Any, object]], None]
