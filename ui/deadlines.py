"""`roomapp deadlines`: the times of Art. 7 for one opening; needs neither a kiosk nor a room."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from roomapp.profile import Fault
from roomapp.profile.sense import pack_file
from roomapp.records.overrides import OverridesError, RowFault, read_overrides
from roomapp.rules.calendar.worktime import NoWorkingTimeError, WorkCalendar, by_date, deadlines, invited
from roomapp.rules.meeting import MeetingClass
from roomapp.rules.pack import PackError, PackFault, RulePack, load_pack
from roomapp.words import Words
from ui.cli import InputFault


def answer(asked: argparse.Namespace, zone: ZoneInfo, site_rules: str, words: Words) -> dict[str, Any]:
    """The contract's object. InputFault names what was typed wrongly, and every wrong line of the overrides."""
    opening = moment(asked.opening, "--opening", zone, words)
    received = moment(asked.received, "--received", zone, words) if asked.received else None
    if asked.scale not in set(MeetingClass):
        choices = ", ".join(MeetingClass)
        raise InputFault(Fault("--class", words("deadlines.class"), words("deadlines.class_remedy", choices=choices)))
    pack = _pack(asked.rules or site_rules, words)
    calendar = WorkCalendar(zone, pack.office_hours, by_date(_overrides(asked.overrides, words)))
    try:
        found = deadlines(opening, asked.scale, pack, calendar)
    except NoWorkingTimeError as error:
        raise InputFault(Fault("--rules", words("deadlines.no_time"), words("deadlines.no_time_remedy"))) from error
    verdict = None if received is None else str(invited(received, found.invitation))
    return {
        "connect": found.connect.isoformat(),
        "trial": {"strict": found.strict.isoformat(), "latest": found.latest.isoformat()},
        "invitation": {"limit": found.invitation.isoformat(), "verdict": verdict},
        "calendar_confirmed": found.confirmed,
    }


def moment(text: str, where: str, zone: ZoneInfo, words: Words) -> datetime:
    """An ISO time; one without an offset is the site's zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputFault(Fault(where, words("deadlines.time"), words("deadlines.time_remedy"))) from error
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _pack(rules: str, words: Words) -> RulePack:
    try:
        return load_pack(pack_file(rules, Path.cwd()))
    except PackError as error:
        raise InputFault(*(_key(fault, words) for fault in error.faults)) from error


def _key(fault: PackFault, words: Words) -> Fault:
    key = f"profile.pack_{fault.key}"
    return Fault("--rules", words(key, **fault.facts), words(f"{key}_remedy", **fault.facts))


def _overrides(path: Path | None, words: Words) -> tuple[Any, ...]:
    if path is None:
        return ()
    try:
        return read_overrides(path)
    except OverridesError as error:
        raise InputFault(*(row_fault(path.name, fault, words) for fault in error.faults)) from error


def row_fault(file: str, fault: RowFault, words: Words) -> Fault:
    """What is wrong with a line of the overrides, and its remedy."""
    key = f"deadlines.row_{fault.key}"
    return Fault(f"{file}: {fault.line}", words(key, what=fault.what), words(f"{key}_remedy"))
