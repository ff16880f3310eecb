"""The usage report of a period as data: the json twin, its csv twins, and many sites' twins merged into one.

Figures come from the journal only; each names the journal rows behind it (`entries`). Schema 1.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from roomapp.profile.model import Site
from roomapp.records.journal import Journal
from roomapp.records.private import write_private
from roomapp.records.registers.books import Books
from roomapp.records.registers.register import Register
from roomapp.records.registers.report_books import of_registers
from roomapp.records.registers.tables import table_text
from roomapp.rules.calendar.worktime import WorkCalendar
from roomapp.rules.pack import RulePack
from roomapp.rules.reporting import figures as rules_figures
from roomapp.rules.reporting.figure_details import details
from roomapp.rules.reporting.figures import Share, share
from roomapp.rules.reporting.periods import Period
from roomapp.rules.reporting.register import INCIDENT_COLUMNS, MEETING_COLUMNS
from roomapp.words import Words

SCHEMA = 1
EXPORTED = "report.exported"
TWIN_FILE = "report.json"
PaperWriter = Callable[[Mapping[str, Any], Path], tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class Ground:
    """By what a report is judged: the site, its pack, its calendar and that calendar's version."""

    site: Site
    pack: RulePack
    calendar: WorkCalendar
    calendar_version: str
    words: Words
    books: Books | None = None  # the other registers; None: the report says nothing of them


def twin(register: Register, period: Period, ground: Ground) -> dict[str, Any]:
    """The json twin; times in the site's zone. NoWorkingTimeError where the pack has no office hours."""
    part = share(period, register.meetings, register.incidents)
    return {
        "schema": SCHEMA,
        "site": _site(ground.site),
        "period": _period(period),
        "rule_pack": {
            "name": ground.pack.name,
            "version": ground.pack.edition,
            "signed": ground.pack.signed,
        },
        "calendar": {"version": ground.calendar_version, "confirmed": _confirmed(period, ground.calendar)},
        "figures": rules_figures.figures(part, ground.pack, ground.calendar),
        "details": {**details(part, period, register.links, register.carriers), "unresolved": len(register.unresolved)},
        "entries": {key: register.behind(records) for key, records in rules_figures.entries(part).items()},
        "adjustments": _adjustments(register, part),
        **_of_registers(part, period, ground),
        **_lists(part, ground.site),
    }


def _of_registers(part: Share, period: Period, ground: Ground) -> dict[str, Any]:
    if ground.books is None:
        return {}
    return of_registers(ground.books, period, part.held, ground.site, ground.pack, ground.words)


def _site(site: Site) -> dict[str, str]:
    names = ("code", "name", "kind", "unit", "parent_unit", "province", "time_zone")
    return {name: str(getattr(site, name)) for name in names}


def _period(period: Period) -> dict[str, str]:
    key, facts = period.label()
    return {
        "kind": str(period.kind),
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "basis": str(period.basis),
        "label_vi": Words("vi")(key, **facts),
    }


def _confirmed(period: Period, calendar: WorkCalendar) -> bool:
    return all(calendar.is_confirmed(year) for year in range(period.first.year, period.last.year + 1))


def _lists(part: Share, site: Site) -> dict[str, list[dict[str, Any]]]:
    incidents = sorted(part.incidents, key=lambda one: (one.started_at, one.id))
    return {
        "meetings": [_plain(one, site) for one in part.meetings()],
        "incidents": [_plain(one, site) for one in incidents],
    }


def _adjustments(register: Register, part: Share) -> list[dict[str, Any]]:
    """Corrections of the records that the report lists, field by field, as papers show them: with their reasons."""
    listed = {("meeting", one.id): one.title for one in part.meetings()}
    listed |= {("incident", one.id): one.id for one in part.incidents}
    words = Words("vi")
    return [
        {
            "what": f"{listed[one['register'], str(one['id'])]}: {words(f'register_columns.{field}')}",
            "before": "" if one["before"].get(field) is None else str(one["before"][field]),
            "after": str(value),
            "reason": str(one.get("reason", "")),
            "row": one["row"],
        }
        for one in register.corrections
        if (one["register"], str(one["id"])) in listed
        for field, value in one["fields"].items()
        if f"register_columns.{field}" in words
    ]


def _plain(record: Any, site: Site) -> dict[str, Any]:
    values: dict[str, Any] = msgspec.to_builtins(record)
    for one in msgspec.structs.fields(type(record)):
        value = getattr(record, one.name)
        if isinstance(value, datetime):
            values[one.encode_name] = value.astimezone(site.zone).isoformat()
    return values


def csv_twins(found: Mapping[str, Any]) -> dict[str, str]:
    """File name to text: the lists with the columns of `records import`, and the figures as key and value."""
    first = ("site",) if "sites" in found["site"] else ()  # of a merged report
    flat = [{"key": key, "value": value} for key, value in flattened(found["figures"])]
    return {
        "meetings.csv": table_text((*first, *MEETING_COLUMNS), found["meetings"]),
        "incidents.csv": table_text((*first, *INCIDENT_COLUMNS), found["incidents"]),
        "figures.csv": table_text(("key", "value"), flat),
    }


def flattened(values: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """“meetings.held.TW” and its value, for every figure."""
    found: list[tuple[str, Any]] = []
    for key, value in values.items():
        found += flattened(value, f"{before}{key}.") if isinstance(value, Mapping) else [(before + key, value)]
    return found


def write_report(found: Mapping[str, Any], out: Path, papers: PaperWriter | None = None) -> dict[str, str]:
    """Writes the twins, and the papers where there is a writer; file name to sha256. OSError."""
    out.mkdir(parents=True, exist_ok=True)
    texts = {TWIN_FILE: json.dumps(found, ensure_ascii=False, indent=1) + "\n", **csv_twins(found)}
    for name, text in texts.items():
        write_private(out / name, text.encode())
    made = papers(found, out) if papers is not None else ()
    files = [*(out / name for name in texts), *made]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


async def note_export(journal: Journal, found: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """What left the room, and by which pack and calendar it was judged."""
    kept = {key: found[key] for key in ("period", "rule_pack", "calendar")}
    await journal.append(EXPORTED, {**kept, "files": dict(files)})
