"""Điều khiển by touch: two touches ask, one invites, one ends; a member finds no way there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from roomapp.events import ChairView, Lamp, Place
from roomapp.rules.books import Book
from roomapp.rules.session import Move
from tests.journeys.driver import Driver
from ui.assemble import Sound

SITES = ("Xã Hùng An", "Xã Mèo Vạc", "Phường Hà Giang 1")


@pytest.fixture
def size() -> tuple[int, int]:
    return 1024, 600


@pytest.fixture
def driver(size: tuple[int, int], tmp_path: Path) -> Iterator[Driver]:
    driver = Driver(tmp_path, size, sound=Sound(False, True))
    yield driver
    driver.close()


def meet(driver: Driver, role: str) -> None:
    """Into the meeting, without its conference."""
    house = driver.kiosk.house
    assert house is not None
    room = house.room

    async def enter() -> None:
        await room.change_meeting("practice", {"role": role})
        room.meeting_id = "practice"
        for move in (Move.POWER_ON, Move.FINISH_CHECK):
            await room._move(move)
        await room._move(Move.JOIN, state_secret=False)
        await room._linked()

    driver.kiosk.worker.submit(enter()).result(30)
    driver.until(lambda: driver.place() is Place.MEETING, "the meeting")


def fill_contacts(driver: Driver) -> None:
    house = driver.kiosk.house
    assert house is not None
    room = house.room

    async def fill() -> None:
        person = await room.person("Lò Thị Mai", "0912345678")
        for unit in SITES:
            await room.put_entry(Book.CONTACTS, {"person": person, "role": "Cán bộ đầu mối", "unit": unit})

    driver.kiosk.worker.submit(fill()).result(30)


def chair(driver: Driver) -> ChairView:
    assert driver.view.chair is not None
    return driver.view.chair


def queue(driver: Driver) -> list[str]:
    return [row.name for row in chair(driver).queue]


def site(driver: Driver, name: str) -> str:
    return "row_" + next(row.id for row in chair(driver).sites if row.name == name)


@pytest.mark.parametrize("size", [(1024, 600), (1920, 1080)])
def test_member_finds_no_way_to_the_page(driver: Driver) -> None:
    meet(driver, "member")
    assert driver.find("open_chair") is None


def test_chairperson_speaks_without_being_invited_and_it_is_kept_why(driver: Driver) -> None:
    meet(driver, "chair")
    driver.touch("mic_on")
    driver.until(lambda: driver.view.mic.lamp is Lamp.OPEN, "the open microphone")
    (row,) = (row.body for row in driver.journal_rows() if row.kind == "microphone.opened")
    assert row["reason"] == "chairs"


def test_sites_are_listed_and_requests_asked_invited_ended_and_withdrawn_by_touch(driver: Driver) -> None:
    meet(driver, "chair")
    driver.touch("open_chair")
    assert driver.place() is Place.CHAIR
    driver.touch("row_add_sites")
    assert driver.said("refused_sentence") == driver.words("chair.none_offered"), "it says where sites come from"
    driver.touch("sheet_back")
    fill_contacts(driver)
    driver.touch("row_add_sites")
    driver.touch("add_site_all")
    driver.until(lambda: len(chair(driver).sites) == 3, "the sites")
    before = driver.touches
    for name in ("Xã Mèo Vạc", "Xã Hùng An"):
        driver.touch(site(driver, name))
        driver.touch("site_asks")
    driver.until(lambda: queue(driver) == ["1. Xã Mèo Vạc", "2. Xã Hùng An"], "both requests")
    driver.touch("invite_site")
    driver.until(lambda: queue(driver) == ["Xã Mèo Vạc", "1. Xã Hùng An"], "the invitation")
    assert driver.find("invite_site") is None, "one site speaks at a time"
    driver.touch("end_turn")
    driver.until(lambda: queue(driver) == ["1. Xã Hùng An"], "the end")
    assert driver.touches - before == 6
    driver.touch("row_" + chair(driver).first)
    driver.touch("turn_withdraw")
    driver.until(lambda: queue(driver) == [], "the withdrawal")
    assert driver.find("queue_empty") is not None
    driver.touch(site(driver, "Xã Mèo Vạc"))
    driver.touch("site_both_ways")
    driver.until(lambda: chair(driver).said == "Điểm cầu: 1/3 hai chiều tốt", "the confirmation")
    driver.touch("to_meeting")
    assert driver.place() is Place.MEETING
    kinds = [row.kind for row in driver.journal_rows() if row.kind.startswith("chair.")]
    asked = ["chair.asked"] * 2
    assert kinds == ["chair.sites", *asked, "chair.invited", "chair.ended", "chair.withdrawn", "chair.site"]


@pytest.mark.parametrize("size", [(1920, 1080)])
def test_seat_is_framed_from_the_page(driver: Driver) -> None:
    meet(driver, "chair")
    driver.touch("open_chair")
    # A framing is learned from a camera that was seen to move and settle: joining has sent it to the overview.
    driver.until(lambda: any(row.kind == "framing.recalled" for row in driver.journal_rows()), "the overview", 20)
    driver.touch("seat_ghe-2")
    driver.until(lambda: driver.view.on_air == "ghe-2", "the camera", 20)
    assert driver.said("on_air") == driver.words("ui.on_air", name="Ghế 2")
