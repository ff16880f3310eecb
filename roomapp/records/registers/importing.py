"""An earlier register taken over from two CSV files: every wrong line named; all or nothing, unless told otherwise.

Columns in English as in the contract, or in Vietnamese as in the catalogue's area "register_columns"; any order.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from roomapp.records.chain import Row
from roomapp.records.journal import Journal
from roomapp.records.registers.register import INCIDENT_ROW, MEETING_ROW
from roomapp.records.registers.tables import Table, TableError, read_table
from roomapp.rules.reporting.register import (
    FIRST_YEAR,
    INCIDENT_COLUMNS,
    LAST_YEAR,
    MEETING_COLUMNS,
    NEEDED,
    IncidentRecord,
    MeetingRecord,
    R,
    RecordError,
    Status,
    record_from,
)
from roomapp.words import LANGUAGES, Words, nfc

TIMES = frozenset(("planned_opening", "opened_at", "closed_at", "postponed_from", "joined_at", "trial_finished_at",
    "invitation_received_at", "started_at", "restored_at", "told_chair_at"))  # fmt: skip
YES, NO = frozenset(("yes", "true", "1", "x")), frozenset(("no", "false", "0"))
FEWEST_DATE = len("2026-01-01T00:00")  # a date without its time is half of one
MOST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class LineFault:
    """One line that cannot be taken; `key` names a sentence of the area "register", `column` and `what` its facts."""

    file: str
    line: int
    key: str
    column: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """What two files hold, read and judged; nothing is written yet."""

    meetings: tuple[MeetingRecord, ...]
    incidents: tuple[IncidentRecord, ...]
    faults: tuple[LineFault, ...]
    sha256: Mapping[str, str]  # "meetings", "incidents"


def read_import(
    meetings: Path | None, incidents: Path | None, zone: ZoneInfo, known: tuple[Collection[str], Collection[str]]
) -> Import:
    """Reads both files; either may be absent. `known`: ids of meetings and incidents that the journal holds already.

    Times without an offset are in `zone`. Never raises for what the files hold.
    """
    known_meetings, known_incidents = known
    first = _File(meetings, MeetingRecord, zone, known_meetings)
    found_meetings = first.records(_check_meeting)
    ids = {one.id for one in found_meetings} | set(known_meetings)

    def check_incident(record: IncidentRecord) -> None:
        if record.meeting_id is not None and record.meeting_id not in ids:
            raise RecordError("unknown_meeting", "meeting_id")

    second = _File(incidents, IncidentRecord, zone, known_incidents)
    found_incidents = second.records(check_incident)
    return Import(
        tuple(found_meetings),
        tuple(found_incidents),
        (*first.faults, *second.faults),
        {"meetings": first.sha256, "incidents": second.sha256},
    )


async def write_import(found: Import, journal: Journal) -> list[Row]:
    """All records as rows in one transaction; JournalError, and then nothing is written."""
    rows = [(MEETING_ROW, _body(one, found.sha256["meetings"])) for one in found.meetings]
    rows += [(INCIDENT_ROW, _body(one, found.sha256["incidents"])) for one in found.incidents]
    return await journal.append_all(rows) if rows else []


def _body(record: MeetingRecord | IncidentRecord, sha256: str) -> dict[str, Any]:
    return {**msgspec.to_builtins(record), "source": "import", "sha256": sha256}


def _check_meeting(record: MeetingRecord) -> None:
    if record.status is Status.HELD and record.closed_at is None:
        raise RecordError("held_unclosed", "closed_at")


class _File:
    """One register file being read."""

    def __init__(self, path: Path | None, kind: type[Any], zone: ZoneInfo, known: Collection[str]) -> None:
        self._path, self._kind, self._zone, self._known = path, kind, zone, known
        self.faults: list[LineFault] = []
        self.sha256 = ""
        self._yes, self._no = YES | _said("yes"), NO | _said("no")

    def records(self, check: Callable[[R], None]) -> list[R]:
        if self._path is None:
            return []
        try:
            table = read_table(self._path)
        except TableError as error:
            self.faults.append(LineFault(error.file, error.line, error.key))
            return []
        self.sha256 = table.sha256
        columns = self._columns(table)
        return [] if self.faults else self._records(table, columns, check)

    def _columns(self, table: Table) -> list[str]:
        names = column_names(MEETING_COLUMNS if self._kind is MeetingRecord else INCIDENT_COLUMNS)
        columns = [names.get(_plain(head), "") for head in table.header]
        for head, column in zip(table.header, columns, strict=True):
            if not column and head:
                self._fault(1, "unknown_column", head)
        twice = {column for column in columns if column and columns.count(column) > 1}
        lacking = [column for column in NEEDED[self._kind] if column not in columns]
        for column in sorted(twice):
            self._fault(1, "column_twice", column)
        for column in lacking:
            self._fault(1, "no_column", column)
        return columns

    def _records(self, table: Table, columns: list[str], check: Callable[[R], None]) -> list[R]:
        found: dict[str, R] = {}
        for line, cells in table.rows:
            try:
                if len(cells) < len(columns) or any(cells[len(columns) :]):
                    raise RecordError("half_line")
                values = {column: cell for column, cell in zip(columns, cells, strict=False) if column and cell}
                record: R = record_from({key: self._value(key, cell) for key, cell in values.items()}, self._kind)
                if record.id in found or record.id in self._known:
                    raise RecordError("twice" if record.id in found else "already_there", "id")
                check(record)
            except RecordError as error:
                cell = dict(zip(columns, cells, strict=False)).get(error.field, "")
                self._fault(line, error.key, error.field, cell)
                continue
            found[record.id] = record
        return list(found.values())

    def _value(self, column: str, cell: str) -> Any:
        if column in TIMES:
            return self._moment(column, cell)
        if column == "attendance":
            if not (cell.isascii() and cell.isdigit() and len(cell) < 7):
                raise RecordError("wrong_number", column)
            return int(cell)
        if column == "connection_lost":
            word = _plain(cell)
            if word not in self._yes | self._no:
                raise RecordError("wrong_yes_no", column)
            return word in self._yes
        return cell

    def _moment(self, column: str, cell: str) -> str:
        try:
            at = datetime.fromisoformat(cell)
        except ValueError as error:
            raise RecordError("wrong_time", column) from error
        if len(cell) < FEWEST_DATE:
            raise RecordError("wrong_time", column)
        if not FIRST_YEAR <= at.year <= LAST_YEAR:  # before 1900 the zone itself has other hours
            raise RecordError("wrong_year", column)
        return (at if at.tzinfo is not None else at.replace(tzinfo=self._zone)).isoformat()

    def _fault(self, line: int, key: str, column: str = "", what: str = "") -> None:
        assert self._path is not None
        self.faults.append(LineFault(self._path.name, line, key, column[:MOST_SHOWN], what[:MOST_SHOWN]))


def column_names(columns: Collection[str]) -> dict[str, str]:
    """What may stand in a header, in small letters, to the column that it names."""
    names = {column: column for column in columns}
    for lang in LANGUAGES:
        words = Words(lang)
        names |= {_plain(words(f"register_columns.{column}")): column for column in columns}
    return names


def _said(answer: str) -> frozenset[str]:
    return frozenset(_plain(Words(lang)(f"register.{answer}")) for lang in LANGUAGES)


def _plain(text: str) -> str:
    return nfc(" ".join(text.split())).casefold()
