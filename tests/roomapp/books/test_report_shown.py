"""What the screen says of a report: complete only where it is, and a period that runs on stays owed."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roomapp.events import PaperState
from roomapp.rules.calendar.duties import DutyKind
from roomapp.running.storeys.core import Core
from tests.fakes.conference import HandConference, HandRoom


class Clock:
    now = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


@pytest.fixture
def hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandRoom:
    monkeypatch.setattr(Core, "_utc", lambda _self: Clock.now)
    Clock.now = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    return HandRoom(tmp_path, {"tinh": HandConference()})


def owed(hand: HandRoom) -> list[str]:
    return [duty.what for duty in hand.room.upkeep if duty.kind is DutyKind.REPORT]


def test_period_that_runs_on_is_not_said_to_be_complete_and_stays_owed(hand: HandRoom) -> None:
    async def course() -> None:
        await hand.begin()
        hand.room._since = datetime(2026, 7, 1).date()  # the journal's own rows are of the real clock
        await hand.room.make_report("2026-H2")
        paper = hand.room.paper
        assert paper is not None
        assert (paper.state, paper.sentence) == (PaperState.DOUBTFUL, "Kỳ này chưa hết: số liệu mới đến hôm nay.")
        Clock.now = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)
        hand.room._note_upkeep()
        assert owed(hand) == ["2026-H2"]
        await hand.room.make_report("2026-H2")
        assert hand.room.paper is not None
        assert hand.room.paper.state is PaperState.READY
        assert owed(hand) == []
        await hand.end()

    asyncio.run(course())
