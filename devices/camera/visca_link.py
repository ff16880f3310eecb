"""One open line to a VISCA camera: sends, resends where that is safe, gives each reply to what it answers."""

import asyncio
import logging
from collections.abc import Sequence
from enum import Enum, auto

from devices.camera import sony, visca
from devices.camera.visca_waiting import Message, Waiting, new_message
from devices.contract import DeviceError, DeviceTimeout, Reason
from devices.transport import Line

log = logging.getLogger(__name__)

RESEND_S = 0.3  # a 4K25 camera acknowledges within 160 ms
SENDS = 3
SILENCE_S = RESEND_S * SENDS

REASONS = {
    visca.SYNTAX_ERROR: Reason.UNSUPPORTED,
    visca.BUFFER_FULL: Reason.REFUSED_BUSY,
    visca.NOT_EXECUTABLE: Reason.NOT_NOW,
}


class Framing(Enum):
    """How VISCA lies on the line."""

    SONY = auto()  # UDP with a header and sequence numbers: the camera itself drops what it has executed
    RAW = auto()  # bare packets over UDP or TCP
    SERIAL = auto()  # bare packets on a chain with addresses


class _OutOfSequenceError(DeviceError):
    """The camera refused a sequence number and did nothing."""


class ViscaLink:
    """Messages and their replies over one line. Every call is bounded by the time given to it."""

    def __init__(self, line: Line, framing: Framing, address: int) -> None:
        self.framing = framing
        self._line = line
        line.listener = self._listen
        self._address = address
        self._parser = visca.Parser()
        self._waiting = Waiting(numbered=framing is Framing.SONY)
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
        self._parser = visca.Parser()
        # Answered, these prove that nothing older is still under way; unanswered, late replies must find their owners.
        if self.framing is Framing.SONY and await self._greet(sony.RESET, by):
            self._waiting.clear()
            self._sequence = 0
        elif self.framing is Framing.SERIAL:
            await self._greet(visca.address_set(), by)
            if await self._greet(visca.if_clear(self._address), by):
                self._waiting.clear()
        self.unsure = False

    async def _open_line(self, wait_s: float) -> None:
        self._open = True  # before it is: the listener may learn of the end before we do of the beginning
        try:
            await self._line.open(wait_s)
        except DeviceError:
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

    async def command(self, packet: bytes, by: float, *, urgent: bool = False, repeatable: bool = False) -> Message:
        """Returns once the camera has taken it (Ack) or done it; `done` of the message tells the rest.

        Lines without sequence numbers send it once, unless it is `repeatable`: a second copy would be executed.
        """
        repeat = repeatable or self.framing is Framing.SONY
        return await self.send(sony.Kind.COMMAND, packet, by, urgent=urgent, repeat=repeat)

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
        self._sequence = sony.after(self._sequence)
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
        message.sends += 1
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
        events = visca.Parser().feed(reply.payload)
        for event in events or [visca.Noise(len(data))]:
            self._hear(event, owner)
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
            self.unsure = self.unsure or self.framing is Framing.SERIAL
        elif owner is None:
            log.debug("%s: %s answers nothing that waits", self._line.name, event)
        else:
            self._waiting.settle(owner, event)


def refusal(reply: visca.Refused) -> DeviceError:
    return DeviceError(REASONS.get(reply.code, Reason.PROTOCOL), f"the camera answered error {reply.code:02x}")


def _now() -> float:
    return asyncio.get_running_loop().time()
