"""Papers made in a room, and corrections told beside: what is kept, what is refused, and why."""

import asyncio
import hashlib
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from devices.contract import Stick
from roomapp.events import PaperState, Refused, RowState
from roomapp.records.registers.register import fold
from roomapp.rules.books import Book
from roomapp.running.papers.shelves import Shelf
from tests.fakes.conference import HandConference, HandRoom

NOW = datetime.now(UTC)


class Office:
    """A room with one meeting of an earlier register and one to come; nobody is on duty yet."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.hand = HandRoom(folder, {"tinh": HandConference()})
        self.room = self.run(self.hand.begin())
        began = NOW - timedelta(hours=30)
        self.began = began.astimezone(self.room._zone).replace(hour=8, minute=0, second=0, microsecond=0)
        held = {
            "id": "old", "title": "Giao ban", "class": "5.4.b", "level": "T", "status": "held",
            "planned_opening": self.began.isoformat(), "opened_at": self.began.isoformat(),
            "closed_at": (self.began + timedelta(hours=2)).isoformat(), "attendance": 10,
        }  # fmt: skip
        self.run(self.room.keep("record.meeting", held))
        self.next = self.run(self.room.add_meeting("tinh", "4821", NOW + timedelta(hours=2)))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def sign_on(self) -> None:
        person = self.run(self.room.person("Hoàng Văn Tủa", "0912345678"))
        self.room.on_duty = person

    def refused(self) -> str:
        return next((event.sentence for event in reversed(self.hand.events) if isinstance(event, Refused)), "")

    def kept(self, kind: str) -> list[dict[str, Any]]:
        return [row.body for row in self.room.journal.rows(kind)]

    def shelf(self) -> Shelf:
        shown: list[Shelf] = []
        self.run(self.room.look_at_shelf(shown.append))
        self.hand.events[-1]()  # type: ignore[operator]  # what the screen's thread would run
        return shown[0]

    def correct(self, **fields: Any) -> bool:
        return bool(self.run(self.room.correct_record("meeting", "old", fields, "đếm lại")))

    def register(self) -> Any:
        return fold(self.room.journal.rows(), datetime.now(UTC))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.run(made.hand.end())
    made.loop.close()


def test_nobody_corrects_without_being_on_duty(office: Office) -> None:
    assert not office.correct(attendance=12)
    assert office.kept("record.corrected") == []
    assert office.refused() == office.room.words("record.nobody")


def test_a_correction_is_a_row_beside_with_who_and_why(office: Office) -> None:
    office.sign_on()
    assert office.correct(attendance=12)
    (row,) = office.kept("record.corrected")
    assert (row["register"], row["id"], row["fields"]) == ("meeting", "old", {"attendance": 12})
    assert (row["reason"], row["who"]) == ("đếm lại", office.room.on_duty)
    assert office.kept("record.meeting")[0]["attendance"] == 10, "the first row stays as it was"
    assert next(one for one in office.register().meetings if one.id == "old").attendance == 12


def test_a_time_is_typed_as_four_figures_of_the_records_own_day(office: Office) -> None:
    office.sign_on()
    assert office.correct(opened_at="0815")
    one = next(one for one in office.register().meetings if one.id == "old")
    assert one.opened_at == office.began.replace(minute=15)


@pytest.mark.parametrize("fields", [{"closed_at": "0700"}, {"opened_at": "2561"}, {"title": "x"}, {"status": "y"}, {}])
def test_what_makes_no_record_is_refused_and_nothing_is_kept(office: Office, fields: dict[str, Any]) -> None:
    office.sign_on()
    assert not office.correct(**fields)
    assert office.kept("record.corrected") == []
    assert office.refused() == office.room.words("record.cannot")


def test_a_correction_without_a_reason_or_of_nothing_is_refused(office: Office) -> None:
    office.sign_on()
    assert not office.run(office.room.correct_record("meeting", "old", {"attendance": 1}, " "))
    assert not office.run(office.room.correct_record("meeting", "none", {"attendance": 1}, "x"))


def test_a_reported_incident_is_put_right_once_with_cause_and_remedy(office: Office) -> None:
    office.run(office.room.report_incident("sound"))
    (reported,) = office.kept("incident.reported")
    assert office.shelf().open == {reported["id"]}
    assert not office.run(office.room.end_incident(reported["id"], "device", "magic"))
    assert office.run(office.room.end_incident(reported["id"], "device", "replaced"))
    assert not office.run(office.room.end_incident(reported["id"], "device", "replaced"))
    (ended,) = office.kept("incident.ended")
    assert (ended["id"], ended["cause"], ended["remedy"]) == (reported["id"], "device", "replaced")
    assert office.shelf().open == frozenset()


def test_the_shelves_have_the_newest_first(office: Office) -> None:
    office.run(office.room.report_incident("sound"))
    office.run(office.room.report_incident("power"))
    earlier = dict(office.kept("record.meeting")[0]) | {"id": "older", "title": "Sơ kết"}
    earlier |= {key: (office.began - timedelta(days=d)).isoformat() for key, d in (("opened_at", 9), ("closed_at", 8))}
    office.run(office.room.keep("record.meeting", earlier | {"planned_opening": earlier["opened_at"]}))
    shelf = office.shelf()
    assert [row.name for row in shelf.meetings] == ["Giao ban", "Sơ kết"]
    assert [row.state for row in shelf.incidents] == [RowState.FAILED, RowState.FAILED]
    assert "Mất điện" in shelf.incidents[0].name


def test_a_meeting_that_nobody_told_the_end_of_stands_on_the_shelf_and_can_be_put_right(office: Office) -> None:
    office.sign_on()
    opening = office.began.astimezone(UTC).isoformat()
    body = {"id": "lost", "title": "Quên", "class": "5.4.b", "level": "T", "opening": opening}
    office.run(office.room.keep("meeting.added", body))
    assert "lost" in {row.id for row in office.shelf().meetings}
    assert office.run(office.room.correct_record("meeting", "lost", {"status": "cancelled"}, "không họp"))
    assert {one.id: str(one.status) for one in office.register().meetings}["lost"] == "cancelled"


def made(office: Office, kind: str, id: str = "") -> dict[str, Any]:
    office.run(office.room.make_paper(kind, id))
    assert office.room.paper is not None
    assert office.room.paper.state is PaperState.READY, office.room.paper.sentence
    return office.kept("paper.made")[-1]


def test_a_paper_is_journalled_with_the_digest_of_each_file_and_what_it_was_judged_by(office: Office) -> None:
    body = made(office, "roster")
    folder = Path(office.room.paper.pdf).parent  # type: ignore[union-attr]
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in body["files"]} == body["files"]
    assert body["rule_pack"]["version"] == office.room.pack.edition
    assert body["calendar"]["version"] == office.room.dates.calendar.version


@pytest.mark.parametrize("kind", ["readiness", "carrier", "power", "gaps"])
def test_the_papers_of_the_next_meeting_are_made(office: Office, kind: str) -> None:
    body = made(office, kind, office.next.id)
    assert body["of"] == office.next.id
    assert any(name.endswith(".pdf") for name in body["files"])


def test_minutes_register_and_slip_are_made(office: Office) -> None:
    office.run(office.room.report_incident("sound"))
    made(office, "minutes", office.kept("incident.reported")[0]["id"])
    fields = {"day": "2026-08-10", "kind": "yearly", "equipment": "Camera chính"}
    entry = office.run(office.room.put_entry(Book.UPKEEP, fields))
    made(office, "slip", entry)
    assert {Path(name).suffix for name in made(office, "upkeep")["files"]} == {".xlsx", ".pdf"}


def test_a_paper_without_its_ground_says_so_and_is_not_journalled(office: Office) -> None:
    office.run(office.room.make_paper("readiness", "old"))
    assert office.room.paper is not None
    assert (office.room.paper.state, office.room.paper.sentence) == (
        PaperState.FAILED, office.room.words("facts.imported"),
    )  # fmt: skip
    assert office.kept("paper.made") == []


def test_a_paper_goes_to_a_stick_whole(office: Office, tmp_path: Path) -> None:
    body = made(office, "roster")
    stick = tmp_path / "stick"
    stick.mkdir()
    office.run(office.room.paper_to_stick(Stick(stick, "USB"), "department"))
    assert {path.name for path in stick.rglob("*") if path.is_file()} == set(body["files"])
    (row,) = office.kept("paper.copied")
    assert row["for"] == "department", "nothing leaves without a word for whom it is (Art. 16.2)"
