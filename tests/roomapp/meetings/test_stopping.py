"""Joining that the officer stops while something still answers: nothing dials, nothing is watched, nothing is said."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.contract import CallState, Invitation, Reason
from roomapp.rules.session import Phase
from roomapp.running.meeting import calling
from tests.fakes.conference import HandConference
from tests.roomapp.test_attending import House


class SlowConference(HandConference):
    """A road that answers only when it is let; `refuses` then, where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go, self.dialling = asyncio.Event(), asyncio.Event()

    async def join(self, to: Invitation) -> None:
        self.dialling.set()
        await self.let_go.wait()
        await super().join(to)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(calling, "LOOK_S", 0.001)
    made = House(tmp_path)
    made.road = SlowConference()
    made.hand.conferences["tinh"] = made.road
    yield made.begin()
    made.run(made.hand.end())
    made.loop.close()


@pytest.mark.parametrize("refuses", [None, Reason.LINK_LOST])
def test_road_that_answers_after_it_was_stopped_says_nothing(house: House, refuses: Reason | None) -> None:
    road = house.road
    assert isinstance(road, SlowConference)
    road.refuses = refuses

    async def stopped_while_dialling() -> None:
        joining = asyncio.create_task(house.room.join_meeting(False))
        await road.dialling.wait()
        await house.room.stop_joining()
        road.let_go.set()
        await joining
        await asyncio.sleep(0.05)

    house.run(stopped_while_dialling())
    assert house.room.session.phase is Phase.READY
    assert house.room.calling.view().state is CallState.IDLE
    assert house.hand.rows("meeting.join_failed", "meeting.connected") == []


def test_stop_while_the_cameras_are_handed_over_dials_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    handing, handed = asyncio.Event(), asyncio.Event()

    async def hand_over() -> None:
        handing.set()
        await handed.wait()

    back: list[bool] = []
    monkeypatch.setattr(house.room.pictures, "hand_over", hand_over)
    monkeypatch.setattr(house.room.pictures, "take_back", lambda: back.append(handed.is_set()))

    async def stopped_while_handing_over() -> None:
        joining = asyncio.create_task(house.room.join_meeting(False))
        await handing.wait()
        await house.room.stop_joining()
        handed.set()
        await joining

    house.run(stopped_while_handing_over())
    assert (house.road.acts, house.room.session.phase) == ([], Phase.READY)
    assert back[-1], "the cameras come back after they were let go, not before"


def test_refusal_of_a_road_that_nobody_stopped_is_still_told(house: House) -> None:
    road = house.road
    assert isinstance(road, SlowConference)
    road.refuses = Reason.LINK_LOST
    road.let_go.set()
    house.run(house.room.join_meeting(False))
    assert house.room.calling.view().failed
