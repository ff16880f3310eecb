"""Meetings from a USB stick: a file is picked, each meeting in it confirmed by touch, then all of them entered."""

from pathlib import Path

from devices.contract import Stick
from roomapp.records.invitations import Found
from ui.page import Shell
from ui.pages.books.asks import Form, Question, ask
from ui.pages.sticks import tell, with_stick
from ui.widgets.sheets import PickSheet

MOST_ASKED = 20  # of one file: more are taken by the technician's command


def take_from_stick(shell: Shell) -> None:
    with_stick(shell, lambda stick: _pick_file(shell, stick))


def _pick_file(shell: Shell, stick: Stick) -> None:
    words, files = shell.words, shell.room.invitations_on(stick)
    if not files:
        tell(shell, words("booking.no_file"), words("booking.no_file_remedy"))
        return

    def picked(number: str) -> None:
        shell.close_sheet()
        shell.do(_read(shell, files[int(number)]))

    choices = tuple((str(number), one.name) for number, one in enumerate(files))
    shell.open_sheet(PickSheet(shell, words("book.which_file"), choices, picked, "file"))


async def _read(shell: Shell, path: Path) -> None:
    """In the worker; the questions come back to the screen."""
    read = await shell.room.read_invitations(path)
    if read is not None:
        shell.room.tell_screen(lambda: _confirm(shell, read.found))


def _confirm(shell: Shell, found: tuple[Found, ...]) -> None:
    words, room = shell.words, shell.room
    timed = tuple(one for one in found if one.opening is not None or one.cancelled)[:MOST_ASKED]
    if not timed:
        tell(shell, words("booking.nothing_found"), words("booking.nothing_found_remedy"))
        return
    answers = (("yes", words("booking.take_it")), ("no", words("booking.leave_it")))
    questions = [Question(f"found_{n}", _said(shell, one), answers) for n, one in enumerate(timed)]
    platforms = room.platforms()
    if len(platforms) > 1:
        questions.append(Question("platform", words("ui.entry_platform"), platforms))

    def done(given: dict[str, str]) -> None:
        wanted = tuple(one for n, one in enumerate(timed) if given[f"found_{n}"] == "yes")
        platform = given.get("platform") or next((id for id, _ in platforms), "")
        if wanted:
            shell.do(room.take_invitations(wanted, platform))

    ask(shell, Form(tuple(questions), done))


def _said(shell: Shell, one: Found) -> str:
    title = str(one.fields.get("title", "")) or shell.words("invitation.no_title")
    when = f"{shell.room.local(one.opening):%H:%M %d/%m/%Y}" if one.opening is not None else f"{one.day:%d/%m/%Y}"
    if one.cancelled:
        return shell.words("booking.found_cancelled", when=when, title=title)
    notes = ", ".join(shell.words(f"invitation.{note}") for note in one.notes)
    return shell.words("booking.found", when=when, title=title) + (f" ({notes})" if notes else "")
