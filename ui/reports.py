"""`records import`, `report` and `report merge`: an earlier register in, the usage report out, many sites' into one."""

import argparse
import asyncio
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from roomapp.profile import Profile
from roomapp.records.calendar import KeptCalendar
from roomapp.records.calendar import fold as fold_calendar
from roomapp.records.journal import FILE_NAME, Journal, verify
from roomapp.records.registers.books import books_of
from roomapp.records.registers.register import Register, fold
from roomapp.rules.calendar.worktime import NoWorkingTimeError, WorkCalendar, by_date
from roomapp.rules.pack import RulePack, load_pack
from roomapp.signing import TRUSTED
from roomapp.words import Words

if TYPE_CHECKING:
    from roomapp.running.room import Room

Note = Callable[[str], None]
Answer = dict[str, Any]
PAPERS = "roomapp.records.papers.usage_report"


@dataclass(frozen=True, slots=True)
class Desk:
    """What these commands need of a room: no device of it. Long work runs beside the room's loop, never in it."""

    profile: Profile
    pack: RulePack
    calendar: WorkCalendar
    calendar_version: str
    journal: Journal
    words: Words
    now: datetime
    in_meeting: bool = False

    def register(self) -> Register:
        return fold(self.journal.rows(), self.now)


def _working(profile: Profile, pack: RulePack, kept: KeptCalendar) -> WorkCalendar:
    return WorkCalendar(profile.site.zone, pack.office_hours, by_date(kept.overrides))


async def at_desk(request: Answer, profile: Profile, folder: Path, words: Words, note: Note) -> Answer:
    """Without a kiosk: the journal alone is opened, nothing is switched or listened to."""
    pack = load_pack(Path(profile.site.rules), folder / TRUSTED)
    journal = await Journal(folder / FILE_NAME, lambda: datetime.now(UTC)).open()
    try:
        kept = fold_calendar((row.kind, row.body) for row in journal.rows())
        desk = Desk(profile, pack, _working(profile, pack, kept), kept.version, journal, words, datetime.now(UTC))
        return await serve_desk(desk, request, note)
    finally:
        await journal.close()


async def at_rooms_desk(room: "Room", request: Answer, note: Note) -> Answer:
    """In a running kiosk: its own journal, judged by its pack."""
    kept = room.dates.calendar
    calendar, now = _working(room.profile, room.pack, kept), room.now()
    desk = Desk(room.profile, room.pack, calendar, kept.version, room.journal, room.words, now, room.in_meeting())
    return await serve_desk(desk, request, note)


async def serve_desk(desk: Desk, asked: Answer, note: Note) -> Answer:
    """Answers as ui.commands.serve; `faults` where there is more than one."""
    return await (records_import if asked["command"] == "records" else report)(desk, asked, note)


async def records_import(desk: Desk, asked: Answer, note: Note) -> Answer:
    """All or nothing; with `partial` the lines that hold are taken, and exit 1 says that others were not."""
    from roomapp.records.registers.importing import read_import, write_import

    words = desk.words
    if desk.in_meeting:
        note(words("reports.in_meeting"))
        return {"code": 1, "answer": {"meetings": 0, "incidents": 0, "rejected": [], "reason": "in_meeting"}}
    if not asked.get("meetings") and not asked.get("incidents"):
        return {"faults": [_fault(words, "records import", "reports.nothing_given")]}
    register = await asyncio.to_thread(desk.register)
    known = (register.known["meeting"], register.known["incident"])
    paths = [Path(asked[name]) if asked.get(name) else None for name in ("meetings", "incidents")]
    found = await asyncio.to_thread(read_import, paths[0], paths[1], desk.profile.site.zone, known)
    faults = [
        _fault(words, f"{one.file}: {one.line}", f"register.{one.key}", column=one.column, what=one.what)
        for one in found.faults
    ]
    rejected = [
        {"file": one.file, "line": one.line, "problem": f"{fault['problem']} {fault['remedy']}"}
        for one, fault in zip(found.faults, faults, strict=True)
    ]
    if faults and not asked.get("partial"):
        return {"faults": faults, "answer": {"meetings": 0, "incidents": 0, "rejected": rejected}}
    await write_import(found, desk.journal)
    answer = {"meetings": len(found.meetings), "incidents": len(found.incidents), "rejected": rejected}
    return {"code": 1 if rejected else 0, "answer": answer}


async def report(desk: Desk, asked: Answer, note: Note) -> Answer:
    """Exit 1 where the journal is not intact: the figures are printed, and said to be uncertain."""
    from roomapp.records.registers.reporting import Ground, note_export, twin, write_report
    from roomapp.rules.reporting.periods import PeriodError, period

    words = desk.words
    if lacking := _lacking(words, asked, "period", "out"):
        return {"faults": lacking}
    try:
        wanted = period(asked["period"], asked["basis"], desk.profile.site.zone)
    except PeriodError as error:
        where = "--basis" if error.key == "period_basis" else "--period"
        return {"faults": [_fault(words, where, f"reports.{error.key}")]}
    ground = Ground(
        desk.profile.site, desk.pack, desk.calendar, desk.calendar_version, words, books_of(desk.journal.rows())
    )
    verdict = await asyncio.to_thread(verify, desk.journal.path)
    try:
        found = await asyncio.to_thread(lambda: twin(desk.register(), wanted, ground))
    except NoWorkingTimeError:
        return {"faults": [_fault(words, "office_hours", "deadlines.no_time")]}
    found["journal"] = {"intact": verdict.intact, "rows": verdict.rows, "head": verdict.head}
    try:
        files = await asyncio.to_thread(lambda: write_report(found, Path(asked["out"]), paper_writer()))
    except OSError:
        return {"faults": [_fault(words, f"--out {asked['out']}"[:200], "reports.cannot_write")]}
    await note_export(desk.journal, found, files)
    if not verdict.intact:
        note(words("reports.changed", row=verdict.first_bad))
    if found["details"]["unresolved"]:
        note(words("reports.unresolved", n=found["details"]["unresolved"]))
    return {"code": 0 if verdict.intact else 1, "answer": found}


def merge_files(asked: argparse.Namespace, words: Words) -> Answer:
    """Needs neither a room nor its folder."""
    from roomapp.records.registers.merging import MergeError, merge
    from roomapp.records.registers.reporting import write_report

    if lacking := _lacking(words, vars(asked), "out"):
        return {"faults": lacking}
    try:
        found = merge(asked.files)
    except MergeError as error:
        return {"faults": [_fault(words, error.file, f"merge.{error.key}", what=error.what)]}
    try:
        write_report(found, asked.out)
    except OSError:
        return {"faults": [_fault(words, f"--out {asked.out}"[:200], "reports.cannot_write")]}
    return {"code": 0, "answer": found}


def paper_writer() -> Any:
    """Makes docx, pdf and xlsx of a twin; None where this build has no papers."""
    try:
        return importlib.import_module(PAPERS).write_usage_report
    except ModuleNotFoundError as error:
        if error.name is None or not PAPERS.startswith(error.name):
            raise
        return None


def said(answer: Answer, words: Words) -> list[str]:
    """A report for a person; scripts take --json."""
    figures, sites = answer["figures"], answer["site"].get("sites")
    label = answer["period"]["label_vi"]
    counts = {key: figures["meetings"][key]["total"] for key in ("held", "cancelled", "postponed")}
    first = (
        words("reports.written", label=label) if sites is None else words("reports.merged", n=len(sites), label=label)
    )
    return [first, words("reports.held", incidents=figures["incidents"]["total"], **counts)]


def _lacking(words: Words, told: Mapping[str, Any], *wanted: str) -> list[dict[str, str]]:
    """Which of a report's words are needed depends on what is asked for."""
    what = " ".join(f"--{name}" for name in wanted if not told.get(name))
    return [_fault(words, f"report {what}", "reports.lacking", what=what)] if what else []


def _fault(words: Words, where: str, key: str, **facts: object) -> dict[str, str]:
    return {"where": where, "problem": words(key, **facts), "remedy": words(f"{key}_remedy")}
