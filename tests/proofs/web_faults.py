"""Each fault that a conference page can have, in a call with real media: when the road says it, and when it is back."""

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.table import table
from tests.fakes.pulse_server import PulseServer
from tests.fakes.road_process import LOOPBACK, Road, Told, road_process
from tests.fakes.socket_origin import SocketOrigin
from tests.fakes.tls import self_signed
from tests.fakes.web_pages import CAMERA, MICROPHONE, ONLY_H264, TALKS, calls_itself

TRUTH_S = 8.0
WAIT_S = 40.0
FAKE = f"{LOOPBACK} --use-fake-device-for-media-stream"
PAGES = {
    "/call": calls_itself() + TALKS,
    "/loops": calls_itself() + "<script>window.loop = () => setTimeout(() => { for (;;); });</script>",
    "/swells": "<script>const kept = []; setInterval(() => kept.push(new Uint8Array(4e7).fill(1)), 20);</script>",
    "/h264": calls_itself(ONLY_H264),
    "/camera": calls_itself(CAMERA),
    "/microphone": calls_itself(MICROPHONE),
}
Row = tuple[str, str, str, str, str, str]


def heard(road: Road, true: Callable[[Told], object], since: float) -> float:
    road.until(true, "the truth", WAIT_S)
    return time.monotonic() - since


def says(error: str) -> Callable[[Told], object]:
    return lambda told: told.get("page_error") == error


def joined(road: Road, origin: SocketOrigin, path: str, **options: object) -> Told:
    road.make(origin.host, **options)
    road.join(f"{origin.url}{path}")
    return road.until(lambda told: told["video_in"]["frames"] > 5, "media", WAIT_S)


def ended_process(road: Road, origin: SocketOrigin) -> Iterator[Row]:
    """Its renderer stopped and killed; with and without leave to begin anew."""
    for name, which, error in (("stopped", signal.SIGSTOP, "hung"), ("killed", signal.SIGKILL, "crashed")):
        renderer, began = joined(road, origin, "/call")["renderer"], time.monotonic()
        os.kill(renderer, which)
        yield row(f"renderer {name}", error, heard(road, says(error), began))
        renderer, began = joined(road, origin, "/call", reattach=1)["renderer"], time.monotonic()
        os.kill(renderer, which)
        gone = heard(road, lambda told: told["connections"] == 0, began)
        back = heard(road, lambda told: told["connections"] == 2, began)
        yield row(f"renderer {name}, may begin anew", "the same page again", gone, back)


def pages(road: Road, origin: SocketOrigin) -> Iterator[Row]:
    joined(road, origin, "/loops")
    began = time.monotonic()
    road.run("loop(), null")
    yield row("page loops", "hung", heard(road, says("hung"), began))
    road.make(origin.host, memory_mb=600)
    road.join(f"{origin.url}/swells")
    yield row("page takes 2 GB a second, cap 600 MB", "crashed", heard(road, says("crashed"), time.monotonic()))
    road.make(origin.host, load_s=TRUTH_S - 1)
    road.join(f"{origin.url}/silent")
    yield row("server silent, load_s 7", "load_failed", heard(road, says("load_failed"), time.monotonic()))
    road.make(origin.host)
    road.join(f"{origin.url}/h264")
    alive = time.monotonic()
    named = heard(road, lambda told: told["common_video"] is False, alive)
    yield row("picture offered in H.264 only", "common_video False", named)


def signalling(road: Road, origin: SocketOrigin) -> Iterator[Row]:
    joined(road, origin, "/call")
    road.until(lambda told: told["signalling"] is True, "signalling")
    began = time.monotonic()
    origin.hang_up()
    told = heard(road, lambda told: told["signalling"] is False and told["connections"] == 2, began)
    yield row("socket cut, media alive", "signalling False", told)
    joined(road, origin, "/call")
    road.until(lambda told: told["signalling"] is True, "signalling")
    time.sleep(1)
    origin.silent, began = True, time.monotonic()
    told = heard(road, lambda told: told["signalling"] is False and told["connections"] == 2, began)
    origin.silent = False
    yield row("socket stands and answers no more (10 s of silence asked for)", "signalling False", told, limit_s=18.0)


def certificates(road: Road, folder: Path) -> Iterator[Row]:
    for name, expired, right in (("nobody pinned", False, ""), ("pinned, past its time", True, "pin")):
        made = self_signed(folder, expired=expired)
        with SocketOrigin({"/": "<p>x</p>"}, made.context) as secure:
            road.make(secure.host, pins={secure.host: made.pin} if right else {})
            road.join(f"{secure.url}/")
            yield row(f"certificate {name}", "certificate", heard(road, says("certificate"), time.monotonic()))
            road.leave()


def row(fault: str, said: str, told_s: float, back_s: float | None = None, limit_s: float = TRUTH_S) -> Row:
    good = told_s <= limit_s and (back_s is None or back_s - told_s <= TRUTH_S)
    return (
        fault,
        said,
        f"{told_s:.2f}",
        f"{limit_s:.0f}",
        "-" if back_s is None else f"{back_s:.2f}",
        "yes" if good else "NO",
    )


@contextmanager
def process(**env: str) -> Iterator[Road]:
    with tempfile.TemporaryDirectory() as folder, road_process(Path(folder) / "stderr", **env) as road:
        yield road


def main(argv: list[str]) -> int:
    rows: list[Row] = []
    with SocketOrigin(PAGES) as origin, tempfile.TemporaryDirectory() as folder:
        with process() as road:
            for part in (ended_process, pages, signalling):
                rows += part(road, origin)
            rows += certificates(road, Path(folder))
        with process(QTWEBENGINE_CHROMIUM_FLAGS=FAKE) as road:
            joined(road, origin, "/camera")
            road.kill("VideoCaptureService")
            told = heard(road, lambda told: told["camera_ended"], time.monotonic())
            rows.append(row("camera taken", "camera_ended", told))
        with PulseServer() as pulse, process(**pulse.env) as road:
            joined(road, origin, "/microphone")
            road.until(lambda told: road.run("window.mine && mine.readyState === 'live'"), "the microphone")
            pulse.kill()
            told = heard(road, lambda told: told["microphone_ended"], time.monotonic())
            rows.append(row("microphone's sound server died", "microphone_ended", told))
    header = ("fault", "what the road says", "told after s", "limit s", "back after s", "in time")
    print(table(f"{len(rows)} faults of a conference page", header, rows))
    late = [one for one in rows if one[-1] != "yes"]
    print(f"Late: {len(late)}.")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
