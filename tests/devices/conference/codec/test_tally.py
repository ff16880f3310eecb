"""A codec's counters become evidence only by what grew."""

from typing import Any

from devices.conference.codec.codec import Channel
from devices.conference.codec.tally import Tally


def channel(**more: Any) -> Channel:
    return Channel(
        **{"call": "1", "key": "1/1", "kind": "video", "inbound": True, "packets": 100, "frame_rate": 30.0} | more
    )


def test_pictures_are_the_rate_times_the_time_in_which_packets_grew() -> None:
    tally = Tally()
    for packets, at in ((100, 10.0), (160, 12.0), (160, 14.0), (220, 15.0)):
        tally.take((channel(packets=packets),), at)
    look = tally.evidence(15.0)
    assert (look.video_in.packets, look.video_in.frames) == (220, 90)


def test_counter_of_a_channel_that_begins_anew_goes_on_growing() -> None:
    tally = Tally()
    for packets in (100, 150, 20):
        tally.take((channel(packets=packets),), 10.0)
    assert tally.evidence(10.0).video_in.packets == 170


def test_only_a_report_that_changed_acknowledges_what_we_send() -> None:
    tally = Tally()
    for packets, report in ((10, (0, 0)), (20, (5, 0)), (30, (5, 0)), (30, (6, 0)), (40, (7, 0))):
        tally.take((channel(inbound=False, packets=packets, report=report),), 10.0)
    assert tally.acknowledged == 2
