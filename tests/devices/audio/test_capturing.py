"""The capturing process: whatever happens to it, the program hears again, and nothing of it outlives the program."""

import asyncio
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

from devices.audio.capture_process import BLOCK_FRAMES
from devices.audio.capturing import Block, Capturing
from tests.devices.audio.conftest import Room, enter
from tests.devices.audio.needs import REAL_SOUND
from tests.fakes.pulse_server import PulseServer

pytestmark = REAL_SOUND

STEREO = (1, 2)  # front left and front right, as libpulse numbers them
AGAIN_S = 3.0  # a process that hangs is given 1 s, a new one takes 0.2 s


def capturing_pid(room: Room) -> int:
    sound = room.truth.newest()
    assert sound is not None
    return next(iter(sound.recording))


def heard_again(room: Room, after: float) -> bool:
    """A block that was heard later than `after` comes within AGAIN_S."""
    deadline = time.monotonic() + AGAIN_S
    while time.monotonic() < deadline:
        level = room.microphone.level()
        if level is not None and level.arrived > after:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
def test_microphone_is_heard_again_after_its_process(room: Room, fault: signal.Signals) -> None:
    room.open()
    lost = capturing_pid(room)
    os.kill(lost, fault)
    time.sleep(0.1)
    assert heard_again(room, time.monotonic())
    assert capturing_pid(room) != lost
    assert not psutil.pid_exists(lost)


def test_server_that_dies_while_the_stream_is_opened_holds_nothing_up() -> None:
    with PulseServer() as server:
        room = enter(server)
        for delay_ms in range(0, 50, 10):
            begun = time.monotonic()
            room.microphone.start()
            time.sleep(delay_ms / 1000)
            server.kill()
            room.microphone.stop()
            assert time.monotonic() - begun < 3.0
            server.start()
        room.microphone.start()
        assert heard_again(room, time.monotonic())
        asyncio.run(room.audio.stop())


@pytest.fixture
def capturing() -> Iterator[Capturing]:
    with PulseServer() as server:
        capturing = Capturing(server.url, "room_mic", STEREO)
        try:
            capturing.wait(2.0)
            yield capturing
        finally:
            capturing.end()


def taken(capturing: Capturing, seconds: float) -> list[Block]:
    blocks: list[Block] = []
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        blocks.extend(capturing.blocks())
        time.sleep(0.01)
    return blocks


def test_blocks_come_with_their_channels_and_times(capturing: Capturing) -> None:
    blocks = taken(capturing, 0.5)
    assert {block.samples.shape for block in blocks} == {(BLOCK_FRAMES, 2)}
    assert 40 <= len(blocks) <= 70
    assert all(a.arrived <= b.arrived for a, b in itertools.pairwise(blocks))
    assert abs(blocks[-1].arrived - time.monotonic()) < 0.2


def test_what_a_frozen_program_did_not_take_is_said_to_be_lost(capturing: Capturing) -> None:
    taken(capturing, 0.2)
    time.sleep(2.0)  # the socket holds about half a second
    assert any(block.after_loss for block in taken(capturing, 0.3))
    assert not any(block.after_loss for block in taken(capturing, 0.3))


HOLDER = """
import sys, time
from devices.audio.capturing import Capturing

capturing = Capturing(sys.argv[1], "room_mic", (1, 2))
capturing.wait(2.0)
print(capturing.pid, flush=True)
time.sleep(60)
"""


def test_capturing_ends_with_the_program_also_while_it_hangs() -> None:
    with PulseServer() as server:
        command = [sys.executable, "-c", HOLDER, server.url]
        holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=os.getcwd())
        assert holder.stdout is not None
        captures = psutil.Process(int(holder.stdout.readline()))
        captures.suspend()
        holder.kill()
        holder.communicate(timeout=10)
        deadline = time.monotonic() + 2.0
        while captures.is_running() and captures.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not captures.is_running() or captures.status() == psutil.STATUS_ZOMBIE
