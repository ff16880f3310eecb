"""Lịch trực và danh bạ: who is on duty and whom to call, xlsx and pdf, A4 landscape.

HG-21, HG-42, HG-48, HG-51, HG-58. It holds personal data (Law 91/2025/QH15): printed on demand; “LƯU HÀNH NỘI BỘ” only
where the unit says so. Phones are text.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from roomapp.records.papers import saying
from roomapp.records.papers.files import write_paper
from roomapp.records.papers.heading import Issuer, heading, paper_words, short_day, signer
from roomapp.records.papers.paper import Align, Block, Column, Paper, Paragraph
from roomapp.words import Words

LEAST_TRAINED = 2  # HG-51
CARRIER_TECH = "carrier_tech"
LEAST_CARRIER, LEAST_CARRIER_AT_CHAIR = 1, 2  # HG-28, HG-58


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the unit's technical staff; `valid_until`: of the training, None where it does not end."""

    name: str
    unit: str = ""
    phone: str = ""
    email: str = ""
    role: str = ""
    trained_on: date | None = None
    valid_until: date | None = None
    active: bool = True

    def trained(self, day: date) -> bool:
        return (
            self.active
            and self.trained_on is not None
            and self.trained_on <= day
            and (self.valid_until is None or day <= self.valid_until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDuty:
    """Of one meeting."""

    meeting: str
    opening: datetime
    officer: str = ""
    substitute: str = ""
    chair_officer: str = ""
    control_tech: str = ""
    agency: str = ""
    carrier_tech: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A contact; `role` as in the profile: control_tech, carrier_tech, operating_agency, power_company …"""

    role: str
    name: str
    unit: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """A change of staff, to be told to the department and the operating agency at once."""

    day: date
    left: str
    joined: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """`chairs`: this site chairs a meeting of the list, so two of the carrier's technicians are asked for."""

    issuer: Issuer
    day: date
    site: str
    version: str
    people: tuple[Person, ...] = ()
    duties: tuple[OnDuty, ...] = ()
    contacts: tuple[Reached, ...] = ()
    changes: tuple[Replaced, ...] = ()
    chairs: bool = False
    internal: bool = False


def write_roster(roster: Roster, out: Path) -> tuple[Path, ...]:
    """Xlsx and pdf in the folder; OSError where the disk refuses."""
    return write_paper(roster_paper(roster), out, f"lich-truc-danh-ba-{roster.day:%Y%m%d}", ("xlsx", "pdf"))


def roster_paper(roster: Roster) -> Paper:
    words = paper_words()
    version = words("roster.version", version=roster.version, day=short_day(roster.day))
    body: tuple[Block, ...] = (
        Paragraph(version, indent=False),
        *(Paragraph(text, bold=True, indent=False) for text in _lacking(words, roster)),
        _staff(words, roster),
        _duties(words, roster),
        _contacts(words, roster),
        *_changes(words, roster),
    )
    return Paper(
        kind=words("roster.kind"),
        subject=words("roster.subject", site=roster.site),
        heading=heading(words, roster.issuer, "", roster.day, roster.day.year, numbered_paper=False),
        day=roster.day,
        body=body,
        closing=words("roster.closing"),
        signers=(signer(words, roster.issuer),),
        landscape=True,
        mark=words("common.internal") if roster.internal else "",
        body_pt=13,
    )


def _lacking(words: Words, roster: Roster) -> Iterator[str]:
    trained = sum(person.trained(roster.day) for person in roster.people)
    if trained < LEAST_TRAINED:
        yield words("roster.few_trained", count=trained)
    carrier = sum(contact.role == CARRIER_TECH for contact in roster.contacts)
    need = LEAST_CARRIER_AT_CHAIR if roster.chairs else LEAST_CARRIER
    if carrier < need:
        yield words("roster.few_carrier", count=carrier, need=f"{need:02d}")


def _reach(words: Words) -> tuple[Column, ...]:
    return (
        Column(words("roster_column.name"), 48),
        Column(words("roster_column.unit"), 44),
        Column(words("roster_column.phone"), 30),
        Column(words("roster_column.email"), 44),
    )


def _staff(words: Words, roster: Roster) -> Block:
    columns = (
        *_reach(words),
        Column(words("roster_column.role"), 30),
        Column(words("roster_column.trained"), 22, Align.CENTRE),
        Column(words("roster_column.valid"), 22, Align.CENTRE),
    )
    rows = (
        (one.name, one.unit, one.phone, one.email, one.role, one.trained_on, one.valid_until)
        for one in roster.people
        if one.active
    )
    return saying.table(words, columns, rows, words("roster.no_staff"), words("roster.staff"))


def _duties(words: Words, roster: Roster) -> Block:
    columns = (
        Column(words("roster_column.meeting"), 52),
        Column(words("roster_column.opening"), 20, Align.CENTRE),
        Column(words("roster_column.on_duty"), 28),
        Column(words("roster_column.substitute"), 28),
        Column(words("roster_column.chair_officer"), 28),
        Column(words("roster_column.control_tech"), 28),
        Column(words("roster_column.agency"), 28),
        Column(words("contact_role.carrier_tech"), 28),
    )
    rows = (
        (
            *(one.meeting, one.opening, one.officer, one.substitute),
            *(one.chair_officer, one.control_tech, one.agency, one.carrier_tech),
        )
        for one in roster.duties
    )
    return saying.table(words, columns, rows, words("roster.no_duty"), words("roster.duty"))


def _contacts(words: Words, roster: Roster) -> Block:
    columns = (Column(words("roster_column.role"), 52), *_reach(words))
    rows = (
        (saying.named(words, "contact_role", one.role), one.name, one.unit, one.phone, one.email)
        for one in roster.contacts
    )
    return saying.table(words, columns, rows, words("roster.no_contact"), words("roster.contacts"))


def _changes(words: Words, roster: Roster) -> tuple[Block, ...]:
    columns = (
        Column(words("roster_column.day"), 24, Align.CENTRE),
        Column(words("roster_column.left"), 80),
        Column(words("roster_column.joined"), 80),
    )
    rows = [(one.day, one.left, one.joined or words("common.not_told")) for one in roster.changes]
    return (saying.table(words, columns, rows, "", words("roster.changes")),) if rows else ()
