"""What the registers say must be done, as the screen is told of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roomapp.events import Refused
from roomapp.rules.books import Book
from tests.roomapp.books.test_book_files import Site, put_staff, site

__all__ = ["site"]


def alerts(site: Site) -> str:
    return "\n".join(site.hand.views[-1].book_alerts)


def test_fewer_than_two_trained_is_told_until_somebody_takes_the_place(site: Site) -> None:
    put_staff(site, "Hoàng Văn Tủa")
    gone = put_staff(site, "Lò Thị Mai", "0987654321")
    assert site.hand.views[-1].staff_short == ""
    site.run(site.room.remove_entry(Book.STAFF, gone, "moved"))
    assert site.hand.views[-1].staff_short.startswith("Có 1 cán bộ đã tập huấn, cần ít nhất 2.")
    put_staff(site, "Nguyễn Thị Ánh", "0987654322")
    assert site.hand.views[-1].staff_short == ""


@pytest.mark.parametrize(("days", "stale"), [(10, False), (4000, True)])
def test_contact_list_shows_its_day_and_is_told_to_be_old(site: Site, days: int, stale: bool) -> None:
    day = (datetime.now(UTC) - timedelta(days=days)).date()
    person = site.run(site.room.person("Lò Thị Mai", "0912345678"))
    fields = {"person": person, "role": "Cán bộ đầu mối", "list_on": day.isoformat()}
    site.run(site.room.put_entry(Book.CONTACTS, fields))
    (kept,) = site.room.entries(Book.CONTACTS)
    assert site.room.cells(Book.CONTACTS, kept)["list_on"] == f"{day:%d/%m/%Y}"
    assert ("Danh bạ đã cũ" in alerts(site)) is stale


def test_every_device_of_the_room_is_asked_for_until_it_stands_in_the_register(site: Site) -> None:
    devices = site.room.unlisted_devices()
    assert devices
    assert all(name in alerts(site) for _, name in devices)
    for device, name in devices:
        site.run(site.room.put_entry(Book.EQUIPMENT, {"name": name, "device": device}))
    assert "Chưa có trong sổ thiết bị" not in alerts(site)


def test_register_of_equipment_without_a_keeper_is_warned_of(site: Site) -> None:
    id = site.run(site.room.put_entry(Book.EQUIPMENT, {"name": "Camera"}))
    assert "chưa ghi người giữ" in alerts(site)
    keeper = site.run(site.room.person("Lò Thị Mai"))
    site.run(site.room.put_entry(Book.EQUIPMENT, {"name": "Camera", "custodian": keeper}, id))
    assert "chưa ghi người giữ" not in alerts(site)


def test_same_invitation_number_twice_is_warned_of_and_both_meetings_stay(site: Site, tmp_path: Path) -> None:
    opening = datetime.now(UTC) + timedelta(days=9)
    paper = {"invitation_number": "15/GM-UBND", "invitation_issuer": "UBND tỉnh"}
    for hours in (0, 5):
        site.run(site.room.add_meeting("tinh", "1", opening + timedelta(hours=hours), **paper))
    told = [event.sentence for event in site.hand.events if isinstance(event, Refused)]
    assert [one for one in told if "15/GM-UBND" in one] == [told[-1]]
    assert len(site.room.meetings) == 2
