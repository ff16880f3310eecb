"""Papers as files: whole or not at all, and the same input always the same bytes."""

import io
import os
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

from roomapp.records.papers.paper import Paper

EARLIEST = 1980  # of a zip's dates
DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def write_paper(paper: Paper, out: Path, name: str, kinds: tuple[str, ...] = ("docx", "pdf")) -> tuple[Path, ...]:
    """The paper in each format (docx, pdf, xlsx) as OUT/NAME.KIND; OSError where the disk refuses.

    All are made before the first is written: a paper that cannot be drawn leaves no half set.
    """
    made = [(out / f"{name}.{kind}", _writer(kind)(paper)) for kind in kinds]
    out.mkdir(parents=True, exist_ok=True)
    for path, content in made:
        _put(path, content)
    return tuple(path for path, _ in made)


def _writer(kind: str) -> Callable[[Paper], bytes]:
    """Loaded when wanted: the three libraries take half a second that a start without papers need not wait."""
    match kind:
        case "docx":
            from roomapp.records.papers.docx import as_docx

            return as_docx
        case "pdf":
            from roomapp.records.papers.pdf import as_pdf

            return as_pdf
        case "xlsx":
            from roomapp.records.papers.xlsx import as_xlsx

            return as_xlsx
    raise ValueError(f"no such kind of file: {kind}")


def _put(path: Path, content: bytes) -> None:
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)


def settled(archive: bytes, day: date) -> bytes:
    """An office file whose every own date is that day: the libraries write the clock's."""
    moment = (max(day.year, EARLIEST), day.month, day.day, 0, 0, 0)
    stamp = f"{day.isoformat()}T00:00:00Z".encode()
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = DATES.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, content)
    return made.getvalue()
