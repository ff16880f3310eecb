"""The system's own mute over every microphone of this PC: closed until somebody is asked to speak."""

import asyncio
import logging
import threading
import time
from typing import Any, Protocol

import pulsectl

from devices.audio.capture import Zeros
from devices.audio.pulse import PulseTruth, Sound, look
from devices.contract import DeviceError, MicState

log = logging.getLogger(__name__)

CLOSE_S = 1.5
OPEN_S = 1.0
PROVEN_S = 0.1  # so much measured silence, in one piece
FRESH_S = 0.5  # and heard so lately
STEP_S = 0.005


class Silence(Protocol):
    """The capturing microphone, as far as the guard needs it."""

    @property
    def device(self) -> str: ...

    def zeros(self) -> Zeros | None: ...


class NoMicrophone:
    """A room without one: everything is kept muted, and nothing can be proven."""

    device = ""

    def zeros(self) -> Zeros | None:
        return None


class PulseGuard:
    """devices.contract.MicrophoneGuard on PulseAudio.

    Art. 9.2.a: the microphone is on only when the chair asks. So closed is the state to begin with, and it is kept
    against every new device and every other program, from the first look at the server on. It stays when this program
    ends or dies: nothing here unmutes but open().
    """

    stand_in = False

    def __init__(self, truth: PulseTruth, microphone: Silence) -> None:
        self.truth = truth
        self._microphone = microphone
        self._opened = False
        self._orders = 0  # how often open or close was asked for
        self._acting = threading.Lock()  # to decide and to mute is one act, in the event thread and in the lane
        truth.attend(self._keep)

    async def close(self) -> MicState:
        deadline = time.monotonic() + CLOSE_S
        self._opened = False
        self._orders += 1
        self.truth.start()
        try:
            await self.truth.ask(self._mute_now, CLOSE_S - STEP_S)
            acted = time.monotonic()
        except DeviceError as error:
            log.warning("the microphones could not be muted: %s", error)
            return MicState.UNKNOWN
        await self._becomes(MicState.CLOSED, acted, deadline)
        return MicState.CLOSED if self.state() is MicState.CLOSED else MicState.UNKNOWN

    def keep_alive(self) -> None:
        return None

    async def open(self, id: str = "") -> MicState:
        deadline = time.monotonic() + OPEN_S
        self._opened = True
        self._orders += 1
        order = self._orders
        self.truth.start()
        try:
            if await self.truth.ask(self._unmute_now, OPEN_S - STEP_S):
                await self._becomes(MicState.OPEN, time.monotonic(), deadline)
        except DeviceError as error:
            log.warning("the microphone could not be unmuted: %s", error)
        state = self.state()
        if state is not MicState.OPEN and order == self._orders:
            self._opened = False  # it must not open by itself once the server is back
        return state

    def state(self) -> MicState:
        sound = self.truth.newest()
        wanted = sound.source(self._microphone.device) if sound is not None else None
        if sound is None or wanted is None:
            return MicState.UNKNOWN
        if not wanted.muted:
            return MicState.OPEN
        zeros = self._microphone.zeros()
        silent = zeros is not None and zeros.seconds >= PROVEN_S and time.monotonic() - zeros.arrived < FRESH_S
        return MicState.CLOSED if silent and all(source.muted for source in sound.microphones) else MicState.UNKNOWN

    async def stop(self) -> None:
        await self.close()
        await self.truth.stop()

    async def _becomes(self, state: MicState, acted: float, deadline: float) -> None:
        """Waits until the look and the samples say so too; not for a microphone that is not there.

        Only a look made after the act can tell that: an older one may not know yet of a microphone just plugged in.
        """
        while self.state() is not state and time.monotonic() < deadline - STEP_S:
            sound = self.truth.newest()
            if sound is not None and sound.looked > acted and sound.source(self._microphone.device) is None:
                return
            await asyncio.sleep(STEP_S)

    def _keep(self, pulse: Any, sound: Sound) -> None:
        """After every look: mutes whatever is not muted, but the one that was opened."""
        with self._acting:
            spared = self._microphone.device if self._opened else None
            for source in sound.microphones:
                if source.muted or source.name == spared:
                    continue
                try:
                    pulse.source_mute(source.index, True)
                except pulsectl.PulseOperationFailed as error:
                    if not pulse.connected:
                        raise
                    log.debug("%s went before it was muted: %s", source.name, error)

    def _mute_now(self, pulse: Any) -> None:
        known = self.truth.newest()
        if known is not None:  # first what is known: a look of one's own takes 100 ms on a PC that is in a meeting
            self._keep(pulse, known)
        self._keep(pulse, look(pulse))

    def _unmute_now(self, pulse: Any) -> bool:
        with self._acting:
            wanted = look(pulse).source(self._microphone.device)
            if not self._opened or wanted is None:  # a close() may have come in between
                return False
            pulse.source_mute(wanted.index, False)
            return True
