"""A meeting's journal by hand: each row as (time of the day, kind, body) on Monday 30/11/2026."""

from datetime import UTC, datetime
from typing import Any

from roomapp.profile import PRACTICE, load_profile
from roomapp.profile.model import Contact
from roomapp.records.chain import Row
from roomapp.records.facts.telling import Telling
from roomapp.records.journal import Person
from roomapp.rules.checklist import expand, load_checklist
from roomapp.words import RESOURCES, Words
from tests.roomapp.records_register.making import PACK, at

Told = tuple[str, str, dict[str, Any]]
VI = Words("vi")
PEOPLE = {1: Person(1, "Hoàng Văn Tủa", "+84912345678"), 2: Person(2, "Lò Văn Ứng", "")}
CONTACTS = tuple(
    Contact(role=role, name=name, phone="0912345678")  # type: ignore[arg-type]
    for role, name in (("control_tech", "Nguyễn Thị Đào"), ("carrier_tech", "Trần Văn Mạng"))
)
DEVICES = {"camera": [("main", "Camera chính")], "link": [("a", "Đường chính"), ("b", "4G dự phòng")]}
STEPS = {
    (name, step.id): step
    for name in ("power_on", "shutdown")
    for step in expand(load_checklist(RESOURCES / "checklists" / f"{name}.toml"), DEVICES)
}


def day(clock: str) -> datetime:
    return at(f"30/11/2026 {clock}").astimezone(UTC)


def iso(clock: str) -> str:
    return day(clock).isoformat()


def rows_of(*told: Told) -> list[Row]:
    return [Row(seq, day(clock), kind, body, "", "") for seq, (clock, kind, body) in enumerate(told, 1)]


def telling() -> Telling:
    site = load_profile(PRACTICE, VI).site
    today = day("18:00").date()
    return Telling(site, PACK, VI, PEOPLE.get, today, CONTACTS, STEPS, {"ghe-1": "Ghế 1"})


def moved(move: str, phase: str, linked: str | None = None, trial: bool = False, **more: Any) -> dict[str, Any]:
    connected = None if linked is None else iso(linked)
    state = {"phase": phase, "trial": trial, "connected_at": connected}
    return {"move": move, "phase": phase, "meeting": "m1", "state": state, **more}


def step(name: str, state: str = "passed", **more: Any) -> dict[str, Any]:
    return {"run": more.pop("run", "r1"), "step": name, "state": state, **more}


def incident(**more: Any) -> dict[str, Any]:
    return {"id": "i1", **more}


ADDED = {
    "id": "m1", "title": "Giao ban", "class": "5.4.b", "level": "T", "opening": iso("08:00"),
    "expected_end": iso("11:00"), "duty_officers": [1, 2],
}  # fmt: skip
TIMES = {
    "meeting": "m1", "why": "added", "opening": iso("08:00"), "class": "5.4.b", "calendar": "c", "pack": "p",
    "connect": iso("06:30"), "strict": iso("05:30"), "latest": iso("06:00"), "invitation": iso("00:10"),
    "confirmed": True,
}  # fmt: skip
LOSS: tuple[Told, ...] = (
    ("08:20:00", "microphone.opened", {"invited_by": "chair_site"}),
    ("08:30:09", "microphone.closed", {"why": "lose", "open_s": 609.0, "proven": True}),
    ("08:30:09", "session.moved", moved("lose", "lost", "06:20")),
    ("08:30:10", "incident.opened", incident(started_at=iso("08:30:01"), layer="lost", cause="carrier",
                                             remedy="carrier_repairs", where="carrier", etas=["08:45"])),
    ("08:31:00", "incident.called", incident(at=iso("08:31:00"), role="carrier_tech")),
    ("08:32:00", "incident.described", incident(at=iso("08:32:00"), key="eta", value="08:45")),
    ("08:33:00", "incident.told", incident(at=iso("08:33:00"), cause="carrier", remedy="carrier_repairs", eta="08:45")),
    ("08:35:00", "incident.answered", incident(at=iso("08:35:00"), role="carrier_tech")),
    ("08:40:00", "incident.link_back", incident(at=iso("08:40:00"))),
    ("08:41:00", "session.moved", moved("grant_leave", "leave_granted", "06:20")),
    ("08:41:00", "incident.leave", incident(at=iso("08:41:00"), who="control_tech", channel="phone")),
    ("08:42:00", "session.moved", moved("reconnect", "rejoining", "06:20")),
    ("08:42:30", "session.moved", moved("linked", "in_room", "06:20")),
    ("08:42:31", "incident.restored", incident(at=iso("08:42:31"))),
    ("08:44:00", "session.moved", moved("confirm_two_way", "in_room", "06:20", who="control_tech")),
    ("08:44:00", "incident.closed", incident(at=iso("08:44:00"), who="control_tech", end="confirmed",
                                             interruption_s=750.0)),
)  # fmt: skip
BEFORE: tuple[Told, ...] = (
    ("04:00", "meeting.added", ADDED),
    ("04:00", "deadlines.set", TIMES),
    ("04:30", "duty.taken", {"person": 1, "instead_of": 2}),
    ("04:40", "session.moved", moved("power_on", "checking") | {"meeting": ""}),
    ("04:40", "checklist.started", {"run": "r1", "checklist": "power_on"}),
    ("04:41", "checklist.step", step("link.a", measured={"ms": 12})),
    ("04:42", "checklist.step", step("link.b", "failed", fault="no_answer")),
    ("04:43", "checklist.step", step("link.b", "skipped", reason="broken")),
    ("04:44", "framing.recalled", {"seat": "ghe-1", "camera": "main", "by": "officer", "outcome": "verified"}),
    ("04:45", "session.moved", moved("finish_check", "ready") | {"meeting": ""}),
    ("05:00", "session.moved", moved("join", "joining", trial=True)),
    ("05:00", "trial.began", {"trial": "t1", "meeting": "m1", "platform": "tinh"}),
    ("05:01", "session.moved", moved("linked", "in_room", "05:01", trial=True)),
    ("05:05", "session.moved", moved("confirm_two_way", "in_room", "05:01", trial=True, who="control_tech")),
    ("05:05", "trial.confirmed", {"trial": "t1", "both_ways": True, "who": "control_tech"}),
    ("05:06", "session.moved", moved("end_trial", "ready", trial=True)),
    ("05:06", "trial.held", {"trial": "t1", "media": "both", "cause": None}),
    ("06:19", "session.moved", moved("join", "joining")),
    ("06:19", "meeting.joining", {"meeting": "m1", "platform": "tinh"}),
    ("06:20", "session.moved", moved("linked", "in_room", "06:20")),
    ("08:05", "meeting.opened", {"meeting": "m1", "at": iso("08:05")}),
    ("08:10", "framing.recalled", {"seat": "ghe-1", "camera": "main", "by": "officer", "outcome": "sent"}),
    ("08:12", "meeting.dip", {"meeting": "m1", "why": "weak", "seconds": 4.0}),
    ("08:15", "microphone.asked", {"by": "hand"}),
    ("08:19", "microphone.invited", {"by": "chair_site"}),
)
AFTER: tuple[Told, ...] = (
    ("10:00", "session.moved", moved("declare_closing", "closing", "06:20", who="chair")),
    ("10:00", "meeting.closed", {"meeting": "m1", "at": iso("10:00"), "by": "chair"}),
    ("10:01", "checklist.started", {"run": "r2", "checklist": "shutdown"}),
    ("10:02", "checklist.step", step("mic_off", run="r2")),
    ("10:10", "session.moved", moved("cut_power", "off")),
    ("10:11", "meeting.attendance", {"meeting": "m1", "people": 12}),
)
WHOLE = (*BEFORE, *LOSS, *AFTER)
