"""A recipe against a real Janus VideoRoom with a real participant: entered, read, turned, put out; and H.264."""

from collections.abc import Callable, Iterator

import pytest

from tests.fakes.janus_server import CLOSED_ROOM, FULL_ROOM, H264_ROOM, PIN, ROOM, JanusServer, Participant
from tests.fakes.pulse_server import PulseServer
from tests.fakes.road_process import Road, road_process

SITE = "Xã Suối Mây"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.needs("janus"),
    pytest.mark.needs("pulseaudio"),
    pytest.mark.needs("unshare"),
    pytest.mark.needs("ip"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[JanusServer]:
    with JanusServer() as server:
        yield server


@pytest.fixture(scope="module")
def chair(server: JanusServer) -> Participant:
    return Participant(server)


@pytest.fixture(scope="module")
def process(server: JanusServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    flags = {"QTWEBENGINE_CHROMIUM_FLAGS": "--allow-loopback-in-peer-connection"}
    with (
        PulseServer() as pulse,
        road_process(
            tmp_path_factory.mktemp("road") / "stderr", "127.0.0.1", start=server.start, **{**pulse.env, **flags}
        ) as road,
    ):
        yield road


Enter = Callable[..., Road]


@pytest.fixture
def enter(process: Road, server: JanusServer) -> Iterator[Enter]:
    def to(room: int, **options: object) -> Road:
        process.make(*server.allow, recipe="janus", **options)
        process.join(f"{server.url.format(room=room)}&form", name=SITE)
        return process

    yield to
    process.leave()


def inside(road: Road) -> None:
    road.until(lambda told: "hand" in told["abilities"], "the room")


def order(road: Road, what: str) -> None:
    """Done at the server with its secret, as the moderator does it."""
    road.run(f"attach(() => null).then((send) => send({{room, secret: 'chair', {what}}})), null")


def test_enters_by_its_name_and_has_media_both_ways(enter: Enter, chair: Participant) -> None:
    road = enter(ROOM)
    inside(road)
    look = road.until(lambda told: told["video_in"]["frames"] > 5 and told["audio_in"]["packets"] > 5, "media")
    assert (look["codecs"], look["signalling"]) == (["audio/opus", "video/VP8"], True)
    road.until(lambda told: told["participants"] == [SITE, "chair"], "the participants")


def test_microphone_hand_and_layout_are_turned_and_read_back(enter: Enter, chair: Participant) -> None:
    road = enter(ROOM)
    inside(road)
    road.until(lambda told: told["microphone_muted"] is True, "the closed microphone")
    assert road.do("microphone", on=True)["answer"] is True
    road.until(lambda told: told["microphone_muted"] is False, "the sound that is sent")
    assert road.do("hand", up=True)["answer"] is True
    assert road.do("layout", layout="tiles")["answer"] == "tiles"


def test_pin_of_the_room_is_typed(enter: Enter) -> None:
    inside(enter(CLOSED_ROOM, secret=PIN))


def test_room_that_asks_for_a_pin_that_we_lack_is_named(enter: Enter) -> None:
    enter(CLOSED_ROOM).until(lambda told: told["standing"] == "password", "the question")


def test_room_that_is_not_there_is_named(enter: Enter) -> None:
    enter(999).until(lambda told: told["standing"] == "no_room", "the answer")


def test_full_room_is_named(enter: Enter, server: JanusServer) -> None:
    Participant(server, "--no-picture", room=FULL_ROOM)
    enter(FULL_ROOM).until(lambda told: told["standing"] == "full", "the answer")


def test_being_put_out_is_named_and_nobody_rejoins(enter: Enter) -> None:
    road = enter(ROOM)
    inside(road)
    order(road, "request: 'kick', id: us")
    road.until(lambda told: told["standing"] == "removed", "the removal")


def test_room_of_h264_only_is_named(enter: Enter, server: JanusServer) -> None:
    Participant(server, room=H264_ROOM)
    road = enter(H264_ROOM)
    inside(road)
    look = road.until(lambda told: told["audio_in"]["packets"] > 20 and told["common_video"] is not None, "the sound")
    assert (look["common_video"], look["video_in"]["frames"]) == (False, 0)
