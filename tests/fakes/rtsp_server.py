"""A real RTSP camera for tests: GStreamer's server on loopback; it can be frozen, thawed, killed and started again."""

import json
import signal
import subprocess
import time
from functools import cache
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from tests.fakes.processes import Child
from tests.fakes.rtsp_process import BLOCKS_ACROSS, CHECK_BITS, STAMP_BITS, Settings, stamp_bits

SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("rtsp_process.py")
UP_S = 20.0  # 0.3 s on an idle machine
NEEDED = ("Gst", "GstRtspServer")
ELEMENTS = ("x264enc", "appsrc", "rtph264pay")


@cache
def installed() -> bool:
    """Whether the system's Python finds GStreamer's RTSP server and the encoder."""
    ask = (
        "import gi\n"
        f"for name in {NEEDED}: gi.require_version(name, '1.0')\n"
        "from gi.repository import Gst, GstRtspServer\n"
        "Gst.init(None)\n"
        f"assert all(Gst.ElementFactory.find(name) for name in {ELEMENTS})\n"
    )
    try:
        return subprocess.run([SYSTEM_PYTHON, "-c", ask], capture_output=True, timeout=UP_S).returncode == 0
    except OSError:
        return False


def read_stamp(image: NDArray[np.uint8]) -> float | None:
    """time.monotonic() of the picture's making; None where the blocks cannot be read."""
    block = image.shape[1] // BLOCKS_ACROSS
    middle = image[block // 2, block // 2 :: block, 1]
    bits = [int(value > 128) for value in middle[: STAMP_BITS + CHECK_BITS]]
    now_us = int("".join(map(str, bits[:STAMP_BITS])), 2)
    return now_us / 1e6 if bits == stamp_bits(now_us) else None


class RtspServer:
    """Starts on entering, is killed on leaving; a restart keeps the port."""

    def __init__(
        self,
        size: tuple[int, int] = (1280, 720),
        fps: int = 30,
        account: tuple[str, str] | None = None,
        *,
        basic: bool = False,
    ) -> None:
        username, password = account or ("", "")
        self._settings = Settings(
            port=0, width=size[0], height=size[1], fps=fps, keyframe_every=fps, username=username, password=password,
            basic=basic,
        )  # fmt: skip
        self._child: Child | None = None

    @property
    def address(self) -> str:
        return f"rtsp://127.0.0.1:{self._settings['port']}/live"

    def address_for(self, username: str, password: str) -> str:
        host = self.address.removeprefix("rtsp://")
        return f"rtsp://{quote(username, safe='')}:{quote(password, safe='')}@{host}"

    @property
    def pid(self) -> int:
        assert self._child is not None
        return self._child.pid

    def __enter__(self) -> "RtspServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when it accepts connections."""
        by = time.monotonic() + UP_S
        while time.monotonic() < by:
            self._child = Child([SYSTEM_PYTHON, str(PROGRAM)])
            self._child.tell(json.dumps(self._settings))
            if port := self._child.line(UP_S):
                self._settings["port"] = int(port)
                return
            self.stop()  # the port of its last life is not free yet
        raise RuntimeError("GStreamer's RTSP server did not start")

    def stop(self) -> None:
        """kill -9; idempotent."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def freeze(self) -> None:
        """It keeps its connections and says nothing: what a pulled cable looks like."""
        assert self._child is not None
        self._child.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._child is not None
        self._child.signal(signal.SIGCONT)
