"""A camera's picture: one drained reader in its own thread, of which only the newest frame is kept."""

import logging
import threading
import time
from collections.abc import Callable

from devices.camera.stream import READ_S, Account, Damaged, Image, Stream
from devices.camera.stream.address import redacted as redacted
from devices.camera.stream.address import taken_apart
from devices.contract import DeviceError, Frame, Reason

log = logging.getLogger(__name__)

FRESH_S = 2.5  # older than this is no picture, whatever the reader is waiting for
STOP_S = 4.0
BACK_OFF_S = (0.2, 0.5, 1.0)  # opening takes 0.3 s more: back within 3 s
AUTH_BACK_OFF_S = 30.0  # cameras lock an account after a few wrong passwords
WATCHED_S = 1.0  # so long after newest() every frame is kept
UNWATCHED_S = 0.25  # otherwise one in this time: the others are decoded, for the next ones need them, but not converted


class VideoReader:
    """`address`: rtsp://… or http://… (MJPEG), never over TLS; usb:<name under /dev/v4l/by-id>; or who tells it.

    A callable is asked in the reader's thread at each opening and may raise DeviceError, which why_not() then tells.
    `account` gives user name and password at each opening; they go to the camera only, and win over any in the address.
    DeviceError(UNSUPPORTED) for any other address.
    """

    def __init__(self, address: str | Callable[[], str], account: Callable[[], Account | None] | None = None) -> None:
        if isinstance(address, str):
            told = address
            self._name = taken_apart(told)[0].name
            self._address: Callable[[], str] = lambda: told
        else:
            self._name, self._address = "of a camera", address
        self._account = account
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._newest: Frame | None = None
        self._number = 0
        self._asked = 0.0
        self._reason: Reason | None = None

    def start(self) -> None:
        if self._ending.is_set() or self._thread is None or not self._thread.is_alive():
            before, self._ending = self._thread, threading.Event()
            thread = threading.Thread(target=self._run, args=(self._ending, before), name="video", daemon=True)
            self._thread = thread
            thread.start()

    def stop(self) -> None:
        """The device is free when this returns, within STOP_S; where the system holds it longer, the log tells."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(STOP_S)
            if self._thread.is_alive():
                log.warning("video %s: its thread has not ended within %s s", self._name, STOP_S)
            else:
                self._thread = None
        self._reason = None

    def newest(self) -> Frame | None:
        self._asked = time.monotonic()
        return self._newest

    def why_not(self) -> Reason | None:
        frame, reason = self._newest, self._reason
        reading = self._thread is not None and not self._ending.is_set()
        if reason is None and frame is not None and reading and time.monotonic() - frame.arrived > FRESH_S:
            return Reason.LINK_LOST
        return reason

    # --- in the thread ------------------------------------------------------------------------------------------

    def _run(self, ending: threading.Event, before: threading.Thread | None) -> None:
        while before is not None and before.is_alive():  # it holds the device still
            if ending.wait(0.05):
                return
        tries = 0
        while not ending.is_set():
            began = self._number
            try:
                self._read(ending)
            except DeviceError as error:
                if not ending.is_set():
                    self._is_down(error)
                    wait_s = AUTH_BACK_OFF_S if error.reason is Reason.AUTH else 0.0
                    tries = 0 if self._number > began else tries
                    ending.wait(wait_s or BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])
                    tries += 1

    def _read(self, ending: threading.Event) -> None:
        """Opens and reads until told to end; DeviceError tells what ended it else."""
        stream = self._open()
        kept = good = time.monotonic()
        try:
            while not ending.is_set():
                now = time.monotonic()
                wanted = self._number == 0 or now - self._asked < WATCHED_S or now - kept > UNWATCHED_S
                try:
                    image = stream.read(wanted)
                except Damaged:
                    if time.monotonic() - good > READ_S:  # not one damaged picture: no picture
                        raise
                    continue
                if image is not None:
                    kept = good = time.monotonic()
                    self._keep(image, kept)
        finally:
            stream.close()  # after a freeze it never recovers: opened anew

    def _open(self) -> Stream:
        from devices.camera.stream.capture import open_rtsp, open_usb  # late: they end in OpenCV
        from devices.camera.stream.mjpeg import MjpegStream

        place, account = taken_apart(self._address())
        self._name = place.name
        if self._account is not None:
            account = self._account() or account
        if place.scheme == "usb":
            return open_usb(place)
        return MjpegStream(place, account) if place.scheme == "http" else open_rtsp(place, account)

    def _keep(self, image: Image, arrived: float) -> None:
        self._newest = Frame(image, arrived, self._number + 1)
        self._number += 1
        if self._reason is not None or self._number == 1:
            self._reason = None
            log.info("video %s: picture", self._name)

    def _is_down(self, error: DeviceError) -> None:
        if self._reason is None:
            log.warning("video %s: no picture, %s", self._name, error)
        self._reason = error.reason
