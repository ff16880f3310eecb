"""What the meeting page asks before it acts: each a sheet over the conference's picture, left by Thôi."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from roomapp.events import Place, RoomView
from roomapp.rules.microphone import Override
from roomapp.running.meeting.recording import REASONS
from ui.page import Shell
from ui.pages.meeting.more import more_rows
from ui.theme import Role
from ui.widgets.boxes import column, line
from ui.widgets.button import Button
from ui.widgets.sheets import ChoiceSheet, Sheet
from ui.widgets.text import Text

OVERRIDES = ("called_by_name", "asked_by_technician", "emergency")


class VolumeRow(QWidget):
    """Nhỏ hơn, how loud, To hơn."""

    def __init__(self, shell: Shell) -> None:
        super().__init__()
        theme, self._words = shell.theme, shell.words
        less = Button(theme, "volume_down", self._words("ui.quieter"), least_height=theme.low_button)
        more = Button(theme, "volume_up", self._words("ui.louder"), least_height=theme.low_button)
        less.clicked.connect(lambda: shell.do(shell.room.change_volume(-1)))
        more.clicked.connect(lambda: shell.do(shell.room.change_volume(1)))
        self._said = Text(theme, "", Role.BODY, bold=True, wrap=False, name="volume")
        row: QHBoxLayout = line(less, -1, self._said, -1, more, gap=theme.mm(2))
        self.setLayout(row)

    def show_volume(self, volume: int | None) -> None:
        words = self._words
        self._said.set_words(words("ui.volume", n=volume) if volume is not None else words("ui.volume_unknown"))


class SoundSheet(Sheet):
    """How loud the loudspeaker is, and the recording where this room may make one."""

    def __init__(self, shell: Shell, view: RoomView) -> None:
        theme, words = shell.theme, shell.words
        title = "ui.sound" if view.recording.possible else "ui.speaker"
        box = column(Text(theme, words(title), Role.TITLE, bold=True), gap=theme.gap)
        self._row = VolumeRow(shell)
        box.addWidget(self._row)
        if view.recording.possible:
            box.addWidget(_recording_button(shell, view.recording.since is not None))
        if not theme.wide:
            for row in more_rows(shell, view):
                box.addLayout(row)
        box.addStretch(1)
        super().__init__(shell, box, "sheet_volume", scrolls=True)
        self.show_view(view)

    def show_view(self, view: RoomView) -> None:
        self._row.show_volume(view.volume)


def _recording_button(shell: Shell, on: bool) -> Button:
    button = Button(
        shell.theme,
        "record",
        shell.words("ui.record_stop" if on else "ui.record"),
        "save",
        least_height=shell.theme.low_button,
    )

    def stop() -> None:
        shell.close_sheet()
        shell.do(shell.room.stop_recording())

    button.clicked.connect(stop if on else lambda: ask_recording(shell))
    return button


def ask_recording(shell: Shell) -> None:
    """003: recorded where necessary, so the reason is kept before the first sample."""
    words = shell.words
    reasons = tuple((reason, words(f"ui.record_{reason}")) for reason in REASONS)

    def record(reason: str) -> None:
        shell.close_sheet()
        shell.do(shell.room.start_recording(reason))

    question, ground, act = words("ui.record_question"), words("ui.record_ground"), words("ui.record")
    shell.open_sheet(ChoiceSheet(shell, question, ground, reasons, act, record, name="recording", icon="save"))


def ask_override(shell: Shell, view: RoomView) -> None:
    """Art. 9.2.a: without an invitation only for a reason that is kept, and never by one touch."""
    words = shell.words
    reasons = tuple((reason, words(f"ui.override_{reason}")) for reason in OVERRIDES)

    def open_it(reason: str) -> None:
        shell.close_sheet()
        shell.do(shell.room.open_microphone(Override(reason, "focal_officer")))

    question, act = words("ui.override_question"), words("ui.mic_on")
    ground = words("ui.by_article", article=view.articles.get("microphone", ""))
    shell.open_sheet(ChoiceSheet(shell, question, ground, reasons, act, open_it, name="override", icon="mic"))


def ask_leave(shell: Shell, view: RoomView) -> None:
    """Art. 9.2.e and 9.2.c: nobody leaves on their own; who allowed it is recorded before anything happens."""
    words = shell.words
    choices = (("chair", words("ui.allowed_chair")), ("control_tech", words("ui.allowed_control_tech")))

    def leave(by: str) -> None:
        shell.close_sheet()
        shell.do(shell.room.close_meeting(by))
        shell.go(Place.SHUTDOWN)

    article = view.articles.get("leave", "")
    key = "ui.leave_ground" if shell.theme.wide else "ui.leave_ground_short"
    question, act, by = words("ui.leave_question"), words("ui.disconnect"), words("ui.allowed_by")
    ground = words(key, article=article)
    shell.open_sheet(
        ChoiceSheet(shell, question, ground, choices, act, leave, name="leave", icon="leave", choose_words=by)
    )
