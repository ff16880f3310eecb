"""ONVIF by our driver against the same questions as bare SOAP over http.client, in one run, round by round in turn."""

import asyncio
import http.client
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection

from devices.camera.onvif.camera import make_onvif
from devices.camera.onvif.device import OnvifDevice
from devices.camera.onvif.library import prepare_wsdl
from tests.benchmarks.table import table
from tests.fakes.onvif import words
from tests.fakes.onvif.http import Answer
from tests.fakes.onvif_camera import PASSWORD, USER, FakeOnvif, Script
from tests.fakes.processes import ROOT

COLD_ROUNDS, WARM_ROUNDS, PARSES = 40, 400, 5
CALL_S = 10.0
QUESTIONS = [  # what our driver asks a camera that it meets, up to GotoPreset
    ("device_service", "<tds:GetSystemDateAndTime/>"),
    ("device_service", "<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability></tds:GetServices>"),
    ("Media", "<trt:GetProfiles/>"),
    ("PTZ", "<tptz:GetNodes/>"),
    ("PTZ", "<tptz:GetPresets><tptz:ProfileToken>main</tptz:ProfileToken></tptz:GetPresets>"),
]
GO = (
    "PTZ",
    "<tptz:GotoPreset><tptz:ProfileToken>main</tptz:ProfileToken><tptz:PresetToken>t1</tptz:PresetToken>"
    "</tptz:GotoPreset>",
)
PLAIN = """
import time
import devices.contract
from pathlib import Path
import importlib.util
began = time.perf_counter()
from zeep.wsdl import Document
from zeep.transports import Transport
folder = Path(importlib.util.find_spec("onvif").origin).parent.parent / "wsdl"
for name in ("devicemgmt", "media", "ptz"):
    Document(str(folder / f"{name}.wsdl"), Transport())
print(time.perf_counter() - began)
"""
OURS = """
import time
import devices.contract
began = time.perf_counter()
from devices.camera.onvif.library import prepare_wsdl
prepare_wsdl().result(60)
print(time.perf_counter() - began)
"""


def be_a_camera(pipe: Connection) -> None:
    with FakeOnvif(Script(auth="none")) as fake:
        pipe.send(fake.port)
        pipe.recv()


@contextmanager
def camera_apart() -> Iterator[int]:
    """A camera in a process of its own, so that it does not share our interpreter's lock; its port."""
    near, far = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=be_a_camera, args=(far,), daemon=True)
    process.start()
    try:
        yield near.recv()
    finally:
        near.send("end")
        process.join(5)


class Bare:
    """The least that can be done: a ready text to a kept connection, and the answer as bytes."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port)

    def post(self, path: str, body: str) -> None:
        text = words.envelope(body).encode()
        self._line.request("POST", f"/onvif/{path}", text, {"Content-Type": "application/soap+xml; charset=utf-8"})
        answer = self._line.getresponse()
        assert answer.status == 200
        answer.read()

    def close(self) -> None:
        self._line.close()


def timed_ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def bare_cold(port: int) -> None:
    bare = Bare(port)
    for question in [*QUESTIONS, GO]:
        bare.post(*question)
    bare.close()


def our_cold(port: int) -> None:
    device = new_device(port)
    until = time.monotonic() + CALL_S
    assert device.presets(until)
    device.go_to_preset("t1", until)
    device.close()


def new_device(port: int) -> OnvifDevice:
    return OnvifDevice("127.0.0.1", port, USER, lambda: PASSWORD)


def in_turn(rounds: int, one: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """Medians in ms."""
    pairs = [(timed_ms(one), timed_ms(other)) for _ in range(rounds)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


def in_a_new_process(program: str) -> float:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000


def row(name: str, bare_ms: float, ours_ms: float, target: str) -> Sequence[object]:
    return name, f"{bare_ms:.2f}", f"{ours_ms:.2f}", f"{ours_ms / bare_ms:.1f}x", target


async def silent_seconds(port: int) -> tuple[float, float]:
    """Until a silent camera is named, by its status and by a recall."""
    seconds = []
    camera = make_onvif("silent", "127.0.0.1", port, USER, lambda: PASSWORD)
    for ask in (camera.status, lambda: camera.recall_preset(1, None, "t1")):
        began = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - began)
    await camera.close()
    return seconds[0], seconds[1]


def main() -> None:
    parses = [(in_a_new_process(PLAIN), in_a_new_process(OURS)) for _ in range(PARSES)]
    prepare_wsdl().result(60)
    with camera_apart() as port:
        our_cold(port)  # the first camera of the process
        cold = in_turn(COLD_ROUNDS, lambda: bare_cold(port), lambda: our_cold(port))
        bare, device = Bare(port), new_device(port)
        bare.post(*GO)
        device.presets(time.monotonic() + CALL_S)
        warm = in_turn(
            WARM_ROUNDS, lambda: bare.post(*GO), lambda: device.go_to_preset("t1", time.monotonic() + CALL_S)
        )
        bare.close()
        device.close()
    plain, own = (statistics.median(values) for values in zip(*parses, strict=True))
    rows = [
        row("loading the library and parsing, new process (bare: zeep, same three documents)", plain, own, "<= 1.2x"),
        row("second camera, cold: six requests up to GotoPreset", *cold, "<= 5x"),
        row("GotoPreset, warm", *warm, "<= 8x, <= 5 ms"),
    ]
    header = ("", "bare SOAP POST, ms", "ours, ms", "ratio", "target")
    print(table(f"ONVIF, medians of {PARSES}, {COLD_ROUNDS} and {WARM_ROUNDS} rounds in turn", header, rows))
    with FakeOnvif(Script(answers={"": Answer(b"", silent=True)})) as fake:
        seconds = asyncio.run(silent_seconds(fake.port))
    named = [(name, f"{value:.2f}") for name, value in zip(("status", "recall"), seconds, strict=True)]
    print(table("A silent camera is named (target: <= 4 s)", ("asked by", "seconds"), named))


if __name__ == "__main__":
    main()
