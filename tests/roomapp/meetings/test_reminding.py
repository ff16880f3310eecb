"""Reminders: at their moment, once, over a restart too; and what Hôm nay says of late duties and clashes."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roomapp.events import Bell, ReminderView, RoomView
from roomapp.rules.session import Move
from tests.fakes.sound import HandLoudspeaker
from tests.roomapp.meetings.test_booking import TUESDAY, Office

CONNECT = TUESDAY - timedelta(minutes=90)


class Clocked(Office):
    """An office whose clock a test sets."""

    at = datetime.now(UTC)

    def open(self, **pack: object) -> "Office":
        super().open(**pack)
        self.room.parts = replace(self.room.parts, clock=lambda: self.at)
        self.hand.journal._clock = lambda: self.at
        return self

    def look(self, at: datetime) -> ReminderView | None:
        self.at = at
        self.run(self._look())
        return self.view().reminder

    async def _look(self) -> None:
        self.room.begin_day()
        await asyncio.sleep(0.05)

    def view(self) -> RoomView:
        self.room.publish()
        return self.hand.views[-1]

    def shown(self) -> list[str]:
        return [row["duty"] for row in self.hand.rows("reminder.shown")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Clocked]:
    made = Clocked(tmp_path)
    yield made
    made.close()
    made.loop.close()


def booked(office: Clocked) -> str:
    office.at = TUESDAY - timedelta(days=5)
    return office.add()


def test_nothing_is_reminded_of_before_its_moment(office: Clocked) -> None:
    booked(office)
    assert office.look(TUESDAY - timedelta(days=4)) is None
    assert office.shown() == []


def test_a_reminder_comes_at_its_moment_with_a_row_and_only_once(office: Clocked) -> None:
    id = booked(office)
    shown = office.look(CONNECT)
    assert shown is not None
    assert (shown.kind, shown.meeting) == ("connect", id)
    assert "06:30" in shown.sentence
    office.look(CONNECT + timedelta(seconds=10))
    assert office.shown() == ["connect"]


def speaker_in(office: Clocked, rings: bool) -> HandLoudspeaker:
    speaker = HandLoudspeaker("room")
    speaker.rings = rings
    measures = office.room.measures
    measures._devices = replace(measures._devices, loudspeakers={"room": speaker})
    return speaker


def test_reminder_rings_once_on_the_room_s_loudspeaker(office: Clocked) -> None:
    booked(office)
    speaker = speaker_in(office, rings=True)
    office.look(CONNECT)
    office.look(CONNECT + timedelta(seconds=10))
    assert speaker.rung == 1
    assert Bell() not in office.hand.events


def test_screen_s_own_bell_rings_where_no_loudspeaker_does(office: Clocked) -> None:
    booked(office)
    speaker_in(office, rings=False)
    office.look(CONNECT)
    assert office.hand.events.count(Bell()) == 1


def test_bell_waits_for_the_end_of_a_sound_check(office: Clocked) -> None:
    """It would be heard by the microphone that the check has opened."""
    booked(office)
    speaker = speaker_in(office, rings=True)
    office.run(office.room.sounding.alone.acquire())
    assert office.look(CONNECT) is not None
    assert speaker.rung == 0
    office.room.sounding.alone.release()
    office.run(asyncio.sleep(0.05))
    assert speaker.rung == 1


def test_nothing_rings_once_a_meeting_is_on(office: Clocked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it began between the reminder and its bell."""
    booked(office)
    speaker = speaker_in(office, rings=True)
    monkeypatch.setattr(office.room.measures, "_in_meeting", lambda: True)
    assert office.look(CONNECT) is not None
    assert speaker.rung == 0
    assert Bell() not in office.hand.events


def test_known_takes_it_away(office: Clocked) -> None:
    booked(office)
    shown = office.look(CONNECT)
    assert shown is not None
    office.run(office.room.acknowledge_reminder(shown.number))
    assert [row["duty"] for row in office.hand.rows("reminder.known")] == ["connect"]
    after = office.look(CONNECT + timedelta(seconds=10))
    assert after is None or after.kind != "connect"


def test_what_was_shown_before_a_restart_is_not_shown_again(office: Clocked) -> None:
    booked(office)
    office.look(CONNECT)
    office.again()
    office.look(CONNECT + timedelta(minutes=1))
    assert office.shown().count("connect") == 1


def test_what_was_due_while_the_program_was_off_is_shown_when_it_runs_again(office: Clocked) -> None:
    booked(office)
    office.again()
    shown = office.look(CONNECT + timedelta(minutes=1))
    assert shown is not None
    assert shown.kind == "connect"


def test_power_left_on_after_the_closing_is_reminded_of(office: Clocked) -> None:
    booked(office)
    office.at = TUESDAY - timedelta(days=4)
    office.run(office.room._move(Move.POWER_ON))
    office.run(office.room._move(Move.SHUT_DOWN))
    idle = timedelta(minutes=office.room.pack.idle_reminder_min)
    assert office.look(office.at + idle) is None
    shown = office.look(office.at + timedelta(minutes=1))
    assert shown is not None
    assert shown.kind == "power_off"
    office.run(office.room._move(Move.CUT_POWER))
    assert office.look(office.at + timedelta(minutes=1)) is None


def test_a_late_trial_is_told_with_what_to_do_and_the_connection_stays_the_next_duty(office: Clocked) -> None:
    id = booked(office)
    office.at = TUESDAY - timedelta(hours=5)
    view = office.view()
    assert ("trial_latest", id) in [(one.kind, one.meeting) for one in view.late]
    assert all(one.sentence and one.remedy for one in view.late)
    assert view.duty == "connect"


def test_a_clash_names_the_meeting_that_the_rank_keeps(office: Clocked) -> None:
    commune = booked(office)
    central = office.add(TUESDAY + timedelta(hours=1), template="5.4.a")
    (clash,) = office.view().clashes
    assert (clash.first.id, clash.second.id, clash.kept) == (commune, central, central)
    office.run(office.room.settle_clash(central, commune, "elsewhere", "Cô Hoa"))
    assert office.view().clashes == ()
