"""Hôm nay on a bad day: late duties, a clash, a reminder; and on a day whose duties lie further off."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from roomapp.events import Place, ReminderView
from tests.journeys.driver import Driver


def book(driver: Driver, opening: datetime, title: str, template: str = "5.4.b", **more: object) -> str:
    house = driver.kiosk.house
    assert house is not None
    platform = house.room.platforms()[0][0]
    made = driver.kiosk.worker.submit(house.room.add_meeting(platform, "1", opening, title, template, **more))
    return made.result(20).id


def today(driver: Driver) -> Iterator[tuple[str, Place]]:
    house, worker = driver.kiosk.house, driver.kiosk.worker
    assert house is not None
    room = house.room
    practice = room.meetings.pop("practice")
    room.publish()
    driver.until(lambda: driver.view.meeting is None, "the empty calendar")
    driver.panel.go(Place.HOME)
    yield "hom-nay-trong", Place.HOME
    now = room.now().replace(minute=0, second=0, microsecond=0)
    far = book(driver, now.replace(hour=8) + timedelta(days=9), "Hội nghị trực tuyến toàn quốc về chuyển đổi số")
    yield "hom-nay-viec-xa", Place.HOME
    title = "Hội nghị trực tuyến triển khai nhiệm vụ phát triển kinh tế - xã hội 6 tháng cuối năm"
    near = book(driver, now + timedelta(hours=3), title)
    yield "hom-nay-viec-cham", Place.HOME
    other = book(driver, now + timedelta(hours=4), "Giao ban Trung ương", "5.4.a")
    driver.until(lambda: driver.view.clashes, "the clash")
    yield "hom-nay-trung-lich", Place.HOME
    driver.touch("all_alerts")
    driver.touch("sheet_back")
    room._reminder = ReminderView("connect", near, driver.words("today.remind_connect", when="06:30", title=title), 1)
    room.publish()
    driver.until(lambda: driver.find("reminder_known"), "the banner")
    yield "nhac-viec", Place.HOME
    driver.touch("reminder_known")
    driver.until(lambda: driver.find("reminder_known") is None, "no banner")
    for id in (far, near, other):
        worker.submit(room.cancel_meeting(id, "mistake")).result(10)
    room.meetings["practice"] = practice
    room.publish()
    driver.until(lambda: len(driver.view.meetings) == 1, "the calendar as it was")
