"""The short form of the kill proofs: kill -9 of the kiosk, and a power cut between any two rows of a meeting."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import resources
from roomapp.records.chain import FIRST_PREV, Row, canonical, row_hash, stamp
from roomapp.rules.pack import load_pack
from roomapp.rules.session import Facts, Move, State, advance
from tests.proofs.cuts import cut_everywhere
from tests.proofs.kills import kill_many

KILLS = 6
AT = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)
CHECKED = (
    "surroundings", "conditions", "platform.luyen-tap", "contact", "cameras_on.main", "camera.main",
    "microphone.table", "loudspeaker.room", "sound", "framing",
)  # fmt: skip
SHUT = (
    "closed", "mic_off", "camera.main", "disconnect", "amplifier", "camera_home.main", "camera_off.main", "journal",
)  # fmt: skip


class Writer:
    """Writes rows as the room does, without a room."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._state, self._pack = State(), load_pack(resources.path("rules", "ha-giang.toml"))

    def keep(self, kind: str, **body: Any) -> None:
        seq, at = len(self.rows) + 1, AT + timedelta(seconds=len(self.rows))
        prev = self.rows[-1].hash if self.rows else FIRST_PREV
        self.rows.append(Row(seq, at, kind, body, prev, row_hash(seq, stamp(at), kind, canonical(body), prev)))

    def move(self, *moves: Move, **facts: Any) -> None:
        for move in moves:
            self._state = advance(self._state, move, Facts(AT, self._pack, state_secret=False, **facts))
            state: Mapping[str, Any] = msgspec.to_builtins(self._state)
            self.keep("session.moved", move=str(move), phase=str(self._state.phase), meeting="practice", state=state)

    def run(self, id: str, run: str, steps: tuple[str, ...]) -> None:
        self.keep("checklist.started", run=run, checklist=id)
        for step in steps:
            if step.startswith("camera") and not step.startswith("camera."):
                self.keep("checklist.switching", run=run, step=step)
            if step == "disconnect":
                self.move(Move.CHECK_SYSTEM, Move.DISCONNECT)
            self.keep("checklist.step", run=run, step=step, state="passed")
        self.keep("checklist.finished", run=run, checklist=id)

    def meeting(self, number: int) -> None:
        """Checked, joined, spoken in, lost, reconnected, closed, shut down, signed."""
        self.move(Move.POWER_ON)
        self.run("power_on", f"on-{number}", CHECKED)
        self.move(Move.FINISH_CHECK, Move.JOIN, Move.LINKED, Move.OPEN_MICROPHONE)
        self.keep("microphone.opened", invited_by="chair_site")
        self.keep("microphone.closed", why="officer", open_s=1.0, proven=True)
        self.move(Move.LOSE)
        incident, at = f"incident-{number}", AT.isoformat()
        self.keep("incident.opened", id=incident, started_at=at, layer="lost", cause="unknown", etas=["13:45"])
        for kind in ("called", "told", "link_back"):
            self.keep(f"incident.{kind}", id=incident, at=at)
        self.move(Move.GRANT_LEAVE, who="control_tech", channel="phone")
        self.keep("incident.leave", id=incident, at=at, who="control_tech", channel="phone")
        self.move(Move.RECONNECT, Move.LINKED)
        self.keep("incident.restored", id=incident, at=at)
        self.move(Move.CONFIRM_TWO_WAY, who="control_tech", channel="phone")
        self.keep("incident.closed", id=incident, at=at, who="control_tech")
        self.move(Move.DECLARE_CLOSING, who="chair", channel="in_meeting")
        self.run("shutdown", f"off-{number}", SHUT)
        self.keep("shutdown.signed", journal_rows=1, journal_head="00000000")
        self.move(Move.CUT_POWER)


@pytest.mark.timeout(180)
def test_cut_after_any_row_of_two_meetings_the_room_comes_back_at_the_same_step_with_a_way_on() -> None:
    writer = Writer()
    writer.meeting(1)
    writer.meeting(2)
    cuts, faults = cut_everywhere(writer.rows)
    assert cuts.total() == len(writer.rows) + 1
    assert faults == []


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_six_kills_at_random_moments_lose_no_row_no_step_and_leave_no_microphone_open(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    tallies, faults, _ = kill_many(KILLS, tmp_path, seed)
    assert faults == [], f"seed {seed}"
    assert sum(tally.kills for tally in tallies.values()) == KILLS
