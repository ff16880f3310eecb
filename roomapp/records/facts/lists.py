"""Roster, register of upkeep and the notices: from the registers and the calendar as they stand."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from roomapp.records.facts.telling import FactError, Telling
from roomapp.records.papers.notices import Notice
from roomapp.records.papers.roster import OnDuty, Person, Reached, Replaced, Roster
from roomapp.records.papers.upkeep_slip import HANDOVER, Device, UpkeepEntry
from roomapp.records.registers.books import Books, Kept
from roomapp.rules.books import Book, Contact, Equipment, Handover, Staff, Upkeep, UpkeepKind
from roomapp.rules.calendar.duties import months_later
from roomapp.rules.calendar.worktime import Deadlines
from roomapp.rules.meeting import Gap, Meeting, SiteRole

GAPS = {
    Gap.CHAIR_OFFICER: "chair_officer_name",
    Gap.CHAIR_OFFICER_PHONE: "chair_officer_phone",
    Gap.SYSTEM: "system",
}


def roster_of(books: Books, meetings: Iterable[Meeting], now: datetime, telling: Telling) -> Roster:
    """Of the meetings that are not over; persons who were erased stand without a name, not at all."""
    staff = [kept.entry for kept in books.entries(Book.STAFF) if isinstance(kept.entry, Staff)]
    coming = sorted((one for one in meetings if one.end > now), key=lambda one: (one.opening, one.id))
    return Roster(
        issuer=telling.issuer(),
        day=telling.day,
        site=telling.site.name,
        version=_version(books, telling),
        people=tuple(_person(one, telling) for one in staff if one.active and telling.name(one.person)),
        duties=tuple(_on_duty(one, telling) for one in coming),
        contacts=_contacts(books, telling),
        changes=tuple(
            Replaced(day=one.left_on, left=telling.name(one.person))
            for one in staff
            if one.left_on is not None and telling.name(one.person)
        ),
        chairs=any(one.role is SiteRole.CHAIR for one in coming),
    )


def _version(books: Books, telling: Telling) -> str:
    """The province's list by its date (Art. 10.3), else the newest of our own rows."""
    dates = [one.list_on for one in books.of(Contact) if one.list_on is not None]
    if dates:
        return f"{max(dates):%d/%m/%Y}"
    rows = [row for book in (Book.STAFF, Book.CONTACTS) for kept in books.entries(book) for row in kept.rows]
    return str(max(rows)) if rows else telling.words("facts.not_told")


def _person(one: Staff, telling: Telling) -> Person:
    return Person(
        name=telling.name(one.person),
        unit=one.unit,
        phone=telling.phone(one.person),
        email=one.email,
        role=one.role,
        trained_on=one.trained_on,
        active=one.active,
    )


def _on_duty(one: Meeting, telling: Telling) -> OnDuty:
    officers = [telling.name(person) for person in one.duty_officers]
    return OnDuty(
        meeting=one.title,
        opening=one.opening.astimezone(telling.site.zone),
        officer=officers[0] if officers else "",
        substitute=", ".join(name for name in officers[1:] if name),
        chair_officer=telling.name(one.chair_officer),
        control_tech=telling.contact("control_tech"),
        agency=telling.contact(telling.pack.class_rule(one.scale).agency) or telling.contact("operating_agency"),
        carrier_tech=telling.contact("carrier_tech"),
    )


def _contacts(books: Books, telling: Telling) -> tuple[Reached, ...]:
    """The register's, then those of the profile whose role and name the register lacks."""
    found = [
        Reached(
            role=one.role,
            name=telling.name(one.person),
            unit=one.unit,
            phone=telling.phone(one.person),
            email=one.email,
        )
        for one in books.of(Contact)
        if telling.name(one.person)
    ]
    known = {(one.role, one.name) for one in found}
    own = [Reached(role=str(one.role), name=one.name, phone=one.phone) for one in telling.contacts]
    return (*found, *(one for one in own if (one.role, one.name) not in known))


def upkeep_of(kept: Kept, books: Books, telling: Telling) -> UpkeepEntry:
    """Of an entry of upkeep or handover; FactError for another."""
    entry = kept.entry
    if isinstance(entry, Handover):
        devices = _listed(entry.items, books)
        by, to = entry.given_by, entry.received_by
        work = entry.state
        return UpkeepEntry(
            id=kept.id, kind=HANDOVER, day=entry.day, devices=devices, work=work, done_by=by, received_by=to
        )
    if not isinstance(entry, Upkeep):
        raise FactError("no_entry")
    request = entry.kind is UpkeepKind.REQUEST
    return UpkeepEntry(
        id=kept.id,
        kind=telling.words("book.upkeepkind_request") if request else str(entry.kind),
        day=entry.day,
        devices=_listed(entry.equipment, books),
        work=entry.work,
        agent=entry.agent,
        done_by=telling.name(entry.done_by),
        received_by=telling.name(entry.received_by),
        cost_vnd=entry.cost_vnd or None,  # the register keeps 0 for a cost that nobody told
        payer=entry.payer,
        next_due=_next_due(entry, telling),
        attachments=(entry.request_no,) if entry.request_no else (),
    )


def _next_due(entry: Upkeep, telling: Telling) -> date | None:
    """Of what comes again by the rules: yearly maintenance and cleaning; a limit of 0 is none."""
    pack = telling.pack
    if entry.kind is UpkeepKind.YEARLY and pack.maintenance_months:
        return months_later(entry.day, pack.maintenance_months)
    if entry.kind is UpkeepKind.CLEANING and pack.cleaning_days:
        return entry.day + timedelta(days=pack.cleaning_days)
    return None


def upkeep_entries(books: Books, telling: Telling) -> tuple[UpkeepEntry, ...]:
    """Both registers as one, by day."""
    kept = (*books.entries(Book.UPKEEP), *books.entries(Book.HANDOVER))
    return tuple(sorted((upkeep_of(one, books, telling) for one in kept), key=lambda one: (one.day, one.id)))


def _listed(names: str, books: Books) -> tuple[Device, ...]:
    """By the register of equipment where the name stands in it; else by what was written."""
    known = {one.name: one for one in books.of(Equipment)}
    parts = [names] if names in known else [part.strip() for part in names.replace(";", "\n").split("\n")]
    found = []
    for name in (part for part in parts if part):
        one = known.get(name)
        found.append(Device(name) if one is None else Device(name, one.make, one.serial, one.year, "", one.asset_no))
    return tuple(found)


def notice_of(meeting: Meeting, times: Deadlines | None, to: str, telling: Telling, officer: int = 0) -> Notice:
    """FactError without deadlines. `to`: the addressee; `officer`: who answers for it, else who is on duty then."""
    if times is None:
        raise FactError("no_times")
    zone = telling.site.zone
    person = officer or next(iter(meeting.duty_officers), 0)
    return Notice(
        issuer=telling.issuer(),
        day=telling.day,
        to=to,
        site=telling.site.name,
        meeting=meeting.title,
        opening=meeting.opening.astimezone(zone),
        end=meeting.end.astimezone(zone),
        strict=times.strict.astimezone(zone),
        latest=times.latest.astimezone(zone),
        connect=times.connect.astimezone(zone),
        officer=telling.name(person),
        phone=telling.phone(person),
    )


def gap_names(gaps: Sequence[Gap], telling: Telling) -> tuple[str, ...]:
    """As the letter's catalogue has them, else in a sentence of ours."""
    return tuple(GAPS.get(gap) or telling.words(f"facts.gap_{gap}") for gap in gaps)
