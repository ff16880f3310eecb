"""The system's own mute over every microphone of this PC: closed until somebody is asked to speak."""

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import pulsectl

from devices.audio.pulse.capture import Zeros
from devices.audio.pulse.keeper import Keeper
from devices.audio.pulse.keeper_process import LEASE_S
from devices.audio.pulse.truth import PulseTruth, Sound, look
from devices.contract import DeviceError, MicState

log = logging.getLogger(__name__)

CLOSE_S = 1.5
OPEN_S = 1.0
PROVEN_S = 0.1  # so much measured silence, in one piece
FRESH_S = 0.5  # and heard so lately
STEP_S = 0.005


class Silence(Protocol):
    """A capturing microphone, as far as the guard needs it."""

    @property
    def device(self) -> str: ...

    @property
    def listening(self) -> bool:
        """Whether somebody wants it to be heard."""

    def heard(self) -> float:
        """When its newest sample arrived (monotonic); 0.0 before the first and while our stream is elsewhere."""

    def zeros(self) -> Zeros | None: ...


@dataclass(frozen=True, slots=True)
class Leave:
    """That one microphone may be open: on a keeper's lease, in one life of the audio server."""

    source: str
    lease: int
    life: int


class PulseGuard:
    """devices.contract.MicrophoneGuard on PulseAudio.

    Art. 9.2.a: the microphone is on only when the chair asks. So closed is the state to begin with, and it is kept
    twice against every new device and every other program: by the keeper's process, which outlives this program, and
    here, should the keeper fail. Nothing unmutes but open(), on the keeper's lease; a leave that was lost is not
    taken up again by itself.
    """

    stand_in = False

    def __init__(self, truth: PulseTruth, microphones: Mapping[str, Silence], server: str | None = None) -> None:
        self.truth = truth
        self.keeper = Keeper(server, truth.answers, self._lost)
        self._microphones = dict(microphones)
        self._leave: Leave | None = None
        self._beat = 0.0
        self._ended = False
        self._orders = 0  # how often open or close was asked for
        self._acting = threading.Lock()  # to decide and to mute is one act, in the event thread and in the lane
        truth.attend(self._keep)

    async def close(self) -> MicState:
        deadline = time.monotonic() + CLOSE_S
        self._leave = None
        self._orders += 1
        self._begin()
        try:
            await self.truth.ask(self._mute_now, CLOSE_S - STEP_S)
            acted = time.monotonic()
        except DeviceError as error:
            log.warning("the microphones could not be muted: %s", error)
            return MicState.UNKNOWN
        finally:
            self.keeper.revoke()
        await self._becomes(MicState.CLOSED, acted, deadline)
        return MicState.CLOSED if self.state() is MicState.CLOSED else MicState.UNKNOWN

    async def open(self, id: str = "") -> MicState:
        deadline = time.monotonic() + OPEN_S
        self._orders += 1
        order = self._orders
        wanted = self._microphones.get(id) if id else next(iter(self._microphones.values()), None)
        self._begin()
        self._beat = time.monotonic()
        if wanted is None:
            log.warning("no microphone %s is configured", id)
            return MicState.UNKNOWN
        try:
            await self._open(wanted.device, order, deadline)
        except DeviceError as error:
            log.warning("the microphone could not be unmuted: %s", error)
        state = self.state()
        if state is not MicState.OPEN and order == self._orders:
            self._leave = None  # it must not open by itself once the server is back
            self.keeper.revoke()
        return state

    def keep_alive(self) -> None:
        now = time.monotonic()
        if now - self._beat > LEASE_S:
            self._leave = None  # too late: the keeper has closed by now
        self._beat = now
        self.keeper.beat()

    def state(self) -> MicState:
        sound, leave = self.truth.newest(), self._leave
        if sound is None:
            return MicState.UNKNOWN
        there = [microphone for microphone in self._microphones.values() if sound.source(microphone.device)]
        opened = [m for m in there if not any(s.muted for s in sound.sources if s.name == m.device)]
        if opened:
            known = all(self._proven_open(microphone, leave) for microphone in opened)
            return MicState.OPEN if known else MicState.UNKNOWN
        listened = [microphone for microphone in there if microphone.listening]
        silent = bool(listened) and all(_silent(microphone) for microphone in listened)
        return MicState.CLOSED if silent and all(source.muted for source in sound.microphones) else MicState.UNKNOWN

    async def stop(self) -> None:
        await self.close()
        self._ended = True
        await asyncio.to_thread(self.keeper.stop)
        await self.truth.stop()

    def _begin(self) -> None:
        self._ended = False
        self.truth.start()
        self.keeper.start()

    def _proven_open(self, microphone: Silence, leave: Leave | None) -> bool:
        """An unmuted one with our leave must also be heard and leased; one without is open, whoever opened it."""
        if leave is None or leave.source != microphone.device:
            return True
        heard = not microphone.listening or time.monotonic() - microphone.heard() < FRESH_S
        return heard and self.keeper.holds(leave.lease)

    async def _open(self, source: str, order: int, deadline: float) -> None:
        lease = self.keeper.lease(source)
        while not self.keeper.holds(lease):
            if order != self._orders:
                return
            if time.monotonic() > deadline - STEP_S:
                log.warning("no keeper has taken the lease: the microphone stays closed")
                return
            await asyncio.sleep(STEP_S)
        left_s = max(deadline - STEP_S - time.monotonic(), STEP_S)
        if await self.truth.ask(lambda pulse: self._unmute_now(pulse, source, lease, order), left_s):
            await self._becomes(MicState.OPEN, time.monotonic(), deadline)

    async def _becomes(self, state: MicState, acted: float, deadline: float) -> None:
        """Waits until the look and the samples say so too; not for a microphone that is not there.

        Only a look made after the act can tell that: an older one may not know yet of a microphone just plugged in.
        """
        devices = [microphone.device for microphone in self._microphones.values()]
        while self.state() is not state and time.monotonic() < deadline - STEP_S:
            sound = self.truth.newest()
            if sound is not None and sound.looked > acted and not any(sound.source(device) for device in devices):
                return
            await asyncio.sleep(STEP_S)

    def _may_be_open(self) -> str:
        """The source that is spared now; a leave that has ended is forgotten."""
        leave = self._leave
        if leave is None:
            return ""
        kept = self.keeper.holds(leave.lease) and self.truth.life == leave.life
        if kept and time.monotonic() - self._beat < LEASE_S:
            return leave.source
        log.warning(
            "the leave to speak has ended: %s", "no sign of life" if kept else "the keeper or the server is lost"
        )
        self._leave = None
        return ""

    def _keep(self, pulse: Any, sound: Sound) -> None:
        """After every look: mutes whatever is not muted, but the one that was opened."""
        if not self._ended:
            self.keeper.start()
        with self._acting:
            spared = self._may_be_open()
            for source in sound.microphones:
                if source.muted or source.name == spared:
                    continue
                try:
                    pulse.source_mute(source.index, True)
                except pulsectl.PulseOperationFailed as error:
                    if not pulse.connected:
                        raise
                    log.debug("%s went before it was muted: %s", source.name, error)

    def _lost(self, why: str) -> None:
        """In the keeper's thread: it died, hung or let the lease lapse; closed here too, through a line of its own."""
        log.warning("the microphone's lease is lost (%s): closed", why)
        self._leave = None
        try:
            self.truth.act_now(self._mute_now)
        except DeviceError as error:
            log.warning("the microphones could not be muted: %s", error)

    def _mute_now(self, pulse: Any) -> None:
        known = self.truth.newest()
        if known is not None:  # first what is known: a look of one's own takes 100 ms on a PC that is in a meeting
            self._keep(pulse, known)
        self._keep(pulse, look(pulse))

    def _unmute_now(self, pulse: Any, device: str, lease: int, order: int) -> bool:
        with self._acting:
            sound = look(pulse)
            wanted = sound.source(device)
            alive = self.keeper.holds(lease) and time.monotonic() - self._beat < LEASE_S / 2
            if order != self._orders or wanted is None or not alive:  # a close() may have come in between
                return False
            for source in sound.microphones:
                if source.name != device and not source.muted:
                    pulse.source_mute(source.index, True)
            self._leave = Leave(device, lease, self.truth.life)
            pulse.source_mute(wanted.index, False)
            return True


def _silent(microphone: Silence) -> bool:
    zeros = microphone.zeros()
    return zeros is not None and zeros.seconds >= PROVEN_S and time.monotonic() - zeros.arrived < FRESH_S
