"""A road that cannot measure never says “in the meeting”; its machine answers for it, or a person saw it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.contract import CallState, Evidence, Standing
from roomapp.rules.attested import ANSWER_S, Attested
from roomapp.rules.presence import INCIDENT_S, LOST_S

BEGAN = 500.0


def answering(seconds: float = 5.0, attested: Attested | None = None) -> tuple[Attested, float]:
    attested, now = attested or Attested(BEGAN), BEGAN
    for number in range(int(seconds)):
        now += 1.0
        attested.judge(Evidence(at=now, connections=1, feedback=number + 1))
    return attested, now


@given(
    st.lists(
        st.builds(
            Evidence,
            at=st.floats(BEGAN, BEGAN + 900),
            connections=st.integers(0, 2),
            feedback=st.integers(0, 9),
            page_error=st.sampled_from([None, "program_ended"]),
            standing=st.sampled_from([None, *Standing]),
            window=st.sampled_from([None, True, False]),
            capturing=st.booleans(),
            playing=st.booleans(),
        )
    )
)
@settings(deadline=None)
def test_never_in_the_meeting_by_itself(looks: list[Evidence]) -> None:
    attested = Attested(BEGAN)
    for look in sorted(looks, key=lambda one: one.at):
        verdict = attested.judge(look)
        assert (verdict.in_meeting, verdict.media) == (False, "unknown")
        assert not verdict.linked or look.page_error is None


def test_call_that_its_codec_answers_for_is_linked() -> None:
    attested, now = answering()
    verdict = attested.judge(Evidence(at=now + 1, connections=1, feedback=9))
    assert (verdict.state, verdict.linked, verdict.said) == (CallState.IN_ROOM, True, "answered_by_road")


def test_codec_that_stops_answering_is_told_lost_and_then_an_incident() -> None:
    attested, now = answering()
    at = [now + step / 2 for step in range(1, 40)]
    verdicts = [(t - now, attested.judge(Evidence(at=t, connections=1, feedback=5))) for t in at]
    lost = next(t for t, verdict in verdicts if verdict.state is CallState.MEDIA_LOST)
    assert LOST_S <= lost <= ANSWER_S + LOST_S + 1
    incident = next(t for t, verdict in verdicts if verdict.incident)
    assert INCIDENT_S <= incident <= ANSWER_S + INCIDENT_S + 1


def test_program_is_believed_only_after_a_person_saw_the_chair_site() -> None:
    attested = Attested(BEGAN)
    look = Evidence(at=BEGAN + 1, window=True, capturing=True, playing=True)
    assert (attested.judge(look).linked, attested.judge(look).said) == (False, "look_yourself")
    attested.seen_by_person()
    assert (attested.judge(look).linked, attested.judge(look).said) == (True, "seen_by_person")


@pytest.mark.parametrize("gone", [{"page_error": "program_ended"}, {"window": False}, {"standing": Standing.REMOVED}])
def test_program_that_went_is_an_incident_and_must_be_seen_again(gone: dict[str, object]) -> None:
    attested = Attested(BEGAN)
    attested.judge(Evidence(at=BEGAN + 1, window=True))
    attested.seen_by_person()
    attested.judge(Evidence(at=BEGAN + 2, window=True))
    verdict = attested.judge(Evidence(at=BEGAN + 3, **{"window": True, **gone}))  # type: ignore[arg-type]
    assert (verdict.state, verdict.incident, verdict.linked) == (CallState.MEDIA_LOST, True, False)
    assert not attested.judge(Evidence(at=BEGAN + 4, window=True)).linked
