"""The contract of devices/contract/conference.py over every road: before a join, joining, and what is then told."""

import dataclasses
import itertools
import threading

from devices.contract import Ability, Evidence, MediaCount, Reason, Request, Standing
from tests.devices.conference.contract.bench import JOIN_S, LEAVE_S, SLACK, Bench, Where
from tests.devices.conference.contract.orders import Order
from tests.devices.conference.contract.roads import over

FRESH_S = 2.0  # how old a look may be while joined
ERRORS = {None, "crashed", "hung", "load_failed", "certificate", "unsandboxed", "program_ended"}
GROWING = ("feedback", "acknowledged", "freezes", "attached")
MEDIA = ("video_in", "audio_in", "video_out", "audio_out")


def refusals(bench: Bench, *orders: Order) -> list[Reason | None]:
    answers = [bench.order(order.what, *order.given) for order in orders]
    assert [answer.fault for answer in answers] == [""] * len(answers)
    return [answer.refused for answer in answers]


@over()
def test_nothing_is_claimed_before_a_join(bench: Bench) -> None:
    bench.out()
    seen = bench.see()
    assert (seen.look, type(seen.abilities)) == (None, frozenset)


@over()
def test_leaving_before_a_join_does_nothing_however_often(bench: Bench) -> None:
    bench.out()
    for answer in (bench.leave(), bench.leave(), *bench.at_once(Order("leave"), Order("leave"))):
        assert (answer.refused, answer.fault) == (None, "")
        assert answer.seconds < LEAVE_S * SLACK


@over()
def test_microphone_is_not_known_before_a_join(bench: Bench) -> None:
    bench.out()
    for on in (False, True):
        answer = bench.order("set_microphone", on)
        assert (answer.value, answer.fault) == (None, "")


@over()
def test_orders_into_no_call_are_refused_as_such(bench: Bench) -> None:
    bench.out()
    orders = (Order("answer"), Order("send_tones", ("1",)), Order("raise_hand", (True,)))
    assert set(refusals(bench, *orders)) <= {Reason.NOT_NOW, Reason.UNSUPPORTED}


@over()
def test_join_without_its_place_is_refused_with_a_reason_and_leaves_nothing(bench: Bench) -> None:
    bench.out()
    answer = bench.join(Where.INCOMPLETE)
    assert (answer.refused, answer.fault) == (Reason.UNSUPPORTED, "")
    assert bench.see().look is None
    assert bench.gone() == []


@over("foreign")
def test_place_that_is_not_the_platforms_own_is_refused(bench: Bench) -> None:
    bench.out()
    answer = bench.join(Where.FOREIGN)
    assert (answer.refused, answer.fault) == (Reason.UNSUPPORTED, "")
    assert bench.see().look is None
    assert bench.gone() == []


@over(whole=True)
def test_join_returns_in_time_and_is_told_of_from_then_on(bench: Bench) -> None:
    bench.out()
    answer = bench.join()
    assert (answer.value, answer.refused, answer.fault) == (None, None, "")
    assert answer.seconds < JOIN_S * SLACK
    assert bench.see().look is not None
    bench.out()


@over(whole=True)
def test_first_look_is_no_link(bench: Bench) -> None:
    bench.out()
    bench.join()
    _, verdict = bench.look()
    assert not verdict.in_meeting
    assert not verdict.linked or not bench.measures
    bench.out()


@over()
def test_real_far_side_makes_it_stand(bench: Bench) -> None:
    bench.standing()
    look, verdict = bench.last()
    assert bench.here(look, verdict)
    assert bench.calls() == 1


@over("measures")
def test_meeting_is_called_one_only_after_its_counters_rose(bench: Bench) -> None:
    bench.standing()
    told = [(seen.look, verdict) for seen, verdict in bench.trail]
    assert {verdict.in_meeting for _, verdict in told} == {True, False}
    for look, verdict in told:
        if verdict.in_meeting:
            assert look is not None
            assert min(look.video_in.frames, look.audio_in.packets, look.feedback, look.acknowledged) > 0


@over("measures")
def test_both_ways_are_counted_with_the_pictures_size(bench: Bench) -> None:
    bench.standing()
    look, _ = bench.until(lambda _, verdict: verdict.media == "both", "both ways")
    assert min(look.video_out.frames, look.audio_out.packets, look.video_in.width, look.video_in.height) > 0


@over("attested")
def test_road_that_cannot_measure_counts_nothing_and_is_never_called_in_the_meeting(bench: Bench) -> None:
    bench.standing()
    for seen, verdict in bench.during(1.0):
        assert seen.look is not None
        assert (verdict.in_meeting, verdict.media, seen.measures) == (False, "unknown", False)
        assert {getattr(seen.look, name) for name in MEDIA} == {MediaCount()}


@over()
def test_look_is_of_now_and_its_time_never_falls(bench: Bench) -> None:
    bench.standing()
    looks = bench.during(1.0)
    times = [seen.look.at for seen, _ in looks if seen.look is not None]
    assert len(times) == len(looks)
    assert times == sorted(times)
    assert max(seen.asked_at - seen.look.at for seen, _ in looks if seen.look is not None) < FRESH_S * SLACK


@over(whole=True)
def test_counters_only_grow_within_a_join(bench: Bench) -> None:
    bench.standing()
    bench.during(1.0)
    looks = [seen.look for seen, _ in bench.trail if seen.look is not None]
    for before, after in itertools.pairwise(looks):
        for name in GROWING:
            assert getattr(after, name) >= getattr(before, name), name
        for name in MEDIA:
            was, now = getattr(before, name), getattr(after, name)
            assert (now.frames >= was.frames, now.packets >= was.packets, now.reported >= was.reported) == (True,) * 3


@over()
def test_what_is_told_is_of_the_contracts_types(bench: Bench) -> None:
    bench.standing()
    look = bench.evidence()
    assert set(dataclasses.asdict(look)) == {field.name for field in dataclasses.fields(Evidence)}
    assert look.page_error in ERRORS
    assert look.standing is None or isinstance(look.standing, Standing)
    assert {type(request) for request in look.requests} <= {Request}
    assert {type(name) for name in look.participants or ()} <= {str}
    flags = (look.signalling, look.hand, look.microphone_muted, look.window, look.capturing, look.playing)
    assert {type(flag) for flag in flags} <= {bool, type(None)}
    assert (type(look.ringing), type(look.codecs), type(look.connections)) == (str, frozenset, int)


@over(whole=True)
def test_evidence_may_be_asked_by_many_threads_at_once(bench: Bench) -> None:
    bench.standing()
    missed: list[object] = []

    def ask() -> None:
        for _ in range(10):
            if (seen := bench.see()).look is None:
                missed.append(seen)

    threads = [threading.Thread(target=ask) for _ in range(4 if bench.many_at_once else 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert missed == []


@over()
def test_road_says_its_own_name_and_whether_it_measures(bench: Bench) -> None:
    seen = bench.see()
    assert (seen.road, seen.measures) == (bench.name, bench.measures)


@over()
def test_sandbox_is_a_word_of_web_roads_only(bench: Bench) -> None:
    bench.standing()
    assert bench.see().sandboxed in bench.sandboxed


@over()
def test_abilities_are_the_ones_that_the_road_has(bench: Bench) -> None:
    bench.standing()
    bench.until(lambda *_: bench.see().abilities == bench.abilities, "its abilities")
    assert {type(one) for one in bench.see().abilities} <= {Ability}


@over(whole=True)
def test_second_join_makes_no_second_call(bench: Bench) -> None:
    bench.standing()
    answer = bench.join()
    assert answer.fault == ""
    if answer.refused is None:
        bench.until(bench.here, "the meeting")
    assert bench.calls() == 1
    bench.out()
    assert bench.gone() == []
