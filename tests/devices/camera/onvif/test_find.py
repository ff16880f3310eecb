"""Finding cameras: each once, by the address that answered, and whatever else comes is passed over."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from devices.camera.onvif.find import OnvifFinder, read_answer
from devices.contract import FoundCamera

MATCH = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Header><a:RelatesTo>{asked}</a:RelatesTo></s:Header>'
    "<s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>{endpoint}</a:Address></a:EndpointReference>"
    "<d:Scopes>onvif://www.onvif.org/type/ptz onvif://www.onvif.org/hardware/PTZ-20X"
    " onvif://www.onvif.org/name/Camera%20Ch%E1%BB%A7_t%E1%BB%8Da</d:Scopes>"
    "<d:XAddrs>{xaddrs}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
)
XADDRS = "http://10.9.9.9:8080/onvif/device_service"
BOMB = '<!DOCTYPE s [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def match(asked: str = "urn:1", endpoint: str = "urn:uuid:one", xaddrs: str = XADDRS) -> str:
    return MATCH.format(asked=asked, endpoint=endpoint, xaddrs=xaddrs)


def found(text: str | bytes, asked: str = "urn:1") -> list[FoundCamera]:
    data = text if isinstance(text, bytes) else text.encode()
    return [found.camera for found in read_answer(data, asked, "192.0.2.7")]


def test_the_host_is_the_one_that_answered_and_the_port_the_one_it_names() -> None:
    assert found(match()) == [FoundCamera("192.0.2.7", 8080, "Camera Chủ tọa", "PTZ-20X")]


def test_an_answer_to_another_question_is_passed_over() -> None:
    assert found(match(asked="urn:2")) == []


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\x00\xff" * 700,
        b"<html>",
        match(xaddrs="https://10.0.0.1/ ftp://x http://[oops"),
        match().replace("<s:Envelope", BOMB + "<s:Envelope", 1),
        match().replace("<s:Envelope", BOMB + "<s:Envelope", 1).encode("utf-16"),
        "<a>" * 9000,
    ],
    ids=["nothing", "noise", "html", "addresses", "bomb", "bomb in UTF-16", "deep"],
)
def test_what_is_no_answer_finds_nothing(text: str | bytes) -> None:
    assert found(text) == []


@contextmanager
def network(*answers: str) -> Iterator[tuple[str, int]]:
    """Whoever asks here gets all of these, {asked} filled in, at each question."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)
        ending = threading.Event()

        def serve() -> None:
            while not ending.is_set():
                try:
                    data, peer = sock.recvfrom(4096)
                except TimeoutError:
                    continue
                asked = data.split(b"MessageID>")[1].split(b"<")[0].decode()
                for answer in answers:
                    sock.sendto(answer.replace("{asked}", asked).encode(), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()
        finally:
            ending.set()
            thread.join()


def look(target: tuple[str, int]) -> tuple[FoundCamera, ...]:
    return asyncio.run(OnvifFinder(target, "127.0.0.1").find(0.8))


def test_each_camera_is_found_once_however_often_it_answers() -> None:
    two = match("{asked}", "urn:uuid:two", "http://10.9.9.9/x")
    other_address = match("{asked}", xaddrs="http://10.9.9.9:8888/x")
    with network(match("{asked}"), "rubbish", match("{asked}"), other_address, two) as target:
        assert [(camera.host, camera.port) for camera in look(target)] == [("127.0.0.1", 80), ("127.0.0.1", 8080)]


def test_an_empty_network_takes_no_longer_than_it_was_given() -> None:
    began = time.monotonic()
    with network() as target:
        assert look(target) == ()
    assert 0.8 <= time.monotonic() - began < 0.8 * 3


def test_a_network_that_cannot_be_asked_finds_nothing() -> None:
    assert asyncio.run(OnvifFinder(("127.0.0.1", 9), "203.0.113.99").find(0.2)) == ()
