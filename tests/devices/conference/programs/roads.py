"""What tests and proofs of the roads of programs share: orders, and whose process is whose."""

import time
from collections.abc import Callable

import psutil

from tests.fakes.conference_client_site import ClientSite
from tests.fakes.processes import Child, Told
from tests.fakes.web_origin import Origin

TOLD_S = 8.0  # until a fault is told
LEAVE_S = 3.0
SLACK = 3  # a loaded machine may take so many times a figure
LOOPBACK = "--allow-loopback-in-peer-connection"
STANDS = "<p>standing</p><script>fetch('/report?standing=1')</script>"
NO_LINK = ""


def order(road: Child, what: str, wait_s: float = 30.0) -> Told:
    road.tell(what)
    return road.until(lambda told: told.get("done") == what, what, wait_s)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    psutil.wait_procs(processes, 0.5)
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def wait_for(true: Callable[[], object], wait_s: float = 10.0) -> None:
    ends = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.05)


def road_process(road: Child) -> psutil.Process:
    """The road itself, below the shells that made its surroundings."""
    below = [psutil.Process(road.pid), *psutil.Process(road.pid).children(recursive=True)]
    return next(p for p in below if any("road_program" in a for a in p.cmdline()) and "python" in p.name())


def browser_of(road: Child) -> list[psutil.Process]:
    below = psutil.Process(road.pid).children(recursive=True)
    return [p for p in below if "chrom" in p.name() and p.status() != psutil.STATUS_ZOMBIE]


def main_process(road: Child) -> psutil.Process:
    return next(p for p in browser_of(road) if not any(a.startswith("--type=") for a in p.cmdline()))


def renderers(road: Child) -> list[psutil.Process]:
    return [p for p in browser_of(road) if "--type=renderer" in p.cmdline()]


def opened(site: ClientSite, origin: Origin, *flags: str) -> Child:
    """A browser road that was told to open /room of this origin."""
    site.manage(origin.host)
    road = site.road("browser", f"{origin.url}/room", origin.host, "--", *flags)
    assert "refused" not in order(road, "join")
    return road


def clients(site: ClientSite) -> list[psutil.Process]:
    """The platform's own clients that run at this site."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        ours = any(a.endswith("conference_client.py") for a in process.info["cmdline"] or [])
        if ours and process.status() != psutil.STATUS_ZOMBIE and process.environ().get("HOME") == str(site.home):
            found.append(process)
    return found


def native(site: ClientSite, *arguments: str) -> Child:
    """A native road whose client was started, and shows its window."""
    road = site.road("native", str(site.client), NO_LINK, *arguments)
    assert "refused" not in order(road, "join")
    road.until(lambda told: told.get("window"), "its window")
    return road


def told_error(road: Child, since: float) -> str:
    told = road.until(lambda told: told.get("error"), "the error", TOLD_S * SLACK)
    assert time.monotonic() - since < TOLD_S * SLACK
    assert told["linked"] is False
    return str(told["error"])
