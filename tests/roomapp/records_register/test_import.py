"""An earlier register taken over: every wrong line named with its place, nothing half done, no cell a formula."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roomapp.records.journal import FILE_NAME, Journal, JournalError, verify
from roomapp.records.registers.importing import Import, column_names, read_import, write_import
from roomapp.records.registers.register import MEETING_ROW, Register, fold
from roomapp.records.registers.tables import defused, read_table, restored, table_text
from roomapp.rules.reporting.register import INCIDENT_COLUMNS, MEETING_COLUMNS
from roomapp.words import LANGUAGES, Words
from tests.roomapp.records_register.making import ZONE, at, year_of
from tests.roomapp.test_journal import with_journal

HEAD = "id,title,class,level,planned_opening,opened_at,closed_at,status\n"
GOOD = "m1,Giao ban,5.4.b,T,2026-11-30T08:00,2026-11-30T08:05,2026-11-30T10:00,held\n"
INCIDENTS = "id,meeting_id,kind,started_at,restored_at,connection_lost\n"
Read = Callable[..., Import]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(meetings: str | bytes, incidents: str = "", known: tuple[str, ...] = ()) -> Import:
        paths = []
        for name, text in (("hop.csv", meetings), ("suco.csv", incidents)):
            path = tmp_path / name
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            paths.append(path if text else None)
        return read_import(paths[0], paths[1], ZONE, (known, ()))

    return reading


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("comma", [",", ";"])
def test_a_register_is_read_with_or_without_a_mark_by_comma_or_semicolon(read: Read, mark: bytes, comma: str) -> None:
    found = read(mark + (HEAD + GOOD).replace(",", comma).encode())
    assert found.faults == ()
    assert found.meetings[0].opened_at == at("30/11/2026 08:05")  # without an offset: the site's zone


def test_vietnamese_headers_name_the_same_columns(read: Read) -> None:
    words = Words("vi")
    head = ",".join(words(f"register_columns.{name}") for name in HEAD.strip().replace(",", " ").split())
    assert "Tên cuộc họp" in head
    found = read(head.replace("Quy mô, phạm vi", '"Quy mô, phạm vi"') + "\n" + GOOD)
    assert [one.title for one in found.meetings] == ["Giao ban"]


@pytest.mark.parametrize("columns", [MEETING_COLUMNS, INCIDENT_COLUMNS])
def test_no_header_names_two_columns(columns: tuple[str, ...]) -> None:
    for lang in LANGUAGES:
        words = Words(lang)
        assert len({words(f"register_columns.{name}").casefold() for name in columns}) == len(columns)
    assert set(column_names(columns).values()) == set(columns)


BAD_LINES = [
    ("m1,Họp,5.4.b\n", "half_line"),
    (GOOD.replace("2026-11-30T08:00", "30/11/2026"), "wrong_time"),
    (GOOD.replace("2026-11-30T08:00", "2026-11-30"), "wrong_time"),
    (GOOD.replace("2026-11-30T08:00", "0026-11-30T08:00"), "wrong_year"),
    (GOOD.replace("5.4.b", "5.9"), "wrong_value"),
    (GOOD.replace(",T,", ",huyện,"), "wrong_value"),
    (GOOD.replace("held", "họp rồi"), "wrong_value"),
    (GOOD.replace("m1", ""), "missing"),
    (GOOD.replace("Giao ban", "ầ" * 300), "too_long"),
    (GOOD.replace("2026-11-30T10:00", "2026-11-30T08:04"), "closed_before_opened"),
    (GOOD.replace("2026-11-30T10:00", ""), "held_unclosed"),
    (GOOD.replace("2026-11-30T08:05", ""), "held_unopened"),
    (GOOD + GOOD, "twice"),
]


@pytest.mark.parametrize(("lines", "key"), BAD_LINES)
def test_a_wrong_line_is_one_fault_with_its_file_and_line(read: Read, lines: str, key: str) -> None:
    found = read(HEAD + lines)
    assert [(one.file, one.key) for one in found.faults] == [("hop.csv", key)]
    assert found.faults[0].line == (3 if key == "twice" else 2)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fault_has_its_sentence_and_remedy(lang: str) -> None:
    words = Words(lang)
    keys = {key for _, key in BAD_LINES} | {"already_there", "unknown_meeting", "restored_before_started"}
    keys |= {"no_file", "too_big", "not_utf8", "not_csv", "empty", "too_many", "unknown_column", "column_twice"}
    for key in keys | {"no_column", "wrong_number", "wrong_yes_no"}:
        assert words(f"register.{key}", column="c", what="w")
        assert words(f"register.{key}_remedy")


def test_a_line_is_counted_as_an_editor_counts_it(read: Read) -> None:
    two_lines_in_a_cell = GOOD.replace("Giao ban", '"Giao\nban"')
    found = read(HEAD + two_lines_in_a_cell + "\n" + GOOD.replace("m1", "m2").replace("held", "x"))
    assert [one.line for one in found.faults] == [5]


def test_an_id_of_the_journal_is_not_taken_again(read: Read) -> None:
    assert [one.key for one in read(HEAD + GOOD, known=("m1",)).faults] == ["already_there"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("i1,m9,link,2026-11-30T09:00,,yes", "unknown_meeting"),
        ("i1,m1,link,2026-11-30T09:00,2026-11-30T08:59,yes", "restored_before_started"),
        ("i1,m1,fire,2026-11-30T09:00,,yes", "wrong_value"),
        ("i1,m1,link,2026-11-30T09:00,,maybe", "wrong_yes_no"),
    ],
)
def test_a_wrong_incident_is_named(read: Read, line: str, key: str) -> None:
    found = read(HEAD + GOOD, INCIDENTS + line)
    assert [(one.file, one.line, one.key) for one in found.faults] == [("suco.csv", 2, key)]


def test_an_incident_may_belong_to_a_meeting_of_the_journal(read: Read) -> None:
    assert read("", INCIDENTS + "i1,m7,link,2026-11-30T09:00,,có", known=("m7",)).incidents[0].connection_lost


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"x" * 10_000_000, "too_big"),
        (HEAD.encode() + b"\xff\xfe", "not_utf8"),
        (b"\n\n", "empty"),
        (HEAD.encode() + b"a\0b", "not_csv"),
        (HEAD.encode() + b'"' + b"x" * 200_000, "not_csv"),
        (b"id,title,ghi chu,class,level,planned_opening,status\n", "unknown_column"),
        (b"id,title,class,level,status\n", "no_column"),
        (b"id,id,title,class,level,planned_opening,status\n", "column_twice"),
    ],
)
def test_a_file_that_is_no_register_is_refused_in_one_sentence(read: Read, data: bytes, key: str) -> None:
    assert [one.key for one in read(data).faults] == [key]


def test_a_folder_is_no_register(tmp_path: Path) -> None:
    assert [one.key for one in read_import(tmp_path, None, ZONE, ((), ())).faults] == ["no_file"]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("x")', "+cmd|x", "-2+3", "@SUM(A1)", "'=x", "''-a", "\tx", "O'Brien", "-5"]
)
def test_a_formula_is_text_and_comes_back_as_it_was(text: str) -> None:
    assert restored(defused(text)) == text
    assert defused(text)[0] not in "=+@\t"


def test_formulas_in_a_register_are_kept_as_text_and_defused_on_the_way_out(read: Read, tmp_path: Path) -> None:
    found = read(HEAD + GOOD.replace("Giao ban", "=cmd()"))
    assert found.meetings[0].title == "=cmd()"
    out = tmp_path / "out.csv"
    out.write_text(table_text(("title",), [{"title": found.meetings[0].title}]), "utf-8")
    assert "'=cmd()" in out.read_text("utf-8")
    assert read_table(out).rows[0][1] == ("=cmd()",)


def taken(file: Path, found: Import) -> Register:
    async def work(journal: Journal) -> Register:
        await write_import(found, journal)
        return fold(journal.rows(), datetime.now(UTC))

    return with_journal(file, work)


def test_an_imported_register_comes_back_from_the_journal_record_by_record(tmp_path: Path) -> None:
    meetings, incidents = year_of(3, 60)
    found = Import(tuple(meetings), tuple(incidents), (), {"meetings": "a" * 64, "incidents": "b" * 64})
    register = taken(tmp_path / FILE_NAME, found)
    assert sorted(register.meetings, key=lambda m: m.id) == sorted(meetings, key=lambda m: m.id)
    assert len(register.incidents) == len(incidents)
    assert register.behind([meetings[4]]) == [5]  # the fifth row
    assert verify(tmp_path / FILE_NAME).rows == len(meetings) + len(incidents)


def test_the_rows_of_an_import_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        rows = [(MEETING_ROW, {"id": str(n), "title": "x" * 2000}) for n in range(500)]
        with pytest.raises(JournalError, match="disk_full"):
            await journal.append_all(rows)
        assert journal.head().seq == 0

    with_journal(tmp_path / FILE_NAME, work, most_pages=60)


def test_an_import_is_one_block_of_the_chain_also_beside_other_writers(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        block = [("record.meeting", {"id": str(n)}) for n in range(50)]
        _, rows = await asyncio.gather(journal.append("x", {}), journal.append_all(block))
        assert [row.seq for row in rows] == list(range(rows[0].seq, rows[0].seq + 50))

    with_journal(tmp_path / FILE_NAME, work)
    assert verify(tmp_path / FILE_NAME).intact


def test_any_changed_byte_of_an_imported_row_is_found(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    meetings, _ = year_of(3, 3)
    taken(file, Import(tuple(meetings), (), (), {"meetings": "a" * 64, "incidents": ""}))
    data = bytearray(file.read_bytes())
    body = data.index(b'{"attendance"')
    begin, end = data.rindex(b"record.meeting", 0, body) - 32, data.index(b"}", body) + 128  # at and kind; both hashes
    for place in range(begin, end):
        changed = bytearray(data)
        changed[place] ^= 1
        file.write_bytes(changed)
        assert not verify(file).intact, (place, bytes(data[place - 20 : place + 20]))
