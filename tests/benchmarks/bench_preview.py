"""The preview against a bare cv2 loop in one run: latency beside a slow screen, CPU, a freeze, and the picture checks.

`./kiosk bench preview [MINUTES]`: how long the slow screen is watched (10).
"""

import multiprocessing
import random
import statistics
import sys
import time
from bisect import bisect
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection

from devices.camera.picture_check import PictureChecker
from devices.camera.stream import Image
from devices.camera.video import VideoReader
from devices.contract import Finding, Frame
from tests.benchmarks.table import table
from tests.fakes.rtsp_server import RtspServer, installed, read_stamp

MINUTES = 10.0
SCREEN_S = 0.05  # what the screen takes for a frame, all of it Python
WINDOW_S = 60.0  # of frames at the beginning and at the end that are compared
CPU_S, CPU_ROUNDS = 15.0, 3
Aged = tuple[float, float]  # when, and how many ms after its making


class TimedReader(VideoReader):
    """Tells when each frame could be had, and how old it was then."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.had: list[Aged] = []

    def _keep(self, image: Image, arrived: float) -> None:
        super()._keep(image, arrived)
        note(self.had, image)


def note(had: list[Aged], image: Image) -> None:
    now = time.monotonic()
    stamp = read_stamp(image)
    if stamp is not None:
        had.append((now, (now - stamp) * 1000))


def bare_capture(address: str):  # type: ignore[no-untyped-def]
    from devices.camera.opencv import cv2

    limits = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, 3000, cv2.CAP_PROP_READ_TIMEOUT_MSEC, 3000, cv2.CAP_PROP_N_THREADS, 1]
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, limits)


def bare_loop(address: str, seconds: float, pipe: Connection) -> None:
    """The peer's process: frames and their ages, and the CPU that it took from the second second on."""
    capture, had = bare_capture(address), list[Aged]()
    began, cpu = time.monotonic(), 0.0
    while time.monotonic() < began + seconds:
        ok, image = capture.read()
        if not ok:
            break
        note(had, image)
        if not cpu and time.monotonic() > began + 1.0:
            cpu = time.process_time()
    pipe.send((had, time.process_time() - cpu))
    capture.release()


def our_loop(address: str, seconds: float, pipe: Connection, watched: bool) -> None:
    """Ours in a process of its own; `watched`: as a screen asks for frames, otherwise nobody does."""
    reader = TimedReader(address)
    reader.start()
    began, cpu = time.monotonic(), 0.0
    while time.monotonic() < began + seconds:
        time.sleep(SCREEN_S)
        if watched:
            reader.newest()
        if not cpu and time.monotonic() > began + 1.0:
            cpu = time.process_time()
    pipe.send((reader.had, time.process_time() - cpu))
    reader.stop()


def apart(work: Callable[..., None], *arguments: object) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    near, far = multiprocessing.Pipe(duplex=False)
    address, seconds, *more = arguments
    process = multiprocessing.get_context("spawn").Process(
        target=work, args=(address, seconds, far, *more), daemon=True
    )
    process.start()
    return process, near


# --- latency ---------------------------------------------------------------------------------------------------


def beside_a_slow_screen(seconds: float) -> str:
    with RtspServer() as camera:
        process, pipe = apart(bare_loop, camera.address, seconds + 2)
        reader, taken, burnt = TimedReader(camera.address), list[Aged](), 0
        reader.start()
        until = time.monotonic() + seconds + 2
        while time.monotonic() < until:
            if (frame := reader.newest()) is not None:
                note(taken, frame.image)
            ends = time.monotonic() + SCREEN_S
            while time.monotonic() < ends:
                burnt += sum(range(200))
        reader.stop()
        bare, _ = pipe.recv()
        process.join(10)
    window_s = min(WINDOW_S, seconds / 3)
    rows = []
    for name, peer, had in (
        ("bare loop, N_THREADS=1: frame read", bare, bare),
        ("ours: frame ready", bare, reader.had),
        ("bare loop: its newest when the screen asks", sampled(bare, taken), sampled(bare, taken)),
        ("ours: newest() when the screen asks", sampled(bare, taken), taken),
    ):
        first, last = (ages(had, window_s, at_end) for at_end in (False, True))
        against = statistics.median(last) / statistics.median(ages(peer, window_s, True))
        growth = f"{statistics.median(last) - statistics.median(first):+.1f}"
        rows.append((name, *pair(first), *pair(last), growth, f"{against:.2f}x", len(had)))
    header = ("", "at first p50, ms", "p95", "at last p50, ms", "p95", "growth", "ratio", "frames")
    title = f"Age of a frame, 720p30 H.264, {seconds / 60:g} min beside a screen of 50 ms a frame (target: <= 1.3x)"
    return f"{table(title, header, rows)}\nThe screen is Python that never lets go of the interpreter by itself.\n"


def sampled(had: Sequence[Aged], at: Sequence[Aged]) -> list[Aged]:
    """How old the newest of `had` was at those moments."""
    whens = [when for when, _ in had]
    found = [(moment, bisect(whens, moment) - 1) for moment, _ in at]
    return [(moment, had[place][1] + (moment - had[place][0]) * 1000) for moment, place in found if place >= 0]


def ages(had: Sequence[Aged], window_s: float, at_end: bool) -> list[float]:
    start = had[-1][0] - window_s if at_end else had[0][0] + 2.0  # the burst after opening is no age
    return [age for when, age in had if start <= when <= start + window_s]


def pair(values: Sequence[float]) -> tuple[str, str]:
    return f"{statistics.median(values):.1f}", f"{sorted(values)[int(len(values) * 0.95)]:.1f}"


# --- CPU -------------------------------------------------------------------------------------------------------


def cpu() -> str:
    rows = []
    for size in ((1280, 720), (1920, 1080)):
        spent: dict[str, list[float]] = {"bare": [], "watched": [], "unwatched": []}
        with RtspServer(size) as camera:
            for _ in range(CPU_ROUNDS):
                for name in spent:  # one after another: side by side they would take the cores from each other
                    work = (bare_loop,) if name == "bare" else (our_loop, name == "watched")
                    process, pipe = apart(work[0], camera.address, CPU_S + 1, *work[1:])
                    spent[name].append(pipe.recv()[1] / CPU_S * 100)
                    process.join(10)
        bare, *ours = (statistics.median(values) for values in spent.values())
        rows.append(
            (f"{size[1]}p30", f"{bare:.1f}", *(text for one in ours for text in (f"{one:.1f}", f"{one / bare:.2f}x")))
        )
    header = ("stream", "cv2.read alone, % of a core", "ours, watched", "ratio", "ours, nobody looks", "ratio")
    return table(f"CPU, medians of {CPU_ROUNDS} rounds of {CPU_S:.0f} s in turn (target: <= 1.25x)", header, rows)


# --- freeze ----------------------------------------------------------------------------------------------------


def waited(condition: Callable[[], bool], most_s: float = 30.0) -> float:
    began = time.monotonic()
    while not condition() and time.monotonic() < began + most_s:
        time.sleep(0.005)
    return time.monotonic() - began


def freezes(rounds: int) -> str:
    by, told, thawed, restarted = random.Random(4), list[float](), list[float](), list[float]()
    with RtspServer() as camera:
        reader = VideoReader(camera.address)
        reader.start()
        waited(lambda: reader.newest() is not None)
        for number in range(2 * rounds):
            time.sleep(1.5)
            before = reader.newest()
            assert before is not None
            back = again(reader, time.monotonic())
            if number % 2:
                camera.freeze()
                told.append(waited(lambda: reader.why_not() is not None))
                time.sleep(by.uniform(0.0, 7.0))
                back = again(reader, time.monotonic())
                camera.thaw()
                thawed.append(waited(back))
            else:
                camera.stop()
                waited(lambda: reader.why_not() is not None)
                time.sleep(by.uniform(0.0, 4.0))
                camera.start()
                back = again(reader, time.monotonic())
                restarted.append(waited(back))
        reader.stop()
        frozen, recovered = bare_freeze(camera)
    rows = [
        ("freeze to no picture", frozen, *spread(told)),
        ("thaw to a fresh picture", recovered, *spread(thawed)),
        ("server started again to a fresh picture", "-", *spread(restarted)),
    ]
    header = ("", "bare loop, 3 s limits, s", "ours, median, s", "worst, s", "rounds")
    return table("A camera that freezes, and one that starts again (targets: <= 3 s)", header, rows)


def again(reader: VideoReader, since: float) -> Callable[[], bool]:
    """Whether a frame that was made after `since` is there."""

    def fresh() -> bool:
        frame = reader.newest()
        stamp = read_stamp(frame.image) if frame is not None and frame.arrived > since else None
        return stamp is not None and stamp > since and reader.why_not() is None

    return fresh


def spread(values: Sequence[float]) -> tuple[str, str, int]:
    return f"{statistics.median(values):.2f}", f"{max(values):.2f}", len(values)


def bare_freeze(camera: RtspServer) -> tuple[str, str]:
    """Until the loop itself says so, ok = False; and from the thaw until it reads a frame made after it."""
    capture = bare_capture(camera.address)
    for _ in range(60):
        capture.read()
    camera.freeze()
    seconds = waited(lambda: not capture.read()[0])
    camera.thaw()
    thawed = time.monotonic()

    def fresh() -> bool:
        ok, image = capture.read()
        return ok and (read_stamp(image) or 0.0) > thawed

    recovered = waited(fresh, 10.0)
    capture.release()
    return f"{seconds:.1f}", f"{recovered:.1f}" if recovered < 10.0 else "not in 10"


# --- picture checks --------------------------------------------------------------------------------------------


def checks() -> str:
    from devices.camera.opencv import cv2
    from devices.practice.picture import RoomPicture

    judge, room, rows = PictureChecker(), RoomPicture(), []
    for wide, high in ((1280, 720), (1920, 1080), (3840, 2160)):
        live = [Frame(cv2.resize(room.render(0, 0, 0), (wide, high)), at * 0.6, at) for at in range(5)]  # type: ignore[arg-type]
        frozen = [Frame(live[0].image.copy(), at * 0.6, at) for at in range(5)]
        reference = judge.refer(live)
        for name, frames, expected in (("good", live, ()), ("frozen", frozen, (Finding.FROZEN,))):
            spent = []
            for _ in range(40):
                began = time.process_time()
                found = judge.judge(frames, reference)
                spent.append((time.process_time() - began) * 1000)
                assert found == expected, found
            rows.append((f"{high}p, {name}", f"{statistics.median(spent):.1f}", f"{sorted(spent)[37]:.1f}"))
    return table(
        "All picture checks of one camera, 5 frames (target: <= 20 ms CPU)", ("picture", "CPU p50, ms", "p95"), rows
    )


def main(minutes: float = MINUTES) -> None:
    if not installed():
        print("GStreamer's RTSP server is missing here: only the picture checks follow.\n")
    else:
        print(beside_a_slow_screen(minutes * 60), flush=True)
        print(cpu(), flush=True)
        print(freezes(10 if minutes >= 1 else 2), flush=True)
    print(checks())


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES)
