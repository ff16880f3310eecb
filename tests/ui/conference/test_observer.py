"""What the observer sees of a page's connections, whatever the page does with them: real QtWebEngine, real WebRTC."""

from collections.abc import Iterator

import pytest

from tests.fakes.road_process import Road, road_process
from tests.fakes.socket_origin import SocketOrigin
from tests.fakes.web_pages import ONLY_H264, TALKS, calls_itself

FORGES = """(async () => {
  const name = Object.getOwnPropertyNames(window).find((n) => n.startsWith("look_"));
  const forged = JSON.stringify({doc: "x", connections: 1, feedback: 1e6, vif: 1e6, aip: 1e6});
  for (const forge of [() => { window[name] = forged; }, () => delete window[name],
    () => Object.defineProperty(window, name, {value: forged}), () => { JSON.stringify = () => forged; }]) {
    try { forge(); } catch (_) { /* refused */ }
  }
  JSON.stringify = () => forged;
  RTCPeerConnection.prototype.getStats = async () => new Map(
    [["x", {type: "inbound-rtp", kind: "video", framesDecoded: 1e6}]]);
  window.asked = true;
})()"""
IN_BLANK_FRAME = """(async () => {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  return meet(frame.contentWindow.RTCPeerConnection);
})()"""
GENERATED = """(async () => {
  const made = new MediaStreamTrackGenerator({kind: "video"}), writer = made.writable.getWriter();
  const still = setInterval(async () => writer.write(
    new VideoFrame(document.getElementById("c"), {timestamp: performance.now() * 1000})), 100);
  await meet(RTCPeerConnection, (x) => x, () => made);
  window.unplug = () => { clearInterval(still); writer.close(); };
  window.stopped = () => made.stop();
})()"""
PAGES = {
    "/call": calls_itself(),
    "/h264": calls_itself(ONLY_H264),
    "/forges": calls_itself(FORGES),
    "/blank": calls_itself(IN_BLANK_FRAME),
    "/generated": calls_itself(GENERATED),
    "/later": calls_itself("new Promise((r) => setTimeout(() => r(meet(RTCPeerConnection)), 800))"),
    "/talks": TALKS,
    "/mute": "<p>no connection, no socket</p>",
}

pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.journey]


@pytest.fixture(scope="module")
def origin() -> Iterator[SocketOrigin]:
    with SocketOrigin(PAGES) as origin:
        yield origin


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with road_process(tmp_path_factory.mktemp("road") / "stderr") as road:
        yield road


@pytest.fixture
def road(process: Road, origin: SocketOrigin) -> Iterator[Road]:
    origin.silent = False
    process.make(origin.host)
    yield process
    process.leave()


def test_codecs_in_use_are_named(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/call")
    look = road.until(lambda told: told["video_in"]["frames"] > 5 and len(told["codecs"]) > 1, "media")
    assert look["codecs"] == ["audio/opus", "video/VP8"]
    assert look["common_video"] is True


def test_picture_offered_in_a_codec_that_we_lack_is_named(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/h264")
    look = road.until(lambda told: told["audio_in"]["packets"] > 20, "the sound")
    assert (look["common_video"], look["video_in"]["frames"]) == (False, 0)
    assert look["connections"] == 2, "joined, and yet no picture"


def test_page_cannot_forge_what_the_observer_says(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/forges")
    road.until(lambda told: told["renderer"] and road.run("window.asked === true"), "the forgery")
    look = road.until(lambda told: road.run("performance.now() > 1500"), "some looks")
    assert (look["connections"], look["video_in"]["frames"], look["feedback"]) == (0, 0, 0)


def test_connection_of_a_blank_frame_is_counted(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/blank")
    assert road.until(lambda told: told["video_in"]["frames"] > 5, "media")["connections"] == 2


def test_connection_made_long_after_loading_is_counted(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/later")
    assert road.until(lambda told: told["video_in"]["frames"] > 5, "media")["connections"] == 2


def test_camera_that_ends_by_itself_is_seen(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/generated")
    assert road.until(lambda told: told["video_in"]["frames"] > 5, "media")["camera_ended"] is False
    road.run("unplug()")
    assert road.until(lambda told: told["camera_ended"], "the end of the camera")["microphone_ended"] is False


def test_camera_that_the_page_stopped_is_no_fault(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/generated")
    frames = road.until(lambda told: told["video_in"]["frames"] > 5, "media")["video_in"]["frames"]
    road.run("stopped()")
    look = road.until(lambda told: told["at"] and road.run("performance.now() > 2200"), "some looks")
    assert (look["camera_ended"], look["video_in"]["frames"] >= frames) == (False, True)


def test_page_without_a_socket_says_nothing_of_signalling(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/mute")
    assert road.until(lambda told: told["renderer"], "the page")["signalling"] is None


def test_socket_that_was_cut_is_signalling_lost(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/talks")
    road.until(lambda told: told["signalling"] is True, "signalling")
    origin.hang_up()
    road.until(lambda told: told["signalling"] is False, "the loss")


def test_socket_that_the_page_closed_itself_is_no_loss(road: Road, origin: SocketOrigin) -> None:
    road.join(f"{origin.url}/talks")
    road.until(lambda told: told["signalling"] is True, "signalling")
    road.run("socket.close(), null")
    road.until(lambda told: told["signalling"] is None, "no claim")


def test_socket_that_answers_no_more_is_signalling_lost(road: Road, origin: SocketOrigin) -> None:
    road.make(origin.host, silent_s=1.0)
    road.join(f"{origin.url}/talks")
    road.until(lambda told: told["signalling"] is True and len(origin.heard) > 10, "signalling")
    origin.silent = True
    road.until(lambda told: told["signalling"] is False, "the loss")
    origin.silent = False
    road.until(lambda told: told["signalling"] is True, "the answers again")
