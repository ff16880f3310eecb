"""The configured loudspeaker on PulseAudio: its volume, and a self-test by ear of the room's own microphone."""

import asyncio
import logging
import time
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices.audio.capture import PulseMicrophone, Recording
from devices.audio.chirp import CHIRP_S, chirp, find_chirp
from devices.audio.meter import channel_rms
from devices.audio.portaudio import PortAudio
from devices.audio.pulse import PulseTruth
from devices.contract import DeviceError, DeviceTimeout, LoudspeakerVerdict, Microphone, Reason, SoundFault
from devices.lane import Lane

log = logging.getLogger(__name__)

CALL_S = 1.0
CHECK_S = 4.8
TAIL_S = 0.4  # delay of the way out, through the air and back
ATTEMPTS = 2  # a chirp counts as not heard when it was missed twice


class Player:
    """Gives the samples to PortAudio buffer by buffer, then silence."""

    def __init__(self, samples: NDArray[np.float32]) -> None:
        self._samples = samples
        self._at = 0
        self.wanted = True
        self.begun: float | None = None

    def fill(self, buffer: NDArray[np.float32]) -> None:
        if self.begun is None:
            self.begun = time.monotonic()
        part = self._samples[self._at : self._at + len(buffer)]
        self._at += len(part)
        buffer[: len(part)] = part[:, np.newaxis]
        buffer[len(part) :] = 0.0


class PulseLoudspeaker:
    """devices.contract.Loudspeaker by its stable PulseAudio name."""

    stand_in = False

    def __init__(self, id: str, device: str, truth: PulseTruth, portaudio: PortAudio) -> None:
        self.id = id
        self.device = device
        self._truth = truth
        self._portaudio = portaudio
        self._lane = Lane(f"loudspeaker-{id}")

    async def volume(self) -> int | None:
        """0…10; a muted loudspeaker is 0."""
        try:
            return await self._truth.ask(self._read, CALL_S)
        except DeviceError as error:
            log.debug("%s: volume unknown: %s", self.id, error)
            return None

    async def set_volume(self, tenths: int) -> int:
        def work(pulse: Any) -> int:
            sink = self._sink(pulse)
            pulse.volume_set_all_chans(sink, min(max(tenths, 0), 10) / 10)
            if tenths > 0 and sink.mute:
                pulse.mute(sink, False)
            return self._read(pulse)

        return await self._truth.ask(work, CALL_S)

    async def check(self, microphone: Microphone | None, baseline_db: float | None = None) -> LoudspeakerVerdict:
        """Plays one second of chirp, twice if the first was not heard. delay_ms is good to 50 ms.

        level_db is what came back against what was sent. Not conclusive without a microphone, with one that is
        elsewhere (`reason` says so) and with one that brings digital silence, being closed or dead.
        """
        try:
            async with asyncio.timeout(CHECK_S):
                return await self._check(microphone)
        except (DeviceError, TimeoutError) as error:
            log.warning("%s: not checked: %s", self.id, error)
            sound = self._truth.newest()
            lost = isinstance(error, DeviceError) and error.reason is Reason.LINK_LOST
            gone = lost or sound is None or sound.sink(self.device) is None
            return LoudspeakerVerdict(False, None, None, None, SoundFault.ABSENT if gone else None)

    async def _check(self, microphone: Microphone | None) -> LoudspeakerVerdict:
        self._truth.start()
        ears = microphone if isinstance(microphone, PulseMicrophone) else None
        if ears is not None:
            try:
                await asyncio.to_thread(ears.start)
            except DeviceError as error:
                log.debug("%s: no microphone to listen with: %s", self.id, error)
        for attempt in range(ATTEMPTS):
            verdict = await self._attempt(ears)
            if verdict.heard is not False or attempt == ATTEMPTS - 1:
                break
        return verdict

    async def _attempt(self, ears: PulseMicrophone | None) -> LoudspeakerVerdict:
        player = Player(chirp())
        with ears.keeping() if ears else nullcontext() as recording:
            elsewhere = await self._play(player)
        if recording is None or elsewhere is not None:
            return LoudspeakerVerdict(False, None, None, None, elsewhere)
        return await asyncio.to_thread(_judge, recording, player.begun)

    async def _play(self, player: Player) -> SoundFault | None:
        """Plays it to the end and waits for its echo; tells where it went instead, if it did."""
        try:
            stream, index = await self._lane.call(self._begin, player, wait_s=CALL_S)
        except (DeviceError, asyncio.CancelledError):
            player.wanted = False
            raise
        try:
            await asyncio.sleep(CHIRP_S + TAIL_S)
            sound = self._truth.newest()
        finally:
            await self._lane.call(self._portaudio.close, stream, wait_s=CALL_S)
        if sound is None or sound.sink(self.device) is None:
            return SoundFault.ABSENT
        played = sound.playing.get(index)
        return None if played is not None and played.device == self.device else SoundFault.WRONG_DEVICE

    def _begin(self, player: Player) -> tuple[Any, int]:
        """Opens the stream and finds it on the server."""
        if not self._truth.wait_until(lambda sound: True, CALL_S / 2):
            raise DeviceTimeout("the audio server does not answer")
        with self._portaudio.lock:
            sound = self._truth.look_now()
            sink = sound.sink(self.device)
            if sink is None:
                raise DeviceError(Reason.LINK_LOST, f"{self.device} is not there")
            stream = self._portaudio.play(self.device, sink.channels, player.fill)
            new = set(self._truth.look_now().playing) - set(sound.playing)
        if not new or not player.wanted:
            self._portaudio.close(stream)
            raise DeviceTimeout(f"{self.device}: our stream does not show on the server")
        return stream, max(new)

    def _sink(self, pulse: Any) -> Any:
        return pulse.get_sink_by_name(self.device)

    def _read(self, pulse: Any) -> int:
        sink = self._sink(pulse)
        return 0 if sink.mute else min(max(round(sink.volume.value_flat * 10), 0), 10)


def _judge(recording: Recording, played: float | None) -> LoudspeakerVerdict:
    samples = recording.samples()
    if recording.seen:
        return LoudspeakerVerdict(False, None, None, None, min(recording.seen))
    if not samples.any():
        return LoudspeakerVerdict(False, None, None, None, SoundFault.DEAD)
    found = find_chirp(samples[:, int(np.argmax(channel_rms(samples)))])
    if not found.heard or recording.began is None or played is None:
        return LoudspeakerVerdict(False, False, None, None)
    return LoudspeakerVerdict(True, True, found.gain_db, (recording.began + found.delay_s - played) * 1000)
