"""A meeting with an interruption, then its minutes, a correction and the quarter's report: all by touch."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roomapp.events import PaperState, Place
from roomapp.rules.session import Move
from tests.journeys.driver import Driver
from tests.journeys.test_practice_room import into_meeting, lose_and_reconnect
from ui.assemble import Sound
from ui.printing import print_pdf


def checked_room_with_a_meeting(driver: Driver) -> str:
    """Its opening is now; the lists before it have their own journey."""
    house, worker = driver.kiosk.house, driver.kiosk.worker
    assert house is not None
    room = house.room

    async def prepare() -> str:
        practice, soon = room.meetings["practice"], datetime.now(UTC) + timedelta(seconds=1)
        meeting = await room.add_meeting(practice.platform, practice.room, soon, "Giao ban tháng")
        await room._move(Move.POWER_ON)
        await room._move(Move.FINISH_CHECK)
        room.on_duty = await room.person("Hoàng Văn Tủa", "0912345678")
        room.publish()
        return meeting.id

    return str(worker.submit(prepare()).result(30))


def paper(driver: Driver, title: str, state: PaperState = PaperState.READY) -> Path:
    driver.until(lambda: driver.view.paper and driver.view.paper.state is not PaperState.MAKING, title, 40)
    assert driver.place() is Place.REPORT
    view = driver.view.paper
    assert view is not None
    assert (view.state, view.title) == (state, title), view.sentence
    return Path(view.pdf)


def printed(pdf: Path, out: Path) -> int:
    """What the button hands to the printer, into a file: no printer stands here."""
    return print_pdf(pdf, "", out).pages


@pytest.mark.journey
@pytest.mark.timeout(200)
def test_after_a_meeting_with_an_incident_its_minutes_and_the_quarter_are_made_by_touch(tmp_path: Path) -> None:
    driver = Driver(tmp_path, (1024, 600), sound=Sound(False, True))
    try:
        meeting = checked_room_with_a_meeting(driver)
        driver.panel.go(Place.HOME)
        into_meeting(driver)
        driver.touch("opened")
        lose_and_reconnect(driver)
        driver.touch("leave")
        driver.touch("leave_chair")
        driver.touch("leave_act")
        driver.until(lambda: driver.place() is Place.SHUTDOWN, "the list of turning off")
        driver.panel.go(Place.HOME)
        driver.touch("door_books")
        driver.touch("book_meetings")
        driver.touch(f"row_{meeting}")
        driver.touch("record_people")
        for key in ("1", "2", "done"):
            driver.touch(f"people_{key}")
        driver.touch(f"row_{meeting}")
        driver.touch("record_minutes")
        minutes = paper(driver, driver.words("paper.kind_minutes"))
        assert printed(minutes, tmp_path / "minutes.pdf") >= 1
        driver.touch("paper_print")
        driver.touch("for_department")
        driver.until(lambda: driver.find("refused_sentence"), "what the printer says")
        assert driver.said("refused_sentence") == driver.words("paper.no_printer")
        driver.touch("sheet_back")
        driver.touch("report_back")
        driver.until(lambda: driver.place() is Place.BOOKS, "the shelf again")
        driver.touch(f"row_{meeting}")
        driver.touch("record_readiness")
        assert printed(paper(driver, driver.words("paper.kind_readiness")), tmp_path / "readiness.pdf") == 2
        driver.touch("report_back")
        driver.touch("books_back")
        driver.touch("book_report")
        house = driver.kiosk.house
        assert house is not None
        quarter = next(text for text, _ in house.room.periods() if "Q" in text)
        driver.touch(f"period_{quarter}")
        report = paper(driver, driver.words("paper.report"), PaperState.DOUBTFUL)  # the quarter runs on
        assert printed(report, tmp_path / "quarter.pdf") >= 2
        assert dict(driver.view.paper.facts)["held"] == "1"  # type: ignore[union-attr]
        assert dict(driver.view.paper.facts)["incidents"] == "1"  # type: ignore[union-attr]
        rows = driver.journal_rows()
    finally:
        driver.close()
    assert [row.body["paper"] for row in rows if row.kind == "paper.made"] == ["minutes", "readiness"]
    assert [row.body["people"] for row in rows if row.kind == "meeting.attendance"] == [12]
