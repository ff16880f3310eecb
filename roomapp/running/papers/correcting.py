"""The shelves of meetings and incidents, and what is told of them later: corrections beside, never over, a row."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from roomapp.records.chain import Row
from roomapp.records.facts.telling import Telling, planned
from roomapp.records.registers.register import CORRECTED_ROW, Register, fold
from roomapp.rules.reporting.register import Status
from roomapp.running.papers.shelves import Lines, Shelf, incident_lines, meeting_lines, shelf_of
from roomapp.running.storeys.recovering import Recovering

log = logging.getLogger(__name__)

MEETING, INCIDENT = "meeting", "incident"
FIELDS = {
    MEETING: ("attendance", "opened_at", "closed_at", "status"),
    INCIDENT: ("kind", "cause", "remedy", "restored_at", "told_chair_at"),
}
TIMES = ("opened_at", "closed_at", "restored_at", "told_chair_at")
WHY_MOST = 300


class Correcting(Recovering):
    """Figures come from rows; whoever was on duty may tell later what was wrong, with the reason."""

    async def look_at_shelf(self, show: Callable[[Shelf], None]) -> None:
        """Folds the register in a thread of its own and hands it to the screen's thread."""
        rows = self.journal.rows()
        shelf = await asyncio.to_thread(self._shelf, rows)
        self.tell_screen(lambda: show(shelf))

    def _shelf(self, rows: list[Row]) -> Shelf:
        return shelf_of(fold(rows, self._utc()), rows, self._zone, self.words)

    async def look_at_record(self, kind: str, id: str, show: Callable[[Lines], None]) -> None:
        """The main lines of one meeting or incident."""
        rows, telling = self.journal.rows(), self._telling()

        def lines() -> Lines:
            register = fold(rows, self._utc())
            return (
                meeting_lines(rows, register, id, telling) if kind == MEETING else incident_lines(register, id, telling)
            )

        found = await asyncio.to_thread(lines)
        self.tell_screen(lambda: show(found))

    def _telling(self) -> Telling:
        contacts = tuple(self.profile.contacts)
        return Telling(self.profile.site, self.pack, self.words, self.journal.person, self.today(), contacts)

    async def correct_record(self, kind: str, id: str, fields: Mapping[str, Any], reason: str) -> bool:
        """True: told, as a row beside. `fields` of FIELDS; times as “HH:MM” of the record's own day, or ISO.

        Refused without a person on duty, without a reason, and where the record could not be so.
        """
        if not self.on_duty:
            self._refuse_words("record.nobody", "record.nobody_remedy")
            return False
        rows = self.journal.rows()
        register = fold(rows, self._utc())
        wanted = self._as_kept(kind, id, fields, register, rows)
        if wanted is None or not reason.strip():
            self._refuse_words("record.cannot", "record.cannot_remedy")
            return False
        body = {"register": kind, "id": id, "fields": wanted, "reason": reason[:WHY_MOST], "who": self.on_duty}
        if not self._makes_a_record(kind, id, rows, body):
            self._refuse_words("record.cannot", "record.cannot_remedy")
            return False
        await self.keep(CORRECTED_ROW, body)
        self._refuse_words("record.told", "record.told_remedy")
        return True

    def _as_kept(
        self, kind: str, id: str, fields: Mapping[str, Any], register: Register, rows: list[Row]
    ) -> dict[str, Any] | None:
        """None for a record that is not there, or a field that may not be corrected."""
        if id not in register.known.get(kind, ()) or not fields or not set(fields) <= set(FIELDS.get(kind, ())):
            return None
        wanted: dict[str, Any] = dict(fields)
        day = self._day_of(kind, id, register, rows)
        for name in (name for name in TIMES if isinstance(wanted.get(name), str)):
            at = _moment(str(wanted[name]), day)
            if at is None or at > self._utc():
                return None
            wanted[name] = at.isoformat()
        return wanted

    def _day_of(self, kind: str, id: str, register: Register, rows: list[Row]) -> datetime | None:
        if kind == INCIDENT:
            return next((self.local(one.started_at) for one in register.incidents if one.id == id), None)
        meeting = next((one for one in register.meetings if one.id == id), None)
        plan = planned(rows, id)
        at = (meeting.opened_at or meeting.planned_opening) if meeting else plan.opening if plan else None
        return self.local(at) if at is not None else None

    def _makes_a_record(self, kind: str, id: str, rows: list[Row], body: Mapping[str, Any]) -> bool:
        """The register is folded as if it had been told: only what makes a record is kept."""
        number = rows[-1].seq + 1 if rows else 1
        after = fold([*rows, Row(number, self._utc(), CORRECTED_ROW, dict(body), "", "")], self._utc())
        found = {one.id for one in (after.meetings if kind == MEETING else after.incidents)}
        held = next((one for one in after.meetings if one.id == id), None) if kind == MEETING else None
        return id in found and (held is None or held.status is not Status.HELD or held.opened_at is not None)

    async def end_incident(self, id: str, cause: str, remedy: str) -> bool:
        """One that a person reported is put right: cause and remedy from the lists. True: told."""
        register = fold(self.journal.rows(), self._utc())
        one = next((found for found in register.incidents if found.id == id), None)
        if one is None or one.connection_lost or one.restored_at is not None:
            self._refuse_words("record.not_open", "record.not_open_remedy")
            return False
        if not await self.incidents.end_reported(id, cause, remedy):
            return False
        self.publish()
        return True


def _moment(text: str, day: datetime | None) -> datetime | None:
    """“0805” or “08:05” on that day in its zone, or an ISO time; None for what is none."""
    digits = text.replace(":", "")
    if len(digits) == 4 and digits.isdigit() and day is not None:
        hour, minute = int(digits[:2]), int(digits[2:])
        if hour > 23 or minute > 59:
            return None
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None
