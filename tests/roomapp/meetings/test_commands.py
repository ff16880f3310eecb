"""The calendar from the command line: the contract's object, all faults of a file, and exit codes."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.conference import HandConference, HandRoom
from ui.arguments import build_parser
from ui.cli import as_request, run
from ui.commands import serve
from ui.saying import say

ADD = ("meeting", "add", "--platform", "tinh", "--room", "4821", "--opening", "2090-03-14T08:00")
CONTRACT = {
    *("id", "title", "class", "level", "system", "platform", "room", "chair_site", "opening", "expected_end", "role"),
}


class Site:
    """A room without a screen: each command's words go through the parser, its answer as over the socket."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.loop = folder, asyncio.new_event_loop()
        self.hand = HandRoom(folder, {"tinh": HandConference()})
        self.room = self.loop.run_until_complete(self.hand.begin())

    def __call__(self, *words: str) -> tuple[int, dict[str, Any]]:
        asked = as_request(build_parser(self.room.words).parse_args(words))
        said = self.loop.run_until_complete(serve(self.room, asked, lambda line: None))
        if "fault" in said:
            return 2, {"faults": [said["fault"], *said.get("more", ())]}
        return said["code"], json.loads(json.dumps(said["answer"]))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.loop.run_until_complete(made.hand.end())
    made.loop.close()


def test_meeting_has_its_fields_its_times_and_what_to_ask(site: Site) -> None:
    more = ("--template", "5.1.b", "--kind", "working", "--chair-officer-name", "A", "--on-duty", "B", "C")
    code, said = site(*ADD, *more)
    assert code == 0
    assert said.keys() >= CONTRACT
    assert (said["class"], said["opening"]) == ("5.1", "2090-03-14T08:00:00+07:00")
    assert (said["connect"], said["trial"]["latest"]) == ("2090-03-14T06:30:00+07:00", "2090-03-13T17:30:00+07:00")
    assert "chair_officer_phone" in said["gaps"]
    assert len(said["duty_officers"]) == 2
    code, said = site("meeting", "change", said["id"], "--chair-officer-phone", "0912")
    assert (code, "chair_officer_phone" in said["gaps"]) == (0, False)


def test_postponed_meeting_is_listed_and_returns_with_a_new_day(site: Site) -> None:
    id = site(*ADD)[1]["id"]
    assert site("meeting", "postpone", id, "--why", "bão")[1]["postponed"]
    assert [one["postponed"] for one in site("meeting", "list")[1]["meetings"]] == [True]
    said = site("meeting", "change", id, "--opening", "2090-03-21T08:00")[1]
    assert (said["postponed"], said["postponed_from"]) == (False, "2090-03-14T08:00:00+07:00")


def test_clash_is_listed_with_the_one_that_is_kept(site: Site) -> None:
    commune, central = (site(*ADD, "--template", template)[1]["id"] for template in ("5.3", "5.4.a"))
    (clash,) = site("meeting", "list")[1]["clashes"]
    assert ({clash["first"], clash["second"]}, clash["kept"]) == ({commune, central}, central)


def test_person_reads_of_a_clash_and_of_a_postponed_meeting(site: Site) -> None:
    commune, central = (site(*ADD, "--template", template)[1]["id"] for template in ("5.3", "5.4.a"))
    lines = say(site("meeting", "list")[1], site.room.words)
    assert lines[-1] == f"Trùng lịch: ưu tiên {central}. Báo cho đầu mối của {commune}."
    site("meeting", "postpone", commune, "--why", "bão")
    lines = say(site("meeting", "list")[1], site.room.words)
    assert [commune in line and "đã hoãn" in line for line in lines] == [line.startswith(commune) for line in lines]


@pytest.mark.parametrize(
    ("more", "where"),
    [
        (("--template", "9"), "--class"),
        (("--kind", "party"), "--kind"),
        (("--invitation-date", "hôm qua"), "--invitation-date"),
        (("--invitation-received-at", "hôm qua"), "--invitation-received-at"),
        (("--fallback-platform", "nowhere"), "--fallback-platform"),
        (("--expected-people", "-3"), "--expected-people"),
        (("--chain", "H"), "--chain"),
    ],
)
def test_field_that_cannot_be_is_named_and_nothing_is_added(site: Site, more: tuple[str, ...], where: str) -> None:
    code, said = site(*ADD, *more)
    assert (code, said["faults"][0]["where"]) == (2, where)
    assert site("meeting", "list")[1]["meetings"] == []


def test_calendar_is_imported_listed_and_withdrawn(site: Site) -> None:
    csv = site.folder / "lich.csv"
    csv.write_text("date,kind,confirmed_by\n2090-03-13,off,Trần B\n2090-03-18,work,Trần B\n", encoding="utf-8-sig")
    site(*ADD)
    assert site("calendar", "import", str(csv))[1]["added"] == 2
    said = site("meeting", "list")[1]["meetings"][0]
    assert said["trial"]["latest"] == "2090-03-10T17:30:00+07:00"
    listed = site("calendar", "list")[1]
    assert [(day["date"], day["kind"], day["confirmed"]) for day in listed["days"]] == [
        ("2090-03-13", "off", True),
        ("2090-03-18", "work", True),
    ]
    assert site("calendar", "withdraw", "2090-03-13", "--why", "nhầm")[0] == 0
    assert site("calendar", "withdraw", "2090-03-13", "--why", "nhầm")[0] == 1


def test_every_wrong_line_of_a_calendar_is_named_and_none_is_taken(site: Site) -> None:
    csv = site.folder / "lich.csv"
    csv.write_text("date;kind\n13/3/2090;off\n2090-03-14;nghỉ\n2090-03-15;off\n", encoding="utf-8")
    code, said = site("calendar", "import", str(csv))
    assert (code, [one["where"] for one in said["faults"]]) == (2, ["lich.csv: 2", "lich.csv: 3"])
    assert site("calendar", "list")[1]["days"] == []


def test_every_fault_of_a_file_reaches_the_person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    csv = tmp_path / "lich.csv"
    csv.write_text("date,kind\nx,off\ny,off\n", encoding="utf-8")
    assert run(["calendar", "import", str(csv), "--data", str(tmp_path), "--json"], {}) == 2
    assert len(json.loads(capsys.readouterr().out)["error"]["faults"]) == 2
