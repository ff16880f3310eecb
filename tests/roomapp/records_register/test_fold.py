"""The register as the journal's own rows tell it: what was lived through in this room."""

from datetime import UTC, timedelta
from typing import Any

from roomapp.records.chain import Row
from roomapp.records.registers.register import Register, fold
from roomapp.rules.reporting.register import Status
from tests.roomapp.records_register.making import at

OPENING = at("30/11/2026 08:00")
NOW = at("30/11/2026 18:00")
ADDED = {
    "id": "m1",
    "title": "Giao ban",
    "class": "5.4.b",
    "level": "T",
    "opening": OPENING.isoformat(),
    "host_unit": "UBND tỉnh",
    "kind": None,
}


def told(*rows: tuple[str, str, dict[str, Any]]) -> Register:
    """(time of the day, kind, body)"""
    made = [
        Row(seq, at(f"30/11/2026 {clock}").astimezone(UTC), kind, body, "", "")
        for seq, (clock, kind, body) in enumerate(rows, 1)
    ]
    return fold(made, NOW)


def moved(phase: str, meeting: str = "m1", trial: bool = False, linked: str | None = "06:20") -> dict[str, Any]:
    connected = None if linked is None else at(f"30/11/2026 {linked}").isoformat()
    return {"move": "x", "phase": phase, "meeting": meeting, "state": {"trial": trial, "connected_at": connected}}


PLANNED = ("06:00", "meeting.added", ADDED)
LINKED = ("06:21", "session.moved", moved("in_room"))
CLOSED = ("10:00", "session.moved", moved("closing"))


def test_a_meeting_told_by_the_officer_is_held_from_opening_to_closing() -> None:
    register = told(
        PLANNED,
        LINKED,
        ("08:06", "meeting.opened", {"meeting": "m1", "at": at("30/11/2026 08:05").isoformat()}),
        ("10:00", "meeting.closed", {"meeting": "m1", "at": at("30/11/2026 09:59").isoformat()}),
        ("10:01", "meeting.attendance", {"meeting": "m1", "people": 12}),
    )
    (one,) = register.meetings
    assert (one.status, one.judged, one.attendance, one.host_unit) == (Status.HELD, False, 12, "UBND tỉnh")
    assert (one.joined_at, one.opened_at) == (at("30/11/2026 06:20"), at("30/11/2026 08:05"))
    assert one.closed_at == at("30/11/2026 09:59")
    assert register.behind([one]) == [1, 2, 3, 4, 5]


def test_where_nobody_told_it_a_meeting_connected_past_its_opening_is_held_and_said_to_be_judged() -> None:
    (one,) = told(PLANNED, LINKED, CLOSED).meetings
    assert (one.judged, one.opened_at, one.closed_at) == (True, OPENING, at("30/11/2026 10:00"))


def test_a_call_left_before_the_opening_was_no_meeting() -> None:
    register = told(PLANNED, LINKED, ("07:00", "session.moved", moved("closing")))
    assert (register.meetings, register.unresolved) == ((), ("m1",))


def test_a_meeting_past_and_never_joined_is_unresolved_and_one_to_come_is_nothing_yet() -> None:
    later = {**ADDED, "id": "m2", "opening": (NOW + timedelta(days=1)).isoformat()}
    register = told(PLANNED, ("06:01", "meeting.added", later))
    assert (register.meetings, register.unresolved) == ((), ("m1",))
    assert register.known["meeting"] == {"m1", "m2"}  # neither id may be taken over from another register


def test_a_cancelled_meeting_stays_in_the_register() -> None:
    (one,) = told(PLANNED, ("07:00", "meeting.cancelled", {"id": "m1", "why": "bão"})).meetings
    assert (one.status, one.planned_opening) == (Status.CANCELLED, OPENING)


def test_a_postponed_meeting_keeps_its_first_day_and_may_be_held_later() -> None:
    postponed = ("07:00", "meeting.postponed", {"id": "m1", "why": "bão", "from": OPENING.isoformat()})
    (one,) = told(PLANNED, postponed).meetings
    assert (one.status, one.planned_first) == (Status.POSTPONED, OPENING)
    anew = at("30/11/2026 14:00")
    (two,) = told(
        PLANNED,
        postponed,
        ("07:01", "meeting.changed", {"id": "m1", "opening": anew.isoformat()}),
        ("14:00", "meeting.opened", {"meeting": "m1", "at": anew.isoformat()}),
    ).meetings
    assert (two.status, two.postponed_from, two.planned_opening) == (Status.HELD, OPENING, anew)


def test_practice_and_trials_are_never_meetings_nor_their_incidents() -> None:
    register = told(
        ("06:00", "meeting.added", {**ADDED, "id": "practice"}),
        ("06:21", "session.moved", moved("in_room", "practice")),
        ("06:22", "incident.opened", {"id": "i", "started_at": OPENING.isoformat(), "etas": []}),
        PLANNED,
        ("07:00", "session.moved", moved("in_room", trial=True)),
        ("07:01", "meeting.connected", {"meeting": "m1", "trial": True}),
    )
    assert (register.meetings, register.incidents) == ((), ())


def test_the_first_confirmed_trial_counts() -> None:
    (one,) = told(
        PLANNED,
        ("06:01", "trial.began", {"meeting": "m1", "trial": "t1"}),
        ("06:02", "trial.confirmed", {"trial": "t1", "both_ways": False, "who": "control_tech"}),
        ("06:03", "trial.confirmed", {"trial": "t1", "both_ways": True, "who": "control_tech"}),
        ("06:09", "trial.confirmed", {"trial": "t1", "both_ways": True, "who": "control_tech"}),
        LINKED,
        CLOSED,
    ).meetings
    assert one.trial_finished_at == at("30/11/2026 06:03")


def test_an_incident_of_the_call_belongs_to_its_meeting_with_every_step() -> None:
    def step(clock: str, kind: str, **more: Any) -> tuple[str, str, dict[str, Any]]:
        return clock, kind, {"id": "i1", "at": at(f"30/11/2026 {clock}").isoformat(), **more}

    register = told(
        PLANNED,
        LINKED,
        (
            "08:30",
            "incident.opened",
            {"id": "i1", "started_at": at("30/11/2026 08:29").isoformat(), "cause": "carrier"},
        ),
        ("08:30", "session.moved", moved("lost")),
        step("08:31", "incident.described", key="remedy", value="replug"),
        step("08:33", "incident.told"),
        step("08:40", "incident.restored"),
        step("08:41", "incident.lost_again"),
        step("08:50", "incident.restored"),
        step("08:51", "incident.closed", who="control_tech"),
        CLOSED,
    )
    (one,) = register.incidents
    assert (one.meeting_id, one.connection_lost, one.cause, one.remedy) == ("m1", True, "carrier", "replug")
    assert (one.told_chair_at, one.restored_at) == (at("30/11/2026 08:33"), at("30/11/2026 08:50"))
    assert register.behind([one]) == [3, 5, 6, 7, 8, 9, 10]


def test_a_link_lost_again_is_not_restored() -> None:
    register = told(
        PLANNED,
        LINKED,
        ("08:30", "incident.opened", {"id": "i1", "started_at": at("30/11/2026 08:29").isoformat()}),
        ("08:40", "incident.restored", {"id": "i1", "at": at("30/11/2026 08:40").isoformat()}),
        ("08:41", "incident.lost_again", {"id": "i1", "at": at("30/11/2026 08:41").isoformat()}),
    )
    assert register.incidents[0].restored_at is None


def test_an_incident_reported_outside_meetings_has_no_meeting() -> None:
    body = {"id": "i1", "kind": "sound", "at": at("30/11/2026 07:00").isoformat()}
    (one,) = told(("07:00", "incident.reported", body)).incidents
    assert (one.meeting_id, str(one.kind), one.connection_lost) == (None, "sound", False)


def test_a_correction_changes_the_register_and_names_its_row_beside_the_first() -> None:
    fields = {"attendance": 30, "id": "other"}
    body = {"register": "meeting", "id": "m1", "fields": fields, "reason": "đếm lại", "who": 1}
    register = told(PLANNED, LINKED, CLOSED, ("11:00", "record.corrected", body))
    (one,) = register.meetings
    assert (one.id, one.attendance) == ("m1", 30)
    assert register.behind([one])[-1] == 4
    assert [(told["row"], told["reason"]) for told in register.corrections] == [(4, "đếm lại")]


def test_rows_that_make_no_sense_stop_nothing() -> None:
    kinds = ("meeting.added", "meeting.changed", "meeting.opened", "session.moved", "trial.confirmed", "record.meeting")
    kinds += ("record.incident", "record.corrected", "incident.opened", "incident.told", "incident.reported")
    odd: list[dict[str, Any]] = [{}, {"id": None}, {"id": "x", "at": 5, "fields": 7}, {"meeting": [], "state": 3}]
    rows = [("07:00", kind, body) for kind in kinds for body in odd]
    register = told(*rows, PLANNED, LINKED, CLOSED)
    assert [one.id for one in register.meetings] == ["m1"]
