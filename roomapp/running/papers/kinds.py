"""Every paper but the periodic report: how it is folded, written, and called on the screen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from roomapp.records.chain import Row
from roomapp.records.facts.lists import gap_names, notice_of, roster_of, upkeep_entries, upkeep_of
from roomapp.records.facts.minutes import minutes_of
from roomapp.records.facts.readiness import readiness_of
from roomapp.records.facts.telling import FactError, Telling
from roomapp.records.registers.books import Books
from roomapp.records.registers.register import fold
from roomapp.rules.books import Book
from roomapp.rules.calendar.worktime import Deadlines
from roomapp.rules.meeting import Gap, Meeting


class PaperKind(StrEnum):
    READINESS = "readiness"
    MINUTES = "minutes"
    ROSTER = "roster"
    UPKEEP = "upkeep"
    SLIP = "slip"
    CARRIER = "carrier"
    POWER = "power"
    GAPS = "gaps"


NOTICES = (PaperKind.CARRIER, PaperKind.POWER, PaperKind.GAPS)


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the desk when a paper is made: taken in the room's own thread, written in another."""

    rows: Sequence[Row]
    books: Books
    meetings: Mapping[str, Meeting]
    times: Mapping[str, Deadlines]
    gaps: Callable[[Meeting], tuple[Gap, ...]]
    telling: Telling
    now: datetime
    officer: int


@dataclass(frozen=True, slots=True)
class Written:
    """`label`: its day; `name`: of what it is; `facts`: (key of the area "paper", value) for the preview's side."""

    files: tuple[Path, ...]
    label: str
    name: str
    facts: tuple[tuple[str, str], ...]


def write(kind: PaperKind, id: str, desk: Desk, out: Path) -> Written:
    """FactError where the journal lacks the ground, OSError where the disk refuses. A second for the first paper."""
    return _WRITERS[kind](kind, id, desk, out)


def _readiness(_: PaperKind, id: str, desk: Desk, out: Path) -> Written:
    from roomapp.records.papers.readiness import write_readiness

    one = readiness_of(desk.rows, id, desk.telling)
    passed = sum(found.result == "pass" for found in one.checked)
    facts = (
        ("opening", _time(one.opening)),
        ("passed", f"{passed} / {len(one.checked)}"),
        ("trial", one.trial_verdict or _unknown(desk)),
        ("connected", one.connect_verdict or _unknown(desk)),
    )
    return Written(write_readiness(one, out), _day(one.opening), one.meeting, facts)


def _minutes(_: PaperKind, id: str, desk: Desk, out: Path) -> Written:
    from roomapp.records.papers.incident_minutes import write_incident_minutes

    one = minutes_of(desk.rows, fold(desk.rows, desk.now), id, desk.telling)
    facts = (
        ("began", _time(one.started_at)),
        ("told", _time(one.told_chair_at) or _unknown(desk)),
        ("restored", _time(one.restored_at) or _unknown(desk)),
        ("confirmed", _time(one.confirmed_at) or _unknown(desk)),
    )
    name = one.meeting or desk.telling.words("paper.outside")
    return Written(write_incident_minutes(one, out), _day(one.started_at), name, facts)


def _roster(_: PaperKind, id: str, desk: Desk, out: Path) -> Written:
    from roomapp.records.papers.roster import write_roster

    one = roster_of(desk.books, desk.meetings.values(), desk.now, desk.telling)
    facts = (
        ("people", str(len(one.people))),
        ("trained", str(sum(who.trained(one.day) for who in one.people))),
        ("duties", str(len(one.duties))),
        ("contacts", str(len(one.contacts))),
    )
    return Written(write_roster(one, out), _day(one.day), one.site, facts)


def _upkeep(_: PaperKind, id: str, desk: Desk, out: Path) -> Written:
    from roomapp.records.papers.files import write_paper
    from roomapp.records.papers.upkeep_slip import register_paper

    entries, day = upkeep_entries(desk.books, desk.telling), desk.telling.day
    paper = register_paper(desk.telling.issuer(), entries, day)
    files = write_paper(paper, out, f"so-ban-giao-bao-duong-sua-chua-{day:%Y%m%d}", ("xlsx", "pdf"))
    last = max((one.day for one in entries), default=None)
    facts = (("lines", str(len(entries))), ("last", f"{last:%d/%m/%Y}" if last else _unknown(desk)))
    return Written(files, _day(day), desk.telling.site.name, facts)


def _slip(_: PaperKind, id: str, desk: Desk, out: Path) -> Written:
    from roomapp.records.papers.upkeep_slip import write_upkeep_slip

    kept = desk.books.get(Book.UPKEEP, id) or desk.books.get(Book.HANDOVER, id)
    if kept is None:
        raise FactError("no_entry")
    one = upkeep_of(kept, desk.books, desk.telling)
    facts = (("day", f"{one.day:%d/%m/%Y}"), ("devices", str(len(one.devices))))
    name = ", ".join(device.name for device in one.devices)
    return Written(write_upkeep_slip(desk.telling.issuer(), one, out), _day(one.day), name, facts)


def _notice(kind: PaperKind, id: str, desk: Desk, out: Path) -> Written:
    from roomapp.records.papers import notices

    meeting = desk.meetings.get(id)
    if meeting is None:
        raise FactError("no_meeting")
    telling = desk.telling
    carrier = telling.contact("carrier_tech") or telling.words("paper.to_carrier")
    power = telling.contact("power_company") or telling.words("paper.to_power")
    host = meeting.host_unit or telling.words("paper.to_host")
    to = {PaperKind.CARRIER: carrier, PaperKind.POWER: power}.get(kind, host)
    one = notice_of(meeting, desk.times.get(id), to, telling, desk.officer)
    facts = [("to", to), ("opening", _time(one.opening)), ("connect", _time(one.connect))]
    if kind is PaperKind.GAPS:
        gaps = desk.gaps(meeting)
        if not gaps:
            raise FactError("no_gap")
        facts.append(("gaps", str(len(gaps))))
        files = notices.write_gaps_notice(one, gap_names(gaps, telling), _is_late(meeting, desk), out)
    elif kind is PaperKind.POWER:
        facts.append(("until", _time(one.end + notices.POWER_AFTER)))
        files = notices.write_power_notice(one, out)
    else:
        facts.append(("latest", _time(one.latest)))
        files = notices.write_carrier_notice(one, out)
    return Written(files, _day(one.opening), meeting.title, tuple(facts))


def _is_late(meeting: Meeting, desk: Desk) -> bool:
    """The trial's deadline had passed when the invitation came; without its time nothing is claimed."""
    received, times = meeting.invitation_received_at, desk.times.get(meeting.id)
    return received is not None and times is not None and received > times.latest


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _time(at: datetime | None) -> str:
    """Without the year: that stands beside the title, and a small panel has little room."""
    return f"{at:%H:%M %d/%m}" if at is not None else ""


def _unknown(desk: Desk) -> str:
    return desk.telling.words("facts.not_told")


_WRITERS: Mapping[PaperKind, Callable[[PaperKind, str, Desk, Path], Written]] = {
    PaperKind.READINESS: _readiness,
    PaperKind.MINUTES: _minutes,
    PaperKind.ROSTER: _roster,
    PaperKind.UPKEEP: _upkeep,
    PaperKind.SLIP: _slip,
    **dict.fromkeys(NOTICES, _notice),
}
