"""Roster, upkeep and notices: from the registers as they stand; what was not told stays empty."""

import pytest

from roomapp.records.calendar import deadlines_of
from roomapp.records.facts.lists import gap_names, notice_of, roster_of, upkeep_entries
from roomapp.records.facts.telling import FactError
from roomapp.records.registers.books import PUT, books_of
from roomapp.rules.meeting import Gap, meeting_from
from tests.roomapp.facts.told import ADDED, TIMES, Told, day, rows_of, telling


def put(book: str, id: str, **fields: object) -> Told:
    return ("04:00", PUT, {"book": book, "id": id, "fields": fields})


BOOKS = books_of(
    rows_of(
        put("staff", "a", person=1, trained_on="2026-05-04"),
        put("staff", "b", person=2, active=False, left_on="2026-11-01"),
        put("staff", "c", person=9),
        put("equipment", "e", name="Camera chính", serial="S01", make="Hãng"),
        put("upkeep", "u", day="2026-08-10", kind="yearly", equipment="Camera chính", done_by=1),
        put("handover", "h", day="2026-07-01", given_by="Sở", received_by="UBND xã", items="Loa; Micro"),
    )
)
MEETING = meeting_from(ADDED)


def test_the_roster_lists_active_people_the_change_and_who_is_on_duty() -> None:
    found = roster_of(BOOKS, [MEETING], day("04:00"), telling())
    assert [(one.name, one.trained(found.day)) for one in found.people] == [("Hoàng Văn Tủa", True)]
    assert [one.left for one in found.changes] == ["Lò Văn Ứng"]
    (duty,) = found.duties
    assert (duty.officer, duty.substitute, duty.carrier_tech) == ("Hoàng Văn Tủa", "Lò Văn Ứng", "Trần Văn Mạng")
    assert {one.role for one in found.contacts} == {"control_tech", "carrier_tech"}


def test_a_meeting_that_is_over_is_on_no_roster() -> None:
    assert roster_of(BOOKS, [MEETING], day("12:00"), telling()).duties == ()


def test_upkeep_and_handover_are_one_register_by_day_with_the_devices_of_the_register() -> None:
    handover, yearly = upkeep_entries(BOOKS, telling())
    assert ([one.name for one in handover.devices], handover.done_by) == (["Loa", "Micro"], "Sở")
    assert (yearly.devices[0].serial, yearly.done_by, yearly.cost_vnd) == ("S01", "Hoàng Văn Tủa", None)
    assert yearly.next_due is not None
    assert yearly.next_due.isoformat() == "2027-08-10"


def test_a_notice_has_the_deadlines_and_the_officer_and_none_is_written_without_them() -> None:
    times = deadlines_of([("deadlines.set", TIMES)])["m1"].times
    found = notice_of(MEETING, times, "Nhà mạng", telling())
    assert (found.strict, found.latest, found.connect, found.end) == (
        day("05:30"), day("06:00"), day("06:30"), day("11:00"),
    )  # fmt: skip
    assert (found.officer, found.to) == ("Hoàng Văn Tủa", "Nhà mạng")
    with pytest.raises(FactError, match="no_times"):
        notice_of(MEETING, None, "Nhà mạng", telling())


def test_every_gap_has_its_words() -> None:
    assert all(gap_names(list(Gap), telling()))
