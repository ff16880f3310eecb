"""A register goes into a file and comes back; a bad file changes nothing and is told by its line."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomapp.records.registers.book_files import BookFileError, columns, read_book
from roomapp.records.registers.tables import MOST_ROWS
from roomapp.rules.books import Book
from roomapp.running.room import Room
from roomapp.words import Words
from tests.fakes.conference import HandConference, HandRoom

EVERY_LETTER = "Nguyễn Thị Ánh Đào Ấm Ắt Ẳng Ỡ Ự Ỵ d'Aubigné"


class Site:
    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.hand = HandRoom(folder, {"tinh": HandConference()})
        self.room: Room = self.run(self.hand.begin())

    def run(self, work):  # type: ignore[no-untyped-def]
        return self.loop.run_until_complete(work)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    (tmp_path / "data").mkdir()
    made = Site(tmp_path / "data")
    yield made
    made.run(made.hand.end())
    made.loop.close()


def put_staff(site: Site, name: str, phone: str = "0912 345 678", **more: object) -> str:
    person = site.run(site.room.person(name, phone))
    fields = {"person": person, "unit": "UBND xã Suối Mây", "trained_on": "2026-05-04", **more}
    return str(site.run(site.room.put_entry(Book.STAFF, fields)))


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_register_comes_back_from_its_own_file_as_it_was(site: Site, tmp_path: Path, suffix: str) -> None:
    put_staff(site, EVERY_LETTER)
    put_staff(site, "=HYPERLINK(1)", "113", role="+cmd|' /C calc'!A0", active=False)
    before = {kept.id: kept.entry for kept in site.room.entries(Book.STAFF)}
    file = tmp_path / f"so.{suffix}"
    site.run(site.room.export_book(Book.STAFF, file, "own"))
    assert [row["for"] for row in site.hand.rows("book.exported")] == ["own"]
    for id in before:
        site.run(site.room.remove_entry(Book.STAFF, id, "thử"))
    assert site.room.entries(Book.STAFF) == ()
    assert site.run(site.room.import_book(Book.STAFF, file)) == 2
    assert {kept.id: kept.entry for kept in site.room.entries(Book.STAFF)} == before


def test_registers_come_back_after_a_restart(site: Site) -> None:
    id = put_staff(site, "Hoàng Văn Tủa")
    site.run(site.hand.end())
    room = site.run(site.hand.begin())
    assert [kept.id for kept in room.entries(Book.STAFF)] == [id]


def test_no_name_and_no_number_stands_in_the_chain(site: Site, tmp_path: Path) -> None:
    put_staff(site, "Hoàng Văn Tủa")
    site.run(site.room.export_book(Book.STAFF, tmp_path / "so.csv", "own"))
    said = " ".join(str(row.body) for row in site.room.journal.rows())
    assert "Tủa" not in said
    assert "345" not in said.replace("12345", "")
    assert site.hand.rows("book.exported")[0]["persons"] == [1]


def test_erased_person_leaves_the_register_whole(site: Site, tmp_path: Path) -> None:
    put_staff(site, "Hoàng Văn Tủa")
    site.run(site.room.journal.erase(1))
    site.run(site.room.export_book(Book.STAFF, tmp_path / "so.csv", "own"))
    assert "(đã xóa theo yêu cầu)" in (tmp_path / "so.csv").read_text("utf-8-sig")


HEAD = "Họ tên,Số điện thoại của Họ tên,Ngày tập huấn"


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        ("", 0, "empty_file"),
        ("Đơn vị\nUBND", 1, "no_column"),
        (f"{HEAD}\nA,0912345678,4/5/2026\nB,0912,31/02/2026", 3, "wrong"),
        (f"{HEAD}\nA,01234567890,", 2, "phone"),
        (f"{HEAD}\n,0912345678,", 2, "empty"),
        (f"{HEAD}\nA,,,,5", 2, "wrong_cells"),
        (f"Mã,{HEAD}\n1,A,,\n1,B,,", 3, "twice"),
        (f"{HEAD}\n" + "A,,\n" * (MOST_ROWS + 1), 0, "too_many"),
        (f"{HEAD}\n{'A' * 301},,", 2, "wrong"),
    ],
)
def test_bad_file_is_told_by_its_line_and_changes_nothing(
    site: Site, tmp_path: Path, text: str, line: int, key: str
) -> None:
    file = tmp_path / "so.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BookFileError) as caught:
        site.run(site.room.import_book(Book.STAFF, file))
    assert (caught.value.line, caught.value.key) == (line, key)
    assert site.room.entries(Book.STAFF) == ()
    assert site.hand.rows("book.put") == []


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"PK\x03\x04 no zip", b"a\x00b"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_file_that_is_no_table_is_one_sentence(tmp_path: Path, raw: bytes, suffix: str) -> None:
    file = tmp_path / f"so.{suffix}"
    file.write_bytes(raw)
    with pytest.raises(BookFileError) as caught:
        read_book(Book.STAFF, file)
    assert f"book.fault_{caught.value.key}" in Words("vi")


@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("joint", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_both_languages_both_commas_with_and_without_a_mark(tmp_path: Path, lang: str, joint: str, mark: str) -> None:
    words = Words(lang)
    names = joint.join((words("book.col_person"), words("book.col_trained_on"), words("book.col_active")))
    file = tmp_path / "so.csv"
    file.write_text(f"{mark}{names}\nĐào{joint}04/05/2026{joint}{words('book.yes')}\n\n", encoding="utf-8")
    (line,), _ = read_book(Book.STAFF, file)
    assert line.fields == {"trained_on": "2026-05-04", "active": True}


@pytest.mark.parametrize("book", list(Book))
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_column_of_every_register_has_its_name(book: Book, lang: str) -> None:
    from roomapp.records.registers.book_files import title

    names = [title(column, Words(lang)) for column in columns(book)]
    assert len(set(names)) == len(names)
