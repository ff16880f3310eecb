"""No path leads to leaving, dialling, rejoining or an open microphone without its record (Art. 9.2 of the rules)."""

import asyncio
import tempfile
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Hunt
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from devices.contract import MicState, Reason, Request, Standing
from roomapp.rules.microphone import Override
from roomapp.rules.pack import Consent
from roomapp.rules.session import Move, Phase
from roomapp.running.meeting import calling
from tests.fakes.conference import HandConference, HandRoom

FAST_S = 0.001  # between two looks; each takes half a second of the conference's own clock
WHO = st.sampled_from(["control_tech", "chair", "", "  "])
BEGAN = ("meeting.joining", "trial.began", "meeting.reconnecting", "meeting.road_changed")


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LOOK_S", FAST_S)


class Officer(RuleBasedStateMachine):
    """Presses whatever there is, in any order, while the platform does whatever a platform does."""

    @initialize(
        reconnect=st.sampled_from(sorted(Consent)),
        reattach=st.sampled_from(sorted(Consent)),
        begun=st.sampled_from(["ready", "met", "met", "speaking", "lost"]),
    )
    def begin(self, reconnect: Consent, reattach: Consent, begun: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.loop = asyncio.new_event_loop()
        self.roads = {id: HandConference() for id in ("tinh", "edge", "ngoai")}
        self.hand = HandRoom(Path(self.folder.name), self.roads)
        self.pack = {"reconnect": reconnect, "reattach": reattach}
        self.room = self.run(self.hand.begin(**self.pack))
        opening = datetime.now(UTC) + timedelta(hours=2)
        self.run(self.room.add_meeting("tinh", "4821", opening))
        self.run(self.room._move(Move.POWER_ON))
        self.run(self.room._move(Move.FINISH_CHECK))
        if begun != "ready":
            self.meet(False)
        if begun == "speaking":
            self.ask_invited_open()
        if begun == "lost":
            self.lose_everything(None)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(work, 20))

    def road(self) -> HandConference:
        return next((road for road in self.roads.values() if road.joined), self.roads["tinh"])

    def teardown(self) -> None:
        if hasattr(self, "room"):
            self.run(self.hand.end())
            self.loop.close()
            self.folder.cleanup()

    # --- what the officer presses ---

    @rule(secret=st.sampled_from([None, True, False]), road=st.sampled_from(["", "edge"]))
    def join(self, secret: bool | None, road: str) -> None:
        self.run(self.room.join_meeting(secret, road=road))

    @rule()
    def trial(self) -> None:
        self.run(self.room.start_trial())

    @rule(yes=st.booleans())
    def confirm_and_end_trial(self, yes: bool) -> None:
        self.run(self.room.confirm_trial(yes))
        self.run(self.room.end_trial())

    @rule()
    def stop_joining(self) -> None:
        self.run(self.room.stop_joining())

    @rule(who=WHO, channel=WHO)
    def record_leave(self, who: str, channel: str) -> None:
        self.run(self.room.record_leave(who, channel))

    @rule()
    def reconnect(self) -> None:
        self.run(self.room.reconnect())

    @rule(who=WHO)
    def change_road(self, who: str) -> None:
        self.run(self.room.change_road(who, "phone"))

    @rule(who=WHO)
    def confirm_two_way(self, who: str) -> None:
        self.run(self.room.confirm_two_way(who))

    @rule(by=WHO)
    def close_meeting(self, by: str) -> None:
        self.run(self.room.close_meeting(by))

    @rule()
    def ask_invited_open(self) -> None:
        self.run(self.room.ask_to_speak())
        self.run(self.room.invited_to_speak())
        self.run(self.room.open_microphone())

    @rule(reason=st.sampled_from(["", "emergency"]), person=WHO)
    def open_by_override(self, reason: str, person: str) -> None:
        self.run(self.room.open_microphone(Override(reason, person)))

    @rule()
    def open_uninvited(self) -> None:
        self.run(self.room.open_microphone())

    @rule()
    def close_microphone(self) -> None:
        self.run(self.room.close_microphone())

    @rule()
    def restart(self) -> None:
        """The program is killed and comes again; the call ends with it."""
        self.run(self.hand.end())
        for road in self.roads.values():
            road.joined = False
        self.room = self.run(self.hand.begin(**self.pack))

    # --- the usual course, so that what is pressed out of turn meets every state ---

    def _in(self, *phases: Phase) -> bool:
        return hasattr(self, "room") and self.room.session.phase in phases

    @precondition(lambda self: self._in(Phase.READY))
    @rule(trial=st.booleans())
    def meet(self, trial: bool) -> None:
        self.road_refuses(None)
        for road in self.roads.values():
            road.flows, road.says = frozenset({"transport", "video", "audio"}), {}
        self.run(self.room.start_trial() if trial else self.room.join_meeting(False))
        self.look(3)

    @precondition(lambda self: self._in(Phase.IN_ROOM))
    @rule(told=st.sampled_from([None, False, True]))
    def lose_everything(self, told: bool | None) -> None:
        """`told`: and the officer reconnects at once, with or without having asked."""
        self.road().flows = frozenset()
        self.look(13)
        if told is not None and self._in(Phase.LOST):
            self.come_back(told)

    @precondition(lambda self: self._in(Phase.LOST, Phase.LEAVE_GRANTED, Phase.REJOINING))
    @rule(told=st.booleans())
    def come_back(self, told: bool) -> None:
        if told:
            self.run(self.room.record_leave("control_tech", "phone"))
        self.run(self.room.reconnect())
        self.all_flows()

    @precondition(lambda self: self._in(Phase.SHUTTING_DOWN, Phase.OFF, Phase.CHECKING, Phase.CLOSING))
    @rule()
    def begin_the_next_day(self) -> None:
        if self.room.runner is not None:
            self.run(self.room.runner.stop())  # the list's own moves are not to meet these
        if self.room.session.phase is Phase.CLOSING:
            self.run(self.room._allowed(Move.CHECK_SYSTEM))
            self.run(self.room._allowed(Move.DISCONNECT))
            self.run(self.room.calling.leave())
        self.run(self.room._allowed(Move.CUT_POWER))
        self.run(self.room._allowed(Move.POWER_ON))
        self.run(self.room._allowed(Move.FINISH_CHECK))

    # --- what the platform does ---

    def look(self, seconds: float) -> None:
        """The conference's own clock goes on by so much."""
        road = self.road()
        until, ends = road.looks + round(2 * seconds), self.loop.time() + 3

        while self.room.calling.active() and road.looks < until and self.loop.time() < ends:
            self.run(asyncio.sleep(0.002))

    @rule()
    def all_flows(self) -> None:
        self.road().flows = frozenset({"transport", "video", "audio"})
        self.road().says = {}
        self.look(3)

    @rule(left=st.frozensets(st.sampled_from(["transport", "video", "audio"]), max_size=2))
    def less_flows(self, left: frozenset[str]) -> None:
        self.road().flows = left
        self.look(13)

    @rule(error=st.sampled_from(["crashed", "hung", "load_failed"]))
    def page_dies(self, error: str) -> None:
        self.road().says = {"page_error": error}
        self.look(2)

    @rule()
    def page_is_put_up_anew(self) -> None:
        self.road().says = {"attached": self.road().says.get("attached", 0) + 1}
        self.look(2)

    @rule(standing=st.sampled_from(sorted(Standing)), common=st.booleans())
    def platform_says(self, standing: Standing, common: bool) -> None:
        self.road().says = {"standing": standing, "common_video": common}
        self.look(2)

    @rule(request=st.sampled_from(sorted(Request)))
    def moderator_asks(self, request: Request) -> None:
        self.road().asks(request)
        self.look(1)

    @rule(refuses=st.sampled_from([None, Reason.NO_ANSWER]))
    def road_refuses(self, refuses: Reason | None) -> None:
        for road in self.roads.values():
            road.refuses = refuses

    # --- what always holds ---

    @invariant()
    def every_act_has_its_record(self) -> None:
        if hasattr(self, "room"):
            moves = self.hand.rows("session.moved")
            self.nothing_is_dialled_without_its_record()
            self.every_reconnection_has_a_leave_of_its_own(moves)
            self.nobody_leaves_a_meeting_that_stands_on_their_own(moves)
            self.the_microphone_opens_only_with_its_ground()

    def nothing_is_dialled_without_its_record(self) -> None:
        dialled = sum(act == "join" for road in self.roads.values() for act in road.acts)
        assert dialled <= len(self.hand.rows(*BEGAN))
        assert not self.room.calling.view().in_meeting or self.road().joined

    def every_reconnection_has_a_leave_of_its_own(self, moves: list[dict[str, Any]]) -> None:
        leaves = 0
        for row in moves:
            if row["move"] == Move.GRANT_LEAVE:
                assert row["who"].strip()
                leaves += 1
            elif row["move"] in (Move.LINKED, Move.POWER_ON, Move.JOIN):
                leaves = 0
            elif row["move"] == Move.RECONNECT:
                assert leaves or self.pack["reconnect"] is Consent.FREE
            elif row["move"] == Move.REATTACH:
                assert self.pack["reattach"] is Consent.FREE

    def nobody_leaves_a_meeting_that_stands_on_their_own(self, moves: list[dict[str, Any]]) -> None:
        """A standing call is left only by the shutdown list after a named closing, or for another road with leave."""
        if self.room.session.phase is Phase.IN_ROOM:
            assert any(road.joined for road in self.roads.values())
        assert all(row["who"].strip() for row in moves if row["move"] == Move.DECLARE_CLOSING)

    def the_microphone_opens_only_with_its_ground(self) -> None:
        opened = self.hand.rows("microphone.opened")
        assert sum(act.startswith("open") for act in self.hand.guard.acts) <= len(opened)
        assert all(row["invited_by"] or (row["reason"].strip() and row["person"].strip()) for row in opened)
        if self.hand.guard.is_now is MicState.OPEN:
            assert "why" not in self.hand.rows("microphone.opened", "microphone.closed")[-1]
            assert self.room.session.phase is Phase.IN_ROOM


TestOfficer = Officer.TestCase
TestOfficer.settings = settings(
    max_examples=30,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Hunt.explicit, Hunt.reuse, Hunt.generate],  # a room a step: shrinking takes minutes
)
