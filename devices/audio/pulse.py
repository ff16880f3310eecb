"""The truth about this PC's sound, asked of PulseAudio itself: what is there, what is muted, where our streams are."""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pulsectl

from devices.audio.connection import CONNECT_S, NOT_A_MONITOR, TROUBLE, connection
from devices.contract import DeviceError, Reason
from devices.lane import Lane

T = TypeVar("T")
log = logging.getLogger(__name__)

HANG_UP_S = 0.4
LOOK_EVERY_S = 0.2  # also without an event: a look is the proof that the server still answers
ANSWERS_S = 3 * LOOK_EVERY_S
STALE_S = 1.5  # a look older than this is no truth any more (the server hangs)
RETRY_S = (0.1, 0.2, 0.5, 1.0, 2.0)  # bounded back-off while the server is gone
OUR_CLIENT = "ALSA plug-in"  # PortAudio's streams; a browser engine inside this process names itself otherwise


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One source or sink under its stable name; the index is only good until it is unplugged. Volume 1.0 is 100 %."""

    name: str
    index: int
    positions: tuple[int, ...]  # of its channels, as libpulse numbers them
    muted: bool
    volume: float
    monitor: bool = False  # the echo of a sink, no microphone

    @property
    def channels(self) -> int:
        return len(self.positions)


@dataclass(frozen=True, slots=True)
class OwnStream:
    """One of our own streams: the device it is really on, and whether another program silenced the stream itself."""

    index: int
    device: str
    silenced: bool


@dataclass(frozen=True, slots=True)
class Sound:
    """One look at the server. `recording`: our capturing processes' streams by their pid; `playing`: ours by index."""

    sources: tuple[SoundDevice, ...]
    sinks: tuple[SoundDevice, ...]
    recording: Mapping[int, OwnStream]
    playing: Mapping[int, OwnStream]
    default_source: str
    default_sink: str
    looked: float = field(default_factory=time.monotonic)  # when it began: what came later is not in it

    @property
    def microphones(self) -> tuple[SoundDevice, ...]:
        return tuple(source for source in self.sources if not source.monitor)

    def source(self, name: str) -> SoundDevice | None:
        return next((source for source in self.sources if source.name == name), None)

    def sink(self, name: str) -> SoundDevice | None:
        return next((sink for sink in self.sinks if sink.name == name), None)


Keeper = Callable[[Any, Sound], None]  # acts through the connection it is handed; in the event thread only


def connect(server: str | None) -> Any:
    """A connection made within CONNECT_S, never starting a server; raises DeviceError(LINK_LOST)."""
    try:
        return connection("roomapp", server)
    except TROUBLE as error:
        raise DeviceError(Reason.LINK_LOST, "no audio server answers") from error


def audio_server_present(server: str | None = None) -> bool:
    """Whether an audio server answers now; within 1 s."""
    try:
        connect(server).close()
    except DeviceError:
        return False
    return True


def look(pulse: Any, capturing: Collection[int] = ()) -> Sound:
    """Asks for everything at once (about 1 ms); `capturing` are the pids of our capturing processes."""
    began = time.monotonic()
    sources = {source.index: source for source in pulse.source_list()}
    sinks = {sink.index: sink for sink in pulse.sink_list()}
    server = pulse.server_info()
    return Sound(
        sources=tuple(_device(s, monitor=s.monitor_of_sink != NOT_A_MONITOR) for s in sources.values()),
        sinks=tuple(_device(s, monitor=False) for s in sinks.values()),
        recording=_recording(pulse.source_output_list(), sources, capturing),
        playing={i.index: _own(i, sinks[i.sink]) for i in pulse.sink_input_list() if _ours(i) and i.sink in sinks},
        default_source=server.default_source_name,
        default_sink=server.default_sink_name,
        looked=began,
    )


def _device(info: Any, *, monitor: bool) -> SoundDevice:
    places = tuple(info.channel_list_raw)
    return SoundDevice(info.name, info.index, places, bool(info.mute), info.volume.value_flat, monitor)


def _own(stream: Any, device: Any) -> OwnStream:
    return OwnStream(stream.index, device.name, bool(stream.mute) or stream.volume.value_flat == 0)


def _pid(stream: Any) -> int:
    said = stream.proplist.get("application.process.id", "")
    return int(said) if said.isdecimal() else 0


def _ours(stream: Any) -> bool:
    return _pid(stream) == os.getpid() and stream.proplist.get("application.name", "").startswith(OUR_CLIENT)


def _recording(streams: Iterable[Any], sources: Mapping[int, Any], capturing: Collection[int]) -> dict[int, OwnStream]:
    """The newest stream of each process: ALSA makes it twice, and what is seen may be the first of the two."""
    ours = sorted((s for s in streams if _pid(s) in capturing and s.source in sources), key=lambda s: int(s.index))
    return {_pid(stream): _own(stream, sources[stream.source]) for stream in ours}


class PulseTruth:
    """The newest look at the audio server, kept true by its events; calls go through a connection of their own.

    `source` and `sink` are the configured devices: they are made the server's defaults whenever they exist, so that a
    program that asks for "the microphone" gets the room's.
    """

    def __init__(self, server: str | None = None, *, source: str | None = None, sink: str | None = None) -> None:
        self.server = server
        self._source, self._sink = source, sink
        self._lane = Lane("pulse")
        self._line: Any = None  # the lane's connection
        self._keepers: list[Keeper] = []
        self._capturing: frozenset[int] = frozenset()
        self.life = 0  # grows whenever the server is found: what held in its last life holds no more
        self._sound: Sound | None = None
        self._looked = threading.Condition()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins watching in its own thread; returns at once; idempotent."""
        with self._looked:
            if self._thread is None:
                self._stopping = threading.Event()  # its own for each thread: a stuck one must not wake up again
                self._thread = threading.Thread(
                    target=self._run, args=(self._stopping,), name="pulse-truth", daemon=True
                )
                self._thread.start()

    async def stop(self) -> None:
        """Lets go of the server within 2 s; idempotent."""
        with self._looked:
            thread, self._thread = self._thread, None
        self._stopping.set()
        try:
            await self._lane.call(self._hang_up, wait_s=HANG_UP_S)
        except DeviceError as error:
            log.debug("a call to the audio server is stuck: %s", error)
        self._lane.close()
        if thread is not None:
            await asyncio.to_thread(thread.join, LOOK_EVERY_S + CONNECT_S)

    def attend(self, keeper: Keeper) -> None:
        """`keeper` is called after every look, before start() is: it sees the first one too."""
        self._keepers.append(keeper)

    def capturing(self, pid: int, *, ends: bool = False) -> None:
        """From the next look on the streams of this process are ours, or no more."""
        with self._looked:
            self._capturing = self._capturing - {pid} if ends else self._capturing | {pid}

    def newest(self) -> Sound | None:
        """The newest look; None when the server is gone or has not answered lately. Read by any thread."""
        sound = self._sound
        return sound if sound is not None and time.monotonic() - sound.looked < STALE_S else None

    def answers(self) -> bool:
        """Whether the server answers at this moment: newest() still believes a look when it does not."""
        sound = self._sound
        return sound is not None and time.monotonic() - sound.looked < ANSWERS_S

    def look_now(self) -> Sound:
        """A look of one's own; blocks; DeviceError when there is no server."""
        return self.act_now(lambda pulse: look(pulse, self._capturing))

    def act_now(self, work: Callable[[Any], T]) -> T:
        """Runs work(connection) here and now on a connection of its own (3 ms); DeviceError when there is no server."""
        pulse = connect(self.server)
        try:
            return work(pulse)
        except TROUBLE as error:
            raise DeviceError(Reason.LINK_LOST, f"audio server: {error}") from error
        finally:
            pulse.close()

    def wait_until(self, holds: Callable[[Sound], bool], timeout_s: float) -> bool:
        """Blocks until a look satisfies `holds`; False after timeout_s."""
        with self._looked:
            return self._looked.wait_for(lambda: (sound := self.newest()) is not None and holds(sound), timeout_s)

    async def ask(self, work: Callable[[Any], T], wait_s: float) -> T:
        """Runs work(connection) in the lane; DeviceError when there is no server, no such device, or no answer."""
        return await self._lane.call(self._do, work, wait_s=wait_s)

    def _do(self, work: Callable[[Any], T]) -> T:
        for fresh in (False, True):
            if fresh or self._line is None:
                self._hang_up()
                self._line = connect(self.server)
            try:
                return work(self._line)
            except TROUBLE as error:
                if self._line.connected:
                    raise DeviceError(Reason.PROTOCOL, f"audio server: {type(error).__name__} {error}") from error
                ended = error  # pulsectl notices only now that the server has been restarted: once more
        raise DeviceError(Reason.LINK_LOST, f"audio server: {ended}") from ended

    def _hang_up(self) -> None:
        """Closed in the lane only: libpulse ends the process when a closed connection is used."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _run(self, stopping: threading.Event) -> None:
        attempt, down = 0, False
        while not stopping.is_set():
            try:
                pulse = connect(self.server)
            except DeviceError as error:
                if not down:
                    log.warning("the audio server is gone: %s", error)
                down = True
                stopping.wait(RETRY_S[min(attempt, len(RETRY_S) - 1)])
                attempt += 1
                continue
            if down:
                log.info("the audio server is back")
            attempt, down = 0, False
            self.life += 1
            try:
                self._watch(pulse, stopping)
            finally:
                self._publish(None)
                pulse.close()

    def _watch(self, pulse: Any, stopping: threading.Event) -> None:
        changed = True

        def noticed(_event: Any) -> None:
            # No calls to the server in here. A stop that falls into a look is forgotten by pulsectl: hence the flag.
            nonlocal changed
            changed = True
            raise pulsectl.PulseLoopStop

        try:
            pulse.event_mask_set("source", "sink", "source_output", "sink_input", "server")
            pulse.event_callback_set(noticed)
            while pulse.connected and not stopping.is_set():
                changed = False
                self._look(pulse)
                if not changed:
                    pulse.event_listen(timeout=LOOK_EVERY_S)
        except TROUBLE as error:
            log.debug("the audio server ended the talk: %s", error)

    def _look(self, pulse: Any) -> None:
        try:
            sound = look(pulse, self._capturing)
            self._publish(sound)
            self._prefer(pulse, sound)
            for keeper in self._keepers:
                keeper(pulse, sound)
        except (pulsectl.PulseOperationFailed, pulsectl.PulseIndexError) as error:
            if not pulse.connected:
                raise
            log.debug("a sound device went while it was looked at: %s", error)

    def _publish(self, sound: Sound | None) -> None:
        with self._looked:
            self._sound = sound
            self._looked.notify_all()

    def _prefer(self, pulse: Any, sound: Sound) -> None:
        if self._source and sound.default_source != self._source and sound.source(self._source):
            pulse.source_default_set(self._source)
        if self._sink and sound.default_sink != self._sink and sound.sink(self._sink):
            pulse.sink_default_set(self._sink)
