"""The registers of a site that has kept them for a while."""

from collections.abc import Iterator

from PySide6.QtWidgets import QScrollArea

from roomapp.events import PaperState, Place
from roomapp.rules.books import Book
from tests.journeys.driver import Driver

STAFF = (
    ("Hoàng Văn Tủa", "0912345678", {"unit": "UBND xã Suối Mây", "trained_on": "2026-05-04"}),
    ("Nguyễn Thị Ánh Đào", "0987654321", {"unit": "Văn phòng HĐND và UBND xã Suối Mây", "trained_on": "2026-05-04"}),
    ("Lò Văn Ứng", "", {"unit": "Trung tâm Phục vụ hành chính công"}),
)
EQUIPMENT = (
    {"name": "Camera chính", "kind": "camera", "serial": "S01-4471209", "device": "camera.main"},
    {"name": "Loa phòng họp", "kind": "loudspeaker", "serial": "LP-22-118", "state": "faulty"},
    {"name": "Bộ lưu điện 3 kVA", "kind": "ups", "state": "in_repair"},
)
UPKEEP = (
    {"day": "2026-08-10", "kind": "yearly", "equipment": "Toàn bộ hệ thống", "work": "Bảo dưỡng định kỳ"},
    {"day": "2026-11-02", "kind": "cleaning", "equipment": "Camera chính", "agent": "khăn mềm"},
)


HELD = (
    ("Giao ban trực tuyến tháng 11 của UBND tỉnh với các xã, phường", "2026-11-03T01:00:00+00:00", "held"),
    ("Tập huấn chuyển đổi số", "2026-11-10T07:00:00+00:00", "held"),
    ("Sơ kết phòng, chống thiên tai", "2026-11-12T01:30:00+00:00", "cancelled"),
)


def books(driver: Driver) -> Iterator[tuple[str, Place]]:
    """Empty, then filled; then one entry by touch."""
    house, worker = driver.kiosk.house, driver.kiosk.worker
    assert house is not None
    driver.touch("door_books")
    _pick(driver, "book_equipment")
    yield "so-sach-trong", Place.BOOKS

    async def fill() -> None:
        for name, phone, fields in STAFF:
            await house.room.put_entry(Book.STAFF, {"person": await house.room.person(name, phone), **fields})
        for fields in EQUIPMENT:
            await house.room.put_entry(Book.EQUIPMENT, fields)
        for fields in UPKEEP:
            await house.room.put_entry(Book.UPKEEP, fields)

    worker.submit(fill()).result(30)
    yield "so-sach-thiet-bi", Place.BOOKS
    _pick(driver, "book_staff")
    yield "so-sach-can-bo", Place.BOOKS
    yield from records(driver)
    yield from _report(driver)
    driver.touch("books_back")


def shelves(driver: Driver) -> Iterator[tuple[str, Place]]:
    """The two shelves of meetings and incidents alone."""
    driver.touch("door_books")
    yield from records(driver)
    yield from _report(driver)


def records(driver: Driver) -> Iterator[tuple[str, Place]]:
    """Meetings and incidents of an earlier register, and one incident that is reported now."""
    house, worker = driver.kiosk.house, driver.kiosk.worker
    assert house is not None

    async def fill() -> None:
        for number, (title, opening, status) in enumerate(HELD):
            times = {"opened_at": opening, "closed_at": opening[:11] + "09:45:00+00:00"} if status == "held" else {}
            body = {"id": f"so-{number}", "title": title, "class": "5.4.b", "level": "T", "status": status}
            await house.room.keep("record.meeting", {**body, "planned_opening": opening, **times})
        body = {"id": "sc-1", "meeting_id": "so-0", "kind": "link", "started_at": "2026-11-03T01:20:00+00:00"}
        await house.room.keep("record.incident", {**body, "connection_lost": True, "cause": "carrier"})
        await house.room.report_incident("sound")

    worker.submit(fill()).result(30)
    _pick(driver, "book_meetings")
    driver.until(lambda: driver.find("row_so-0"), "the meetings")
    yield "so-cuoc-hop", Place.BOOKS
    driver.touch("record_find")
    yield "so-tim", Place.BOOKS
    driver.touch("letter_t")
    driver.touch("letters_done")
    driver.touch("record_find")
    driver.touch("letters_all")
    driver.touch("letters_done")
    _scroll_to(driver, "row_so-0")
    driver.touch("row_so-0")
    driver.until(lambda: driver.find("record_correct"), "the record")
    yield "so-cuoc-hop-mo", Place.BOOKS
    driver.touch("record_correct")
    yield "so-ghi-lai", Place.BOOKS
    driver.touch("field_opened_at")
    yield "so-ghi-lai-gio", Place.BOOKS
    driver.touch("sheet_back")
    _pick(driver, "book_incidents")
    driver.until(lambda: driver.find("row_sc-1"), "the incidents")
    yield "so-su-co", Place.BOOKS
    _scroll_to(driver, "row_sc-1")
    driver.touch("row_sc-1")
    driver.until(lambda: driver.find("record_minutes"), "the incident")
    yield "so-su-co-mo", Place.BOOKS
    driver.touch("record_minutes")
    driver.until(lambda: driver.view.paper and driver.view.paper.state is not PaperState.MAKING, "the minutes", 30)
    yield "so-bien-ban", Place.REPORT
    driver.touch("report_back")
    driver.until(lambda: driver.place() is Place.BOOKS, "the shelf again")


def _scroll_to(driver: Driver, row: str) -> None:
    """As a finger would: on a small panel the older lines stand below."""
    widget = driver.find(row)
    area = widget
    while area is not None and not isinstance(area, QScrollArea):
        area = area.parentWidget()
    if widget is not None and area is not None:
        area.ensureWidgetVisible(widget)
        driver.run(0.1)


def _pick(driver: Driver, shelf: str) -> None:
    """On a small panel the registers' names stand behind the lines of one."""
    if driver.find(shelf) is None:
        driver.touch("books_back")
    driver.touch(shelf)


def _report(driver: Driver) -> Iterator[tuple[str, Place]]:
    """Of the year so far: nothing was held, and that is what it says."""
    _pick(driver, "book_report")
    yield "bao-cao-ky", Place.REPORT
    house = driver.kiosk.house
    assert house is not None
    driver.touch(f"period_{house.room.periods()[0][0]}")
    driver.until(lambda: driver.view.paper and driver.view.paper.state is not PaperState.MAKING, "the report", 30)
    yield "bao-cao", Place.REPORT
    driver.touch("report_back")
    driver.touch("report_back")
