"""An .ics file: what is taken of it, what is left open, what is refused with its line; nothing of a bad one."""

import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.records.invitations import InvitationError, Note, Read, read_file, read_ics
from tests.roomapp.meetings.examples import at

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = at("2026-11-25T12:00")


def event(*lines: str, uid: str = "a@tinh") -> str:
    head = () if not uid else (f"UID:{uid}",)
    return "\r\n".join(("BEGIN:VEVENT", *head, *lines, "END:VEVENT"))


def calendar(*events: str, head: str = "") -> bytes:
    body = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *([head] if head else []), *events))
    return f"{body}\r\nEND:VCALENDAR\r\n".encode()


def read(*events: str, head: str = "") -> Read:
    return read_ics(calendar(*events, head=head), ZONE, NOW)


def openings(found: Read) -> list[str]:
    return [f"{one.opening.astimezone(ZONE):%m-%d %H:%M}" for one in found.found if one.opening is not None]


def test_title_time_end_and_place_are_taken_and_nothing_else() -> None:
    lines = (
        "SUMMARY:Giao ban\\, tháng 12",
        "DTSTART:20261201T010000Z",
        "DTEND:20261201T040000Z",
        "LOCATION:UBND tỉnh",
        "DESCRIPTION:mật khẩu phòng 1234",
        "ORGANIZER;CN=Nguyễn Văn A:mailto:a@example.vn",
        "ATTENDEE:mailto:b@example.vn",
    )
    (one,) = read(event(*lines)).found
    assert (one.source, one.opening, one.notes) == ("ics:a@tinh", at("2026-12-01T08:00"), ())
    end = at("2026-12-01T11:00").astimezone(ZoneInfo("UTC")).isoformat()
    assert one.fields == {"title": "Giao ban, tháng 12", "chair_site": "UBND tỉnh", "expected_end": end}


def test_address_as_a_place_is_not_taken_for_it_may_hold_a_code() -> None:
    lines = ("SUMMARY:x", "DTSTART:20261201T010000Z", "LOCATION:https://hop.example.vn/j/1?pwd=2")
    assert "chair_site" not in read(event(*lines)).found[0].fields


@pytest.mark.parametrize(
    ("start", "opening", "notes"),
    [
        ("DTSTART;TZID=Asia/Ho_Chi_Minh:20261201T080000", "2026-12-01T08:00", ()),
        ("DTSTART;TZID=Asia/Tokyo:20261201T100000", "2026-12-01T08:00", ()),
        ("DTSTART;TZID=SE Asia Standard Time:20261201T080000", "2026-12-01T08:00", ()),  # as Outlook names it
        ("DTSTART:20261201T080000", "2026-12-01T08:00", (Note.NO_ZONE,)),
        ("DTSTART;TZID=Nowhere/Land:20261201T080000", "2026-12-01T08:00", (Note.UNKNOWN_ZONE,)),
        ("DTSTART;VALUE=DATE:20261201", None, (Note.ALL_DAY,)),
    ],
)
def test_zone_that_is_not_told_is_the_site_s_and_said_to_be(start: str, opening: str | None, notes: object) -> None:
    (one,) = read(event(start, "SUMMARY:x")).found
    assert one.opening == (None if opening is None else at(opening))
    assert (one.notes, f"{one.day}") == (notes, "2026-12-01")


def test_zone_described_in_the_file_is_used() -> None:
    zone = (
        "BEGIN:VTIMEZONE\r\nTZID:Own\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0900\r\n"
        "TZOFFSETTO:+0900\r\nEND:STANDARD\r\nEND:VTIMEZONE"
    )
    assert openings(read(zone, event("DTSTART;TZID=Own:20261201T100000", "SUMMARY:x"))) == ["12-01 08:00"]


def test_series_is_written_out_without_what_was_taken_out_and_with_what_was_moved() -> None:
    series = event(
        "SUMMARY:Giao ban",
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20261201T080000",
        "DURATION:PT2H",
        "RRULE:FREQ=WEEKLY;COUNT=5",
        "EXDATE;TZID=Asia/Ho_Chi_Minh:20261208T080000",
    )
    moved = event(
        "SUMMARY:Giao ban",
        "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20261215T080000",
        "DTSTART;TZID=Asia/Ho_Chi_Minh:20261216T140000",
    )
    for order in ((series, moved), (moved, series)):
        found = read(*order)
        assert openings(found) == ["12-01 08:00", "12-16 14:00", "12-22 08:00", "12-29 08:00"]
        assert found.found[1].source == "ics:a@tinh/20261215T010000Z"


@pytest.mark.parametrize(
    ("rule", "count"),
    [
        ("FREQ=DAILY", 200),  # the most that are taken
        ("FREQ=WEEKLY", 57),  # 400 days from 25/11/2026: until 30/12/2027
        ("FREQ=DAILY;UNTIL=20261203T010000Z", 3),
        ("FREQ=MONTHLY;BYDAY=1MO", 14),  # December 2026 to December 2027, and the first date itself
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 1),  # never again
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=9", 1),
        ("FREQ=DAILY;COUNT=99999999", 200),
    ],
)
def test_series_ends_within_bounds_whatever_its_rule(rule: str, count: int) -> None:
    began = time.monotonic()
    found = read(event("SUMMARY:x", "DTSTART:20261201T010000Z", f"RRULE:{rule}"))
    assert time.monotonic() - began < 2
    assert len({one.source for one in found.found}) == count
    assert found.cut == (count == 200)


def test_series_that_began_years_ago_is_read_from_today_on() -> None:
    found = read(event("SUMMARY:x", "DTSTART:20160104T010000Z", "RRULE:FREQ=WEEKLY;BYDAY=MO"))
    assert openings(found)[0] == "11-30 08:00"
    assert len(found.found) == 57


def test_wall_clock_of_a_series_is_that_of_its_own_zone() -> None:
    """New York leaves summer time on 1/11/2026 and returns on 14/3/2027: its 20:00 is 08:00 here, then 07:00."""
    lines = ("SUMMARY:x", "DTSTART;TZID=America/New_York:20270307T200000", "RRULE:FREQ=WEEKLY;COUNT=3")
    assert openings(read(event(*lines))) == ["03-08 08:00", "03-15 07:00", "03-22 07:00"]


def test_meeting_that_is_over_is_counted_and_one_called_off_is_said_to_be() -> None:
    over = event("SUMMARY:x", "DTSTART:20261101T010000Z", uid="b")
    off = event("SUMMARY:x", "DTSTART:20261201T010000Z", "STATUS:CANCELLED", uid="c")
    found = read(over, off)
    assert found.past == 1
    assert [(one.source, one.cancelled) for one in found.found] == [("ics:c", True)]
    assert read(event("SUMMARY:x", "DTSTART:20261201T010000Z"), head="METHOD:CANCEL").found[0].cancelled


def test_how_often_an_event_was_changed_is_read() -> None:
    (one,) = read(event("SUMMARY:x", "DTSTART:20261201T010000Z", "SEQUENCE:4")).found
    assert one.edition == 4


def test_title_is_one_line_of_whole_letters() -> None:
    (one,) = read(event("SUMMARY:Ho\u0323\u0302i\\n nghị \u202egdp", "DTSTART:20261201T010000Z")).found
    assert one.fields["title"] == "Hội nghị gdp"
    (long,) = read(event(f"SUMMARY:{'ờ' * 500}", "DTSTART:20261201T010000Z")).found
    assert (len(long.fields["title"]), long.notes) == (200, (Note.SHORTENED,))
    (none,) = read(event("DTSTART:20261201T010000Z")).found
    assert none.notes == (Note.NO_TITLE,)


GOOD = event("SUMMARY:x", "DTSTART:20261201T010000Z", uid="good")


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        (event("SUMMARY:x"), "no_start"),
        (event("DTSTART:20261201T010000Z", uid=""), "no_uid"),
        (event("DTSTART:hôm nay"), "wrong_time"),
        (event("DTSTART:20261301T010000Z"), "wrong_time"),
        (event("DTSTART:20261201T010000Z", "DTEND:20261201T010000Z-"), "wrong_time"),
        (event("DTSTART:20261201T010000Z", "DTSTART:20261202T010000Z"), "wrong_time"),
        (event("DTSTART:20261201T010000Z", "DTEND:20261130T010000Z"), "wrong_end"),
        (event("DTSTART:20261201T010000Z", "DURATION:-PT1H"), "wrong_end"),
        (event("DTSTART:20261201T010000Z", "RRULE:FREQ=SECONDLY"), "too_often"),
        (event("DTSTART:20261201T010000Z", "RRULE:FREQ=DAILY;BYMINUTE=1,2"), "too_often"),
        (event("DTSTART:20261201T010000Z", "RRULE:COUNT=2"), "wrong_series"),
        (event("DTSTART:20261201T010000Z", "RRULE:FREQ=DAILY;BYSETPOS=3;BYDAY=MO"), "wrong_series"),
        (event("DTSTART:20261201T010000Z", "RRULE:FREQ=WEEKLY;BYYEARDAY=3"), "wrong_series"),
        (event("DTSTART:00010101T010000Z", "RRULE:FREQ=DAILY"), "too_old"),
    ],
)
def test_bad_event_is_named_by_its_line_and_nothing_is_taken(bad: str, key: str) -> None:
    with pytest.raises(InvitationError) as caught:
        read(GOOD, bad)
    assert [(fault.key, fault.line) for fault in caught.value.faults] == [(key, 4 + GOOD.count("\n") + 1)]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"BEGIN:VCALENDAR\r\n" + b"X" * 10_000_000, "too_large"),
        (calendar(event("SUMMARY:\xff", "DTSTART:20261201T010000Z")).decode().encode("latin-1"), "not_utf8"),
        (calendar(GOOD)[:-30], "not_a_calendar"),
        (b"BEGIN:VCALENDAR\r\n\0", "not_a_calendar"),
        (b"BEGIN:VCALENDAR", "not_a_calendar"),
        (calendar(*(event("DTSTART:20261201T010000Z", uid=f"{n}") for n in range(2001))), "too_many"),
    ],
)
def test_bad_file_is_refused_whole(tmp_path: Path, data: bytes, key: str) -> None:
    path = tmp_path / "hop.ics"
    path.write_bytes(data)
    with pytest.raises(InvitationError) as caught:
        read_file(path, ZONE, NOW, {})
    assert [fault.key for fault in caught.value.faults] == [key]


def test_file_that_is_not_there_or_no_calendar_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ics").write_text("hello", encoding="utf-8")
    for name, key in (("none.ics", "no_file"), ("", "no_file"), ("a.ics", "not_a_calendar")):
        with pytest.raises(InvitationError, match=key):
            read_file(tmp_path / name, ZONE, NOW, {})


def test_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hop.ics"
    path.write_bytes(b"\xef\xbb\xbf" + calendar(GOOD).replace(b"\r\n", b"\n"))
    assert len(read_file(path, ZONE, NOW, {}).found) == 1


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_cut_and_changed_files_are_read_or_refused_and_never_more(data: st.DataObject) -> None:
    whole = bytearray(calendar(event("SUMMARY:x", "DTSTART:20261201T010000Z", "RRULE:FREQ=WEEKLY;COUNT=3"), GOOD))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_ics(bytes(whole[: data.draw(st.integers(0, len(whole)))]), ZONE, NOW)
    except InvitationError:
        return
    assert len(found.found) <= 200
    assert all(one.source and (one.opening is None or one.opening.tzinfo is not None) for one in found.found)
    assert all(NOW.date() - timedelta(days=1) <= one.day for one in found.found)


def test_now_is_told(tmp_path: Path) -> None:
    later = datetime.fromisoformat("2027-06-01T00:00+07:00")
    assert read_ics(calendar(GOOD), ZONE, later).past == 1
