"""One recall, store or way to a position over a VISCA link, from the first byte to the verdict."""

import asyncio

from devices.camera import visca
from devices.camera.judging import Judge, Patience
from devices.camera.models import Model
from devices.camera.visca_link import RESEND_S, SILENCE_S, ViscaLink
from devices.camera.visca_waiting import Message, first_of, refusal
from devices.contract import Aim, DeviceError, DeviceTimeout, Outcome, Position, Reason

QUIET_S = 2.4  # without completion, and nothing moving: with the last wait this stays under 3 s
POLL_S = 0.15
STILL_S = 0.15  # apart, for two equal readings to mean rest where nothing else proves it
REST_S = 0.6  # some cameras complete at once and start to move later: a verdict against the preset waits this long

JUDGE_S = 1.4  # of the whole time, kept for the verdict

PAN_TILT_SIZES = (8, 9, 10)
PAN_NIBBLES = {8: 4, 9: 5}  # a packet holds no more: bodies that answer ten cannot be told a way to a position


async def ask_pan_tilt(link: ViscaLink, address: int, by: float) -> bytes:
    return await link.inquire(visca.position_inquiry(address), PAN_TILT_SIZES, by)


async def ask_position(link: ViscaLink, address: int, by: float) -> Position:
    """DeviceError when the camera does not tell."""
    pan_tilt = visca.read_pan_tilt(await ask_pan_tilt(link, address, by))
    zoom = visca.read_zoom(await link.inquire(visca.zoom_inquiry(address), (4,), by))
    if pan_tilt is None or zoom is None:
        raise DeviceError(Reason.PROTOCOL, "a position that cannot be read")
    return Position(pan_tilt[0], pan_tilt[1], zoom)


def can_go_to(position: Position) -> bool:
    """Within what a packet can say: pan of five digits at most, tilt and zoom of four."""
    steps = (position.pan, position.tilt, position.zoom)
    whole = all(float(value).is_integer() for value in steps)
    return whole and abs(position.pan) < 0x80000 and -0x8000 <= position.tilt < 0x8000 and 0 <= position.zoom <= 0xFFFF


class Aiming:
    """One aim of one camera, which ends at loop time `end`. `handover` is done when a newer order has come: this one
    then ends, superseded."""

    def __init__(self, link: ViscaLink, model: Model, address: int, handover: asyncio.Future[None], end: float) -> None:
        self._link, self._model, self._address, self._handover, self._end = link, model, address, handover, end
        self._now = asyncio.get_running_loop().time
        self._start = self._now()
        self._taken = False  # acknowledged: without it a completion may be another one's

    async def recall(self, preset: int, stored: Position | None) -> Aim:
        """Raises DeviceError for every failure but PRESET_MISSING, which has a position to tell."""
        await self._link.ready(self._start + SILENCE_S)
        before = None if stored else await self._position(RESEND_S)
        self._unless_superseded()
        message = await self._command(visca.recall_preset(preset, self._address))
        await self._completed(message, before)
        return await self._judged(stored, before)

    async def go_to(self, position: Position) -> Aim:
        """Raises DeviceError; at rest elsewhere it is PRESET_MISSING, as for a recall."""
        await self._link.ready(self._start + SILENCE_S)
        told = await ask_pan_tilt(self._link, self._address, self.first_reply_by())
        nibbles = PAN_NIBBLES.get(len(told))
        if nibbles is None or (nibbles == 4 and not -0x8000 <= position.pan < 0x8000):
            raise DeviceError(Reason.UNSUPPORTED, "no way to tell it this position")
        self._unless_superseded()
        turning = await self._command(self._turn_packet(position, nibbles))
        zooming = await self._command(visca.zoom_to(int(position.zoom), self._address), turning)
        await self._completed(zooming, None, turning)
        await self._completed(turning, None)
        return await self._judged(position, None)

    def _turn_packet(self, position: Position, nibbles: int) -> bytes:
        model = self._model
        tilt_speed = model.tilt_speed_most if model.absolute_tilt_speed is None else model.absolute_tilt_speed
        pan, tilt = int(position.pan), int(position.tilt)
        return visca.go_to(pan, tilt, model.pan_speed_most, tilt_speed, self._address, nibbles)

    async def store(self, preset: int) -> Aim:
        await self._link.ready(self._start + SILENCE_S)
        message = await self._command(visca.store_preset(preset, self._address))
        await self._completed(message, None)
        first = await self._position(RESEND_S)
        again = await self._position(RESEND_S)
        rests = first is not None and again is not None and self._model.still(first, again)
        if not rests:
            self._unless_never_taken()
        return self._aim(Outcome.VERIFIED if rests else Outcome.SENT, None, again)

    def first_reply_by(self) -> float:
        """All silence together is three sends' worth; a camera heard since the start gets the whole wait."""
        now = self._now()
        heard = self._link.heard_at > self._start
        return now + SILENCE_S if heard else max(self._start + SILENCE_S, now + RESEND_S)

    async def _command(self, packet: bytes, *running: Message) -> Message:
        """Also waits for room in the camera's two sockets, while nothing newer stands behind it."""
        room_by = self._start + QUIET_S
        try:
            return await self._link.command(packet, self.first_reply_by(), newer=self._handover, room_by=room_by)
        finally:
            if self._handover.done():
                await self._cancelled(*running)

    async def _cancelled(self, *running: Message) -> None:
        for message in running if self._model.needs_cancel else ():
            await self._link.cancel(message)

    async def _completed(self, message: Message, last: Position | None, *others: Message) -> None:
        """Waits while the position read back is changing; without change QUIET_S in all."""
        most = self._end - JUDGE_S
        quiet = min(max(self._start + QUIET_S, self._now() + STILL_S), most)
        while not (message.done.done() or message.displaced):
            try:
                await self._pause(POLL_S, message.done)
            except DeviceError:
                await self._cancelled(message, *others)
                raise
            if message.done.done():
                break
            if self._now() >= quiet:
                raise DeviceTimeout("the camera took the command, but never reported it done")
            reading = await self._position(min(RESEND_S, max(0.05, quiet - self._now())))
            if reading is not None:
                if last is not None and not self._model.still(reading, last):
                    quiet = min(self._now() + QUIET_S, most)
                last = reading
        self._taken = isinstance(message.reply, visca.Ack) or not self._model.acknowledges
        reply = message.done.result() if message.done.done() else None
        if isinstance(reply, visca.Refused):
            raise refusal(reply)

    async def _judged(self, stored: Position | None, before: Position | None) -> Aim:
        """The camera says it is done; its position read back is the proof."""
        patience = Patience(0.0, STILL_S, REST_S, self._end - JUDGE_S / 2 - self._start)
        judge = Judge(stored, before, self._model.agrees, self._model.still, patience, self._start)
        while True:
            reading = await self._position(2 * RESEND_S)
            verdict = judge.hear(reading, self._now())
            if verdict is not None:
                if verdict[0] is not Outcome.VERIFIED:
                    self._unless_never_taken()
                return self._aim(*verdict, reading)
            if not judge.at_stored(reading):
                await self._pause(POLL_S / 2)

    async def _position(self, wait_s: float) -> Position | None:
        """None when the camera does not tell; a lost link is an error."""
        try:
            return await ask_position(self._link, self._address, self._now() + wait_s)
        except DeviceError as error:
            if error.reason is Reason.LINK_LOST:
                raise
            return None

    async def _pause(self, wait_s: float, *others: asyncio.Future[visca.Event]) -> None:
        await first_of(wait_s, self._handover, *others)
        self._unless_superseded()

    def _unless_superseded(self) -> None:
        if self._handover.done():
            raise DeviceError(Reason.SUPERSEDED, "a newer order has come")

    def _unless_never_taken(self) -> None:
        if not self._taken:
            raise DeviceTimeout("reported done, but never acknowledged, nor seen to be done")

    def _aim(self, outcome: Outcome, reason: Reason | None, position: Position | None) -> Aim:
        return Aim(outcome, reason, position, self._now() - self._start)
