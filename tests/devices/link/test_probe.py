"""A line is open when a round trip came back; silence and refusal are told apart, each within its time."""

import asyncio
import socket
import struct
import time

import pytest

from devices.contract import LinkStatus, Reason
from devices.link.probe import ProbedLink
from devices.link.stun import BINDING_SUCCESS, MAGIC


def probe(address: str) -> LinkStatus:
    return asyncio.run(ProbedLink("main", address).probe())


def test_a_server_that_accepts_is_an_open_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        status = probe(f"tcp://127.0.0.1:{server.getsockname()[1]}")
    assert status.passed
    assert status.rtt_ms is not None


def test_a_closed_port_is_a_lost_link_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    began = time.monotonic()
    assert probe(f"tcp://127.0.0.1:{port}") == LinkStatus(False, None, Reason.LINK_LOST)
    assert time.monotonic() - began < 1.0


class Stun(asyncio.DatagramProtocol):
    """Answers binding requests; `deaf` passes over the first ones, `garbles` answers another transaction."""

    def __init__(self, deaf: int = 0, garbles: bool = False) -> None:
        self.deaf, self.garbles = deaf, garbles

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.deaf > 0:
            self.deaf -= 1
            return
        transaction = bytes(12) if self.garbles else data[8:20]
        self.transport.sendto(struct.pack("!HHI", BINDING_SUCCESS, 0, MAGIC) + transaction, addr)


async def against(server: Stun) -> LinkStatus:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: server, local_addr=("127.0.0.1", 0))
    try:
        return await ProbedLink("main", f"stun://127.0.0.1:{transport.get_extra_info('sockname')[1]}").probe()
    finally:
        transport.close()


def test_a_stun_server_that_answers_is_an_open_line() -> None:
    assert asyncio.run(against(Stun())).passed


def test_a_lost_packet_is_asked_again() -> None:
    assert asyncio.run(against(Stun(deaf=1))).passed


@pytest.mark.parametrize("server", [Stun(deaf=99), Stun(garbles=True)])
def test_silence_and_foreign_answers_are_no_answer_within_the_limit(server: Stun) -> None:
    began = time.monotonic()
    assert asyncio.run(against(server)) == LinkStatus(False, None, Reason.NO_ANSWER)
    assert time.monotonic() - began < 9.0
