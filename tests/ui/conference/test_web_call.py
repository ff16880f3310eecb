"""A web call keeps its page shut in, and stays standing and truthful whatever the page does.

The real QtWebEngine, offscreen, in a process of its own with the parts that the kiosk gives it.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fakes.processes import Child
from tests.fakes.pulse_server import PulseServer
from tests.fakes.web_origin import Elsewhere, Origin
from tests.fakes.web_pages import calls_itself

HOSTILE = Path(__file__).with_name("hostile.html")
LOOPBACK = "--allow-loopback-in-peer-connection --disable-features=WebRtcHideLocalIpsWithMdns"
TOLD_S = 8 * 3  # three times the figure
ASKS = """<script>
navigator.mediaDevices.getUserMedia({audio: true})
  .then(() => parent.postMessage("GRANTED", "*"), (e) => parent.postMessage(`refused ${e.name}`, "*"));
</script>"""
STANDS = "<p>standing</p><script>fetch('/report?standing=1')</script>"
CALLS_ITSELF = calls_itself()
MUTES_ITSELF = f"""{CALLS_ITSELF}<script>
to.stream.getAudioTracks()[0].enabled = false;
window.roomappMicrophone = (on) => (to.stream.getAudioTracks()[0].enabled = on);
</script>"""
HANGS = f"{CALLS_ITSELF}<script>setTimeout(() => {{ for (;;); }}, 4000);</script>"
pytestmark = [pytest.mark.needs("setpriv"), pytest.mark.journey]


@contextmanager
def joined(origin: Origin, path: str, tmp_path: Path, **env: str) -> Iterator[Child]:
    """A call to this page; what it wrote on stderr must hold no traceback and no address, and it must end well."""
    own = {"ROOMAPP_ALLOW_UNSANDBOXED": "1", "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
    command = [sys.executable, "-m", "tests.journeys.watched_call", f"{origin.url}{path}", origin.host]
    errors = tmp_path / "stderr"
    with Child(command, env={**os.environ, **own, **env}, stderr=errors) as call:
        yield call
        assert call.let_go() == 0
    written = errors.read_text("utf-8", "replace")
    assert "Traceback" not in written
    assert "127.0.0.1:" not in written, "an address of a meeting is nothing for a log"


def failure_of(call: Child) -> str:
    told = call.until(lambda told: told.get("told") == "failed", "the failure", TOLD_S)
    return str(told["why"])


def test_hanging_page_is_no_meeting_then_called_hung_and_the_process_goes_on(tmp_path: Path) -> None:
    flags = {"QTWEBENGINE_CHROMIUM_FLAGS": LOOPBACK}
    with Origin({"/room": HANGS}) as origin, joined(origin, "/room", tmp_path, **flags) as call:
        call.until(lambda told: told.get("in_meeting"), "the meeting", 30)
        look = call.until(lambda told: told.get("in_meeting") is False, "the doubt", TOLD_S)
        assert (look["state"], look["error"]) == ("degraded", None), "old counters are no meeting"
        assert call.until(lambda told: told.get("told") == "lost", "the incident", TOLD_S)["why"] == "page_hung"
        assert call.alive()


def test_killed_page_is_called_crashed_and_the_process_goes_on(tmp_path: Path) -> None:
    with Origin({"/room": STANDS}) as origin, joined(origin, "/room", tmp_path) as call:
        origin.wait_for("standing")
        renderer = call.until(lambda told: told.get("renderer"), "the page's process")["renderer"]
        os.kill(renderer, signal.SIGKILL)
        assert failure_of(call) == "page_crashed"
        assert call.alive()


def test_media_within_a_frame_of_the_same_origin_counts(tmp_path: Path) -> None:
    pages = {"/room": "<iframe src='/inner' allow='autoplay'></iframe>", "/inner": CALLS_ITSELF}
    with Origin(pages) as origin, joined(origin, "/room", tmp_path, QTWEBENGINE_CHROMIUM_FLAGS=LOOPBACK) as call:
        look = call.until(lambda told: told.get("media") == "both" and told["linked"], "media", 30)
        assert look["frames_in"] > 0
        assert look["packets_in"] > 0


def test_page_that_keeps_our_sound_back_is_seen_and_turned_by_its_own_hand(tmp_path: Path) -> None:
    flags = {"QTWEBENGINE_CHROMIUM_FLAGS": LOOPBACK}
    with Origin({"/room": MUTES_ITSELF}) as origin, joined(origin, "/room", tmp_path, **flags) as call:
        call.until(lambda told: told.get("muted") is True, "the muted page", 30)
        call.tell("microphone on")
        assert call.until(lambda told: "hand" in told, "the page's hand")["hand"] is True
        call.until(lambda told: told.get("muted") is False, "the page that sends our sound")


def test_page_without_a_hand_says_that_it_has_none(tmp_path: Path) -> None:
    with Origin({"/room": STANDS}) as origin, joined(origin, "/room", tmp_path) as call:
        origin.wait_for("standing")
        call.tell("microphone on")
        assert call.until(lambda told: "hand" in told, "the answer")["hand"] is None


def test_crash_in_the_meeting_is_told_at_once_and_is_not_hidden_by_the_last_good_counters(tmp_path: Path) -> None:
    flags = {"QTWEBENGINE_CHROMIUM_FLAGS": LOOPBACK}
    with Origin({"/room": CALLS_ITSELF}) as origin, joined(origin, "/room", tmp_path, **flags) as call:
        look = call.until(lambda told: told.get("in_meeting"), "the meeting", 30)
        os.kill(look["renderer"], signal.SIGKILL)
        lost = call.until(lambda told: told.get("told") == "lost", "the incident", TOLD_S)
        assert lost["why"] == "page_crashed"
        look = call.until(lambda told: told.get("error") == "crashed", "the verdict")
        assert (look["state"], look["linked"], look["in_meeting"], look["media"]) == (
            "media_lost",
            False,
            False,
            "none",
        )


@pytest.mark.needs("pulseaudio")
def test_hostile_page_gets_no_byte_out_and_opens_nothing(tmp_path: Path) -> None:
    with Elsewhere() as other, PulseServer() as pulse:
        pages = {
            "/room": HOSTILE.read_text("utf-8").replace("OTHER", other.host),
            "/asks": ASKS,
            "/own": "",
            "/x.bin": "x",
        }
        with Origin(pages) as origin, joined(origin, "/room", tmp_path, **pulse.env) as call:
            told = origin.wait_for("still_here", wait_s=60)
            looks = [look for look in call.during(1) if "state" in look]
        assert other.calls == []
        assert told["still_here"] == "/room"
        assert {look["windows"] for look in looks} == {1}
        assert {look["error"] for look in looks} == {None}, "a way out that was refused ends no meeting"
    got = {what: answer for what, answer in told.items() if not answer.startswith(("refused", "nothing", "denied"))}
    assert got == {
        "mic": "granted",
        "mic_own": "GRANTED",
        "beacon": "true",  # taken by the page's own queue, refused on its way
        "popup": "null",
        "popup_own": "null",
        "prompt": "null",
        "alert": "back",
        "confirm": "true",
        "print": "back",
        "still_here": "/room",
    }
    assert {told[name] for name in ("mic_sandboxed", "mic_data", "mic_localhost")}.isdisjoint({"GRANTED", "granted"})


def test_redirect_by_the_own_server_brings_nothing_back_and_moves_the_page_nowhere(tmp_path: Path) -> None:
    page = """<script>(async () => {
      const away = "/away?" + encodeURIComponent("http://OTHER/");
      const fetched = await fetch(away, {mode: "no-cors"}).then(() => "loaded", () => "refused");
      location.href = away;
      setTimeout(() => fetch(`/report?fetched=${fetched}&still_here=${location.pathname}`), 1000);
    })();</script>"""
    with Origin({"/there": "loaded"}) as there:
        page = page.replace("http://OTHER/", f"{there.url}/there")
        with Origin({"/room": page}) as origin, joined(origin, "/room", tmp_path) as call:
            told = origin.wait_for("fetched", "still_here")
            assert (told["fetched"], told["still_here"]) == ("refused", "/room")
            assert not any(look.get("error") for look in call.during(1))


def test_address_of_another_origin_is_not_joined(tmp_path: Path) -> None:
    with Elsewhere() as other, Origin({"/room": STANDS}) as origin:
        command = [sys.executable, "-m", "tests.journeys.watched_call", f"http://{other.host}/room", origin.host]
        env = {**os.environ, "ROOMAPP_ALLOW_UNSANDBOXED": "1", "QT_QPA_PLATFORM": "offscreen"}
        with Child(command, env=env) as call:
            assert call.until(lambda told: told.get("failure"), "the refusal")["failure"] == "DeviceError"
            assert call.let_go() == 0
        assert other.calls == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root is refused")
def test_root_without_leave_joins_nothing(tmp_path: Path) -> None:
    with Origin({"/room": STANDS}) as origin:
        command = [sys.executable, "-m", "tests.journeys.watched_call", f"{origin.url}/room", origin.host]
        env = {**os.environ, "ROOMAPP_ALLOW_UNSANDBOXED": "0", "QT_QPA_PLATFORM": "offscreen"}
        with Child(command, env=env) as call:
            assert call.until(lambda told: told.get("failure"), "the refusal")["failure"] == "DeviceError"
            assert call.let_go() == 0
        assert origin.reports == {}
