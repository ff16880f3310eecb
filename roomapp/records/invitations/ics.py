"""An iCalendar file (RFC 5545): its coming meetings, series written out.

Bounded: a megabyte, 2000 events, 400 days ahead, 200 dates in all. Of an event only time, title and place are taken:
descriptions hold content and access codes, organisers and guests are persons.
"""

import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roomapp.records.invitations.found import Found, ImportFault, InvitationError, Note, Read
from roomapp.records.invitations.series import TooOftenError, starts
from roomapp.words import nfc

MOST_BYTES, MOST_EVENTS, MOST_DATES = 1_000_000, 2000, 200
AHEAD, OLDEST = timedelta(days=400), timedelta(days=365 * 20)
MOST_TITLE = 200
MOST_S = 10.0  # of rules whose dates never come
READ_KEYS = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})


def read_ics(data: bytes, zone: ZoneInfo, now: datetime) -> Read:
    """InvitationError names every event that cannot be read, by its line. Up to 5 s for a megabyte; at most 15 s."""
    calendar, lines = _parse(data)
    method = str(calendar.get("METHOD", "")).upper()
    events = [one for one in calendar.walk("VEVENT")]
    if len(events) > MOST_EVENTS:
        raise InvitationError(ImportFault("too_many"))
    found: dict[str, Found] = {}
    faults: list[ImportFault] = []
    past, cut = 0, False
    moved = {_source(e, zone) for e in events if e.get("RECURRENCE-ID") is not None and e.get("UID")}
    ends = time.monotonic() + MOST_S
    for number, event in enumerate(events):
        if time.monotonic() > ends:
            raise InvitationError(ImportFault("too_many"))
        line = lines[number] if number < len(lines) else 0
        try:
            for one in _Event(event, zone, now, method == "CANCEL", moved).read():
                if one is None:
                    past += 1
                elif len(found) < MOST_DATES or one.source in found:
                    found[one.source] = one
                else:
                    cut = True
        except InvitationError as error:
            faults += [ImportFault(fault.key, line, fault.what) for fault in error.faults]
    if faults:
        raise InvitationError(*faults)
    return Read(tuple(sorted(found.values(), key=lambda one: (one.day, one.source))), past, cut)


def _parse(data: bytes) -> tuple[Any, list[int]]:
    from icalendar import Calendar  # late: a fifth of a second that only an import needs

    if len(data) > MOST_BYTES:
        raise InvitationError(ImportFault("too_large"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvitationError(ImportFault("not_utf8", data.count(b"\n", 0, error.start) + 1)) from error
    if "\0" in text:
        raise InvitationError(ImportFault("not_a_calendar"))
    try:
        found = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise InvitationError(ImportFault("not_a_calendar")) from error
    rows = text.splitlines()
    return found, [n for n, row in enumerate(rows, 1) if row.strip().upper() == "BEGIN:VEVENT"]


class _Event:
    """One VEVENT: one meeting, or the dates of its series."""

    def __init__(self, event: Any, zone: ZoneInfo, now: datetime, cancels: bool, moved: set[str]) -> None:
        self._event, self._zone, self._now, self._moved = event, zone, now, moved
        self._cancelled = cancels or str(event.get("STATUS", "")).upper() == "CANCELLED"
        self._notes: list[Note] = []

    def read(self) -> Iterator[Found | None]:
        """None for each that is over."""
        event = self._event
        bad = [name for name, _ in event.errors if str(name).upper() in READ_KEYS]
        if bad:
            raise InvitationError(ImportFault("wrong_time", 0, str(bad[0])))
        if not str(event.get("UID", "")).strip():
            raise InvitationError(ImportFault("no_uid"))
        start = self._time("DTSTART")
        if start is None:
            raise InvitationError(ImportFault("no_start"))
        length = self._length(start)
        fields = self._fields()
        if event.get("RRULE") is None and event.get("RDATE") is None:
            yield self._one(_source(event, self._zone), start, length, fields)
            return
        uid = str(event["UID"])
        for at in self._dates(start):
            source = f"ics:{uid}/{_stamp(at)}"
            if source not in self._moved:
                yield self._one(source, at, length, fields)

    def _dates(self, start: datetime | date) -> Iterator[datetime | date]:
        horizon = (self._now + AHEAD).astimezone(self._zone)
        if isinstance(start, datetime) and start < self._now - OLDEST:
            raise InvitationError(ImportFault("too_old"))
        if not isinstance(start, datetime) and start < (self._now - OLDEST).date():
            raise InvitationError(ImportFault("too_old"))
        try:
            for n, at in enumerate(starts(self._event, start, self._zone, self._now, horizon)):
                if n > MOST_DATES:
                    return
                yield at
        except TooOftenError as error:
            raise InvitationError(ImportFault("too_often")) from error
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            raise InvitationError(ImportFault("wrong_series")) from error

    def _one(
        self, source: str, start: datetime | date, length: timedelta | None, fields: dict[str, Any]
    ) -> Found | None:
        if not isinstance(start, datetime):
            day, at, over = start, None, start < self._now.astimezone(self._zone).date()
        else:
            day, at = start.astimezone(self._zone).date(), start.astimezone(UTC)
            over = start + (length or timedelta()) < self._now
        if over or day > (self._now + AHEAD).date():
            return None
        end = {"expected_end": (at + length).isoformat()} if at is not None and length else {}
        return Found(
            source, day, at, {**fields, **end}, tuple(dict.fromkeys(self._notes)), self._cancelled, self._edition()
        )

    def _edition(self) -> int:
        number = self._event.get("SEQUENCE")
        return int(number) if isinstance(number, int) and 0 <= number < 2**31 else 0

    def _length(self, start: datetime | date) -> timedelta | None:
        """None: not told. InvitationError for an end that is not after the beginning."""
        end, duration = self._time("DTEND"), self._event.get("DURATION")
        if not isinstance(start, datetime):
            return None
        length = end - start if isinstance(end, datetime) else duration.dt if duration is not None else None
        if length is not None and length == timedelta():
            return None
        if length is not None and not timedelta() < length <= timedelta(days=31):
            raise InvitationError(ImportFault("wrong_end"))
        return length

    def _time(self, name: str) -> datetime | date | None:
        value = self._event.get(name)
        if value is None:
            return None
        if isinstance(value, list):
            raise InvitationError(ImportFault("wrong_time", 0, name))
        at = value.dt
        if not isinstance(at, date):
            raise InvitationError(ImportFault("wrong_time", 0, name))
        if not isinstance(at, datetime):
            self._notes.append(Note.ALL_DAY)
            return at
        if at.tzinfo is None:
            self._notes.append(Note.UNKNOWN_ZONE if "TZID" in value.params else Note.NO_ZONE)
            return at.replace(tzinfo=self._zone)
        return at

    def _fields(self) -> dict[str, Any]:
        title, place = _line(self._event.get("SUMMARY")), _line(self._event.get("LOCATION"))
        if not title:
            self._notes.append(Note.NO_TITLE)
        if len(title) > MOST_TITLE:
            self._notes.append(Note.SHORTENED)
            title = title[: MOST_TITLE - 1].rstrip() + "…"
        is_address = re.match(r"[a-z]+://", place, re.IGNORECASE) is not None  # an address may hold an access code
        return {"title": title, **({"chair_site": place[:MOST_TITLE]} if place and not is_address else {})}


def _source(event: Any, zone: ZoneInfo) -> str:
    uid, again = str(event["UID"]) if event.get("UID") else "", event.get("RECURRENCE-ID")
    if again is None:
        return f"ics:{uid}"
    at = again.dt
    return f"ics:{uid}/{_stamp(at.replace(tzinfo=zone) if isinstance(at, datetime) and at.tzinfo is None else at)}"


def _stamp(at: datetime | date) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ") if isinstance(at, datetime) else at.strftime("%Y%m%d")


def _line(value: Any) -> str:
    """One line of printable text."""
    text = nfc(str(value)) if value is not None and not isinstance(value, list) else ""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
