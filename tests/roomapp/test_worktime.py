"""Deadlines counted in working time: each case worked by hand, and what holds for every opening.

Sessions 07:30-11:30 and 13:30-17:30 (4 h + 4 h) unless said; 2/1/2026 off and 10/1/2026 worked by the government's
notice 12729/VPCP-KGVX. S: counted back in working time (4 h, or 8 h for 5.4). L: end of the session, or day, before.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.records.overrides import OverridesError, read_overrides
from roomapp.rules.calendar.worktime import (
    Kind,
    NoWorkingTimeError,
    Override,
    Verdict,
    WorkCalendar,
    by_date,
    deadlines,
    invited,
)
from roomapp.rules.pack import OfficeHours, load_pack
from roomapp.words import RESOURCES

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PACK = load_pack(RESOURCES / "rules" / "ha-giang.toml")
SWAPS = (
    Override(day=date(2026, 1, 2), kind=Kind.OFF, document="12729/VPCP-KGVX", confirmed_by="Nguyễn Văn A"),
    Override(day=date(2026, 1, 10), kind=Kind.WORK, document="12729/VPCP-KGVX", confirmed_by="Nguyễn Văn A"),
)
CALENDAR = WorkCalendar(ZONE, PACK.office_hours, by_date(SWAPS))
SUMMER = (
    OfficeHours(sessions=("07:30-11:30", "13:30-17:30")),
    OfficeHours(sessions=("07:00-11:00", "13:00-17:00"), since=date(2026, 4, 16), to=date(2026, 10, 15)),
)


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


CASES = [
    # The hand-worked table of the requirements.
    (
        "30/11/2026 08:00",
        "5.1",
        "27/11/2026 14:00",
        "27/11/2026 17:30",
    ),  # 0.5 h, then 3.5 h of Friday afternoon
    ("05/01/2026 08:00", "5.4.a", "31/12/2025 08:00", "31/12/2025 17:30"),  # 1/1 holiday, 2/1 swapped off
    ("28/04/2026 08:00", "5.4.b", "24/04/2026 08:00", "24/04/2026 17:30"),  # Giỗ Tổ on Sunday, Monday in lieu
    (
        "12/11/2026 09:00",
        "5.3",
        "11/11/2026 15:00",
        "11/11/2026 17:30",
    ),  # 1.5 h, then 2.5 h of the day before
    # A plain Wednesday (18/11/2026) at every turn of the day.
    (
        "18/11/2026 07:30",
        "5.1",
        "17/11/2026 13:30",
        "17/11/2026 17:30",
    ),  # the day's first minute
    ("18/11/2026 07:31", "5.1", "17/11/2026 13:31", "17/11/2026 17:30"),
    ("18/11/2026 09:00", "5.1", "17/11/2026 15:00", "17/11/2026 17:30"),
    (
        "18/11/2026 11:30",
        "5.1",
        "17/11/2026 17:30",
        "17/11/2026 17:30",
    ),  # a session's end belongs to it; S <= L
    ("18/11/2026 12:30", "5.1", "18/11/2026 07:30", "18/11/2026 11:30"),  # lunch: back from 11:30
    ("18/11/2026 13:30", "5.1", "18/11/2026 07:30", "18/11/2026 11:30"),
    ("18/11/2026 14:00", "5.1", "18/11/2026 08:00", "18/11/2026 11:30"),  # 0.5 h, then 3.5 h of the morning
    ("18/11/2026 15:30", "5.1", "18/11/2026 09:30", "18/11/2026 11:30"),
    ("18/11/2026 17:30", "5.1", "18/11/2026 11:30", "18/11/2026 11:30"),  # 4 h back is 13:30: L is earlier
    ("18/11/2026 19:00", "5.1", "18/11/2026 13:30", "18/11/2026 17:30"),  # evening: back from 17:30
    ("18/11/2026 23:59", "5.2", "18/11/2026 13:30", "18/11/2026 17:30"),
    ("18/11/2026 05:00", "5.2", "17/11/2026 13:30", "17/11/2026 17:30"),  # before the office opens
    ("18/11/2026 00:00", "5.3", "17/11/2026 13:30", "17/11/2026 17:30"),
    # The same Wednesday, a working day ahead: 8 h.
    ("18/11/2026 07:30", "5.4.a", "17/11/2026 07:30", "17/11/2026 17:30"),
    ("18/11/2026 08:00", "5.4.a", "17/11/2026 08:00", "17/11/2026 17:30"),
    ("18/11/2026 11:30", "5.4.b", "17/11/2026 13:30", "17/11/2026 17:30"),
    ("18/11/2026 12:00", "5.4.b", "17/11/2026 13:30", "17/11/2026 17:30"),  # lunch counts nothing
    ("18/11/2026 13:30", "5.4.b", "17/11/2026 13:30", "17/11/2026 17:30"),
    ("18/11/2026 14:00", "5.4.c", "17/11/2026 14:00", "17/11/2026 17:30"),
    (
        "18/11/2026 17:30",
        "5.4.c",
        "17/11/2026 17:30",
        "17/11/2026 17:30",
    ),  # its own 8 h end at 07:30: so L
    ("18/11/2026 20:00", "5.4.c", "17/11/2026 17:30", "17/11/2026 17:30"),
    # Weekends.
    ("16/11/2026 08:00", "5.1", "13/11/2026 14:00", "13/11/2026 17:30"),
    ("16/11/2026 14:00", "5.1", "16/11/2026 08:00", "16/11/2026 11:30"),
    ("16/11/2026 08:00", "5.4.a", "13/11/2026 08:00", "13/11/2026 17:30"),
    ("16/11/2026 14:00", "5.4.a", "13/11/2026 14:00", "13/11/2026 17:30"),
    ("14/11/2026 08:00", "5.1", "13/11/2026 13:30", "13/11/2026 17:30"),  # a Saturday meeting: back from Friday's end
    ("14/11/2026 08:00", "5.4.a", "13/11/2026 07:30", "13/11/2026 17:30"),
    ("15/11/2026 19:30", "5.1", "13/11/2026 13:30", "13/11/2026 17:30"),  # Sunday evening
    ("15/11/2026 19:30", "5.4.b", "13/11/2026 07:30", "13/11/2026 17:30"),
    # Ngày Văn hóa Việt Nam, Tuesday 24/11/2026.
    ("25/11/2026 08:00", "5.1", "23/11/2026 14:00", "23/11/2026 17:30"),
    ("25/11/2026 08:00", "5.4.a", "23/11/2026 08:00", "23/11/2026 17:30"),
    ("24/11/2026 08:00", "5.1", "23/11/2026 13:30", "23/11/2026 17:30"),  # a meeting on the holiday itself
    ("24/11/2026 08:00", "5.4.a", "23/11/2026 07:30", "23/11/2026 17:30"),
    # Tết 2026: 16 to 20 February (Monday to Friday) off.
    ("23/02/2026 08:00", "5.1", "13/02/2026 14:00", "13/02/2026 17:30"),
    ("23/02/2026 08:00", "5.4.a", "13/02/2026 08:00", "13/02/2026 17:30"),
    ("23/02/2026 14:00", "5.4.b", "13/02/2026 14:00", "13/02/2026 17:30"),
    ("18/02/2026 08:00", "5.1", "13/02/2026 13:30", "13/02/2026 17:30"),  # in the middle of it
    ("13/02/2026 14:00", "5.1", "13/02/2026 08:00", "13/02/2026 11:30"),  # the last day before it
    ("24/02/2026 08:00", "5.4.a", "23/02/2026 08:00", "23/02/2026 17:30"),
    # Giỗ Tổ 26/4/2026 (Sunday, Monday 27/4 in lieu), 30/4 and 1/5.
    ("28/04/2026 08:00", "5.1", "24/04/2026 14:00", "24/04/2026 17:30"),
    ("28/04/2026 14:00", "5.1", "28/04/2026 08:00", "28/04/2026 11:30"),
    ("27/04/2026 08:00", "5.2", "24/04/2026 13:30", "24/04/2026 17:30"),
    ("04/05/2026 08:00", "5.1", "29/04/2026 14:00", "29/04/2026 17:30"),  # 30/4 Thursday, 1/5 Friday
    ("04/05/2026 08:00", "5.4.c", "29/04/2026 08:00", "29/04/2026 17:30"),
    ("29/04/2026 08:00", "5.4.c", "28/04/2026 08:00", "28/04/2026 17:30"),
    ("30/04/2026 09:00", "5.1", "29/04/2026 13:30", "29/04/2026 17:30"),
    # Swapped days: 2/1 off, Saturday 10/1 worked; 31/8 off for Saturday 22/8 (the library knows it), 2/9 National Day.
    ("05/01/2026 08:00", "5.1", "31/12/2025 14:00", "31/12/2025 17:30"),
    ("02/01/2026 08:00", "5.1", "31/12/2025 13:30", "31/12/2025 17:30"),
    ("12/01/2026 08:00", "5.1", "10/01/2026 14:00", "10/01/2026 17:30"),  # Monday after the worked Saturday
    ("12/01/2026 08:00", "5.4.a", "10/01/2026 08:00", "10/01/2026 17:30"),
    ("10/01/2026 08:00", "5.1", "09/01/2026 14:00", "09/01/2026 17:30"),  # on that Saturday
    ("10/01/2026 14:00", "5.1", "10/01/2026 08:00", "10/01/2026 11:30"),
    ("06/01/2026 08:00", "5.4.a", "05/01/2026 08:00", "05/01/2026 17:30"),
    ("24/08/2026 08:00", "5.1", "22/08/2026 14:00", "22/08/2026 17:30"),
    ("24/08/2026 08:00", "5.4.b", "22/08/2026 08:00", "22/08/2026 17:30"),
    ("03/09/2026 08:00", "5.1", "28/08/2026 14:00", "28/08/2026 17:30"),  # 31/8, 1/9 and 2/9 off
    ("03/09/2026 08:00", "5.4.a", "28/08/2026 08:00", "28/08/2026 17:30"),
    # Into a new year without a word of its calendar: 1/1/2027 is a Friday.
    ("04/01/2027 08:00", "5.1", "31/12/2026 14:00", "31/12/2026 17:30"),
    ("04/01/2027 08:00", "5.4.a", "31/12/2026 08:00", "31/12/2026 17:30"),
]


@pytest.mark.parametrize(("opening", "scale", "strict", "latest"), CASES)
def test_trial_deadlines_are_those_worked_by_hand(opening: str, scale: str, strict: str, latest: str) -> None:
    found = deadlines(at(opening), scale, PACK, CALENDAR)
    assert (found.strict, found.latest) == (at(strict), at(latest))


# Summer hours 07:00-11:00 and 13:00-17:00 from 16/4 to 15/10/2026.
MOVED = [
    (
        "16/04/2026 08:00",
        "5.1",
        "15/04/2026 14:30",
        "15/04/2026 17:30",
    ),  # 1 h of summer, 3 h of winter
    ("16/04/2026 08:00", "5.4.a", "15/04/2026 08:30", "15/04/2026 17:30"),  # 1 h, then 4 h, then 3 h of the morning
    ("15/10/2026 14:00", "5.1", "15/10/2026 08:00", "15/10/2026 11:00"),
    (
        "16/10/2026 08:00",
        "5.1",
        "15/10/2026 13:30",
        "15/10/2026 17:00",
    ),  # 0.5 h of winter, 3.5 h of summer
]


@pytest.mark.parametrize(("opening", "scale", "strict", "latest"), MOVED)
def test_moved_office_hours_count_on_their_own_dates(opening: str, scale: str, strict: str, latest: str) -> None:
    found = deadlines(at(opening), scale, PACK, WorkCalendar(ZONE, SUMMER))
    assert (found.strict, found.latest) == (at(strict), at(latest))


def test_short_day_counts_its_own_hours() -> None:
    """Sessions of 4.5 h and 3.5 h: half of the day's 8 h is 4 h: 1 h of the morning, 3 h back from 17:00."""
    hours = (OfficeHours(sessions=("07:30-12:00", "13:30-17:00")),)
    found = deadlines(at("18/11/2026 08:30"), "5.1", PACK, WorkCalendar(ZONE, hours))
    assert (found.strict, found.latest) == (at("17/11/2026 14:00"), at("17/11/2026 17:00"))


def test_connection_and_invitation_are_clock_time() -> None:
    found = deadlines(at("16/11/2026 08:00"), "5.1", PACK, CALENDAR)
    assert (found.connect, found.invitation) == (at("16/11/2026 06:30"), at("14/11/2026 08:00"))
    assert invited(at("14/11/2026 08:00"), found.invitation) is Verdict.IN_TIME
    assert invited(at("14/11/2026 08:00") + timedelta(seconds=1), found.invitation) is Verdict.LATE


def test_year_without_a_confirmed_day_says_so() -> None:
    assert deadlines(at("18/11/2026 08:00"), "5.1", PACK, CALENDAR).confirmed
    assert not deadlines(at("18/11/2027 08:00"), "5.1", PACK, CALENDAR).confirmed


def test_calendar_without_any_working_time_is_refused() -> None:
    closed = WorkCalendar(ZONE, (OfficeHours(sessions=("07:30-11:30",), to=date(2020, 1, 1)),))
    with pytest.raises(NoWorkingTimeError):
        deadlines(at("18/11/2026 08:00"), "5.1", PACK, closed)


OPENINGS = st.datetimes(datetime(2026, 1, 3), datetime(2027, 11, 30)).map(
    lambda when: when.replace(second=0, microsecond=0, tzinfo=ZONE)
)
SCALES = st.sampled_from(["5.1", "5.2", "5.3", "5.4.a", "5.4.b", "5.4.c"])


@given(OPENINGS, SCALES)
@settings(deadline=None)
def test_strict_is_never_later_than_latest_and_both_lie_in_working_time_before_the_opening(
    opening: datetime, scale: str
) -> None:
    found = deadlines(opening, scale, PACK, CALENDAR)
    assert found.strict <= found.latest < opening
    for moment in (found.strict, found.latest):
        assert CALENDAR.is_working_day(moment.date())
        assert any(start <= moment.time() <= end for start, end in CALENDAR.spans(moment.date()))


@given(OPENINGS, st.integers(1, 60 * 24 * 5), SCALES)
@settings(deadline=None)
def test_later_opening_never_has_an_earlier_trial_deadline(opening: datetime, later_min: int, scale: str) -> None:
    one = deadlines(opening, scale, PACK, CALENDAR)
    other = deadlines(opening + timedelta(minutes=later_min), scale, PACK, CALENDAR)
    assert one.strict <= other.strict
    assert one.latest <= other.latest


def test_overrides_are_read_with_bom_and_semicolons(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    head = "date;kind;reason;document;confirmed_by;confirmed_on"
    file.write_text(f"\ufeff{head}\r\n2026-01-02;off;Hoán đổi;12729;A;2025-12-26\r\n\r\n", encoding="utf-8")
    (one,) = read_overrides(file)
    assert (one.day, one.kind, one.confirmed_on) == (date(2026, 1, 2), Kind.OFF, date(2025, 12, 26))


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("date,kind\n2026-13-01,off\n", [(2, "wrong_date")]),
        ("date,kind\n2026-01-02,rest\n2026-01-03,off\n2026-01-03,work\n", [(2, "wrong_kind"), (4, "twice")]),
        ("day,kind\n2026-01-02,off\n", [(1, "no_column")]),
        ("", [(1, "no_column"), (1, "no_column")]),
        ("date,kind\n2026-01-02\n", [(2, "wrong_kind")]),
        ('date,kind\n"2026-01-02,off\n', [(2, "wrong_date")]),
    ],
)
def test_every_wrong_line_is_named_and_nothing_is_taken(
    tmp_path: Path, text: str, faults: list[tuple[int, str]]
) -> None:
    file = tmp_path / "days.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OverridesError) as caught:
        read_overrides(file)
    assert [(fault.line, fault.key) for fault in caught.value.faults] == faults


@pytest.mark.parametrize("data", [b"\xff\xfe", b"x" * 2_000_000])
def test_file_that_is_no_table_is_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "days.csv"
    file.write_bytes(data)
    with pytest.raises(OverridesError, match="unreadable"):
        read_overrides(file)


def test_office_hours_are_read_from_the_pack_with_their_dates() -> None:
    told = {"from": "2026-04-16", "to": "2026-10-15", "sessions": ["13:00-17:00", "07:00-11:00"]}
    hours = msgspec.convert(told, OfficeHours)
    assert hours.holds(date(2026, 4, 16))
    assert not hours.holds(date(2026, 10, 16))
    assert f"{hours.spans()[0][0]:%H:%M}" == "07:00"
