"""RTSP by FFmpeg and USB by V4L2, both through OpenCV: bounded, one decoder thread, one opener of a USB device."""

import os
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from devices.camera.stream import MOST_PIXELS, OPEN_S, READ_S, Account, Damaged, Image
from devices.camera.stream.address import Place
from devices.camera.stream.asking import rtsp_answer
from devices.contract import DeviceError, DeviceTimeout, Reason

if TYPE_CHECKING:
    from devices.camera.opencv import cv2

SLOW = 0.9  # of its limit: a read that slow has given an old frame again, with ok = True, on a dead line
ASK_WHY_S = 0.5  # at least, and what is left of OPEN_S
MOST_ACCOUNT_BYTES = 127  # FFmpeg cuts "name:password", as it stands in the address, after so many
USB_SIZE, USB_FPS = (1280, 720), 30


class CaptureStream:
    """`turn`: an open file whose closing lets the next one have the device."""

    def __init__(self, capture: "cv2.VideoCapture", name: str, limit_s: float, turn: int | None = None) -> None:
        self._capture, self._name, self._limit_s, self._turn = capture, name, limit_s, turn
        self._shape: tuple[int, ...] = (1, 1, 3)  # the first picture tells

    def read(self, wanted: bool) -> Image | None:
        began = time.monotonic()
        # One call into OpenCV, and the array made here: each way back out of it waits up to 5 ms for the interpreter.
        ok, image = self._capture.read(np.empty(self._shape, np.uint8)) if wanted else (self._capture.grab(), None)
        if not ok:
            raise DeviceError(Reason.LINK_LOST, f"{self._name}: ended")
        if time.monotonic() - began > SLOW * self._limit_s:
            raise DeviceTimeout(f"{self._name}: silent")
        if image is None:
            return None
        self._shape = image.shape
        if image.shape[0] * image.shape[1] > MOST_PIXELS:
            raise Damaged(f"{self._name}: too large")
        return np.asarray(image, dtype=np.uint8)

    def close(self) -> None:
        self._capture.release()
        if self._turn is not None:
            os.close(self._turn)
            self._turn = None


def open_rtsp(place: Place, account: Account | None) -> CaptureStream:
    """Within OPEN_S and ASK_WHY_S; DeviceError with the server's reason where it fails."""
    from devices.camera.opencv import cv2  # late: it loads in the reader's thread, not with the program

    began = time.monotonic()
    options = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, round(OPEN_S * 1000)]
    options += [cv2.CAP_PROP_READ_TIMEOUT_MSEC, round(READ_S * 1000)]
    options += [cv2.CAP_PROP_N_THREADS, 1]  # each further decoder thread is one frame later
    capture = cv2.VideoCapture(_with_account(place, account), cv2.CAP_FFMPEG, options)
    size = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if capture.isOpened() and size <= MOST_PIXELS:
        return CaptureStream(capture, place.name, READ_S)
    opened = capture.isOpened()
    capture.release()
    if not opened and time.monotonic() - began > SLOW * OPEN_S:
        raise DeviceTimeout(f"{place.name}: silent")
    if not opened:
        # OpenCV tells only that it failed.
        rtsp_answer(place, account, max(began + OPEN_S, time.monotonic() + ASK_WHY_S))
    raise DeviceError(Reason.PROTOCOL, f"{place.name}: no picture that can be read")


def _with_account(place: Place, account: Account | None) -> str:
    if account is None:
        return place.url
    told = ":".join(quote(part, safe="!$&'()*+,;=") for part in account)
    if len(told) > MOST_ACCOUNT_BYTES:
        raise DeviceError(Reason.UNSUPPORTED, f"{place.name}: user name and password are too long")
    return place.url.replace("//", f"//{told}@", 1)


def open_usb(place: Place) -> CaptureStream:
    """DeviceError: NO_ANSWER when it is not plugged in, REFUSED_BUSY while somebody else has it."""
    from devices.camera.opencv import LIMIT_S, cv2

    turn = take_turn(place.target)
    wanted = [cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"), cv2.CAP_PROP_FPS, USB_FPS]
    wanted += [cv2.CAP_PROP_FRAME_WIDTH, USB_SIZE[0], cv2.CAP_PROP_FRAME_HEIGHT, USB_SIZE[1]]
    capture = cv2.VideoCapture(place.target, cv2.CAP_V4L2)
    if capture.isOpened():
        for name, value in zip(wanted[::2], wanted[1::2], strict=True):
            capture.set(name, value)  # a camera that lacks it stays at the nearest it has
        return CaptureStream(capture, place.name, LIMIT_S, turn)
    capture.release()
    os.close(turn)
    raise DeviceError(Reason.REFUSED_BUSY, f"{place.name}: it is there and does not open")


def take_turn(device: str) -> int:
    """One opener of a device at a time, in this process and beside it, by a lock that ends with its owner.

    The file that holds the lock; close it. DeviceError: NO_ANSWER, REFUSED_BUSY, UNSUPPORTED (no right to open it).
    """
    import fcntl  # here: Windows has none, and no USB picture in this version

    try:
        turn = os.open(device, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except PermissionError as error:
        raise DeviceError(Reason.UNSUPPORTED, f"{device}: no right to open it") from error
    except OSError as error:
        raise DeviceError(Reason.NO_ANSWER, f"{device}: {error.strerror}") from error
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(turn)
        raise DeviceError(Reason.REFUSED_BUSY, f"{device}: somebody else reads it") from error
    return turn
