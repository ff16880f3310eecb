"""Every fault of the roads `browser` and `native`: what is then told, after how long, and what is left running.

Real parts: Debian's Chromium under a real policy as an ordinary user, Janus, aiortc, PulseAudio, Xvfb with openbox; the
platform's client is our own small X11 program.
"""

import signal
import sys
import time
from collections.abc import Callable, Iterator

import psutil
from Xlib import display

from tests.benchmarks.table import table
from tests.devices.conference.programs.roads import (
    LOOPBACK,
    STANDS,
    alive,
    browser_of,
    clients,
    main_process,
    native,
    opened,
    order,
    renderers,
)
from tests.fakes.conference_client_site import ClientSite
from tests.fakes.janus_server import ROOM, JanusServer, Participant
from tests.fakes.processes import Child, Told
from tests.fakes.web_origin import Origin
from tests.proofs.program_rows import KEYS, H264Server, Row, instead, press, timed, wrong_certificate

TOLD_S = 8.0  # the limit for every truth
LOOPS = "<p>standing</p><script>fetch('/report?standing=1').then(() => setTimeout(() => { for (;;); }, 1000))</script>"
WINDOWS = """<p>standing</p><script>fetch('/report?standing=1');
setInterval(() => window.open('/room'), 300);</script>"""


def on_page(case: str, expected: str, harm: Callable[[Child, ClientSite], None], page: str = STANDS) -> Row:
    """A page stands in the browser, is harmed, and what is then told."""
    with ClientSite() as site, Origin({"/room": page}) as origin:
        road = opened(site, origin)
        origin.wait_for("standing")
        whole, began = browser_of(road), time.monotonic()
        harm(road, site)
        told, seconds = timed(road, lambda told: told.get("error"), began)
        time.sleep(2.0)
        return Row("browser", case, expected, str(told.get("error")), seconds, TOLD_S, len(alive(whole)))


def refused(case: str, expected: str, site: ClientSite, origin: Origin, *flags: str) -> Row:
    began = time.monotonic()
    road = site.road("browser", f"{origin.url}/room", origin.host, "--", *flags)
    told = order(road, "join")
    said = f"{told.get('refused')}: {told.get('detail')}"
    reached = ", and the page was reached" if origin.reports else ""
    return Row("browser", case, expected, said + reached, time.monotonic() - began, 5.0, len(alive(browser_of(road))))


def close_window(road: Child, site: ClientSite) -> None:
    press(site, ("Alt_L", "F4"))


def stop(which: Callable[[Child], list]) -> Callable[[Child, ClientSite], None]:  # type: ignore[type-arg]
    def harm(road: Child, site: ClientSite) -> None:
        for process in which(road):
            process.send_signal(signal.SIGSTOP)

    return harm


def pages() -> Iterator[Row]:
    yield on_page("its page is killed", "crashed", lambda road, _: [p.kill() for p in renderers(road)] and None)
    yield on_page("its page stands still (SIGSTOP)", "hung", stop(renderers))
    yield on_page("its page loops for ever", "hung", lambda road, site: None, LOOPS)
    yield on_page("the browser stands still (SIGSTOP)", "hung", stop(lambda road: [main_process(road)]))
    yield on_page("the browser is killed", "program_ended", lambda road, _: main_process(road).kill())
    yield on_page("somebody closes its window (Alt+F4)", "program_ended", close_window)


def doors() -> Iterator[Row]:
    with ClientSite() as site, Origin({"/room": STANDS}) as origin:
        none = "not_now: the policy of chromium is not in force: it is not run unmanaged"
        yield refused("no policy is written", none, site, origin)
        site.manage(origin.host, AudioCaptureAllowed=True)
        yield refused("its policy was loosened", none, site, origin)
        site.manage(origin.host, "hop.example.vn")
        yield refused("its policy is another profile's", none, site, origin)
        site.manage(origin.host)
        bare = "not_now: the kernel does not shut the browser's pages in"
        yield refused("its sandbox is off", bare, site, origin, "--no-sandbox")
    with ClientSite() as site, Origin({"/room": STANDS}) as origin:
        site.manage(origin.host)
        instead(site, "exit 1")
        yield refused("it ends as soon as it is started", "link_lost: the browser has ended", site, origin)
        instead(site, "sleep 6; exec chromium")
        yield slow(site, origin)
        instead(site, "sleep 90; true")
        yield mute(site, origin)
    with ClientSite() as site, Origin({"/room": STANDS}) as origin:
        road = opened(site, origin)
        origin.wait_for("standing")
        order(road, "bring")
        began = time.monotonic()
        for keys in KEYS:
            press(site, keys)
            time.sleep(0.25)
        yield still_one(road, site, f"{len(KEYS)} keys that open something else", began)
    with ClientSite() as site, Origin({"/room": WINDOWS}) as origin:
        road = opened(site, origin)
        origin.wait_for("standing")
        began = time.monotonic()
        time.sleep(3.0)
        yield still_one(road, site, "a page that opens window after window", began)


def slow(site: ClientSite, origin: Origin) -> Row:
    """Asked for within the contract's five seconds; the page is there when the browser is."""
    road = site.road("browser", f"{origin.url}/room", origin.host)
    began = time.monotonic()
    told = order(road, "join")
    asked_s = told.get("seconds", 99.0)
    origin.wait_for("standing")
    seconds = time.monotonic() - began
    said = "asked for in time, then it stands" if asked_s < 5.0 else f"asked for after {asked_s} s"
    order(road, "leave")
    wanted = "asked for in time, then it stands"
    return Row("browser", "it takes six seconds to start", wanted, said, seconds, 15.0, len(browser_of(road)))


def mute(site: ClientSite, origin: Origin) -> Row:
    road = site.road("browser", f"{origin.url}/room", origin.host)
    began = time.monotonic()
    order(road, "join")
    told = road.until(lambda told: told.get("error"), "the end", 60)
    order(road, "leave")
    below = psutil.Process(road.pid).children(recursive=True)
    left = len([p for p in below if p.name() == "sleep" and p.status() != psutil.STATUS_ZOMBIE])
    seconds = time.monotonic() - began
    return Row("browser", "it starts and never speaks", "program_ended", str(told.get("error")), seconds, 35.0, left)


def still_one(road: Child, site: ClientSite, case: str, began: float) -> Row:
    """One window, and the page in it answers."""
    time.sleep(1.0)
    server = display.Display(site.screen.name)
    listed = server.screen().root.get_full_property(server.intern_atom("_NET_CLIENT_LIST"), 0)
    windows = len(listed.value) if listed is not None else 0
    server.close()
    look = road.during(1.0)[-1]
    said = f"{windows} window, error {look.get('error')}"
    order(road, "leave")
    return Row("browser", case, "1 window, error None", said, time.monotonic() - began, 30.0, len(browser_of(road)))


def servers() -> Iterator[Row]:
    with ClientSite() as site:
        for case, expected, address in (
            ("nobody listens at the address", "load_failed", "http://127.0.0.1:9/room"),
            ("its name does not resolve", "load_failed", "https://hop.example.vn/room"),
        ):
            host = address.split("/")[2]
            site.manage(host)
            road = site.road("browser", address, host)
            order(road, "join")
            told, seconds = timed(road, lambda told: told.get("error"), time.monotonic())
            order(road, "leave")
            yield Row("browser", case, expected, str(told.get("error")), seconds, TOLD_S, len(alive(browser_of(road))))
    with ClientSite() as site, wrong_certificate() as port:
        host = f"hop.example.vn:{port}"
        site.manage(host)
        there = "--host-resolver-rules=MAP hop.example.vn 127.0.0.1"
        road = site.road("browser", f"https://{host}/room", host, "--", there)
        order(road, "join")
        told, seconds = timed(road, lambda told: told.get("error"), time.monotonic())
        order(road, "leave")
        left = len(alive(browser_of(road)))
        yield Row(
            "browser", "its certificate is nobody's", "certificate", str(told.get("error")), seconds, TOLD_S, left
        )


def joined(site: ClientSite, server: JanusServer) -> Child:
    site.manage(*server.allow)
    road = site.road("browser", server.url.format(room=ROOM), *server.allow, "--", LOOPBACK)
    assert "refused" not in order(road, "join")
    return road


def both(told: Told) -> bool:
    return bool(told.get("in_meeting")) and told["media"] == "both"


def meetings() -> Iterator[Row]:
    with H264Server() as server, ClientSite(server) as site:
        began = time.monotonic()
        roads = [joined(site, server), joined(site, server)]
        told = [road.until(lambda told: both(told) and told["codecs"], "the meeting", 60) for road in roads]
        said = ", ".join(f"{look['media']} {look['width']} px {' '.join(look['codecs'])}" for look in told)
        seconds = time.monotonic() - began
        for road in roads:
            order(road, "leave")
        left = sum(len(browser_of(road)) for road in roads)
        wanted = ", ".join(["both 640 px audio/opus video/H264"] * 2)
        yield Row("browser", "two of it in a room of H.264 only", wanted, said, seconds, 60.0, left)
    with JanusServer() as server, ClientSite(server) as site:
        chair = Participant(server)
        road = joined(site, server)
        road.until(both, "the meeting", 40)
        began = time.monotonic()
        chair.freeze()
        told, seconds = timed(road, lambda told: told.get("in_meeting") is False, began)
        yield Row("browser", "the chair site freezes", "not in the meeting, linked True",
                  f"not in the meeting, linked {told.get('linked')}", seconds, TOLD_S, 0)  # fmt: skip
        chair.thaw()
        road.until(both, "the meeting again", 40)
        began = time.monotonic()
        server.kill_janus()
        told, seconds = timed(road, lambda told: told.get("linked") is False, began)
        order(road, "leave")
        yield Row("browser", "the server is killed", "linked False", f"linked {told.get('linked')}", seconds,
                  TOLD_S, len(browser_of(road)))  # fmt: skip


def client(case: str, expected: str, key: str, harm: Callable[[Child, ClientSite], None], *arguments: str) -> Row:
    with ClientSite() as site:
        site.install_client()
        road = native(site, *arguments)
        began = time.monotonic()
        harm(road, site)
        told, seconds = timed(road, lambda told: key in told and str(told[key]) == expected, began)
        order(road, "leave")
        return Row("native", case, expected, str(told.get(key)), seconds, TOLD_S, len(clients(site)))


def to_client(which: signal.Signals) -> Callable[[Child, ClientSite], None]:
    def harm(road: Child, site: ClientSite) -> None:
        for process in clients(site):
            process.send_signal(which)

    return harm


def nothing(road: Child, site: ClientSite) -> None:
    return None


def natives() -> Iterator[Row]:
    yield client("it crashes", "crashed", "error", to_client(signal.SIGSEGV), "wordless=0")
    yield client("it is killed", "crashed", "error", to_client(signal.SIGKILL), "wordless=0")
    yield client("it ends by itself", "program_ended", "error", to_client(signal.SIGUSR1), "wordless=0")
    yield client("it stands still (SIGSTOP)", "hung", "error", to_client(signal.SIGSTOP), "wordless=0")
    yield client("it loses its window", "False", "window", nothing, "hide=1", "wordless=0")
    yield client("it takes the microphone", "True", "capturing", nothing)
    ends = to_client(signal.SIGUSR1)
    yield client("launched by one that ended, it ends", "program_ended", "error", ends, "launcher=0", "wordless=0")
    with ClientSite() as site:
        site.install_client()
        road = native(site, "stubborn=0")
        seconds = order(road, "leave")["seconds"]
        yield Row("native", "it hears neither window nor SIGTERM, and is left", "gone", "gone", seconds, 3.0,
                  len(clients(site)))  # fmt: skip


def main(argv: list[str]) -> int:
    parts = {"pages": pages, "doors": doors, "servers": servers, "meetings": meetings, "natives": natives}
    began, rows = time.monotonic(), []
    for name in argv or parts:
        for row in parts[name]():
            print(
                row.road, row.case, row.told, f"{row.seconds:.1f} s", row.right, sep=" | ", file=sys.stderr, flush=True
            )
            rows.append(row)
    header = ("road", "case", "told", "seconds", "processes left", "as expected")
    print(table(f"{len(rows)} faults of the roads of programs", header, [row.cells for row in rows]))
    wrong = [row for row in rows if not row.right]
    print(f"Not as expected: {len(wrong)} of {len(rows)}. {time.monotonic() - began:.0f} s.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
