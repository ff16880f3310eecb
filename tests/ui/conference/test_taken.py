"""Camera and microphone that end under the platform: taken, unplugged, or their service gone."""

from collections.abc import Iterator

import pytest

from tests.fakes.processes import Told
from tests.fakes.pulse_server import PulseServer
from tests.fakes.road_process import LOOPBACK, Road, road_process
from tests.fakes.socket_origin import SocketOrigin
from tests.fakes.web_pages import CAMERA, MICROPHONE, calls_itself

STILL_S = 5.0  # without a packet of ours

pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.journey]


@pytest.fixture(scope="module")
def origin() -> Iterator[SocketOrigin]:
    with SocketOrigin({"/camera": calls_itself(CAMERA), "/microphone": calls_itself(MICROPHONE)}) as origin:
        yield origin


def join(road: Road, origin: SocketOrigin, path: str) -> None:
    road.make(origin.host)
    road.join(f"{origin.url}{path}")
    look = road.until(lambda told: told["video_in"]["frames"] > 2, "media")
    assert (look["camera_ended"], look["microphone_ended"]) == (False, False)


def test_camera_that_is_taken_is_seen(origin: SocketOrigin, tmp_path_factory: pytest.TempPathFactory) -> None:
    flags = {"QTWEBENGINE_CHROMIUM_FLAGS": f"{LOOPBACK} --use-fake-device-for-media-stream"}
    with road_process(tmp_path_factory.mktemp("camera") / "stderr", **flags) as road:
        join(road, origin, "/camera")
        road.kill("VideoCaptureService")
        assert road.until(lambda told: told["camera_ended"], "the end")["microphone_ended"] is False


class Silent:
    """The track has ended, or, where Chromium does not notice (now and then), our sound counts no further."""

    def __init__(self) -> None:
        self._packets, self._since = -1, 0.0

    def __call__(self, told: Told) -> bool:
        packets = told["audio_out"]["packets"]
        if packets != self._packets:
            self._packets, self._since = packets, told["at"]
        return bool(told["microphone_ended"]) or told["at"] - self._since >= STILL_S


@pytest.mark.needs("pulseaudio")
def test_microphone_whose_sound_server_died_is_seen(
    origin: SocketOrigin, tmp_path_factory: pytest.TempPathFactory
) -> None:
    errors = tmp_path_factory.mktemp("microphone") / "stderr"
    with PulseServer() as pulse, road_process(errors, **pulse.env) as road:
        join(road, origin, "/microphone")
        road.until(lambda told: road.run("window.mine && mine.readyState === 'live'"), "the microphone")
        pulse.kill()
        assert road.until(Silent(), "the end")["camera_ended"] is False
