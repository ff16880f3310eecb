"""The dead-man: whatever becomes of the program, of its keeper or of the server, no microphone stays open."""

import asyncio
import contextlib
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest

from devices.audio.pulse.keeper import END_S, PROCESS
from devices.audio.pulse.keeper_process import LEASE_S, NAME, PRIORITY, REAL_TIME, Order, order
from devices.audio.pulse.keeper_process import Keeper as KeeperProcess
from devices.contract import MicState
from tests.devices.audio.conftest import Room, enter
from tests.devices.audio.needs import REAL_SOUND
from tests.devices.audio.pulse.test_guard import GOAL_S, waited
from tests.fakes.microphone_program import MicrophoneProgram
from tests.fakes.pulse_server import PulseServer, SoundServer

pytestmark = REAL_SOUND

NEW_KEEPER_S = 2.0


def keepers(server: SoundServer) -> list[int]:
    """The pids of the keepers of this server's microphones."""
    running = psutil.process_iter(["pid", "cmdline"])
    return [p.info["pid"] for p in running if {PROCESS, server.url} <= set(p.info["cmdline"] or ())]


@pytest.fixture
def server() -> Iterator[SoundServer]:
    with ended(PulseServer()) as server:
        yield server


@contextlib.contextmanager
def ended(server: SoundServer) -> Iterator[SoundServer]:
    """No keeper outlives its test."""
    with server:
        try:
            yield server
        finally:
            for pid in keepers(server):
                os.kill(pid, signal.SIGKILL)


def may(limit: int, least: int) -> bool:
    return os.geteuid() == 0 or resource.getrlimit(limit)[0] >= least


def test_keeper_has_the_priority_of_the_sound_itself(program: MicrophoneProgram, server: SoundServer) -> None:
    """Nice alone holds only inside a session (sched(7), autogroup): a busy PC kept the keeper waiting for 0.2 s."""
    (pid,) = keepers(server)
    if may(resource.RLIMIT_RTPRIO, REAL_TIME):
        assert os.sched_getscheduler(pid) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR
        assert os.sched_getparam(pid).sched_priority == REAL_TIME
    elif may(resource.RLIMIT_NICE, 20 - PRIORITY):
        assert os.getpriority(os.PRIO_PROCESS, pid) == PRIORITY


class DyingProgram:
    """A server on which an older keeper stands, and a program that dies while the newer one waits for it to leave."""

    connected = True

    def __init__(self) -> None:
        ours, self.program = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.keeper = KeeperProcess(ours, None)

    def client_list(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name=f"{NAME} 0.0")] if self.program.fileno() != -1 else []

    def source_list(self) -> list[SimpleNamespace]:
        return []

    def event_listen(self, timeout: float) -> None:
        self.program.close()
        self.keeper._take()


def test_program_that_dies_while_its_keeper_takes_over_leaves_no_lease() -> None:
    """An orphan that kept it spared the microphone for a second that nobody had asked for."""
    server = DyingProgram()
    server.keeper._orders.append(Order("lease", 1, time.monotonic(), "room_mic"))
    server.keeper._obey(server)
    assert not server.keeper._lease.spares("room_mic")


@pytest.fixture
def program(server: SoundServer) -> Iterator[MicrophoneProgram]:
    """It has opened its microphone."""
    program = MicrophoneProgram(server.folder, server.url, "room_mic")
    try:
        assert program.order("open")[0] == "open"
        assert not server.muted("room_mic")
        yield program
    finally:
        program.kill()


def test_killed_program_leaves_no_open_microphone(any_server: SoundServer) -> None:
    with ended(any_server) as server:
        program = MicrophoneProgram(server.folder, server.url, "room_mic")
        assert program.order("open")[0] == "open"
        program.kill()
        waited(lambda: server.muted("room_mic"), 3 * GOAL_S)


def test_frozen_program_holds_the_microphone_open_for_one_lease_only(
    server: SoundServer, program: MicrophoneProgram
) -> None:
    os.kill(program.pid, signal.SIGSTOP)
    waited(lambda: server.muted("room_mic"), LEASE_S + 3 * GOAL_S)
    os.kill(program.pid, signal.SIGCONT)
    waited(lambda: program.order("state")[0] == "closed", 2.0)
    assert server.muted("room_mic")


def test_after_a_kill_the_keeper_goes_on_until_the_next_programs_has_taken_over(
    server: SoundServer, program: MicrophoneProgram
) -> None:
    program.kill()
    waited(lambda: server.muted("room_mic"), 3 * GOAL_S)
    server.pactl("set-source-mute", "room_mic", "0")
    waited(lambda: server.muted("room_mic"), 3 * GOAL_S)
    (orphan,) = keepers(server)
    following = MicrophoneProgram(server.folder, server.url, "room_mic")
    try:
        assert following.order("open")[0] == "open"
        waited(lambda: orphan not in keepers(server), 1.0)
        time.sleep(0.3)
        assert not server.muted("room_mic")
    finally:
        following.kill()


def test_ordered_end_leaves_the_microphones_muted_and_no_keeper(
    server: SoundServer, program: MicrophoneProgram
) -> None:
    state, began, ended = program.order("end")
    assert state == "ended"
    assert ended - began < END_S  # it went by itself
    assert server.muted("room_mic")
    assert keepers(server) == []


def test_orphan_ends_when_told_to(server: SoundServer, program: MicrophoneProgram) -> None:
    (keeper,) = keepers(server)
    os.kill(keeper, signal.SIGTERM)  # not for it while its program lives
    time.sleep(0.3)
    assert keepers(server) == [keeper]
    program.kill()
    time.sleep(0.1)
    os.kill(keeper, signal.SIGTERM)
    waited(lambda: keepers(server) == [], 2.0)


@pytest.mark.parametrize(("fault", "noticed_s"), [(signal.SIGKILL, 3 * GOAL_S), (signal.SIGSTOP, 2.0)])
def test_lost_keeper_closes_and_is_replaced(room: Room, fault: signal.Signals, noticed_s: float) -> None:
    room.open()
    (keeper,) = keepers(room.server)
    os.kill(keeper, fault)
    waited(lambda: room.server.muted("room_mic"), noticed_s)
    waited(lambda: keepers(room.server) not in ([], [keeper]), NEW_KEEPER_S)
    waited(lambda: room.guard.state() is MicState.CLOSED, 1.0)
    assert asyncio.run(room.guard.open()) is MicState.OPEN


def test_nothing_is_opened_without_a_keeper_that_has_taken_the_lease(room: Room) -> None:
    room.microphone.start()
    asyncio.run(room.guard.close())
    os.kill(keepers(room.server)[0], signal.SIGSTOP)
    assert asyncio.run(room.guard.open()) is not MicState.OPEN
    assert room.server.muted("room_mic")


def test_hanging_loop_closes_the_microphone(server: SoundServer) -> None:
    room = enter(server)
    room.open()  # and nobody beats
    assert room.guard.state() is MicState.OPEN
    waited(lambda: server.muted("room_mic"), LEASE_S + 3 * GOAL_S)
    room.guard.keep_alive()
    waited(lambda: room.guard.state() is MicState.CLOSED, 1.0)
    asyncio.run(room.audio.stop())


def test_restarted_audio_server_ends_the_leave(server: SoundServer, program: MicrophoneProgram) -> None:
    os.kill(program.pid, signal.SIGSTOP)  # the keeper alone, long before the lease ends by itself
    server.kill()
    server.start()
    waited(lambda: server.muted("room_mic"), 3 * GOAL_S)
    os.kill(program.pid, signal.SIGCONT)
    waited(lambda: program.order("state")[0] == "closed", 5.0)


def test_second_microphone_is_opened_by_its_id_and_alone(server: SoundServer) -> None:
    server.add_source("other_mic")
    program = MicrophoneProgram(server.folder, server.url, "room_mic", "other_mic")
    try:
        assert program.order("open other_mic")[0] == "open"
        assert (server.muted("room_mic"), server.muted("other_mic")) == (True, False)
        assert program.order("open room_mic")[0] == "open"
        assert (server.muted("room_mic"), server.muted("other_mic")) == (False, True)
        assert program.order("close")[0] == "closed"
    finally:
        program.kill()


def test_unknown_microphone_is_not_opened(room: Room) -> None:
    room.microphone.start()
    assert asyncio.run(room.guard.open("nobody")) is not MicState.OPEN
    assert room.server.muted("room_mic")


def test_an_order_survives_its_packet() -> None:
    given = Order("lease", 7, 12.625, "alsa_input.usb-Jabra SPEAK-00.mono")
    assert order(given.packet()) == given
