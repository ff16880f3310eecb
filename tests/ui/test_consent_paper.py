"""The consent paper of another system, entered by touch: what it must say, and what is not taken (Art. 4.2)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from roomapp.rules.consent_paper import ConsentPaper
from tests.journeys.driver import Driver
from ui.assemble import Sound
from ui.pages.join.asks import PaperSheet
from ui.widgets.inputs import Keypad


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    made = Driver(tmp_path_factory.mktemp("room"), (1024, 600), sound=Sound(False, True))
    yield made
    made.close()


def type_in(driver: Driver, pad: str, digits: str) -> None:
    for digit in digits:
        driver.touch(f"{pad}_{digit}")
    driver.touch(f"{pad}_done")


def pad(driver: Driver, name: str) -> Keypad:
    found = driver.find(name)
    assert isinstance(found, Keypad)
    return found


def test_paper_is_entered_by_touch_and_offered_the_next_time(driver: Driver) -> None:
    house, got = driver.kiosk.house, list[ConsentPaper]()
    assert house is not None
    today = house.room.today()
    driver.panel.open_sheet(PaperSheet(driver.panel, "Điều 4.2", got.append))
    type_in(driver, "paper_pad", "12")
    pad(driver, "paper_date_pad").done.emit(f"{today + timedelta(days=1):%d%m%Y}")
    assert driver.said("paper_ground") == driver.words("ui.paper_date_future")
    pad(driver, "paper_date_pad").done.emit("31022026")
    assert driver.said("paper_ground") == driver.words("ui.paper_date_wrong")
    type_in(driver, "paper_date_pad", f"{today:%d%m%Y}")
    driver.touch("paper_by_province")
    driver.touch("paper_until_day")
    pad(driver, "paper_until_pad").done.emit(f"{today - timedelta(days=1):%d%m%Y}")
    assert driver.said("paper_ground") == driver.words("ui.paper_until_past")
    type_in(driver, "paper_until_pad", f"{today:%d%m%Y}")
    entered = ConsentPaper("12", today, "province", until=today)
    assert got == [entered]
    assert driver.find("sheet_paper") is None
    house.room.consents.used(entered)
    driver.panel.open_sheet(PaperSheet(driver.panel, "Điều 4.2", got.append))
    driver.touch("paper_known_0")
    assert got == [entered, entered]
    driver.panel.open_sheet(PaperSheet(driver.panel, "Điều 4.2", got.append))
    driver.touch("paper_known_another")
    assert driver.find("paper_pad_done") is not None
    driver.panel.close_sheet()
