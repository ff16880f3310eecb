"""What the registers oblige the site to: upkeep that falls due, staff that is too few, devices that nobody listed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from roomapp.rules.books.entries import Contact, DeviceState, Equipment, Staff, Tariff, Upkeep, UpkeepKind
from roomapp.rules.calendar.duties import months_later


class DueKind(StrEnum):
    CLEANING = "cleaning"
    YEARLY = "yearly"
    CONTACT_LIST = "contact_list"


@dataclass(frozen=True, slots=True)
class Due:
    """Something the site owes on a day. `day` None: it was never done, so it is due now."""

    kind: DueKind
    day: date | None
    overdue: bool
    soon: bool


def due_in(
    today: date,
    upkeep: Iterable[Upkeep],
    contacts: Iterable[Contact],
    *,
    yearly_months: int,
    cleaning_days: int,
    contact_list_days: int,
    notice_days: int,
) -> tuple[Due, ...]:
    """Done on 10/8/2026: due on 10/8/2027, overdue from the day after it (Art. 12.4); a list older than its limit
    is stale (Art. 10.3). A site without any entry owes it at once; a limit of 0: never."""
    kept = list(upkeep)
    last = {kind: max((u.day for u in kept if u.kind is kind), default=None) for kind in UpkeepKind}
    newest_list = max((c.list_on for c in contacts if c.list_on), default=None)
    yearly, cleaning = last[UpkeepKind.YEARLY], last[UpkeepKind.CLEANING]
    owed: dict[DueKind, date | None] = {}
    if yearly_months:
        owed[DueKind.YEARLY] = months_later(yearly, yearly_months) if yearly else None
    if cleaning_days:
        owed[DueKind.CLEANING] = cleaning + timedelta(days=cleaning_days) if cleaning else None
    if contact_list_days:
        owed[DueKind.CONTACT_LIST] = newest_list + timedelta(days=contact_list_days) if newest_list else None
    return tuple(
        Due(kind, day, day is not None and today > day, day is None or today >= day - timedelta(days=notice_days))
        for kind, day in owed.items()
    )


def ready_staff(staff: Iterable[Staff], today: date) -> tuple[Staff, ...]:
    """Trained, active and not yet gone: two at least (Art. 13.2)."""
    return tuple(
        one
        for one in staff
        if one.active and one.trained_on and one.trained_on <= today and (one.left_on is None or today < one.left_on)
    )


def lacking_equipment(devices: Iterable[str], equipment: Iterable[Equipment]) -> tuple[str, ...]:
    """The profile's devices that stand in no register (Art. 4.1), by their ids as "camera.main"."""
    listed = {one.device for one in equipment if one.state is not DeviceState.RETIRED}
    return tuple(device for device in devices if device not in listed)


def tariff_on(day: date, tariffs: Iterable[Tariff]) -> Tariff | None:
    """Of one level's, the one in force on a meeting's day: a change within a quarter holds from its own day on."""
    return max((one for one in tariffs if one.since <= day), key=lambda one: one.since, default=None)
