"""The platform's own program: started or taken over, watched from outside, brought to the stage, ended whole."""

import os
import signal
import time
from collections.abc import Callable, Iterator

import psutil
import pytest

from tests.fakes.conference_client_site import AS_NOBODY, CLIENT, NOBODY, ClientSite
from tests.fakes.processes import Child, Told

TOLD_S = 8.0
LEAVE_S = 3.0
SLACK = 3  # a loaded machine
NO_LINK = ""
pytestmark = [
    *(pytest.mark.needs(n) for n in ("pulseaudio", "pulseaudio-utils", "unshare", "setpriv", "xvfb", "openbox")),
]


@pytest.fixture
def site() -> Iterator[ClientSite]:
    with ClientSite() as site:
        site.install_client()
        yield site


def order(road: Child, what: str) -> Told:
    road.tell(what)
    return road.until(lambda told: told.get("done") == what, what)


def road(site: ClientSite, *arguments: str, program: str = "", link: str = NO_LINK) -> Child:
    return site.road("native", program or str(site.client), link, *arguments)


def joined(site: ClientSite, *arguments: str) -> Child:
    made = road(site, *arguments)
    assert "refused" not in order(made, "join")
    made.until(lambda told: told.get("window"), "its window")
    return made


def clients() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter(["cmdline", "uids"]):
        line = process.info["cmdline"] or []
        if any(a.endswith("conference_client.py") for a in line) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def of_site(site: ClientSite) -> list[psutil.Process]:
    return [p for p in clients() if p.environ().get("HOME") == str(site.home)]


def road_process(made: Child) -> psutil.Process:
    """The road itself, below the shells that made its surroundings."""
    below = [psutil.Process(made.pid), *psutil.Process(made.pid).children(recursive=True)]
    return next(p for p in below if any("road_program" in a for a in p.cmdline()) and "python" in p.name())


def wait_for(true: Callable[[], bool], wait_s: float = 10.0) -> None:
    ends = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


def starts(site: ClientSite) -> list[str]:
    written = site.home / "starts"
    return written.read_text().splitlines() if written.exists() else []


def told_error(made: Child, since: float) -> str:
    told = made.until(lambda told: told.get("error"), "the error", TOLD_S * SLACK)
    assert time.monotonic() - since < TOLD_S * SLACK
    return str(told["error"])


def test_client_is_seen_to_take_the_microphone_and_to_play_and_is_never_called_in_the_meeting(site: ClientSite) -> None:
    made = joined(site)
    look = made.until(lambda told: told.get("capturing") and told["playing"], "its streams")
    assert (look["linked"], look["in_meeting"], look["media"], look["error"]) == (False, False, "none", None)


def test_client_is_brought_to_the_stage_and_fills_it(site: ClientSite) -> None:
    assert order(joined(site, "wordless=0"), "bring")["answer"] is True


def test_leaving_closes_its_window_politely_and_its_streams_with_it(site: ClientSite) -> None:
    made = joined(site)
    (client,) = of_site(site)
    below = client.children()
    assert order(made, "leave")["seconds"] < 1.0 * SLACK
    assert not of_site(site)
    assert not [p for p in below if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def test_client_that_hears_nothing_is_killed_in_time(site: ClientSite) -> None:
    made = joined(site, "stubborn=0", "wordless=0")
    assert order(made, "leave")["seconds"] < LEAVE_S * SLACK
    assert not of_site(site)


def test_launcher_that_starts_another_and_ends_is_no_end(site: ClientSite) -> None:
    made = joined(site, "launcher=0", "wordless=0")
    assert not [look for look in made.during(1.0) if look.get("error")]
    order(made, "leave")
    assert not of_site(site), "also what has no parent any more"


def test_client_that_crashes_is_said_to_have_crashed(site: ClientSite) -> None:
    made, began = joined(site, "crash=1.0", "wordless=0"), time.monotonic()
    assert told_error(made, began) == "crashed"


def test_client_that_ends_by_itself_is_said_to_have_ended(site: ClientSite) -> None:
    made, began = joined(site, "end=1.0", "wordless=0"), time.monotonic()
    assert told_error(made, began) == "program_ended"


def test_client_that_loses_its_window_is_seen_to_have_none(site: ClientSite) -> None:
    made, began = joined(site, "hide=1.0", "wordless=0"), time.monotonic()
    look = made.until(lambda told: told.get("window") is False, "the lost window", TOLD_S * SLACK)
    assert time.monotonic() - began < TOLD_S * SLACK
    assert look["error"] is None


def test_client_that_hangs_is_called_hung_until_it_wakes_up(site: ClientSite) -> None:
    made = joined(site, "wordless=0")
    (client,) = of_site(site)
    began = time.monotonic()
    client.send_signal(signal.SIGSTOP)
    assert told_error(made, began) == "hung"
    client.send_signal(signal.SIGCONT)
    made.until(lambda told: "error" in told and told["error"] is None, "its waking up")


def test_client_that_already_runs_is_taken_over_and_not_started_twice(site: ClientSite) -> None:
    site.more = {"ROAD_CLIENT": str(CLIENT)}
    there = Child([*AS_NOBODY, str(site.client), "wordless=0"], env=site.env)
    try:
        wait_for(lambda: bool(starts(site)))
        made = joined(site, "wordless=0")
        assert len(starts(site)) == 1
        order(made, "leave")
        assert not of_site(site)
    finally:
        there.end()


def test_client_that_a_killed_kiosk_left_behind_is_taken_over(site: ClientSite) -> None:
    first = joined(site, "wordless=0")
    road_process(first).kill()
    made = joined(site, "wordless=0")
    assert len(starts(site)) == 1
    order(made, "leave")
    assert not of_site(site)


def test_missing_client_is_unsupported(site: ClientSite) -> None:
    told = order(road(site, program="/usr/bin/no-such-client"), "join")
    assert told["refused"] == "unsupported"


@pytest.mark.needs("xdg-utils")
class TestLink:
    @pytest.fixture
    def opened(self, site: ClientSite) -> ClientSite:
        """The client is installed as what takes roomapptest: links."""
        shown = site.home / ".local" / "share" / "applications"
        shown.mkdir(parents=True)
        scheme = "x-scheme-handler/roomapptest"
        entry = f"Type=Application\nName=Client\nExec={site.client} wordless=0 %u\nMimeType={scheme};\n"
        (shown / "client.desktop").write_text(f"[Desktop Entry]\n{entry}")
        (shown / "mimeapps.list").write_text(f"[Default Applications]\n{scheme}=client.desktop\n")
        if os.geteuid() == 0:
            for path in (site.home, *site.home.rglob("*")):
                os.chown(path, NOBODY, NOBODY)
        return site

    def test_link_starts_what_takes_it(self, opened: ClientSite) -> None:
        made = opened.road("native", "", "roomapptest://hop.example.vn/join?room=8123")
        assert "refused" not in order(made, "join")
        made.until(lambda told: told.get("window"), "its window")
        assert starts(opened)[0].endswith("room=8123")
        order(made, "leave")
        assert not of_site(opened)
        assert "8123" not in opened.written()

    def test_link_that_nothing_takes_is_unsupported_and_is_not_told(self, site: ClientSite) -> None:
        told = order(site.road("native", "", "nosuchscheme://x/8123"), "join")
        assert (told["refused"], "8123" in told["detail"]) == ("unsupported", False)
