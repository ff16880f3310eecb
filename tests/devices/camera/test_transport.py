"""The three byte lines: what is silence, and what is a lost link."""

import asyncio
import os
import socket
import time
import tty
from collections.abc import Callable, Coroutine

import pytest

from devices.contract import DeviceError, Reason
from devices.serial_line import SerialLine
from devices.transport import MOST_CHUNKS, Line, TcpLine, UdpLine

WAIT_S = 0.2


def with_line(line: Line, use: Callable[[Line], Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        try:
            await line.open(1.0)
            await use(line)
        finally:
            await line.close()

    asyncio.run(run())


def reason_of(line: Line, use: Callable[[Line], Coroutine[None, None, None]]) -> Reason:
    with pytest.raises(DeviceError) as caught:
        with_line(line, use)
    return caught.value.reason


async def listen(line: Line) -> None:
    await line.receive(WAIT_S)


def test_udp_silence_is_no_answer() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        assert reason_of(UdpLine(*peer.getsockname()), listen) is Reason.NO_ANSWER


def test_udp_datagram_of_another_sender_is_not_heard() -> None:
    async def spoof(line: Line) -> None:
        await line.send(b"hello")
        _, address = peer.recvfrom(100)
        stranger.sendto(b"\x90\x41\xff", address)
        await line.receive(WAIT_S)

    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        peer.bind(("127.0.0.1", 0))
        stranger.bind(("127.0.0.1", 0))
        assert reason_of(UdpLine(*peer.getsockname()), spoof) is Reason.NO_ANSWER


def test_udp_refused_port_is_a_lost_link() -> None:
    async def knock(line: Line) -> None:
        await line.send(b"hello")
        await line.receive(1.0)

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        address = peer.getsockname()
    assert reason_of(UdpLine(*address), knock) is Reason.LINK_LOST


def test_a_flood_loses_its_oldest_bytes() -> None:
    async def flood(line: Line) -> None:
        await line.send(b"hello")
        _, address = peer.recvfrom(100)
        for number in range(MOST_CHUNKS + 50):
            peer.sendto(number.to_bytes(2, "big"), address)
            if number % 40 == 0:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        assert int.from_bytes(await line.receive(WAIT_S), "big") >= 50

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind(("127.0.0.1", 0))
        with_line(UdpLine(*peer.getsockname()), flood)


def test_tcp_peer_that_hangs_up_is_a_lost_link() -> None:
    async def hang_up(line: Line) -> None:
        listener.accept()[0].close()
        await line.receive(1.0)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert reason_of(TcpLine(*listener.getsockname()), hang_up) is Reason.LINK_LOST


def test_tcp_silence_is_no_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert reason_of(TcpLine(*listener.getsockname()), listen) is Reason.NO_ANSWER


def test_tcp_peer_that_never_reads_is_no_answer_and_costs_no_memory() -> None:
    async def pour(line: Line) -> None:
        for _ in range(20_000):
            await line.send(b"\x81" * 1000)
        raise AssertionError("20 MB were taken")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert reason_of(TcpLine(*listener.getsockname()), pour) is Reason.NO_ANSWER


def read_to_the_end(connection: socket.socket) -> None:
    while connection.recv(100):
        pass


def test_tcp_orders_that_were_not_read_are_dropped_with_the_connection() -> None:
    async def leave(line: Line) -> None:
        await line.send(b"\x81\x01\xff")
        connection = listener.accept()[0]
        await line.close()
        connection.settimeout(2)
        with connection, pytest.raises(ConnectionResetError):
            read_to_the_end(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        with_line(TcpLine(*listener.getsockname()), leave)


def test_serial_port_whose_other_end_never_reads_is_no_answer_and_closes_in_time() -> None:
    async def pour(line: Line) -> None:
        for _ in range(10_000):
            await line.send(b"\x81" * 16)
        raise AssertionError("160 kB were taken")

    master, slave = os.openpty()
    tty.setraw(slave)
    began = time.monotonic()
    try:
        assert reason_of(SerialLine(os.ttyname(slave), 9600), pour) is Reason.NO_ANSWER
    finally:
        os.close(master)
        os.close(slave)
    assert time.monotonic() - began < 3 * 1.0


def test_tcp_line_is_opened_again_after_closing() -> None:
    async def again(line: Line) -> None:
        await line.close()
        await line.open(1.0)
        await line.send(b"ok")
        listener.accept()[0].close()
        with listener.accept()[0] as connection:
            assert connection.recv(2) == b"ok"

    with socket.create_server(("127.0.0.1", 0)) as listener:
        with_line(TcpLine(*listener.getsockname()), again)


def test_serial_bytes_go_both_ways() -> None:
    async def talk(line: Line) -> None:
        await line.send(b"\x81\xff")
        assert os.read(master, 10) == b"\x81\xff"
        os.write(master, b"\x90\x41\xff")
        heard = b""
        while len(heard) < 3:
            heard += await line.receive(1.0)
        assert heard == b"\x90\x41\xff"

    master, slave = os.openpty()
    tty.setraw(slave)
    try:
        with_line(SerialLine(os.ttyname(slave), 9600), talk)
    finally:
        os.close(master)
        os.close(slave)


def test_serial_port_pulled_out_is_a_lost_link() -> None:
    master, slave = os.openpty()
    name = os.ttyname(slave)
    os.close(slave)

    async def pull_out(line: Line) -> None:
        os.close(master)
        await line.receive(2.0)

    assert reason_of(SerialLine(name, 9600), pull_out) is Reason.LINK_LOST


def test_serial_port_held_by_another_is_a_lost_link() -> None:
    async def open_again(line: Line) -> None:
        await SerialLine(name, 9600).open(1.0)

    master, slave = os.openpty()
    name = os.ttyname(slave)
    try:
        assert reason_of(SerialLine(name, 9600), open_again) is Reason.LINK_LOST
    finally:
        os.close(master)
        os.close(slave)
