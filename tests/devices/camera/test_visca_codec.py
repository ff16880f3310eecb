"""VISCA bytes and Sony's header, apart from any line."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.camera import sony, visca
from devices.camera.visca import Ack, AddressesSet, Answer, Completion, NetworkChange, Noise, Parser, Refused

REPLIES: dict[str, list[visca.Event]] = {
    "9041FF": [Ack(1)],
    "A042FF": [Ack(2)],
    "9051FF": [Completion(1)],
    "9050FFFF": [Completion(0)],
    "905002FF": [Answer(b"\x02")],
    "90500F0F00010000000AFF": [Answer(bytes.fromhex("0F0F00010000000A"))],
    "906041FF": [Refused(0x41, 0)],
    "906102FF": [Refused(0x02, 1)],
    "9038FF": [NetworkChange()],
    "8838FF": [NetworkChange()],
    "883003FF": [AddressesSet(2)],
    "88010001FF": [Completion(0)],
    "129041FF": [Noise(1), Ack(1)],
    "1234FF": [Noise(2)],
}


@pytest.mark.parametrize("said", REPLIES)
def test_every_reply_of_the_manuals_is_understood(said: str) -> None:
    assert Parser().feed(bytes.fromhex(said)) == REPLIES[said]


@given(st.lists(st.sampled_from(sorted(REPLIES)), max_size=8), st.lists(st.integers(0, 120), max_size=20))
def test_replies_are_the_same_however_the_stream_is_cut(said: list[str], cuts: list[int]) -> None:
    stream = bytes.fromhex("".join(said))
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    parser = Parser()
    events = [event for a, b in pairwise(edges) for event in parser.feed(stream[a:b])]
    assert events == [event for reply in said for event in REPLIES[reply]]


@given(st.binary(max_size=400), st.integers(0, 400))
def test_rubbish_never_raises_and_is_the_same_however_it_is_cut(rubbish: bytes, cut: int) -> None:
    parser = Parser()
    assert parser.feed(rubbish[:cut]) + parser.feed(rubbish[cut:]) == Parser().feed(rubbish)


@given(st.binary(max_size=400))
def test_a_reply_is_understood_after_any_rubbish(rubbish: bytes) -> None:
    parser = Parser()
    parser.feed(rubbish + b"\xff")
    assert parser.feed(b"\x90\x41\xff") == [Ack(1)]


@given(st.binary(max_size=400), st.integers(1, 7))
def test_of_a_chain_only_the_one_camera_is_heard(rubbish: bytes, address: int) -> None:
    head = 0x80 + (address << 4)
    said = b"".join(bytes((0x80 + (other << 4), 0x41, 0xFF)) for other in range(1, 8))
    assert Parser(address).feed(said) == [Ack(1)]
    parser = Parser(address)
    parser.feed(rubbish + b"\xff")
    assert parser.feed(bytes((head, 0x52, 0xFF))) == [Completion(2)]


def test_the_rest_of_a_packet_that_is_too_long_is_no_reply() -> None:
    parser = Parser()
    assert parser.feed(b"\x12" * 16) == [Noise(16)]
    assert parser.feed(b"\x90\x41\xff\x90\x42\xff") == [Ack(2)]


def test_an_endless_packet_is_not_kept() -> None:
    parser = Parser()
    parser.feed(b"\x90" * 100_000)
    assert len(parser._packet) <= visca.LONGEST_PACKET


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (visca.recall_preset(7), "81 01 04 3f 02 07 ff"),
        (visca.store_preset(7, address=2), "82 01 04 3f 01 07 ff"),
        (visca.position_inquiry(), "81 09 06 12 ff"),
        (visca.zoom_inquiry(), "81 09 04 47 ff"),
        (visca.power(True), "81 01 04 00 02 ff"),
        (visca.power(False), "81 01 04 00 03 ff"),
        (visca.power_inquiry(), "81 09 04 00 ff"),
        (visca.drive(5, 3, 1, -1), "81 01 06 01 05 03 02 02 ff"),
        (visca.drive(5, 3, -1, 1), "81 01 06 01 05 03 01 01 ff"),
        (visca.stop(), "81 01 06 01 01 01 03 03 ff"),
        (visca.zoom_drive(1, 3), "81 01 04 07 23 ff"),
        (visca.zoom_drive(-1, 0), "81 01 04 07 30 ff"),
        (visca.zoom_drive(0, 0), "81 01 04 07 00 ff"),
        (visca.go_to(-2, 0x123, 5, 6), "81 01 06 02 05 06 0f 0f 0f 0e 00 01 02 03 ff"),
        (visca.go_to(-2, 0x123, 5, 0, pan_nibbles=5), "81 01 06 02 05 00 0f 0f 0f 0f 0e 00 01 02 03 ff"),
        (visca.cancel(2), "81 22 ff"),
        (visca.zoom_to(0x4000), "81 01 04 47 04 00 00 00 ff"),
        (visca.if_clear(), "81 01 00 01 ff"),
        (visca.address_set(), "88 30 01 ff"),
    ],
)
def test_packets_are_those_of_the_manuals(packet: bytes, expected: str) -> None:
    assert packet.hex(" ") == expected


@given(st.integers(-0x8000, 0x7FFF), st.integers(-0x8000, 0x7FFF))
def test_a_position_comes_back_as_it_was_sent(pan: int, tilt: int) -> None:
    assert visca.read_pan_tilt(visca.nibbles(pan) + visca.nibbles(tilt)) == (pan, tilt)


def test_five_nibbles_of_pan_are_read_too() -> None:
    assert visca.read_pan_tilt(visca.nibbles(-70_000, 5) + visca.nibbles(-3)) == (-70_000, -3)


@pytest.mark.parametrize("payload", [b"", b"\x00" * 7, b"\x00" * 11, b"\x10" * 8])
def test_what_is_no_position_is_none(payload: bytes) -> None:
    assert visca.read_pan_tilt(payload) is None


@given(st.sampled_from(sony.Kind), st.integers(0, 0xFFFFFFFF), st.binary(max_size=16))
def test_a_sony_message_comes_back_as_it_was_sent(kind: sony.Kind, sequence: int, payload: bytes) -> None:
    assert sony.unpack(sony.pack(kind, sequence, payload)) == sony.Message(kind, sequence, payload)


@given(st.binary(max_size=40))
def test_any_datagram_is_a_message_or_none(datagram: bytes) -> None:
    message = sony.unpack(datagram)
    assert message is None or sony.pack(message.kind, message.sequence, message.payload) == datagram


def test_the_sequence_number_begins_anew_after_the_last() -> None:
    assert sony.after(0xFFFFFFFF) == 0
