"""Files from a USB stick: only what was confirmed is entered; a wrong one changes nothing and is told by its line."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from devices.contract import Stick
from roomapp.rules.session import Move
from tests.roomapp.meetings.test_booking import TUESDAY
from tests.roomapp.meetings.test_reminding import CONNECT, Clocked

ICS = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//hop//vn
BEGIN:VEVENT
UID:giao-ban-1
DTSTART:20900314T010000Z
DTEND:20900314T030000Z
SUMMARY:Giao ban
END:VEVENT
BEGIN:VEVENT
UID:giao-ban-2
DTSTART:20900321T010000Z
SUMMARY:Giao ban sau
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Clocked]:
    made = Clocked(tmp_path)
    yield made
    made.close()
    made.loop.close()


def test_files_that_may_hold_meetings_are_found_on_the_stick(office: Clocked, tmp_path: Path) -> None:
    (tmp_path / "usb" / "DiemCau").mkdir(parents=True)
    for name in ("hop.ics", "anh.jpg", "DiemCau/moi.toml"):
        (tmp_path / "usb" / name).write_text("x", encoding="utf-8")
    found = office.room.invitations_on(Stick(tmp_path / "usb", "USB"))
    assert {one.name for one in found} == {"hop.ics", "moi.toml"}


def test_only_what_was_confirmed_is_entered(office: Clocked, tmp_path: Path) -> None:
    file = tmp_path / "hop.ics"
    office.at = TUESDAY - timedelta(days=5)
    file.write_text(ICS.replace("\n", "\r\n"), encoding="utf-8")
    read = office.run(office.room.read_invitations(file))
    assert len(read.found) == 2
    assert office.room.meetings == {}, "nothing is entered by reading"
    office.run(office.room.take_invitations(read.found[:1], "tinh"))
    assert [one.title for one in office.room.meetings.values()] == ["Giao ban"]
    assert office.room.words("booking.taken_added", n=1) in office.told()[-1].sentence


def test_a_file_that_is_no_calendar_is_told(office: Clocked, tmp_path: Path) -> None:
    file = tmp_path / "hop.ics"
    file.write_text("xin chào", encoding="utf-8")
    assert office.run(office.room.read_invitations(file)) is None
    assert office.told()[-1].sentence == office.room.words("invitation.not_a_calendar")
    assert office.told()[-1].remedy


def test_days_from_a_file_are_taken_whole_or_told_by_their_line(office: Clocked, tmp_path: Path) -> None:
    file = tmp_path / "nghi.csv"
    file.write_text("date,kind\n2090-03-13,off\n2090-99-01,off\n", encoding="utf-8")
    office.run(office.room.overrides_from_file(file))
    assert office.room.words("booking.line", n=3) in office.told()[-1].sentence
    assert office.room.dates.calendar.overrides == ()
    file.write_text("date,kind\n2090-03-13,off\n", encoding="utf-8")
    office.run(office.room.overrides_from_file(file))
    assert len(office.room.dates.calendar.overrides) == 1


def test_at_the_end_the_room_says_for_which_meeting_the_power_stays_on(office: Clocked) -> None:
    office.at = TUESDAY - timedelta(days=5)
    office.add(title="Họp tiếp")
    office.run(office.room._move(Move.POWER_ON))
    office.at = CONNECT - timedelta(minutes=10)
    assert office.view().stays_on_for == "", "nothing ends yet"
    office.at = TUESDAY - timedelta(days=5)
    office.run(office.room._move(Move.SHUT_DOWN))
    assert office.view().stays_on_for == "", "the next meeting is far away"
    office.at = CONNECT - timedelta(minutes=10)
    assert office.view().stays_on_for == "08:00, Họp tiếp"


def test_the_card_tells_deadlines_gaps_and_the_old_time(office: Clocked) -> None:
    office.at = TUESDAY - timedelta(days=5)
    id = office.add()
    office.run(office.room.change_meeting(id, {"opening": (TUESDAY + timedelta(days=1)).isoformat()}))
    card = office.room.card(id)
    assert card is not None
    words = office.room.words
    assert (words("card.was"), "08:00 14/03/2090") in card.facts
    assert [one.name for one in card.deadlines][-1] == words("card.deadline_connect")
    assert words("gap.host_unit") in card.gaps
    office.again()
    again = office.room.card(id)
    assert again is not None
    assert again.facts == card.facts


def test_a_judged_deadline_stands_on_the_card_with_its_verdict(office: Clocked) -> None:
    office.at = TUESDAY - timedelta(days=5)
    id = office.add()
    office.run(office.room.change_meeting(id, {"invitation_received_at": (TUESDAY - timedelta(hours=3)).isoformat()}))
    card = office.room.card(id)
    assert card is not None
    first = card.deadlines[0]
    assert (first.verdict, first.late, first.done) == (office.room.words("card.verdict_late"), True, True)
