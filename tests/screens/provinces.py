"""One meeting with one lost link under the rules of three provinces: what stands on the screen, what may be done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from roomapp.events import Place
from roomapp.profile import PRACTICE
from roomapp.rules.session import Move
from tests.journeys.driver import Driver

PACKS = ("ha-giang", "lam-dong", "an-giang")


def profile_of(pack: str, folder: Path) -> Path:
    """The practice room, as a room of that province."""
    written = PRACTICE.read_text("utf-8")
    assert written.count('rules = "ha-giang"') == 1
    profile = folder / f"{pack}.toml"
    profile.write_text(written.replace('rules = "ha-giang"', f'rules = "{pack}"'), "utf-8")
    return profile


def province(driver: Driver) -> Iterator[tuple[str, Place]]:
    """Yields (name of the picture, page in front): before it, a seat touched in it, the link gone, and what is owed."""
    checked_room_with_a_meeting(driver)
    driver.panel.go(Place.HOME)
    yield "hom-nay", Place.HOME
    driver.touch("join")
    driver.touch("secret_no")
    driver.touch("join_now")
    driver.until(lambda: driver.view.call.in_meeting, "the meeting", 45)
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    driver.panel.go(Place.FRAMING)
    driver.touch("seat_ghe-2")
    driver.until(lambda: driver.find("refused_sentence") or driver.view.on_air == "ghe-2", "the camera, or why not", 20)
    yield "khung-hinh", Place.FRAMING
    if driver.find("refused_sentence"):
        driver.touch("sheet_back")
    house.practice.break_link()
    driver.until(lambda: driver.place() is Place.LOST, "the page of the lost link", 25)
    driver.until(lambda: driver.find("called_carrier"), "what may be done")
    yield "mat-ket-noi", Place.LOST
    house.practice.mend_link()
    if driver.find("reconnect") is None:
        for done in ("called_carrier", "told_chair", "link_back"):
            driver.touch(done)
        yield "xin-ket-noi-lai", Place.LOST
        driver.touch("leave_by_control_tech:phone")
    driver.touch("reconnect")
    driver.until(lambda: driver.view.incident and driver.view.incident.step == 6, "the restored call", 45)
    driver.until(lambda: driver.view.call.in_meeting, "picture and sound again", 30)
    driver.touch("confirm_both")
    driver.until(lambda: driver.place() is Place.MEETING, "the meeting again")
    driver.panel.go(Place.BOOKS)
    driver.touch("book_report")
    yield "bao-cao", Place.REPORT


def checked_room_with_a_meeting(driver: Driver) -> None:
    """Its opening is in three hours; the lists before it have their own journey."""
    house, worker = driver.kiosk.house, driver.kiosk.worker
    assert house is not None
    room = house.room

    async def prepare() -> None:
        practice, opening = room.meetings.pop("practice"), datetime.now(UTC) + timedelta(hours=3)
        await room.add_meeting(practice.platform, practice.room, opening, "Giao ban trực tuyến tháng", "5.4.b")
        await room._move(Move.POWER_ON)
        await room._move(Move.FINISH_CHECK)
        room.publish()

    worker.submit(prepare()).result(30)
    driver.until(lambda: driver.view.meeting and driver.view.meeting.id != "practice", "the meeting in the calendar")
