"""What every paper's files have in common."""

import hashlib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from roomapp.records.papers import files
from tests.roomapp.papers.conftest import squeezed
from tests.roomapp.papers.samples import DAY, ISSUER, LETTERS, LONG, UNBROKEN, entry, papers

Read = Callable[[Path], str]


def by_kind(paths: tuple[Path, ...]) -> dict[str, Path]:
    return {path.suffix: path for path in paths}


@pytest.mark.parametrize("name", papers())
def test_the_same_paper_is_the_same_bytes(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = papers()[name](tmp_path / "first")
    monkeypatch.setenv("TZ", "America/Lima")
    second = papers()[name](tmp_path / "second")
    sums = [[hashlib.sha256(path.read_bytes()).hexdigest() for path in made] for made in (first, second)]
    assert sums[0] == sums[1]


def test_no_date_of_today_stands_in_an_office_file(tmp_path: Path) -> None:
    (path,) = papers()["upkeep register"](tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 1, 5)}
        assert b"2026-01-05T00:00:00Z" in archive.read("docProps/core.xml")
    assert load_workbook(path).properties.modified.date() == DAY


@pytest.mark.parametrize("name", [LONG, UNBROKEN, LETTERS, "O’Hara 'x' \"y\" <b>&amp;</b>"])
def test_a_name_stands_whole_in_docx_and_pdf(name: str, tmp_path: Path, docx_text: Read, pdf_text: Read) -> None:
    made = by_kind(papers(name)["notice to the carrier"](tmp_path))
    assert squeezed(name) in docx_text(made[".docx"])
    assert squeezed(name) in pdf_text(made[".pdf"])


@pytest.mark.parametrize("name", [LONG, UNBROKEN])
@pytest.mark.parametrize(
    ("paper", "pages"),
    [
        ("readiness", 2),
        ("notice to the carrier", 1),
        ("notice to the power company", 1),
        ("gaps of an invitation", 1),
    ],
)
def test_one_page_is_one_page_with_long_names_too(paper: str, pages: int, name: str, tmp_path: Path) -> None:
    pdf = by_kind(papers(name)[paper](tmp_path))[".pdf"]
    assert len(PdfReader(pdf).pages) == pages


@pytest.mark.parametrize("name", ["notice to the carrier", "roster"])
def test_a_pdf_embeds_tinos_and_no_other_font(name: str, tmp_path: Path) -> None:
    pages = PdfReader(by_kind(papers()[name](tmp_path))[".pdf"]).pages
    fonts = [one.get_object() for page in pages for one in page["/Resources"]["/Font"].values()]
    assert fonts
    assert all("Tinos" in font["/BaseFont"] and "/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_a_docx_names_times_new_roman_in_all_scripts_and_vietnamese(tmp_path: Path) -> None:
    normal = Document(str(by_kind(papers()["incident minutes"](tmp_path))[".docx"])).styles["Normal"].element.rPr
    fonts = [normal.rFonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")]
    assert fonts == ["Times New Roman"] * 4
    assert normal.find(qn("w:lang")).get(qn("w:val")) == "vi-VN"


def test_a_docx_keeps_the_decrees_millimetres(tmp_path: Path) -> None:
    section = Document(str(by_kind(papers()["incident minutes"](tmp_path))[".docx"])).sections[0]
    edges = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(edge.mm) for edge in edges] == [20, 20, 30, 15]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml


def test_header_rows_repeat_and_rows_and_signatures_are_not_cut(tmp_path: Path) -> None:
    grids = Document(str(by_kind(papers()["incident minutes"](tmp_path))[".docx"])).tables
    assert grids[1].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for grid in grids for row in grid.rows)


def test_the_last_sentence_stays_with_the_signature(tmp_path: Path) -> None:
    lines = Document(str(by_kind(papers()["usage report"](tmp_path))[".docx"])).paragraphs
    (closing,) = [line for line in lines if line.text.endswith("./.")]
    assert closing.paragraph_format.keep_with_next


def test_what_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    from roomapp.records.papers.upkeep_slip import write_upkeep_register

    for n, start in enumerate(("=1+1", "+84912345678", "-1", "@SUM(A1)", '=HYPERLINK("http://x")')):
        (path,) = write_upkeep_register(ISSUER, [entry(start)], DAY, tmp_path / str(n))
        cells = [cell for row in load_workbook(path).worksheets[0] for cell in row if cell.value == start]
        assert len(cells) == 4, start  # two devices, and each time who did the work
        assert all(cell.data_type == "s" and cell.number_format == "@" and cell.quotePrefix for cell in cells)


def test_nothing_is_left_where_a_paper_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    with pytest.raises(FileExistsError):
        papers()["incident minutes"](tmp_path / "taken")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_signs_that_no_file_can_hold_are_left_out(tmp_path: Path) -> None:
    made = papers("Ơn\x00\x0b\ufffe Thị")["usage report"](tmp_path)
    assert [path.suffix for path in made] == [".docx", ".pdf", ".xlsx"]


def test_the_libraries_load_only_with_a_paper() -> None:
    import subprocess
    import sys

    code = (
        "import sys, roomapp.records.papers.usage_report; print({'docx', 'openpyxl', 'reportlab'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert said == "set()"
    assert files.EARLIEST == 1980
