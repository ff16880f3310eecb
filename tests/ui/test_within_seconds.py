"""In a meeting, as the officer has it before the eyes: a lost camera is told in time, a call is kept by one touch."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from roomapp.events import Place
from roomapp.rules.session import Move
from tests.journeys.driver import Driver
from ui.assemble import Sound

TOLD_S = 5.0


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    driver = Driver(Path(tmp_path_factory.mktemp("room")), (1920, 1080), sound=Sound(False, True))
    house = driver.kiosk.house
    assert house is not None
    room = house.room

    async def enter() -> None:
        room.meeting_id = "practice"
        for move in (Move.POWER_ON, Move.FINISH_CHECK):
            await room._move(move)
        await room._move(Move.JOIN, state_secret=False)
        await room._linked()

    driver.kiosk.worker.submit(enter()).result(30)
    driver.until(lambda: driver.place() is Place.MEETING, "the meeting")
    yield driver
    driver.close()


def test_call_from_the_help_sheet_is_kept_with_its_time_by_one_touch(driver: Driver) -> None:
    driver.touch("help")
    driver.touch("called_control_tech")
    (row,) = [row for row in driver.journal_rows() if row.kind == "call.made"]
    assert (row.body, row.at.tzinfo is not None) == ({"role": "control_tech", "meeting": "practice"}, True)


def test_camera_that_falls_silent_in_a_meeting_is_told_within_five_seconds(driver: Driver) -> None:
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    house.practice.camera.silent = True
    driver.until(lambda: driver.said("camera_alert"), "the alert", TOLD_S)
    assert driver.said("camera_alert") == "Camera chính không trả lời. Bật công tắc phía sau camera."
    house.practice.camera.silent = False
    driver.until(lambda: not driver.said("camera_alert"), "the camera again", 20)
