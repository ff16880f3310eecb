"""Who is on duty today: a name is picked, the person's own code proves it, and every record can say who it was."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from roomapp.records.journal import Row
from roomapp.records.registers.books import PUT
from roomapp.records.registers.phones import PhoneError, kept_phone
from roomapp.records.technician import PersonalCode
from roomapp.rules.books import Book, Staff
from roomapp.rules.lettering import sort_key
from roomapp.running.storeys.preparing import Preparing

log = logging.getLogger(__name__)

TAKEN = "duty.taken"
FOLDER = "officers"


class OnDuty(Preparing):
    """The officer signs on for the day; whoever stands in for another says for whom (Art. 12.3)."""

    async def know_officers(self, rows: Sequence[Row]) -> None:
        """The profile's officers stand in the register from the first start on; who signed on today still is."""
        for officer in self.profile.officers:
            person = await self.journal.remember(officer.name, _phone(officer.phone))
            if all(one.person != person for one in self.books.of(Staff)) and not _was_kept(rows, person):
                fields = {"person": person, "unit": officer.unit, "email": officer.email, "active": officer.active}
                trained = {"trained_on": officer.trained_on.isoformat()} if officer.trained_on else {}
                await self.put_entry(Book.STAFF, fields | trained)
        for row in reversed(rows):
            if row.kind == TAKEN and self.local(row.at).date() == self.today():
                self._sign_on(int(row.body["person"]))
                return

    def officers(self) -> tuple[tuple[int, str], ...]:
        """Whoever may sign on, in the order of a list of names."""
        known = {one.person for one in self.books.of(Staff) if one.active}
        named = [(person, self.journal.person(person)) for person in known]
        return tuple(sorted(((p, who.name) for p, who in named if who is not None), key=lambda one: sort_key(one[1])))

    async def take_duty(self, person: int, digits: str, instead_of: int = 0) -> str:
        """What was wrong, in a sentence; empty when this person is on duty now. The first code typed twice is set."""
        folder = self.parts.data_dir / FOLDER
        code = self._codes.setdefault(person, PersonalCode(folder / f"{person}.json"))
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            answer = await asyncio.to_thread(code.enter, digits)
        except OSError as error:
            log.error("the codes of the officers cannot be kept: %s", error)
            return self.words("duty.no_folder")
        if answer.key:
            return self.words(f"technician.{answer.key}", n=answer.minutes or PersonalCode.least_digits)
        await self.keep(TAKEN, {"person": person, "instead_of": instead_of})
        self._sign_on(person)
        self.publish()
        return ""

    def _sign_on(self, person: int) -> None:
        who = self.journal.person(person)
        self.on_duty, self.officer = person, who.name if who is not None else ""


def _phone(text: str) -> str:
    try:
        return kept_phone(text)
    except PhoneError:
        return text  # the profile's own check has told the installer


def _was_kept(rows: Sequence[Row], person: int) -> bool:
    """Whoever once stood in the register and was taken out does not come back by the profile."""
    return any(_names(row.body, person) for row in rows if row.kind == PUT)


def _names(body: Mapping[str, Any], person: int) -> bool:
    return body.get("book") == Book.STAFF and body.get("fields", {}).get("person") == person
