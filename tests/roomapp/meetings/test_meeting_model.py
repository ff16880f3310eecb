"""What a meeting holds, what is still to be asked, and what is never kept."""

from typing import Any

import pytest

from roomapp.rules.meeting import (
    ADDED,
    CANCELLED,
    CHANGED,
    POSTPONED,
    Gap,
    Level,
    MeetingError,
    calendar,
    contact_roles,
    every_meeting,
    gaps,
    room_in,
)
from roomapp.words import Words
from tests.roomapp.meetings.examples import HA_GIANG, at, meeting

WHOLE: dict[str, Any] = {
    "platform": "tinh",
    "chair_site": "UBND tỉnh",
    "host_unit": "Văn phòng UBND tỉnh",
    "kind": "working",
    "invitation_number": "15/GM-UBND",
    "invitation_date": "2026-11-20",
}
BODY = {"id": "m1", "title": "t", "class": "5.4.b", "level": "T", "opening": "2026-11-30T01:00:00Z"}
LATER = "2026-12-07T01:00:00Z"


def test_missing_telephone_of_the_chair_s_officer_is_asked_for_in_the_rules_words() -> None:
    assert gaps(meeting(**WHOLE), "Nguyễn Văn A", "") == (Gap.CHAIR_OFFICER_PHONE,)
    assert Words("vi")("gap.chair_officer_phone") == "thiếu số điện thoại cán bộ đầu mối điểm cầu chủ tọa"


def test_whole_invitation_leaves_nothing_to_ask() -> None:
    assert gaps(meeting(**WHOLE), "Nguyễn Văn A", "0912345678") == ()


@pytest.mark.parametrize(
    ("lacking", "gap"),
    [
        ("platform", Gap.SYSTEM),
        ("chair_site", Gap.CHAIR_SITE),
        ("host_unit", Gap.HOST_UNIT),
        ("kind", Gap.KIND),
        ("invitation_number", Gap.INVITATION),
        ("invitation_date", Gap.INVITATION),
    ],
)
def test_each_missing_field_is_asked_for(lacking: str, gap: Gap) -> None:
    less = {key: value for key, value in WHOLE.items() if key != lacking}
    assert gaps(meeting(**less), "A", "1") == (gap,)


def test_relayed_meeting_needs_its_relay_site_and_knows_its_chain() -> None:
    relayed = meeting(**{**WHOLE, "class": "5.4.a"})
    assert gaps(relayed, "A", "1") == (Gap.RELAY_SITE,)
    assert relayed.levels() == (Level.CENTRE, Level.PROVINCE, Level.COMMUNE)


def test_every_gap_has_its_words() -> None:
    for lang in ("vi", "en"):
        assert all(f"gap.{gap}" in Words(lang) for gap in Gap)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "party"),
        ("expected_people", -1),
        ("expected_people", 100_001),
        ("invitation_date", "20/11/2026"),
        ("invitation_received_at", "2026-11-20T08:00"),  # no zone
        ("chair_officer", "Nguyễn Văn A"),  # a name may not enter the chain
        ("duty_officers", ["A"]),
        ("host_unit", "x" * 301),
        ("chain", ["H"]),
    ],
)
def test_field_that_cannot_be_is_named(field: str, value: object) -> None:
    with pytest.raises(MeetingError) as caught:
        meeting(**{field: value})
    assert caught.value.field.startswith(field)


def test_postponed_meeting_waits_outside_the_calendar_with_its_first_opening() -> None:
    rows = [(ADDED, BODY), (POSTPONED, {"id": "m1", "why": "bão"})]
    assert calendar(rows) == {}
    waiting = every_meeting(rows)["m1"]
    assert (waiting.postponed, waiting.postponed_from) == (True, at("2026-11-30T08:00"))


def test_postponed_meeting_with_a_new_day_stands_again_and_keeps_the_first_one() -> None:
    rows = [(ADDED, BODY), (POSTPONED, {"id": "m1"}), (CHANGED, {"id": "m1", "opening": LATER})]
    stands = calendar(rows)["m1"]
    assert (stands.opening, stands.postponed_from) == (at("2026-12-07T08:00"), at("2026-11-30T08:00"))
    again = [*rows, (POSTPONED, {"id": "m1"})]
    assert every_meeting(again)["m1"].postponed_from == at("2026-11-30T08:00")
    assert every_meeting([*again, (CANCELLED, {"id": "m1"})]) == {}


def test_change_that_gives_no_day_leaves_it_waiting() -> None:
    rows = [(ADDED, BODY), (POSTPONED, {"id": "m1"}), (CHANGED, {"id": "m1", "title": "u"})]
    assert calendar(rows) == {}


def test_operating_agency_of_a_class_is_called_first() -> None:
    """Art. 6: the province's for all but the commune's own meetings."""
    assert contact_roles(meeting(), HA_GIANG)[0] == "operating_agency"
    assert contact_roles(meeting(**{"class": "5.3"}), HA_GIANG)[0] == "department"


@pytest.mark.parametrize(
    ("id", "scale", "chair"),
    [
        ("5.1.a", "5.1", "Phòng họp trực tuyến Tỉnh ủy"),
        ("5.1.b", "5.1", "Phòng họp trực tuyến UBND tỉnh"),
        ("5.1", "5.1", "Phòng họp trực tuyến UBND tỉnh"),
        ("5.2", "5.2", ""),
    ],
)
def test_template_fills_in_class_and_chair_site(id: str, scale: str, chair: str) -> None:
    template = HA_GIANG.template(id)
    assert template is not None
    assert (template.scale, template.chair_site) == (scale, chair)


@pytest.mark.parametrize(
    ("code", "url", "room"),
    [
        ("4821", "", "4821"),
        (" 482 193 ", "", "482 193"),
        ("https://hop.example.vn/j/4821?pwd=x", "https://hop.example.vn/j/{room}", "4821"),
        ("https://hop.example.vn/j/4821?pwd=x", "", "4821"),
        ("https://hop.example.vn/giao-ban/", "", "giao-ban"),
        ("https://hop.example.vn/r/4821/vao", "https://hop.example.vn/r/{room}/vao", "4821"),
        ("WIFI:S:khach;T:WPA;P:matkhau;;", "", ""),
        ("https://hop.example.vn/", "", ""),
        ("", "", ""),
    ],
)
def test_room_number_in_a_code(code: str, url: str, room: str) -> None:
    assert room_in(code, url) == room
