"""A PDF onto the printer of the room, page by page, as large as it is."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPageSize, QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter, QPrinterInfo

DPI = 300
MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0


@dataclass(frozen=True, slots=True)
class Printed:
    """`refused` names a sentence of the area "paper"; empty: so many pages were handed to that printer."""

    refused: str = ""
    printer: str = ""
    pages: int = 0


def print_pdf(pdf: Path, wanted: str, file: Path | None = None) -> Printed:
    """Blocks for as long as the printing system takes its pages: a second or two. `file`: into a PDF instead of paper.

    `wanted`: the printer's name in the profile; empty: the system's default one.
    """
    name = "" if file is not None else printer_name(wanted)
    if file is None and not name:
        return Printed("no_printer")
    document = QPdfDocument()
    if document.load(str(pdf)) is not QPdfDocument.Error.None_:
        return Printed("unreadable")
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    if file is not None:
        printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        printer.setOutputFileName(str(file))
    else:
        printer.setPrinterName(name)
    printer.setFullPage(True)
    printer.setDocName(pdf.stem)
    printer.setPageSize(QPageSize(document.pagePointSize(0), QPageSize.Unit.Point))
    painter = QPainter()
    if not painter.begin(printer):
        return Printed("printer_refuses")
    try:
        for page in range(document.pageCount()):
            if page and not printer.newPage():
                return Printed("printer_refuses")
            painter.drawImage(
                QRect(0, 0, printer.width(), printer.height()), document.render(page, _pixels(document, page))
            )
    finally:
        painter.end()
    return Printed("", name, document.pageCount())


def printer_name(wanted: str) -> str:
    """The wanted one where the system knows it; without a wish the default, else the only one; empty: none."""
    known = QPrinterInfo.availablePrinterNames()
    if wanted:
        return wanted if wanted in known else ""
    default = QPrinterInfo.defaultPrinterName()
    return default or (known[0] if len(known) == 1 else "")


def _pixels(document: QPdfDocument, page: int) -> QSize:
    size = document.pagePointSize(page)
    return QSize(round(size.width() / POINTS_PER_INCH * DPI), round(size.height() / POINTS_PER_INCH * DPI))
