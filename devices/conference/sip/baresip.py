"""The road `sip`: one baresip of the program's own, one call at a time.

Not verified with a real MCU, nor a real v4l2 camera; proved against other baresips and SIP servers of ours. No H.323.
"""

import asyncio
import contextlib
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from devices.conference.sip.call import Call, Phase, registration
from devices.conference.sip.control import Message
from devices.conference.sip.program import MOST_PASSWORD, Equipment, Found, find, lacking
from devices.conference.sip.running import Running
from devices.conference.sip.server import Server
from devices.contract import Ability, DeviceError, DeviceTimeout, Evidence, Invitation, Reason, Unable

log = logging.getLogger(__name__)

LOOK_S = 0.5
HUNG_S = 5.0  # baresip's loop answers within milliseconds; told within LOOK_S + HUNG_S
DIAL_S = 20.0  # its own limit is SIP's 32 s, and with a dead port it says nothing at all
ANSWER_S = 4.5
HAND_S = 1.4
GOODBYE_S = 0.8
AGAIN_S = 2.0  # while calls are waited for, a baresip that is gone is begun anew
TONES = re.compile(r"[0-9*#]{1,32}")


class BaresipConference(Unable):
    """Coroutines run in one loop, whose thread must live as long as the program: baresip dies with it."""

    road = "sip"
    measures = True

    def __init__(
        self,
        server: Server,
        equipment: Equipment,
        password: Callable[[], str] | None = None,
        name: str = "",
        env: Mapping[str, str] | None = None,  # as PULSE_SERVER
        program: str = "baresip",
    ) -> None:
        self._server, self._equipment, self._password = server, equipment, password
        self._name, self._env, self._wanted = name, dict(env or {}), program
        self._found: Found | None = None
        self._running: Running | None = None
        self._watch: asyncio.Task[None] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._later: asyncio.Future[None] | None = None  # held, or the loop may forget it
        self._changed = asyncio.Event()
        self._hand = asyncio.Lock()
        self._call = Call()
        self._joined = False
        self._stays = False  # for calls that come in
        self._registered: bool | None = None
        self._camera_missing = False

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.MICROPHONE, Ability.ANSWER, Ability.TONES})

    @property
    def pid(self) -> int | None:
        """Of baresip, while it runs."""
        return self._running.pid if self._running is not None and not self._running.lost else None

    @property
    def registered(self) -> bool | None:
        """Whether the SIP server knows us and so can call; None: no account, or not said yet. Any thread."""
        return self._registered

    async def wait_for_calls(self) -> None:
        """From now on baresip runs also while no call is on, until stop(). Within 3 s, or DeviceError."""
        self._stays = True
        await self._start(self._name)

    async def stop(self) -> None:
        """Ends any call and baresip; within 3 s; idempotent."""
        self._stays = False
        await self.leave()

    # --- devices.contract.Conference ---

    async def join(self, to: Invitation) -> None:
        uri = self._server.uri(to.room)
        if self._call.phase is Phase.RINGING:
            raise DeviceError(Reason.NOT_NOW, "somebody is calling: answer, or leave first")
        if self._joined:
            await self.leave()
        running = await self._start(self._name or to.name)
        self._call, self._joined = Call(), True
        self._call.dial()
        try:
            await running.command("dial", uri, wait_s=1.0)
        except (DeviceError, asyncio.CancelledError):
            await self.leave()
            raise
        self._limit = asyncio.get_running_loop().call_later(DIAL_S, self._not_answered, self._call)

    async def leave(self) -> None:
        running, call = self._running, self._call
        self._end_limit()
        if running is not None and call.phase is not Phase.IDLE:
            with contextlib.suppress(DeviceError):  # hung or gone: ended below, or begun anew by the watch
                await running.command("hangup", wait_s=GOODBYE_S)
        self._call, self._joined = Call(), False
        if not self._stays:
            await self._end()

    async def set_microphone(self, on: bool) -> bool | None:
        """baresip's own mute, which only toggles: what it last said is where we start from."""
        call, running = self._call, self._running
        async with self._hand:  # two that turn it at once would turn it twice
            for _ in range(2):  # had it been otherwise than it said, the second turn puts it right
                if running is None or call.phase is not Phase.STANDS:
                    return None
                if call.muted is not None and call.muted is not on:
                    return on
                said = await running.command("mute", wait_s=HAND_S / 2)
                call.muted = False if "un-muted" in said else True if "muted" in said else None
        return None if call.muted is None else not call.muted

    async def answer(self) -> None:
        call, running = self._call, self._running
        if running is None or call.phase is not Phase.RINGING:
            raise DeviceError(Reason.NOT_NOW, "nobody is calling")
        self._joined = True
        try:
            async with asyncio.timeout(ANSWER_S):
                await running.command("accept", wait_s=ANSWER_S)
                while call.phase is Phase.RINGING:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            raise DeviceTimeout("the call was taken, but does not stand") from error
        if call.phase is not Phase.STANDS:
            self._joined = False
            raise DeviceError(Reason.NOT_NOW, "the caller has hung up")

    async def send_tones(self, tones: str) -> None:
        if TONES.fullmatch(tones) is None:
            raise DeviceError(Reason.UNSUPPORTED, "these are no tones")
        if self._running is None or self._call.phase is not Phase.STANDS:
            raise DeviceError(Reason.NOT_NOW, "no call stands")
        await self._running.command("sndcode", tones, wait_s=2.0)

    def evidence(self) -> Evidence | None:
        call = self._call
        if not self._joined and call.phase is not Phase.RINGING:
            return None
        counted = call.counters.evidence(time.monotonic())
        return replace(
            counted,
            connections=int(call.phase is Phase.STANDS),
            microphone_muted=call.muted,
            page_error=call.error,
            standing=call.standing,
            signalling=self._registered,
            common_video=counted.common_video if call.common_video is None else call.common_video,
            camera_ended=self._camera_missing,
            microphone_ended=call.microphone_ended,
            ringing=call.ringing,
        )

    # --- baresip's life ---

    async def _start(self, name: str) -> Running:
        if self._running is not None and not self._running.lost:
            return self._running
        await self._end()
        self._found = self._found or await find(self._wanted)
        account, there = self._server.account(name), self._equipment.there()
        if missing := lacking(self._found, there):
            raise DeviceError(Reason.UNSUPPORTED, f"baresip lacks its modules {', '.join(missing)}")
        password = self._ask_password() if account.registers else None
        self._camera_missing = there != self._equipment
        self._running = await Running.start(self._found, self._server, there, account, password, self._env, self._told)
        self._watch = asyncio.create_task(self._look(self._running))
        return self._running

    def _ask_password(self) -> str:
        secret = self._password() if self._password is not None else ""
        if not secret or len(secret.encode()) > MOST_PASSWORD or re.search(r"[\r\n\x00]", secret):
            raise DeviceError(Reason.AUTH, "no password that baresip can take")
        return secret

    async def _end(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None and watch is not asyncio.current_task():
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        running, self._running = self._running, None
        if running is not None:
            await running.end()
        self._registered = None

    # --- what is told, and what is looked at ---

    def _told(self, event: Message) -> None:
        kind = event.get("type")
        if kind in ("REGISTER_OK", "REGISTER_FAIL"):
            self._registered = kind == "REGISTER_OK"
        if kind == "CALL_INCOMING" and self._call.phase is Phase.OVER:
            self._call = Call()  # nothing of the one before is said of this one
        before = self._call.phase
        self._call.take(event)
        if self._call.phase is not before:
            log.info("the SIP call is %s", self._call.phase.name.lower())
            if self._call.phase is not Phase.DIALLING:
                self._end_limit()
            if self._call.phase is Phase.STANDS:
                self._later = asyncio.ensure_future(self._begin_closed())
        self._changed.set()

    def _not_answered(self, call: Call) -> None:
        """The dial's own limit: the call is taken back, and the room is told."""
        if call is self._call and call.phase is Phase.DIALLING:
            call.fail("load_failed")
            self._later = asyncio.ensure_future(self._take_back())

    async def _begin_closed(self) -> None:
        """baresip begins every call un-muted; the room opens the microphone, nobody else."""
        with contextlib.suppress(DeviceError):
            await self.set_microphone(False)

    async def _take_back(self) -> None:
        if self._running is not None:
            with contextlib.suppress(DeviceError):
                await self._running.command("hangup", wait_s=GOODBYE_S)

    def _end_limit(self) -> None:
        limit, self._limit = self._limit, None
        if limit is not None:
            limit.cancel()

    async def _look(self, running: Running) -> None:
        """Twice a second: is baresip alive, does it answer, what does it count."""
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                self._registered = registration(await running.command("reginfo", wait_s=HUNG_S))
                if self._call.phase is Phase.STANDS:
                    audio = await running.command("audio_debug", wait_s=HUNG_S)
                    video = await running.command("video_debug", wait_s=HUNG_S)
                    self._call.counters.read(audio, video)
            except DeviceError as error:
                if error.reason is Reason.NOT_NOW:
                    continue  # the call ended between the question and the answer
                why = "hung" if isinstance(error, DeviceTimeout) else "program_ended"
                log.error("baresip is gone: %s", why)
                await running.gone()
                self._registered = None
                self._call.fail(why)
                break
        while self._stays and self._running in (running, None):
            await asyncio.sleep(AGAIN_S)
            if not self._joined:  # in a meeting the room decides, not we
                with contextlib.suppress(DeviceError):
                    await self._start(self._name)
