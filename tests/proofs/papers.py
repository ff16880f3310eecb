"""Every paper through LibreOffice and poppler, measured against Decree 30; whole texts, no lone signature.

Times New Roman is drawn as Tinos, whose letters are as wide. `./kiosk prove papers FOLDER` keeps the files and a
picture of each page.
"""

import os
import re
import subprocess
import sys
import tempfile
import unicodedata
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from roomapp.records.papers import paper as model
from roomapp.words import RESOURCES, Words
from tests.benchmarks.table import table
from tests.roomapp.papers.samples import LETTERS, LONG, UNBROKEN, papers

PT_PER_MM = 72 / 25.4
SLACK_MM = 0.7  # side bearings of letters, rounding to twentieths of a point
FONTS = """<?xml version="1.0"?><fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir>
<match target="pattern"><edit name="family" mode="assign" binding="same"><string>Tinos</string></edit></match>
</fontconfig>"""
NAMES = {"plain": "", "300 letters": LONG, "unbroken": UNBROKEN, "alphabet": " ".join(re.findall(".{8}", LETTERS))}
ONE_PAGE = ("notice to the carrier", "notice to the power company", "gaps of an invitation")


@dataclass(frozen=True)
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Page:
    width: float
    height: float
    words: tuple[Word, ...]

    @property
    def in_margin(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word.bottom < model.TOP_MM)

    @property
    def body(self) -> tuple[Word, ...]:
        return tuple(word for word in self.words if word.bottom >= model.TOP_MM)

    @property
    def text(self) -> str:
        return squeezed(" ".join(word.text for word in self.words))


def squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def pages_of(pdf: Path) -> list[Page]:
    """Words and their boxes in millimetres from the upper left corner."""
    told = subprocess.run(["pdftotext", "-bbox", str(pdf), "-"], capture_output=True, check=True).stdout
    pages = []
    for page in ET.fromstring(told).iter("{http://www.w3.org/1999/xhtml}page"):
        boxes = []
        for word in page:
            sides = (float(word.attrib[key]) / PT_PER_MM for key in ("xMin", "yMin", "xMax", "yMax"))
            boxes.append(Word((word.text or "").strip("\u00a0 "), *sides))
        size = (float(page.attrib[key]) / PT_PER_MM for key in ("width", "height"))
        pages.append(Page(*size, tuple(box for box in boxes if box.text)))
    return pages


def drawn(files: list[Path], folder: Path, home: Path) -> list[Path]:
    """Each as LibreOffice prints it."""
    home.mkdir(parents=True, exist_ok=True)
    config = home / "fonts.conf"
    config.write_text(FONTS.format(fonts=RESOURCES / "fonts", cache=home / "cache"), "utf-8")
    command = ["soffice", f"-env:UserInstallation=file://{home}/office", "--headless", "--convert-to", "pdf"]
    env = {**os.environ, "FONTCONFIG_FILE": str(config), "LC_ALL": "C.UTF-8"}
    said = subprocess.run(
        [*command, "--outdir", str(folder), *map(str, files)], env=env, capture_output=True, check=True, timeout=300
    )
    made = [folder / f"{file.stem}.pdf" for file in files]
    missing = [path.name for path in made if not path.exists()]
    if missing:
        raise SystemExit(f"LibreOffice made nothing of {missing}: {said.stderr.decode()}")
    return made


def texts_of(file: Path) -> list[str]:
    """What stands in a docx or xlsx, piece by piece."""
    if file.suffix == ".docx":
        read = Document(str(file))
        cells = [cell.text for grid in read.tables for row in grid.rows for cell in row.cells]
        return [*(line.text for line in read.paragraphs), *cells]
    return [str(cell.value) for sheet in load_workbook(file) for row in sheet for cell in row if cell.data_type == "s"]


def lost_texts(file: Path, pdf: Path) -> list[str]:
    raw = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    lines = [line for line in raw.splitlines() if not re.fullmatch(r"\f?\d{1,3}", line)]
    found = squeezed(" ".join(lines))
    letters = Counter(found)
    lost = []
    for text in dict.fromkeys(texts_of(file)):
        piece = squeezed(text)
        # A text that a page's end cuts stands there in two pieces: then its letters are counted.
        if piece not in found and Counter(piece) - letters:
            lost.append(text[:40])
    return lost


def faults_of(name: str, pdf: Path, pages: list[Page], is_sheet: bool) -> list[str]:
    words, faults = Words("vi", RESOURCES / "papers"), []
    edges = margins(pages)
    least = (model.TOP_MM, model.BOTTOM_MM, model.LEFT_MM, model.RIGHT_MM)
    faults += [
        f"margin {edge:.1f} < {need:.0f}" for edge, need in zip(edges, least, strict=True) if edge < need - SLACK_MM
    ]
    if is_sheet:
        return faults
    if not model.LEFT_MM - SLACK_MM <= edges[2] <= 35:
        faults.append(f"left {edges[2]:.1f}")
    for n, page in enumerate(pages):
        for number in page.in_margin:
            centre = model.LEFT_MM + model.text_width_mm(page.width > page.height) / 2
            if n == 0 or not number.text.isdigit() or abs((number.left + number.right) / 2 - centre) > 1:
                faults.append(f"page {n + 1}: {number.text} in the margin")
    if name in ONE_PAGE and len(pages) != 1:
        faults.append(f"{len(pages)} pages")
    copies = squeezed(words("common.copies"))
    signed = [page for page in pages if copies in page.text or squeezed(words("common.sign_here")) in page.text]
    if signed and not any("./." in page.text for page in signed) and name != "readiness":
        faults.append("a signature without its last sentence")
    fonts = subprocess.run(["pdffonts", str(pdf)], capture_output=True, check=True, text=True).stdout.splitlines()[2:]
    faults += [f"font {line.split()[0]}" for line in fonts if "Tinos" not in line or line.split()[-5] != "yes"]
    return faults


def margins(pages: list[Page]) -> tuple[float, float, float, float]:
    """The least over all pages, in millimetres: top, bottom, left, right; page numbers apart."""
    boxes = [(page, word) for page in pages for word in page.body]
    return (
        min(word.top for _, word in boxes),
        min(page.height - word.bottom for page, word in boxes),
        min(word.left for _, word in boxes),
        min(page.width - word.right for page, word in boxes),
    )


def first_line_mm(pages: list[Page]) -> str:
    """How far in paragraphs begin: the commonest beginning of a line between 8 and 15 mm in."""
    starts = Counter()
    for page in pages:
        lines: dict[int, float] = {}
        for word in page.body:
            lines[round(word.bottom)] = min(word.left, lines.get(round(word.bottom), 999.0))
        starts.update(round(left - model.LEFT_MM, 1) for left in lines.values() if 8 < left - model.LEFT_MM < 15)
    return f"{starts.most_common(1)[0][0]:.1f}" if starts else "–"


def measured(name: str, names: str, file: Path, pdf: Path) -> tuple[object, ...]:
    pages = pages_of(pdf)
    is_sheet = file.suffix == ".xlsx"
    faults = faults_of(name, pdf, pages, is_sheet)
    if file.suffix != ".pdf":
        faults += [f"lost: {text}" for text in lost_texts(file, pdf)]
    fonts = sorted({str(font["/BaseFont"]).split("+")[-1] for page in PdfReader(pdf).pages for font in fonts_of(page)})
    edges = [f"{edge:.1f}" for edge in margins(pages)]
    indent = first_line_mm(pages) if not is_sheet else "–"
    told = "; ".join(faults[:3]) or "yes"
    return name, names, file.suffix[1:], len(pages), *edges, indent, ", ".join(fonts), told


def fonts_of(page: object) -> list[dict[str, object]]:
    found = page["/Resources"].get("/Font", {})  # type: ignore[index]
    return [one.get_object() for one in found.values()]


def main(argv: list[str]) -> int:
    rows = []
    with tempfile.TemporaryDirectory() as place:
        root = Path(argv[0]).resolve() if argv else Path(place)
        for names, said in NAMES.items():
            rows += of_names(names, said, root / names.replace(" ", "_"), Path(place) / "home")
        if argv:
            for pdf in root.rglob("*.pdf"):
                subprocess.run(["pdftoppm", "-r", "70", "-png", str(pdf), str(pdf.with_suffix(""))], check=True)
    header = ("paper", "names", "file", "pages", "top mm", "bottom mm", "left mm", "right mm", "first line mm", "font")
    print(table("Papers as LibreOffice and poppler draw them", (*header, "as Decree 30 asks"), rows))
    wrong = [row for row in rows if row[-1] != "yes"]
    print(f"Not as asked: {len(wrong)} of {len(rows)}.")
    return 1 if wrong else 0


def of_names(names: str, said: str, folder: Path, home: Path) -> list[tuple[object, ...]]:
    """One row of the table for each file of each paper; a whole kind goes through LibreOffice at once."""
    made = {file: name for name, draw in papers(said).items() for file in draw(folder)}
    pdfs = {file: file for file in made}
    for suffix in (".docx", ".xlsx"):
        files = [file for file in made if file.suffix == suffix]
        pdfs |= dict(zip(files, drawn(files, folder / suffix[1:], home), strict=True))
    return [measured(name, names, file, pdfs[file]) for file, name in made.items()]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
