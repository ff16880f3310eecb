"""A meeting by touch alone: entered, moved, what is late seen, a clash settled; the journal says the same."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from roomapp.events import Place
from tests.journeys.driver import Driver
from ui.assemble import Sound

pytestmark = [pytest.mark.journey, pytest.mark.timeout(120)]

MOST_TOUCHES = 14
MOST_S = 60


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    made = Driver(tmp_path / "data", sound=Sound(False, True))
    yield made
    made.close()


def enter(driver: Driver, template: str, time: str) -> str:
    """Tomorrow at `time`; the new meeting's id."""
    before = {one.id for one in driver.view.meetings}
    house = driver.kiosk.house
    assert house is not None
    day = house.room.now().date() + timedelta(days=1)
    driver.touch("add_meeting")
    driver.touch("secret_no")
    driver.touch(f"template_{template}")
    if driver.said("entry_asked") == driver.words("ui.entry_platform"):
        driver.touch(f"platform_{house.room.platforms()[0][0]}")
    driver.touch(f"day_{day}")
    driver.touch(f"time_{time}")
    driver.touch("room_4")
    driver.touch("room_2")
    driver.touch("room_done")
    driver.until(lambda: {one.id for one in driver.view.meetings} > before, "the meeting")
    (made,) = {one.id for one in driver.view.meetings} - before
    return made


def rows(driver: Driver, *kinds: str) -> list[dict[str, object]]:
    return [dict(row.body) for row in driver.journal_rows() if row.kind in kinds]


def test_a_meeting_is_entered_by_touch_moved_and_its_clash_settled(driver: Driver) -> None:
    began = datetime.now()
    worker, house = driver.kiosk.worker, driver.kiosk.house
    assert house is not None
    driver.touch("door_calendar")
    id = enter(driver, "5.4.b", "0800")
    assert driver.touches <= MOST_TOUCHES
    assert (datetime.now() - began).total_seconds() < MOST_S
    (added,) = rows(driver, "meeting.added")
    assert (added["class"], added["level"], added["room"]) == ("5.4.b", "T", "42")

    driver.touch(f"row_{id}")
    driver.touch("card_move")
    driver.touch(f"day_{house.room.now().date()}")
    driver.touch("time_other")
    for digit in "2359":
        driver.touch(f"time_{digit}")
    driver.touch("time_done")
    driver.until(lambda: driver.find("sheet_refused"), "what is late by the new time")
    assert driver.words("duty.late_trial_latest") in driver.said("refused_sentence")
    driver.touch("sheet_back")
    (changed,) = rows(driver, "meeting.changed")
    assert isinstance(changed["was"], dict)
    old, first = (datetime.fromisoformat(str(one)) for one in (changed["was"]["opening"], added["opening"]))
    assert old == first, "the old time is kept"

    driver.touch("card_back")
    driver.touch("to_home")
    driver.until(lambda: driver.find("late_trial_latest_" + id) or driver.find("all_alerts"), "what is late at home")

    opening = house.room.meetings[id].opening + timedelta(hours=2)
    central = (
        worker.submit(house.room.add_meeting(house.room.platforms()[0][0], "1", opening, template="5.4.a"))
        .result(10)
        .id
    )
    driver.until(lambda: driver.view.clashes, "the clash")
    driver.touch(f"clash_{id}_{central}")
    driver.touch(f"kept_{central}")
    driver.touch("what_elsewhere")
    driver.touch("told_host_unit")
    driver.until(lambda: not driver.view.clashes, "the settled clash")
    (settled,) = rows(driver, "clash.settled")
    assert (settled["kept"], settled["other"], settled["what"]) == (central, id, "elsewhere")
    who = house.journal.person(int(str(settled["told"])))
    assert who is not None
    assert who.name == driver.words("today.told_host_unit")


def test_a_meeting_with_state_secrets_leaves_nothing_behind(driver: Driver) -> None:
    driver.touch("door_calendar")
    before = len(driver.journal_rows())
    driver.touch("add_meeting")
    driver.touch("secret_yes")
    assert driver.said("entry_said") == driver.words("ui.secret_blocked")
    driver.touch("stop_entry")
    assert len(driver.journal_rows()) == before
    house = driver.kiosk.house
    assert house is not None
    driver.until(lambda: house.room.draft("meeting") == {}, "no draft")
    assert driver.place() is Place.CALENDAR


def test_an_entry_goes_on_where_it_was_left(driver: Driver) -> None:
    driver.touch("door_calendar")
    driver.touch("add_meeting")
    driver.touch("secret_no")
    driver.touch("template_5.4.b")
    asked = driver.said("entry_asked")
    driver.panel.go(Place.HOME)
    driver.panel._pages.pop(Place.CALENDAR)  # as after a restart: only the room's draft is left
    driver.touch("door_calendar")
    assert driver.said("entry_asked") == asked
