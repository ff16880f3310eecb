"""Several cameras that answer to one fixed port of this PC, told apart by where their words come from."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from devices.camera.visca_driver import ViscaCamera
from devices.contract import Aim, DeviceError, Outcome, Position, Reason
from devices.udp_port import SharedUdpLine, UdpPort
from tests.fakes.visca.camera import PRESETS, FakeCamera, Script

MODEL = "sony-16-fixed-port"
STORED_1, STORED_2 = Position(*PRESETS[1]), Position(*PRESETS[2])


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def port() -> UdpPort:
    return UdpPort(free_port(), "127.0.0.1")


@pytest.fixture
def fakes(port: UdpPort, request: pytest.FixtureRequest) -> Iterator[list[FakeCamera]]:
    """On 127.0.0.2 and 127.0.0.3: to the fixed port, or to the one that asked."""
    to = port.local[1] if getattr(request, "param", "fixed") == "fixed" else 0
    with ExitStack() as stack:
        yield [
            stack.enter_context(FakeCamera("visca-udp", Script(answers_to=to, move_s=0.2), host=f"127.0.0.{number}"))
            for number in (2, 3)
        ]


async def recalled(cameras: list[ViscaCamera]) -> list[Aim]:
    try:
        return list(await asyncio.gather(cameras[0].recall_preset(1, STORED_1), cameras[1].recall_preset(2, STORED_2)))
    finally:
        for camera in cameras:
            await camera.close()


@pytest.mark.parametrize("fakes", ["fixed", "asking"], indirect=True)
def test_two_cameras_are_aimed_at_the_same_time_over_one_port(port: UdpPort, fakes: list[FakeCamera]) -> None:
    aims = asyncio.run(recalled([fake.camera(MODEL, port) for fake in fakes]))
    assert [(aim.outcome, aim.position) for aim in aims] == [
        (Outcome.VERIFIED, STORED_1),
        (Outcome.VERIFIED, STORED_2),
    ]
    assert [sum(fake.executed.values()) for fake in fakes] == [1, 1]


def test_one_silent_camera_is_not_taken_for_the_other(port: UdpPort, fakes: list[FakeCamera]) -> None:
    fakes[1].script.silent = True
    good, silent = asyncio.run(recalled([fake.camera(MODEL, port) for fake in fakes]))
    assert good.outcome is Outcome.VERIFIED
    assert silent.reason is Reason.NO_ANSWER


def test_a_model_that_answers_the_one_that_asked_needs_no_shared_port(port: UdpPort, fakes: list[FakeCamera]) -> None:
    good, other = asyncio.run(recalled([fake.camera("sony-16", port) for fake in fakes]))
    assert {good.reason, other.reason} == {Reason.NO_ANSWER}  # these two answer elsewhere: nobody listens there


def test_the_port_is_given_back_when_the_last_one_leaves(port: UdpPort) -> None:
    async def join_and_leave() -> list[bool]:
        lines = [SharedUdpLine(port, f"127.0.0.{number}", 9) for number in (2, 3)]
        for line in lines:
            await line.open(1.0)
        held = []
        for line in lines:
            held.append(is_held(port))
            await line.close()
            await line.close()
            await asyncio.sleep(0.01)
        return [*held, is_held(port)]

    assert asyncio.run(join_and_leave()) == [True, True, False]


def is_held(port: UdpPort) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(port.local)
        except OSError:
            return True
    return False


def test_a_port_that_another_program_holds_is_a_lost_link(port: UdpPort, fakes: list[FakeCamera]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(port.local)
        aims = asyncio.run(recalled([fake.camera(MODEL, port) for fake in fakes]))
    assert {aim.reason for aim in aims} == {Reason.LINK_LOST}


def test_one_host_is_one_camera(port: UdpPort) -> None:
    async def twice() -> None:
        first, second = SharedUdpLine(port, "127.0.0.2", 9), SharedUdpLine(port, "127.0.0.2", 10)
        await first.open(1.0)
        try:
            await second.open(1.0)
        finally:
            await first.close()

    with pytest.raises(DeviceError) as caught:
        asyncio.run(twice())
    assert caught.value.reason is Reason.REFUSED_BUSY


def test_a_sender_that_nobody_knows_is_not_heard(port: UdpPort) -> None:
    async def spoof() -> None:
        line = SharedUdpLine(port, "127.0.0.2", 9)
        await line.open(1.0)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
                stranger.bind(("127.0.0.3", 0))
                stranger.sendto(b"\x90\x41\xff", port.local)
            await line.receive(0.2)
        finally:
            await line.close()

    with pytest.raises(DeviceError) as caught:
        asyncio.run(spoof())
    assert caught.value.reason is Reason.NO_ANSWER
