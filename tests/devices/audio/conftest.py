"""A room on a PulseAudio of its own for each test; no stream outlives its test, so each may have its own server."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from devices.audio.pulse.capture import PulseMicrophone
from devices.audio.pulse.guard import PulseGuard
from devices.audio.pulse.loudspeaker import PulseLoudspeaker
from devices.audio.pulse.truth import PulseTruth
from devices.audio.system import RoomAudio, open_room_audio
from devices.contract import DeviceError
from tests.devices.audio.needs import REAL_PIPEWIRE
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.pulse_server import PulseServer, SoundServer


@dataclass(slots=True)
class Room:
    server: SoundServer
    audio: RoomAudio
    microphone: PulseMicrophone
    guard: PulseGuard
    loudspeaker: PulseLoudspeaker

    @property
    def truth(self) -> PulseTruth:
        return self.guard.truth

    def open(self) -> None:
        """The microphone listens and is open, as a check finds it."""
        self.microphone.start()
        asyncio.run(self.guard.open())


def enter(server: SoundServer, microphone: str = "room_mic", loudspeaker: str = "room_speaker") -> Room:
    audio = open_room_audio(server.folder, {"table": microphone}, {"room": loudspeaker}, server.url)
    heard, played, guard = audio.microphones["table"], audio.loudspeakers["room"], audio.guard
    assert isinstance(heard, PulseMicrophone)
    assert isinstance(played, PulseLoudspeaker)
    assert isinstance(guard, PulseGuard)
    return Room(server, audio, heard, guard, played)


@contextlib.contextmanager
def beating(guard: PulseGuard) -> Iterator[None]:
    """The room's loop, as far as the guard knows it."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(0.2):
            guard.keep_alive()

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def living(server: SoundServer, microphone: str = "room_mic") -> Iterator[Room]:
    with server:
        room = enter(server, microphone)
        try:
            with beating(room.guard):
                yield room
        finally:
            with contextlib.suppress(DeviceError):
                room.microphone.start()  # a silence that is measured is waited for no longer than it takes
            asyncio.run(room.audio.stop())


SERVERS = [pytest.param(PulseServer, id="pulse"), pytest.param(PipeWireServer, id="pipewire", marks=REAL_PIPEWIRE)]


@pytest.fixture(params=SERVERS)
def any_server(request: pytest.FixtureRequest) -> SoundServer:
    """PulseAudio, then PipeWire in its place; not started yet."""
    made: SoundServer = request.param()
    return made


@pytest.fixture
def any_room(any_server: SoundServer) -> Iterator[Room]:
    with living(any_server) as room:
        yield room


@pytest.fixture
def room() -> Iterator[Room]:
    with living(PulseServer()) as room:
        yield room


@pytest.fixture
def echoing_room() -> Iterator[Room]:
    """The microphone hears the loudspeaker."""
    with living(PulseServer(acoustic_path=True)) as room:
        yield room
