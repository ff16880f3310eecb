"""When are we in the meeting, and when is it an incident: proved over every order in which counters may rise."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.contract import CallState, Evidence, MediaCount, Standing
from roomapp.rules.presence import INCIDENT_S, LOST_S, RISE_S, Presence, Verdict

BEGAN = 1000.0
LOOK_S = 0.5
SENDER = frozenset({"video_in", "audio_in", "video_reported", "audio_reported"})
TRANSPORT = frozenset({"feedback", "acknowledged"})
ALL = SENDER | TRANSPORT | {"video_packets", "video_out", "audio_out"}
STEPS = st.floats(0.1, 1.0)  # seconds from look to look; a hidden page is asked once a second


@dataclass
class Call:
    """One join: its counters, its clock, and what was judged."""

    now: float = BEGAN
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ALL, 0))
    presence: Presence = field(default_factory=lambda: Presence(BEGAN))
    verdicts: list[tuple[float, Verdict]] = field(default_factory=list)

    def look(self, rising: frozenset[str], step_s: float = LOOK_S, connections: int = 1, **said: Any) -> Verdict:
        self.now += step_s
        for name in rising:
            self.counts[name] += 7
        c = self.counts
        evidence = Evidence(
            at=self.now,
            connections=connections,
            feedback=c["feedback"],
            acknowledged=c["acknowledged"],
            video_in=MediaCount(frames=c["video_in"], packets=c["video_packets"], reported=c["video_reported"]),
            audio_in=MediaCount(packets=c["audio_in"], reported=c["audio_reported"]),
            video_out=MediaCount(frames=c["video_out"]),
            audio_out=MediaCount(packets=c["audio_out"]),
            **said,
        )
        verdict = self.presence.judge(evidence)
        self.verdicts.append((self.now, verdict))
        return verdict

    def go(self, rising: frozenset[str], seconds: float, step_s: float = LOOK_S, **said: Any) -> Verdict:
        ends = self.now + seconds
        verdict = self.look(rising, step_s, **said)
        while self.now + step_s <= ends:
            verdict = self.look(rising, step_s, **said)
        return verdict

    def lost_at(self) -> float:
        return next(at for at, verdict in self.verdicts if verdict.state is CallState.MEDIA_LOST)

    def incidents(self) -> Iterator[float]:
        return (at for at, verdict in self.verdicts if verdict.incident)


def in_meeting(seconds: float = 5.0) -> Call:
    call = Call()
    assert call.go(ALL, seconds).in_meeting
    return call


@given(st.lists(st.tuples(STEPS, st.frozensets(st.sampled_from(sorted(ALL))), st.integers(0, 2)), max_size=80))
@settings(deadline=None)
def test_never_in_meeting_without_rising_frames_and_packets(looks: list[tuple[float, frozenset[str], int]]) -> None:
    call, rose = Call(), dict.fromkeys(ALL, -1e9)
    for step_s, rising, connections in looks:
        verdict = call.look(rising, step_s, connections)
        rose.update(dict.fromkeys(rising, call.now))
        if verdict.in_meeting:
            assert call.now - rose["video_in"] <= RISE_S
            assert call.now - rose["audio_in"] <= RISE_S
            assert verdict.linked
            assert connections > 0
        assert not verdict.incident or verdict.state is CallState.MEDIA_LOST


@given(
    st.lists(
        st.tuples(STEPS, st.frozensets(st.sampled_from(sorted(ALL - TRANSPORT - SENDER | {"video_in", "audio_in"}))))
    )
)
@settings(deadline=None)
def test_never_an_incident_while_transport_is_fresh_and_sender_stopped_reporting(
    looks: list[tuple[float, frozenset[str]]],
) -> None:
    call = in_meeting()
    for step_s, rising in looks:
        call.look(rising | TRANSPORT, step_s)
    call.go(TRANSPORT, 30)
    assert list(call.incidents()) == []


@given(STEPS, st.floats(0.5, 60), st.frozensets(st.sampled_from(sorted(ALL - {"feedback"}))))
@settings(deadline=None)
def test_loss_is_told_after_eight_seconds_and_an_incident_after_ten(
    step_s: float, good_s: float, others: frozenset[str]
) -> None:
    call = Call()
    call.go(ALL, 2, step_s)
    call.go(ALL, good_s, step_s)
    stopped_at = call.now
    call.go(others, 20, step_s)
    assert LOST_S < call.lost_at() - stopped_at <= LOST_S + step_s + 1e-6
    assert INCIDENT_S <= next(call.incidents()) - stopped_at + 1e-6 <= INCIDENT_S + step_s + 2e-6
    assert all(v.state in (CallState.MEDIA_OK, CallState.DEGRADED, CallState.MEDIA_LOST) for _, v in call.verdicts[1:])


@given(STEPS, st.floats(0, INCIDENT_S - 1.0), st.frozensets(st.sampled_from(sorted(ALL))))
@settings(deadline=None)
def test_dip_under_ten_seconds_is_no_incident(step_s: float, dip_s: float, still: frozenset[str]) -> None:
    call = in_meeting()
    call.go(still, dip_s, step_s)
    call.look(ALL, min(step_s, INCIDENT_S - dip_s - 0.01))
    call.go(ALL, 15, step_s)
    assert list(call.incidents()) == []
    assert call.verdicts[-1][1].in_meeting


def test_camera_off_for_ninety_minutes_is_no_incident() -> None:
    call = in_meeting()
    off = ALL - {"video_in", "video_reported"}
    assert call.go(off, 90 * 60, 1.0).linked
    assert list(call.incidents()) == []
    assert call.verdicts[-1][1].said == "chair_stopped"
    assert call.go(ALL, 5).in_meeting
    assert list(call.incidents()) == []


def test_camera_never_on_for_ninety_minutes_is_no_incident() -> None:
    call = Call()
    verdict = call.go(ALL - {"video_in", "video_reported"}, 90 * 60, 1.0)
    assert list(call.incidents()) == []
    assert (verdict.state, verdict.linked, verdict.said) == (CallState.IN_ROOM, True, "no_picture_yet")


@pytest.mark.parametrize("kinds", [("video",), ("audio",), ("video", "audio")])
def test_media_that_its_sender_goes_on_reporting_is_lost_after_eight_seconds_an_incident_after_ten(
    kinds: tuple[str, ...],
) -> None:
    call = in_meeting()
    stopped_at = call.now
    call.go(ALL - {f"{kind}_in" for kind in kinds}, 12)
    assert 8 <= call.lost_at() - stopped_at <= 9
    assert 10 <= next(call.incidents()) - stopped_at <= 11
    assert call.verdicts[-1][1].said == "media_gone"
    assert call.presence.last_good == stopped_at


@given(st.floats(1, 5400), st.floats(0, 4))
@settings(deadline=None, max_examples=30)
def test_sender_that_begins_again_has_time_for_its_first_picture(pause_s: float, late_s: float) -> None:
    call = in_meeting()
    call.go(ALL - SENDER, pause_s, 1.0)
    call.go(ALL - {"video_in"}, late_s)
    call.go(ALL, 5)
    assert list(call.incidents()) == []


def test_incident_is_over_when_its_sender_stops_reporting() -> None:
    call = in_meeting()
    assert call.go(ALL - {"video_in", "audio_in"}, 12).incident
    verdict = call.go(ALL - SENDER, 12)
    assert (verdict.state, verdict.said) == (CallState.IN_ROOM, "chair_stopped")


def test_gap_that_was_filled_is_forgotten() -> None:
    call = in_meeting()
    call.go(ALL - {"video_in", "audio_in"}, 6)
    call.go(ALL, 5)
    call.go(ALL - SENDER, 30)
    assert list(call.incidents()) == []


def test_packets_without_a_decoded_picture_are_no_meeting() -> None:
    call = Call()
    for _ in range(40):
        call.look(ALL - {"video_in"})
        assert not call.verdicts[-1][1].in_meeting
    assert call.verdicts[-1][1].said == "no_picture_yet"


def test_counters_that_fall_are_not_rising() -> None:
    call = in_meeting()
    for name in ("video_in", "audio_in", "feedback"):
        call.counts[name] = 1
    assert not call.go(frozenset(), 3.5).in_meeting


def test_incident_clock_begins_where_the_transport_ended_not_where_the_camera_went_off() -> None:
    call = in_meeting()
    call.go(ALL - SENDER, 80 * 60, 1.0)
    stopped_at = call.now
    call.go(frozenset(), 10)
    assert call.verdicts[-1][1].said == "lost"
    assert call.presence.last_good == stopped_at


@pytest.mark.parametrize("error", ["crashed", "hung", "program_ended"])
def test_dead_page_is_an_incident_at_once(error: str) -> None:
    verdict = in_meeting().look(frozenset(), page_error=error)
    assert (verdict.state, verdict.linked, verdict.media) == (CallState.MEDIA_LOST, False, "none")
    assert verdict.said == f"page_{error}"


def test_page_that_never_stood_is_a_failure_not_an_incident() -> None:
    verdict = Call().look(frozenset(), page_error="load_failed")
    assert (verdict.state, verdict.incident) == (CallState.FAILED, False)


def test_sound_without_acknowledgement_is_not_linked() -> None:
    verdict = Call().go(ALL - {"acknowledged"}, 30)
    assert (verdict.linked, verdict.state) == (False, CallState.CONNECTING)


@given(st.sampled_from([None, *Standing]), st.booleans(), st.booleans(), st.sampled_from([None, True, False]))
@settings(deadline=None)
def test_what_a_platform_says_never_makes_a_meeting(
    standing: Standing | None, signalling: bool, common_video: bool, muted: bool | None
) -> None:
    said = {"standing": standing, "signalling": signalling, "common_video": common_video, "microphone_muted": muted}
    verdict = Call().go(frozenset(), 20, **said)
    assert (verdict.linked, verdict.in_meeting, verdict.incident) == (False, False, False)


@pytest.mark.parametrize("standing", sorted(Standing))
def test_what_a_platform_says_never_ends_a_meeting_that_moves(standing: Standing) -> None:
    verdict = in_meeting().go(ALL, 30, standing=standing)
    assert (verdict.state, verdict.in_meeting) == (CallState.MEDIA_OK, True)


def test_waiting_room_is_said_while_it_lasts_and_is_no_failure() -> None:
    call = Call()
    verdict = call.go(frozenset(), 90 * 60, 1.0, connections=0, standing=Standing.WAITING_ROOM)
    assert verdict.state is CallState.WAITING_ROOM
    assert call.go(ALL, 5).in_meeting


@pytest.mark.parametrize("standing", [Standing.LOCKED, Standing.FULL, Standing.NO_ROOM, Standing.REFUSED])
def test_room_that_turns_us_away_is_a_failure_with_its_name(standing: Standing) -> None:
    verdict = Call().look(frozenset(), standing=standing)
    assert (verdict.state, verdict.said) == (CallState.FAILED, f"standing_{standing}")


def test_removal_is_an_incident_and_the_end_for_all_is_none() -> None:
    removed = in_meeting().go(frozenset(), 4, connections=0, standing=Standing.REMOVED)
    assert (removed.state, removed.incident) == (CallState.MEDIA_LOST, True)
    call = in_meeting()
    ended = call.go(frozenset(), 60, connections=0, standing=Standing.ENDED)
    assert (ended.state, list(call.incidents())) == (CallState.LEFT, [])


def test_signalling_lost_with_media_alive_is_told_and_is_no_incident() -> None:
    call = in_meeting()
    verdict = call.go(ALL, 120, signalling=False)
    assert (verdict.state, verdict.in_meeting) == (CallState.SIGNALLING_LOST, True)
    assert list(call.incidents()) == []


def test_page_put_up_anew_is_recovering_until_it_counts_again() -> None:
    call = in_meeting()
    assert call.go(frozenset(), 7, connections=0).state is CallState.RECOVERING
    call.counts = dict.fromkeys(ALL, 0)
    assert call.go(ALL, 3).in_meeting
    assert list(call.incidents()) == []


def test_room_without_a_common_codec_is_named_and_no_meeting() -> None:
    call = Call()
    verdict = call.go(ALL - {"video_in"}, 60, common_video=False)
    assert (verdict.state, verdict.said, verdict.in_meeting) == (CallState.IN_ROOM, "no_common_codec", False)
