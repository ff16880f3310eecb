"""The platform's own program: started or taken over, watched from outside, brought to the stage, ended whole.

What takes long (a client that hangs, or loses its window) is in tests/proofs/program_roads.py.
"""

import os
import signal
import time
from collections.abc import Iterator

import pytest

from tests.devices.conference.programs.roads import (
    LEAVE_S,
    NO_LINK,
    SLACK,
    alive,
    clients,
    native,
    order,
    road_process,
    told_error,
    wait_for,
)
from tests.fakes.conference_client_site import AS_NOBODY, CLIENT, NOBODY, ClientSite
from tests.fakes.processes import Child

pytestmark = [
    *(pytest.mark.needs(n) for n in ("pulseaudio", "pulseaudio-utils", "unshare", "setpriv", "xvfb", "openbox")),
]


@pytest.fixture
def site() -> Iterator[ClientSite]:
    with ClientSite() as site:
        site.install_client()
        yield site


def harmed(site: ClientSite, which: signal.Signals) -> float:
    """Sends the client a signal; when that was."""
    (client,) = clients(site)
    client.send_signal(which)
    return time.monotonic()


def starts(site: ClientSite) -> list[str]:
    return [line for line in told_by_client(site) if line.startswith("started")]


def told_by_client(site: ClientSite) -> list[str]:
    written = site.home / "told"
    return written.read_text().splitlines() if written.exists() else []


def test_client_is_seen_to_take_the_microphone_and_to_play_and_is_never_called_in_the_meeting(site: ClientSite) -> None:
    made = native(site)
    look = made.until(lambda told: told.get("capturing") and told["playing"], "its streams")
    assert (look["linked"], look["in_meeting"], look["media"], look["error"]) == (False, False, "none", None)


def test_client_is_brought_to_the_stage_and_fills_it(site: ClientSite) -> None:
    assert order(native(site, "wordless=0"), "bring")["answer"] is True


def test_leaving_closes_its_window_politely_and_its_streams_with_it(site: ClientSite) -> None:
    made = native(site)
    (client,) = clients(site)
    below = client.children()
    assert order(made, "leave")["seconds"] < 1.0 * SLACK
    assert not clients(site)
    assert not alive(below)
    assert "asked to close" in told_by_client(site)


def test_client_that_hears_nothing_is_killed_in_time(site: ClientSite) -> None:
    made = native(site, "stubborn=0", "wordless=0")
    assert order(made, "leave")["seconds"] < LEAVE_S * SLACK
    assert not clients(site)


def test_launcher_that_starts_another_and_ends_is_no_end(site: ClientSite) -> None:
    made = native(site, "launcher=0", "wordless=0")
    assert not [look for look in made.during(1.0) if look.get("error")]
    order(made, "leave")
    assert not clients(site), "also what has no parent any more"


def test_client_that_crashes_is_said_to_have_crashed(site: ClientSite) -> None:
    made = native(site, "wordless=0")
    began = harmed(site, signal.SIGSEGV)
    assert told_error(made, began) == "crashed"


def test_client_that_ends_by_itself_is_said_to_have_ended(site: ClientSite) -> None:
    made = native(site, "wordless=0")
    began = harmed(site, signal.SIGUSR1)
    assert told_error(made, began) == "program_ended"


def test_client_that_already_runs_is_taken_over_and_not_started_twice(site: ClientSite) -> None:
    site.more = {"ROAD_CLIENT": str(CLIENT)}
    there = Child([*AS_NOBODY, str(site.client), "wordless=0"], env=site.env)
    try:
        wait_for(lambda: bool(starts(site)))
        made = native(site, "wordless=0")
        assert len(starts(site)) == 1
        order(made, "leave")
        assert not clients(site)
    finally:
        there.end()


@pytest.mark.skipif(os.geteuid() != 0, reason="a user's namespaces hide their environment from one another")
def test_client_that_a_killed_kiosk_left_behind_is_taken_over(site: ClientSite) -> None:
    first = native(site, "wordless=0")
    road_process(first).kill()
    made = native(site, "wordless=0")
    assert len(starts(site)) == 1
    order(made, "leave")
    assert not clients(site)


def test_missing_client_is_unsupported(site: ClientSite) -> None:
    told = order(site.road("native", "/usr/bin/no-such-client", NO_LINK), "join")
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
        assert not clients(opened)
        assert "8123" not in opened.written()

    def test_link_that_nothing_takes_is_unsupported_and_is_not_told(self, site: ClientSite) -> None:
        told = order(site.road("native", "", "nosuchscheme://x/8123"), "join")
        assert (told["refused"], "8123" in told["detail"]) == ("unsupported", False)
