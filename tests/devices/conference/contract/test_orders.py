"""The contract over every road: each order that it offers acts and is read back, each that it does not is refused.

At the end: what is left of it all, and what of it nobody may read.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from devices.contract import Ability, Layout, Reason
from tests.devices.conference.contract.bench import ANSWER_S, HAND_S, SITE, SLACK, WINDOW_S, Bench, wait_for
from tests.devices.conference.contract.orders import CUT, Order
from tests.devices.conference.contract.roads import over
from tests.fakes.conference_client_site import arguments_of_all

LATER_S = 1.0  # for what was begun and forgotten to show itself
CALLED_FOR = {
    Ability.HAND: Order("raise_hand", (True,)),
    Ability.LAYOUT: Order("show", (Layout.TILES,)),
    Ability.ANSWER: Order("answer"),
    Ability.TONES: Order("send_tones", ("1",)),
    Ability.WINDOW: Order("bring_window"),
}


def turned(bench: Bench, what: str, *to: Any) -> list[Any]:
    """What the road answers to these in turn; each in time."""
    answers = [bench.order(what, one) for one in to]
    assert [(answer.refused, answer.fault) for answer in answers] == [(None, "")] * len(to), answers
    assert max(answer.seconds for answer in answers) < HAND_S * SLACK
    return [answer.value for answer in answers]


def in_reach(bench: Bench, ability: Ability) -> None:
    """In the meeting, where this can be done now: a page's hands are known only once it is loaded."""
    bench.standing()
    bench.until(lambda *_: ability in bench.see().abilities, ability)


@over()
def test_order_that_is_not_offered_is_unsupported(bench: Bench) -> None:
    bench.standing()
    for ability in CALLED_FOR.keys() - bench.abilities:
        answer = bench.order(CALLED_FOR[ability].what, *CALLED_FOR[ability].given)
        assert (answer.refused, answer.fault) == (Reason.UNSUPPORTED, ""), ability


@over("no " + Ability.MICROPHONE)
def test_microphone_that_cannot_be_turned_is_none(bench: Bench) -> None:
    bench.standing()
    assert turned(bench, "set_microphone", True, False) == [None, None]
    assert bench.evidence().microphone_muted in (None, False), "it hides no sound that may be sent"


@over(Ability.MICROPHONE, whole=True)
def test_microphone_is_closed_when_the_meeting_begins(bench: Bench) -> None:
    bench.out()
    bench.standing()
    bench.until(lambda look, _: look.microphone_muted is True, "the closed microphone")


@over(Ability.MICROPHONE)
def test_microphone_is_turned_however_often_it_is_ordered_and_read_back(bench: Bench) -> None:
    in_reach(bench, Ability.MICROPHONE)
    assert turned(bench, "set_microphone", True, True) == [True, True]
    bench.until(lambda look, _: look.microphone_muted is False, "the open microphone")
    assert turned(bench, "set_microphone", False, False) == [False, False]
    bench.until(lambda look, _: look.microphone_muted is True, "the closed microphone")


@over(Ability.MICROPHONE, whole=True)
def test_two_orders_to_the_microphone_at_once_turn_it_once(bench: Bench) -> None:
    in_reach(bench, Ability.MICROPHONE)
    opening = bench.at_once(Order("set_microphone", (True,)), Order("set_microphone", (True,)))
    assert [answer.fault for answer in opening] == ["", ""]
    bench.until(lambda look, _: look.microphone_muted is False, "the open microphone")
    closing = bench.at_once(Order("set_microphone", (False,)), Order("set_microphone", (False,)))
    assert [answer.fault for answer in closing] == ["", ""]
    bench.until(lambda look, _: look.microphone_muted is True, "the closed microphone")


@over(Ability.MICROPHONE, whole=True)
def test_order_that_was_cut_short_does_not_spoil_the_next(bench: Bench) -> None:
    in_reach(bench, Ability.MICROPHONE)
    cut = bench.order("set_microphone", True, cut_s=0.0)
    assert (cut.refused, cut.fault) in ((None, CUT), (None, ""))
    assert turned(bench, "set_microphone", False) == [False]
    bench.until(lambda look, _: look.microphone_muted is True, "the closed microphone")
    assert bench.here(*bench.last())


@over(Ability.HAND)
def test_hand_goes_up_and_down_and_is_read_back(bench: Bench) -> None:
    in_reach(bench, Ability.HAND)
    assert turned(bench, "raise_hand", True, True) == [True, True]
    bench.until(lambda look, _: look.hand is True, "the raised hand")
    assert turned(bench, "raise_hand", False, False) == [False, False]
    bench.until(lambda look, _: look.hand is False, "the lowered hand")


@over(Ability.LAYOUT)
def test_layout_is_chosen_and_read_back(bench: Bench) -> None:
    in_reach(bench, Ability.LAYOUT)
    assert turned(bench, "show", Layout.TILES, Layout.TILES) == [Layout.TILES] * 2
    assert turned(bench, "show", Layout.SPEAKER, Layout.SPEAKER) == [Layout.SPEAKER] * 2


@over(Ability.PARTICIPANTS)
def test_participants_are_named_ours_too(bench: Bench) -> None:
    in_reach(bench, Ability.PARTICIPANTS)
    look, _ = bench.until(lambda look, _: look.participants and len(look.participants) == 2, "the participants")
    assert SITE in (look.participants or ())


@over(Ability.WINDOW)
def test_window_is_brought_to_the_stage(bench: Bench) -> None:
    bench.standing()
    assert bench.evidence().window is True
    answer = bench.order("bring_window")
    assert (answer.value, answer.refused) == (True, None)
    assert answer.seconds < WINDOW_S * SLACK


@over(Ability.TONES)
def test_tones_arrive_in_their_order(bench: Bench) -> None:
    bench.standing()
    before = bench.tones()
    answer = bench.order("send_tones", "1*9#")
    assert (answer.refused, answer.fault) == (None, "")
    assert answer.seconds < ANSWER_S * SLACK
    wait_for(lambda: bench.tones().removeprefix(before) == "1*9#", "the tones")


@over(Ability.TONES)
def test_what_is_no_tone_is_refused_and_never_sent(bench: Bench) -> None:
    bench.standing()
    before = bench.tones()
    for wrong in ("1A", "", "1" * 33, "1\r\n2"):
        assert bench.order("send_tones", wrong).refused is Reason.UNSUPPORTED
    assert bench.tones() == before


@over(Ability.ANSWER)
def test_answering_where_nobody_calls_is_not_now(bench: Bench) -> None:
    bench.standing()
    assert bench.order("answer").refused is Reason.NOT_NOW
    assert bench.here(*bench.last()), "the call that stands goes on"


@over(Ability.ANSWER, whole=True)
def test_caller_is_told_and_taken_only_when_asked(bench: Bench) -> None:
    with ringing(bench):
        look, verdict = bench.last()
        assert (look.connections, verdict.linked, verdict.in_meeting) == (0, False, False)
        answer = bench.order("answer")
        assert (answer.refused, answer.fault) == (None, "")
        assert answer.seconds < ANSWER_S * SLACK
        look, _ = bench.until(lambda look, _: look.connections == 1, "the call")
        assert look.ringing == ""


@over(Ability.ANSWER, whole=True)
def test_caller_is_refused_by_leaving(bench: Bench) -> None:
    with ringing(bench):
        bench.out()
        wait_for(lambda: bench.see().look is None, "the end of the ringing")
        assert bench.calls() == 0


@contextmanager
def ringing(bench: Bench) -> Iterator[None]:
    """Somebody calls us."""
    bench.out()
    assert bench.order("wait_for_calls").refused is None
    try:
        assert bench.see().look is None
        bench.ring()
        bench.until(lambda look, _: look.ringing, "the caller")
        yield
    finally:
        bench.order("stop")


@over()
def test_nothing_is_claimed_and_nothing_is_left_after_leaving(bench: Bench) -> None:
    bench.connected()
    bench.out()
    assert bench.see().look is None
    assert bench.gone() == []
    time.sleep(LATER_S)
    assert (bench.see().look, bench.left()) == (None, [])


@over()
def test_room_link_and_password_stand_in_no_log_error_or_argument(bench: Bench) -> None:
    """The last one: over all that was said and logged before, at every level."""
    bench.connected()
    arguments = arguments_of_all()
    bench.out()
    told = "\n".join((bench.written(), *bench.said))
    assert [secret for secret in bench.secrets if secret in told] == []
    assert [secret for secret in bench.secrets if secret in arguments] == []
