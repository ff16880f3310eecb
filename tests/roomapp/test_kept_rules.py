"""Rules of which a whole room, not one part of it, must be seen to keep them: readiness, secrets, systems, sums."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roomapp.events import Refused, RowState
from roomapp.records.registers.register import fold
from roomapp.rules.meeting import MeetingKind
from roomapp.rules.reporting.figure_details import details
from roomapp.rules.reporting.figures import figures, share
from roomapp.rules.session import Move, Phase
from tests.fakes.conference import PROFILE, HandConference, HandRoom
from tests.fakes.profiles import SITE
from tests.roomapp.records_register.making import CALENDAR, PACK, during, incident, meeting

CARRIER = '[[contact]]\nrole = "carrier_tech"\nname = "VNPT"\nphone = "0912345678"\n'
CONTROL = '[[contact]]\nrole = "control_tech"\nname = "Chị Mai"\nphone = "0912345679"\n'
CAMERA = '[[camera]]\nid = "main"\nname = "Camera chính"\ndriver = "visca-udp"\nhost = "10.0.0.9"\n'
SEAT = '[[seat]]\nid = "ghe-{n}"\nname = "Ghế {n}"\ncamera = "main"\npreset = {n}\n'
Q4 = during("2026-Q4")


class House:
    def __init__(self, folder: Path, profile: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.roads = {"tinh": HandConference(), "ngoai": HandConference()}
        self.hand = HandRoom(folder, self.roads, profile)
        self.room = self.run(self.hand.begin())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def check(self) -> None:
        """The power-on list as far as a person comes who answers everything well."""
        self.run(self.room.start_power_on())
        self.run(asyncio.sleep(0.1))
        for step, answer in (("surroundings", "no"), ("conditions", "yes")):
            self.run(self.room.answer_step(step, answer))
        self.run(asyncio.sleep(0.2))

    def state(self, step: str) -> RowState | None:
        assert self.room.runner is not None
        return self.room.runner.state(step)

    def refusal(self) -> str:
        return next((event.sentence for event in reversed(self.hand.events) if isinstance(event, Refused)), "")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Callable[[str], House]]:
    made: list[House] = []

    def make(profile: str) -> House:
        made.append(House(tmp_path, profile))
        return made[-1]

    yield make
    for house in made:
        house.run(house.hand.end())
        house.loop.close()


def test_room_without_the_carriers_number_is_not_ready_and_joins_nothing(room: Callable[[str], House]) -> None:
    house = room(SITE)
    house.check()
    assert house.state("contact") is RowState.FAILED
    house.run(house.room.add_meeting("", "1", datetime.now(UTC) + timedelta(hours=2)))
    house.run(house.room.join_meeting(False))
    assert house.refusal() == house.room.words("session.not_checked")


def test_room_with_both_numbers_is_ready(room: Callable[[str], House]) -> None:
    house = room(SITE + CARRIER + CONTROL)
    house.check()
    assert (house.state("contact"), house.room.session.phase) == (RowState.PASSED, Phase.READY)


def test_room_is_not_ready_while_one_of_five_seats_was_not_framed(room: Callable[[str], House]) -> None:
    house = room(SITE + CARRIER + CONTROL + CAMERA + "".join(SEAT.format(n=n) for n in range(1, 6)))
    house.check()
    house.room.framing._tried = {f"ghe-{n}" for n in range(1, 5)}
    house.run(house.room.finish_framing())
    assert (house.state("framing"), house.room.session.phase) == (RowState.FAILED, Phase.CHECKING)
    house.room.framing._tried |= {"ghe-5"}
    house.run(house.room.finish_framing())
    house.run(asyncio.sleep(0.05))
    assert (house.state("framing"), house.room.session.phase) == (RowState.PASSED, Phase.READY)


def test_meeting_with_state_secrets_is_not_joined_and_nothing_of_it_is_kept(room: Callable[[str], House]) -> None:
    house = room(PROFILE)
    house.run(house.room.add_meeting("tinh", "4821", datetime.now(UTC) + timedelta(hours=2), title="Họp kín"))
    for move in (Move.POWER_ON, Move.FINISH_CHECK):
        house.run(house.room._move(move))
    before = len(house.hand.journal.rows())
    house.run(house.room.join_meeting(True))
    house.run(house.room.refuse_secret())
    assert house.roads["tinh"].acts == []
    after = house.hand.journal.rows()[before:]
    assert [(row.kind, row.body) for row in after] == [("meeting.secret_refused", {})]


def test_record_names_the_one_of_two_systems_that_the_meeting_was_on(room: Callable[[str], House]) -> None:
    house = room(PROFILE)
    systems = {}
    for platform in ("tinh", "ngoai"):
        at = datetime.now(UTC) - timedelta(minutes=30)
        made = house.run(house.room.add_meeting(platform, "4821", at))
        for kind, minutes in (("meeting.opened", 0), ("meeting.closed", 20)):
            body = {"meeting": made.id, "at": (at + timedelta(minutes=minutes)).isoformat()}
            house.run(house.room.keep(kind, body))
        systems[made.id] = "province" if platform == "tinh" else "other"
    register = fold(house.hand.journal.rows(), datetime.now(UTC))
    assert {one.id: one.system for one in register.meetings} == systems


def test_kinds_of_meetings_add_up_to_all_that_were_held() -> None:
    kinds = [*map(str, MeetingKind), "working", ""]  # the last: nobody told
    held = [meeting(id=f"m{n}", kind=kind) for n, kind in enumerate(kinds)]
    counted = details(share(Q4, held, []), Q4)["held_by_kind"]
    assert sum(counted.values()) == len(held)
    assert counted["working"] == 2


def test_incident_outside_meetings_is_counted_in_its_period() -> None:
    reported = incident(id="i", kind="equipment", connection_lost=False, started_at="20/11/2026 07:00")
    found = figures(share(Q4, [meeting()], [reported]), PACK, CALENDAR)["incidents"]
    assert (found["total"], found["in_meetings"], found["by_kind"]["equipment"]) == (1, 0, 1)
