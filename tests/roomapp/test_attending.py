"""A meeting as the room lives it: what is kept of a trial, of a cause, of a road, of a moderator's wish."""

import asyncio
import json
from collections.abc import Coroutine, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contract import Ability, CallState, Layer, MicState, Request, Standing
from roomapp.events import Lamp, Place, Refused
from roomapp.records.registers.register import fold
from roomapp.rules.consent_paper import ConsentPaper, paper_from
from roomapp.rules.link_sums import LinkSums
from roomapp.rules.pack import Consent
from roomapp.rules.session import Move, Phase
from roomapp.running.meeting import calling
from roomapp.running.meeting.consents import Consents
from tests.fakes.conference import HandConference, HandRoom

ALL = frozenset({"transport", "video", "audio"})


class House:
    """A checked room with a meeting on the province's system; its conferences are moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.road, self.other, self.foreign = HandConference(), HandConference(), HandConference()
        for road in (self.road, self.other, self.foreign):
            road.budget = 0
        self.hand = HandRoom(folder, {"tinh": self.road, "edge": self.other, "ngoai": self.foreign})

    def begin(self, platform: str = "tinh", room: str = "4821", **pack: Any) -> "House":
        self.room = self.run(self.hand.begin(**pack))
        self.run(self.room.add_meeting(platform, room, datetime.now(UTC) + timedelta(hours=2)))
        self.run(self.room._move(Move.POWER_ON))
        self.run(self.room._move(Move.FINISH_CHECK))
        return self

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def meet(self, platform: str = "tinh", **pack: Any) -> "House":
        self.begin(platform, **pack)
        self.run(self.room.join_meeting(False))
        self.go(3)
        assert self.room.session.phase is Phase.IN_ROOM
        return self

    def go(self, seconds: float, road: HandConference | None = None) -> None:
        """The conference's own clock goes on by so much."""
        looked, ends = road or self.road, self.loop.time() + 5
        looked.budget = round(2 * seconds)
        while self.room.calling.active() and looked.budget > 0 and self.loop.time() < ends:
            self.run(asyncio.sleep(0.002))
        self.run(asyncio.sleep(0.05))

    def said(self) -> str:
        return self.room.calling.view().said

    def refused(self) -> str:
        return next((event.sentence for event in reversed(self.hand.events) if isinstance(event, Refused)), "")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(calling, "LOOK_S", 0.001)
    made = House(tmp_path)
    yield made
    made.run(made.hand.end())
    made.loop.close()


def test_trial_is_kept_with_what_was_measured_both_ways_and_who_confirmed(house: House) -> None:
    house.begin()
    house.run(house.room.start_trial())
    house.go(12)
    house.room.watch_trial()
    trial = house.room.trial_view()
    assert trial is not None
    assert (trial.enough, trial.good, trial.picture_wanted) == (True, True, True)
    house.run(house.room.keep_trial_picture(b"PNG"))
    house.run(house.room.confirm_trial(True))
    house.run(house.room.end_trial())
    (kept,) = house.hand.rows("trial.held")
    assert (kept["media"], kept["confirmed"], kept["who"], kept["cause"]) == ("both", True, "control_tech", None)
    assert kept["finished_at"]
    assert kept["microphone_closed"]
    assert (house.hand.folder / "trials" / f"{kept['trial']}.png").stat().st_mode & 0o077 == 0
    assert (house.room.session.phase, house.road.acts) == (Phase.READY, ["join", "leave"])
    view = house.hand.views[-1]
    assert (view.place, view.trial, view.call.failed) == (Place.HOME, None, False)


def test_trial_whose_link_falls_is_recorded_and_is_no_incident(house: House) -> None:
    house.begin()
    house.run(house.room.start_trial())
    house.go(4)
    house.road.flows = frozenset()
    house.go(14)
    assert house.hand.rows("incident.opened") == []
    assert len(house.hand.rows("trial.held")) == 1
    assert house.room.session.phase is Phase.READY
    assert not house.road.joined


def test_trial_that_never_links_is_recorded_and_leaves_nothing_of_a_trial_behind(house: House) -> None:
    """Neither the screen of the meeting after it, nor an answer about state secrets that nobody gave."""
    house.begin()
    house.road.flows = frozenset()
    house.run(house.room.start_trial())
    house.go(50)
    (held,) = house.hand.rows("trial.held")
    assert (held["state"], held["linked"]) == ("failed", False)
    assert held["cause"] == house.room.words("call.never_carrier")
    view = house.hand.views[-1]
    assert (view.trial, view.call.failed, view.secret_answered) == (None, False, False)
    house.run(house.room.join_meeting(None))
    assert house.road.acts == ["join", "leave"], "the question was never asked"


def test_trial_that_was_stopped_is_none_for_the_meeting_after_it(house: House) -> None:
    house.begin()
    house.road.flows = frozenset()
    house.run(house.room.start_trial())
    house.run(house.room.stop_joining())
    house.road.flows = ALL
    house.run(house.room.join_meeting(False))
    house.go(3)
    assert house.hand.views[-1].trial is None
    assert house.hand.views[-1].secret_answered


@pytest.mark.parametrize("layer", [Layer.CABLE, Layer.SERVER, Layer.PLATFORM])
def test_join_that_never_links_is_ended_and_its_cause_is_named(house: House, layer: Layer) -> None:
    house.begin()
    house.hand.path.layer, house.road.flows = layer, frozenset()
    house.run(house.room.join_meeting(False))
    house.go(50)
    view = house.room.calling.view()
    assert (view.state, view.sentence) == (CallState.FAILED, house.room.words(f"call.never_{layer}"))
    assert house.hand.rows("meeting.join_failed")[0]["why"] == f"never_{layer}"
    assert house.hand.path.asked == [("hop.example.vn", 443)]
    assert not house.road.joined  # a call that failed must not come about later, unseen


def test_waiting_room_may_last_longer_than_a_failed_join(house: House) -> None:
    house.begin()
    house.road.flows, house.road.says = frozenset(), {"standing": Standing.WAITING_ROOM}
    house.run(house.room.join_meeting(False))
    house.go(90)
    assert house.room.calling.view().state is CallState.WAITING_ROOM
    house.road.flows, house.road.says = ALL, {}
    house.go(3)
    assert house.room.session.phase is Phase.IN_ROOM


def test_meeting_moved_to_its_fallback_shortly_before_it_opens_stays_one_meeting(house: House) -> None:
    house.begin("tinh")
    (id,) = house.room.meetings
    house.run(house.room.change_meeting(id, {"platform": "edge"}))
    house.run(house.room.join_meeting(False))
    house.go(5, house.other)
    assert (house.road.acts, house.other.acts[:1]) == ([], ["join"])
    (held,) = fold(house.hand.journal.rows(), datetime.now(UTC) + timedelta(hours=3)).meetings
    assert (held.id, held.status) == (id, "held")


def test_quality_of_the_connection_is_kept_with_the_call_and_stands_in_the_record(house: House) -> None:
    house.meet()
    house.road.says = {"rtt_ms": 40.0}
    house.go(30)
    house.road.flows = frozenset()
    house.go(20)
    assert house.room.session.phase is Phase.LOST
    (row,) = house.hand.rows("meeting.link")
    assert row["looked_s"] > 25
    assert row["packets"] > 500
    assert 30 < row["rtt_ms_s"] / row["rtt_s"] < 50
    id = house.room.meeting_id
    kept = house.hand.journal.rows()
    assert fold(kept, datetime.now(UTC)).links[id] == LinkSums.of(row)


def test_other_system_is_joined_only_with_its_consent_paper(house: House) -> None:
    house.begin("ngoai")
    house.run(house.room.join_meeting(False))
    assert house.foreign.acts == []
    assert house.refused() == house.room.words("session.needs_paper")
    day = house.room.today()
    yesterday, before = day - timedelta(days=1), day - timedelta(days=40)
    house.run(house.room.join_meeting(False, ConsentPaper("11", before, "province", until=yesterday)))
    assert house.foreign.acts == []
    assert house.refused() == house.room.words("session.paper_not_valid")
    valid = ConsentPaper("12", before, "province", until=day)
    house.run(house.room.join_meeting(False, valid))
    assert house.foreign.acts == ["join"]
    row = house.hand.rows("meeting.joining")[-1]
    assert row["paper"] == f"Văn bản số 12 ngày {before:%d/%m/%Y}, UBND tỉnh, có hiệu lực đến {day:%d/%m/%Y}"
    assert paper_from(row["consent"]) == valid
    again = Consents(house.room.words)
    again.remember((row.kind, row.body) for row in house.hand.journal.rows())
    assert again.holding(day) == (valid,)
    assert again.holding(day + timedelta(days=1)) == ()


@given(
    issued=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    until=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
)
def test_consent_holds_from_its_day_to_its_last_and_survives_its_row(
    issued: date, until: date | None, day: date
) -> None:
    paper = ConsentPaper("1", issued, "party", until)
    assert paper.holds_on(day) == (issued <= day <= (until or date.max))
    assert paper_from(json.loads(json.dumps(paper.body()))) == paper


def test_room_without_a_common_codec_offers_the_other_road_and_takes_it_with_leave_only(house: House) -> None:
    house.begin()
    house.road.flows = frozenset({"transport", "audio"})
    house.road.says = {"common_video": False}
    house.run(house.room.join_meeting(False))
    house.go(5)
    assert (house.said(), house.room.offers_other_road()) == ("no_common_codec", "Trình duyệt")
    house.run(house.room.change_road("  ", "phone"))
    assert house.other.acts == []
    assert house.room.session.phase is Phase.IN_ROOM, "nothing was given up for a word that nobody gave"


def test_other_road_is_taken_on_the_recorded_word_and_remembered_for_a_reconnection(house: House) -> None:
    house.begin()
    house.road.flows, house.road.says = frozenset({"transport", "audio"}), {"common_video": False}
    house.run(house.room.join_meeting(False))
    house.go(5)
    house.run(house.room.change_road("control_tech", "phone"))
    house.go(4, house.other)
    assert (house.road.acts, house.other.acts[:1]) == (["join", "leave"], ["join"])
    assert house.room.session.phase is Phase.IN_ROOM
    assert house.hand.rows("meeting.road_changed")[0]["who"] == "control_tech"
    assert [row["who"] for row in house.hand.rows("incident.leave")] == ["control_tech"]
    assert len(house.hand.rows("incident.restored")) == 1
    house.run(house.room.confirm_two_way())
    house.other.flows = frozenset()
    house.go(13, house.other)
    house.run(house.room.record_leave("control_tech", "phone"))
    house.run(house.room.reconnect())
    assert house.other.acts.count("join") == 2


def test_room_without_a_number_waits_for_the_chair_sites_call_and_takes_it_when_touched(house: House) -> None:
    house.road.able = frozenset({Ability.ANSWER})
    house.begin(room="")
    house.run(house.room.join_meeting(False))
    house.go(90)
    assert house.road.acts == ["wait"]
    assert house.room.calling.view().sentence == house.room.words("call.waiting_for_call")
    house.road.says = {"ringing": "MCU tỉnh"}
    house.go(2)
    assert house.room.calling.view().ringing == "MCU tỉnh"
    house.run(house.room.answer_call())
    house.go(3)
    assert house.room.session.phase is Phase.IN_ROOM


def test_page_put_up_anew_closes_the_microphone_and_is_kept(house: House) -> None:
    house.meet()
    house.run(house.room.invited_to_speak())
    house.run(house.room.open_microphone())
    house.road.says = {"attached": 1}
    house.go(2)
    assert house.hand.guard.is_now is MicState.CLOSED
    assert len(house.hand.rows("meeting.reattached")) == 1
    assert house.hand.rows("incident.opened") == []


@pytest.mark.parametrize("reattach", sorted(Consent))
def test_fallen_page_may_come_back_only_where_the_pack_says_so_and_only_into_a_meeting(
    house: House, reattach: Consent
) -> None:
    house.begin(reattach=reattach)
    assert not house.room.may_reattach()
    house.run(house.room.join_meeting(False))
    house.go(3)
    assert house.room.may_reattach() is (reattach is Consent.FREE)


def test_moderators_wish_is_an_invitation_and_never_opens_the_microphone(house: House) -> None:
    house.meet()
    house.road.asks(Request.UNMUTE)
    house.go(2)
    assert house.room.speaking.view().lamp is Lamp.INVITED
    assert not any(act.startswith("open") for act in house.hand.guard.acts)


def test_moderators_mute_is_obeyed_at_the_system(house: House) -> None:
    house.meet()
    house.run(house.room.invited_to_speak())
    house.run(house.room.open_microphone())
    house.road.asks(Request.MUTED)
    house.go(2)
    assert house.hand.guard.is_now is MicState.CLOSED
    assert house.hand.rows("microphone.closed")[-1]["why"] == "moderator"


@pytest.mark.parametrize(("able", "by"), [(True, "hand"), (False, "phone")])
def test_request_to_speak_goes_by_the_platforms_hand_where_it_has_one(house: House, able: bool, by: str) -> None:
    if not able:
        house.road.able = frozenset()
    house.meet()
    house.run(house.room.ask_to_speak())
    assert house.hand.rows("microphone.asked") == [{"by": by}]
    assert ("hand True" in house.road.acts) is able


def test_dip_under_ten_seconds_is_a_note_and_no_incident(house: House) -> None:
    house.meet()
    house.road.flows = frozenset()
    house.go(9)
    house.road.flows = ALL
    house.go(3)
    assert house.hand.rows("incident.opened") == []
    (dip,) = house.hand.rows("meeting.dip")
    assert 3 <= dip["seconds"] <= 10


@pytest.mark.parametrize(
    ("layer", "cause", "remedy"),
    [
        (Layer.CABLE, "cable", "replug"),
        (Layer.ADDRESS, "gateway", "restart_box"),
        (Layer.CARRIER, "carrier", "carrier_repairs"),
        (Layer.PLATFORM, "platform", "wait_server"),
    ],
)
def test_incident_names_the_layer_that_died(house: House, layer: Layer, cause: str, remedy: str) -> None:
    house.meet()
    house.hand.path.layer, house.road.flows = layer, frozenset()
    house.go(14)
    (opened,) = house.hand.rows("incident.opened")
    assert (opened["where"], opened["cause"], opened["remedy"]) == (layer, cause, remedy)
    assert len(house.hand.path.asked) == 1
    view = house.hand.views[-1].incident
    assert view is not None
    assert house.room.words(f"incident.where_{layer}") in view.sentence


def test_fallen_page_is_this_pcs_fault_without_looking_at_the_way(house: House) -> None:
    house.meet()
    house.road.says = {"page_error": "crashed"}
    house.go(2)
    assert house.hand.rows("incident.opened")[0]["where"] == "device"
    assert house.hand.path.asked == []


def test_end_for_all_is_no_incident_and_leaves_nothing_by_itself(house: House) -> None:
    house.meet()
    house.road.flows, house.road.says = frozenset(), {"standing": Standing.ENDED}
    house.go(20)
    assert (house.said(), house.room.session.phase) == ("standing_ended", Phase.IN_ROOM)
    assert house.hand.rows("incident.opened") == []
    assert house.road.acts == ["join"]


def test_trial_ended_by_a_restart_is_over(house: House, tmp_path: Path) -> None:
    house.begin()
    house.run(house.room.start_trial())
    house.go(3)
    house.run(house.hand.end())
    house.road.joined = False
    house.room = house.run(house.hand.begin())
    assert house.room.session.phase is Phase.READY
    assert house.hand.rows("incident.opened") == []


def test_every_state_that_can_be_said_has_its_sentence_in_both_languages(house: House) -> None:
    from roomapp.words import LANGUAGES, Words

    house.begin()
    said = {f"standing_{one}" for one in Standing} | {"standing_gone"} | {f"never_{one}" for one in Layer}
    said |= {f"page_{one}" for one in PAGE_ERRORS} | {f"no_{one}" for one in ROAD_ORDERS} | SAID
    for lang in LANGUAGES:
        words = Words(lang)
        assert all(f"call.{one}" in words for one in said)
        assert all(f"incident.layer_standing_{one}" in words for one in Standing if one not in NEVER_LOST)
        assert all(f"incident.layer_page_{one}" in words for one in PAGE_ERRORS)


PAGE_ERRORS = ("crashed", "hung", "load_failed", "certificate", "unsandboxed", "program_ended")
ROAD_ORDERS = (Ability.LAYOUT, Ability.ANSWER, Ability.TONES, Ability.WINDOW)
SAID = {  # of roomapp/rules/presence.py and attested.py
    *("connecting", "ringing", "waiting_for_call", "in_meeting", "signalling_lost", "recovering", "weak", "lost"),
    *("no_common_codec", "no_sound_yet", "no_picture_yet", "chair_stopped", "media_gone"),
    *("seen_by_person", "answered_by_road", "look_yourself", "no_answer_now", "refused", "never_device"),
}
NEVER_LOST = (Standing.WAITING_ROOM, Standing.PASSWORD)


# --- opening and closing ----------------------------------------------------------------------------------------------


def test_khai_mac_is_asked_from_the_planned_time_on_and_told_once(house: House) -> None:
    house.meet()
    assert not house.hand.views[-1].asks_opening  # it opens in two hours
    house.run(house.room.change_meeting(house.room.meeting_id, {"opening": datetime.now(UTC).isoformat()}))
    assert house.hand.views[-1].asks_opening
    house.run(house.room.declare_opening())
    house.run(house.room.declare_opening())
    assert [row["meeting"] for row in house.hand.rows("meeting.opened")] == [house.room.meeting_id]
    assert not house.hand.views[-1].asks_opening


def test_trial_is_never_opened(house: House) -> None:
    house.begin()
    house.run(house.room.start_trial())
    house.go(3)
    house.run(house.room.declare_opening())
    assert house.hand.rows("meeting.opened") == []


def test_closing_is_kept_with_its_time_and_who_declared_it(house: House) -> None:
    house.meet()
    house.run(house.room.close_meeting("chair"))
    (row,) = house.hand.rows("meeting.closed")
    assert (row["meeting"], row["by"]) == (house.room.meeting_id, "chair")
    assert abs(datetime.fromisoformat(row["at"]) - datetime.now(UTC)) < timedelta(seconds=30)


def test_people_are_counted_within_reason(house: House) -> None:
    house.meet()
    for people in (-1, 10_000, 25):
        house.run(house.room.count_people(house.room.meeting_id, people))
    assert [row["people"] for row in house.hand.rows("meeting.attendance")] == [25]
