"""An installed browser in the meeting: managed, shut in, measured, and gone when it is left. Debian's Chromium.

What takes long is in tests/proofs/program_roads.py.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices.conference.programs.roads import (
    LEAVE_S,
    LOOPBACK,
    SLACK,
    STANDS,
    alive,
    browser_of,
    opened,
    order,
    renderers,
    told_error,
)
from tests.fakes.conference_client_site import ClientSite
from tests.fakes.janus_server import ROOM, JanusServer, Participant
from tests.fakes.web_origin import Elsewhere, Origin

HOSTILE = Path(__file__).with_name("hostile.html")
pytestmark = [
    pytest.mark.journey,
    *(pytest.mark.needs(n) for n in ("chromium", "janus", "pulseaudio", "pulseaudio-utils", "unshare", "ip")),
    *(pytest.mark.needs(n) for n in ("setpriv", "xvfb", "openbox")),
]


class Meeting:
    """One meeting that several facts are read from."""

    def __init__(self, server: JanusServer, site: ClientSite) -> None:
        self.site = site
        site.manage(*server.allow)
        self.road = site.road("browser", server.url.format(room=ROOM), *server.allow, "--", LOOPBACK)
        Participant(server)
        self.joined = order(self.road, "join")
        self.look = self.road.until(
            lambda told: told.get("in_meeting") and told["media"] == "both" and told["capturing"] and told["playing"],
            "the meeting",
        )


@pytest.fixture(scope="module")
def meeting() -> Iterator[Meeting]:
    with JanusServer() as server, ClientSite(server) as site:
        yield Meeting(server, site)


class TestInTheMeeting:
    def test_both_ways_are_measured(self, meeting: Meeting) -> None:
        look = meeting.look
        assert (look["state"], look["linked"]) == ("media_ok", True)
        assert look["width"] == 1280
        assert min(look["frames_in"], look["frames_out"], look["packets_in"], look["packets_out"]) > 0

    def test_kernel_shuts_its_pages_in(self, meeting: Meeting) -> None:
        assert meeting.look["sandboxed"] is True

    def test_sound_system_says_that_it_takes_the_microphone_and_plays(self, meeting: Meeting) -> None:
        assert (meeting.look["capturing"], meeting.look["playing"], meeting.look["window"]) == (True, True, True)

    def test_address_of_the_meeting_stands_in_no_argument_of_it(self, meeting: Meeting) -> None:
        said = "\n".join(" ".join(p.cmdline()) for p in browser_of(meeting.road))
        assert "--remote-debugging-pipe" in said
        assert "?janus=" not in said

    def test_its_folder_is_nobody_elses(self, meeting: Meeting) -> None:
        (folder,) = meeting.site.home.glob("roomapp-browser-*")
        assert folder.stat().st_mode & 0o777 == 0o700

    def test_its_window_is_brought_to_the_stage(self, meeting: Meeting) -> None:
        assert order(meeting.road, "bring")["answer"] is True

    def test_leaving_ends_every_process_and_removes_its_folder_in_time(self, meeting: Meeting) -> None:
        before = browser_of(meeting.road)
        assert len(before) > 4
        assert order(meeting.road, "leave")["seconds"] < LEAVE_S * SLACK
        assert not alive(before)
        assert not list(meeting.site.home.glob("roomapp-browser-*"))
        assert "?janus=" not in meeting.site.written()
        assert "Traceback" not in meeting.site.written()


@pytest.fixture
def site() -> Iterator[ClientSite]:
    with ClientSite() as site:
        yield site


def test_killed_page_is_called_crashed_and_nothing_of_it_goes_on(site: ClientSite) -> None:
    with Origin({"/room": STANDS}) as origin:
        road = opened(site, origin)
        origin.wait_for("standing")
        whole, began = browser_of(road), time.monotonic()
        for renderer in renderers(road):
            renderer.kill()
        assert told_error(road, began) == "crashed"
        assert not alive(whole)


def test_browser_whose_policy_was_loosened_is_not_run(site: ClientSite) -> None:
    with Origin({"/room": STANDS}) as origin:
        site.manage(origin.host, AudioCaptureAllowed=True)
        road = site.road("browser", f"{origin.url}/room", origin.host)
        told = order(road, "join")
        assert (told["refused"], "unmanaged" in told["detail"]) == ("not_now", True)
        assert origin.reports == {}
        assert not alive(browser_of(road))


def test_browser_that_the_kernel_does_not_shut_in_is_not_run(site: ClientSite) -> None:
    with Origin({"/room": STANDS}) as origin:
        site.manage(origin.host)
        told = order(site.road("browser", f"{origin.url}/room", origin.host, "--", "--no-sandbox"), "join")
        assert (told["refused"], "shut" in told["detail"]) == ("not_now", True)
        assert origin.reports == {}


def test_page_reaches_nothing_but_its_own_origin_and_gets_nothing(site: ClientSite) -> None:
    with Elsewhere() as other, Origin({"/file.bin": "x"}) as origin:
        origin.pages["/room"] = HOSTILE.read_text("utf-8").replace("OTHER", other.host)
        road = opened(site, origin)
        told = origin.wait_for("done", wait_s=40)
        assert other.calls == []
        assert told["own"] == "loaded"
        assert told["microphone"] == "GRANTED", "the own origin may hear"
        got = {name: value for name, value in told.items() if name not in ("own", "microphone", "done")}
        assert len(got) >= 25
        assert set(got.values()) <= {"refused", "nothing"}, got
        assert road.until(lambda told: "error" in told, "a look")["error"] is None
