"""The registers of a site that has kept them for a while."""

from collections.abc import Iterator

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
    yield from _report(driver)
    driver.touch("books_back")


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
