"""Which program takes a microphone, and which plays, is the sound server's word; without one nothing is known."""

import asyncio
import subprocess
import time
from collections.abc import Iterator

import pytest

from devices.conference.programs.streams import ProgramStreams, Streams
from tests.devices.audio.needs import REAL_PIPEWIRE
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.pulse_server import PulseServer, SoundServer

pytestmark = [pytest.mark.needs("pulseaudio"), pytest.mark.needs("pulseaudio-utils")]
UP_S = 10.0


@pytest.fixture(
    params=[pytest.param(PulseServer, id="pulse"), pytest.param(PipeWireServer, id="pipewire", marks=REAL_PIPEWIRE)]
)
def server(request: pytest.FixtureRequest) -> Iterator[SoundServer]:
    with request.param() as server:
        yield server


def seen(server: SoundServer, wanted: Streams, pid: int) -> Streams:
    """The newest look; waits for the wanted one."""
    asked, ends = ProgramStreams(server.url), time.monotonic() + UP_S
    while (told := asyncio.run(asked.of(frozenset({pid})))) != wanted and time.monotonic() < ends:
        time.sleep(0.1)
    asked.close()
    return told


def test_program_that_records_takes_the_microphone_and_one_that_plays_plays(server: SoundServer) -> None:
    null = subprocess.DEVNULL
    record, play = ["parec", "--raw", "--device=room_mic"], ["pacat", "--raw", "--device=room_speaker", "/dev/zero"]
    records, plays = (subprocess.Popen(command, env=server.env, stdout=null) for command in (record, play))
    try:
        assert seen(server, Streams(True, False), records.pid) == Streams(True, False)
        assert seen(server, Streams(False, True), plays.pid) == Streams(False, True)
        assert seen(server, Streams(False, False), 1) == Streams(False, False)
    finally:
        for process in (records, plays):
            process.kill()
            process.wait(5)


def test_sound_server_that_went_is_nothing_known() -> None:
    with PulseServer() as server:
        asked = ProgramStreams(server.url)
        assert asyncio.run(asked.of(frozenset({1}))) == Streams(False, False)
        server.kill()
        assert asyncio.run(asked.of(frozenset({1}))) == Streams(None, None)
        asked.close()


def test_sound_server_that_hangs_is_nothing_known_within_its_time() -> None:
    with PulseServer() as server:
        asked = ProgramStreams(server.url)
        server.freeze()
        began = time.monotonic()
        assert asyncio.run(asked.of(frozenset({1}))) == Streams(None, None)
        assert time.monotonic() - began < 2.0
        server.thaw()
        asked.close()
