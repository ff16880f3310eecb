"""The room's own days off and on, folded from the journal; and the deadlines that were counted by them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from roomapp.rules.calendar.worktime import Deadlines, Override

OVERRIDE = "calendar.override"  # {"act": "added" | "withdrawn", "date", …}; who confirmed it is a person's id
DEADLINES = "deadlines.set"
Rows = Iterable[tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """The overrides that stand, in the order of their days; `confirmed_by` is a person's id in figures."""

    overrides: tuple[Override, ...] = ()

    @property
    def version(self) -> str:
        """The same for the same table wherever it was typed: a short SHA-256 and how many days it holds."""
        table = [
            [
                one.day.isoformat(),
                str(one.kind),
                one.reason,
                one.document,
                bool(one.confirmed_by),
                str(one.confirmed_on),
            ]
            for one in self.overrides
        ]
        digest = hashlib.sha256(json.dumps(table, ensure_ascii=False).encode()).hexdigest()[:12]
        return f"{digest} ({len(table)})"

    def of(self, day: date) -> Override | None:
        return next((one for one in self.overrides if one.day == day), None)


def fold(rows: Rows) -> KeptCalendar:
    """The later row of a day stands; one that cannot be read changes nothing."""
    found: dict[date, Override] = {}
    for kind, body in rows:
        if kind != OVERRIDE:
            continue
        try:
            one = override_from(body)
        except msgspec.ValidationError:
            continue
        found.pop(one.day, None)
        if body.get("act") == "added":
            found[one.day] = one
    return KeptCalendar(tuple(found[day] for day in sorted(found)))


def override_from(body: Mapping[str, Any]) -> Override:
    """msgspec.ValidationError for what is none."""
    who = body.get("confirmed_by")
    return msgspec.convert({**body, "confirmed_by": "" if who is None else str(who)}, Override)


def override_row(one: Override, person: int | None) -> dict[str, Any]:
    """The body of the row that adds it; `person`: who confirmed it."""
    kept = msgspec.to_builtins(one)
    return {"act": "added", **{k: v for k, v in kept.items() if v and k != "confirmed_by"}, "confirmed_by": person}


@dataclass(frozen=True, slots=True)
class SetDeadlines:
    """The deadlines last counted for a meeting, and by which opening, class, calendar and pack."""

    times: Deadlines | None  # None: the calendar knew no working time
    basis: tuple[str, str, str, str]


def deadlines_of(rows: Rows) -> dict[str, SetDeadlines]:
    """By meeting; an older row of a meeting stays in the journal and is passed over here, one that is none too."""
    found: dict[str, SetDeadlines] = {}
    for kind, body in rows:
        if kind != DEADLINES:
            continue
        try:
            times = None if body.get("strict") is None else msgspec.convert(dict(body), Deadlines)
            basis = (str(body["opening"]), str(body["class"]), str(body["calendar"]), str(body["pack"]))
            found[str(body["meeting"])] = SetDeadlines(times, basis)
        except (msgspec.ValidationError, KeyError):
            continue
    return found
