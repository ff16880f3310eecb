"""One question a step, answered by one touch or by figures; what was chosen so far survives a power cut."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from roomapp.running.room import Room
from ui.page import BandWish, Shell
from ui.pages.calendar.days import MonthGrid, near_days
from ui.pages.calendar.scan import ScanSheet
from ui.theme import Role
from ui.widgets.boxes import clear, column, line
from ui.widgets.button import Kind
from ui.widgets.frame import Action
from ui.widgets.inputs import ChoiceGroup, Keypad
from ui.widgets.rows import TouchScroll
from ui.widgets.text import Text

MODES = {
    "add": ("secret", "template", "platform", "day", "time", "room"),
    "move": ("day", "time"),
    "end": ("time",),
    "invitation": ("number", "dated", "got_day", "got_time"),
}
ASKS = {
    "secret": "ui.secret_question",
    "template": "booking.ask_template",
    "platform": "ui.entry_platform",
    "day": "ui.entry_day",
    "time": "ui.entry_time",
    "room": "ui.entry_room",
    "number": "booking.ask_number",
    "dated": "booking.ask_dated",
    "got_day": "booking.ask_got_day",
    "got_time": "booking.ask_got_time",
}
DAYS, AHEAD, BACK = 8, timedelta(days=730), timedelta(days=365)
OTHER = "other"
USUAL_TIMES = ("0700", "0730", "0800", "0830", "0900", "0930", "1000", "1330", "1400", "1430", "1500")
FEWER_TIMES = ("0730", "0800", "0830", "0900", "1330", "1400", "1430")  # a small panel's
FEW = 4
MOST_ROOM, MOST_NUMBER = 12, 6


def time_of(digits: str) -> tuple[int, int] | None:
    """“0800” or “800” or “8” as an hour and a minute; None where it is no time of day."""
    if not digits or len(digits) > 4:
        return None
    hour, minute = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    return (hour, minute) if hour < 24 and minute < 60 else None


class Entry(QWidget):
    """`done(mode, meeting, answers)` gets a finished entry, and answers what cannot be, in a sentence."""

    def __init__(self, shell: Shell, done: Callable[[str, str, dict[str, str]], str]) -> None:
        super().__init__()
        self._shell, self._done = shell, done
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self.mode, self.meeting, self.at = "", "", 0
        self.answers: dict[str, str] = {}
        self._wide_pick = False  # the month's grid, or the keypad, in place of the usual choices
        self._problem, self._blocked = "", False
        self._shown: object = None

    # --- where it stands ---

    def begin(self, mode: str, meeting: str = "") -> None:
        self.mode, self.meeting, self.at, self.answers = mode, meeting, 0, {}
        self._to(0)

    def stop(self) -> None:
        self.mode, self.answers, self._blocked = "", {}, False
        self._keep()

    def take_up(self, draft: dict[str, str]) -> None:
        """As it was left; a state secret's question has no answer that could be left."""
        mode, at = str(draft.pop("mode", "")), int(draft.pop("step", "0") or 0)
        self.meeting = str(draft.pop("meeting", ""))
        known = mode in MODES and 0 <= at < len(MODES[mode]) and (mode == "add" or self.meeting)
        self.mode, self.at, self.answers = (mode, at, draft) if known else ("", 0, {})
        self._wide_pick, self._problem, self._blocked, self._shown = False, "", False, None

    def like(self, other: "Entry") -> None:
        self.mode, self.meeting, self.at, self.answers = other.mode, other.meeting, other.at, dict(other.answers)
        self._wide_pick, self._problem, self._blocked = other._wide_pick, other._problem, other._blocked

    @property
    def step(self) -> str:
        return MODES[self.mode][self.at]

    def wish(self) -> BandWish:
        words = self._shell.words
        stop = Action("stop_entry", words("ui.cancel"), "", Kind.SECONDARY, self.stop)
        if self._blocked:
            return BandWish(Action("stop_entry", words("ui.done"), "check", Kind.PRIMARY, self.stop))
        back = Action("step_back", words("ui.back"), "left", Kind.SECONDARY, self._back)
        if self.step == "room" and self._shell.room.may_read_code():
            said = words("booking.scan" if self._shell.theme.wide else "booking.scan_2")
            return BandWish(None, (stop, back, Action("scan_code", said, "camera", Kind.SECONDARY, self._scan)))
        return BandWish(None, (stop, back) if self.at or self._wide_pick else (stop,))

    # --- what is asked ---

    def show_step(self) -> None:
        shape = (self.mode, self.meeting, self.at, self._wide_pick, self._problem, self._blocked)
        if shape == self._shown:
            return
        self._shown = shape
        clear(self._box)
        theme, words = self._shell.theme, self._shell.words
        asked = words("booking.ask_end") if self.mode == "end" else words(ASKS[self.step])
        self._box.setSpacing(theme.mm(4, 1.5))
        typed = self._is_typed() and not self._blocked
        if theme.wide or not typed:  # a small panel's keys need the height: the question stands beside the figures
            self._box.addWidget(Text(theme, asked, Role.ITEM, bold=True, name="entry_asked"))
        if self._blocked:
            self._box.addWidget(Text(theme, words("ui.secret_blocked"), Role.BODY, colour="danger", name="entry_said"))
            self._box.addStretch(1)
        elif typed and theme.small_with_large_text:
            self._box.addWidget(TouchScroll(theme, self._keypad(asked)), 1)
        elif typed:
            self._box.addWidget(self._keypad(asked))
            self._box.addStretch(1)
        else:
            body = self._month() if self._wide_pick else self._choices()
            if self.step == "secret":
                self._box.addWidget(Text(theme, words("ui.secret_ground"), Role.BODY, colour="muted"))
            self._box.addWidget(TouchScroll(theme, body), 1)
            if theme.wide and not self._wide_pick:
                said = self._so_far()
                self._box.addWidget(Text(theme, said, Role.BODY, colour="muted", name="entry_said"))

    def _is_typed(self) -> bool:
        return self.step in ("room", "number") or (self.step in ("time", "got_time") and self._wide_pick)

    def _choices(self) -> QWidget:
        theme = self._shell.theme
        offered = self._offered(self._shell.room)
        small = not theme.wide and not theme.small_with_large_text  # two rows of four: all of them at one look
        columns = 4 if self.step in ("time", "got_time") or (small and len(offered) > FEW) else 2
        group = ChoiceGroup(theme, self.step, offered, columns=columns)
        grid = group.layout()
        assert isinstance(grid, QGridLayout)
        for number in range(columns):
            grid.setColumnStretch(number, 1)
        group.set_chosen(self.answers.get(self.step, ""))
        group.chosen.connect(self._chose)
        inner = QWidget()
        inner.setLayout(column(group, -1))
        return inner

    def _offered(self, room: Room) -> tuple[tuple[str, str], ...]:
        words = self._shell.words
        if self.step == "secret":
            return (("no", words("ui.secret_no")), ("yes", words("ui.secret_yes")))
        if self.step == "template":
            return tuple((one.id, one.name) for one in room.pack.templates)
        if self.step == "platform":
            return room.platforms()
        if self.step in ("time", "got_time"):
            times = USUAL_TIMES if self._shell.theme.wide else FEWER_TIMES
            usual = tuple((one, f"{one[:2]}:{one[2:]}") for one in times)
            return (*usual, (OTHER, words("booking.other_time")))
        today = room.now().date()
        back = self.step != "day"
        named = {0: words("ui.today_word"), 1: words("booking.yesterday" if back else "ui.tomorrow_word")}
        days = tuple(
            (day.isoformat(), f"{named.get(n) or words(f'ui.weekday_{day.isoweekday()}')}, {day:%d/%m}")
            for n, day in enumerate(near_days(today, back, DAYS - 1))
        )
        return (*days, (OTHER, words("booking.other_day")))

    def _month(self) -> QWidget:
        today = self._shell.room.now().date()
        first, last = (today, today + AHEAD) if self.step == "day" else (today - BACK, today)
        grid = MonthGrid(self._shell.theme, self._shell.words, first, last, today)
        grid.chosen.connect(self._chose)
        return grid

    def _keypad(self, asked: str) -> QWidget:
        theme, words = self._shell.theme, self._shell.words
        is_time = self.step in ("time", "got_time")
        hint = words("ui.entry_time_hint") if is_time else words("ui.entry_room_hint") if self.step == "room" else ""
        most = 4 if is_time else MOST_ROOM if self.step == "room" else MOST_NUMBER
        pad = Keypad(theme, words, secret=False, most=most, hint=hint, name=self.step)
        pad.done.connect(self._chose)
        colour = "danger" if self._problem else "text"
        beside = self._so_far() if theme.wide else asked
        said = Text(theme, self._problem or beside, Role.BODY, bold=not theme.wide, colour=colour, name="entry_said")
        row = line(pad, gap=theme.mm(10, 4))
        if theme.wide:
            row.addLayout(column(said, -1), 1)
        else:
            pad.said.addWidget(said)
            row.addStretch(1)
        inner = QWidget()
        inner.setLayout(column(row))
        return inner

    def _so_far(self) -> str:
        room, said = self._shell.room, []
        template = room.pack.template(self.answers.get("template", ""))
        said.append(template.name if template is not None else "")
        said.append(dict(room.platforms()).get(self.answers.get("platform", ""), ""))
        for key in ("day", "dated", "got_day"):
            said.append(f"{date.fromisoformat(self.answers[key]):%d/%m/%Y}" if self.answers.get(key) else "")
        if self.answers.get("time"):
            said.append(f"{self.answers['time'][:2]}:{self.answers['time'][2:]}")
        return "\n".join(one for one in said if one)

    def _scan(self) -> None:
        def found(room: str) -> None:
            if self.mode == "add" and self.step == "room":
                self._chose(room)

        self._shell.open_sheet(ScanSheet(self._shell, self.answers.get("platform", ""), found))

    # --- what was answered ---

    def _chose(self, value: str) -> None:
        step = self.step
        if value == OTHER and step in ("day", "dated", "got_day", "time", "got_time"):
            self._wide_pick = True
            self._shell.touched()
            return
        if step == "secret" and value == "yes":
            self._blocked = True  # and nothing is written down
            self._shell.touched()
            return
        if step in ("time", "got_time"):
            parsed = time_of(value)
            if parsed is None:
                self._wrong(self._shell.words("ui.entry_time_wrong"))
                return
            value = f"{parsed[0]:02}{parsed[1]:02}"
        if step == "number" and not value.strip("0"):
            return
        if step != "secret":
            self.answers[step] = value
        if self.at + 1 < len(MODES[self.mode]):
            self._to(self.at + 1)
            return
        problem = self._done(self.mode, self.meeting, self.answers)
        if problem:
            self._wrong(problem)
        else:
            self.stop()

    def _wrong(self, problem: str) -> None:
        self._problem = problem
        if self.step in ("time", "got_time"):
            self._wide_pick = True  # the keypad has room for the sentence
        self._shell.touched()

    def _to(self, at: int) -> None:
        self.at, self._wide_pick, self._problem, self._blocked = at, False, "", False
        platforms = self._shell.room.platforms()
        if self.step == "platform" and len(platforms) == 1:  # nothing to choose
            self.answers["platform"] = platforms[0][0]
            self.at += 1
        self._keep()

    def _back(self) -> None:
        if self._wide_pick:
            self._wide_pick, self._problem = False, ""
            self._shell.touched()
            return
        skips = self.step == "day" and self.mode == "add" and len(self._shell.room.platforms()) == 1
        self._to(self.at - (2 if skips else 1))

    def _keep(self) -> None:
        kept = {**self.answers, "mode": self.mode, "meeting": self.meeting, "step": str(self.at)} if self.mode else {}
        self._shell.do(self._shell.room.keep_draft("meeting", kept))
        self._shell.touched()


def moment(room: Room, day: str, time: str) -> datetime:
    """In the site's zone."""
    return datetime.fromisoformat(day).replace(hour=int(time[:2]), minute=int(time[2:]), tzinfo=room.now().tzinfo)
