"""Messages that wait for their replies, and whose a reply is: bookkeeping without a clock or a socket."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from devices.camera import sony, visca
from devices.contract import DeviceError, Reason

LATE_S = 3.0  # a reply this late is still taken for the message it answers, and for no newer one
LONGEST_COMMAND_S = 30.0
REASONS = {
    visca.SYNTAX_ERROR: Reason.UNSUPPORTED,
    visca.BUFFER_FULL: Reason.REFUSED_BUSY,
    visca.NOT_EXECUTABLE: Reason.NOT_NOW,
}
CANCEL_ANSWERS = (visca.CANCELLED, visca.NO_SOCKET)


@dataclass(slots=True, eq=False)
class Message:
    """Something sent, and what has come back for it."""

    kind: sony.Kind
    packet: bytes
    sequence: int
    done: asyncio.Future[visca.Event]  # the last one: Completion, Answer or Refused
    sizes: Sequence[int] = ()  # lengths of payload that can answer this inquiry
    socket: int | None = None
    sends: int = 0
    sent_at: float = 0.0
    reply: visca.Event | DeviceError | None = None  # the first one: Ack, Completion, Answer, Refused, or the end of it
    expires: float = float("inf")
    bell: asyncio.Future[None] | None = None
    displaced: bool = False  # its socket was given to a newer one: no completion will be known as its own
    cancels: "Message | None" = None  # this one asks for the end of another one

    @property
    def is_command(self) -> bool:
        return self.kind is sony.Kind.COMMAND and self.cancels is None

    def can_get(self, event: visca.Event) -> bool:
        """Numbered or not: no answer to an inquiry is the end of a command, and no Ack that of an inquiry."""
        if self.kind is sony.Kind.INQUIRY:
            return isinstance(event, visca.Answer | visca.Refused)
        return not isinstance(event, visca.Answer)

    async def wait(self, until: float) -> None:
        """For the first reply, or until this loop time."""
        if self.reply is None:
            loop = asyncio.get_running_loop()
            self.bell = loop.create_future()
            alarm = loop.call_at(until, self._ring)
            try:
                await self.bell
            finally:
                alarm.cancel()

    def answer(self, reply: visca.Event | DeviceError) -> None:
        if self.reply is None:
            self.reply = reply
            self._ring()

    def _ring(self) -> None:
        if self.bell is not None and not self.bell.done():
            self.bell.set_result(None)


def new_message(kind: sony.Kind, packet: bytes, sequence: int, sizes: Sequence[int]) -> Message:
    return Message(kind, packet, sequence, asyncio.get_running_loop().create_future(), sizes)


class Waiting:
    """The messages of one line, oldest first. `numbered`: replies carry the sequence number of their message."""

    def __init__(self, *, numbered: bool) -> None:
        self._numbered = numbered
        self._acknowledges = False  # seen: from then on a completion without an Ack is an older command's
        self._messages: list[Message] = []

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    def add(self, message: Message, now: float) -> None:
        self._messages = [other for other in self._messages if other.expires > now]
        self._messages.append(message)

    def remove(self, message: Message) -> None:
        self._messages.remove(message)

    def last_number(self, now: float) -> int:
        """The highest sequence number that may still be answered; 0 for none."""
        return max((message.sequence for message in self._messages if message.expires > now), default=0)

    def clear(self) -> None:
        self._messages.clear()

    def left(self, message: Message, now: float) -> None:
        """Nobody waits for the first reply any more: later ones must still find their own message."""
        message.expires = now + (LONGEST_COMMAND_S if message.reply else LATE_S)
        if message.reply and message.sends > 1 and not self._numbered:
            copy = new_message(message.kind, message.packet, 0, message.sizes)  # the resent one is answered too
            copy.expires = now + LATE_S
            self._messages.append(copy)

    def owner(self, event: visca.Event, now: float) -> Message | None:
        """Bare lines name no message: a reply belongs to the oldest one that can still get it."""
        living = [message for message in self._messages if message.expires > now]
        match event:
            case visca.Answer(payload=payload):
                found = [message for message in living if len(payload) in message.sizes]
            case visca.Ack():
                found = _fresh(living)
            case visca.Completion(socket=socket):
                found = self._completed(living, socket)
            case visca.Refused(code=code, socket=socket):
                found = _refused(living, code, socket)
            case visca.AddressesSet(cameras=cameras) if cameras:  # none: only our own words have come back
                found = _greetings(living)
            case _:
                found = []
        return found[0] if found else None

    def _completed(self, living: list[Message], socket: int) -> list[Message]:
        unacknowledged = [] if self._acknowledges and not self._numbered else _fresh(living)
        if socket == 0:
            return _greetings(living)[-1:] + _running(living) + unacknowledged
        return [message for message in _running(living) if message.socket in (socket, 0)] + unacknowledged

    def settle(self, owner: Message, event: visca.Event) -> None:
        if isinstance(event, visca.Ack):
            self._acknowledges = True
            self._free_socket(event.socket, owner)
            owner.socket = event.socket
        else:
            self._messages.remove(owner)
            if not owner.done.done():
                owner.done.set_result(event)
            cancelled = owner.cancels
            if cancelled in self._messages and isinstance(event, visca.Refused) and event.code in CANCEL_ANSWERS:
                self.settle(cancelled, event)  # its own completion will not come
        owner.answer(event)

    def _free_socket(self, socket: int, owner: Message) -> None:
        """A socket given anew is free of its older command, whose completion will not come."""
        if not self._numbered and socket:
            for other in [other for other in self._messages if other is not owner and other.socket == socket]:
                self._messages.remove(other)
                other.displaced = True

    def fail(self, error: DeviceError) -> None:
        for message in self._messages:
            message.answer(error)
            if not message.done.done():
                message.done.set_exception(error)
                message.done.exception()  # taken note of, also where nobody waits
        self._messages.clear()


async def first_of(wait_s: float, *awaited: "asyncio.Future[Any]") -> None:
    """Until one of them is done, at most wait_s; a fourth of the price of asyncio.wait."""
    if any(future.done() for future in awaited):
        return
    loop = asyncio.get_running_loop()
    bell = loop.create_future()

    def ring(_: object = None) -> None:
        if not bell.done():
            bell.set_result(None)

    alarm = loop.call_later(wait_s, ring)
    for future in awaited:
        future.add_done_callback(ring)
    try:
        await bell
    finally:
        alarm.cancel()
        for future in awaited:
            future.remove_done_callback(ring)


def _greetings(living: list[Message]) -> list[Message]:
    return [message for message in living if message.kind is sony.Kind.CONTROL]


def _fresh(living: list[Message]) -> list[Message]:
    return [message for message in living if message.is_command and message.reply is None]


def _running(living: list[Message]) -> list[Message]:
    return [message for message in living if message.is_command and message.reply is not None]


def _refused(living: list[Message], code: int, socket: int) -> list[Message]:
    cancels = [message for message in living if message.cancels is not None]
    unanswered = [message for message in living if message.reply is None]
    mine = [message for message in _running(living) if message.socket == socket]
    if code == visca.CANCELLED:
        return cancels + mine + unanswered
    return (cancels if code == visca.NO_SOCKET else []) + _fresh(living) + mine + unanswered


def refusal(reply: visca.Refused) -> DeviceError:
    return DeviceError(REASONS.get(reply.code, Reason.PROTOCOL), f"the camera answered error {reply.code:02x}")
