"""Site recipes at work in the real QtWebEngine: they enter, read back, turn, and obey nobody but the officer."""

import json
import os
import signal
from collections.abc import Callable, Iterator

import pytest

import resources
from tests.fakes.road_process import Road, road_process
from tests.fakes.site_page import PASSWORD, site_page
from tests.fakes.web_origin import Origin
from ui.conference.site import Recipe, recipe_of, recipes

SITE = "Xã Suối Mây"
STANDINGS = ("waiting_room", "removed", "ended", "refused", "locked", "full", "no_room")

pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.journey]


@pytest.fixture(scope="module")
def origin() -> Iterator[Origin]:
    with Origin({}) as origin:
        yield origin


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Road]:
    with road_process(tmp_path_factory.mktemp("road") / "stderr") as road:
        yield road


Enter = Callable[..., Road]


@pytest.fixture
def enter(process: Road, origin: Origin) -> Iterator[Enter]:
    def to(language: str = "vi", then: str = "in", form: str = "name", **options: object) -> Road:
        origin.pages["/room"] = site_page(language, then, form)
        process.make(origin.host, **({"recipe": "generic"} | options))
        process.join(f"{origin.url}/room", name=SITE)
        return process

    yield to
    process.leave()


def done(road: Road) -> list[str]:
    return list(json.loads(road.run("JSON.stringify(done)")))


def inside(road: Road) -> None:
    road.until(lambda told: "hand" in told["abilities"], "the room")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_name_is_filled_and_join_pressed_once(enter: Enter, language: str) -> None:
    road = enter(language)
    inside(road)
    assert done(road) == [f"name {SITE}", "join"]


@pytest.fixture(scope="module", params=["vi", "en"])
def told(process: Road, origin: Origin, request: pytest.FixtureRequest) -> Road:
    origin.pages["/told"] = site_page(request.param)
    process.make(origin.host, recipe="generic")
    process.join(f"{origin.url}/told", name=SITE)
    process.until(lambda told: "hand" in told["abilities"], "the room")
    return process


@pytest.mark.parametrize("standing", STANDINGS)
def test_what_the_platform_says_of_us_is_read(told: Road, standing: str) -> None:
    told.run(f"say('{standing}')")
    told.until(lambda look: look["standing"] == standing, standing)


def test_waiting_room_is_over_when_we_are_let_in(enter: Enter) -> None:
    road = enter("vi", "waiting_room")
    road.until(lambda told: told["standing"] == "waiting_room", "the waiting room")
    inside(road)
    assert road.look()["standing"] is None


def test_hand_goes_up_and_down_and_is_read_back(enter: Enter) -> None:
    road = enter("en")
    inside(road)
    assert (road.do("hand", up=True)["answer"], road.look()["hand"]) == (True, True)
    assert (road.do("hand", up=True)["answer"], done(road)[2:]) == (True, ["hand true"]), "not pressed twice"
    assert road.do("hand", up=False)["answer"] is False


def test_microphone_is_turned_and_read_back(enter: Enter) -> None:
    road = enter("en")
    inside(road)
    assert road.do("microphone", on=False)["answer"] is False
    assert done(road)[2:] == [], "it was off: a toggle is not pressed"
    assert road.do("microphone", on=True)["answer"] is True
    assert done(road)[2:] == ["microphone true"]


def test_microphone_is_closed_before_joining(enter: Enter) -> None:
    road = enter("vi", form="open microphone")
    inside(road)
    assert done(road) == [f"name {SITE}", "microphone false", "join"]


@pytest.mark.parametrize("request_", ["unmute", "muted", "camera"])
def test_request_of_the_moderator_is_told_and_not_obeyed(enter: Enter, request_: str) -> None:
    road = enter("vi", request_)
    road.until(lambda told: told["requests"] == [request_], "the request")
    assert done(road)[2:] == []


def test_password_is_typed_and_never_read_back(enter: Enter) -> None:
    road = enter("vi", form="password", secret=PASSWORD)
    inside(road)
    assert done(road) == [f"name {SITE}", "password", "join"]


def test_password_that_we_do_not_have_is_asked_of_a_person(enter: Enter) -> None:
    road = enter("vi", form="password")
    road.until(lambda told: told["standing"] == "password", "the question")
    assert "join" not in done(road)


def test_password_that_is_refused_is_typed_once(enter: Enter) -> None:
    road = enter("vi", form="password", secret="sai")
    road.until(lambda told: told["standing"] == "password", "the refusal")
    road.until(lambda told: road.run("performance.now() > 4500"), "some looks")
    assert (done(road).count("password"), done(road).count("join")) == (1, 1)


FRAMES = """<script>window.done = []; onmessage = () => done.push("typed");
const field = "<input type=password oninput=parent.postMessage(1,String.fromCharCode(42))>";
for (const given of [{src: `data:text/html,${field}`}, {srcdoc: field}])
  document.documentElement.append(Object.assign(document.createElement("iframe"), given));</script>"""


def test_password_is_typed_into_no_frame_without_an_allowed_origin(process: Road, origin: Origin) -> None:
    origin.pages["/frames"] = FRAMES
    process.make(origin.host, recipe="generic", secret=PASSWORD)
    process.join(f"{origin.url}/frames")
    look = process.until(lambda told: process.run("performance.now() > 4500"), "some looks")
    assert (done(process), look["standing"]) == ([], None), "nothing is even asked of the store for such a frame"


def test_nobody_rejoins_by_itself_after_having_been_put_out(enter: Enter) -> None:
    road = enter("vi", "rejoin")
    road.until(lambda told: told["standing"] == "removed", "the removal")
    road.until(lambda told: road.run("performance.now() > 2800"), "some looks")
    assert done(road).count("join") == 1


def test_page_that_ended_has_no_buttons_any_more(enter: Enter) -> None:
    road = enter("vi")
    inside(road)
    os.kill(road.look()["renderer"], signal.SIGKILL)
    look = road.until(lambda told: told["page_error"] == "crashed", "the end")
    assert (look["abilities"], look["hand"]) == ([], None)


def test_leaving_presses_leave(enter: Enter, origin: Origin) -> None:
    road = enter("vi")
    inside(road)
    road.run("document.querySelector('button:last-of-type').addEventListener('click', () => fetch('/report?left=1'))")
    took = road.leave()["took"]
    assert origin.wait_for("left", wait_s=5)["left"] == "1"
    assert took < 3.0
    assert road.look()["renderer"] == 0


def test_page_without_a_recipe_is_joined_by_hand_and_has_no_buttons(enter: Enter) -> None:
    road = enter("vi", form="none", recipe="")
    look = road.until(lambda told: road.run("performance.now() > 1000"), "some looks")
    assert (look["abilities"], look["hand"], look["standing"]) == ([], None, None)
    assert road.do("hand", up=True)["error"] == "unsupported"
    assert road.do("layout", layout="tiles")["error"] == "unsupported"
    assert road.do("microphone", on=True)["answer"] is None


def test_recipe_that_finds_nothing_claims_nothing(enter: Enter) -> None:
    road = enter("vi", form="none", recipe="janus")
    look = road.until(lambda told: road.run("performance.now() > 1000"), "some looks")
    assert look["abilities"] == []


def test_recipe_of_the_practice_conference_turns_it_all(process: Road) -> None:
    page = resources.path("practice", "hop.html").read_text("utf-8")
    with Origin({"/hop": page, "/hop-state": '{"link": true}'}) as origin:
        process.make(origin.host, road="practice")
        process.join(f"{origin.url}/hop?standin")
        process.until(lambda told: told["video_in"]["frames"] > 2, "media")
        assert process.look()["abilities"] == ["hand", "layout", "microphone", "participants"]
        assert [process.do("microphone", on=on)["answer"] for on in (True, False)] == [True, False]
        assert [process.do("hand", up=up)["answer"] for up in (True, False)] == [True, False]
        assert process.do("layout", layout="tiles")["answer"] == "tiles"
        process.leave()


def test_own_finders_stand_before_those_of_the_recipe_below() -> None:
    names = recipe_of("zoom").engine["name"]
    assert names[0] == {"css": "#input-for-name"}
    assert names[1:] == recipe_of("generic").engine["name"]
    assert recipe_of("zoom").engine["hand"] == recipe_of("generic").engine["hand"]


def test_recipe_that_is_not_there_is_none() -> None:
    assert recipe_of("no-such") == Recipe()
    assert recipe_of("../recipes/janus") == Recipe()


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_says_what_verified_it(name: str) -> None:
    recipe = recipe_of(name)
    assert recipe.verified.startswith(("20", "not verified"))
