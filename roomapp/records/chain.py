"""The journal's rows and the hash chain over them: canonical bytes, and a check that trusts nothing it reads."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from roomapp.words import nfc

FIRST_PREV = "0" * 64  # what the first row follows
APPLICATION_ID = 0x44694361  # marks the file as a journal ("DiCa")
READ = "SELECT seq, at, kind, body, prev, hash FROM rows"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the journal; `at` is UTC."""

    seq: int
    at: datetime
    kind: str
    body: dict[str, Any]
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row's number and hash; 0 and FIRST_PREV of an empty journal."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found. `rows`: how many were read; `first_bad`: the number of the first that does not hold.

    `head`: hash of the last row that holds. `problem`: a sentence of the area "journal", None when intact.
    """

    intact: bool
    rows: int
    first_bad: int | None
    head: str
    problem: str | None = None


def canonical(body: Mapping[str, Any]) -> str:
    """One text for one body: sorted keys, no spaces, NFC. TypeError or ValueError for what is no JSON."""
    clean = _clean(msgspec.to_builtins(dict(body)))
    return json.dumps(clean, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return nfc(value.encode("utf-8", "replace").decode())  # half a surrogate pair cannot be stored
    if isinstance(value, dict):
        return {_clean(str(key)): _clean(inner) for key, inner in value.items()}
    return [_clean(inner) for inner in value] if isinstance(value, list) else value


def stamp(moment: datetime) -> str:
    """An aware moment as it is stored."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def row_hash(seq: int, at: str, kind: str, body: str, prev: str) -> str:
    chained = json.dumps([seq, at, kind, body, prev], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(chained.encode()).hexdigest()


def row_from(found: tuple[Any, ...]) -> Row:
    seq, at, kind, body, prev, own = found
    return Row(seq, datetime.fromisoformat(at), kind, json.loads(body), prev, own)


def read_only(path: Path, flags: str = "", wait_s: float = 2.0) -> sqlite3.Connection:
    """A connection that cannot write."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro{flags}"
    return sqlite3.connect(address, uri=True, timeout=wait_s, isolation_level=None)


def verify(path: Path) -> Verdict:
    """Reads a journal through without changing it: a row changed, removed or out of order is named by its number.

    Never raises; a file that is no journal is not intact.
    """
    if not path.is_file():
        return Verdict(False, 0, None, "", "not_there")
    try:
        # A copy on a write-protected stick has no log beside it, and none can be made there.
        flags = "" if path.with_name(path.name + "-wal").exists() else "&immutable=1"
        with closing(read_only(path, flags)) as db:
            db.text_factory = bytes  # a damaged text may be no UTF-8
            if db.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                return Verdict(False, 0, None, "", "not_a_journal")
            db.execute("BEGIN")  # one view of the file, while a kiosk may be writing to it
            return _walk(db)
    except (sqlite3.Error, OSError, ValueError):
        return Verdict(False, 0, None, "", "not_a_journal")


def _walk(db: sqlite3.Connection) -> Verdict:
    count, head, first_bad = 0, FIRST_PREV, None
    try:
        for found in db.execute(f"{READ} ORDER BY seq"):
            if first_bad is None and not _holds(found, count + 1, head):
                first_bad = count + 1
            elif first_bad is None:
                head = found[5].decode()
            count += 1
        given = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'rows'").fetchone()
    except (sqlite3.Error, OverflowError):
        return Verdict(False, count, first_bad or count + 1, head, "changed")
    if first_bad is None and (given[0] if given else 0) != count:
        first_bad = count + 1  # numbers were given to rows that are no longer there
    return Verdict(first_bad is None, count, first_bad, head, None if first_bad is None else "changed")


def _holds(found: tuple[Any, ...], expected: int, prev: str) -> bool:
    try:
        seq, (at, kind, body, follows, own) = found[0], (part.decode() for part in found[1:])
        return bool(seq == expected and follows == prev and own == row_hash(seq, at, kind, body, follows))
    except (AttributeError, UnicodeDecodeError):  # a value of another type; bytes that are no text
        return False
