"""The calendar of the room: meetings with their deadlines, clashes and duties, and what is typed into it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from roomapp.events import Refused
from roomapp.profile import Contact
from roomapp.records.invitations import Found
from roomapp.rules.calendar import clashes as clashing
from roomapp.rules.calendar.clashes import Clash
from roomapp.rules.calendar.duties import Duty, DutyKind, Standing, late
from roomapp.rules.calendar.worktime import Override
from roomapp.rules.meeting import (
    ADDED,
    CANCELLED,
    CHANGED,
    FIELDS,
    POSTPONED,
    Gap,
    Meeting,
    MeetingError,
    contact_roles,
    every_meeting,
    gaps,
    meeting_from,
)
from roomapp.rules.pack import Article
from roomapp.running.meeting.dates import Dates
from roomapp.running.meeting.importing import IMPORTED, Taken, take
from roomapp.running.storeys.bookkeeping import Bookkeeping
from roomapp.running.storeys.core import PRACTICE_ID, PRACTICE_LEFT_MIN, Parts
from roomapp.words import nfc

SIDE_NOTES = frozenset({"why", "was", "from"})  # of a row, not of the meeting
USUAL_CLASS = "5.4.b"


class Booking(Bookkeeping):
    """Meetings are entered, changed, postponed and cancelled; what was typed survives a power cut."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.dates = Dates(self.keep, self._zone, self.pack)
        self.waiting: dict[str, Meeting] = {}  # postponed, without a new day
        self.upkeep: tuple[Duty, ...] = ()  # cleaning, maintenance, reports: told by the registers
        self._connected: set[str] = set()
        self._tried: set[str] = set()
        self._trials: dict[str, str] = {}
        self._settled: set[frozenset[str]] = set()
        self.imported: dict[str, dict[str, Any]] = {}  # by source: what it last told

    async def take_up_calendar(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """The meetings as the journal has them; deadlines are counted anew where calendar or pack have changed."""
        rows = list(rows)
        self._stand(every_meeting(rows))
        for kind, body in rows:
            self._note(kind, body)
        self.dates.remember(rows)
        await self._count_anew()

    async def keep(self, kind: str, body: Mapping[str, Any]) -> object:
        row = await super().keep(kind, body)
        self._note(kind, body)
        await self._judge(kind, body)
        return row

    def platforms(self) -> tuple[tuple[str, str], ...]:
        return tuple((p.id, p.name) for p in self.profile.platforms)

    def draft(self, key: str) -> dict[str, Any]:
        return dict(self._drafts.get(key) or {})

    async def keep_draft(self, key: str, value: dict[str, Any]) -> None:
        self._drafts[key] = value
        await self.journal.keep_draft(key, value)

    # --- meetings -------------------------------------------------------------------------------------------------

    async def add_meeting(
        self, platform: str, room: str, opening: datetime, title: str = "", template: str = "", **more: Any
    ) -> Meeting:
        """A meeting by its platform, room and time; the rest as its template has it. MeetingError says what is wrong.

        Persons are given by name: `chair_officer_name`, `chair_officer_phone`, `on_duty` (names).
        """
        name = dict(self.platforms()).get(platform, platform)
        body = {
            "id": uuid4().hex[:8],
            "title": title or self.words("meeting.title", platform=name),
            **self._filled_in(template or str(more.get("class", USUAL_CLASS))),
            "opening": opening.astimezone(UTC).isoformat(),
            "platform": platform,
            "room": room,
        }
        found = next((p for p in self.profile.platforms if p.id == platform), None)
        if found is not None and found.system is not None:
            body["system"] = str(found.system)
        return await self.put_meeting(ADDED, {**body, **await self._by_id(more)})

    def _filled_in(self, template: str) -> dict[str, Any]:
        found = self.pack.template(template)
        if found is None:
            raise MeetingError("wrong_field", "class")
        filled = {"class": found.scale, "level": found.level, "chair_site": found.chair_site, "host_body": found.body}
        return {**filled, "system": found.system}

    async def change_meeting(self, id: str, fields: dict[str, Any]) -> Meeting:
        """Only the fields named change, the old values stay in the row; MeetingError where it could not be so.

        A new opening counts the deadlines anew, and what is late by it is told at once (Art. 15.3).
        """
        old = self.waiting.get(id) or self.meetings[id]
        fields = await self._by_id(fields, old)
        before = msgspec.to_builtins(old)
        meeting_from({**before, **fields})
        was_late = {duty.kind for duty in self.late_duties(id)}
        was = {name: before.get(name) for name in fields if name in FIELDS}
        meeting = await self.put_meeting(CHANGED, {"id": id, **fields, "was": was})
        fresh = [duty for duty in self.late_duties(id) if duty.kind not in was_late]
        if meeting.opening != old.opening and fresh:
            self._tell_late(fresh)
        return meeting

    async def put_meeting(self, kind: str, body: dict[str, Any]) -> Meeting:
        body = {key: value for key, value in body.items() if key in FIELDS | SIDE_NOTES}
        before = {**self.waiting, **self.meetings}
        kept = every_meeting([*((ADDED, msgspec.to_builtins(m)) for m in before.values()), (kind, body)])
        id = str(body["id"])
        if kind == ADDED and id not in kept:
            meeting_from(body)
        await self.keep(kind, body)
        self._stand(kept)
        meeting = kept.get(id) or before[id]
        if kind in (ADDED, CHANGED) and "invitation_number" in body:
            self._warn_of_same_invitation(meeting)
        if kind in (ADDED, CHANGED) and id in self.meetings:
            await self.dates.count(meeting, "added" if kind == ADDED else "")
            if meeting.invitation_received_at is not None and "invitation_received_at" in body:
                await self.dates.judge(id, "invitation", meeting.invitation_received_at)
        self.publish()
        return meeting

    def _warn_of_same_invitation(self, meeting: Meeting) -> None:
        """Art. 15.1: an invitation is registered once; the same number of the same issuer twice is told, and stays."""

        def paper(one: Meeting) -> tuple[str, str]:
            return one.invitation_number.strip().casefold(), one.invitation_issuer.strip().casefold()

        others = (one for one in {**self.waiting, **self.meetings}.values() if one.id != meeting.id)
        twin = next((one for one in others if paper(one) == paper(meeting)), None)
        if meeting.invitation_number.strip() and twin is not None:
            said, remedy = "booking.same_invitation", "booking.same_invitation_remedy"
            self._refuse_words(said, remedy, number=meeting.invitation_number, title=twin.title)

    async def cancel_meeting(self, id: str, why: str) -> None:
        if id in {**self.waiting, **self.meetings} and id != self.meeting_id:
            await self.put_meeting(CANCELLED, {"id": id, "why": why})

    async def postpone_meeting(self, id: str, why: str) -> None:
        """Off the calendar until it has a new opening; the first one stays with it. Not while it is on."""
        meeting = self.meetings.get(id)
        if meeting is not None and id != self.meeting_id:
            first = meeting.opening.astimezone(UTC).isoformat()
            await self.put_meeting(POSTPONED, {"id": id, "why": why, "from": first})

    def gaps_of(self, meeting: Meeting) -> tuple[Gap, ...]:
        """What is to be asked of the host unit (Art. 8.1)."""
        person = self.journal.person(meeting.chair_officer) if meeting.chair_officer is not None else None
        return gaps(meeting, person.name, person.phone) if person is not None else gaps(meeting)

    def contacts_of(self, meeting: Meeting) -> tuple[Contact, ...]:
        """Whom to call about it: first the operating agency of its class (Art. 6)."""
        rank = {role: place for place, role in enumerate(contact_roles(meeting, self.pack))}
        found = [c for c in self.profile.contacts if c.phone and str(c.role) in rank]
        return tuple(sorted(found, key=lambda contact: rank[str(contact.role)]))

    async def take_found(self, found: Iterable[Found], platform: str = "") -> Taken:
        """Enters what the officer has confirmed of a file or a calendar; the same source again is a change."""
        return await take(self, tuple(found), platform)

    # --- clashes --------------------------------------------------------------------------------------------------

    def clashes(self) -> tuple[Clash, ...]:
        """Those that are still to come and that nobody has settled; nothing is dropped by itself (Art. 4.5)."""
        coming = [m for m in self.meetings.values() if m.end > self._utc() and m.id != PRACTICE_ID]
        return tuple(c for c in clashing.clashes(coming, self.pack) if c.pair not in self._settled)

    async def settle_clash(self, kept: str, other: str, what: str, told: str, phone: str = "") -> None:
        """The officer's choice, and who of the other meeting was told; `what` became of it: moved, elsewhere, both."""
        person = await self.journal.remember(nfc(told), phone)
        await self.keep(clashing.SETTLED, {"kept": kept, "other": other, "what": what, "told": person})
        self.publish()

    def stays_on_for(self, ended: datetime) -> Meeting | None:
        """The next meeting, where it follows so soon that the power stays on."""
        others = [m for m in self.meetings.values() if m.id != self.meeting_id]
        return clashing.next_without_power_off(ended, others, self.pack)

    # --- the working calendar -------------------------------------------------------------------------------------

    async def import_overrides(self, overrides: Iterable[Override]) -> int:
        """How many days are new or changed; the deadlines of all coming meetings are counted anew."""
        overrides = tuple(overrides)
        names = {one.confirmed_by for one in overrides if one.confirmed_by.strip()}
        persons = {name: await self.journal.remember(name, "") for name in sorted(names)}
        added = await self.dates.add_overrides(overrides, persons)
        await self._count_anew()
        self.publish()
        return added

    async def withdraw_override(self, day: date, why: str) -> bool:
        """False: nothing stood there."""
        withdrawn = await self.dates.withdraw(day, why)
        await self._count_anew()
        self.publish()
        return withdrawn

    # --- duties ---------------------------------------------------------------------------------------------------

    def standing(self) -> Standing:
        on = {self.meeting_id} if self.session.connected_at is not None and not self.session.trial else set()
        return Standing(self._connected | on, self._tried, self.dates.times(), self.upkeep)

    def late_duties(self, id: str = "") -> tuple[Duty, ...]:
        """All that is late, or that of one meeting."""
        found = late(self._utc(), self.meetings.values(), self.pack, self.standing())
        return tuple(duty for duty in found if not id or (duty.meeting is not None and duty.meeting.id == id))

    def late_words(self, duty: Duty) -> tuple[str, str]:
        """What is late, and what to do now."""
        key = f"duty.late_{duty.kind}"
        return self.words(key), self.words(f"{key}_remedy")

    def _tell_late(self, duties: list[Duty]) -> None:
        said = [self.late_words(duty) for duty in duties if duty.kind is not DutyKind.ROSTER] or [
            self.late_words(duties[0])
        ]
        sentence = " ".join([self.words("duty.moved"), *(one for one, _ in said)])
        self.parts.post(Refused(sentence, " ".join(two for _, two in said), self.pack.ground(Article.TIME_CHANGE)))

    # --- within ---------------------------------------------------------------------------------------------------

    def _stand(self, found: Mapping[str, Meeting]) -> None:
        self.meetings = {id: meeting for id, meeting in found.items() if not meeting.postponed}
        self.waiting = {id: meeting for id, meeting in found.items() if meeting.postponed}

    def _note(self, kind: str, body: Mapping[str, Any]) -> None:
        """What a row says about a meeting's standing."""
        meeting = str(body.get("meeting", ""))
        if kind == "meeting.connected" and not body.get("trial") and meeting != PRACTICE_ID:
            self._connected.add(meeting)
        elif kind == "trial.began":
            self._trials[str(body["trial"])] = meeting
        elif kind == "trial.confirmed" and body.get("both_ways"):
            self._tried.add(self._trials.get(str(body["trial"]), ""))
        elif kind == IMPORTED:
            self.imported[str(body["source"])] = dict(body["told"])
        elif kind == clashing.SETTLED:
            self._settled.add(frozenset((str(body["kept"]), str(body["other"]))))
        elif kind == CHANGED and ("opening" in body or "expected_end" in body):
            self._settled = {pair for pair in self._settled if body["id"] not in pair}

    async def _judge(self, kind: str, body: Mapping[str, Any]) -> None:
        """A deadline's verdict is kept when it is reached: a meeting moved later heals no lateness."""
        if kind == "trial.confirmed" and body.get("both_ways"):
            await self.dates.judge(self._trials.get(str(body["trial"]), ""), "trial", self._utc())
        elif kind == "meeting.connected" and not body.get("trial"):
            await self.dates.judge(str(body["meeting"]), "connection", self.session.connected_at or self._utc())

    async def _count_anew(self) -> None:
        for meeting in [m for m in self.meetings.values() if m.end > self._utc() and m.id != PRACTICE_ID]:
            await self.dates.count(meeting)

    async def _by_id(self, fields: Mapping[str, Any], old: Meeting | None = None) -> dict[str, Any]:
        """Names and telephones become persons of the journal: they never enter the chain."""
        kept = dict(fields)
        name, phone = kept.pop("chair_officer_name", None), kept.pop("chair_officer_phone", None)
        on_duty = kept.pop("on_duty", None)
        if name is not None or phone is not None:
            known = self.journal.person(old.chair_officer) if old is not None and old.chair_officer else None
            name = name if name is not None else known.name if known is not None else ""
            phone = phone if phone is not None else known.phone if known is not None else ""
            kept["chair_officer"] = await self.journal.remember(nfc(name), phone)
        if on_duty is not None:
            phones = {nfc(officer.name): officer.phone for officer in self.profile.officers}
            named = [nfc(one).strip() for one in on_duty]
            kept["duty_officers"] = [await self.journal.remember(one, phones.get(one, "")) for one in named if one]
        return kept

    def _add_practice_meeting(self) -> None:
        platform = next((p for p in self.profile.platforms if p.road == "practice"), None)
        if platform is not None:
            now = self.now()
            opening = now + timedelta(minutes=self.pack.connect_lead_min + PRACTICE_LEFT_MIN)
            opening -= timedelta(minutes=opening.minute % 5, seconds=opening.second, microseconds=opening.microsecond)
            self.meetings[PRACTICE_ID] = msgspec.convert(
                {
                    "id": PRACTICE_ID,
                    "title": self.words("meeting.practice_title"),
                    "class": "5.4.b",
                    "level": "T",
                    "opening": opening.isoformat(),
                    "platform": platform.id,
                    "room": "1",
                    "system": "other",
                    "chair_site": self.words("meeting.practice_chair"),
                },
                Meeting,
            )
