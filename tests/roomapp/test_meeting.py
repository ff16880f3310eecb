"""The calendar is what the journal says, and the next duty is counted from it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from roomapp.rules.calendar.duties import DutyKind, Standing, next_duty
from roomapp.rules.meeting import (
    ADDED,
    CANCELLED,
    CHANGED,
    MeetingClass,
    MeetingError,
    calendar,
    meeting_from,
)
from roomapp.rules.pack import Article, load_pack
from roomapp.words import RESOURCES

PACK = load_pack(RESOURCES / "rules" / "ha-giang.toml")
OPENING = datetime.fromisoformat("2026-11-30T08:00:00+07:00")
BODY: dict[str, Any] = {
    "id": "m1",
    "title": "Giao ban tháng 11",
    "class": "5.4.b",
    "level": "T",
    "opening": "2026-11-30T08:00:00+07:00",
}


def test_row_becomes_a_meeting_and_a_meeting_a_row() -> None:
    meeting = meeting_from(BODY)
    assert (meeting.scale, meeting.opening) == (MeetingClass.PROVINCE_TO_COMMUNE, OPENING)
    assert meeting_from(msgspec.to_builtins(meeting)) == meeting
    assert list(msgspec.to_builtins(meeting))[:4] == ["id", "title", "class", "level"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"class": "5.5"}, "class"),
        ({"level": "H"}, "level"),
        ({"opening": "2026-11-30T08:00:00"}, "opening"),
        ({"opening": "tomorrow"}, "opening"),
        ({"title": 3}, "title"),
        ({"id": ""}, "id"),
        ({"expected_end": "2026-11-30T08:00:00+07:00"}, "expected_end"),
    ],
)
def test_wrong_field_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(MeetingError) as caught:
        meeting_from({**BODY, **change})
    assert caught.value.field == field


def test_missing_field_is_named() -> None:
    with pytest.raises(MeetingError) as caught:
        meeting_from({key: value for key, value in BODY.items() if key != "title"})
    assert caught.value.field == "title"


def test_calendar_follows_additions_changes_and_cancellations() -> None:
    rows = [
        (ADDED, BODY),
        (ADDED, {**BODY, "id": "m2"}),
        ("camera.aimed", {"id": "m1"}),
        (CHANGED, {"id": "m1", "opening": "2026-12-01T14:00:00+07:00"}),
        (CANCELLED, {"id": "m2"}),
    ]
    found = calendar(rows)
    assert list(found) == ["m1"]
    assert found["m1"].opening.day == 1
    assert found["m1"].title == BODY["title"]


def test_rows_that_make_no_sense_change_nothing() -> None:
    rows = [
        (CHANGED, {"id": "m9"}),
        (CANCELLED, {}),
        (ADDED, {"id": "x"}),
        (ADDED, BODY),
        (CHANGED, {"id": "m1", "level": 3}),
    ]
    assert list(calendar(rows).values()) == [meeting_from(BODY)]


def test_connecting_is_due_ninety_minutes_before_opening_and_at_that_moment_still_in_time() -> None:
    due = datetime.fromisoformat("2026-11-30T06:30:00+07:00")
    on_time, late = (
        next_duty(now, [meeting_from(BODY)], PACK, Standing()) for now in (due, due + timedelta(seconds=1))
    )
    assert on_time is not None
    assert late is not None
    assert (on_time.kind, on_time.due, on_time.article) == (DutyKind.CONNECT, due, Article.CONNECT_LEAD)
    assert (on_time.overdue, late.overdue) == (False, True)


def test_deadline_follows_the_pack() -> None:
    hour = msgspec.structs.replace(PACK, connect_lead_min=60)
    duty = next_duty(OPENING - timedelta(days=1), [meeting_from(BODY)], hour, Standing())
    assert duty is not None
    assert duty.due == OPENING - timedelta(hours=1)


def test_connected_meeting_waits_for_its_opening_and_then_for_nothing() -> None:
    meetings = [meeting_from(BODY)]
    duty = next_duty(OPENING - timedelta(hours=1), meetings, PACK, Standing({"m1"}))
    assert duty is not None
    assert (duty.kind, duty.due) == (DutyKind.OPENING, OPENING)
    assert next_duty(OPENING + timedelta(minutes=1), meetings, PACK, Standing({"m1"})) is None


def test_next_duty_is_of_the_meeting_that_opens_first_and_is_not_over() -> None:
    over = meeting_from({**BODY, "id": "m0", "opening": "2026-11-29T08:00:00+07:00"})
    later = meeting_from({**BODY, "id": "m2", "opening": "2026-12-02T08:00:00+07:00"})
    duty = next_duty(OPENING - timedelta(hours=3), [later, over, meeting_from(BODY)], PACK, Standing())
    assert duty is not None
    assert duty.meeting.id == "m1"


def test_no_meeting_no_duty() -> None:
    assert next_duty(datetime(2026, 11, 30, tzinfo=UTC), [], PACK, Standing()) is None
