"""Việc khác: what this meeting's road can do beside, each only where it really can; and the end of a trial."""

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QHBoxLayout

from devices.contract import Ability, Layout
from roomapp.events import RoomView, TrialView
from ui.page import Shell
from ui.theme import Role
from ui.widgets.boxes import column, line
from ui.widgets.button import Button, Kind
from ui.widgets.inputs import ChoiceGroup, Keypad
from ui.widgets.rows import TouchScroll
from ui.widgets.sheets import ChoiceSheet, Sheet
from ui.widgets.text import Text

MOST_TONES = 12
SHOWN = frozenset({Ability.PARTICIPANTS, Ability.LAYOUT, Ability.TONES, Ability.WINDOW})


def has_more(view: RoomView) -> bool:
    """Whether there is anything behind the button."""
    return bool(view.call.abilities & SHOWN) or bool(view.call.other_road)


class MoreSheet(Sheet):
    """One button for each thing that the road can do; other sites are never touched (Art. 9.2.c)."""

    def __init__(self, shell: Shell, view: RoomView) -> None:
        box = column(Text(shell.theme, shell.words("ui.more"), Role.TITLE, bold=True), gap=shell.theme.mm(3, 1.6))
        for row in more_rows(shell, view):
            box.addLayout(row)
        box.addStretch(1)
        super().__init__(shell, box, "sheet_more", scrolls=True)


def more_rows(shell: Shell, view: RoomView) -> list[QHBoxLayout]:
    """What this road can do beside: two buttons a row, beside the lamp of a small panel one."""
    words, room, call = shell.words, shell.room, view.call
    acts: list[Button] = []

    def act(name: str, said: str, icon: str, do: Callable[[], None]) -> None:
        button = Button(shell.theme, name, said, icon, least_height=shell.theme.low_button)
        button.clicked.connect(lambda _=False: do())
        acts.append(button)

    def ask_room(work: Callable[[], Coroutine[Any, Any, object]]) -> Callable[[], None]:
        def go() -> None:
            shell.close_sheet()
            shell.do(work())

        return go

    if Ability.LAYOUT in call.abilities:
        tiles = call.layout is Layout.TILES
        said = words("ui.layout_speaker" if tiles else "ui.layout_tiles")
        wanted = Layout.SPEAKER if tiles else Layout.TILES
        act("layout", said, "screen", ask_room(lambda: room.show_layout(wanted)))
    if Ability.PARTICIPANTS in call.abilities and call.participants is not None:
        names = call.participants
        act("participants", words("ui.participants", n=len(names)), "seat", lambda: _show_names(shell, names))
    if Ability.TONES in call.abilities:
        act("tones", words("ui.tones"), "phone", lambda: shell.open_sheet(TonesSheet(shell)))
    if Ability.WINDOW in call.abilities:
        act("bring_window", words("ui.bring_window"), "screen", ask_room(room.bring_window))
    if call.other_road:
        other = words("ui.other_road_name", name=call.other_road)
        act("change_road", other, "link", lambda: _ask_change_road(shell, view))
    across = 2 if shell.theme.wide else 1
    return [line(*acts[at : at + across], gap=shell.theme.gap) for at in range(0, len(acts), across)]


class TonesSheet(Sheet):
    """Digits into the call, as a conference's voice menu asks for them."""

    def __init__(self, shell: Shell) -> None:
        theme, words = shell.theme, shell.words
        pad = Keypad(theme, words, secret=False, most=MOST_TONES, name="tones_pad", narrow=True)

        def send(digits: str) -> None:
            shell.close_sheet()
            if digits:
                shell.do(shell.room.send_tones(digits))

        pad.done.connect(send)
        title = Text(theme, words("ui.tones"), Role.TITLE if theme.wide else Role.ITEM, bold=True)
        if theme.wide:
            box = column(title, pad, -1, gap=theme.mm(3))
        else:
            pad.said.addWidget(title)
            box = column(pad, -1)
        super().__init__(shell, box, "sheet_tones", scrolls=True)


def _show_names(shell: Shell, names: tuple[str, ...]) -> None:
    theme = shell.theme
    listed = Text(theme, "\n".join(names), Role.BODY, name="participant_names")
    box = column(Text(theme, shell.words("ui.participants", n=len(names)), Role.TITLE, bold=True), gap=theme.mm(3, 1.6))
    box.addWidget(TouchScroll(theme, listed), 1)
    shell.open_sheet(Sheet(shell, box, "sheet_participants"))


def _ask_change_road(shell: Shell, view: RoomView) -> None:
    """Art. 9.2.c: leaving one road and taking another is a reconnection; who allowed it is recorded first."""
    words = shell.words
    choices = (("control_tech", words("ui.leave_tech_phone")), ("chair", words("ui.leave_chair_phone")))

    def change(by: str) -> None:
        shell.close_sheet()
        shell.do(shell.room.change_road(by, "phone"))

    ground = words("ui.by_article", article=view.articles.get("reconnect", ""))
    title, act, by = (
        words("ui.other_road_name", name=view.call.other_road),
        words("ui.change_road"),
        words("ui.allowed_by"),
    )
    shell.open_sheet(
        ChoiceSheet(shell, title, ground, choices, act, change, name="change_road", icon="link", choose_words=by)
    )


class TrialSheet(Sheet):
    """What the trial measured, what the chair site says of our picture and sound, and its end."""

    def __init__(self, shell: Shell, trial: TrialView) -> None:
        theme, words = shell.theme, shell.words
        self._measured = Text(theme, "", Role.BODY, name="trial_words")
        question = Text(theme, words("ui.trial_question"), Role.ITEM, bold=True, name="trial_question")
        answers = (("yes", words("ui.trial_yes")), ("no", words("ui.trial_no")))
        self._answers = ChoiceGroup(theme, "trial_both_ways", answers, columns=2)
        self._answers.chosen.connect(lambda answer: shell.do(shell.room.confirm_trial(answer == "yes")))
        if theme.wide:
            title = Text(theme, words("ui.trial_result"), Role.TITLE, bold=True)
            box = column(title, self._measured, question, self._answers, -1, gap=theme.mm(3))
        else:  # what must be asked stands above what a finger may have to fetch
            box = column(question, self._answers, self._measured, -1, gap=theme.mm(1.4))
        low = theme.mm(20, 15)
        self._end = Button(theme, "end_trial", words("ui.trial_end"), "leave", Kind.GUARDED, least_height=low)
        self._end.clicked.connect(self._go)
        hint = Text(theme, words("ui.press_back"), Role.LABEL, colour="muted")
        row = line(self._end, hint, gap=theme.mm(6, 3))
        row.setStretch(0, 1)
        row.setStretch(1, 1)
        super().__init__(shell, box, "sheet_trial", foot=row, scrolls=True)
        self.show_trial(trial)

    def show_trial(self, trial: TrialView) -> None:
        words = self.shell.words
        early = () if trial.enough else (words("ui.trial_wait"),)
        self._measured.set_words("\n".join((*trial.words, *early)))

    def _go(self) -> None:
        self.shell.close_sheet()
        self.shell.do(self.shell.room.end_trial())
