"""The configured loudspeaker on PulseAudio: its volume, and a self-test by ear of the room's own microphone."""

import asyncio
import logging
import math
import re
import time
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices.audio.measuring.bell import BELL_S, bell
from devices.audio.measuring.chirp import CHIRP_S, LEVEL_DBFS, SOFT_DBFS, Found, chirp, find_chirp
from devices.audio.measuring.verdict import ORDER
from devices.audio.pulse.capture import PulseMicrophone, Recording
from devices.audio.pulse.portaudio import PortAudio
from devices.audio.pulse.truth import PulseTruth
from devices.contract import DeviceError, DeviceTimeout, LoudspeakerVerdict, Microphone, Reason, SoundFault
from devices.lane import Lane

log = logging.getLogger(__name__)

CALL_S = 1.0
CHECK_S = 7.5
RING_S = 5.0
TAIL_S = 0.4  # delay of the way out, through the air and back
LEVELS_DBFS = (SOFT_DBFS, LEVEL_DBFS)  # a chirp counts as not heard when it was missed twice
SIDES = 2  # left and right; a loudspeaker of more channels is told apart in its first two
CHANGE_MOST_DB = 10.0  # from the room's baseline; from 6 dB on the change is told
CANCELLER = re.compile(r"echo.?cancel|rnnoise|noise.?suppress|filter", re.IGNORECASE)
USB_DEVICE = re.compile(r"\.usb-(.+?)(?:-\d\d)?\.")  # alsa_input.usb-<vendor>_<serial>-00.mono-fallback


class Player:
    """Gives the samples to PortAudio buffer by buffer, then silence; on one channel, or on all (None)."""

    def __init__(self, samples: NDArray[np.float32], channel: int | None) -> None:
        self._samples, self._channel = samples, channel
        self._at = 0
        self.wanted = True
        self.begun: float | None = None

    def fill(self, buffer: NDArray[np.float32]) -> None:
        if self.begun is None:
            self.begun = time.monotonic()
        part = self._samples[self._at : self._at + len(buffer)]
        self._at += len(part)
        buffer[:] = 0.0
        played = buffer if self._channel is None else buffer[:, self._channel : self._channel + 1]
        played[: len(part)] = part[:, np.newaxis]


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

    async def ring(self) -> bool:
        try:
            async with asyncio.timeout(RING_S):
                self._truth.start()
                return await self._play(Player(bell(), None), BELL_S) is None
        except (DeviceError, TimeoutError) as error:
            log.warning("%s: the bell was not played: %s", self.id, error)
            return False

    async def check(self, microphone: Microphone | None, baseline_db: float | None = None) -> LoudspeakerVerdict:
        """Plays one second of chirp on each side, very softly, and less softly where it was not heard.

        level_db is of the side that came back loudest; delay_ms is good to 50 ms. Not conclusive without a microphone,
        with one that is elsewhere (`ears` says so), with one that brings digital silence, being closed or dead, and
        where a canceller that knows what is played may have taken it away. The volume is not touched.
        """
        try:
            async with asyncio.timeout(CHECK_S):
                return await self._check(microphone, baseline_db)
        except (DeviceError, TimeoutError) as error:
            log.warning("%s: not checked: %s", self.id, error)
            sound = self._truth.newest()
            lost = isinstance(error, DeviceError) and error.reason is Reason.LINK_LOST
            gone = lost or sound is None or sound.sink(self.device) is None
            return LoudspeakerVerdict(False, None, None, None, SoundFault.ABSENT if gone else None)

    async def _check(self, microphone: Microphone | None, baseline_db: float | None) -> LoudspeakerVerdict:
        self._truth.start()
        ears = microphone if isinstance(microphone, PulseMicrophone) else None
        if ears is not None:
            try:
                await asyncio.to_thread(ears.start)
            except DeviceError as error:
                log.debug("%s: no microphone to listen with: %s", self.id, error)
        sound = self._truth.newest()
        sink = sound.sink(self.device) if sound is not None else None
        sides = list(range(SIDES)) if sink is not None and sink.channels >= SIDES else [None]
        heard: dict[int | None, LoudspeakerVerdict] = {}
        for level_dbfs in LEVELS_DBFS:
            for side in [side for side in sides if side not in heard or not heard[side].heard]:
                heard[side] = await self._attempt(ears, side, level_dbfs)
                if heard[side].heard is None and heard[side].ears is not SoundFault.DEAD:
                    return heard[side]
            if all(verdict.ears is SoundFault.DEAD for verdict in heard.values()):
                return heard[sides[0]]
        hidden = ears is not None and cancels_echo(ears.device, self.device)
        return conclude(list(heard.values()), baseline_db, hidden)

    async def _attempt(self, ears: PulseMicrophone | None, side: int | None, level_dbfs: float) -> LoudspeakerVerdict:
        player = Player(chirp(level_dbfs), side)
        with ears.keeping() if ears else nullcontext() as recording:
            elsewhere = await self._play(player, CHIRP_S)
        if recording is None or elsewhere is not None:
            return LoudspeakerVerdict(False, None, None, None, elsewhere)
        return await asyncio.to_thread(_judge, recording, player.begun, level_dbfs)

    async def _play(self, player: Player, seconds: float) -> SoundFault | None:
        """Plays it to the end and waits for its echo; tells where it went instead, if it did."""
        try:
            stream, before = await self._lane.call(self._begin, player, wait_s=CALL_S)
        except (DeviceError, asyncio.CancelledError):
            player.wanted = False
            raise
        try:
            await asyncio.sleep(seconds + TAIL_S)
            sound = self._truth.newest()
        finally:
            await self._lane.call(self._portaudio.close, stream, wait_s=CALL_S)
        if sound is None or sound.sink(self.device) is None:
            return SoundFault.ABSENT
        went = {playing.device for index, playing in sound.playing.items() if index not in before}
        return None if went == {self.device} else SoundFault.WRONG_DEVICE

    def _begin(self, player: Player) -> tuple[Any, frozenset[int]]:
        """Opens the stream and sees it on the server; with it, our streams that were there before.

        ALSA makes a stream twice: which of the two stays is seen at its end.
        """
        if not self._truth.wait_until(lambda sound: True, CALL_S / 2):
            raise DeviceTimeout("the audio server does not answer")
        with self._portaudio.lock:
            sound = self._truth.look_now()
            sink = sound.sink(self.device)
            if sink is None:
                raise DeviceError(Reason.LINK_LOST, f"{self.device} is not there")
            stream = self._portaudio.play(self.device, sink.channels, player.fill)
            before = frozenset(sound.playing)
            new = set(self._truth.look_now().playing) - before
        if not new or not player.wanted:
            self._portaudio.close(stream)
            raise DeviceTimeout(f"{self.device}: our stream does not show on the server")
        return stream, before

    def _sink(self, pulse: Any) -> Any:
        return pulse.get_sink_by_name(self.device)

    def _read(self, pulse: Any) -> int:
        sink = self._sink(pulse)
        return 0 if sink.mute else min(max(round(sink.volume.value_flat * 10), 0), 10)


def cancels_echo(source: str, sink: str) -> bool:
    """Whether the microphone may take away what the loudspeaker plays: a filter, or one USB device for both."""
    ours = [found.group(1) for name in (source, sink) if (found := USB_DEVICE.search(name))]
    return bool(CANCELLER.search(source)) or (len(ours) == 2 and ours[0] == ours[1])


def conclude(sides: list[LoudspeakerVerdict], baseline_db: float | None, hidden: bool) -> LoudspeakerVerdict:
    """All sides in one verdict; `hidden`: what was not heard may have been played all the same.

    Digital silence from a microphone that heard another side is silence of this side.
    """
    heard = tuple(bool(side.heard) or (None if hidden else False) for side in sides)
    channels = heard if len(heard) > 1 else ()
    if not any(heard):
        return LoudspeakerVerdict(False, heard[0], None, None, channels=channels)
    best = max(
        (side for side in sides if side.heard), key=lambda side: -math.inf if side.level_db is None else side.level_db
    )
    change = best.level_db - baseline_db if best.level_db is not None and baseline_db is not None else None
    passed = all(heard) and (change is None or abs(change) <= CHANGE_MOST_DB)
    whole = None if None in heard else True
    return LoudspeakerVerdict(passed, whole, best.level_db, best.delay_ms, change_db=change, channels=channels)


def _judge(recording: Recording, played: float | None, level_dbfs: float) -> LoudspeakerVerdict:
    samples = recording.samples()
    if recording.seen:
        return LoudspeakerVerdict(False, None, None, None, ears=min(recording.seen, key=ORDER.index))
    if not samples.any():
        return LoudspeakerVerdict(False, None, None, None, ears=SoundFault.DEAD)
    found = best_found(samples, level_dbfs)
    if not found.heard or recording.began is None or played is None:
        return LoudspeakerVerdict(False, False, None, None)
    return LoudspeakerVerdict(True, True, found.gain_db, (recording.began + found.delay_s - played) * 1000)


def best_found(samples: NDArray[np.float32], level_dbfs: float) -> Found:
    """In the channel that hears it best: the loudest may hear but noise."""
    looked = [find_chirp(samples[:, channel], level_dbfs) for channel in range(samples.shape[1])]
    return max(looked, key=lambda found: found.statistic)
