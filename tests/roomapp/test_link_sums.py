"""The connection's quality as sums: pieces add up to the whole, a page put up anew counts from nothing."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.contract import Evidence, MediaCount
from roomapp.rules.link_sums import LinkMeter, LinkSums, total
from roomapp.rules.quality import Trouble
from roomapp.rules.reporting.figure_details import details, means
from roomapp.rules.reporting.figures import share
from tests.roomapp.records_register.making import during, meeting

LOOK = Evidence(at=100.0, audio_in=MediaCount(packets=0), rtt_ms=40.0)


def measured(*looks: tuple[float, int, float, Trouble | None]) -> LinkMeter:
    """(at, packets that came, loss in percent since the call began, trouble) one after another."""
    meter = LinkMeter()
    for at, came, loss, trouble in looks:
        meter.add(replace(LOOK, at=at, audio_in=MediaCount(packets=came), loss_pct=loss), trouble)
    return meter


def test_loss_delay_and_weak_seconds_are_added_up() -> None:
    meter = measured((100.0, 0, 0.0, None), (102.0, 950, 5.0, Trouble.LOSS), (103.0, 1900, 5.0, Trouble.CAMERA_ENDED))
    sums = meter.take()
    assert (sums.looked_s, sums.packets, sums.lost, sums.weak_s) == (3.0, 1900, 100, 2.0)
    assert (sums.loss_pct(), sums.rtt_ms()) == (5.0, 40.0)
    assert meter.take() == LinkSums()


def test_page_put_up_anew_and_a_gap_take_nothing_away_and_add_nothing() -> None:
    meter = measured((100.0, 0, 0.0, None), (101.0, 1000, 0.0, None), (102.0, 10, 0.0, None), (190.0, 9000, 0.0, None))
    assert (meter.sums.packets, meter.sums.lost, meter.sums.looked_s) == (1000, 0, 2.0)


def test_handful_of_packets_says_nothing() -> None:
    assert LinkSums(10.0, 40, 9).loss_pct() is None
    assert LinkSums(10.0, 40, 9).rtt_ms() is None


sums = st.builds(LinkSums, *(st.integers(0, 10**6).map(float), *(st.integers(0, 10**6),) * 2), *(st.just(0.0),) * 3)


@given(st.lists(sums, max_size=6))
def test_pieces_kept_in_rows_are_the_whole(parts: list[LinkSums]) -> None:
    again = [LinkSums.of(json.loads(json.dumps(part.body()))) for part in parts]
    assert total(again) == total(parts)
    assert total(parts).packets == sum(part.packets for part in parts)


def test_report_tells_the_quality_of_held_meetings_alone() -> None:
    held, other = meeting(id="a"), meeting(id="b", status="cancelled")
    links = {"a": LinkSums(100.0, 9_800, 200, 4_000.0, 100.0, 30.0), "b": LinkSums(9.0, 9_000, 9_000)}
    period = during("2026-Q4")
    found = details(share(period, [held, other], []), period, links)
    assert found["link"]["packets"] == 9_800
    assert (found["loss_pct_mean"], found["rtt_ms_mean"]) == (2.0, 40.0)
    assert means({})["loss_pct_mean"] is None


def test_rubbish_in_a_row_is_no_quality() -> None:
    with pytest.raises((TypeError, ValueError)):
        LinkSums.of({"packets": "many"})
