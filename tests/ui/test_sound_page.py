"""Âm thanh and the open microphone by touch: a person's ear, what a meeting refuses, what is told while it is open."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.contract import LoudspeakerVerdict
from roomapp.events import Lamp, Place, RowState
from roomapp.rules.session import Move
from tests.fakes.sound import HandLoudspeaker
from tests.journeys.driver import Driver
from ui.assemble import House, Sound
from ui.commands import serve

INCONCLUSIVE = LoudspeakerVerdict(False, None, None, None)


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    driver = Driver(tmp_path, sound=Sound(False, True))
    yield driver
    driver.close()


def house_of(driver: Driver) -> House:
    assert driver.kiosk.house is not None
    return driver.kiosk.house


def asked(driver: Driver, **request: object) -> dict[str, object]:
    """A command handed to the kiosk."""
    work = serve(house_of(driver).room, dict(request), lambda _line: None)
    return driver.kiosk.worker.submit(work).result(30)


def walk(driver: Driver, *moves: Move, **facts: object) -> None:
    room = house_of(driver).room
    for move in moves:
        driver.kiosk.worker.submit(room._move(move, **facts)).result(10)
    room.publish()


@pytest.mark.parametrize(("answer", "state"), [("yes", RowState.PASSED), ("no", RowState.FAILED)])
def test_person_who_listened_decides_by_touch(driver: Driver, answer: str, state: RowState) -> None:
    check = house_of(driver).room.sounding
    check.silence_s = check.speech_s = 0.5
    check._loudspeakers = {"room": HandLoudspeaker("room", INCONCLUSIVE)}
    driver.panel.go(Place.SOUND)
    driver.until(lambda: driver.view.sound.stage == "done", "the end of the check", 20)
    driver.until(lambda: driver.find(f"ear_{answer}"), "the question")
    assert driver.find("next_step") is None, "nothing is passed over while the question stands"
    driver.touch(f"ear_{answer}")
    driver.until(lambda: driver.view.sound.verdict is state, "the verdict")
    assert [row.body for row in driver.journal_rows() if row.kind == "sound.heard_by_ear"] == [
        {"loudspeaker": "room", "heard": answer == "yes"}
    ]


def test_nothing_is_tried_on_the_sound_of_a_meeting(driver: Driver) -> None:
    walk(driver, Move.POWER_ON, Move.FINISH_CHECK)
    walk(driver, Move.JOIN, state_secret=False)
    answer = asked(driver, command="sound", act="check")
    assert answer == {"code": 1, "answer": {"microphones": [], "loudspeakers": [], "reason": "in_meeting"}}
    driver.kiosk.worker.submit(house_of(driver).room.check_sound()).result(10)
    driver.until(lambda: driver.find("sheet_refused"), "the refusal")
    assert not [row for row in driver.journal_rows() if row.kind == "sound.checked"]


def test_nothing_is_tried_on_the_sound_of_a_trial_connection(driver: Driver) -> None:
    house_of(driver).room.trying = True
    assert asked(driver, command="sound", act="check")["code"] == 1


def test_trial_does_not_begin_while_the_sound_is_being_checked(driver: Driver) -> None:
    house_of(driver).room.sounding.running = True
    answer = asked(driver, command="trial", platform="luyen-tap", room="1", seconds=1)
    house_of(driver).room.sounding.running = False
    assert answer == {"code": 1, "answer": {"platform": "luyen-tap", "reason": "refused_busy"}}


def test_open_microphone_that_nobody_speaks_into_is_told_and_a_howl_closes_it(driver: Driver) -> None:
    house = house_of(driver)
    walk(driver, Move.POWER_ON, Move.FINISH_CHECK)
    walk(driver, Move.JOIN, state_secret=False)
    walk(driver, Move.LINKED)
    speaking, worker = house.room.speaking, driver.kiosk.worker
    worker.submit(house.room.invited_to_speak()).result(10)
    worker.submit(house.room.open_microphone()).result(10)
    driver.until(lambda: driver.view.mic.lamp is Lamp.OPEN, "the open microphone")
    microphone = next(iter(house.audio.microphones.values()))
    microphone._speaking = False  # type: ignore[attr-defined]
    assert speaking._opened_at is not None
    speaking._opened_at -= 30
    microphone._spoken_at -= 30  # type: ignore[attr-defined]
    driver.panel.go(Place.MEETING)
    driver.until(lambda: driver.view.mic.alert == "speechless", "the alert")
    assert driver.said("camera_alert") == driver.words("microphone.speechless")
    microphone.howls = True  # type: ignore[attr-defined]
    driver.until(lambda: driver.view.mic.lamp is Lamp.CLOSED, "the closed microphone", 2.0 * 3)
    driver.until(lambda: driver.said("camera_alert") == driver.words("microphone.closed_howl"), "the reason")


def test_technician_takes_the_loudness_of_today_for_the_usual_one(driver: Driver) -> None:
    async def check() -> None:
        await house_of(driver).room.baselines.heard("room", LoudspeakerVerdict(True, True, -21.5, 90.0))
        await asyncio.sleep(0)

    driver.kiosk.worker.submit(check()).result(10)
    driver.kiosk.worker.submit(house_of(driver).room.keep_baseline()).result(10)
    driver.until(lambda: driver.said("refused_sentence") == driver.words("technician.baseline_kept"), "the answer")
    kept = [row.body["by"] for row in driver.journal_rows() if row.kind == "loudspeaker.baseline"]
    assert kept == ["first_check", "technician"]
