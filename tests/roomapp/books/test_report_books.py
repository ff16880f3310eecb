"""The other registers in the report: counts of the period, costs of each meeting's own day, nobody's name."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from roomapp.profile.model import Site
from roomapp.records.registers.books import PUT, Books
from roomapp.records.registers.report_books import of_registers
from roomapp.rules.pack import load_pack
from roomapp.rules.reporting.periods import period
from roomapp.rules.reporting.register import MeetingRecord
from roomapp.words import RESOURCES, Words

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PACK = load_pack(RESOURCES / "rules" / "ha-giang.toml")
SITE = msgspec.convert(
    {"code": "TQ-1", "name": "Xã Suối Mây", "kind": "commune", "unit": "UBND xã Suối Mây", "rules": "ha-giang"}, Site
)
OLD = {"level": "Xã", "since": "2026-01-01", "vnd": 500_000}
NEW = {"level": "xa", "since": "2026-11-15", "vnd": 600_000}


def books(**entries: list[dict[str, Any]]) -> Books:
    made = Books()
    for book, all_of in entries.items():
        for number, fields in enumerate(all_of):
            made.take(PUT, {"book": book, "id": f"{book}{number}", "fields": fields})
    return made


def held(day: str, level: str = "T", **more: Any) -> MeetingRecord:
    at = f"{day}T08:00:00+07:00"
    body = {
        "id": day + level,
        "title": "Họp",
        "class": "5.4.b",
        "level": level,
        "system": "province",
        "host_unit": "Sở Y tế",
        "role": "member",
        "planned_opening": at,
        "opened_at": at,
        "closed_at": at.replace("T08", "T10"),
        "status": "held",
        **more,
    }
    return msgspec.convert(body, MeetingRecord)


def told(made: Books, *meetings: MeetingRecord) -> dict[str, Any]:
    return of_registers(made, period("2026-Q4", "calendar", ZONE), meetings, SITE, PACK, Words("vi"))


def test_tariff_changed_within_the_quarter_holds_by_each_meetings_day() -> None:
    # one meeting before 15/11 at 500 000, two from it on at 600 000: 500 000 and 1 200 000
    lines = told(books(tariff=[OLD, NEW]), held("2026-11-14"), held("2026-11-15"), held("2026-12-01"))["costs"]
    assert [(one["tariff_vnd"], one["held"], one["amount_vnd"]) for one in lines] == [
        (500_000, 1, 500_000),
        (600_000, 2, 1_200_000),
    ]


def test_department_that_organises_pays_at_province_level_and_the_site_its_own() -> None:
    lines = told(books(tariff=[OLD]), held("2026-11-14"), held("2026-11-14", "X"))["costs"]
    assert {one["level"]: one["payer"] for one in lines} == {"T": "Sở Y tế", "X": "UBND xã Suối Mây"}


def test_without_a_tariff_for_every_meeting_no_sum_is_guessed() -> None:
    assert "costs" not in told(books(tariff=[NEW]), held("2026-11-14"))
    assert "costs" not in told(books(), held("2026-11-14"))


def test_only_what_happened_in_the_period_is_counted() -> None:
    upkeep = [
        {"day": "2026-10-01", "kind": "cleaning", "cost_vnd": 100_000},
        {"day": "2026-12-31", "kind": "request"},
        {"day": "2026-09-30", "kind": "repair", "cost_vnd": 7},
        {"day": "2027-01-01", "kind": "yearly", "cost_vnd": 7},
    ]
    opinions = [{"day": "2026-10-01", "text": "Đường truyền yếu"}, {"day": "2026-09-30", "text": "cũ"}]
    found = told(books(upkeep=upkeep, opinions=opinions))
    assert (found["upkeep"]["done"], found["upkeep"]["repairs"], found["upkeep"]["cost_vnd"]) == (1, 1, 100_000)
    assert found["remarks"] == {"difficulties": ["Đường truyền yếu"]}


def test_staff_is_counted_at_the_periods_end_and_named_nowhere() -> None:
    staff = [
        {"person": 1, "trained_on": "2026-05-04"},
        {"person": 2, "trained_on": "2026-05-04", "left_on": "2026-11-02"},
        {"person": 3},
    ]
    found = told(books(staff=staff, training=[{"day": "2026-10-05", "topic": "Vận hành", "people": 12}]))["staff"]
    assert found["trained"] == 1
    assert found["changes"] == ["1 cán bộ chuyển công tác ngày 02/11/2026"]
    assert found["trainings"] == ["05/10/2026: Vận hành (12 người)"]


def test_opening_moment_counts_in_the_sites_own_zone() -> None:
    late = datetime.fromisoformat("2026-11-14T17:30:00+00:00")  # 00:30 of the 15th here
    meeting = held("2026-11-14", opened_at=late.isoformat(), closed_at="2026-11-14T19:00:00+00:00")
    (line,) = told(books(tariff=[OLD, NEW]), meeting)["costs"]
    assert (line["tariff_vnd"], late.astimezone(ZONE).date()) == (600_000, date(2026, 11, 15))
