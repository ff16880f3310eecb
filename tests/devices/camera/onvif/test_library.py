"""onvif-zeep behind its adapter: no side effect, no network, parsed once, and not on the start's way."""

import logging
import os
import subprocess
import sys
import threading
import time

from devices.camera.onvif.device import OnvifDevice
from devices.camera.onvif.library import Service, library, prepare_wsdl
from tests.devices.camera.onvif.asking import PARSED_S, STORED_1
from tests.fakes.onvif_camera import PASSWORD, USER, FakeOnvif, Script
from tests.fakes.processes import ROOT

ALONE = """
import logging, os, socket, sys
os.environ["http_proxy"] = "http://proxy.invalid:1"
def refuse(*_):
    raise AssertionError("a connection while parsing")
socket.socket.connect = refuse
from devices.camera.onvif.camera import make_onvif
from devices.camera.onvif.find import OnvifFinder
heavy = [name for name in ("zeep", "lxml", "requests", "onvif") if name in sys.modules]
from devices.camera.onvif.device import OnvifDevice
from devices.camera.onvif.library import prepare_wsdl
prepare_wsdl().result(60)
root = logging.getLogger()
print(heavy, root.handlers, root.level, logging.getLogger("zeep.client").level, os.environ["http_proxy"])
"""


def test_loading_changes_nothing_in_the_process_and_asks_no_network() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", ALONE], env=env, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == f"[] [] {logging.WARNING} {logging.NOTSET} http://proxy.invalid:1", done.stderr


def test_parsing_happens_once_and_in_a_thread_of_its_own() -> None:
    began = time.monotonic()
    first, second = prepare_wsdl(), prepare_wsdl()
    assert time.monotonic() - began < 0.1
    assert first is second
    assert library(PARSED_S) is first.result(PARSED_S)
    assert set(library(0).services) == set(Service)
    assert "onvif-wsdl" not in [thread.name for thread in threading.enumerate()]


def test_hostile_xml_is_switched_off() -> None:
    settings = library(PARSED_S).settings
    assert (settings.forbid_dtd, settings.forbid_entities, settings.forbid_external) == (True, True, True)
    assert not settings.xml_huge_tree


def test_cameras_in_several_threads_share_the_documents() -> None:
    """zeep promises nothing here: each thread sees its own answers, with the interpreter switching all the time."""
    faults: list[str] = []

    def ask(port: int) -> None:
        for _ in range(5):
            device, until = OnvifDevice("127.0.0.1", port, USER, lambda: PASSWORD), time.monotonic() + PARSED_S
            device.go_to_preset("t1", until)
            told = (len(device.presets(until)), device.reading(until).position, device.stream_address(until))
            if told != (3, STORED_1, "rtsp://127.0.0.1:554/sub?unicast=1"):
                faults.append(str(told))
            device.close()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with FakeOnvif(Script(auth="none")) as fake:
            threads = [threading.Thread(target=ask, args=(fake.port,)) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert fake.executed["GotoPreset t1"] == 30
    finally:
        sys.setswitchinterval(interval)
    assert not faults
