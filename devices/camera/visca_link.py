"""One open line to a VISCA camera: sends, resends where that is safe, gives each reply to what it answers."""

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

from devices.camera import sony, visca
from devices.camera.visca_waiting import Message, Waiting, first_of, new_message, refusal
from devices.contract import DeviceError, DeviceTimeout, Reason
from devices.transport import Line

log = logging.getLogger(__name__)

RESEND_S = 0.3  # a 4K25 camera acknowledges within 160 ms
SENDS = 3
SILENCE_S = RESEND_S * SENDS
BUSY_S = 0.15  # after "both sockets are taken", before the same command once more
CANCEL_PAUSE_S = 0.2  # before and after a cancel: BRC-X400 command list


class Framing(Enum):
    """How VISCA lies on the line."""

    SONY = auto()  # UDP with a header and sequence numbers: the camera itself drops what it has executed
    RAW = auto()  # bare packets over UDP or TCP
    SERIAL = auto()  # bare packets on a chain with addresses


class _OutOfSequenceError(DeviceError):
    """The camera refused a sequence number and did nothing."""


class ViscaLink:
    """Messages and their replies over one line. Every call is bounded by the time given to it."""

    def __init__(self, line: Line, framing: Framing, address: int, *, forced_sequence: bool = False) -> None:
        self.framing = framing
        self._forced = forced_sequence  # one number for all: replies are told apart as on a bare line
        self._numbered = framing is Framing.SONY and not forced_sequence
        self._line = line
        line.listener = self._listen
        self._address = address
        self._only_from = address if framing is Framing.SERIAL else None  # until it says that it is alone there
        self._parser = visca.Parser(self._only_from)
        self._waiting = Waiting(numbered=self._numbered)
        self._sequence = 0
        self._turn = asyncio.Lock()  # VISCA: wait for the Ack or error before the next message
        self._open = False
        self._noise = 0
        self.heard_at = float("-inf")  # loop time of the last understood reply
        self.unsure = True  # something went unanswered: begin afresh before the next command

    # --- opening and closing ------------------------------------------------------------------------------------

    async def ready(self, by: float) -> None:
        """Opens the line if it is not, and clears what unanswered talk may have left behind; `by` is loop time."""
        if not (self.lost or self.unsure):
            return
        await self._take_turn(by)
        try:
            if self.lost or self.unsure:  # still: another one may have begun meanwhile
                await self._begin(by)
        finally:
            self._turn.release()

    async def _begin(self, by: float) -> None:
        # A new port or connection leaves late replies behind. Sony cameras count their controllers (five at most) by
        # sender, and sequence numbers do the same work, so there the socket stays.
        if self.framing is Framing.RAW or self.lost:
            await self.close()
            await self._open_line(max(0.05, by - _now()))
        self._parser = visca.Parser(self._only_from)
        # A camera counts anew from here. So do we, but never over a number whose own reply may still come.
        if self._numbered and await self._greet(sony.RESET, by):
            self._sequence = self._waiting.last_number(_now())
        elif self.framing is Framing.SERIAL:  # answered, it proves that nothing older is still under way
            await self._greet(visca.address_set(), by)
            if await self._greet(visca.if_clear(self._address), by):
                self._waiting.clear()
        self.unsure = False

    async def _open_line(self, wait_s: float) -> None:
        self._open = True  # before it is: the listener may learn of the end before we do of the beginning
        try:
            await self._line.open(wait_s)
        except BaseException:
            self._open = False
            raise

    async def _greet(self, packet: bytes, by: float) -> bool:
        """Not every camera knows these, so silence is no verdict yet; what follows will tell."""
        wait_s = RESEND_S if self.framing is Framing.SONY else RESEND_S / 2  # serial: two of them, and no network
        try:
            await self._send(self._message(sony.Kind.CONTROL, packet, ()), min(by, _now() + wait_s), repeat=False)
        except DeviceError as error:
            if error.reason is Reason.LINK_LOST:
                raise
            return False
        return True

    async def close(self) -> None:
        """Idempotent; within 1 s."""
        self._open = False
        await self._line.close()
        self._waiting.fail(DeviceError(Reason.LINK_LOST, "closed"))
        self.unsure = True

    @property
    def lost(self) -> bool:
        return not self._open

    # --- sending ------------------------------------------------------------------------------------------------

    async def command(
        self,
        packet: bytes,
        by: float,
        *,
        urgent: bool = False,
        repeatable: bool = False,
        newer: "asyncio.Future[None] | None" = None,
        room_by: float = 0.0,
    ) -> Message:
        """Returns once the camera has taken it (Ack) or done it; `done` of the message tells the rest.

        Lines without sequence numbers send it once, unless it is `repeatable`: a second copy would be executed.
        Refused because both sockets are taken, it did nothing: it is sent again until `by`, or until `room_by`, but
        not once `newer` is done, for then another order stands behind it.
        """
        repeat = repeatable or self._numbered
        while True:
            try:
                return await self.send(sony.Kind.COMMAND, packet, by, urgent=urgent, repeat=repeat)
            except DeviceError as error:
                if error.reason is not Reason.REFUSED_BUSY or not await self._room(max(by, room_by), newer):
                    raise
            by = max(by, min(room_by, _now() + SILENCE_S))

    async def _room(self, by: float, newer: "asyncio.Future[None] | None") -> bool:
        """Waits until a socket may be free; False where the command must not be sent again."""
        if _now() + BUSY_S >= by or (newer is not None and newer.done()):
            return False
        running = [message.done for message in self._waiting if message.is_command and message.reply is not None]
        awaited: list[asyncio.Future[Any]] = [*running, *([] if newer is None else [newer])]
        await first_of(BUSY_S, *awaited)
        return newer is None or not newer.done()

    async def cancel(self, message: Message) -> None:
        """Ends a running command, where the camera can: within 0.7 s, and it does not tell whether it could."""
        await first_of(max(0.0, message.sent_at + CANCEL_PAUSE_S - _now()), message.done)
        if message.done.done() or not message.socket or self.lost:
            return
        order = self._message(sony.Kind.COMMAND, visca.cancel(message.socket, self._address), ())
        order.cancels = message
        try:
            await self._send(order, _now() + RESEND_S, repeat=False)
        except DeviceError as error:  # its answer is an error in any case
            log.debug("%s: cancelled: %s", self._line.name, error)
        await asyncio.sleep(CANCEL_PAUSE_S)

    async def inquire(self, packet: bytes, sizes: Sequence[int], by: float) -> bytes:
        message = await self.send(sony.Kind.INQUIRY, packet, by, sizes=sizes, repeat=True)
        return message.reply.payload if isinstance(message.reply, visca.Answer) else b""

    async def send(
        self,
        kind: sony.Kind,
        packet: bytes,
        by: float,
        *,
        sizes: Sequence[int] = (),
        repeat: bool = False,
        urgent: bool = False,
    ) -> Message:
        """DeviceError with the camera's reason; NO_ANSWER, or PROTOCOL where only rubbish came, at `by`."""
        if urgent:
            return await self._send_in_sequence(kind, packet, sizes, by, repeat)
        await self._take_turn(by)
        try:
            return await self._send_in_sequence(kind, packet, sizes, by, repeat)
        finally:
            self._turn.release()

    async def _take_turn(self, by: float) -> None:
        if not self._turn.locked():
            await self._turn.acquire()  # at once: the limit below would cost more than the wait
            return
        try:
            async with asyncio.timeout_at(by):
                await self._turn.acquire()
        except TimeoutError as error:
            raise DeviceTimeout("an earlier message is still unanswered") from error

    async def _send_in_sequence(
        self, kind: sony.Kind, packet: bytes, sizes: Sequence[int], by: float, repeat: bool
    ) -> Message:
        first = self._message(kind, packet, sizes)
        try:
            return await self._send(first, by, repeat)
        except _OutOfSequenceError:
            if first.sends == 1 and await self._greet(sony.RESET, by):
                self._sequence = 0
            return await self._send(self._message(kind, packet, sizes), by, repeat)

    def _message(self, kind: sony.Kind, packet: bytes, sizes: Sequence[int]) -> Message:
        self._sequence = sony.FORCED if self._forced else sony.after(self._sequence)
        return new_message(kind, packet, self._sequence, sizes)

    async def _send(self, message: Message, by: float, repeat: bool) -> Message:
        if self.lost:
            raise DeviceError(Reason.LINK_LOST, f"{self._line.name}: not open")
        noise = self._noise
        self._waiting.add(message, _now())
        try:
            while message.reply is None:
                await self._transmit(message)
                until = min(by, _now() + RESEND_S) if repeat else by
                await message.wait(until)
                if message.reply is None and until >= by:
                    reason = Reason.PROTOCOL if self._noise > noise else Reason.NO_ANSWER
                    raise DeviceError(reason, f"{self._line.name}: no reply to {message.packet.hex(' ')}")
        finally:
            self.unsure = self.unsure or message.reply is None
            self._waiting.left(message, _now())
        if isinstance(message.reply, DeviceError):
            raise message.reply
        if isinstance(message.reply, visca.Refused):
            raise refusal(message.reply)
        return message

    async def _transmit(self, message: Message) -> None:
        message.sends, message.sent_at = message.sends + 1, _now()
        data = message.packet
        if self.framing is Framing.SONY:
            data = sony.pack(message.kind, message.sequence, data)
        await self._line.send(data)

    # --- hearing ------------------------------------------------------------------------------------------------

    def _listen(self, item: bytes | DeviceError) -> None:
        if isinstance(item, DeviceError):
            self._open = False
            self._waiting.fail(item)
        elif self.framing is Framing.SONY:
            self._hear_datagram(item)
        else:
            for event in self._parser.feed(item):
                self._hear(event, self._waiting.owner(event, _now()))

    def _hear_datagram(self, data: bytes) -> None:
        reply = sony.unpack(data)
        if reply is None or reply.kind not in (sony.Kind.REPLY, sony.Kind.CONTROL_REPLY):
            self._noise += 1
            return None
        control = reply.kind is sony.Kind.CONTROL_REPLY
        for message in self._waiting:
            if control and reply.payload == sony.RESET and message.kind is sony.Kind.CONTROL:
                return self._hear(visca.Completion(0), message)
        owner = next((message for message in self._waiting if message.sequence == reply.sequence), None)
        if control:
            return self._hear_control(reply.payload, owner)
        for event in visca.Parser().feed(reply.payload) or [visca.Noise(len(data))]:
            self._hear(event, owner if self._numbered else self._waiting.owner(event, _now()))
        return None

    def _hear_control(self, payload: bytes, owner: Message | None) -> None:
        if payload == sony.MALFORMED:
            self._hear(visca.Refused(visca.LENGTH_ERROR, 0), owner)
        elif payload == sony.ALREADY_DONE and owner is not None and owner.reply is None:
            if owner.sends > 1 and owner.is_command:
                self._hear(visca.Completion(0), owner)  # the first copy was executed, its replies were lost
            else:
                # A first copy was never executed: the camera counts from elsewhere. An inquiry may be asked anew.
                self._waiting.remove(owner)
                owner.answer(_OutOfSequenceError(Reason.NO_ANSWER, "sequence number refused"))

    def _hear(self, event: visca.Event, owner: Message | None) -> None:
        if isinstance(event, visca.Noise):
            self._noise += 1
            return
        self.heard_at = _now()
        if isinstance(event, visca.NetworkChange):
            # It has got power, or the chain has changed. Over IP some say so after every connect: it means nothing.
            self.unsure = self.unsure or self.framing is Framing.SERIAL
        elif isinstance(event, visca.AddressesSet) and self.framing is Framing.SERIAL:
            self._parser.only_from = None if event.cameras == 1 else self._address
        if owner is None or not owner.can_get(event):
            log.debug("%s: %s answers nothing that waits", self._line.name, event)
        else:
            self._waiting.settle(owner, event)


def _now() -> float:
    return asyncio.get_running_loop().time()
