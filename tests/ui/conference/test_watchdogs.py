"""Pages that hang, crash, swell, never come, or show a certificate: told in time, and begun anew only where allowed.

`./kiosk prove web_faults` has the seconds of each.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.road_process import Road, road_process
from tests.fakes.socket_origin import SocketOrigin
from tests.fakes.tls import SelfSigned, self_signed
from tests.fakes.web_pages import calls_itself

TRUTH_S = 8.0  # to be told, and to be back; asserted at three times
SLACK = 3
MEDIA = {"/call": calls_itself(), "/mute": "<p>stands</p>", "/streams": "<img src=/silent>"}
TALKS = """<script>
const socket = new WebSocket(`wss://${location.host}/socket`);
socket.onopen = () => setInterval(() => socket.send("alive"), 100);
</script>"""

pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.journey]


@pytest.fixture(scope="module")
def origin() -> Iterator[SocketOrigin]:
    with SocketOrigin(MEDIA) as origin:
        yield origin


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with road_process(tmp_path_factory.mktemp("road") / "stderr") as road:
        yield road


@pytest.fixture
def road(process: Road) -> Iterator[Road]:
    yield process
    process.leave()


def in_call(road: Road, origin: SocketOrigin, **options: object) -> int:
    """Joins a page with media; its renderer's process."""
    road.make(origin.host, **options)
    road.join(f"{origin.url}/call")
    return int(road.until(lambda told: told["video_in"]["frames"] > 5, "media")["renderer"])


def test_stopped_renderer_is_back_in_the_same_page_where_allowed(road: Road, origin: SocketOrigin) -> None:
    renderer = in_call(road, origin, reattach=1)
    frames = road.look()["video_in"]["frames"]
    os.kill(renderer, signal.SIGSTOP)
    look = road.until(lambda told: told["renderer"] not in (0, renderer), "a new page", TRUTH_S * SLACK)
    look = road.until(lambda told: told["connections"] == 2, "media again", TRUTH_S * SLACK)
    assert look["page_error"] is None
    assert look["video_in"]["frames"] >= frames, "counters only grow within one join"


def test_stopped_page_is_left_as_any_other_and_leaves_no_process(road: Road, origin: SocketOrigin) -> None:
    renderer = in_call(road, origin)
    os.kill(renderer, signal.SIGSTOP)
    assert road.leave()["took"] < 3.0
    ends = time.monotonic() + TRUTH_S
    while Path(f"/proc/{renderer}").exists() and time.monotonic() < ends:
        time.sleep(0.1)
    assert not Path(f"/proc/{renderer}").exists()


def test_killed_renderer_is_back_three_times_and_then_crashed_for_good(road: Road, origin: SocketOrigin) -> None:
    renderer = in_call(road, origin, reattach=10)
    for _ in range(3):
        os.kill(renderer, signal.SIGKILL)
        was = renderer
        look = road.until(lambda told, was=was: told["renderer"] not in (0, was) and told["connections"], "the page")
        renderer = look["renderer"]
    os.kill(renderer, signal.SIGKILL)
    road.until(lambda told: told["page_error"] == "crashed", "the end")


def test_page_that_takes_too_much_memory_is_ended_and_told(road: Road, origin: SocketOrigin) -> None:
    road.make(origin.host, memory_mb=1)
    road.join(f"{origin.url}/mute")
    road.until(lambda told: told["page_error"] == "crashed", "the end", TRUTH_S * SLACK)


def test_server_that_takes_the_call_and_stays_silent_is_a_failed_load(road: Road, origin: SocketOrigin) -> None:
    road.make(origin.host, load_s=1.0)
    road.join(f"{origin.url}/silent")
    road.until(lambda told: told["page_error"] == "load_failed", "the truth", TRUTH_S)


def test_page_whose_parts_go_on_loading_stands(road: Road, origin: SocketOrigin) -> None:
    road.make(origin.host, load_s=2.0)
    road.join(f"{origin.url}/streams")
    road.until(lambda told: told["renderer"] and road.run("performance.now() > 3200"), "some looks")
    assert road.look()["page_error"] is None


def serve(road: Road, certificate: SelfSigned, **pins: str) -> str | None:
    """What becomes of a page with a socket, of a server with this certificate."""
    with SocketOrigin({"/talks": TALKS}, certificate.context) as secure:
        road.make(secure.host, pins={name.replace("host", secure.host): pin for name, pin in pins.items()})
        road.join(f"{secure.url}/talks")
        look = road.until(lambda told: told["page_error"] or told["signalling"], "an end")
        road.leave()
        return look["page_error"]


def test_certificate_that_is_pinned_for_its_host_is_taken_also_by_its_socket(process: Road, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    assert serve(process, certificate, host=certificate.pin) is None


def test_certificate_that_nobody_pinned_is_refused(process: Road, tmp_path: Path) -> None:
    assert serve(process, self_signed(tmp_path)) == "certificate"


def test_other_certificate_than_the_pinned_one_is_refused(process: Road, tmp_path: Path) -> None:
    assert serve(process, self_signed(tmp_path), host="0" * 64) == "certificate"


def test_pinned_certificate_past_its_time_is_refused(process: Road, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path, expired=True)
    assert serve(process, certificate, host=certificate.pin) == "certificate"


def test_pin_of_another_host_opens_nothing(process: Road, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    assert serve(process, certificate, elsewhere=certificate.pin) == "certificate"
