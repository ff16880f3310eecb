"""What stands in a register, and what the rules say of all of it."""

from datetime import date
from typing import Any

import pytest

from roomapp.records.registers.books import Books
from roomapp.rules.books import (
    Book,
    Contact,
    DueKind,
    EntryError,
    Equipment,
    Staff,
    Tariff,
    Upkeep,
    UpkeepKind,
    due_in,
    entry_from,
    lacking_equipment,
    ready_staff,
    tariff_on,
)

LIMITS = {"yearly_months": 12, "cleaning_days": 30, "contact_list_days": 180, "notice_days": 30}


def upkeep(day: str, kind: UpkeepKind = UpkeepKind.YEARLY) -> Upkeep:
    return Upkeep(day=date.fromisoformat(day), kind=kind)


def due(today: str, *kept: Upkeep) -> dict[DueKind, Any]:
    return {one.kind: one for one in due_in(date.fromisoformat(today), kept, (), **LIMITS)}


@pytest.mark.parametrize(("today", "overdue"), [("2027-08-10", False), ("2027-08-11", True)])
def test_maintenance_of_10_august_is_due_a_year_later_and_overdue_the_day_after(today: str, overdue: bool) -> None:
    yearly = due(today, upkeep("2026-08-10"))[DueKind.YEARLY]
    assert (yearly.day, yearly.overdue) == (date(2027, 8, 10), overdue)


def test_maintenance_is_told_thirty_days_before() -> None:
    # 10/8/2027 less 30 days is 11/7/2027
    assert not due("2027-07-10", upkeep("2026-08-10"))[DueKind.YEARLY].soon
    assert due("2027-07-11", upkeep("2026-08-10"))[DueKind.YEARLY].soon


def test_maintenance_of_a_leap_day_is_due_on_the_last_of_february() -> None:
    assert due("2024-03-01", upkeep("2024-02-29"))[DueKind.YEARLY].day == date(2025, 2, 28)


def test_room_that_was_never_cleaned_owes_it_now() -> None:
    cleaning = due("2026-11-25")[DueKind.CLEANING]
    assert (cleaning.day, cleaning.soon) == (None, True)


def test_contact_list_is_stale_after_its_limit() -> None:
    lists = [Contact(person=1, role="carrier", list_on=date(2026, 1, 1))]
    (_, _, stale) = due_in(date(2026, 7, 1), (), lists, **LIMITS)  # 1/1 and 180 days is 30/6
    assert (stale.day, stale.overdue) == (date(2026, 6, 30), True)


def test_staff_counts_only_while_trained_active_and_here() -> None:
    today = date(2026, 11, 25)
    trained = {"person": 1, "trained_on": date(2026, 5, 4)}
    staff = [
        Staff(**trained),
        Staff(person=2),
        Staff(**trained, active=False),
        Staff(**trained, left_on=today),
        Staff(**trained, left_on=date(2026, 11, 26)),
        Staff(person=3, trained_on=date(2026, 12, 1)),
    ]
    assert ready_staff(staff, today) == (staff[0], staff[4])


def test_device_of_the_profile_that_no_register_lists_is_named() -> None:
    assert lacking_equipment(["camera.main", "ups"], [Equipment(name="Camera", device="camera.main")]) == ("ups",)


def test_tariff_of_the_meetings_own_day_holds() -> None:
    old = Tariff(level="xã", since=date(2026, 1, 1), vnd=500_000)
    new = Tariff(level="xã", since=date(2026, 11, 15), vnd=600_000)
    assert tariff_on(date(2026, 11, 14), [new, old]) == old
    assert tariff_on(date(2026, 11, 15), [new, old]) == new
    assert tariff_on(date(2025, 12, 31), [new, old]) is None


@pytest.mark.parametrize(
    ("book", "fields", "named"),
    [
        (Book.EQUIPMENT, {"name": ""}, "name"),
        (Book.EQUIPMENT, {}, "name"),
        (Book.UPKEEP, {"day": "31/12/2026", "kind": "yearly"}, "day"),
        (Book.UPKEEP, {"day": "2026-12-31", "kind": "repairs"}, "kind"),
        (Book.TARIFF, {"level": "xã", "since": "2026-01-01", "vnd": -1}, "vnd"),
        (Book.OPINIONS, {"day": "2026-01-01", "text": "x" * 4001}, "text"),
    ],
)
def test_entry_that_cannot_be_names_its_field(book: Book, fields: dict[str, Any], named: str) -> None:
    with pytest.raises(EntryError) as caught:
        entry_from(book, fields)
    assert caught.value.field == named


def test_registers_are_what_the_journal_says_and_rows_of_no_sense_change_nothing() -> None:
    books = Books()
    for number, (kind, body) in enumerate(
        [
            ("book.put", {"book": "equipment", "id": "a", "fields": {"name": "Camera"}}),
            ("book.put", {"book": "equipment", "id": "b", "fields": {"name": "Loa"}}),
            ("book.put", {"book": "equipment", "id": "a", "fields": {"name": "Camera mới"}}),
            ("book.put", {"book": "equipment", "id": "a", "fields": {"name": ""}}),
            ("book.put", {"book": "nothing", "id": "a", "fields": {}}),
            ("book.removed", {"book": "equipment", "id": "b", "why": "trả lại"}),
            ("camera.state", {}),
        ],
        1,
    ):
        books.take(kind, body, number)
    (only,) = books.entries(Book.EQUIPMENT)
    assert (only.id, only.entry, only.rows) == ("a", Equipment(name="Camera mới"), (1, 3))
