"""The report's twins: an independent program that reads only the csv finds the same year; merging adds up."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from roomapp.profile import PRACTICE, load_profile
from roomapp.records.journal import FILE_NAME, Journal
from roomapp.records.registers.importing import Import, read_import, write_import
from roomapp.records.registers.merging import MergeError, merge
from roomapp.records.registers.register import Register, fold
from roomapp.records.registers.reporting import Ground, note_export, twin, write_report
from roomapp.rules.reporting.periods import Period
from roomapp.words import LANGUAGES, Words
from tests.roomapp.records_register.making import CALENDAR, PACK, ZONE, during, incident, meeting, year_of
from tests.roomapp.test_journal import with_journal

SUMS = Path(__file__).parents[2] / "independent" / "sums.py"
WORDS = Words("vi")
SITE = load_profile(PRACTICE, WORDS).site
GROUND = Ground(SITE, PACK, CALENDAR, "1", WORDS)


def register(meetings: Any, incidents: Any) -> Register:
    rows_of = {("meeting", one.id): (n,) for n, one in enumerate(meetings, 1)}
    rows_of |= {("incident", one.id): (n,) for n, one in enumerate(incidents, len(meetings) + 1)}
    return Register(tuple(meetings), tuple(incidents), rows_of)


def counted(period: Period, *folders: Path) -> Any:
    limits = (str(PACK.connect_lead_min), str(PACK.invitation_lead_h))
    command = [sys.executable, "-I", str(SUMS), period.start.isoformat(), period.end.isoformat(), *limits]
    done = subprocess.run([*command, *map(str, folders)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def year() -> Register:
    return register(*year_of(11))


@pytest.mark.parametrize("basis", ["calendar", "nd09"])
def test_an_independent_program_finds_the_same_year_in_the_csv(year: Register, tmp_path: Path, basis: str) -> None:
    # Trials and calls reach over the cut: the years beside this one are read too, each row once.
    for text in ("2025-Y", "2026-Y", "2027-Y"):
        write_report(twin(year, during(text, basis), GROUND), tmp_path / text)
    ours = twin(year, during("2026-Y", basis), GROUND)["figures"]
    theirs = counted(during("2026-Y", basis), *(tmp_path / text for text in ("2025-Y", "2026-Y", "2027-Y")))
    trials = ours.pop("trials")
    assert theirs.pop("none") == trials["none"]
    assert theirs.pop("tried") == trials["on_time"] + trials["near_limit"] + trials["late"]
    assert theirs == ours
    assert ours["meetings"]["held"]["total"] > 150
    assert ours["meetings"]["postponed"]["total"] > 50
    assert ours["incidents"]["interruption_s"] > 0


@pytest.mark.parametrize("basis", ["calendar", "nd09"])
def test_the_quarters_csv_hold_the_year(year: Register, tmp_path: Path, basis: str) -> None:
    parts = [f"2026-Q{n}" for n in range(1, 5)]
    for text in ("2025-Q4", *parts, "2027-Q1", "2026-Y"):
        write_report(twin(year, during(text, basis), GROUND), tmp_path / text)
    beside = (tmp_path / "2025-Q4", tmp_path / "2027-Q1")
    of_quarters = counted(during("2026-Y", basis), *beside, *(tmp_path / text for text in parts))
    assert of_quarters == counted(during("2026-Y", basis), *beside, tmp_path / "2026-Y")


def test_the_csv_twins_can_be_taken_over_again(year: Register, tmp_path: Path) -> None:
    write_report(twin(year, during("2026-Y"), GROUND), tmp_path)
    known = ({one.id for one in year.meetings}, ())
    again = read_import(tmp_path / "meetings.csv", None, ZONE, ((), ()))
    assert again.faults == ()
    assert set(again.meetings) <= set(year.meetings)
    found = read_import(None, tmp_path / "incidents.csv", ZONE, known)
    assert {one.id for one in found.incidents} <= {one.id for one in year.incidents}
    assert found.faults == ()


def test_the_twin_names_period_pack_calendar_and_the_rows_behind_each_figure() -> None:
    one = meeting(id="a")
    found = twin(register([one, meeting(id="b", status="cancelled")], []), during("2026-Q4"), GROUND)
    assert found["schema"] == 1
    assert found["period"] == {
        "kind": "quarter",
        "from": "2026-10-01",
        "to": "2026-12-31",
        "basis": "calendar",
        "label_vi": "Quý IV năm 2026",
    }
    assert found["rule_pack"] == {"name": PACK.name, "version": PACK.edition, "signed": True}
    assert found["calendar"] == {"version": "1", "confirmed": False}
    assert found["entries"]["meetings.held"] == [1]
    assert found["entries"]["meetings.cancelled"] == [2]
    assert found["meetings"][0]["opened_at"] == "2026-11-30T08:00:00+07:00"


def test_what_leaves_the_room_is_in_the_journal_with_its_hashes_and_versions(tmp_path: Path) -> None:
    async def work(journal: Journal) -> Any:
        whole = Import((meeting(),), (), (), {"meetings": "a", "incidents": ""})
        await write_import(whole, journal)
        found = twin(fold(journal.rows(), datetime.now(UTC)), during("2026-Q4"), GROUND)
        files = write_report(found, tmp_path / "out")
        await note_export(journal, found, files)
        return journal.rows("report.exported")[0].body

    body = with_journal(tmp_path / FILE_NAME, work)
    assert set(body["files"]) == {"report.json", "meetings.csv", "incidents.csv", "figures.csv"}
    assert all(len(sha256) == 64 for sha256 in body["files"].values())
    assert (body["rule_pack"]["version"], body["calendar"]["version"]) == (PACK.edition, "1")


def test_the_papers_are_made_from_the_twin_and_hashed_with_it(tmp_path: Path) -> None:
    def papers(found: Any, out: Path) -> tuple[Path, ...]:
        path = out / "bao-cao.docx"
        path.write_text(found["period"]["label_vi"], "utf-8")
        return (path,)

    files = write_report(twin(register([], []), during("2026-Q4"), GROUND), tmp_path, papers)
    assert "bao-cao.docx" in files


def test_a_correction_is_shown_with_what_it_changed_and_why() -> None:
    told = {"register": "meeting", "id": "m", "fields": {"attendance": 30}, "reason": "đếm lại", "row": 9}
    whole = register([meeting(attendance=30)], [])
    corrected = Register(whole.meetings, (), whole.rows_of, (), ({**told, "before": {"attendance": 12}},))
    assert twin(corrected, during("2026-Q4"), GROUND)["adjustments"] == [
        {"what": "Họp: Số người dự", "before": "12", "after": "30", "reason": "đếm lại", "row": 9}
    ]
    assert twin(corrected, during("2026-Q3"), GROUND)["adjustments"] == []


# --- merging ------------------------------------------------------------------------------------------------------


def site_file(folder: Path, code: str, records: Register, text: str = "2026-Q4", **changes: Any) -> Path:
    found = twin(records, during(text), GROUND)
    found["site"]["code"] = code
    path = folder / f"{code}.json"
    path.write_text(json.dumps(found | changes, ensure_ascii=False), "utf-8")
    return path


def test_two_sites_add_up_and_availability_is_made_from_the_sums(tmp_path: Path) -> None:
    lost = [incident(meeting_id="m", started_at="30/11/2026 09:00", restored_at="30/11/2026 09:30")]
    one = register(
        [meeting(joined_at="30/11/2026 06:30", system="province")], lost
    )  # 7200 s, 1800 s of them interrupted: 0.75
    two = register([meeting(closed_at="30/11/2026 09:00", joined_at="30/11/2026 07:00")], [])  # 3600 s: 1.0
    found = merge([site_file(tmp_path, "A", one), site_file(tmp_path, "B", two)])
    assert found["figures"]["meetings"]["held"] == {"TW": 0, "T": 2, "X": 0, "total": 2}
    assert found["figures"]["minutes"]["total"] == 180
    assert found["figures"]["connected_in_time"] == {"met": 1, "of": 2, "worst_lead_s": 3600}
    assert found["figures"]["availability"] == 0.833333  # 1 - 1800 / 10800, not the mean 0.875
    assert found["details"]["minutes_mean"] == 90.0
    assert found["details"]["systems"] == ["province"]
    assert [row["site"] for row in found["meetings"]] == ["A", "B"]
    assert [one["code"] for one in found["site"]["sites"]] == ["A", "B"]


def test_a_merged_year_is_the_sum_of_its_sites_whatever_their_order(tmp_path: Path) -> None:
    files = [site_file(tmp_path, f"S{seed}", register(*year_of(seed, 60)), "2026-Y") for seed in range(5)]
    assert merge(files)["figures"] == merge(files[::-1])["figures"]


def test_seconds_held_come_from_the_list_where_a_twin_has_no_details(tmp_path: Path) -> None:
    plain = site_file(tmp_path, "A", register([meeting()], []), details={})
    assert merge([plain])["figures"]["availability"] == 1.0


def test_a_merged_report_has_the_site_beside_each_row(tmp_path: Path) -> None:
    found = merge([site_file(tmp_path, "=A", register([meeting()], []))])
    write_report(found, tmp_path / "out")
    lines = (tmp_path / "out" / "meetings.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("site,id,title")
    assert lines[1].startswith("'=A,m,")


@pytest.mark.parametrize(
    ("second", "key"),
    [
        ({"code": "A"}, "site_twice"),
        ({"text": "2026-Q3"}, "other_period"),
        ({"schema": 2}, "other_schema"),
        ({"figures": {}}, "no_twin"),
        ({"figures": {"meetings": {"held": "x"}}}, "no_twin"),
        ({"meetings": 7}, "no_twin"),
        ({"site": {"code": "B", "sites": []}}, "merged"),
    ],
)
def test_a_file_that_cannot_be_added_is_named(tmp_path: Path, second: dict[str, Any], key: str) -> None:
    first = site_file(tmp_path, "A", register([], []))
    (tmp_path / "b").mkdir()
    other = site_file(tmp_path / "b", **{"code": "B", "records": register([], []), **second})
    with pytest.raises(MergeError) as refused:
        merge([first, other])
    assert (refused.value.key, refused.value.file) == (key, other.name)


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"[" * 200_000, b'{"schema":1}', b"null"])
def test_what_is_no_twin_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(data)
    with pytest.raises(MergeError, match="no_twin"):
        merge([path])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_to_merge_has_a_sentence_and_a_remedy(lang: str) -> None:
    for key in ("no_file", "too_big", "no_twin", "other_schema", "other_period", "site_twice", "merged"):
        assert Words(lang)(f"merge.{key}", what="w")
        assert f"merge.{key}_remedy" in Words(lang)


def test_a_basis_of_its_own_is_another_period(tmp_path: Path) -> None:
    first = site_file(tmp_path, "A", register([], []))
    other = site_file(tmp_path, "B", register([], []))
    found = json.loads(other.read_text("utf-8"))
    found["period"]["basis"] = "nd09"
    other.write_text(json.dumps(found), "utf-8")
    with pytest.raises(MergeError, match="other_period"):
        merge([first, other])
