"""What every fold of facts is handed: the site, its rules, the papers' language, and who a number is."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec

from roomapp.profile.model import Contact, Site
from roomapp.records.chain import Row
from roomapp.records.journal import Person
from roomapp.records.papers.heading import Issuer
from roomapp.rules.checklist import Step
from roomapp.rules.meeting import Meeting, MeetingError, meeting_from
from roomapp.rules.pack import RulePack
from roomapp.words import Words

PRACTICE = "practice"
TAKEN = "duty.taken"
MEETING_ROWS = ("meeting.added", "meeting.changed", "meeting.postponed")


class FactError(Exception):
    """A paper for which the journal lacks the ground; `key` names a sentence of the area "facts"."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Telling:
    """`words` in the papers' language; `who`: None for a person never known or erased; `day`: of the paper.

    `steps`: of each checklist, by (list, step). `seats`: names of the framings by id.
    """

    site: Site
    pack: RulePack
    words: Words
    who: Callable[[int], Person | None]
    day: date
    contacts: tuple[Contact, ...] = ()
    steps: Mapping[tuple[str, str], Step] = field(default_factory=dict)
    seats: Mapping[str, str] = field(default_factory=dict)

    def local(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(self.site.zone)

    def name(self, person: int | None) -> str:
        found = self.who(person) if person else None
        return found.name if found is not None else ""

    def phone(self, person: int | None) -> str:
        found = self.who(person) if person else None
        return found.phone if found is not None else ""

    def contact(self, role: str) -> str:
        return next((one.name for one in self.contacts if one.role == role), "")

    def said(self, key: str, **facts: object) -> str:
        """The sentence of that key; empty for a code without one, so that none is printed."""
        return self.words(key, **facts) if key in self.words else ""

    def role(self, code: object) -> str:
        """Who gave a word, by the code that the row keeps."""
        return self.said(f"facts.who_{code}") or self.said(f"ui.contact_{code}") or self.said(f"ui.allowed_{code}")

    def issuer(self) -> Issuer:
        return Issuer.from_site(msgspec.to_builtins(self.site))


def moment(value: object) -> datetime | None:
    """As rows keep it; None for what is none."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def planned(rows: Iterable[Row], id: str) -> Meeting | None:
    """The meeting as it was last planned, a cancelled one too; None: never in this calendar."""
    found: dict[str, Any] = {}
    for row in rows:
        if row.kind in MEETING_ROWS and str(row.body.get("id", "")) == id:
            changed = {**found, **row.body}
            changed.pop("why", None)
            changed.pop("from", None)
            try:
                meeting_from(changed)
            except MeetingError:
                continue  # a row that makes no meeting changes nothing
            found = changed
    return meeting_from(found) if found else None


@dataclass(frozen=True, slots=True)
class Placed:
    """A row, and in whose call the room was when it was written: "" outside of any."""

    row: Row
    meeting: str
    trial: bool


OUTSIDE = ("off", "checking", "ready")


def placed(rows: Iterable[Row]) -> tuple[Placed, ...]:
    """Rows that name no meeting belong to the one that the session's last move names."""
    found, meeting, trial = [], "", False
    for row in rows:
        if row.kind == "session.moved":
            state = row.body.get("state") or {}
            outside = row.body.get("phase") in OUTSIDE
            before = meeting, trial
            meeting = "" if outside else str(row.body.get("meeting", ""))
            trial = bool(state.get("trial")) and not outside
            ended = outside and before[0] == str(row.body.get("meeting", ""))  # the move that ends it is still its own
            found.append(Placed(row, *(before if ended else (meeting, trial))))
        else:
            named = str(row.body.get("meeting") or "") if row.kind.startswith(("meeting.", "trial.")) else ""
            found.append(Placed(row, named or meeting, trial or row.kind.startswith("trial.")))
    return tuple(found)


def on_duty_at(rows: Iterable[Row], at: datetime, telling: Telling) -> tuple[int, int]:
    """(person, instead of whom) signed on that day before that moment; noughts: nobody."""
    found = (0, 0)
    day = at.astimezone(telling.site.zone).date()
    for row in rows:
        if row.kind == TAKEN and row.at <= at and row.at.astimezone(telling.site.zone).date() == day:
            found = int(row.body.get("person") or 0), int(row.body.get("instead_of") or 0)
    return found
