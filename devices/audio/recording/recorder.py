"""What is heard in the room on two channels: left our own microphone, right what the loudspeaker plays."""

import asyncio
import logging
import threading
import time
from collections.abc import Collection
from pathlib import Path

from devices.audio.measuring.meter import Samples
from devices.audio.pulse.capture import PulseMicrophone
from devices.audio.pulse.capturing import Capturing
from devices.audio.pulse.truth import PulseTruth
from devices.audio.recording.segments import DiskFullError, Segments, take_up
from devices.audio.recording.timeline import Timeline
from devices.contract import DeviceError, Reason, RecordingState, Segment
from devices.lane import Lane

log = logging.getLogger(__name__)

NEAR, FAR = 0, 1
WRITE_EVERY_S = 0.2
LATE_S = 0.3  # blocks come so late at most; together with a page of Opus (1 s) it is what a kill may take away
TICK_S = 0.02
RETRY_S = 0.5
BEGIN_S, STOP_S, TAKE_UP_S = 2.0, 5.0, 10.0


class RoomRecorder:
    """devices.contract.Recorder. The microphone's own mute holds here too: while it is closed its side is silence."""

    def __init__(self, microphone: PulseMicrophone | None, loudspeaker: str, truth: PulseTruth) -> None:
        """`loudspeaker` is the stable name of the sink; "" records the microphone only."""
        self._microphone, self._truth = microphone, truth
        self._far = monitor_of(loudspeaker) if loudspeaker else ""
        self._lane = Lane("recorder")
        self._timeline: Timeline | None = None
        self._laying = threading.Lock()
        self._segments: Segments | None = None
        self._finished: list[Segment] = []
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._state = RecordingState(False, 0.0)

    async def start(self, folder: Path) -> None:
        if self._threads:
            return
        try:
            self._segments = await self._lane.call(Segments, folder, wait_s=BEGIN_S)
        except DiskFullError as error:
            raise DeviceError(Reason.PROTOCOL, f"no file for the recording: {error}") from error
        self._timeline = Timeline(2, time.monotonic())
        self._stopping = threading.Event()
        self._state = RecordingState(True, 0.0)
        if self._microphone is not None:
            self._microphone.hand_to(self._hear_near)
        work = {"recording-write": self._write, "recording-far": self._capture_far}
        self._threads = [threading.Thread(target=run, name=name, daemon=True) for name, run in work.items()]
        for thread in self._threads:
            thread.start()

    async def stop(self) -> tuple[Segment, ...]:
        threads, self._threads = self._threads, []
        self._stopping.set()
        if self._microphone is not None:
            self._microphone.hand_to(None)
        ends = time.monotonic() + STOP_S
        for thread in threads:  # one that a dead disk holds is left behind: what was told as finished stands
            await asyncio.to_thread(thread.join, max(0.0, ends - time.monotonic()))
        return self.finished()

    def finished(self) -> tuple[Segment, ...]:
        with self._laying:
            finished, self._finished = tuple(self._finished), []
        return finished

    def state(self) -> RecordingState:
        return self._state

    async def take_up(self, folder: Path, known: Collection[str]) -> tuple[Segment, ...]:
        return await self._lane.call(take_up, folder, known, wait_s=TAKE_UP_S)

    def _hear_near(self, samples: Samples, arrived: float) -> None:
        """In the microphone's thread; the server may have moved its stream to another device."""
        if self._microphone is not None and not self._microphone.misplaced():
            self._lay(NEAR, samples, arrived)

    def _lay(self, source: int, samples: Samples, arrived: float) -> None:
        with self._laying:
            if self._timeline is not None:
                self._timeline.lay(source, samples, arrived)

    def _take(self, until: float) -> Samples:
        assert self._timeline is not None
        with self._laying:
            return self._timeline.take(until)

    def _write(self) -> None:
        segments = self._segments
        assert segments is not None
        stopped_by = ""
        try:
            while not self._stopping.wait(WRITE_EVERY_S):
                segments.write(self._take(time.monotonic() - LATE_S))
                self._note(segments, True)
            segments.write(self._take(time.monotonic()))
        except DiskFullError as error:
            log.warning("the recording stopped: %s", error)
            stopped_by = "disk_full"
        except (OSError, RuntimeError) as error:  # libsndfile's own are RuntimeErrors
            log.warning("the recording stopped: %s", error)
            stopped_by = "failed"
        self._stopping.set()
        try:
            segments.close()
        except (OSError, RuntimeError) as error:
            log.warning("the last file of the recording could not be closed: %s", error)
            stopped_by = stopped_by or "failed"
        self._note(segments, False, stopped_by)

    def _note(self, segments: Segments, recording: bool, stopped_by: str = "") -> None:
        with self._laying:
            self._finished += segments.finished()
        self._state = RecordingState(recording, segments.seconds, stopped_by)

    def _capture_far(self) -> None:
        """The loudspeaker's monitor, by a process of its own as the microphone has one; taken up again after a loss."""
        while self._far and not self._stopping.is_set():
            try:
                self._listen_far()
            except DeviceError as error:
                log.debug("the loudspeaker is not recorded now: %s", error)
            self._stopping.wait(RETRY_S)

    def _listen_far(self) -> None:
        source = self._truth.look_now().source(self._far)
        if source is None:
            return
        capturing = Capturing(self._truth.server, self._far, source.positions)
        try:
            self._truth.capturing(capturing.pid)
            while not self._stopping.wait(TICK_S):
                for block in capturing.blocks():
                    if self._is_far(capturing.pid):  # the server may have moved it to a microphone
                        self._lay(FAR, block.samples, block.arrived)
        finally:
            self._truth.capturing(capturing.pid, ends=True)
            capturing.end()

    def _is_far(self, pid: int) -> bool:
        sound = self._truth.newest()
        stream = sound.recording.get(pid) if sound is not None else None
        return stream is not None and stream.device == self._far


def monitor_of(sink: str) -> str:
    """PulseAudio's and PipeWire's own name for what a sink plays."""
    return f"{sink}.monitor"
