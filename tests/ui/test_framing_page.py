"""Khung hình and the plan editor by touch: what a camera lacks is not shown, edits hold, a release stops the camera."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from roomapp.events import Place, SeatState
from roomapp.profile import PRACTICE
from tests.journeys.driver import Driver
from ui.assemble import Sound
from ui.widgets.button import Touchable

RECALL_S = 2.0
FIXED = """
[[camera]]
id = "wall"
name = "Camera tường"
driver = "fixed"
"""


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    driver = Driver(tmp_path, sound=Sound(False, True))
    yield driver
    driver.close()


def with_fixed_camera(folder: Path) -> Path:
    path = folder / "room.toml"
    path.write_text(PRACTICE.read_text("utf-8").replace("[[seat]]", FIXED + "\n[[seat]]", 1), "utf-8")
    return path


def practice_position(driver: Driver) -> tuple[float, float, float]:
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    return house.practice.camera.position()


def test_one_touch_frames_a_seat_within_two_seconds_also_the_furthest(driver: Driver) -> None:
    """HG-35: out of the overview, then from the first chair to the last, until the camera was read back."""
    driver.panel.go(Place.FRAMING)
    took = dict[str, float]()
    for seat in ("ghe-1", "ghe-6", "ghe-2", "ghe-5", "ghe-1"):
        began = time.monotonic()
        driver.touch(f"seat_{seat}")
        driver.until(lambda seat=seat: driver.view.on_air == seat, f"the camera at {seat}")
        took[seat] = time.monotonic() - began
    assert statistics.median(took.values()) < RECALL_S, took


def test_holding_a_nudge_moves_the_camera_and_releasing_stops_it(driver: Driver) -> None:
    driver.panel.go(Place.FRAMING)
    driver.touch("adjust")
    widget = driver.find("nudge_right")
    assert isinstance(widget, Touchable)
    window = widget.window().windowHandle()
    point = widget.mapTo(widget.window(), widget.rect().center())
    before = practice_position(driver)[0]
    QTest.touchEvent(window, driver._device).press(0, point, window).commit()
    driver.run(1.2)  # more than the dead man's half second: it is renewed
    QTest.touchEvent(window, driver._device).release(0, point, window).commit()
    driver.run(0.3)
    stopped = practice_position(driver)[0]
    driver.run(0.5)
    assert stopped - before > 500
    assert practice_position(driver)[0] == stopped


def test_finger_that_leaves_the_button_stops_the_camera(driver: Driver) -> None:
    driver.panel.go(Place.FRAMING)
    driver.touch("adjust")
    widget = driver.find("nudge_left")
    assert isinstance(widget, Touchable)
    window = widget.window().windowHandle()
    point = widget.mapTo(widget.window(), widget.rect().center())
    touch = QTest.touchEvent(window, driver._device)
    touch.press(0, point, window).commit()
    driver.run(0.4)
    QTest.touchEvent(window, driver._device).move(0, QPoint(5, 5), window).commit()
    driver.run(0.6)
    stopped = practice_position(driver)[0]
    driver.run(0.5)
    assert practice_position(driver)[0] == stopped
    QTest.touchEvent(window, driver._device).release(0, QPoint(5, 5), window).commit()


def test_seat_added_moved_renamed_and_removed_by_touch(driver: Driver) -> None:
    driver.touch("door_technician")
    for _ in range(2):
        for digit in "135791":
            driver.touch(f"pin_{digit}")
        driver.touch("pin_done")
    driver.until(lambda: driver.find("open_seating"), "the open door", 20)
    driver.touch("open_seating")
    seats = len(driver.view.seats)
    driver.touch("place_0_0")
    driver.until(lambda: len(driver.view.seats) == seats + 1, "the new seat")
    seat = driver.view.seats[-1]
    assert (seat.name, seat.state) == ("Ghế 7", SeatState.NOT_STORED)
    driver.touch(f"seat_{seat.id}")
    driver.touch("seat_act_move")
    driver.touch("place_1_0")
    driver.until(lambda: driver.view.seats[-1].x > 0.125, "the moved seat")
    driver.touch(f"seat_{seat.id}")
    driver.touch("seat_act_rename")
    driver.touch("seat_name_Thư ký")
    driver.until(lambda: driver.view.seats[-1].name == "Thư ký", "the renamed seat")
    driver.touch(f"seat_{seat.id}")
    driver.touch("seat_act_remove")
    driver.touch("remove_yes")
    driver.touch("remove_act")
    driver.until(lambda: len(driver.view.seats) == seats, "the removed seat")
    kinds = [row.kind for row in driver.journal_rows() if row.kind.startswith("seat.")]
    assert kinds == ["seat.placed"] * 3 + ["seat.removed"]


def test_camera_that_cannot_turn_has_no_nudges_and_no_adjusting(tmp_path: Path) -> None:
    driver = Driver(tmp_path, profile=with_fixed_camera(tmp_path), sound=Sound(False, True))
    driver.panel.go(Place.FRAMING)
    driver.until(lambda: driver.find("adjust"), "the button of a camera that turns")
    driver.touch("next_camera")
    driver.until(lambda: driver.view.camera == "wall", "the other camera")
    assert driver.find("adjust") is None
    driver.touch("next_camera")
    driver.until(lambda: driver.view.camera == "main", "the first camera again")
    assert driver.find("adjust") is not None
    driver.close()


def test_camera_turned_by_hand_is_said_where_the_officer_looks(driver: Driver) -> None:
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    camera = house.practice.camera
    driver.touch("power_on")
    driver.until(lambda: driver.view.checklist, "the list")
    driver.panel.go(Place.FRAMING)
    driver.touch("seat_ghe-2")
    driver.until(lambda: driver.view.on_air == "ghe-2", "the camera", 20)
    camera.turn_by_hand()
    driver.until(lambda: driver.view.cameras[0].moved_by_hand, "the notice", 15)
    assert driver.said("framing_sentence") == "Camera đã bị xoay, không còn ở Ghế 2. Chạm lại ghế để gọi khung hình."
    driver.touch("seat_ghe-2")
    driver.until(lambda: driver.view.on_air == "ghe-2", "the camera", 20)
    assert not driver.view.cameras[0].moved_by_hand


def test_sample_of_the_empty_room_is_kept_and_later_pictures_are_judged_against_it(driver: Driver) -> None:
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    room, worker = house.room, driver.kiosk.worker
    worker.submit(room.sample_framing("ghe-3")).result(30)
    sample = room.sample("ghe-3")
    assert sample is not None
    assert sample.startswith(b"\x89PNG")
    kept = [row.body for row in driver.journal_rows() if row.kind == "framing.referenced"]
    assert [(body["seat"], len(body["tiles"])) for body in kept] == [("ghe-3", 64)]
    driver.touch("power_on")
    driver.until(lambda: driver.view.checklist, "the list")
    driver.panel.go(Place.FRAMING)
    house.practice.toggle("lights_off")
    driver.touch("seat_ghe-3")
    driver.until(lambda: driver.said("framing_sentence") == driver.words("picture.black"), "the finding", 20)
    found = [row.body["findings"] for row in driver.journal_rows() if row.kind == "framing.picture"]
    assert found == [["black"]]
