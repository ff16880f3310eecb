"""Reminders: each is shown once, over a restart too, and leaves a row; none comes while a meeting is on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import is_
from types import MappingProxyType
from typing import Any

from roomapp.events import Bell, CardView, ReminderView, RoomChanged
from roomapp.records.journal import Row
from roomapp.rules.calendar.duties import DutyKind, power_off, reminded
from roomapp.rules.meeting import ADDED, CHANGED, Meeting
from roomapp.rules.session import Phase
from roomapp.running.meeting.card import card_of
from roomapp.running.meeting.dates import JUDGED
from roomapp.running.meeting.today import today_of
from roomapp.running.storeys.chairing import Chairing
from roomapp.running.storeys.core import PRACTICE_ID, STATE_KIND
from roomapp.running.view import build_view

SHOWN, KNOWN = "reminder.shown", "reminder.known"
# The most urgent first: of several that are due at once the officer sees this one, then the next.
URGENCY = (DutyKind.CONNECT, DutyKind.POWER_OFF, DutyKind.TRIAL_LATEST, DutyKind.TRIAL_STRICT)
LOOK_S = 5.0
ENDING = (Phase.CLOSING, Phase.SHUTTING_DOWN)


@dataclass(frozen=True, slots=True)
class Due:
    kind: DutyKind
    meeting: Meeting | None

    @property
    def key(self) -> tuple[str, str]:
        return (self.meeting.id if self.meeting is not None else "", str(self.kind))


class Reminding(Chairing):
    """Looks every LOOK_S; what was due while the program was off is told when it runs again."""

    _reminder: ReminderView | None = None
    _looked_at = 0.0
    _reminders = 0
    _today_basis: tuple[object, ...] = ()
    _today_counted: tuple[object, ...] = ()
    _today: Mapping[str, Any] = MappingProxyType({})

    def recall(self, rows: Sequence[Row]) -> None:
        """And when each meeting was entered and what was reminded of: nothing before that is told anew."""
        self._begun: dict[str, datetime] = {}
        self._shown: dict[tuple[str, str], datetime] = {}
        self._closed_at: datetime | None = None
        self._verdicts: dict[tuple[str, str], str] = {}
        self._moved: dict[str, tuple[datetime, ...]] = {}
        for row in rows:
            self._note_moment(row.kind, row.body, row.at)
        super().recall(rows)

    def _note_moment(self, kind: str, body: Mapping[str, Any], at: datetime) -> None:
        if kind == ADDED or (kind == CHANGED and "opening" in body):
            id, was = str(body["id"]), (body.get("was") or {}).get("opening")
            self._begun[id] = at
            if was:
                self._moved[id] = (*self._moved.get(id, ()), datetime.fromisoformat(str(was)))
        elif kind == JUDGED:
            self._verdicts[str(body["meeting"]), str(body["what"])] = str(body["verdict"])
        elif kind == SHOWN:
            self._shown[str(body["meeting"]), str(body["duty"])] = at
        elif kind == STATE_KIND:
            phase = body["phase"] if "phase" in body else body["state"]["phase"]
            if phase in ENDING:
                self._closed_at = self._closed_at or at
            else:
                self._closed_at = None
                self._shown.pop(("", str(DutyKind.POWER_OFF)), None)

    async def keep(self, kind: str, body: Mapping[str, Any]) -> object:
        row = await super().keep(kind, body)
        self._note_moment(kind, body, self._utc())
        return row

    def publish(self) -> None:
        """Levels are told many times a second; the calendar's demands are counted once, or when one changed."""
        basis = (self.meetings, self.waiting, self.upkeep, self.dates.calendar, self.session, self.profile)
        counted = (int(self._utc().timestamp()), self.place(), self.meeting_id, len(self.meetings))
        done = (len(self._connected), len(self._tried), len(self._settled))
        same = len(self._today_basis) == len(basis) and all(map(is_, self._today_basis, basis))
        if not same or self._today_counted != (*counted, *done):
            self._today_basis, self._today_counted = basis, (*counted, *done)
            self._today = today_of(self)
        view = replace(build_view(self), **self._today, reminder=self._reminder)
        self.parts.post(RoomChanged(view))

    def begin_day(self) -> None:
        super().begin_day()
        now = self._utc()
        if abs(now.timestamp() - self._looked_at) >= LOOK_S:  # a clock that is set back looks at once
            self._looked_at = now.timestamp()
            self._look(now)

    def _look(self, now: datetime) -> None:
        if self._is_settled():
            self._reminder = None
            self.publish()
        if self.is_heard():
            return
        due = min(self._due(now), key=lambda one: URGENCY.index(one.kind), default=None)
        if due is None or (self._reminder is not None and not self._is_before(due, self._reminder)):
            return
        self._reminders += 1
        meeting, kind = due.key
        self._shown[due.key] = now  # before the row is on the disk: the next look does not wait for it
        self._reminder = ReminderView(kind, meeting, self._reminder_words(due), self._reminders)
        self._later(self.keep(SHOWN, {"duty": kind, "meeting": meeting}))
        self._later(self._ring())
        self.publish()

    async def _ring(self) -> None:
        """Heard from across the room; by the screen's own bell where no loudspeaker takes it."""
        if await self.measures.ring() is False and not self.is_heard():
            self.parts.post(Bell())

    @staticmethod
    def _is_before(due: Due, shown: ReminderView) -> bool:
        """More urgent than the banner that still stands, or its own later moment."""
        return due.key == (shown.meeting, shown.kind) or URGENCY.index(due.kind) < URGENCY.index(DutyKind(shown.kind))

    def _due(self, now: datetime) -> Iterator[Due]:
        standing = self.standing()
        for meeting in self.meetings.values():
            begun = self._begun.get(meeting.id)
            if begun is None or meeting.id == PRACTICE_ID:
                continue
            for kind in reminded(begun, now, meeting, self.pack, standing):
                since = max(begun, self._shown.get((meeting.id, str(kind)), begun))
                if kind in reminded(since, now, meeting, self.pack, standing):
                    yield Due(kind, meeting)
        if self._closed_at is not None and ("", str(DutyKind.POWER_OFF)) not in self._shown:
            duty = power_off(now, self._closed_at, self.stays_on_for(now), self.pack)
            if duty is not None and duty.overdue:
                yield Due(DutyKind.POWER_OFF, None)

    def _is_settled(self) -> bool:
        """What the banner asks for is done, or its meeting is no more."""
        shown = self._reminder
        if shown is None:
            return False
        if shown.kind == DutyKind.POWER_OFF:
            return self._closed_at is None
        done = self.standing()
        tried = shown.kind != DutyKind.CONNECT and shown.meeting in done.tried
        return tried or shown.meeting in done.connected or shown.meeting not in self.meetings

    def _reminder_words(self, due: Due) -> str:
        words, meeting = self.words, due.meeting
        times = self.dates.times().get(meeting.id) if meeting is not None else None
        if meeting is None or times is None:
            return words("duty.late_power_off") if meeting is None else words("duty.late_connect")
        at = {DutyKind.CONNECT: times.connect, DutyKind.TRIAL_STRICT: times.strict}.get(due.kind, times.latest)
        on = self.local(at)
        today = on.date() == self.today()
        when = f"{on:%H:%M}" if today else words("today.at_day", time=f"{on:%H:%M}", day=f"{on:%d/%m}")
        key = f"today.remind_{due.kind}" if at > self._utc() else f"today.reached_{due.kind}"
        return words(key, when=when, title=meeting.title)

    def card(self, id: str) -> CardView | None:
        """All that is known of a meeting; None: it stands in no calendar any more."""
        meeting = self.meetings.get(id) or self.waiting.get(id)
        if meeting is None:
            return None
        return card_of(self, meeting, self._verdicts, self._moved.get(id, ()))

    async def acknowledge_reminder(self, number: int) -> None:
        """Đã biết: the banner goes; one that came meanwhile stays."""
        shown = self._reminder
        if shown is not None and shown.number == number:
            self._reminder = None
            await self.keep(KNOWN, {"duty": shown.kind, "meeting": shown.meeting, "person": self.on_duty})
            self.publish()
