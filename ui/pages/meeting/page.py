"""Trong cuộc họp: the conference, the microphone lamp, seats, loudspeaker, numbers; leaving is guarded."""

import math
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from roomapp.events import Lamp, Place, RoomView, RowState
from roomapp.rules.microphone import Override
from ui.page import BandWish, Page
from ui.pages.meeting.asks import SoundSheet, VolumeRow, ask_leave, ask_override
from ui.pages.meeting.more import MoreSheet, TrialSheet, has_more
from ui.pages.meeting.words import alert_words, length_words, numbers_words
from ui.theme import Role
from ui.widgets.boxes import Card, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.lamp import MicrophoneLamp
from ui.widgets.marks import Mark
from ui.widgets.needle import LOOK_MS, STALE_S, Needle
from ui.widgets.rows import TouchScroll
from ui.widgets.seat_sheet import ask_seat
from ui.widgets.seats import SeatingPlan
from ui.widgets.sound_bar import ZONE_EDGES_DBFS, place_of, zone_of
from ui.widgets.text import Text

TICK_MS = 250
WARN_S = 30.0  # so long before the end of the speaking time it is told
QUALITY = {0: "ui.mic_no_sound", 1: "ui.mic_quiet", 2: "ui.sound_ok", 3: "ui.sound_ok", 4: "ui.too_loud"}


class MeetingPage(Page):
    place = Place.MEETING
    whole_width = True
    titled = False

    def build(self, outer: QVBoxLayout) -> None:
        theme = self.theme
        self._volume: VolumeRow | None = None
        self._stage = QWidget()
        self._stage.setObjectName("conference_place")
        self.conference_layout = QStackedLayout(self._stage)
        self._said = Text(theme, "", Role.ITEM, name="meeting_stage_words")
        left = QVBoxLayout()
        left.setSpacing(0)
        left.setContentsMargins(0, 0, 0, 0)
        self._chair = Button(theme, "open_chair", self.words("chair.page"), "seat", least_height=theme.low_button)
        self._chair.clicked.connect(lambda: self.shell.go(Place.CHAIR))
        left.addWidget(self._build_state() if theme.wide else self._build_chair())
        left.addWidget(self._build_alert())
        left.addWidget(self._build_opening())
        left.addWidget(self._stage, 1)
        side = QWidget()
        side.setLayout(self._build_side())
        side.setFixedWidth(round(theme.panel.size.width() * (0.30 if theme.wide else 0.32)))
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(side)
        outer.addLayout(row, 1)
        self._view: RoomView | None = None
        self._needle, self._looked_at = Needle(ZONE_EDGES_DBFS[0]), time.monotonic()
        self._zone = 0
        self._sheet: SoundSheet | None = None
        self._trial_sheet: TrialSheet | None = None
        self._pictured = ""  # the trial whose stage was taken
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(LOOK_MS)
        self._look_timer.timeout.connect(self._look)

    def _build_state(self) -> QWidget:
        theme = self.theme
        self._mark = Mark(theme, RowState.WAITING, theme.mm(10))
        self._state = Text(theme, "", Role.TITLE, bold=True, wrap=True, most_lines=2, name="meeting_state")
        self._length = Text(theme, "", Role.BODY, wrap=False, name="meeting_length")
        row = line(self._mark, self._state, self._length, self._chair, gap=theme.mm(5))
        row.setStretch(1, 1)
        card = Card(theme, row, pad=0)
        row.setContentsMargins(theme.margin, theme.mm(2), theme.mm(8), theme.mm(2))
        card.setMinimumHeight(theme.mm(26))
        return card

    def _build_chair(self) -> QWidget:
        """On a small panel: who asks to speak, and the way to the page of a site that chairs (Art. 9.1.a, c)."""
        theme = self.theme
        self._asks = Text(theme, "", Role.BODY, bold=True, most_lines=2, name="asks_said")
        row = line(self._asks, self._chair, gap=theme.gap)
        row.setStretch(0, 1)
        self._chair_card = Card(theme, row)
        row.setContentsMargins(theme.margin, theme.mm(1), theme.small_gap, theme.mm(1))
        return self._chair_card

    def _show_chair(self, view: RoomView) -> None:
        """Hidden where this site is a member."""
        self._chair.setVisible(view.chair is not None)
        if not self.theme.wide:
            self._chair_card.setVisible(view.chair is not None)
            self._asks.set_words(view.chair.asks if view.chair is not None else "")

    def _build_alert(self) -> QWidget:
        """Only when something is wrong (003 khoản 3.c): one sentence that says what to do."""
        theme = self.theme
        self._alert = Text(theme, "", Role.BODY, bold=True, colour="on_warn", most_lines=2, name="camera_alert")
        self._alert_card = Card(theme, line(self._alert), pad=theme.mm(4, 1.6), fill="warn")
        self._alert_card.hide()
        return self._alert_card

    def _build_opening(self) -> QWidget:
        """At the planned time: one touch, and the meeting's minutes count from there."""
        theme, words = self.theme, self.words
        said = Text(theme, words("ui.opened_question"), Role.BODY, bold=True, most_lines=2, name="opened_question")
        button = Button(theme, "opened", words("ui.opened"), "check", least_height=theme.low_button)
        button.clicked.connect(lambda: self.shell.do(self.shell.room.declare_opening()))
        row = line(said, button, gap=theme.gap)
        row.setStretch(0, 1)
        self._opening_card = Card(theme, row, pad=theme.mm(4, 1.6))
        self._opening_card.hide()
        return self._opening_card

    def _build_side(self) -> QVBoxLayout:
        theme, words = self.theme, self.words
        self._lamp = MicrophoneLamp(theme, words)
        self._lamp.clicked.connect(self._ask_override)
        box = column(self._lamp, gap=theme.mm(3, 3))
        edge = theme.mm(6, 2.4)
        records = self.shell.room.profile.recording.allowed
        box.setContentsMargins(edge, theme.mm(5, 2), theme.margin, theme.mm(4, 1.6))
        self._more = Button(theme, "more", words("ui.more"), least_height=theme.low_button)
        self._more.clicked.connect(self._open_more)
        self._more.hide()  # on a small panel all of it stands in the loudspeaker's sheet
        if not theme.wide:
            self._frame_button = Button(theme, "open_framing", words("ui.framing_2"), "framing", tall=True)
            self._frame_button.clicked.connect(self._pick_seat)
            said = words("ui.sound" if records else "ui.speaker")
            loud = Button(theme, "open_volume", said, "speaker", tall=True)
            loud.clicked.connect(self._open_sound)
            box.addStretch(1)
            box.addLayout(line(self._frame_button, loud, gap=theme.gap))
            return box
        self._air = Text(theme, "", Role.BODY, bold=True, most_lines=1, name="on_air")
        self._plan = SeatingPlan(theme, words, with_table=False, least=theme.mm(16))
        self._plan.picked.connect(self._aim)
        self._overview = Button(theme, "overview", words("ui.overview"), "overview", least_height=theme.low_button)
        self._overview.clicked.connect(lambda: self.shell.do(self.shell.room.ask_overview()))
        box.addWidget(self._air)
        box.addWidget(TouchScroll(theme, self._plan), 1)
        box.addLayout(line(self._overview, self._more, gap=theme.mm(2)))
        if records:  # one act more: then both lie behind one button
            sound = Button(theme, "open_volume", words("ui.sound"), "speaker", least_height=theme.low_button)
            sound.clicked.connect(self._open_sound)
            box.addWidget(sound)
        else:
            self._volume = VolumeRow(self.shell)
            box.addWidget(self._volume)
        self._numbers = Text(theme, "", Role.LABEL, name="numbers")
        box.addWidget(Card(theme, column(self._numbers), pad=theme.mm(4)))
        return box

    def entered(self) -> None:
        self._timer.start()
        self._look_timer.start()

    def left(self) -> None:
        self._timer.stop()
        self._look_timer.stop()

    def sheet_place(self) -> QWidget:
        """A question covers the conference's picture only: lamp, state and both help buttons stay."""
        return self._stage

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        call, words = view.call, self.words
        alert = alert_words(view, words)
        self._alert.set_words(alert, "on_warn")
        self._show_chair(view)
        self._more.setVisible(self.theme.wide and has_more(view))
        self._show_trial(view)
        self._alert_card.setVisible(bool(alert))
        self._opening_card.setVisible(view.asks_opening and not alert)  # first what is wrong
        if self.theme.wide:
            good = call.in_meeting
            self._mark.set_state(RowState.PASSED if good else RowState.WARNED if call.linked else RowState.RUNNING)
            self._state.set_words(self._said_words(view), "ok" if good else "text")
            self._air.set_words(words("ui.on_air", name=self._on_air(view)))
            self._plan.show_seats(view.seats)
            overview = any(s.overview and s.id == view.on_air for s in view.seats)
            self._overview.set_kind(Kind.CHOSEN if overview else Kind.SECONDARY)
            self._numbers.set_words(numbers_words(view, words))
            if self._volume is not None:
                self._volume.show_volume(view.volume)
        else:
            self._frame_button.set_look(
                self._on_air(view).replace(" ", "\n", 1) if view.on_air else words("ui.framing_2"),
                "framing",
                Kind.SECONDARY,
            )
        if self._sheet is not None:
            self._sheet.show_view(view)
        self._tick()
        return self._wish(view)

    def _on_air(self, view: RoomView) -> str:
        return next((s.name for s in view.seats if s.id == view.on_air), self.words("ui.on_air_unknown"))

    def band_state(self, view: RoomView) -> tuple[tuple[RowState, str] | None, str, str, str]:
        is_open = view.mic.lamp is Lamp.OPEN
        fill, ink = ("open", "on_open") if is_open else ("card", "text")
        if self.theme.wide:
            return None, fill, ink, ""
        state = RowState.PASSED if view.call.in_meeting else RowState.WARNED if view.call.linked else RowState.RUNNING
        return (state, self._said_words(view)), fill, ink, ""

    def _said_words(self, view: RoomView) -> str:
        said = view.call.sentence
        return self.words("ui.trial_state", state=said) if view.trial is not None else said

    def _tick(self) -> None:
        view = self._view
        if view is None:
            return
        quality, heard = "", None
        if view.mic.lamp is Lamp.OPEN:
            if self._needle.settled:
                self._zone = zone_of(place_of(self._needle.loudest_dbfs))
            quality = self.words(QUALITY[self._zone])
            heard = place_of(self._needle.level_dbfs)
            left_s = self._lamp.left_s(view.mic)
            if left_s is not None and left_s <= WARN_S:
                quality = self.words("ui.time_left", n=max(0, math.ceil(left_s)))
        self._lamp.show_mic(view.mic, quality, heard)
        if self.theme.wide:
            self._length.set_words(length_words(view, self.words, self.shell.room.now()))

    def _look(self) -> None:
        """The strip follows what is heard now; nothing of an earlier opening is left in it."""
        now = time.monotonic()
        passed_s, self._looked_at = now - self._looked_at, now
        if self._view is None or self._view.mic.lamp is not Lamp.OPEN:
            self._needle.rest()
            return
        level = self.shell.room.level()
        heard = level.rms_dbfs if level is not None and now - level.arrived < STALE_S else -math.inf
        self._needle.move(heard, passed_s)
        self._lamp.show_level(place_of(self._needle.level_dbfs))

    # --- what the officer asks ---

    def _wish(self, view: RoomView) -> BandWish:
        words, room, do = self.words, self.shell.room, self.shell.do
        wide, tried = self.theme.wide, view.trial is not None
        long, short = ("ui.trial_end", "ui.trial_end_2") if tried else ("ui.disconnect", "ui.disconnect_2")
        said, icon = (words(long), "leave") if wide else (words(short), "")
        leave = Action("leave", said, icon, Kind.GUARDED, self._ask_leave)
        lamp = view.mic.lamp
        if lamp is Lamp.OPEN:
            off = Action("mic_off", words("ui.mic_off"), "mic-off", Kind.PRIMARY, lambda: do(room.close_microphone()))
            return BandWish(off, middle=leave)
        if lamp is Lamp.INVITED:
            on = Action("mic_on", words("ui.mic_on"), "mic", Kind.PRIMARY, lambda: do(room.open_microphone()))
            return BandWish(on, middle=leave)
        if lamp is Lamp.ASKED:
            invited = Action("invited", words("ui.invited"), "check", Kind.PRIMARY, lambda: do(room.invited_to_speak()))
            drop = Action("withdraw", words("ui.withdraw_2"), "", Kind.SECONDARY, lambda: do(room.withdraw_request()))
            # A small panel has no room around the guarded act beside two others: one withdraws first.
            return BandWish(invited, (drop,), middle=leave if self.theme.wide else None)
        if view.chair is not None:  # the chairperson sits in this room: nobody has to be asked (Art. 9.1.a)
            here = Override("chairs", "focal_officer")
            on = Action("mic_on", words("ui.mic_on"), "mic", Kind.PRIMARY, lambda: do(room.open_microphone(here)))
            return BandWish(on, middle=leave)
        ask = Action("ask_speak", words("ui.ask_speak"), "raise-hand", Kind.PRIMARY, lambda: do(room.ask_to_speak()))
        return BandWish(ask, middle=leave)

    def _aim(self, seat: str) -> None:
        self.shell.do(self.shell.room.aim_at_seat(seat))

    def _pick_seat(self) -> None:
        if self._view is not None:
            ask_seat(self.shell, self._view.seats, self._aim)

    def _open_sound(self) -> None:
        if self._view is not None:
            self._sheet = SoundSheet(self.shell, self._view)
            self._sheet.destroyed.connect(self._sheet_gone)
            self.shell.open_sheet(self._sheet)

    def _sheet_gone(self) -> None:
        self._sheet = None

    def _ask_override(self) -> None:
        view = self._view
        if view is not None and view.mic.lamp in (Lamp.CLOSED, Lamp.ASKED) and view.call.linked:
            ask_override(self.shell, view)

    def _open_more(self) -> None:
        if self._view is not None:
            self.shell.open_sheet(MoreSheet(self.shell, self._view))

    def _ask_leave(self) -> None:
        view = self._view
        if view is None:
            return
        if view.trial is None:
            ask_leave(self.shell, view)
            return
        self._trial_sheet = TrialSheet(self.shell, view.trial)
        self._trial_sheet.destroyed.connect(self._trial_sheet_gone)
        self.shell.open_sheet(self._trial_sheet)

    def _trial_sheet_gone(self) -> None:
        self._trial_sheet = None

    def _show_trial(self, view: RoomView) -> None:
        trial = view.trial
        if trial is None:
            return
        if self._trial_sheet is not None:
            self._trial_sheet.show_trial(trial)
        if trial.enough and trial.picture_wanted and trial.id != self._pictured:
            self._pictured = trial.id
            self.shell.do(self.shell.room.keep_trial_picture(self.shell.stage_picture()))
