"""The calendar of the room, and what is typed into it."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec

from roomapp.rules.meeting import Meeting, calendar, meeting_from
from roomapp.running.bookkeeping import Bookkeeping
from roomapp.running.core import PRACTICE_ID, PRACTICE_LEFT_MIN

log = logging.getLogger(__name__)


class Booking(Bookkeeping):
    """Meetings are entered, changed and cancelled; what was typed survives a power cut."""

    def platforms(self) -> tuple[tuple[str, str], ...]:
        return tuple((p.id, p.name) for p in self.profile.platforms)

    def draft(self, key: str) -> dict[str, Any]:
        return dict(self._drafts.get(key) or {})

    async def add_meeting(self, platform: str, room: str, opening: datetime, title: str = "", **more: Any) -> Meeting:
        """A meeting by its platform, room and time; the rest has its usual values. MeetingError says what is wrong."""
        name = dict(self.platforms()).get(platform, platform)
        body = {
            "id": uuid4().hex[:8],
            "title": title or self.words("meeting.title", platform=name),
            "class": "5.4.b",
            "level": "T",
            "opening": opening.astimezone(UTC).isoformat(),
            "platform": platform,
            "room": room,
            **more,
        }
        found = next((p for p in self.profile.platforms if p.id == platform), None)
        if found is not None and found.system is not None:
            body.setdefault("system", str(found.system))
        return await self.put_meeting("meeting.added", body)

    async def change_meeting(self, id: str, fields: dict[str, Any]) -> Meeting:
        """Only the fields named change; MeetingError where the meeting could not be so."""
        meeting_from({**msgspec.to_builtins(self.meetings[id]), **fields})
        return await self.put_meeting("meeting.changed", {"id": id, **fields})

    async def put_meeting(self, kind: str, body: dict[str, Any]) -> Meeting:
        kept = calendar([*(("meeting.added", msgspec.to_builtins(m)) for m in self.meetings.values()), (kind, body)])
        id = str(body["id"])
        if kind == "meeting.added" and id not in kept:
            meeting_from(body)
        await self.keep(kind, body)
        before = self.meetings.get(id)
        self.meetings = kept
        self.publish()
        meeting = kept.get(id) or before
        assert meeting is not None
        return meeting

    async def cancel_meeting(self, id: str, why: str) -> None:
        if id in self.meetings and id != self.meeting_id:
            await self.put_meeting("meeting.cancelled", {"id": id, "why": why})

    async def keep_draft(self, key: str, value: dict[str, Any]) -> None:
        self._drafts[key] = value
        await self.journal.keep_draft(key, value)

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
