"""The commands of registers and reports, through the command line and a real data folder."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomapp.profile import PRACTICE, load_profile
from roomapp.records.journal import FILE_NAME, verify
from roomapp.rules.session import Phase, State
from roomapp.words import Words
from tests.roomapp.test_journal import tampered
from ui.assemble import Sound, assemble
from ui.cli import run
from ui.commands import serve

Command = Callable[..., tuple[int, dict[str, Any]]]
HEAD = "id,title,class,level,planned_opening,opened_at,closed_at,status,joined_at\n"
ONE = "m1,Giao ban,5.4.b,T,2026-11-30T08:00,2026-11-30T08:05,2026-11-30T10:00,held,2026-11-30T06:30\n"
BAD = "m2,Giao ban,5.4.b,T,hôm qua,,,cancelled,\n"
LOST = "id,meeting_id,kind,started_at,restored_at,connection_lost\ni1,m1,link,2026-11-30T09:00,2026-11-30T09:10,yes\n"


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    def ask(*words: str) -> tuple[int, dict[str, Any]]:
        code = run(["--profile", str(PRACTICE), "--data", str(tmp_path / "data"), *words, "--json"], {})
        return code, json.loads(capsys.readouterr().out)

    return ask


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    for name, text in (("hop.csv", HEAD + ONE), ("suco.csv", LOST)):
        (tmp_path / name).write_text(text, "utf-8")
    return str(tmp_path / "hop.csv"), str(tmp_path / "suco.csv")


def journal_of(tmp_path: Path) -> Path:
    return next((tmp_path / "data").rglob(FILE_NAME))


def test_a_register_is_taken_over_and_reported(command: Command, files: tuple[str, str], tmp_path: Path) -> None:
    taken = command("records", "import", "--meetings", files[0], "--incidents", files[1])
    assert taken == (0, {"meetings": 1, "incidents": 1, "rejected": []})
    code, found = command("report", "--period", "2026-Q4", "--out", str(tmp_path / "out"))
    assert code == 0
    assert found["figures"]["minutes"]["total"] == 115
    assert found["figures"]["incidents"]["interruption_s"] == 600
    assert found["figures"]["availability"] == 0.913043  # 1 - 600 / 6900
    assert found["journal"]["intact"]
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8")) == found
    assert verify(journal_of(tmp_path)).rows == 3  # two records, one export


def test_one_wrong_line_and_nothing_is_taken(command: Command, files: tuple[str, str], tmp_path: Path) -> None:
    Path(files[0]).write_text(HEAD + ONE + BAD, "utf-8")
    code, found = command("records", "import", "--meetings", files[0], "--incidents", files[1])
    assert code == 2
    assert (found["meetings"], found["incidents"]) == (0, 0)
    assert [(one["file"], one["line"]) for one in found["rejected"]] == [("hop.csv", 3)]
    assert [fault["where"] for fault in found["error"]["faults"]] == ["hop.csv: 3"]
    assert "hôm qua" in found["error"]["faults"][0]["problem"]
    assert verify(journal_of(tmp_path)).rows == 0


def test_partial_takes_the_lines_that_hold_and_says_that_others_did_not(
    command: Command, files: tuple[str, str]
) -> None:
    Path(files[0]).write_text(HEAD + ONE + BAD, "utf-8")
    code, found = command("records", "import", "--meetings", files[0], "--incidents", files[1], "--partial")
    assert (code, found["meetings"], found["incidents"], len(found["rejected"])) == (1, 1, 1, 1)


def test_the_same_register_twice_is_refused(command: Command, files: tuple[str, str]) -> None:
    command("records", "import", "--meetings", files[0], "--incidents", files[1])
    code, found = command("records", "import", "--meetings", files[0], "--incidents", files[1])
    assert (code, len(found["error"]["faults"])) == (2, 2)


@pytest.mark.parametrize(
    "words",
    [
        ("report", "--period", "2026-Q9", "--out", "x"),
        ("report", "--period", "2026-Q4", "--basis", "lunar", "--out", "x"),
        ("report", "--out", "x"),
        ("report", "--period", "2026-Q4"),
        ("report", "merge", "nowhere.json", "--out", "x"),
        ("report", "merge", "nowhere.json"),
        ("report", "merge"),
        ("records", "import"),
        ("records", "import", "--meetings", "nowhere.csv"),
    ],
)
def test_wrong_input_is_one_sentence_with_a_remedy(command: Command, words: tuple[str, ...]) -> None:
    code, found = command(*words)
    assert code == 2
    assert all(fault["problem"] and fault["remedy"] for fault in found["error"]["faults"])
    assert not Path("x").exists()


def test_a_folder_that_cannot_be_written_is_said(command: Command, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", "utf-8")
    code, found = command("report", "--period", "2026-Q4", "--out", str(tmp_path / "taken"))
    assert (code, len(found["error"]["faults"])) == (2, 1)


def test_two_sites_are_merged(command: Command, files: tuple[str, str], tmp_path: Path) -> None:
    command("records", "import", "--meetings", files[0])
    _, found = command("report", "--period", "2026-Y", "--out", str(tmp_path / "a"))
    found["site"]["code"] = "OTHER"
    (tmp_path / "b.json").write_text(json.dumps(found), "utf-8")
    files_of = (str(tmp_path / "a" / "report.json"), str(tmp_path / "b.json"))
    code, merged = command("report", "merge", *files_of, "--out", str(tmp_path / "m"))
    assert (code, merged["figures"]["minutes"]["total"]) == (0, 230)
    assert (tmp_path / "m" / "figures.csv").is_file()


def test_a_person_is_told_in_sentences(files: tuple[str, str], tmp_path: Path, capsys: Any) -> None:
    common = ["--profile", str(PRACTICE), "--data", str(tmp_path / "data")]
    run([*common, "records", "import", "--meetings", files[0]], {})
    run([*common, "report", "--period", "2026-Q4", "--out", str(tmp_path / "out")], {})
    said = capsys.readouterr().out
    assert "Đã nhận 1 cuộc họp và 0 sự cố vào nhật ký." in said
    assert "Đã lập báo cáo: Quý IV năm 2026." in said


def test_in_a_running_room_the_journal_is_its_own_and_a_meeting_forbids_the_import(
    files: tuple[str, str], tmp_path: Path
) -> None:
    async def work() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        words = Words("vi")
        profile = load_profile(PRACTICE, words)
        house = await assemble(profile, True, tmp_path / "data", words, lambda _event: None, sound=Sound(False, True))
        try:
            room, asked = house.room, {"command": "records", "act": "import", "meetings": files[0]}
            taken = await serve(room, asked, lambda _line: None)
            room.session = State(phase=Phase.IN_ROOM)
            refused = await serve(room, {**asked, "incidents": files[1]}, lambda _line: None)
            report = {"command": "report", "period": "2026-Q4", "basis": "calendar", "out": str(tmp_path / "out")}
            return taken, refused, await serve(room, report, lambda _line: None)
        finally:
            room.session = State()
            await house.close()

    taken, refused, report = asyncio.run(work())
    assert (taken["code"], taken["answer"]["meetings"]) == (0, 1)
    assert (refused["code"], refused["answer"]["reason"]) == (1, "in_meeting")
    assert report["answer"]["figures"]["meetings"]["held"]["total"] == 1


def test_a_report_of_a_changed_journal_says_so(command: Command, files: tuple[str, str], tmp_path: Path) -> None:
    command("records", "import", "--meetings", files[0])
    tampered(journal_of(tmp_path), "UPDATE rows SET body = replace(body, 'T08:05', 'T08:50') WHERE seq = 1")
    code, found = command("report", "--period", "2026-Q4", "--out", str(tmp_path / "out"))
    assert (code, found["journal"]["intact"]) == (1, False)
