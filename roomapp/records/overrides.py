"""Days that the government's notices make other than the library says, from a CSV: all of it or nothing."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from roomapp.rules.calendar.worktime import Override
from roomapp.words import nfc

COLUMNS = ("date", "kind", "reason", "document", "confirmed_by", "confirmed_on")
NEEDED = ("date", "kind")
MOST_BYTES, MOST_ROWS = 1_000_000, 5000


@dataclass(frozen=True, slots=True)
class RowFault:
    """`key`: unreadable, no_column, wrong_date, wrong_kind, twice, too_many; line 1 is the header."""

    line: int
    key: str
    what: str = ""


class OverridesError(Exception):
    """Every line that cannot be taken."""

    def __init__(self, *faults: RowFault) -> None:
        super().__init__(", ".join(f"line {fault.line}: {fault.key}" for fault in faults))
        self.faults = faults


def read_overrides(path: Path) -> tuple[Override, ...]:
    """UTF-8 with or without a BOM, comma or semicolon, with a header; OverridesError names every wrong line."""
    rows = _rows(path)
    lacking = [name for name in NEEDED if not rows or name not in rows[0][1]]
    if lacking:
        raise OverridesError(*(RowFault(1, "no_column", name) for name in lacking))
    found: dict[date, Override] = {}
    faults: list[RowFault] = []
    for line, row in rows:
        if not any(row.values()):
            continue
        try:
            one = msgspec.convert({k: v for k, v in row.items() if k in COLUMNS and v}, Override)
        except msgspec.ValidationError as error:
            faults.append(RowFault(line, "wrong_kind" if "kind" in str(error) else "wrong_date", row["date"][:20]))
            continue
        if one.day in found:
            faults.append(RowFault(line, "twice", one.day.isoformat()))
        found[one.day] = one
    if faults:
        raise OverridesError(*faults)
    return tuple(found.values())


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(line, column to text) without the header; ERROR for what is no table."""
    try:
        if not path.is_file() or path.stat().st_size > MOST_BYTES:
            raise OverridesError(RowFault(1, "unreadable"))
        text = nfc(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise OverridesError(RowFault(1, "unreadable")) from error
    head = text.partition("\n")[0]
    try:
        table = list(csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","))
    except csv.Error as error:
        raise OverridesError(RowFault(1, "unreadable")) from error
    if len(table) > MOST_ROWS:
        raise OverridesError(RowFault(MOST_ROWS, "too_many"))
    names = [name.strip().casefold() for name in table[0]] if table else []
    rows = ((n, [cell.strip() for cell in row]) for n, row in enumerate(table[1:], 2))
    return [(n, dict(zip(names, row + [""] * len(names), strict=False))) for n, row in rows] or [
        (1, dict.fromkeys(names, ""))
    ]
