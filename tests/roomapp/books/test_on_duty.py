"""Who is on duty: a name, a code of one's own, for the day."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from roomapp.rules.books import Book, Staff
from tests.fakes.conference import PROFILE, HandConference, HandRoom
from tests.roomapp.books.test_book_files import Site, put_staff, site

__all__ = ["site"]
OFFICER = '[[officer]]\nname = "Lò Thị Mai"\nphone = "0912345678"\ntrained_on = 2026-05-04\n'


def test_first_code_is_typed_twice_and_then_signs_on(site: Site) -> None:
    put_staff(site, "Hoàng Văn Tủa")
    (person, name), *_ = site.room.officers()
    assert site.run(site.room.take_duty(person, "1234")).startswith("Nhập lại mã mới")
    assert site.run(site.room.take_duty(person, "1234")) == ""
    assert (site.room.officer, site.hand.views[-1].officer) == (name, name)
    assert site.hand.rows("duty.taken") == [{"person": person, "instead_of": 0}]


def test_wrong_code_signs_nobody_on(site: Site) -> None:
    put_staff(site, "Hoàng Văn Tủa")
    (person, _), *_ = site.room.officers()
    for digits in ("1234", "1234"):
        site.run(site.room.take_duty(person, digits))
    site.room.on_duty, site.room.officer = 0, ""
    assert site.run(site.room.take_duty(person, "4321")) == "Mã chưa đúng. Nhập lại."
    assert site.room.on_duty == 0


def test_whoever_signed_on_today_still_is_after_a_restart(site: Site) -> None:
    put_staff(site, "Hoàng Văn Tủa")
    (person, name), *_ = site.room.officers()
    for digits in ("1234", "1234"):
        site.run(site.room.take_duty(person, digits))
    site.run(site.hand.end())
    site.room = site.run(site.hand.begin())
    assert site.room.officer == name


def test_yesterdays_officer_is_nobody_today(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    put_staff(site, "Hoàng Văn Tủa")
    (person, _), *_ = site.room.officers()
    for digits in ("1234", "1234"):
        site.run(site.room.take_duty(person, digits))
    site.run(site.hand.end())
    from roomapp.running.storeys.core import Core

    monkeypatch.setattr(Core, "_utc", lambda _self: datetime.now(UTC) + timedelta(days=1))
    site.room = site.run(site.hand.begin())
    assert site.room.officer == ""


def test_profiles_officer_is_entered_once_and_taken_out_for_good(tmp_path: Path) -> None:
    site = Site.__new__(Site)
    import asyncio

    site.loop = asyncio.new_event_loop()
    site.hand = HandRoom(tmp_path, {"tinh": HandConference()}, PROFILE + OFFICER)
    for _ in range(2):
        site.room = site.run(site.hand.begin())
        assert [one.trained_on.isoformat() for one in site.room.books.of(Staff)] == ["2026-05-04"]
        site.run(site.hand.end())
    site.room = site.run(site.hand.begin())
    site.run(site.room.remove_entry(Book.STAFF, site.room.entries(Book.STAFF)[0].id, "chuyển công tác"))
    site.run(site.hand.end())
    site.room = site.run(site.hand.begin())
    assert site.room.officers() == ()
    site.run(site.hand.end())
    site.loop.close()
