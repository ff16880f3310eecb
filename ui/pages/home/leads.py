"""Where a duty is done: one touch leads there."""

from roomapp.events import ClashView, MeetingView, Place, RoomView
from roomapp.rules.calendar.duties import DutyKind
from ui.page import Shell
from ui.pages.books.asks import Form, Question, ask
from ui.pages.who import ask_roster

CALLS = (DutyKind.CONNECT, DutyKind.OPENING, DutyKind.TRIAL_STRICT, DutyKind.TRIAL_LATEST)
AFTER_CLASH = ("moved", "elsewhere", "both")
TOLD = ("host_unit", "chair_officer", "operating_agency", "control_tech")


def lead(shell: Shell, view: RoomView, kind: str, meeting: str) -> None:
    """A call is made on a system that is on: where it is off, it is turned on first."""
    room = shell.room
    if kind in CALLS and view.system_on:
        shell.go(Place.JOIN)
    elif kind in CALLS:
        shell.do(room.start_power_on())
        shell.go(Place.POWER_ON)
    elif kind == DutyKind.ROSTER:
        ask_roster(shell, meeting)
    elif kind == DutyKind.POWER_OFF:
        if not view.closing:  # after a closing the list runs already
            shell.do(room.start_shutdown())
        shell.go(Place.SHUTDOWN)
    else:
        shell.go(Place.REPORT if kind == DutyKind.REPORT else Place.BOOKS)


def lead_words(shell: Shell, view: RoomView, kind: str) -> str:
    """What the button that leads there says."""
    words = shell.words
    if kind == DutyKind.POWER_OFF:
        return words("today.go_power_off")
    if not view.system_on:
        return words("today.go_power_on")
    return words("today.go_join" if kind == DutyKind.CONNECT else "today.go_trial")


def settle(shell: Shell, clash: ClashView) -> None:
    """Which meeting has the room, what becomes of the other, who of it was told: three touches, one row."""
    words, room = shell.words, shell.room

    def said(meeting: MeetingView) -> str:
        title = f"{meeting.opening:%H:%M}, {meeting.title}"
        return words("today.clash_first_kept", title=title) if meeting.id == clash.kept else title

    by_rank = sorted((clash.first, clash.second), key=lambda one: one.id != clash.kept)
    which = f"{clash.sentence} {words('today.clash_which')}"
    questions = (
        Question("kept", which, tuple((one.id, said(one)) for one in by_rank)),
        Question("what", words("today.clash_what"), tuple((one, words(f"today.clash_{one}")) for one in AFTER_CLASH)),
        Question("told", words("today.clash_told"), tuple((one, words(f"today.told_{one}")) for one in TOLD)),
    )

    def done(answers: dict[str, str]) -> None:
        kept, told = answers["kept"], words(f"today.told_{answers['told']}")
        other = clash.second.id if kept == clash.first.id else clash.first.id
        shell.do(room.settle_clash(kept, other, answers["what"], told))
        if answers["what"] == "moved":  # its new time is entered in its card
            shell.open_card(other)

    ask(shell, Form(questions, done))
