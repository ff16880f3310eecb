"""One meeting, one lost link, three provinces: three lawful outcomes, in the room and in the journal."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devices.contract import Aim, Outcome
from roomapp.events import Refused
from roomapp.rules.calendar.duties import Standing, next_duty
from roomapp.rules.calendar.worktime import WorkCalendar, deadlines
from roomapp.rules.meeting import meeting_from
from roomapp.rules.pack import HOUSE_PACKS, RulePack, load_pack
from roomapp.rules.session import Phase
from roomapp.running.meeting import calling
from roomapp.running.view import build_view
from tests.roomapp.test_attending import House

OPENING = datetime.fromisoformat("2026-12-01T14:00+07:00")
#  connect, trial (latest), reconnected without leave, framing moved to the speaker, reports, steps on the screen
OUTCOMES: dict[str, tuple[Any, ...]] = {
    "ha-giang": ("12:30", "2026-11-30T17:30", False, True, ["half_year"], 6),  # a working day ahead: Monday
    "lam-dong": ("13:00", "2026-12-01T11:30", True, False, ["half_year"], 5),  # a session ahead: that morning
    "an-giang": ("12:30", "2026-11-30T17:30", False, True, ["quarter", "half_year", "year"], 6),
}


def changed(pack: RulePack) -> dict[str, Any]:
    return {name: getattr(pack, name) for name in pack.__struct_fields__}


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(calling, "LOOK_S", 0.001)
    made = House(tmp_path)
    yield made
    made.run(made.hand.end())
    made.loop.close()


@pytest.mark.parametrize("name", OUTCOMES)
def test_same_meeting_and_lost_link_end_as_each_province_says(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    pack = load_pack(HOUSE_PACKS / f"{name}.toml")
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    times = deadlines(OPENING, "5.4.b", pack, WorkCalendar(zone, pack.office_hours))
    house.meet(**changed(pack))
    moved: list[str] = []
    monkeypatch.setattr(house.room.framing, "aim", lambda seat: _arrive(moved, seat))
    aim = house.run(house.room.aim_at_seat("chair"))
    told = [event.sentence for event in house.hand.events if isinstance(event, Refused)]
    house.road.flows = frozenset()
    house.go(20)
    assert house.room.session.phase is Phase.LOST
    incident = build_view(house.room).incident
    assert incident is not None
    house.run(house.room.reconnect())
    reconnected = bool(house.hand.rows("meeting.reconnecting"))
    reports = [str(one.period) for one in pack.reports]
    asked = (reconnected, moved == ["chair"], reports, len(incident.steps))
    assert (f"{times.connect:%H:%M}", f"{times.latest:%Y-%m-%dT%H:%M}", *asked) == OUTCOMES[name]
    moves = [row["move"] for row in house.hand.rows("session.moved")]
    assert ("reconnect" in moves) == reconnected
    assert bool(house.hand.rows("framing.kept_fixed")) == (aim.outcome is Outcome.FAILED) == (not moved)
    assert (house.room.words("framing.kept_fixed") in told) == (not moved)


async def _arrive(moved: list[str], seat: str) -> Aim:
    moved.append(seat)
    return Aim(Outcome.VERIFIED, None, None, 0.1)


def test_fixed_camera_can_still_be_set_before_the_meeting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.begin(**changed(load_pack(HOUSE_PACKS / "lam-dong.toml")))
    moved: list[str] = []
    monkeypatch.setattr(house.room.framing, "aim", lambda seat: _arrive(moved, seat))
    house.run(house.room.aim_at_seat("chair"))
    assert moved == ["chair"]


def test_nobody_is_asked_for_leave_where_none_is_needed(house: House) -> None:
    """Lâm Đồng: a line that is back is reconnected at once; the step that asks is neither shown nor stood on."""
    house.meet(**changed(load_pack(HOUSE_PACKS / "lam-dong.toml")))
    house.road.flows = frozenset()
    house.go(20)
    for done in (house.room.called_carrier, house.room.told_chair, house.room.link_is_back):
        house.run(done())
    incident = build_view(house.room).incident
    assert incident is not None
    assert (incident.step, incident.steps) == (5, (1, 2, 3, 5, 6))


@pytest.mark.parametrize("asked", ["overview", "nudge"])
def test_fixed_camera_is_not_moved_by_hand_either(house: House, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    house.meet(**changed(load_pack(HOUSE_PACKS / "lam-dong.toml")))
    moved: list[str] = []
    monkeypatch.setattr(house.room.framing, "aim", lambda seat: _arrive(moved, seat))
    monkeypatch.setattr(house.room, "_camera_at", lambda: moved.append("nudged"))
    house.run(house.room.ask_overview() if asked == "overview" else house.room.nudge(1, 0, 0))
    assert moved == []
    assert house.room.words("framing.kept_fixed") in (house.refused(), house.room.framing.sentence)


def test_connect_duty_follows_the_pack() -> None:
    meeting = meeting_from({"id": "m", "title": "t", "class": "5.4.b", "level": "T", "opening": OPENING.isoformat()})
    due = {
        n: next_duty(OPENING.replace(hour=9), [meeting], load_pack(HOUSE_PACKS / f"{n}.toml"), Standing())
        for n in OUTCOMES
    }
    assert {n: f"{d.due:%H:%M}" for n, d in due.items() if d is not None} == {n: o[0] for n, o in OUTCOMES.items()}
