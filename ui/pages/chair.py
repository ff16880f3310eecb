"""Điều khiển, where this site chairs: the sites and how they stand, who asks to speak in order, the framings."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from roomapp.events import ChairView, Place, RoomView, RowState, StepRow
from roomapp.words import Words
from ui.page import BandWish, Page, Shell
from ui.theme import Role
from ui.widgets.boxes import Card, column, line
from ui.widgets.button import Button, Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import ChoiceGroup
from ui.widgets.rows import RowList, TouchScroll
from ui.widgets.seat_sheet import ask_seat
from ui.widgets.seats import SeatingPlan
from ui.widgets.sheets import PickSheet, Sheet
from ui.widgets.text import Text

STATES = ("both_ways", "connected", "lost", "absent")
ADD, ALL = "add_sites", "all"


class ChairPage(Page):
    """Touching a site says how it stands or that it asks to speak; the band invites the first, and ends its turn."""

    place = Place.CHAIR
    scrolls_itself = True

    def build(self, outer: QVBoxLayout) -> None:
        theme, words = self.theme, self.words
        self._view: RoomView | None = None
        self.title.set_words(words("chair.page"))
        self.title.setVisible(theme.wide)  # a small panel needs the height
        self.step.hide()
        self.pills.hide()
        self._sites, self._queue = RowList(theme), RowList(theme)
        self._sites.picked.connect(self._ask_site)
        self._queue.picked.connect(self._ask_turn)
        self._said = Text(theme, "", Role.BODY, bold=True, name="sites_said")
        self._asks = Text(theme, words("chair.queue"), Role.BODY, bold=True, name="asks_said")
        self._nobody = Text(theme, words("chair.queue_empty"), Role.BODY, name="queue_empty")
        sites = column(self._said, gap=theme.mm(2, 1))
        sites.addWidget(self._sites, 1)
        queue = column(self._asks, self._nobody, gap=theme.mm(2, 1))
        queue.addWidget(self._queue, 1)
        queue.addStretch(0)
        row = line(gap=theme.column_gap)
        row.addWidget(Card(theme, sites, pad=theme.mm(5, 2)), 40)
        row.addWidget(Card(theme, queue, pad=theme.mm(5, 2)), 36)
        if theme.wide:
            self._add = Button(theme, ADD, words("chair.add_sites"), "seat", least_height=theme.low_button)
            self._add.clicked.connect(self._ask_add)
            sites.addWidget(self._add)
            row.addWidget(self._build_plan(), 24)
        outer.addLayout(row, 1)

    def _build_plan(self) -> QWidget:
        theme, words = self.theme, self.words
        self._air = Text(theme, "", Role.BODY, bold=True, most_lines=2, name="on_air")
        self._plan = SeatingPlan(theme, words, with_table=False, least=theme.mm(16))
        self._plan.picked.connect(self._aim)
        self._overview = Button(theme, "overview", words("ui.overview"), "overview", least_height=theme.low_button)
        self._overview.clicked.connect(lambda: self.shell.do(self.shell.room.ask_overview()))
        box = column(self._air, gap=theme.mm(3))
        box.addWidget(TouchScroll(theme, self._plan), 1)
        box.addWidget(self._overview)
        return Card(theme, box, pad=theme.mm(5))

    # --- what is shown ---

    def show_view(self, view: RoomView) -> BandWish:
        self._view = view
        chair = view.chair or ChairView(said=self.words("chair.not_chairing"))
        self._said.set_words(chair.said)
        self._sites.show_rows((*chair.warnings, *chair.sites, *self._add_row(view)), "")
        self._queue.show_rows(chair.queue, chair.speaking or chair.first)
        self._queue.setVisible(bool(chair.queue))
        self._nobody.setVisible(not chair.queue)
        if self.theme.wide:
            self._add.setVisible(view.chair is not None)
            self._plan.show_seats(view.seats)
            name = next((s.name for s in view.seats if s.id == view.on_air), self.words("ui.on_air_unknown"))
            self._air.set_words(self.words("ui.on_air", name=name))
            there = any(s.overview and s.id == view.on_air for s in view.seats)
            self._overview.set_kind(Kind.CHOSEN if there else Kind.SECONDARY)
        return self._wish(chair)

    def _add_row(self, view: RoomView) -> tuple[StepRow, ...]:
        """On a small panel the last row of the list, for want of a place of its own."""
        if self.theme.wide or view.chair is None:
            return ()
        return (StepRow(ADD, self.words("chair.add_sites"), RowState.SKIPPED, self.words("chair.from_contacts")),)

    def _wish(self, chair: ChairView) -> BandWish:
        words, room, wide = self.words, self.shell.room, self.theme.wide
        to_meeting = words("chair.to_meeting" if wide else "chair.to_meeting_2")
        back = Action("to_meeting", to_meeting, "left", Kind.SECONDARY, lambda: self.shell.go(Place.MEETING))
        framing = Action("open_framing", words("ui.framing_2"), "framing", Kind.SECONDARY, self._pick_seat)
        others = (back,) if wide else (back, framing)
        if chair.speaking:
            ended = words("chair.end_turn" if wide else "chair.end_turn_2")
            end = Action("end_turn", ended, "check", Kind.PRIMARY, lambda: self.shell.do(room.end_turn()))
            return BandWish(end, others)
        if not chair.first:
            return BandWish(None, others, saying=words("chair.nobody_waits") if wide else "")
        invited = words("chair.invite" if wide else "chair.invite_2")
        first = chair.first
        invite = Action(
            "invite_site", invited, "raise-hand", Kind.PRIMARY, lambda: self.shell.do(room.invite_site(first))
        )
        return BandWish(invite, others)

    # --- what the officer asks ---

    def _ask_turn(self, turn: str) -> None:
        """The chairperson may name another than the first, and a site may change its mind."""
        chair = self._view.chair if self._view is not None else None
        row = next((one for one in chair.queue if one.id == turn), None) if chair is not None else None
        if chair is None or row is None or turn == chair.speaking:
            return
        room, words = self.shell.room, self.words
        acts = {"invite": room.invite_site, "withdraw": room.withdraw_site}
        if chair.speaking:
            del acts["invite"]

        def act(choice: str) -> None:
            self.shell.close_sheet()
            self.shell.do(acts[choice](turn))

        choices = tuple((one, words(f"chair.{one}")) for one in acts)
        self.shell.open_sheet(PickSheet(self.shell, f"{row.name}: {row.words}", choices, act, "turn"))

    def _ask_site(self, site: str) -> None:
        """How it stands, or that it asks to speak: one more touch."""
        chair = self._view.chair if self._view is not None else None
        if chair is None:
            return
        if site == ADD:
            self._ask_add()
            return
        if any(one.id == site for one in chair.warnings):
            self._say(self.words("chair.few_carriers"), self.words("chair.few_carriers_remedy"))
            return
        row = next((one for one in chair.sites if one.id == site), None)
        if row is not None:
            choices = site_choices(chair, row, self.words)
            title = f"{row.name}: {row.words}"
            self.shell.open_sheet(PickSheet(self.shell, title, choices, lambda act: self._tell(site, act), "site"))

    def _tell(self, site: str, act: str) -> None:
        room = self.shell.room
        self.shell.close_sheet()
        if act == "asks":
            self.shell.do(room.site_asks(site))
        elif act == "drop":
            self.shell.do(room.drop_site(site))
        else:
            self.shell.do(room.tell_site(site, act))

    def _say(self, sentence: str, remedy: str) -> None:
        box = column(Text(self.theme, sentence, Role.TITLE, bold=True, name="refused_sentence"))
        box.addWidget(Text(self.theme, remedy, name="refused_remedy"))
        box.addStretch(1)
        self.shell.open_sheet(Sheet(self.shell, box, "sheet_refused", scrolls=True))

    def _ask_add(self) -> None:
        chair = self._view.chair if self._view is not None else None
        if chair is not None and chair.offered:
            self.shell.open_sheet(AddSheet(self.shell, chair.offered))
        elif chair is not None:
            self._say(self.words("chair.none_offered"), self.words("chair.none_offered_remedy"))

    def _aim(self, seat: str) -> None:
        self.shell.do(self.shell.room.aim_at_seat(seat))

    def _pick_seat(self) -> None:
        if self._view is not None:
            ask_seat(self.shell, self._view.seats, self._aim)


def site_choices(chair: ChairView, row: StepRow, words: Words) -> tuple[tuple[str, str], ...]:
    """What may be told of a site, (id, words): not what is so already."""
    asks = [] if row.id in chair.waiting else [("asks", words("chair.asks"))]
    told = [(one, words(f"chair.tell_{one}")) for one in STATES if words(f"chair.site_{one}") != row.words]
    drop = [("drop", words("chair.drop"))] if row.id in chair.listed else []
    return (*asks, *told, *drop)


class AddSheet(Sheet):
    """The units of the contact register that are not on the list: all of them, or one by one."""

    def __init__(self, shell: Shell, offered: tuple[str, ...]) -> None:
        theme, words = shell.theme, shell.words
        box = column(Text(theme, words("chair.which_site"), Role.TITLE, bold=True), gap=theme.mm(3, 1.5))
        every = ((ALL, words("chair.all_sites", n=len(offered))),) if len(offered) > 1 else ()
        choices = (*every, *((str(number), name) for number, name in enumerate(offered)))
        group = ChoiceGroup(theme, "add_site", choices, columns=2)

        def add(choice: str) -> None:
            shell.close_sheet()
            shell.do(shell.room.add_sites(offered if choice == ALL else (offered[int(choice)],)))

        group.chosen.connect(add)
        box.addWidget(TouchScroll(theme, group), 1)
        super().__init__(shell, box, "sheet_add_site")
