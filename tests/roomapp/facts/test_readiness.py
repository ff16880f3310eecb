"""Readiness of a meeting: what was checked, what was measured, and what was not."""

import pytest

from roomapp.records.facts.readiness import readiness_of
from roomapp.records.facts.telling import FactError
from roomapp.records.papers.readiness import Readiness, readiness_paper
from tests.roomapp.facts.told import BEFORE, WHOLE, Told, day, rows_of, telling


def readiness(*told: Told) -> Readiness:
    return readiness_of(rows_of(*told), "m1", telling())


def test_the_sheet_has_the_deadlines_as_they_were_counted() -> None:
    found = readiness(*WHOLE)
    assert (found.strict, found.latest, found.connect) == (day("05:30"), day("06:00"), day("06:30"))
    assert (found.meeting, found.scale, found.role) == ("Giao ban", "5.4.b", "member")


def test_trial_and_connection_have_verdict_margin_and_who_confirmed() -> None:
    found = readiness(*WHOLE)
    assert (found.trial_verdict, found.trial_margin_s) == ("đúng hạn", 55 * 60)
    assert (found.connected_at, found.lead_s, found.connect_verdict) == (day("06:20"), 6000, "đúng hạn")
    assert (found.two_way_by, found.two_way_at) == ("Cán bộ kỹ thuật điều khiển", day("08:44"))


def test_before_the_meeting_is_confirmed_the_trials_word_stands() -> None:
    assert readiness(*BEFORE).two_way_at == day("05:05")


def test_main_and_backup_link_stand_apart_with_the_reason_of_what_was_skipped() -> None:
    found = {one.item: one for one in readiness(*WHOLE).checked}
    assert (found["main_link"].result, found["main_link"].name) == ("pass", "Đường chính")
    assert (found["backup_link"].result, found["backup_link"].reason) == ("skip", "Thiết bị hỏng, đã báo sửa")


def test_the_answer_about_state_secrets_and_who_was_on_duty_are_items() -> None:
    found = {one.item: one for one in readiness(*WHOLE).checked}
    assert (found["not_secret"].result, found["not_secret"].at) == ("pass", day("06:19"))
    assert (found["on_duty"].name, readiness(*WHOLE).officer) == ("Hoàng Văn Tủa", "Hoàng Văn Tủa")


def test_the_sheet_of_turning_off_has_every_step_and_those_not_done_have_no_time() -> None:
    steps = {one.name: one for one in readiness(*WHOLE).shutdown}
    assert (steps["Tắt Micro"].result, steps["Tắt Micro"].at) == ("pass", day("10:02"))
    assert steps["Chủ tọa bế mạc"].at is None
    assert readiness(*BEFORE).shutdown == ()


@pytest.mark.parametrize("cut", range(2, len(WHOLE) + 1))
def test_the_sheet_can_be_made_at_any_row(cut: int) -> None:
    assert readiness_paper(readiness(*WHOLE[:cut])).body


def test_a_meeting_of_an_earlier_register_or_without_deadlines_has_no_sheet() -> None:
    with pytest.raises(FactError, match="imported"):
        readiness()
    with pytest.raises(FactError, match="no_times"):
        readiness(WHOLE[0])
