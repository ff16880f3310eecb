"""One meeting, one lost link, three provinces: three lawful outcomes, in the room and in the journal."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from devices.contract import Aim, Outcome
from roomapp.rules.calendar.duties import Standing, next_duty
from roomapp.rules.calendar.worktime import WorkCalendar, deadlines
from roomapp.rules.meeting import meeting_from
from roomapp.rules.pack import HOUSE_PACKS, RulePack, load_pack
from roomapp.rules.session import Phase
from roomapp.running.meeting import calling
from tests.roomapp.test_attending import House

OPENING = datetime.fromisoformat("2026-12-01T14:00+07:00")
#  connect, trial (latest), reconnected without leave, framing moved to the speaker, reports
OUTCOMES: dict[str, tuple[Any, ...]] = {
    "ha-giang": ("12:30", "2026-11-30T17:30", False, True, ["half_year"]),  # a working day ahead: Monday
    "lam-dong": ("13:00", "2026-12-01T11:30", True, False, ["half_year"]),  # a session ahead: that morning
    "an-giang": ("12:30", "2026-11-30T17:30", False, True, ["quarter", "half_year", "year"]),
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
    house.road.flows = frozenset()
    house.go(20)
    assert house.room.session.phase is Phase.LOST
    house.run(house.room.reconnect())
    reconnected = bool(house.hand.rows("meeting.reconnecting"))
    reports = [str(one.period) for one in pack.reports]
    outcome = (f"{times.connect:%H:%M}", f"{times.latest:%Y-%m-%dT%H:%M}", reconnected, moved == ["chair"], reports)
    assert outcome == OUTCOMES[name]
    moves = [row["move"] for row in house.hand.rows("session.moved")]
    assert ("reconnect" in moves) == reconnected
    assert bool(house.hand.rows("framing.kept_fixed")) == (aim.outcome is Outcome.FAILED) == (not moved)


async def _arrive(moved: list[str], seat: str) -> Aim:
    moved.append(seat)
    return Aim(Outcome.VERIFIED, None, None, 0.1)


def test_fixed_camera_can_still_be_set_before_the_meeting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.begin(**changed(load_pack(HOUSE_PACKS / "lam-dong.toml")))
    moved: list[str] = []
    monkeypatch.setattr(house.room.framing, "aim", lambda seat: _arrive(moved, seat))
    house.run(house.room.aim_at_seat("chair"))
    assert moved == ["chair"]


def test_connect_duty_follows_the_pack() -> None:
    meeting = meeting_from({"id": "m", "title": "t", "class": "5.4.b", "level": "T", "opening": OPENING.isoformat()})
    due = {
        n: next_duty(OPENING.replace(hour=9), [meeting], load_pack(HOUSE_PACKS / f"{n}.toml"), Standing())
        for n in OUTCOMES
    }
    assert {n: f"{d.due:%H:%M}" for n, d in due.items() if d is not None} == {n: o[0] for n, o in OUTCOMES.items()}
