"""Hôm nay names the upkeep that a room owes."""

from pathlib import Path

from roomapp.events import Place
from tests.journeys.driver import Driver
from tests.screens.provinces import profile_of
from ui.assemble import Sound


def test_room_that_was_never_cleaned_reads_so_on_the_home_page(tmp_path: Path) -> None:
    driver = Driver(tmp_path, profile=profile_of("ha-giang", tmp_path), practice=False, sound=Sound(False, True))
    try:
        (owed,) = [duty for duty in driver.view.late if duty.kind == "cleaning"]
        driver.panel.go(Place.HOME)
        if driver.find("all_alerts") is not None:
            driver.touch("all_alerts")
        assert driver.said("late_cleaning") == f"{owed.sentence} {owed.remedy}"
    finally:
        driver.close()
