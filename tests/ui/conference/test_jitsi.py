"""The road `jitsi` with the genuine external_api.js, against our counterpart on its other side; https with a pin."""

import json
import shutil
from collections.abc import Callable, Iterator

import pytest

from tests.fakes import jitsi
from tests.fakes.road_process import Road, road_process
from tests.fakes.socket_origin import SocketOrigin
from tests.fakes.tls import SelfSigned, self_signed

SITE, CHAIR = "Xã Suối Mây", "Điểm cầu chủ tọa"
ROOMS = ("hop", "khoa", "cho", "day", "duoi", "moi", "tat", "huy", "loi")
FRAME = "<!doctype html><meta charset='utf-8'><body><script src='/frame.js'></script></body>"

pytestmark = [
    pytest.mark.needs("setpriv"),
    pytest.mark.journey,
    # not in the list of Debian's packages: its npm cannot stand beside NodeSource's nodejs
    pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed"),
]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> SelfSigned:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def origin(certificate: SelfSigned) -> Iterator[SocketOrigin]:
    pages = jitsi.files() | {"/": FRAME} | {f"/{room}": FRAME for room in ROOMS}
    with SocketOrigin(pages, certificate.context) as origin:
        yield origin


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with road_process(tmp_path_factory.mktemp("road") / "stderr", "127.0.0.1") as road:
        yield road


Enter = Callable[..., Road]


@pytest.fixture
def enter(process: Road, origin: SocketOrigin, certificate: SelfSigned) -> Iterator[Enter]:
    def to(room: str, **options: object) -> Road:
        process.make(origin.host, road="jitsi", **({"pins": {origin.host: certificate.pin}} | options))
        assert process.join(f"{origin.url}/{room}", room, SITE)["error"] is None
        return process

    yield to
    process.leave()


def inside(road: Road) -> None:
    road.until(lambda told: "hand" in told["abilities"] and "microphone" in told["abilities"], "the room")


def done(road: Road) -> list[str]:
    return list(json.loads(road.run("JSON.stringify(document.querySelector('iframe').contentWindow.done)")))


def test_joins_muted_under_the_sites_name(enter: Enter) -> None:
    road = enter("hop")
    inside(road)
    assert done(road) == ["true", SITE]
    look = road.look()
    assert (look["microphone_muted"] is not None, look["hand"]) == (True, False)
    assert look["abilities"] == ["hand", "layout", "microphone", "participants"]


def test_media_of_the_meetings_frame_is_counted(enter: Enter) -> None:
    road = enter("hop")
    look = road.until(lambda told: told["video_in"]["frames"] > 5 and told["audio_in"]["packets"] > 5, "media")
    assert look["connections"] == 2


def test_microphone_only_toggles_so_it_is_read_first(enter: Enter) -> None:
    road = enter("moi")
    inside(road)
    assert (road.do("microphone", on=False)["answer"], done(road)[2:]) == (False, [])
    assert (road.do("microphone", on=True)["answer"], done(road)[2:]) == (True, ["toggle-audio"])
    assert road.do("microphone", on=True)["answer"] is True
    assert done(road)[2:] == ["toggle-audio"]


def test_hand_goes_up_and_down_and_is_read_back(enter: Enter) -> None:
    road = enter("moi")
    inside(road)
    assert (road.do("hand", up=True)["answer"], road.do("hand", up=True)["answer"]) == (True, True)
    assert done(road)[2:] == ["toggle-raise-hand"]
    assert road.do("hand", up=False)["answer"] is False


def test_layout_is_chosen(enter: Enter) -> None:
    road = enter("moi")
    inside(road)
    assert road.do("layout", layout="tiles")["answer"] == "tiles"
    assert road.do("layout", layout="speaker")["answer"] == "speaker"


def test_participants_are_named(enter: Enter) -> None:
    road = enter("moi")
    road.until(lambda told: told["participants"] == [SITE, CHAIR], "the participants")


@pytest.mark.parametrize(("room", "asked"), [("moi", "unmute"), ("tat", "muted")])
def test_moderators_request_is_told_and_not_obeyed(enter: Enter, room: str, asked: str) -> None:
    road = enter(room)
    road.until(lambda told: told["requests"] == [asked], "the request")
    assert done(road)[2:] == []


@pytest.mark.parametrize(
    ("room", "standing"), [("duoi", "removed"), ("day", "full"), ("huy", "ended"), ("loi", "refused")]
)
def test_what_the_meeting_says_of_us_is_read(enter: Enter, room: str, standing: str) -> None:
    road = enter(room)
    road.until(lambda told: told["standing"] == standing, standing)


def test_lobby_is_a_waiting_room_until_we_are_let_in(enter: Enter) -> None:
    road = enter("cho")
    road.until(lambda told: told["standing"] == "waiting_room", "the lobby")
    inside(road)
    assert road.look()["standing"] is None


def test_password_of_the_room_is_handed_over_once(enter: Enter) -> None:
    road = enter("khoa", secret="271828")
    inside(road)
    assert done(road)[2:] == ["password"]


def test_wrong_password_is_said_and_not_tried_again(enter: Enter) -> None:
    road = enter("khoa", secret="wrong")
    road.until(lambda told: told["standing"] == "password", "the refusal")
    assert done(road)[2:] == ["password"]


def test_room_that_asks_for_a_password_that_we_lack_is_said(enter: Enter) -> None:
    road = enter("khoa")
    road.until(lambda told: told["standing"] == "password", "the question")


def test_leaving_hangs_up(enter: Enter, origin: SocketOrigin) -> None:
    road = enter("moi")
    inside(road)
    origin.asked.clear()
    assert road.leave()["took"] < 3.0
    assert "/left" in origin.asked


def test_server_without_a_pin_is_refused_by_its_certificate(enter: Enter) -> None:
    road = enter("hop", pins={})
    road.until(lambda told: told["page_error"] == "certificate", "the refusal")


def test_server_without_external_api_is_a_failed_load(enter: Enter, origin: SocketOrigin) -> None:
    pages = dict(origin.pages)
    origin.pages["/external_api.js"] = ""
    try:
        enter("hop").until(lambda told: told["page_error"] == "load_failed", "the failure")
    finally:
        origin.pages.update(pages)


def test_address_that_is_not_https_is_refused(process: Road, origin: SocketOrigin) -> None:
    process.make(origin.host, road="jitsi")
    assert process.join(f"http://{origin.host}/hop")["error"] == "unsupported"
