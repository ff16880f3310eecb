"""The usage report says what the twin says, and no more."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from roomapp.records.papers.paper import Paragraph, Table
from roomapp.records.papers.usage_report import usage_paper, write_usage_report
from roomapp.records.papers.usage_report.body import percent
from tests.roomapp.papers.conftest import squeezed
from tests.roomapp.papers.samples import FULL, SITE, twin

Read = Callable[[Path], str]


def text_of(data: dict[str, Any]) -> str:
    return "\n".join(block.text for block in usage_paper(data).body if isinstance(block, Paragraph))


@pytest.mark.parametrize("rows", [0, 200])
def test_no_row_and_two_hundred(rows: int, tmp_path: Path, pdf_text: Read) -> None:
    docx, pdf, xlsx = write_usage_report(twin(rows, rows // 4), tmp_path)
    assert docx.stat().st_size > 0
    found = pdf_text(pdf)
    if rows:
        assert all(squeezed(f"lần {n}") in found for n in range(rows))
        assert found.count(squeezed("Nội dung cuộc họp")) > 3  # the header stands on each page
    else:
        assert squeezed("Không có cuộc họp trong kỳ.") in found
        assert squeezed("Không có sự cố trong kỳ.") in found
    sheet = load_workbook(xlsx)["Phụ lục I"]
    numbers = [row[0].value for row in sheet if isinstance(row[0].value, int)]
    assert numbers == list(range(1, rows + 1))


def test_sums_are_values_and_match_the_figures(tmp_path: Path) -> None:
    data = twin(40, 4)
    sheet = load_workbook(write_usage_report(data, tmp_path)[2])["Phụ lục I"]
    rows = [row for row in sheet if isinstance(row[0].value, int)]
    (total,) = [row for row in sheet if any(cell.value == "Tổng cộng" for cell in row)]
    for column, figure in ((9, data["figures"]["minutes"]["total"]), (12, data["figures"]["attendance"])):
        assert total[column].value == figure == sum(row[column].value or 0 for row in rows)
        assert total[column].data_type == "n"


def test_days_are_days_with_a_format(tmp_path: Path) -> None:
    sheet = load_workbook(write_usage_report(twin(1), tmp_path)[2])["Phụ lục I"]
    (cell,) = [row[1] for row in sheet if row[0].value == 1]
    assert cell.value == datetime(2026, 10, 1, 8, 0)  # in the site's zone
    assert cell.number_format == "hh:mm dd/mm/yyyy"


def test_the_span_the_pack_and_the_calendar_are_always_told() -> None:
    said = text_of(twin())
    assert "Số liệu từ ngày 01/10/2026 đến hết ngày 31/12/2026" in said
    assert "ha-giang, phiên bản 1.0 (chưa ký)" in said
    assert "phiên bản 2026-2 (lịch nghỉ chưa xác nhận)" in said


def test_a_signed_pack_and_a_confirmed_calendar_carry_no_mark() -> None:
    pack, calendar = {"name": "x", "version": "2", "signed": True}, {"version": "3", "confirmed": True}
    said = text_of(twin(rule_pack=pack, calendar=calendar))
    assert "chưa ký" not in said
    assert "chưa xác nhận" not in said


def test_what_is_not_there_is_said_to_be_missing() -> None:
    said = text_of(twin())
    for start in ("Chất lượng đường truyền", "Từ chối", "Cán bộ kỹ thuật đã được tập huấn", "Đã thực hiện"):
        (line,) = [line for line in said.splitlines() if line.startswith(start)]
        assert "Chưa có số liệu" in line


def test_what_is_there_is_printed() -> None:
    said = text_of(twin(**FULL))
    assert "88 trên 92 lần sẵn sàng (95,7 %)" in said
    assert "Cán bộ kỹ thuật đã được tập huấn: 2 người (đủ mức ít nhất 02 người). Thay đổi cán bộ: Không có." in said
    assert "Tổng kinh phí theo định mức: 1.200.000 đồng. Chi tiết tại Phụ lục III" in said
    assert "a) Đường truyền dự phòng yếu khi mưa." in said
    assert "Chưa có số liệu" not in said


def test_corrections_stand_in_an_annex_of_their_own() -> None:
    annex = usage_paper(twin(**FULL)).annexes[-1]
    (table,) = annex.blocks
    assert (annex.title, annex.subject) == ("Phụ lục IV", "Điều chỉnh số liệu")
    assert isinstance(table, Table)
    assert table.rows[0][1:] == ("Số người dự, cuộc họp m1", "13", "15", "Đếm thiếu hai đại biểu")


def test_a_connection_after_the_opening_is_said_so() -> None:
    data = twin()
    data["figures"]["connected_in_time"]["worst_lead_s"] = -65
    assert "Lần kết nối muộn nhất: sau 1 phút 05 giây so với giờ khai mạc" in text_of(data)


def test_no_share_is_rounded_up_to_the_whole() -> None:
    assert percent(0.999999) == "99,9999 %"
    assert percent(1.0) == "100 %"
    assert percent(0.5) == "50 %"


def test_times_stored_in_another_zone_are_shown_in_the_sites() -> None:
    data = twin(1)
    data["meetings"][0]["planned_opening"] = "2026-10-01T01:00:00Z"
    (table,) = usage_paper(data).annexes[0].blocks
    assert isinstance(table, Table)
    assert f"{table.rows[0][1]:%H:%M}" == "08:00"


def test_a_text_longer_than_a_page_is_carried_on(tmp_path: Path, pdf_text: Read) -> None:
    title = "Triển khai nhiệm vụ. " * 250
    pdf = write_usage_report(twin(2, title=title), tmp_path)[1]
    assert pdf_text(pdf).count(squeezed("Triển khai nhiệm vụ.")) >= 500


def test_each_annex_counts_its_own_pages(tmp_path: Path) -> None:
    pages = PdfReader(write_usage_report(twin(60, 0), tmp_path)[1]).pages
    first = next(n for n, page in enumerate(pages) if "Phụ lục I" in page.extract_text().splitlines()[0])
    assert pages[first + 1].extract_text().splitlines()[0].strip() == "2"


def test_a_school_reports_in_its_own_name() -> None:
    site = {**SITE, "kind": "school", "name": "Trường THCS Suối Mây"}
    paper = usage_paper(twin(site=site))
    assert paper.heading.unit == "TRƯỜNG THCS SUỐI MÂY"
    assert paper.signers[0].post == "HIỆU TRƯỞNG"
