"""A paper goes to the printer whole, and what is in its way is told."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtPdf import QPdfDocument
from PySide6.QtWidgets import QApplication
from reportlab.pdfgen.canvas import Canvas

from ui.printing import print_pdf, printer_name


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    canvas = Canvas(str(tmp_path / "paper.pdf"))
    for number in range(3):
        canvas.drawString(100, 700, f"Trang {number}")
        canvas.showPage()
    canvas.save()
    return tmp_path / "paper.pdf"


def test_every_page_is_printed_as_large_as_it_is(qapp: QApplication, paper: Path, tmp_path: Path) -> None:
    done = print_pdf(paper, "", tmp_path / "out.pdf")
    printed = QPdfDocument()
    printed.load(str(tmp_path / "out.pdf"))
    assert (done.refused, done.pages, printed.pageCount()) == ("", 3, 3)
    assert printed.pagePointSize(0).toSize() == QSize(595, 842)  # A4


def test_printer_that_the_system_does_not_know_is_told(qapp: QApplication, paper: Path) -> None:
    assert printer_name("HP of another room") == ""
    assert print_pdf(paper, "HP of another room").refused == "no_printer"


def test_file_that_is_no_paper_is_told(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "none.pdf").write_bytes(b"not a pdf")
    assert print_pdf(tmp_path / "none.pdf", "", tmp_path / "out.pdf").refused == "unreadable"
