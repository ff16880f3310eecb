"""Incident minutes, upkeep, readiness, roster, notices: every field stands, and what nobody recorded is said so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from roomapp.records.papers.incident_minutes import IncidentMinutes, incident_paper, write_incident_minutes
from roomapp.records.papers.notices import gaps_letter, power_letter
from roomapp.records.papers.paper import Facts, Paper, Paragraph, Table
from roomapp.records.papers.readiness import ITEMS, readiness_paper
from roomapp.records.papers.roster import Person, roster_paper, write_roster
from roomapp.records.papers.upkeep_slip import register_paper, slip_paper, write_upkeep_register
from tests.roomapp.papers.conftest import squeezed
from tests.roomapp.papers.samples import DAY, ISSUER, at, entry, minutes, notice, readiness, roster

Read = Callable[[Path], str]


def said(paper: Paper) -> str:
    return "\n".join(block.text for block in paper.body if isinstance(block, Paragraph))


def facts(paper: Paper) -> dict[str, object]:
    return {name: value for block in paper.body if isinstance(block, Facts) for name, value in block.rows}


def table(paper: Paper) -> Table:
    return next(block for block in paper.body if isinstance(block, Table))


def test_minutes_tell_begin_interruption_and_end() -> None:
    paper = incident_paper(minutes())
    assert "Thời gian bắt đầu: 9 giờ 12 phút, ngày 05 tháng 01 năm 2026" in said(paper)
    assert "thời gian gián đoạn: 9 phút 00 giây." in said(paper)
    assert paper.closing.startswith("Biên bản kết thúc vào 11 giờ 05 phút, ngày 05 tháng 01 năm 2026")
    assert paper.heading.number == "Số: 05/BB-UBND"
    assert paper.heading.place_and_date == ""


def test_minutes_are_signed_by_the_officer_and_the_carrier_and_name_the_control_technician() -> None:
    paper = incident_paper(minutes())
    assert [who.name for who in paper.signers] == ["Nông Thị Ơn", "Lò Văn Ỷ"]
    assert "Cán bộ kỹ thuật điều khiển (ghi tên, không ký): Trần Văn Phúc" in said(paper)


def test_minutes_of_nothing_recorded_guess_nothing() -> None:
    bare = incident_paper(
        IncidentMinutes(issuer=ISSUER, day=DAY, site="Xã Suối Mây", started_at=at("2026-01-05T09:00"))
    )
    assert "Sự cố xảy ra ngoài giờ họp." in said(bare)
    for line in ("2. Nguyên nhân: Chưa ghi nhận", "3. Giải pháp: Chưa ghi nhận", "4. Dự kiến khắc phục: Chưa ghi nhận"):
        assert line in said(bare)
    assert "thời gian gián đoạn: Chưa có số liệu." in said(bare)


@pytest.mark.parametrize("rows", [0, 200])
def test_a_course_of_no_line_and_of_two_hundred(rows: int, tmp_path: Path, pdf_text: Read) -> None:
    pdf = write_incident_minutes(minutes(rows=rows), tmp_path)[1]
    found = pdf_text(pdf)
    assert found.count(squeezed("Gọi nhân viên kỹ thuật đường truyền")) == rows
    assert (squeezed("Chưa ghi diễn biến.") in found) == (rows == 0)


def test_a_slip_holds_every_field() -> None:
    told = facts(slip_paper(ISSUER, entry()))
    assert told["Chi phí"] == "1.850.000 đồng"
    assert told["Lần tới chậm nhất"] == "24/07/2027"
    assert told["Khăn lau, chất tẩy rửa đã dùng"] == "Khăn lau mềm, dung dịch lau ống kính"
    assert table(slip_paper(ISSUER, entry())).rows[0][1:] == ("Camera 0", "Sony", "SN000", "2024", "Tốt", "TS-000")


def test_a_handover_is_signed_by_giver_and_receiver() -> None:
    paper = slip_paper(ISSUER, replace(entry(), kind="handover"))
    assert [who.post for who in paper.signers] == ["BÊN GIAO", "BÊN NHẬN"]


def test_the_register_counts_each_cost_once(tmp_path: Path) -> None:
    (path,) = write_upkeep_register(ISSUER, [entry(devices=3), entry(devices=0)], DAY, tmp_path)
    rows = [row for row in load_workbook(path).worksheets[0] if isinstance(row[0].value, int)]
    costs = [row[14].value for row in rows]
    assert costs == [1_850_000, None, None, 1_850_000]
    assert rows[0][1].value.date() == date(2026, 7, 24)
    assert not table(register_paper(ISSUER, [], DAY)).rows


def test_every_item_of_readiness_stands_and_an_unchecked_one_says_so() -> None:
    rows = table(readiness_paper(replace(readiness(), checked=()))).rows
    assert len(rows) == len(ITEMS)
    assert {row[2] for row in rows} == {"Chưa kiểm tra"}


def test_a_skipped_item_tells_its_reason() -> None:
    (row,) = [row for row in table(readiness_paper(readiness())).rows if row[1] == "Ánh sáng"]
    assert (row[2], row[-1]) == ("Bỏ qua", "Không có cảm biến")


def test_the_steps_of_turning_off_keep_their_order() -> None:
    (steps,) = readiness_paper(readiness()).annexes[0].blocks
    assert isinstance(steps, Table)
    assert [row[0] for row in steps.rows] == list(range(1, 13))
    assert (steps.rows[0][1], steps.rows[-1][1]) == ("Chủ tọa bế mạc", "Ngắt nguồn điện")


def test_phones_of_the_roster_are_text(tmp_path: Path) -> None:
    sheet = load_workbook(write_roster(roster(), tmp_path)[0])["Cán bộ kỹ thuật"]
    cells = [cell for row in sheet for cell in row if cell.value == "0912 345 678"]
    assert len(cells) == 3
    assert all(cell.number_format == "@" and cell.data_type == "s" for cell in cells)
    assert sheet.page_setup.orientation == "landscape"


def test_fewer_than_two_trained_is_said() -> None:
    trained = Person(name="Ơn", trained_on=DAY)
    ended = Person(name="Páo", trained_on=date(2024, 1, 1), valid_until=date(2025, 12, 31))
    gone = Person(name="Sử", trained_on=DAY, active=False)
    few = roster_paper(replace(roster(), people=(trained, ended, gone), chairs=False))
    assert "mới có 1 cán bộ đã tập huấn" in said(few)
    enough = roster_paper(replace(roster(), people=(trained, replace(ended, valid_until=None)), chairs=False))
    assert "Cần bổ sung" not in said(enough)


def test_a_chairing_site_needs_two_technicians_of_the_carrier() -> None:
    assert "cần ít nhất 02 người" in said(roster_paper(roster()))


def test_internal_use_is_marked_only_where_the_unit_says_so() -> None:
    assert (roster_paper(roster()).mark, roster_paper(roster(internal=False)).mark) == ("LƯU HÀNH NỘI BỘ", "")


def test_the_power_window_runs_from_the_connect_deadline_to_half_an_hour_after_the_end() -> None:
    told = facts(power_letter(notice()))
    assert told["Thời gian cần bảo đảm điện"] == "Từ 06:30 30/11/2026 đến 12:00 30/11/2026"


def test_gaps_are_lettered_by_the_vietnamese_alphabet() -> None:
    lines = said(gaps_letter(notice(), [f"mục {n}" for n in range(9)], False)).splitlines()
    assert [line[0] for line in lines if ") mục" in line] == list("abcdđeghi")
    assert lines[-1] == "i) mục 8."


def test_a_trial_deadline_that_has_passed_is_told_to_the_host() -> None:
    assert "Hạn chót kết nối thử (17:30 27/11/2026) đã qua" in said(gaps_letter(notice(), ["scope"], True))
    assert "đã qua" not in said(gaps_letter(notice(), ["scope"], False))


def test_a_cost_nobody_told_is_no_nought() -> None:
    assert facts(slip_paper(ISSUER, replace(entry(), cost_vnd=None)))["Chi phí"] == "Chưa có số liệu"
