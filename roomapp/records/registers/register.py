"""The register folded from the journal: what was lived through in this room, and what an earlier register told.

Each record keeps the numbers of the rows that it stems from. Corrections (`record.corrected`) are entries beside: they
change what the fold says, never a row. Practice, trials and training are never meetings.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from roomapp.records.chain import Row
from roomapp.rules.carrier import NOT_CALLED, CarrierTimes
from roomapp.rules.link_sums import NOT_LOOKED, LinkSums
from roomapp.rules.reporting.register import (
    INCIDENT_COLUMNS,
    MEETING_COLUMNS,
    MOST_LETTERS,
    IncidentKind,
    IncidentRecord,
    MeetingRecord,
    RecordError,
    Status,
    record_from,
)

MEETING_ROW, INCIDENT_ROW, CORRECTED_ROW = "record.meeting", "record.incident", "record.corrected"
PRACTICE = "practice"
KIND_OF_CAUSE = {"power": IncidentKind.POWER, "device": IncidentKind.EQUIPMENT}
CARRIER = {
    "incident.called": "called_at",
    "incident.answered": "answered_at",
    "incident.link_back": "mended_at",
}
_IN_CALL = ("in_room", "lost", "leave_granted", "rejoining")
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """`rows_of`: (“meeting” or “incident”, id) to the numbers of its journal rows.

    `unresolved`: ids of meetings whose time is past and of which nobody told what became, or whose rows make no record.
    `corrections`: as they were told, each with its row's number. `known`: every id ever told, by “meeting”, “incident”.
    `links`: what the calls of a meeting told of the connection, by its id. `carriers`: when the carrier was called,
    answered and had mended it, by the incident's id.
    """

    meetings: tuple[MeetingRecord, ...]
    incidents: tuple[IncidentRecord, ...]
    rows_of: Mapping[tuple[str, str], tuple[int, ...]]
    unresolved: tuple[str, ...] = ()
    corrections: tuple[Mapping[str, Any], ...] = ()
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    links: Mapping[str, LinkSums] = field(default_factory=dict)
    carriers: Mapping[str, CarrierTimes] = field(default_factory=dict)

    def behind(self, records: Iterable[MeetingRecord | IncidentRecord]) -> list[int]:
        """The journal rows of these records, each once, in order."""
        names = (("meeting" if isinstance(one, MeetingRecord) else "incident", one.id) for one in records)
        return sorted({row for name in names for row in self.rows_of[name]})


@dataclass(slots=True)
class _Told:
    """What the rows have said of one record so far."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    link: LinkSums = NOT_LOOKED
    carrier: CarrierTimes = NOT_CALLED
    ended: str | None = None  # when the call was seen to end
    corrections: dict[str, Any] = field(default_factory=dict)


def fold(rows: Iterable[Row], now: datetime) -> Register:
    """The register as the journal's rows tell it; a row that makes no sense changes nothing and stops nothing."""
    folding = _Folding()
    for row in rows:
        folding.take(row)
    return folding.result(now)


class _Folding:
    def __init__(self) -> None:
        self._meetings: dict[str, _Told] = {}
        self._incidents: dict[str, _Told] = {}
        self._corrections: list[dict[str, Any]] = []
        self._trials: dict[str, str] = {}  # trial to meeting
        self._current = ""  # the meeting in whose call the room is
        self._takers: dict[str, Callable[[Row, Body], None]] = {
            MEETING_ROW: self._imported,
            INCIDENT_ROW: self._imported,
            CORRECTED_ROW: self._corrected,
            "meeting.added": self._planned,
            "meeting.changed": self._planned,
            "meeting.cancelled": self._called_off,
            "meeting.postponed": self._called_off,
            "meeting.connected": self._connected,
            "meeting.opened": self._told_time,
            "meeting.closed": self._told_time,
            "meeting.attendance": self._attended,
            "meeting.link": self._linked,
            "session.moved": self._moved,
            "trial.began": self._trial_began,
            "trial.confirmed": self._trial_confirmed,
            "incident.opened": self._incident_opened,
            "incident.reported": self._incident_reported,
        }

    def take(self, row: Row) -> None:
        taker = self._takers.get(row.kind, self._incident_went_on if row.kind.startswith("incident.") else None)
        if taker is not None:
            try:
                taker(row, row.body)
            except (KeyError, TypeError, ValueError, AttributeError):
                return  # the register must come up whatever was once written

    # --- meetings ---------------------------------------------------------------------------------------------------

    def _of(self, id: object, row: Row) -> dict[str, Any]:
        """What is known of a meeting that is in the calendar; a KeyError for every other, and for practice."""
        told = self._meetings[str(id)]
        told.rows.append(row.seq)
        return told.values

    def _imported(self, row: Row, body: Body) -> None:
        place, columns = (
            (self._meetings, MEETING_COLUMNS) if row.kind == MEETING_ROW else (self._incidents, INCIDENT_COLUMNS)
        )
        values = {key: value for key, value in body.items() if key in columns}
        place[str(body["id"])] = _Told(values, [row.seq])

    def _corrected(self, row: Row, body: Body) -> None:
        place = self._meetings if body["register"] == "meeting" else self._incidents
        told = place[str(body["id"])]
        before = {key: told.corrections.get(key, told.values.get(key)) for key in body["fields"]}
        told.corrections.update({key: value for key, value in body["fields"].items() if key != "id"})
        told.rows.append(row.seq)
        self._corrections.append({**body, "before": before, "row": row.seq})

    def _planned(self, row: Row, body: Body) -> None:
        id = str(body["id"])
        if id == PRACTICE:
            return
        if row.kind == "meeting.added":
            self._meetings.setdefault(id, _Told({"id": id}))
        values = self._of(id, row)
        told = {key: body[key] for key in MEETING_COLUMNS if key in body and key not in ("id", "status")}
        values.update({key: value for key, value in told.items() if value is not None})
        if "opening" in body:
            values["planned_opening"] = body["opening"]
            if values.get("status") is Status.POSTPONED:  # a new day: it is to be held after all
                values.pop("status")
        if "expected_end" in body:
            values["_expected_end"] = body["expected_end"]

    def _called_off(self, row: Row, body: Body) -> None:
        values = self._of(body["id"], row)
        if row.kind == "meeting.cancelled":
            values["status"] = Status.CANCELLED
            return
        values["status"] = Status.POSTPONED
        values.setdefault("postponed_from", body.get("from") or values["planned_opening"])

    def _connected(self, row: Row, body: Body) -> None:
        if not body.get("trial"):
            self._of(body["meeting"], row).setdefault("joined_at", row.at.isoformat())

    def _told_time(self, row: Row, body: Body) -> None:
        self._of(body["meeting"], row)["opened_at" if row.kind == "meeting.opened" else "closed_at"] = body["at"]

    def _attended(self, row: Row, body: Body) -> None:
        self._of(body["meeting"], row)["attendance"] = body["people"]

    def _linked(self, row: Row, body: Body) -> None:
        if not body.get("trial"):
            told, sums = self._meetings[str(body["meeting"])], LinkSums.of(body)
            told.link += sums
            told.rows.append(row.seq)

    def _moved(self, row: Row, body: Body) -> None:
        """The session's moves say when the link first stood, which meeting is on, and when its call ended."""
        state, meeting = body.get("state") or {}, str(body.get("meeting", ""))
        in_call = body.get("phase") in _IN_CALL and not state.get("trial")
        if in_call:
            self._current = meeting
            if state.get("connected_at"):
                told = self._meetings[meeting]
                if "joined_at" not in told.values:
                    told.values["joined_at"] = state["connected_at"]
                    told.rows.append(row.seq)
                told.ended = None
        elif self._current and body.get("phase") != "joining":
            told, self._current = self._meetings.get(self._current) or _Told(), ""
            told.ended = row.at.isoformat()
            told.rows.append(row.seq)

    def _trial_began(self, row: Row, body: Body) -> None:
        self._trials[str(body["trial"])] = str(body["meeting"])
        self._of(body["meeting"], row)

    def _trial_confirmed(self, row: Row, body: Body) -> None:
        if body["both_ways"]:
            self._of(self._trials[str(body["trial"])], row).setdefault("trial_finished_at", row.at.isoformat())

    # --- incidents --------------------------------------------------------------------------------------------------

    def _incident_opened(self, row: Row, body: Body) -> None:
        id, meeting = str(body["id"]), self._meeting_in_trouble(body)
        values = {
            "id": id,
            "meeting_id": meeting,
            "kind": KIND_OF_CAUSE.get(str(body.get("cause")), IncidentKind.LINK),
            "started_at": body["started_at"],
            "connection_lost": True,
            "cause": body.get("cause", ""),
            "remedy": body.get("remedy", ""),
        }
        self._incidents[id] = _Told(values, [row.seq])

    def _incident_reported(self, row: Row, body: Body) -> None:
        id, kind, meeting = str(body["id"]), body.get("kind"), self._meeting_in_trouble(body)
        values = {
            "id": id,
            "meeting_id": meeting,
            "kind": kind if kind in set(IncidentKind) else IncidentKind.EQUIPMENT,
            "started_at": body.get("started_at") or body["at"],
        }
        self._incidents[id] = _Told(values, [row.seq])

    def _meeting_in_trouble(self, body: Body) -> str | None:
        """None: outside meetings. A KeyError for an incident of the practice meeting, which is none."""
        meeting = str(body.get("meeting") or self._current)
        if meeting == PRACTICE:
            raise KeyError(meeting)
        return meeting or None

    def _incident_went_on(self, row: Row, body: Body) -> None:
        told = self._incidents[str(body["id"])]
        at = body.get("at") or row.at.isoformat()
        if row.kind == "incident.described" and body["key"] in ("cause", "remedy", "eta", "kind"):
            told.values[body["key"]] = str(body["value"])[:MOST_LETTERS]
        elif row.kind in CARRIER:
            told.carrier = told.carrier.first(**{CARRIER[row.kind]: _at(at)})
        elif row.kind == "incident.told":
            told.values.setdefault("told_chair_at", at)
        elif row.kind == "incident.restored":
            told.values["restored_at"] = at
        elif row.kind == "incident.lost_again":
            told.values.pop("restored_at", None)
        elif row.kind == "incident.closed":
            told.values.setdefault("restored_at", at)
        elif row.kind == "incident.ended":  # of one that a person reported: how, too
            told.values |= {"restored_at": at, "cause": str(body["cause"]), "remedy": str(body["remedy"])}
        told.rows.append(row.seq)

    def result(self, now: datetime) -> Register:
        meetings, incidents, unresolved = [], [], []
        rows_of: dict[tuple[str, str], tuple[int, ...]] = {}
        for id, told in self._meetings.items():
            try:
                meeting = _meeting(told, now)
            except (RecordError, ValueError, TypeError, KeyError):
                unresolved.append(id)
                continue
            if meeting is not None:
                meetings.append(meeting)
                rows_of["meeting", id] = tuple(told.rows)
            elif _is_past(told, now):
                unresolved.append(id)
        held_here = {one.id for one in meetings}
        for id, told in self._incidents.items():
            values = {**told.values, **told.corrections}
            if values.get("meeting_id") not in held_here:
                values["meeting_id"] = None
            try:
                incidents.append(record_from(values, IncidentRecord))
            except RecordError:
                unresolved.append(id)
                continue
            rows_of["incident", id] = tuple(told.rows)
        known = {"meeting": frozenset(self._meetings), "incident": frozenset(self._incidents)}
        told_of, corrections = tuple(unresolved), tuple(self._corrections)
        links = {id: told.link for id, told in self._meetings.items() if told.link.looked_s}
        carriers = {id: told.carrier for id, told in self._incidents.items() if told.carrier.called_at}
        return Register(tuple(meetings), tuple(incidents), rows_of, told_of, corrections, known, links, carriers)


def _meeting(told: _Told, now: datetime) -> MeetingRecord | None:
    """None: not yet, or nobody knows what became of it."""
    values = {**told.values, **told.corrections}
    values.pop("_expected_end", None)
    if "status" not in values:
        if "opened_at" not in values and "joined_at" in values and _opening(values) <= _until(told, now):
            values["opened_at"] = max(_opening(values), _at(values["joined_at"])).isoformat()
            values["judged"] = True
        if "opened_at" not in values:
            return None
        values["status"] = Status.HELD
        if "closed_at" not in values and told.ended is not None and _until(told, now) >= _at(values["opened_at"]):
            values["closed_at"], values["judged"] = told.ended, True
    return record_from(msgspec.to_builtins(values), MeetingRecord)


def _until(told: _Told, now: datetime) -> datetime:
    """How far the call of a meeting has gone on: one left before the opening did not take place here."""
    return now if told.ended is None else _at(told.ended)


def _at(value: str | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _opening(values: Mapping[str, Any]) -> datetime:
    return _at(values["planned_opening"])


def _is_past(told: _Told, now: datetime) -> bool:
    try:
        return datetime.fromisoformat(told.values.get("_expected_end") or told.values["planned_opening"]) < now
    except (KeyError, ValueError, TypeError):
        return True
