"""The minutes of an incident: each line from the rows, and at every second at which a kill may cut them."""

from typing import Any

import pytest

from roomapp.records.facts.minutes import minutes_of
from roomapp.records.facts.telling import FactError
from roomapp.records.papers.incident_minutes import IncidentMinutes, incident_paper
from roomapp.records.registers.register import fold
from tests.roomapp.facts.told import BEFORE, LOSS, WHOLE, Told, day, incident, iso, rows_of, telling


def minutes(*told: Told, id: str = "i1") -> IncidentMinutes:
    rows = rows_of(*told)
    return minutes_of(rows, fold(rows, day("18:00")), id, telling())


def test_the_minutes_name_meeting_minute_and_phenomenon() -> None:
    found = minutes(*WHOLE)
    assert (found.meeting, found.meeting_opening, found.minute_of_meeting) == ("Giao ban", day("08:05"), 26)
    assert found.kinds == ("link",)
    assert "Không còn tín hiệu" in found.phenomenon


def test_cause_remedy_and_expected_time_are_said_in_words() -> None:
    found = minutes(*WHOLE)
    assert (found.cause, found.remedy, found.eta) == ("Đường truyền của nhà mạng", "Nhà mạng đang sửa", "08:45")


def test_the_moments_are_those_of_the_rows() -> None:
    found = minutes(*WHOLE)
    assert (found.started_at, found.called_at, found.told_chair_at) == (day("08:30:01"), day("08:31"), day("08:33"))
    assert (found.restored_at, found.confirmed_at, found.ended_at) == (day("08:42:31"), day("08:44"), day("08:44"))
    assert found.interruption_s == 750.0
    assert found.leave == "Cán bộ kỹ thuật điều khiển, qua điện thoại"


def test_the_effect_says_that_somebody_was_speaking_and_that_nothing_was_recorded() -> None:
    found = minutes(*WHOLE)
    assert (found.missed_speech, found.recording) == (True, False)
    assert found.effect == "Khi xảy ra sự cố, phòng đang phát biểu."


def test_with_a_closed_microphone_nobody_claims_that_no_speech_was_missed() -> None:
    found = minutes(*BEFORE, *LOSS[2:])
    assert (found.missed_speech, found.effect) == (None, "Khi xảy ra sự cố, micro của phòng đang tắt.")


def test_a_recording_that_ran_is_told() -> None:
    found = minutes(*BEFORE, ("08:06", "recording.started", {"reason": "minutes", "person": "focal_officer"}), *LOSS)
    assert found.recording is True


def test_the_people_are_those_who_were_there_and_who_were_called() -> None:
    found = minutes(*WHOLE)
    assert [one.name for one in found.present] == ["Hoàng Văn Tủa"]
    assert (found.officer, found.control_tech, found.carrier_tech) == (
        "Hoàng Văn Tủa", "Nguyễn Thị Đào", "Trần Văn Mạng",
    )  # fmt: skip


def test_the_course_has_a_line_for_each_step_in_its_order() -> None:
    course = minutes(*WHOLE).course
    assert [line.at for line in course] == sorted(line.at for line in course)
    assert [line.what.split(".")[0].split(":")[0] for line in course] == [
        "Mất kết nối với cuộc họp", "Gọi nhân viên kỹ thuật đường truyền", "Báo điểm cầu chủ tọa",
        "Nhân viên kỹ thuật đường truyền nhận việc", "Đường truyền có lại", "Cho phép kết nối lại",
        "Kết nối lại được", "Xác nhận có hình, tiếng hai chiều",
    ]  # fmt: skip
    assert course[-1].who == "Cán bộ kỹ thuật điều khiển"


FIRST = len(BEFORE) + [kind for _, kind, _ in LOSS].index("incident.opened") + 1


@pytest.mark.parametrize("cut", range(FIRST, len(WHOLE) + 1))
def test_a_kill_between_any_two_rows_still_gives_minutes(cut: int) -> None:
    found = minutes(*WHOLE[:cut])
    assert found.started_at == day("08:30:01")
    assert found.meeting == "Giao ban"
    assert (found.confirmed_at is None) == (cut < FIRST + 12)
    assert incident_paper(found).body


def test_without_anybody_called_or_told_nothing_is_filled_in() -> None:
    found = minutes(*WHOLE[:FIRST])
    assert (found.called_at, found.told_chair_at, found.restored_at, found.interruption_s) == (None,) * 4
    assert (found.leave, found.eta, found.ticket, found.control_tech, found.carrier_tech) == ("",) * 5


REPORTED: dict[str, Any] = incident(kind="sound", at=iso("07:00"))


def test_an_incident_outside_meetings_says_so_and_how_it_ended() -> None:
    ended = incident(at=iso("07:30"), cause="device", remedy="replaced")
    found = minutes(("07:00", "incident.reported", REPORTED), ("07:30", "incident.ended", ended))
    assert (found.meeting, found.kinds, found.phenomenon) == ("", ("sound",), "Không có tiếng")
    assert (found.restored_at, found.cause, found.remedy) == (
        day("07:30"), "Máy tính hoặc thiết bị họp", "Thay thiết bị khác",
    )  # fmt: skip
    assert found.interruption_s is None, "no connection was lost"
    assert (found.missed_speech, found.recording) == (None, None)


def test_a_correction_is_what_the_minutes_say() -> None:
    body = {"register": "incident", "id": "i1", "fields": {"cause": "cable"}, "reason": "sai", "who": 1}
    assert minutes(*WHOLE, ("11:00", "record.corrected", body)).cause == "Dây mạng trong phòng"


def test_an_imported_incident_keeps_its_own_words() -> None:
    body = {"id": "old", "kind": "power", "started_at": iso("07:00"), "cause": "Cắt điện", "remedy": "Máy nổ"}
    found = minutes(("07:00", "record.incident", body), id="old")
    assert (found.cause, found.remedy, found.course) == ("Cắt điện", "Máy nổ", ())


def test_an_unknown_incident_has_no_minutes() -> None:
    with pytest.raises(FactError, match="no_incident"):
        minutes(*WHOLE, id="i2")


def test_an_unknown_cause_is_not_recorded() -> None:
    opened = LOSS[3][2] | {"cause": "unknown"}
    assert minutes(*BEFORE, ("08:30:10", "incident.opened", opened)).cause == ""
