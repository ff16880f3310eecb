"""Records made by a few words, and a year of them made by a generator with a seed."""

import random
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roomapp.rules.calendar.worktime import WorkCalendar
from roomapp.rules.pack import load_pack
from roomapp.rules.reporting.periods import Period, period
from roomapp.rules.reporting.register import IncidentRecord, MeetingRecord, record_from
from roomapp.words import RESOURCES

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
PACK = load_pack(RESOURCES / "rules" / "ha-giang.toml")
CALENDAR = WorkCalendar(ZONE, PACK.office_hours)


def at(text: str) -> datetime:
    """“30/11/2026 08:00” or with seconds, in the site's zone."""
    form = "%d/%m/%Y %H:%M:%S" if text.count(":") == 2 else "%d/%m/%Y %H:%M"
    return datetime.strptime(text, form).replace(tzinfo=ZONE)


def _values(fields: dict[str, Any]) -> dict[str, Any]:
    times = {key: at(value).isoformat() for key, value in fields.items() if isinstance(value, str) and "/20" in value}
    return fields | times


def meeting(**fields: Any) -> MeetingRecord:
    """A held province-chaired meeting of Monday 30/11/2026, 08:00 to 10:00, unless told otherwise."""
    usual = {"id": "m", "title": "Họp", "class": "5.4.b", "level": "T", "planned_opening": "30/11/2026 08:00"}
    if fields.get("status", "held") == "held":
        usual |= {"opened_at": "30/11/2026 08:00", "closed_at": "30/11/2026 10:00"}
    return record_from(_values({**usual, "status": "held", **fields}), MeetingRecord)


def incident(**fields: Any) -> IncidentRecord:
    usual = {"id": "i", "kind": "link", "connection_lost": True}
    return record_from(_values({**usual, **fields}), IncidentRecord)


def during(text: str, basis: str = "calendar") -> Period:
    return period(text, basis, ZONE)


def year_of(seed: int, count: int = 400) -> tuple[list[MeetingRecord], list[IncidentRecord]]:
    """Meetings one after the other over 2025-12 to 2027-01: held, cancelled, postponed, across midnight and cuts."""
    dice = random.Random(seed)
    meetings: list[MeetingRecord] = []
    incidents: list[IncidentRecord] = []
    begin = datetime.combine(date(2025, 12, 1), datetime.min.time(), ZONE)
    for number in range(count):
        planned = (
            begin
            + timedelta(days=number * 400 // count)
            + timedelta(minutes=dice.choice((0, 450, 480, 840, 1380, 1430)))
        )
        opened = planned + timedelta(seconds=dice.randint(-60, 1800))
        closed = opened + timedelta(seconds=dice.randint(600, 18000))
        status = dice.choice(("held", "held", "held", "held", "cancelled", "postponed"))
        values: dict[str, Any] = {
            "id": f"m{number}", "title": f"Họp số {number}", "class": dice.choice(("5.1", "5.2", "5.4.b")),
            "level": dice.choice(("TW", "T", "X")), "role": dice.choice(("member", "chair")),
            "planned_opening": planned.isoformat(), "status": status,
        }  # fmt: skip
        if dice.random() < 0.2:
            values["postponed_from"] = (planned - timedelta(days=dice.randint(1, 100))).isoformat()
        if status == "held":
            values |= {"opened_at": opened.isoformat(), "closed_at": closed.isoformat()}
            values |= {"attendance": dice.randint(3, 90), "kind": dice.choice(("", "working"))}
        if dice.random() < 0.8:
            values["joined_at"] = (planned - timedelta(seconds=dice.randint(-60, 9000))).isoformat()
            values["trial_finished_at"] = (planned - timedelta(hours=dice.randint(1, 80))).isoformat()
        if dice.random() < 0.8:
            values["invitation_received_at"] = (planned - timedelta(hours=dice.randint(30, 90))).isoformat()
        meetings.append(record_from(values, MeetingRecord))
        for again in range(dice.choice((0, 0, 1, 2))):
            start = opened + timedelta(seconds=dice.randint(-2000, 9000))
            end = start + timedelta(seconds=dice.randint(1, 9000))
            told: dict[str, Any] = {
                "id": f"i{number}-{again}", "kind": dice.choice(("link", "sound", "power")),
                "started_at": start.isoformat(), "connection_lost": dice.random() < 0.6,
            }  # fmt: skip
            told |= {"meeting_id": f"m{number}"} if dice.random() < 0.8 else {}
            told |= {"restored_at": end.isoformat()} if dice.random() < 0.9 else {}
            incidents.append(record_from(told, IncidentRecord))
    return meetings, incidents
