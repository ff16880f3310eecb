"""The road `codec`: whose call it is, the microphone closed before it, the codec asked every LOOK_S what is.

A codec goes on calling when we are gone: a lost talk with it ends no call, and is told as `signalling`, not as an end.
Without counters (`measures` False) `connections` is the codec's own word, `feedback` counts its answers.
"""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from devices.conference.codec.codec import Codec, Leg, Look, Stage
from devices.conference.codec.tally import Tally
from devices.contract import Ability, DeviceError, DeviceTimeout, Evidence, Invitation, Reason, Standing, Unable

log = logging.getLogger(__name__)

LOOK_S = 2.0
LEAST_S = 0.2  # however much the codec tells of itself
ASKED_S = 4.0  # one look at a codec that is slow; then the talk with it is given up and begun anew
JOIN_S = 3.8
TAKE_BACK_S = 1.0
LEAVE_S = 2.8
HAND_S = 1.4
ANSWER_S = 4.8
TONES_S = 4.8
AGAIN_S = 0.15  # between reads of a state that must still change
SEEN_S = 4.0  # a call that was dialled stands in the codec's list by then
DIAL_S = 20.0
NUMBER = re.compile(r"[0-9A-Za-z.@:_+*#;=%-]{1,190}")  # nothing that could begin another order
TONES = re.compile(r"[0-9*#]{1,32}")


class CodecConference(Unable):
    """`target` is what the codec dials, with {room} in it: "{room}", or as "sip:{room}@host"."""

    road = "codec"

    def __init__(self, codec: Codec, target: str = "{room}") -> None:
        self.measures = codec.measures
        self._codec, self._target = codec, target
        codec.changed = self._wake
        self._turn = asyncio.Lock()
        self._news = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        self._stays = False  # for calls that come in
        self._own = ""
        self._began = 0.0
        self._stood = False
        self._look = Look()
        self._linked: bool | None = None
        self._answers = 0
        self._tally = Tally()
        self._error: str | None = None
        self._standing: Standing | None = None

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._codec.abilities

    async def wait_for_calls(self) -> None:
        """From now on the codec is asked also while no call of ours is on, until stop(). DeviceError if not reached.

        A codec that refuses the account is asked no more: then this is to be called again.
        """
        async with self._talking("the codec", JOIN_S):
            await self._see()
        self._stays = True
        self._keep_watching()

    async def stop(self) -> None:
        """Leaves, and lets go of the codec; within 4 s; idempotent."""
        self._stays = False
        try:
            await self.leave()
        finally:
            await self._let_go()

    # --- devices.contract.Conference ---

    async def join(self, to: Invitation) -> None:
        number, dialled = self._number(to.room), False
        try:
            async with self._talking("joining", JOIN_S):
                look = await self._see()
                if look.legs or look.full:
                    raise DeviceError(Reason.REFUSED_BUSY, "the codec is in a call already")
                await self._close_microphone()
                self._begin("")
                dialled = True
                self._own = await self._codec.dial(number)
                self._began = time.monotonic()
        except (DeviceError, asyncio.CancelledError):
            if dialled:
                await self._take_back(number)
            if not self._own and not self._stays:
                await self._let_go()
            raise
        self._keep_watching()

    async def leave(self) -> None:
        if self._own:
            async with self._talking("leaving", LEAVE_S):
                await self._see()
                if self._own:  # else it is over by itself
                    await self._end(self._own)
        elif (ringing := self._ringing()) is not None and self._stays:
            async with self._talking("refusing", LEAVE_S):
                await self._end(ringing.call)
        self._begin("")
        if not self._stays:
            await self._let_go()

    async def set_microphone(self, on: bool) -> bool | None:
        if Ability.MICROPHONE not in self.abilities or self._linked is None:
            return None
        async with self._talking("the microphone", HAND_S):
            muted = (await self._see()).muted
            if muted is None or muted is not on:
                return None if muted is None else not muted
            await self._codec.mute(not on)
            for _ in range(3):
                muted = (await self._see()).muted
                if muted is not on:
                    break
                await asyncio.sleep(AGAIN_S)
        return None if muted is None else not muted

    async def answer(self) -> None:
        ringing = self._ringing()
        if Ability.ANSWER not in self.abilities:
            raise DeviceError(Reason.UNSUPPORTED, "this codec is not answered from here")
        if ringing is None:
            raise DeviceError(Reason.NOT_NOW, "nobody is calling")
        async with self._talking("answering", ANSWER_S):
            await self._see()
            await self._close_microphone()
            self._begin(ringing.call)
            await self._codec.answer(ringing.call)
            while not self._stood:
                leg = self._leg(await self._see(), ringing.call)
                if leg is None:
                    self._begin("")
                    raise DeviceError(Reason.NOT_NOW, "the caller has hung up")
                await asyncio.sleep(AGAIN_S)
        self._keep_watching()

    async def send_tones(self, tones: str) -> None:
        if Ability.TONES not in self.abilities or TONES.fullmatch(tones) is None:
            raise DeviceError(Reason.UNSUPPORTED, "these are no tones, or this codec sends none")
        if not self._stood:
            raise DeviceError(Reason.NOT_NOW, "no call stands")
        async with self._talking("tones", TONES_S):
            await self._codec.send_tones(self._own, tones)

    async def recall_preset(self, number: int) -> None:
        """The codec's own camera to its own preset; within 4 s. An order: the codec proves nothing."""
        async with self._talking("a preset", ASKED_S):
            await self._codec.recall_preset(number)

    def evidence(self) -> Evidence | None:
        ringing = self._ringing()
        if not self._own and self._error is None and self._standing is None and ringing is None:
            return None
        counted = self._tally.evidence(time.monotonic())
        return replace(
            counted,
            feedback=counted.feedback if self.measures else self._answers,
            connections=int(self._stood),
            microphone_muted=self._look.muted if self._linked else None,
            page_error=self._error,
            standing=self._standing,
            signalling=self._linked,
            ringing=ringing.far or "?" if ringing is not None else "",
        )

    # --- the talk with the codec ---

    def _number(self, room: str) -> str:
        if "{room}" in self._target and not room.strip():
            raise DeviceError(Reason.UNSUPPORTED, "this system needs a room number")
        number = self._target.replace("{room}", re.sub(r"\s", "", room))
        if NUMBER.fullmatch(number) is None:
            raise DeviceError(Reason.UNSUPPORTED, "this is no number that a codec can dial")
        return number

    @asynccontextmanager
    async def _talking(self, what: str, wait_s: float) -> AsyncIterator[None]:
        """One order at a time, all of it within wait_s."""
        try:
            async with asyncio.timeout(wait_s), self._turn:
                try:
                    await self._codec.open()
                    yield
                except (DeviceTimeout, asyncio.CancelledError):
                    await self._codec.close()  # a late answer would be taken for the next question's
                    raise
        except TimeoutError as error:
            raise DeviceTimeout(f"{what}: the codec did not answer within {wait_s} s") from error

    async def _close_microphone(self) -> None:
        """The PC's own guard reaches no codec: so nothing is dialled before its microphones are told to be closed."""
        if Ability.MICROPHONE not in self.abilities or self._look.muted:
            return
        await self._codec.mute(True)
        if not (await self._see()).muted:
            await asyncio.sleep(AGAIN_S)
            if not (await self._see()).muted:
                raise DeviceError(Reason.NOT_NOW, "the codec does not close its microphone")

    async def _take_back(self, number: str) -> None:
        """A call that the codec, free before, began without saying so must not stay; also one without a number."""
        with contextlib.suppress(DeviceError):
            async with self._talking("taking the call back", TAKE_BACK_S):
                for leg in (await self._see()).legs:
                    if leg.stage is not Stage.RINGING and (not leg.number or leg.number.endswith(number)):
                        await self._end(leg.call)

    async def _end(self, call: str) -> None:
        """Until the codec has it no more: an order that was only sent may be lost with the line that is closed next."""
        await self._codec.hang_up(call)
        while self._leg(await self._see(), call) is not None:  # noqa: ASYNC110 - each turn asks the codec
            await asyncio.sleep(AGAIN_S)

    async def _see(self) -> Look:
        look = await self._codec.look()
        self._linked, self._look = True, look
        self._answers += 1
        if self._own:
            self._follow(look, self._leg(look, self._own))
        return look

    def _follow(self, look: Look, leg: Leg | None) -> None:
        """What became of our own call; whatever else the codec does is not ours."""
        if leg is not None:
            if leg.stage is Stage.STANDS and not self._stood:
                self._stood = True
                log.info("the codec's call stands")
            if self._stood:
                own = tuple(channel for channel in look.channels if channel.call == leg.call)
                self._tally.take(own, time.monotonic())
        elif self._stood or time.monotonic() - self._began > SEEN_S:
            self._standing = self._codec.why_ended(self._own) or (Standing.ENDED if self._stood else None)
            self._error = None if self._stood or self._standing is not None else "load_failed"
            self._own, self._stood = "", False
            log.info("the codec's call is over")

    def _begin(self, call: str) -> None:
        self._own, self._began, self._stood = call, time.monotonic(), False
        self._error, self._standing, self._tally = None, None, Tally()

    @staticmethod
    def _leg(look: Look, call: str) -> Leg | None:
        return next((leg for leg in look.legs if leg.call == call), None)

    def _ringing(self) -> Leg | None:
        legs = self._look.legs if self._linked else ()
        return next((leg for leg in legs if leg.stage is Stage.RINGING and leg.call != self._own), None)

    def _wake(self) -> None:
        self._news.set()

    def _keep_watching(self) -> None:
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._watching())

    async def _watching(self) -> None:
        while self._own or self._stays:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._news.wait()
            await asyncio.sleep(LEAST_S)
            self._news.clear()
            try:
                async with self._talking("looking", ASKED_S):
                    await self._see()
                    if self._own and not self._stood and time.monotonic() - self._began > DIAL_S:
                        call, self._own, self._error = self._own, "", "load_failed"
                        await self._codec.hang_up(call)
            except DeviceError as error:
                if self._linked:
                    log.warning("the talk with the codec is lost: %s", error.reason)
                self._linked = False
                await self._codec.close()
                if error.reason is Reason.AUTH:
                    return  # asked again and again, a codec locks the account

    async def _let_go(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        async with self._turn:  # whoever leaves at the same time is still at it, for his own time at most
            await self._codec.close()
        self._linked, self._look = None, Look()
