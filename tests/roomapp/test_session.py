"""The session's moves: the order of the rules holds on every path, and every move closes the microphone."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roomapp.rules.pack import Article, Consent, RulePack, load_pack
from roomapp.rules.session import Facts, Move, NotAllowedError, Phase, State, Word, advance, moves_from
from roomapp.words import LANGUAGES, RESOURCES, Words

HA_GIANG = load_pack(RESOURCES / "rules" / "ha-giang.toml")
FREE = msgspec.structs.replace(HA_GIANG, reconnect=Consent.FREE, leave=Consent.FREE)
START = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)


def facts(rules: RulePack = HA_GIANG, minutes: int = 0, **known: object) -> Facts:
    filled: dict[str, object] = {"who": "anh Hà", "channel": "phone", "state_secret": False, **known}
    return Facts(at=START + timedelta(minutes=minutes), rules=rules, **filled)  # type: ignore[arg-type]


def after(*moves: Move, rules: RulePack = HA_GIANG) -> State:
    state = State()
    for minutes, move in enumerate(moves):
        state = advance(state, move, facts(rules, minutes))
    return state


IN_ROOM = (Move.POWER_ON, Move.FINISH_CHECK, Move.JOIN, Move.LINKED)


def refusal(state: State, move: Move, known: Facts) -> tuple[str, Article | None]:
    with pytest.raises(NotAllowedError) as caught:
        advance(state, move, known)
    return caught.value.reason, caught.value.article


def test_whole_meeting_with_a_loss_ends_switched_off() -> None:
    back = (Move.LOSE, Move.GRANT_LEAVE, Move.RECONNECT, Move.LINKED, Move.CONFIRM_TWO_WAY)
    end = (Move.DECLARE_CLOSING, Move.CHECK_SYSTEM, Move.DISCONNECT, Move.CUT_POWER)
    assert after(*IN_ROOM, *back, *end).phase is Phase.OFF


def test_joining_needs_the_answer_about_state_secrets() -> None:
    ready = after(Move.POWER_ON, Move.FINISH_CHECK)
    assert refusal(ready, Move.JOIN, facts(state_secret=None)) == ("secret_unanswered", Article.STATE_SECRET)
    assert refusal(ready, Move.JOIN, facts(state_secret=True)) == ("state_secret", Article.STATE_SECRET)


def test_joining_before_the_check_is_refused() -> None:
    assert refusal(after(Move.POWER_ON), Move.JOIN, facts()) == ("not_checked", Article.CHECK_BEFORE)


@pytest.mark.parametrize("missing", ["who", "channel"])
def test_leave_to_reconnect_is_recorded_with_person_and_channel(missing: str) -> None:
    lost = after(*IN_ROOM, Move.LOSE)
    assert refusal(lost, Move.GRANT_LEAVE, facts(**{missing: "  "})) == ("who_and_channel", Article.CONNECTION)
    granted = advance(lost, Move.GRANT_LEAVE, facts())
    assert granted.reconnect_allowed_by == Word("anh Hà", "phone", START)


def test_redial_without_leave_is_refused_where_the_pack_asks_for_it() -> None:
    assert refusal(after(*IN_ROOM, Move.LOSE), Move.RECONNECT, facts()) == ("needs_leave", Article.CONNECTION)
    assert after(*IN_ROOM, Move.LOSE, Move.RECONNECT, rules=FREE).phase is Phase.REJOINING


def test_each_loss_needs_a_leave_of_its_own() -> None:
    twice = after(*IN_ROOM, Move.LOSE, Move.GRANT_LEAVE, Move.RECONNECT, Move.LINKED, Move.LOSE)
    assert refusal(twice, Move.RECONNECT, facts())[0] == "needs_leave"


def test_failed_rejoin_keeps_the_leave() -> None:
    failed = after(*IN_ROOM, Move.LOSE, Move.GRANT_LEAVE, Move.RECONNECT, Move.GIVE_UP)
    assert advance(failed, Move.RECONNECT, facts()).phase is Phase.REJOINING


def test_disconnect_before_closing_is_refused() -> None:
    assert refusal(after(*IN_ROOM), Move.DISCONNECT, facts()) == ("needs_closing", Article.CONNECTION)


def test_closing_needs_a_name_where_the_pack_asks_for_leave() -> None:
    assert refusal(after(*IN_ROOM), Move.DECLARE_CLOSING, facts(who=""))[0] == "who_closed"
    assert advance(after(*IN_ROOM), Move.DECLARE_CLOSING, facts(FREE, who="")).phase is Phase.CLOSING


def test_disconnect_before_the_check_is_refused() -> None:
    closing = after(*IN_ROOM, Move.DECLARE_CLOSING)
    assert refusal(closing, Move.DISCONNECT, facts()) == ("needs_check", Article.SHUTDOWN)


@pytest.mark.parametrize(
    "before", [(), (Move.DECLARE_CLOSING,), (Move.DECLARE_CLOSING, Move.CHECK_SYSTEM), (Move.LOSE,)]
)
@pytest.mark.parametrize("move", [Move.CUT_POWER, Move.SHUT_DOWN])
def test_power_before_disconnect_is_refused(before: tuple[Move, ...], move: Move) -> None:
    assert refusal(after(*IN_ROOM, *before), move, facts()) == ("needs_disconnect", Article.SHUTDOWN)


def test_connected_at_is_the_first_moment_linked() -> None:
    state = after(*IN_ROOM, Move.LOSE, Move.GRANT_LEAVE, Move.RECONNECT, Move.LINKED)
    assert state.connected_at == START + timedelta(minutes=3)


def test_two_way_is_confirmed_by_a_person_and_anew_after_a_loss() -> None:
    assert refusal(after(*IN_ROOM), Move.CONFIRM_TWO_WAY, facts(who=""))[0] == "who_confirms"
    confirmed = after(*IN_ROOM, Move.CONFIRM_TWO_WAY)
    assert confirmed.two_way_confirmed_by is not None
    assert advance(confirmed, Move.LOSE, facts()).two_way_confirmed_by is None


def test_trial_is_left_without_closing_and_a_meeting_is_not() -> None:
    ready = after(Move.POWER_ON, Move.FINISH_CHECK)
    trial = advance(advance(ready, Move.JOIN, facts(trial=True)), Move.LINKED, facts())
    assert advance(trial, Move.END_TRIAL, facts()).phase is Phase.READY
    assert refusal(after(*IN_ROOM), Move.END_TRIAL, facts())[0] == "needs_closing"


def test_restart_in_a_meeting_comes_back_lost_and_does_not_dial() -> None:
    state = advance(after(*IN_ROOM, Move.OPEN_MICROPHONE), Move.RESTART, facts())
    assert (state.phase, state.close_microphone) == (Phase.LOST, True)


def test_meeting_that_goes_on_after_closing_resumes_where_the_link_is() -> None:
    assert after(*IN_ROOM, Move.DECLARE_CLOSING, Move.RESUME).phase is Phase.IN_ROOM
    assert after(*IN_ROOM, Move.DECLARE_CLOSING, Move.LOSE, Move.RESUME).phase is Phase.LOST


def test_check_before_a_resumed_meeting_does_not_count_at_its_end() -> None:
    state = after(*IN_ROOM, Move.DECLARE_CLOSING, Move.CHECK_SYSTEM, Move.RESUME, Move.DECLARE_CLOSING)
    assert refusal(state, Move.DISCONNECT, facts())[0] == "needs_check"


def test_next_meeting_begins_afresh() -> None:
    end = (Move.DECLARE_CLOSING, Move.CHECK_SYSTEM, Move.DISCONNECT, Move.POWER_ON)
    assert after(*IN_ROOM, *end) == State(phase=Phase.CHECKING)


def test_state_survives_the_journal() -> None:
    state = after(*IN_ROOM, Move.CONFIRM_TWO_WAY, Move.LOSE, Move.GRANT_LEAVE)
    assert msgspec.convert(msgspec.json.decode(msgspec.json.encode(state)), State) == state


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_has_a_sentence(lang: str) -> None:
    words = Words(lang)
    reasons = {"not_now"}
    for state in (State(phase=phase) for phase in Phase):
        for move in Move:
            for known in (facts(), facts(who="", channel="", state_secret=None), facts(state_secret=True)):
                try:
                    advance(state, move, known)
                except NotAllowedError as error:
                    reasons.add(error.reason)
    assert all(f"session.{reason}" in words for reason in reasons)
    assert len(reasons) >= 10


STEPS = st.lists(
    st.tuples(
        st.sampled_from(Move),
        st.sampled_from([None, False, True]),
        st.sampled_from(["", "chị Mai"]),
        st.booleans(),
    ),
    max_size=60,
)


@settings(max_examples=500, deadline=None)
@given(STEPS, st.sampled_from([HA_GIANG, FREE]), st.randoms(use_true_random=False))
def test_no_path_breaks_the_rules(steps: list[tuple[Move, bool | None, str, bool]], rules: RulePack, chance) -> None:  # type: ignore[no-untyped-def]
    state = State()
    done: list[tuple[Move, Facts]] = []
    for drawn, secret, who, legal in steps:
        move = chance.choice(moves_from(state)) if legal else drawn
        known = Facts(at=START, rules=rules, who=who, channel=who, state_secret=secret)
        before = state
        try:
            state = advance(state, move, known)
        except NotAllowedError:
            continue
        done.append((move, known))
        names = [one for one, _ in done]
        assert state.close_microphone is (move is not Move.OPEN_MICROPHONE)
        assert move is not Move.OPEN_MICROPHONE or before.phase is Phase.IN_ROOM
        if move is Move.JOIN:
            assert secret is False
        if move is Move.RECONNECT and rules is HA_GIANG:
            linked = max(at for at, name in enumerate(names) if name is Move.LINKED)
            assert any(name is Move.GRANT_LEAVE and word.who for name, word in done[linked:])
        if move is Move.DISCONNECT:
            assert names[-2] is not Move.DECLARE_CLOSING
            closing = max(at for at, name in enumerate(names) if name is Move.DECLARE_CLOSING)
            assert Move.CHECK_SYSTEM in names[closing:]
            assert rules is FREE or done[closing][1].who
        if move is Move.CUT_POWER:
            last = max(at for at, name in enumerate(names) if name in (Move.DISCONNECT, Move.SHUT_DOWN))
            assert not {Move.JOIN, Move.LINKED} & set(names[last:])
