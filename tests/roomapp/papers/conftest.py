"""What the tests of papers read with."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from pypdf import PdfReader


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


@pytest.fixture
def docx_text() -> Callable[[Path], str]:
    """Every text of a docx without its spaces."""

    def read(path: Path) -> str:
        file = Document(str(path))
        cells = [cell.text for grid in file.tables for row in grid.rows for cell in row.cells]
        return squeezed("".join([*(line.text for line in file.paragraphs), *cells]))

    return read


@pytest.fixture
def pdf_text() -> Callable[[Path], str]:
    """Every text of a pdf without its spaces."""
    return lambda path: squeezed("".join(page.extract_text() for page in PdfReader(path).pages))
