"""What all tests share: missing packages are named (under CI=true a failure); an unexpected error in the log fails."""

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest

from tests.fakes import rtsp_server

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # without a screen Qt would end the process, not raise

PACKAGES: dict[str, Callable[[], bool]] = {  # by Debian's name; a name not listed is taken for a program
    "pulseaudio-utils": lambda: shutil.which("pacat") is not None,
    "xvfb": lambda: shutil.which("Xvfb") is not None,
    "xdg-utils": lambda: shutil.which("xdg-open") is not None,
    "nftables": lambda: shutil.which("nft") is not None,
    "coturn": lambda: shutil.which("turnserver") is not None,
    "dbus": lambda: shutil.which("dbus-daemon") is not None,
    "libebur128-1": lambda: find_library("ebur128") is not None,
    "libportaudio2": lambda: find_library("portaudio") is not None,
    "gir1.2-gst-rtsp-server-1.0": rtsp_server.installed,  # and the encoder, with the other packages of GStreamer
    "baresip-core": lambda: shutil.which("baresip") is not None,
    "baresip-ffmpeg": lambda: any(Path("/usr/lib").glob("**/baresip/modules/avcodec.so")),
    "baresip-x11": lambda: any(Path("/usr/lib").glob("**/baresip/modules/pulse.so")),
    "libasound2-plugins": lambda: any(Path("/usr/lib").glob("*/alsa-lib/libasound_module_pcm_pulse.so")),
}


# Where the waiting is: these files begin first, or the last of them would run alone at the end.
SLOW_FIRST = ("tests/journeys", "tests/ui/conference", "tests/screens", "tests/devices")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    root = Path(__file__).parent.parent

    def rank(item: pytest.Item) -> int:
        folder = item.path.relative_to(root).as_posix()
        return next((n for n, slow in enumerate(SLOW_FIRST) if folder.startswith(slow)), len(SLOW_FIRST))

    items.sort(key=rank)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        name = mark.args[0]
        if PACKAGES.get(name, lambda name=name: shutil.which(name) is not None)():
            continue
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed", pytrace=False)
        pytest.skip(f"{name} is not installed")


@pytest.fixture(autouse=True)
def no_unexpected_error(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error that somebody logged is a fault that nobody looked at."""
    yield
    if request.node.get_closest_marker("logs_errors") is None:
        errors = [record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.ERROR]
        assert not errors, errors
