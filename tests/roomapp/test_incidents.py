"""An interruption by the rules, and nothing of it lost by a kill at any second."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from roomapp.running.meeting.incidents import Incidents
from roomapp.words import Words

BEGAN = datetime(2026, 11, 25, 1, 43, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Rows = list[tuple[str, Mapping[str, Any]]]


class Desk:
    """An Incidents with a journal in a list and a clock in the hand."""

    def __init__(self, rows: Rows | None = None) -> None:
        self.rows: Rows = rows if rows is not None else []
        self.now = BEGAN + timedelta(seconds=8)
        self.incidents = Incidents(
            self._keep, lambda: self.now, lambda at: at.astimezone(ZONE), Words("vi"), "Xã Suối Mây"
        )

    async def _keep(self, kind: str, body: Mapping[str, Any]) -> None:
        self.rows.append((kind, dict(body)))

    def shown(self) -> Any:
        view = self.incidents.view(True)
        assert view is not None
        return view


async def whole(desk: Desk) -> None:
    incidents = desk.incidents
    await incidents.begin(BEGAN, "lost", "carrier")
    await incidents.called()
    await incidents.describe("cause", "cable")
    await incidents.describe("eta", incidents.open.etas[1] if incidents.open else "")
    await incidents.told()
    await incidents.link_is_back()
    await incidents.leave("control_tech", "phone")
    desk.now = BEGAN + timedelta(minutes=7, seconds=30)
    await incidents.restored()


def test_the_clock_runs_from_the_last_good_media_and_shows_the_sites_time() -> None:
    desk = Desk()
    asyncio.run(desk.incidents.begin(BEGAN, "lost", "carrier"))
    assert f"{desk.shown().started_at:%H:%M}" == "08:43"
    assert [eta for eta, _ in desk.shown().etas] == ["09:00", "09:15", "09:45", "unknown"]


def test_the_sentence_to_read_aloud_names_site_time_cause_remedy_and_expected_time() -> None:
    desk = Desk()
    asyncio.run(whole(desk))
    read = desk.shown().read_aloud
    for part in ("Xã Suối Mây", "08:43", "dây mạng trong phòng", "09:15"):
        assert part in read


def test_interruption_ends_when_the_link_stood_again_not_when_it_was_confirmed() -> None:
    desk = Desk()
    asyncio.run(whole(desk))
    desk.now += timedelta(minutes=5)
    asyncio.run(desk.incidents.close("control_tech"))
    assert desk.rows[-1][1]["interruption_s"] == 450.0
    assert desk.incidents.open is None


@pytest.mark.parametrize("kept", range(1, 9))
def test_a_kill_after_any_row_comes_back_to_the_same_step(kept: int) -> None:
    desk = Desk()
    asyncio.run(whole(desk))
    steps = []

    async def walk() -> None:
        again = Desk()
        for kind, body in desk.rows[:kept]:
            again.incidents.remember([(kind, body)])
        steps.append(again.shown().step)

    asyncio.run(walk())
    expected = {1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 6: 4, 7: 5, 8: 6}[kept]
    assert steps == [expected]


def test_words_that_are_not_on_the_lists_change_nothing() -> None:
    desk = Desk()
    asyncio.run(desk.incidents.begin(BEGAN, "lost", "carrier"))
    for key, value in (("cause", "ghosts"), ("eta", "25:99"), ("step", "6")):
        asyncio.run(desk.incidents.describe(key, value))
    assert len(desk.rows) == 1
    assert desk.shown().step == 1
