"""What a kill leaves behind: the interruption counts from the last sign of life, not from the restart."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from roomapp.events import Event, RoomView
from roomapp.profile import PRACTICE, load_or_last_good
from roomapp.records.journal import FILE_NAME, Journal
from roomapp.rules.session import Phase, State
from roomapp.running.storeys.core import ALIVE_DRAFT, STATE_KIND
from roomapp.words import Words
from ui.assemble import Sound, assemble


async def killed_in_a_meeting(folder: Path, connected: datetime, alive: datetime | None) -> None:
    """The journal of a room that stood in a meeting until a kill."""
    journal = await Journal(folder / FILE_NAME, lambda: connected).open()
    state = State(phase=Phase.IN_ROOM, connected_at=connected)
    body = {"move": "linked", "phase": str(state.phase), "meeting": "practice", "state": msgspec.to_builtins(state)}
    await journal.append(STATE_KIND, body)
    await journal.keep_draft(ALIVE_DRAFT, alive and alive.isoformat())
    await journal.close()


async def reopened(folder: Path) -> RoomView:
    words, seen = Words("vi"), list[Event]()
    profile = load_or_last_good(PRACTICE, folder, words).profile
    house = await assemble(profile, True, folder, words, seen.append, sound=Sound(False, True))
    await house.close()
    return seen[0].view


@pytest.mark.parametrize("noted_ago_s", [None, 40.0])
def test_interruption_counts_from_the_last_sign_of_life(tmp_path: Path, noted_ago_s: float | None) -> None:
    now = datetime.now(UTC)
    connected = now - timedelta(seconds=100)
    noted = None if noted_ago_s is None else now - timedelta(seconds=noted_ago_s)
    asyncio.run(killed_in_a_meeting(tmp_path, connected, noted))
    incident = asyncio.run(reopened(tmp_path)).incident
    assert incident is not None
    assert abs((incident.started_at - (noted or connected)).total_seconds()) < 0.01


def test_a_clock_set_back_makes_no_negative_interruption(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    asyncio.run(killed_in_a_meeting(tmp_path, before - timedelta(seconds=9), before + timedelta(hours=1)))
    incident = asyncio.run(reopened(tmp_path)).incident
    assert incident is not None
    assert before <= incident.started_at <= datetime.now(UTC)
