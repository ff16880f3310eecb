"""What the other registers add to a report: staff, upkeep, costs, difficulties; counts, never a person's name."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from roomapp.profile.model import Site
from roomapp.records.registers.books import Books
from roomapp.rules.books import (
    Contact,
    Opinion,
    Staff,
    Tariff,
    Training,
    Upkeep,
    UpkeepKind,
    due_in,
    ready_staff,
    tariff_on,
)
from roomapp.rules.lettering import folded
from roomapp.rules.pack import RulePack
from roomapp.rules.reporting.periods import Period
from roomapp.rules.reporting.register import MeetingRecord
from roomapp.words import Words

DONE = (UpkeepKind.CLEANING, UpkeepKind.YEARLY, UpkeepKind.REPAIR, UpkeepKind.REPLACEMENT)


def of_registers(
    books: Books, period: Period, held: Sequence[MeetingRecord], site: Site, pack: RulePack, words: Words
) -> dict[str, Any]:
    """The twin's keys `staff`, `upkeep`, `remarks` and, where a tariff is known for each held meeting, `costs`."""
    kept = list(books.of(Upkeep))
    inside = [one for one in kept if _holds(period, one.day)]
    owed = due_in(
        period.last,
        (one for one in kept if one.day <= period.last),
        books.of(Contact),
        yearly_months=pack.maintenance_months,
        cleaning_days=pack.cleaning_days,
        contact_list_days=0,
        notice_days=0,
    )
    costs = _costs(list(books.of(Tariff)), held, site, words)
    return {
        "staff": {
            "trained": len(ready_staff(books.of(Staff), period.last)),
            "changes": [
                words("book.left", day=f"{one.left_on:%d/%m/%Y}")
                for one in books.of(Staff)
                if one.left_on is not None and _holds(period, one.left_on)
            ],
            "trainings": [
                words("book.trained_people", day=f"{one.day:%d/%m/%Y}", topic=one.topic, n=one.people)
                for one in books.of(Training)
                if _holds(period, one.day)
            ],
        },
        "upkeep": {
            "done": sum(one.kind in DONE for one in inside),
            "overdue": sum(one.overdue for one in owed),
            "repairs": sum(one.kind is UpkeepKind.REQUEST for one in inside),
            "cost_vnd": sum(one.cost_vnd for one in inside),
        },
        # 004 Đ10.2: an opinion stands in the report of its own period, so once in the year's.
        "remarks": {"difficulties": [one.text for one in books.of(Opinion) if _holds(period, one.day)]},
        **({"costs": costs} if costs is not None else {}),
    }


def _holds(period: Period, day: date) -> bool:
    return period.first <= day <= period.last


def _costs(
    tariffs: Sequence[Tariff], held: Sequence[MeetingRecord], site: Site, words: Words
) -> list[dict[str, Any]] | None:
    """Held meetings times the tariff of each one's day (000 khoản 2); None where one has none: no sum is guessed."""
    lines = Counter(_priced(tariffs, held, site, words))
    if None in lines or not tariffs:
        return None
    return [
        {"level": level, "system": system, "tariff_vnd": vnd, "held": n, "amount_vnd": n * vnd, "payer": payer}
        for (level, system, vnd, payer), n in sorted((line, n) for line, n in lines.items() if line is not None)
    ]


def _priced(
    tariffs: Sequence[Tariff], held: Sequence[MeetingRecord], site: Site, words: Words
) -> Iterator[tuple[str, str, int, str] | None]:
    names = {folded(str(site.kind)), folded(words(f"book.site_{site.kind}"))}
    ours = [one for one in tariffs if folded(one.level) in names]
    for meeting in held:
        day = meeting.opened_at.astimezone(site.zone).date() if meeting.opened_at is not None else None
        tariff = tariff_on(day, ours) if day is not None else None
        # 000 khoản 2: at province level the department that organises pays the provider itself.
        payer = meeting.host_unit if str(meeting.level) == "T" and meeting.host_unit else site.unit
        yield None if tariff is None else (str(meeting.level), meeting.system, tariff.vnd, payer)
