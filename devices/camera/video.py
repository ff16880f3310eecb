"""A camera's picture: one drained OpenCV reader in its own thread, of which only the newest frame is kept."""

import logging
import re
import sys
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from devices.contract import DeviceError, Frame, Reason

if TYPE_CHECKING:
    from devices.camera.opencv import cv2

log = logging.getLogger(__name__)

STALE_READ_S = 2.7  # of a limit of 3 s: a read that slow has given an old frame again, with ok = True, on a dead line
STOP_S = 4.0
BACK_OFF_S = (0.2, 0.5, 1.0, 2.0)


def redacted(address: str) -> str:
    """The address without name and password, for the log."""
    return re.sub(r"//[^/?#]*@", "//…@", address)


class VideoReader:
    """`address`: rtsp://… or http://… (MJPEG), never over TLS; usb:<name under /dev/v4l/by-id>.

    DeviceError(UNSUPPORTED) for any other address.
    """

    def __init__(self, address: str) -> None:
        self._source = _source(address)
        self._name = redacted(address)
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._newest: Frame | None = None
        self._number = 0
        self.reason: Reason | None = None  # why there is no picture now

    def start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._ending = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(self._ending,), name="video", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(STOP_S)
            if thread.is_alive():
                log.warning("video %s: its thread has not ended within %s s", self._name, STOP_S)

    def newest(self) -> Frame | None:
        return self._newest

    def why_not(self) -> Reason | None:
        return self.reason

    # --- in the thread ------------------------------------------------------------------------------------------

    def _run(self, ending: threading.Event) -> None:
        tries = 0
        while not ending.is_set():
            began = self._number
            capture = self._open()
            if capture is not None:
                try:
                    self._drain(capture, ending)
                finally:
                    capture.release()  # after a freeze it never recovers: opened anew
            if self._number > began:
                tries = 0
            if not ending.is_set():
                self._is_down(Reason.LINK_LOST if capture is not None else self.reason or Reason.NO_ANSWER)
            ending.wait(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])
            tries += 1

    def _open(self) -> "cv2.VideoCapture | None":
        from devices.camera.opencv import LIMIT_S, cv2  # late: it loads in this thread, not with the program

        began = time.monotonic()
        limit_ms = round(LIMIT_S * 1000)
        if self._source.startswith("/dev/"):
            capture = cv2.VideoCapture(self._source, cv2.CAP_V4L2)
        else:
            options = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, limit_ms, cv2.CAP_PROP_READ_TIMEOUT_MSEC, limit_ms]
            options += [cv2.CAP_PROP_N_THREADS, 1]  # each further decoder thread is one frame later
            capture = cv2.VideoCapture(self._source, cv2.CAP_FFMPEG, options)
        if capture.isOpened():
            return capture
        capture.release()
        silent = time.monotonic() - began > STALE_READ_S
        self._is_down(Reason.NO_ANSWER if silent else Reason.LINK_LOST)
        return None

    def _drain(self, capture: "cv2.VideoCapture", ending: threading.Event) -> None:
        while not ending.is_set():
            began = time.monotonic()
            ok, image = capture.read()
            arrived = time.monotonic()
            if not ok or arrived - began > STALE_READ_S:
                return
            self._number += 1
            self._newest = Frame(np.asarray(image, dtype=np.uint8), arrived, self._number)
            if self.reason is not None or self._number == 1:
                self.reason = None
                log.info("video %s: picture", self._name)

    def _is_down(self, reason: Reason) -> None:
        if self.reason is None:
            log.warning("video %s: no picture, %s", self._name, reason)
        self.reason = reason


def _source(address: str) -> str:
    """What OpenCV opens."""
    scheme = urlsplit(address).scheme if "://" in address else ""
    if scheme in ("rtsp", "http"):
        return address
    if address.startswith("usb:") and sys.platform == "linux":
        name = address.removeprefix("usb:")
        if name.isdecimal():
            return f"/dev/video{name}"
        if re.fullmatch(r"[\w.:+-]+", name):
            return f"/dev/v4l/by-id/{name}"
    raise DeviceError(Reason.UNSUPPORTED, f"no picture from {redacted(address)}")
