"""The configured microphone on PulseAudio: heard by a process, believed while the server agrees where."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from devices.audio.capturing import Block, Capturing
from devices.audio.meter import RATE_HZ, Meter, Samples
from devices.audio.notices import Listening
from devices.audio.pulse import PulseTruth, Sound
from devices.audio.verdict import judge
from devices.contract import DeviceError, DeviceTimeout, Level, MicrophoneVerdict, Notices, Reason, SoundFault

log = logging.getLogger(__name__)

START_S = 1.8
STOP_S = 2.0
TICK_S = 0.02
RETRY_S = 0.5
FIRST_S = 0.3  # the first samples come 10-25 ms after the stream shows; a source that was asleep takes longer
SERVER_S = 1.0
FOUND_S = 1.5  # a new process's stream shows on the server after 0.1-0.2 s
SILENT_STREAM_S = 1.0  # a stream that brings nothing for so long is opened again
SETTLE_S = 0.1  # what was said before a step began is still on its way
LEAST_HEARD = 0.8  # of a step: less is dropouts


@dataclass(frozen=True, slots=True)
class Zeros:
    """How long the newest unbroken digital silence has lasted, and when its last sample arrived (monotonic)."""

    seconds: float
    arrived: float


@dataclass(slots=True)
class Recording:
    """What a check keeps while it listens."""

    chunks: list[Samples] = field(default_factory=list)
    began: float | None = None  # time.monotonic() of the first sample
    losses: int = 0  # how often samples were missing
    seen: set[SoundFault] = field(default_factory=set)

    def samples(self) -> Samples:
        if not self.chunks:
            return np.zeros((0, 1), np.float32)
        channels = self.chunks[-1].shape[1]  # a device that was plugged in anew may have others than before
        return np.concatenate([chunk for chunk in self.chunks if chunk.shape[1] == channels])


class PulseMicrophone:
    """devices.contract.Microphone by its stable PulseAudio name.

    PulseAudio moves the stream of an unplugged microphone to any other source, a loudspeaker's monitor included, and
    the samples keep coming. So nothing heard counts while the server says that our stream is elsewhere.
    """

    stand_in = False

    def __init__(self, id: str, device: str, truth: PulseTruth) -> None:
        self.id = id
        self.device = device
        self._truth = truth
        self._meter = Meter()
        self._noticing = Listening()
        self._listener: Callable[[Samples, float], None] | None = None
        self._zeros: Zeros | None = None
        self._newest = 0.0
        self._pid: int | None = None  # the process whose stream we hear
        self._moved = threading.Event()
        self._recordings: list[Recording] = []
        self._stopping = threading.Event()
        self._settled = threading.Event()  # the first opening has ended, well or not
        self._trouble: DeviceError | None = None
        self._thread: threading.Thread | None = None
        truth.attend(self._attend)

    def start(self) -> None:
        """Begins listening; a device that is not there raises, and is taken up by itself once it appears."""
        self._truth.start()
        if self._thread is None:
            self._stopping = threading.Event()  # its own for each thread: a stuck one must not wake up again
            self._settled.clear()
            name = f"microphone-{self.id}"
            self._thread = threading.Thread(target=self._run, args=(self._stopping,), name=name, daemon=True)
            self._thread.start()
        if not self._settled.wait(START_S):
            raise DeviceTimeout(f"{self.device}: the audio server does not answer")
        if self._trouble is not None:
            raise self._trouble

    def stop(self) -> None:
        thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join(STOP_S)

    def level(self) -> Level | None:
        """The newest block; None before the first and while our stream is on any other device."""
        return None if self.misplaced() else self._meter.newest()

    def notices(self) -> Notices | None:
        """What it noticed lately; None while it is not heard or our stream is elsewhere."""
        return None if self.misplaced() else self._noticing.newest()

    def hand_to(self, listener: Callable[[Samples, float], None] | None) -> None:
        """`listener` gets every block with its end's time.monotonic(), in the microphone's thread; it must not wait."""
        self._listener = listener

    @property
    def listening(self) -> bool:
        return self._thread is not None

    def heard(self) -> float:
        """When the newest sample arrived (monotonic); 0.0 before the first and while our stream is elsewhere."""
        return 0.0 if self.misplaced() else self._newest

    def zeros(self) -> Zeros | None:
        """The newest unbroken run of exact zeros from the configured device; None: sound, or nothing known.

        Zeros of a stream that was itself turned off (in a mixer) say nothing about the microphone.
        """
        sound = self._truth.newest()
        stream = sound.recording.get(self._pid) if sound is not None and self._pid is not None else None
        return self._zeros if stream is not None and not stream.silenced and not self._place(sound) else None

    def misplaced(self) -> frozenset[SoundFault]:
        """What the server says against our stream now; empty: it is on the configured microphone."""
        return self._place(self._truth.newest())

    async def check(self, silence_s: float, speech_s: float, step: Callable[[str, float], None]) -> MicrophoneVerdict:
        """Ends at once when the device is absent: nobody should speak to a microphone that is not there."""
        listened_before = self._thread is not None
        nothing = np.zeros((0, 1), np.float32)
        try:
            await asyncio.to_thread(self.start)
        except DeviceError as error:
            log.debug("%s: not checked: %s", self.id, error)
        if away := self.misplaced():
            return judge(nothing, nothing, self.device, away)
        try:
            with self.keeping() as whole:
                step("silence", silence_s)
                silence = await self.record(silence_s)
                step("speech", speech_s)
                speech = await self.record(speech_s)
        finally:
            if not listened_before:
                await asyncio.to_thread(self.stop)
        seen = whole.seen  # also what happened between the steps
        heard = len(silence.samples()) + len(speech.samples())
        if heard < LEAST_HEARD * (silence_s + speech_s) * RATE_HZ:
            seen.add(SoundFault.DROPOUTS)
        steps = silence.samples(), speech.samples()
        return await asyncio.to_thread(judge, *steps, self.device, frozenset(seen), losses=whole.losses)

    async def record(self, seconds: float) -> Recording:
        """Keeps what is heard during the next `seconds`, at the device's own channels."""
        await asyncio.sleep(SETTLE_S)
        with self.keeping() as recording:
            await asyncio.sleep(seconds)
        return recording

    @contextmanager
    def keeping(self) -> Iterator[Recording]:
        """Keeps what is heard from now to the end of the block."""
        recording = Recording(seen=set(self.misplaced()))
        self._recordings = [*self._recordings, recording]
        try:
            yield recording
        finally:
            recording.seen |= self.misplaced()
            self._recordings = [kept for kept in self._recordings if kept is not recording]

    def _place(self, sound: Sound | None) -> frozenset[SoundFault]:
        if sound is None:
            return frozenset({SoundFault.ABSENT})
        wanted = sound.source(self.device)
        stream = sound.recording.get(self._pid) if self._pid is not None else None
        real = sound.source(stream.device) if stream is not None else None
        faults = set()
        if wanted is None or real is None:
            faults.add(SoundFault.ABSENT)
        if real is not None and real.name != self.device:
            faults.add(SoundFault.WRONG_DEVICE)
        if any(source is not None and source.monitor for source in (wanted, real)):
            faults.add(SoundFault.MONITOR)
        return frozenset(faults)

    def _attend(self, pulse: Any, sound: Sound) -> None:
        """After every look at the server: notes a stream that is elsewhere and brings it back when it can."""
        if self._pid is None or not (away := self._place(sound)):
            return
        stream, wanted = sound.recording.get(self._pid), sound.source(self.device)
        self._moved.set()
        for recording in self._recordings:
            recording.seen |= away
        if wanted is not None and stream is not None and stream.device != self.device:
            pulse.source_output_move(stream.index, wanted.index)

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                with self._capturing() as capturing:
                    self._note(None)
                    self._listen(capturing, stopping)
            except DeviceError as error:
                self._note(error)
                stopping.wait(RETRY_S)
            if not stopping.is_set():
                for recording in self._recordings:
                    recording.seen.add(SoundFault.ABSENT)

    def _note(self, trouble: DeviceError | None) -> None:
        if (trouble is None) != (self._trouble is None) or not self._settled.is_set():
            if trouble is not None:
                log.warning("microphone %s is not heard: %s", self.id, trouble)
            elif self._trouble is not None:
                log.info("microphone %s is heard again", self.id)
        self._trouble = trouble
        self._settled.set()

    @contextmanager
    def _capturing(self) -> Iterator[Capturing]:
        """A new process whose stream the server shows, and its end; DeviceError when that does not come about."""
        if not self._truth.wait_until(lambda sound: True, SERVER_S):
            raise DeviceTimeout("the audio server does not answer")
        source = self._truth.look_now().source(self.device)
        if source is None:
            raise DeviceError(Reason.LINK_LOST, f"{self.device} is not there")
        capturing = Capturing(self._truth.server, self.device, source.positions)
        pid = capturing.pid
        try:
            self._truth.capturing(pid)
            self._meter, self._noticing = Meter(), Listening()
            if not self._truth.wait_until(lambda now: pid in now.recording, FOUND_S):
                raise DeviceTimeout(f"{self.device}: our stream does not show on the server")
            capturing.wait(FIRST_S)
            self._pid = pid
            yield capturing
        finally:
            self._pid, self._zeros = None, None
            self._truth.capturing(pid, ends=True)
            capturing.end()

    def _listen(self, capturing: Capturing, stopping: threading.Event) -> None:
        try:
            self._hear(capturing, stopping)
        except DeviceError as error:
            log.debug("microphone %s: the stream ended: %s", self.id, error)

    def _hear(self, capturing: Capturing, stopping: threading.Event) -> None:
        """Works through what was heard until told to stop, or the stream has died or no longer fits the device."""
        newest = time.monotonic()
        while not stopping.wait(TICK_S):
            if self._moved.is_set():
                self._moved.clear()
                self._zeros = None
            for block in capturing.blocks():
                newest = block.arrived
                self._take(block)
            sound = self._truth.newest()
            if sound is not None and time.monotonic() - newest > SILENT_STREAM_S:
                raise DeviceTimeout(f"{self.device}: the stream brings nothing")
            source = sound.source(self.device) if sound is not None else None
            if source is not None and source.positions != capturing.positions:
                return  # plugged in anew in another profile: other channels would be remixed, and measured wrong

    def _take(self, block: Block) -> None:
        samples, self._newest = block.samples, block.arrived
        self._meter.feed(samples, block.arrived)
        self._noticing.feed(samples, block.arrived, bool(block.after_loss))
        if (listener := self._listener) is not None:
            listener(samples, block.arrived)
        for recording in self._recordings:
            recording.chunks.append(samples)
            recording.losses += block.after_loss
            if recording.began is None:
                recording.began = block.arrived - len(samples) / RATE_HZ
        if samples.any():
            self._zeros = None
        else:
            before = self._zeros.seconds if self._zeros is not None and not block.after_loss else 0.0
            self._zeros = Zeros(before + len(samples) / RATE_HZ, block.arrived)
