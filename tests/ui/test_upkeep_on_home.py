"""Hôm nay names the upkeep that a room owes."""

from datetime import timedelta
from pathlib import Path

from roomapp.events import Place
from roomapp.rules.books import Book
from tests.fakes.conference import PROFILE
from tests.journeys.driver import Driver
from ui.assemble import Sound


def test_cleaning_that_is_past_its_day_stands_on_the_home_page(tmp_path: Path) -> None:
    profile = tmp_path / "room.toml"
    profile.write_text(PROFILE, "utf-8")
    driver = Driver(tmp_path, profile=profile, sound=Sound(False, True))
    try:
        house = driver.kiosk.house
        assert house is not None
        last = house.room.today() - timedelta(days=house.room.pack.cleaning_days + 1)
        cleaned = house.room.put_entry(Book.UPKEEP, {"day": last.isoformat(), "kind": "cleaning"})
        driver.kiosk.worker.submit(cleaned).result(10)
        driver.panel.go(Place.HOME)
        driver.until(lambda: any(duty.kind == "cleaning" for duty in driver.view.late), "the late cleaning")
        (owed,) = [duty for duty in driver.view.late if duty.kind == "cleaning"]
        if driver.find("all_alerts") is not None:
            driver.touch("all_alerts")
        assert driver.said("late_cleaning") == f"{owed.sentence} {owed.remedy}"
    finally:
        driver.close()
