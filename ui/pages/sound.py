"""Âm thanh: keep silent, speak, and the verdict as a sentence; the loudspeaker is heard without a person."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from roomapp.events import Place, RoomView, RowState, SoundCard
from ui.page import BandWish, Page
from ui.theme import Role
from ui.widgets.boxes import Card, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.marks import Mark
from ui.widgets.needle import LOOK_MS, STALE_S, Needle
from ui.widgets.sound_bar import OF_POINTER, ZONE_EDGES_DBFS, SoundBar, place_of
from ui.widgets.text import Text


class CardFace(Card):
    """One of the three small cards: mark, what was done, what came out."""

    def __init__(self, page: "SoundPage", number: int) -> None:
        theme = page.theme
        self._mark = Mark(theme, RowState.WAITING, theme.mm(9.5, 5.6))
        self._title = Text(theme, "", Role.LABEL, colour="muted", name=f"sound_card_{number}_title")
        self._words = Text(theme, "", Role.BODY, bold=True, name=f"sound_card_{number}")
        row = line(self._mark, column(self._title, self._words), gap=theme.mm(5, 2.6))
        row.setStretch(1, 1)
        super().__init__(theme, row, pad=theme.mm(6, 2.4))

    def show_card(self, card: SoundCard) -> None:
        self._mark.set_state(card.state)
        self._title.set_words(card.title)
        self._words.set_words(card.words)


class SoundPage(Page):
    place = Place.SOUND

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self._mark = Mark(theme, RowState.WAITING, theme.mm(16, 6.4))
        self._sentence = Text(theme, "", Role.VERDICT, bold=True, name="sound_sentence")
        self._hint = Text(theme, "", Role.BODY, colour="muted", name="sound_hint")
        head = line(self._mark, column(self._sentence, self._hint), gap=theme.mm(6, 2.6))
        head.setStretch(1, 1)
        self._bar = SoundBar(theme, self.words)
        self._answers = QWidget()
        self._answers.setLayout(self._ear())
        box = column(head, -1, self._bar, self._answers, -1, gap=theme.mm(2, 1))
        outer.addWidget(Card(theme, box, pad=theme.mm(9, 2.8)), 1)
        self._cards = [CardFace(self, number) for number in range(3)]
        row = QHBoxLayout()
        row.setSpacing(theme.mm(5, 3))
        for card in self._cards:
            row.addWidget(card, 1)
        outer.addLayout(row)
        self._view: RoomView | None = None
        self._looked_at = time.monotonic()
        self._needle = Needle(ZONE_EDGES_DBFS[0])
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def _ear(self) -> QHBoxLayout:
        """The two answers of a person who listened: equal, neither is the one to press."""
        theme, room = self.theme, self.shell.room
        row = line(gap=theme.gap)
        for answer, heard, icon in (("yes", True, "check"), ("no", False, "cross")):
            button = Button(theme, f"ear_{answer}", self.words(f"ui.ear_{answer}"), icon, least_height=theme.mm(34, 15))
            button.clicked.connect(lambda _=False, heard=heard: self.shell.do(room.answer_ear(heard)))
            row.addWidget(button, 1)
        return row

    def entered(self) -> None:
        self._timer.start()
        if self._view is None or self._view.sound.stage == "idle":
            self._check()

    def left(self) -> None:
        self._timer.stop()

    def _check(self) -> None:
        self.shell.do(self.shell.room.check_sound())

    def _look(self) -> None:
        """The pointer follows what the microphone hears now; after the check it rests on what was measured."""
        view = self._view
        if view is None:
            return
        now = time.monotonic()
        passed_s, self._looked_at = now - self._looked_at, now
        sound = view.sound
        if sound.stage in ("silence", "speech"):
            level = self.shell.room.level()
            if level is not None and now - level.arrived < STALE_S:
                self._needle.move(level.rms_dbfs, passed_s)
                self._bar.show_place(place_of(self._needle.level_dbfs), OF_POINTER)
            else:
                self._needle.rest()
                self._bar.show_place(None, None)
        elif sound.stage == "done":
            self._bar.show_place(None if sound.level is None else place_of(sound.level), sound.zone)

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        sound = view.sound
        self.show_steps(self.words("ui.sound"), view)
        running = sound.stage in ("silence", "speech", "loudspeaker")
        state = RowState.RUNNING if running else sound.verdict
        self._mark.set_state(state)
        self._sentence.set_words(sound.sentence)
        self._hint.set_words(sound.hint)
        for face, card in zip(self._cards, sound.cards, strict=False):
            face.show_card(card)
        self._bar.setVisible(not sound.ask)
        self._answers.setVisible(bool(sound.ask))
        self._look()
        words = self.words
        if running:
            return BandWish(saying=words("ui.please_wait"))
        again = Action("recheck", words("ui.recheck"), "recheck", Kind.SECONDARY, self._check)
        if sound.stage == "idle":
            start = Action("recheck", words("ui.start_check"), "recheck", Kind.PRIMARY, self._check)
            return BandWish(start)
        if sound.ask:
            return BandWish(None, (again,))
        if sound.verdict is RowState.FAILED:
            primary = Action("recheck", words("ui.recheck"), "recheck", Kind.PRIMARY, self._check)
            back = Action("next_step", words("ui.back"), "left", Kind.SECONDARY, self._leave)
            return BandWish(primary, (back,))
        return BandWish(Action("next_step", words("ui.next_step"), "right", Kind.PRIMARY, self._next), (again,))

    def _next(self) -> None:
        self.shell.go(Place.FRAMING if self._view is not None and self._view.checklist else Place.HOME)

    def _leave(self) -> None:
        self.shell.go(Place.POWER_ON if self._view is not None and self._view.checklist else Place.HOME)
