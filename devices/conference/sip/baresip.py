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
from devices.conference.sip.control import Control, Message
from devices.conference.sip.program import MOST_PASSWORD, Account, Equipment, Found, Program, config, find, free_port
from devices.conference.sip.server import Server
from devices.contract import Ability, DeviceError, DeviceTimeout, Evidence, Invitation, Reason, Unable

log = logging.getLogger(__name__)

UP_S = 3.0  # from start to the first answer; 0.1 s on an idle machine
LOOK_S = 0.5
HUNG_S = 5.0  # baresip's loop answers within milliseconds; told within LOOK_S + HUNG_S
DIAL_S = 20.0  # its own limit is SIP's 32 s, and with a dead port it says nothing at all
ANSWER_S = 4.5
HAND_S = 1.4
GOODBYE_S = 0.8
TRIES = 2  # a port that was free may be taken a moment later
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
        self._program: Program | None = None
        self._control: Control | None = None
        self._watch: asyncio.Task[None] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._changed = asyncio.Event()
        self._call = Call()
        self._joined = False
        self._stays = False  # for calls that come in
        self._registered: bool | None = None

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset({Ability.MICROPHONE, Ability.ANSWER, Ability.TONES})

    @property
    def pid(self) -> int | None:
        """Of baresip, while it runs."""
        return self._program.pid if self._program is not None else None

    async def wait_for_calls(self) -> None:
        """From now on baresip runs also while no call is on, until stop(). Within UP_S, or DeviceError."""
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
        await self._start(self._name or to.name)
        assert self._control is not None
        self._call, self._joined = Call(), True
        self._call.dial()
        try:
            await self._control.command("dial", uri, wait_s=1.0)
        except DeviceError:
            await self.leave()
            raise
        self._limit = asyncio.get_running_loop().call_later(DIAL_S, self._not_answered, self._call)

    async def leave(self) -> None:
        control, call = self._control, self._call
        self._end_limit()
        if control is not None and call.phase not in (Phase.IDLE, Phase.OVER):
            with contextlib.suppress(DeviceError):  # hung or gone: ended below
                await control.command("hangup", wait_s=GOODBYE_S)
        self._call, self._joined = Call(), False
        if not self._stays or (control is not None and control.lost is not None):
            await self._end()

    async def set_microphone(self, on: bool) -> bool | None:
        """baresip's own mute, which only toggles: what it last said is where we start from."""
        call, control = self._call, self._control
        if control is None or call.phase is not Phase.STANDS:
            return None
        for _ in range(2):  # had it been otherwise than it said, the second turn puts it right
            if call.muted is not None and call.muted is not on:
                return on
            said = await control.command("mute", wait_s=HAND_S / 2)
            call.muted = False if "un-muted" in said else True if "muted" in said else None
        return None if call.muted is None else not call.muted

    async def answer(self) -> None:
        call, control = self._call, self._control
        if control is None or call.phase is not Phase.RINGING:
            raise DeviceError(Reason.NOT_NOW, "nobody is calling")
        self._joined = True
        try:
            async with asyncio.timeout(ANSWER_S):
                await control.command("accept", wait_s=ANSWER_S)
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
        if self._control is None or self._call.phase is not Phase.STANDS:
            raise DeviceError(Reason.NOT_NOW, "no call stands")
        await self._control.command("sndcode", tones, wait_s=2.0)

    def evidence(self) -> Evidence | None:
        call = self._call
        if not self._joined and call.phase is not Phase.RINGING:
            return None
        return replace(
            call.counters.evidence(time.monotonic()),
            connections=int(call.phase is Phase.STANDS),
            microphone_muted=call.muted,
            page_error=call.error,
            standing=call.standing,
            signalling=self._registered,
            common_video=call.common_video,
            microphone_ended=call.microphone_ended,
            ringing=call.ringing,
        )

    # --- baresip's life ---

    async def _start(self, name: str) -> None:
        if self._program is not None and self._program.alive() and self._control and self._control.lost is None:
            return
        await self._end()
        self._found = self._found or await find(self._wanted)
        account = self._server.account(name)
        password = self._ask_password() if account.registers else None
        for turn in range(TRIES):
            try:
                await self._launch(self._found, account, password)
            except DeviceError:
                await self._end()
                if turn + 1 == TRIES:
                    raise
            else:
                break
        self._watch = asyncio.create_task(self._look())

    def _ask_password(self) -> str:
        secret = self._password() if self._password is not None else ""
        if not secret or len(secret.encode()) > MOST_PASSWORD or re.search(r"[\r\n\x00]", secret):
            raise DeviceError(Reason.AUTH, "no password that baresip can take")
        return secret

    async def _launch(self, found: Found, account: Account, password: str | None) -> None:
        port, server = free_port(), self._server
        text = config(found, self._equipment, port, server.listen, server.interface)
        try:
            self._program = Program(found, text, account, password, self._env)
        except OSError as error:
            raise DeviceError(Reason.UNSUPPORTED, f"baresip does not start: {error.strerror}") from error
        ends = time.monotonic() + UP_S / TRIES
        while True:
            self._control = Control(port, self._told)
            try:
                await self._control.open(0.5)
                await self._control.command("reginfo", wait_s=1.0)
                return
            except DeviceError:
                await self._control.close()
                if time.monotonic() > ends or not self._program.alive():
                    raise
            await asyncio.sleep(0.02)

    async def _end(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None and watch is not asyncio.current_task():
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        control, self._control = self._control, None
        program, self._program = self._program, None
        if control is not None and control.lost is None and program is not None:
            with contextlib.suppress(DeviceError):
                await control.command("quit", wait_s=GOODBYE_S / 2)
            await program.ended(GOODBYE_S)  # it still says goodbye to the other side
        if control is not None:
            await control.close()
        if program is not None:
            program.kill()
        self._registered = None

    # --- what is told, and what is looked at ---

    def _told(self, event: Message) -> None:
        kind = event.get("type")
        if kind in ("REGISTER_OK", "REGISTER_FAIL"):
            self._registered = kind == "REGISTER_OK"
        before = self._call.phase
        self._call.take(event)
        if self._call.phase is not before:
            log.info("the SIP call is %s", self._call.phase.name.lower())
            if self._call.phase is not Phase.DIALLING:
                self._end_limit()
        self._changed.set()

    def _not_answered(self, call: Call) -> None:
        """The dial's own limit: the call is taken back, and the room is told."""
        if call is self._call and call.phase is Phase.DIALLING:
            call.fail("load_failed")
            self._hanging_up = asyncio.ensure_future(self._take_back())

    async def _take_back(self) -> None:
        if self._control is not None:
            with contextlib.suppress(DeviceError):
                await self._control.command("hangup", wait_s=GOODBYE_S)

    def _end_limit(self) -> None:
        limit, self._limit = self._limit, None
        if limit is not None:
            limit.cancel()

    async def _look(self) -> None:
        """Twice a second: is baresip alive, does it answer, what does it count."""
        assert self._control is not None
        assert self._program is not None
        control, program = self._control, self._program
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                self._registered = registration(await control.command("reginfo", wait_s=HUNG_S))
                if self._call.phase is Phase.STANDS:
                    audio = await control.command("audio_debug", wait_s=HUNG_S)
                    video = await control.command("video_debug", wait_s=HUNG_S)
                    self._call.counters.read(audio, video)
            except DeviceTimeout:
                log.error("baresip does not answer: it is ended")
                program.kill()
                self._call.fail("hung")
                return
            except DeviceError as error:
                if error.reason is Reason.NOT_NOW:
                    continue  # the call ended between the question and the answer
                await program.ended(0.2)  # its socket closes a moment before it is gone
                log.error("baresip has ended by itself")
                program.kill()
                self._call.fail("program_ended")
                return
