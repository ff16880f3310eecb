"""A road that is warmed ahead of its meeting: nothing is shown, asked or held, and the join is as any other."""

import socket
from collections.abc import Iterator

import psutil
import pulsectl
import pytest

from tests.fakes.pulse_server import PulseServer
from tests.fakes.road_process import LOOPBACK, Road, road_process
from tests.fakes.socket_origin import SocketOrigin
from tests.fakes.web_pages import MICROPHONE, calls_itself

pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.needs("pulseaudio"), pytest.mark.journey]


@pytest.fixture(scope="module")
def origin() -> Iterator[SocketOrigin]:
    with SocketOrigin({"/call": calls_itself(MICROPHONE)}) as origin:
        yield origin


@pytest.fixture
def pulse() -> Iterator[PulseServer]:
    with PulseServer() as pulse:
        yield pulse


@pytest.fixture
def road(pulse: PulseServer, origin: SocketOrigin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    """A process in which QtWebEngine was never loaded."""
    env = {**pulse.env, "QTWEBENGINE_CHROMIUM_FLAGS": LOOPBACK}
    origin.asked.clear()
    with road_process(tmp_path_factory.mktemp("road") / "stderr", **env) as road:
        road.make(origin.host)
        yield road


def engine(road: Road) -> list[psutil.Process]:
    return psutil.Process(road.pid).children(recursive=True)


def joined(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/call")
    road.until(lambda told: told["video_in"]["frames"] > 2, "media")


def test_warming_starts_the_engine_and_shows_nothing_asks_nobody_and_holds_no_microphone(
    road: Road, origin: SocketOrigin, pulse: PulseServer
) -> None:
    assert engine(road) == [], "a room that never joins pays nothing"
    assert road.do("warm")["error"] is None
    assert engine(road)
    look = road.look()
    assert (look["windows"], look["renderer"], look.get("at")) == (0, 0, None)
    assert origin.asked == []
    with pulsectl.Pulse("test", server=pulse.url) as sound:
        held = [one.name for one in sound.source_output_list()]
    assert held == ["Remapped Stream"], "the room's own only"


def test_warmed_meeting_and_the_one_after_it_are_joined(road: Road, origin: SocketOrigin) -> None:
    for _twice in range(2):
        road.do("warm")
    joined(road, origin)
    road.leave()
    joined(road, origin)


def test_page_that_does_not_come_to_a_warmed_road_is_told(road: Road) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
    road.make(nobody)
    road.do("warm")
    road.join(f"http://{nobody}/call")
    road.until(lambda told: told["page_error"] == "load_failed", "the failure")


def test_join_that_comes_while_it_is_warmed_is_one_call(road: Road, origin: SocketOrigin) -> None:
    road.order("warm")
    joined(road, origin)
    road.leave()
    assert road.look().get("page_error", "left") == "left", "evidence of a call that nobody can end"
