"""A million random bytes into the VISCA codec: it never raises, keeps little, and cuts change nothing."""

import random
import sys
import time

from devices.camera import sony, visca
from tests.benchmarks.table import table

BYTES = 1_000_000
SEED = 1373
LONGEST_CUT = 40
WEIGHTED = bytes.fromhex("ff90a05060414051382030")  # bytes of which replies are made, so that many nearly are


def uniform(chance: random.Random) -> bytes:
    return chance.randbytes(BYTES)


def nearly(chance: random.Random) -> bytes:
    return bytes(chance.choices(WEIGHTED, k=BYTES))


def whole_and_cut(stream: bytes, chance: random.Random) -> tuple[list[visca.Event], list[visca.Event], int]:
    """The events of the stream in one piece and in pieces, and the most bytes that the parser kept."""
    parser, events, most, at = visca.Parser(), list[visca.Event](), 0, 0
    while at < len(stream):
        size = chance.randint(1, LONGEST_CUT)
        events += parser.feed(stream[at : at + size])
        most, at = max(most, len(parser._packet)), at + size
    return visca.Parser().feed(stream), events, most


def payloads_read(events: list[visca.Event]) -> int:
    for event in events:
        if isinstance(event, visca.Answer):
            visca.read_pan_tilt(event.payload), visca.read_zoom(event.payload), visca.read_power(event.payload)
    return len(events)


def datagrams_read(stream: bytes, chance: random.Random) -> int:
    at = count = 0
    while at < len(stream):
        size = chance.randint(0, LONGEST_CUT)
        sony.unpack(stream[at : at + size])
        at, count = at + max(1, size), count + 1
    return count


def main(argv: list[str]) -> int:
    rows, good = [], True
    for name, make in (("any bytes", uniform), ("bytes of which replies are made", nearly)):
        chance, began = random.Random(SEED), time.monotonic()
        stream = make(chance)
        whole, cut, most = whole_and_cut(stream, chance)
        events, datagrams = payloads_read(whole), datagrams_read(stream, chance)
        same = whole == cut
        good = good and same and most <= visca.LONGEST_PACKET
        noise = sum(isinstance(event, visca.Noise) for event in whole)
        rows.append(
            (name, BYTES, events, events - noise, "yes" if same else "NO", most, datagrams, 0,
             f"{time.monotonic() - began:.1f}")
        )  # fmt: skip
    header = (
        "bytes", "how many", "events", "of them replies", "the same however cut", "most bytes kept",
        "datagrams to the header's reader", "raised", "seconds",
    )  # fmt: skip
    print(table("Random bytes into the VISCA codec", header, rows))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
