"""A page of an allowed origin that tries every way to another one: nothing arrives there.

`./kiosk prove web_gate` shows which of these ways are open where our gate is.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.fakes.hostile import MOVES, NOT_HELD, SERVICE, WAITING_S, WAYS, Traps, page
from tests.fakes.road_process import Told, road_process
from tests.fakes.web_origin import Origin

pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.journey]


@dataclass(frozen=True, slots=True)
class Tried:
    hits: dict[str, list[bytes]]
    reports: dict[str, str]
    looks: list[Told]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    errors = tmp_path_factory.mktemp("hostile") / "stderr"
    with Traps([*WAYS, *MOVES]) as traps, Origin({"/service.js": SERVICE}) as origin:
        origin.pages["/room"] = page(traps)
        with road_process(errors, origin.host) as road:
            road.make(origin.host)
            road.join(f"{origin.url}/room")
            reports = origin.wait_for("still_here", wait_s=60)
            time.sleep(WAITING_S)
            looks = [road.look() for _ in range(3)]
        yield Tried({name: list(hits) for name, hits in traps.hits.items()}, reports, looks)


@pytest.mark.parametrize("way", sorted({*WAYS, *MOVES} - NOT_HELD))
def test_way_to_another_origin_is_closed(tried: Tried, way: str) -> None:
    assert tried.hits[way] == []


@pytest.mark.parametrize("way", sorted(NOT_HELD))
def test_packets_of_webrtc_to_an_address_are_not_held_and_we_say_so(tried: Tried, way: str) -> None:
    assert tried.hits[way], "held now? then say so in tests/fakes/hostile.py and ui/conference/chromium.py"


def test_every_way_was_tried_and_the_page_stands_where_it_stood(tried: Tried) -> None:
    assert int(tried.reports["attempts"]) == len(WAYS) + len(MOVES)
    assert tried.reports["still_here"] == "/room"


def test_no_window_opened_and_the_meeting_goes_on(tried: Tried) -> None:
    assert {look["windows"] for look in tried.looks} == {1}
    assert {look["page_error"] for look in tried.looks} == {None}
