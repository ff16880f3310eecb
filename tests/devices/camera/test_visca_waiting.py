"""Whose a reply is, on a line whose replies name no message."""

import asyncio
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from devices.camera import sony, visca
from devices.camera.visca_waiting import LATE_S, Message, Waiting, new_message

NOW = 100.0


def in_a_loop(check: Callable[[], None]) -> None:
    async def run() -> None:
        check()

    asyncio.run(run())


def command(waiting: Waiting, ack: int | None = None) -> Message:
    message = new_message(sony.Kind.COMMAND, b"\x81\x01\xff", 0, ())
    message.sends = 1
    waiting.add(message, NOW)
    if ack is not None:
        waiting.settle(message, visca.Ack(ack))
    return message


def inquiry(waiting: Waiting, size: int) -> Message:
    message = new_message(sony.Kind.INQUIRY, b"\x81\x09\xff", 0, (size,))
    message.sends = 1
    waiting.add(message, NOW)
    return message


def test_completion_of_an_older_command_is_not_given_to_a_newer_one() -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        older, newer = command(waiting, ack=1), command(waiting)
        assert waiting.owner(visca.Completion(1), NOW) is older
        assert waiting.owner(visca.Ack(2), NOW) is newer

    in_a_loop(check)


def test_completion_without_acknowledgement_is_the_newest_commands() -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        only = command(waiting)
        assert waiting.owner(visca.Completion(1), NOW) is only

    in_a_loop(check)


def test_acknowledgement_that_comes_late_goes_to_the_message_it_answers() -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        given_up = command(waiting)
        waiting.left(given_up, NOW)
        newer = command(waiting)
        assert waiting.owner(visca.Ack(1), NOW + LATE_S / 2) is given_up
        assert waiting.owner(visca.Ack(1), NOW + LATE_S * 2) is newer

    in_a_loop(check)


def test_answers_go_by_their_length() -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        power, zoom = inquiry(waiting, 1), inquiry(waiting, 4)
        assert waiting.owner(visca.Answer(b"\0\0\0\0"), NOW) is zoom
        assert waiting.owner(visca.Answer(b"\2"), NOW) is power
        assert waiting.owner(visca.Answer(b"\2\2"), NOW) is None

    in_a_loop(check)


def test_the_answer_to_a_resent_inquiry_is_not_taken_for_the_next_one() -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        asked_twice = inquiry(waiting, 8)
        asked_twice.sends = 2
        waiting.settle(asked_twice, visca.Answer(b"\0" * 8))
        waiting.left(asked_twice, NOW)
        following = inquiry(waiting, 8)
        first = waiting.owner(visca.Answer(b"\1" * 8), NOW)
        assert first is not None
        assert first is not following
        waiting.settle(first, visca.Answer(b"\1" * 8))
        assert waiting.owner(visca.Answer(b"\2" * 8), NOW) is following

    in_a_loop(check)


def test_refusal_before_the_acknowledgement_is_the_new_commands() -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        running, newer = command(waiting, ack=1), command(waiting)
        assert waiting.owner(visca.Refused(visca.NOT_EXECUTABLE, 1), NOW) is newer
        assert waiting.owner(visca.Refused(visca.CANCELLED, 1), NOW) is running

    in_a_loop(check)


def test_memory_of_unanswered_messages_is_bounded() -> None:
    def check() -> None:
        waiting = Waiting(numbered=True)
        for round_ in range(1000):
            message = new_message(sony.Kind.INQUIRY, b"", round_, ())
            waiting.add(message, NOW + round_)
            waiting.left(message, NOW + round_)
        assert len(list(waiting)) < 5

    in_a_loop(check)


@given(st.permutations([0, 1]), st.booleans())
def test_completions_find_their_own_commands_in_any_order(order: list[int], doubled: bool) -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        running = [command(waiting, ack=1), command(waiting, ack=2)]
        newest = command(waiting)
        for number in order:
            for _ in range(1 + doubled):
                owner = waiting.owner(visca.Completion(number + 1), NOW)
                assert owner is not newest
                if owner is not None:
                    assert owner is running[number]
                    waiting.settle(owner, visca.Completion(number + 1))

    in_a_loop(check)


def test_a_cancelled_command_ends_with_its_cancel() -> None:
    def check() -> None:
        for code in (visca.CANCELLED, visca.NO_SOCKET):
            waiting = Waiting(numbered=False)
            running, newer = command(waiting, ack=1), command(waiting)
            order = command(waiting)
            order.cancels = running
            owner = waiting.owner(visca.Refused(code, 1), NOW)
            assert owner is order
            waiting.settle(order, visca.Refused(code, 1))
            assert running.done.done()
            assert not newer.done.done()

    in_a_loop(check)


def test_words_of_our_own_that_come_back_set_no_address() -> None:
    def check() -> None:
        waiting = Waiting(numbered=False)
        greeting = new_message(sony.Kind.CONTROL, visca.address_set(), 0, ())
        waiting.add(greeting, NOW)
        assert waiting.owner(visca.AddressesSet(0), NOW) is None
        assert waiting.owner(visca.AddressesSet(1), NOW) is greeting

    in_a_loop(check)


def test_a_number_that_may_still_be_answered_is_not_given_again() -> None:
    def check() -> None:
        waiting = Waiting(numbered=True)
        message = new_message(sony.Kind.COMMAND, b"", 41, ())
        waiting.add(message, NOW)
        waiting.left(message, NOW)
        assert waiting.last_number(NOW + LATE_S / 2) == 41
        assert waiting.last_number(NOW + LATE_S * 2) == 0

    in_a_loop(check)


def test_an_answer_ends_no_command_and_an_acknowledgement_no_inquiry() -> None:
    def check() -> None:
        waiting = Waiting(numbered=True)
        order, question = command(waiting), inquiry(waiting, 1)
        answer, ack, refusal = visca.Answer(b"\2"), visca.Ack(1), visca.Refused(visca.SYNTAX_ERROR, 0)
        assert [order.can_get(event) for event in (answer, ack, refusal)] == [False, True, True]
        assert [question.can_get(event) for event in (answer, ack, refusal)] == [True, False, True]

    in_a_loop(check)
