"""A page of an allowed origin that tries every way to another one: nothing arrives there.

`./kiosk prove web_gate` shows which of these ways are open where our gate is.
"""

import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.hostile import BY_HOST, MOVES, NOT_HELD, SERVICE, WAITING_S, WAYS, Traps, page
from tests.fakes.road_process import Told, road_process
from tests.fakes.web_origin import Origin

pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.journey]


@dataclass(frozen=True, slots=True)
class Tried:
    hits: dict[str, list[bytes]]
    reports: dict[str, str]
    looks: list[Told]


def attempt(errors: Path, only: tuple[str, ...], by_host: bool) -> Tried:
    """`by_host`: the page's host alone is looked up; else the page's gate stands for itself."""
    with Traps([*WAYS, *MOVES]) as traps, Origin({"/service.js": SERVICE}) as origin:
        origin.pages["/room"] = page(traps, only)
        with road_process(errors, *([origin.host] if by_host else [])) as road:
            road.make(origin.host)
            road.join(f"{origin.url}/room")
            reports = origin.wait_for("still_here", wait_s=60)
            time.sleep(WAITING_S)
            looks = [road.look() for _ in range(3)]
        return Tried({name: list(hits) for name, hits in traps.hits.items()}, reports, looks)


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return attempt(tmp_path_factory.mktemp("hostile") / "stderr", (), by_host=False)


@pytest.fixture(scope="module")
def tried_by_host(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return attempt(tmp_path_factory.mktemp("hostile") / "stderr", tuple(BY_HOST), by_host=True)


@pytest.mark.parametrize("way", sorted({*WAYS, *MOVES} - NOT_HELD - BY_HOST))
def test_way_to_another_origin_is_closed(tried: Tried, way: str) -> None:
    assert tried.hits[way] == []


@pytest.mark.parametrize("way", sorted(BY_HOST))
def test_way_that_no_gate_sees_is_closed_where_no_other_host_is_looked_up(tried_by_host: Tried, way: str) -> None:
    assert tried_by_host.hits[way] == []


@pytest.mark.parametrize("way", sorted(NOT_HELD))
def test_packets_of_webrtc_to_an_address_are_not_held_and_we_say_so(tried: Tried, way: str) -> None:
    assert tried.hits[way], "held now? then say so in tests/fakes/hostile.py and ui/conference/chromium.py"


def test_every_way_was_tried_and_the_page_stands_where_it_stood(tried: Tried) -> None:
    assert int(tried.reports["attempts"]) == len(WAYS) + len(MOVES)
    assert tried.reports["still_here"] == "/room"


def test_no_window_opened_and_the_meeting_goes_on(tried: Tried) -> None:
    assert {look["windows"] for look in tried.looks} == {1}
    assert {look["page_error"] for look in tried.looks} == {None}
