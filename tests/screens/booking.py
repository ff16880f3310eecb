"""Lịch họp: every step of an entry, the list, a card, a changed time."""

from collections.abc import Iterator

from roomapp.events import Place
from tests.journeys.driver import Driver


def booking(driver: Driver) -> Iterator[tuple[str, Place]]:
    house, worker = driver.kiosk.house, driver.kiosk.worker
    assert house is not None
    room = house.room
    driver.touch("door_calendar")
    yield "lich-danh-sach", Place.CALENDAR
    driver.touch("add_meeting")
    yield "lich-bi-mat", Place.CALENDAR
    driver.touch("secret_yes")
    yield "lich-bi-mat-co", Place.CALENDAR
    driver.touch("stop_entry")
    driver.touch("add_meeting")
    driver.touch("secret_no")
    yield "lich-loai", Place.CALENDAR
    driver.touch("template_5.4.a")
    if driver.find("entry_asked") is not None and driver.said("entry_asked") == driver.words("ui.entry_platform"):
        yield "lich-he-thong", Place.CALENDAR
        driver.touch(f"platform_{room.platforms()[0][0]}")
    yield "lich-ngay", Place.CALENDAR
    driver.touch("day_other")
    yield "lich-thang", Place.CALENDAR
    driver.touch("step_back")
    driver.touch(f"day_{room.now().date()}")
    yield "lich-gio", Place.CALENDAR
    driver.touch("time_other")
    for digit in "2359":
        driver.touch(f"time_{digit}")
    yield "lich-gio-khac", Place.CALENDAR
    driver.touch("time_done")
    yield "lich-ma-hop", Place.CALENDAR
    driver.touch("room_7")
    driver.touch("room_done")
    driver.until(lambda: len(driver.view.meetings) == 2, "the meeting")
    yield "lich-co-cuoc-hop", Place.CALENDAR
    id = next(one.id for one in driver.view.meetings if not one.practice)
    driver.touch(f"row_{id}")
    yield "lich-the", Place.CALENDAR
    driver.touch("card_move")
    driver.touch("stop_entry")
    worker.submit(room.change_meeting(id, {"opening": (room.now()).isoformat()})).result(10)
    driver.until(lambda: driver.find("sheet_refused"), "what is late")
    yield "lich-doi-gio", Place.CALENDAR
    driver.touch("sheet_back")
    yield "lich-the-cham", Place.CALENDAR
    worker.submit(room.cancel_meeting(id, "mistake")).result(10)
    driver.touch("to_home")


def workdays(driver: Driver) -> Iterator[tuple[str, Place]]:
    """Behind the technician's code: a day off is entered, then withdrawn."""
    house = driver.kiosk.house
    assert house is not None
    day = house.room.now().date()
    driver.touch("open_workdays")
    yield "ngay-nghi-trong", Place.TECHNICIAN
    driver.touch("workday_add")
    driver.touch(f"date_{day}")
    driver.touch("daykind_off")
    driver.touch("reason_holiday")
    driver.until(lambda: driver.find(f"row_{day}"), "the day")
    yield "ngay-nghi", Place.TECHNICIAN
    driver.touch(f"row_{day}")
    driver.touch("withdraw_mistake")
    driver.touch("withdraw_act")
    driver.until(lambda: not house.room.dates.calendar.overrides, "the day withdrawn")
    driver.touch("workdays_done")


def technician(driver: Driver) -> Iterator[tuple[str, Place]]:
    driver.touch("door_technician")
    for _ in range(2):
        for digit in "135791":
            driver.touch(f"pin_{digit}")
        driver.touch("pin_done")
    driver.until(lambda: driver.find("open_seating"), "the open door", 20)
    yield "ky-thuat-mo", Place.TECHNICIAN
    yield from workdays(driver)
