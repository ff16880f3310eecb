"""MJPEG over http, read by ourselves: FFmpeg believes whatever size a JPEG claims and hides the server's answer."""

import http.client
import re
import struct
import time

import numpy as np

from devices.camera.stream import MOST_PIXELS, OPEN_S, READ_S, Account, Damaged, Image
from devices.camera.stream.address import Place
from devices.camera.stream.asking import MOST_LINE_BYTES, web_answer
from devices.contract import DeviceError, Reason

MOST_JPEG_BYTES = 1 << 23  # a 4K picture at best quality has 5 MB
MOST_LINES_BETWEEN = 64  # a boundary and a part's head have five

_BASELINE, _SCAN = (0xC0, 0xC1), 0xDA


class MjpegStream:
    """Opens in its constructor: DeviceError with the server's reason within OPEN_S."""

    def __init__(self, place: Place, account: Account | None) -> None:
        self._name = place.name
        self._line, self._response = web_answer(place, account, time.monotonic() + OPEN_S)
        kind, boundary = self._response.headers.get_content_maintype(), self._response.headers.get_boundary("")
        if kind != "multipart":
            self._line.close()
            raise self._wrong(f"{self._response.headers.get_content_type()} is no MJPEG")
        self._boundary = b"--" + boundary.lstrip("-").encode("latin-1", "replace")

    def read(self, wanted: bool) -> Image | None:
        self._line.by = time.monotonic() + READ_S
        try:
            length = self._part_head()
            jpeg = self._response.read(length) if length is not None else self._until_boundary()
        except (http.client.HTTPException, ValueError) as error:
            raise self._wrong(type(error).__name__) from error
        if len(jpeg) < (length or 0):
            raise DeviceError(Reason.LINK_LOST, f"{self._name}: ended")
        return decoded(jpeg) if wanted else None

    def close(self) -> None:
        self._response.close()
        self._line.close()

    def _wrong(self, what: str) -> DeviceError:
        return DeviceError(Reason.PROTOCOL, f"{self._name}: {what}")

    def _readline(self) -> bytes:
        line = self._response.readline(MOST_LINE_BYTES)
        if not line:
            raise DeviceError(Reason.LINK_LOST, f"{self._name}: ended")
        return line

    def _part_head(self) -> int | None:
        """Reads to the first byte of a picture: its length, or None where the server does not tell it."""
        length, in_head = None, False
        for _ in range(MOST_LINES_BETWEEN):
            line = self._readline()
            if found := re.match(rb"([A-Za-z-]+):\s*(.*)", line):
                in_head = True
                if found[1].lower() == b"content-length":
                    length = int(found[2][:12])
                    if not 0 < length <= MOST_JPEG_BYTES:
                        raise self._wrong(f"a picture of {length} bytes")
            elif in_head and not line.strip():
                return length
        raise self._wrong("no picture between the boundaries")

    def _until_boundary(self) -> bytes:
        found = bytearray()
        while not (line := self._readline()).startswith(self._boundary):
            found += line
            if len(found) > MOST_JPEG_BYTES:
                raise self._wrong("no boundary after a picture")
        return bytes(found)


def decoded(jpeg: bytes) -> Image:
    from devices.camera.opencv import cv2  # late: it loads in the reader's thread

    check_jpeg(jpeg)
    try:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error as error:
        raise Damaged("a JPEG that OpenCV refuses") from error
    if image is None:
        raise Damaged("a damaged JPEG")
    return np.asarray(image, dtype=np.uint8)


def check_jpeg(data: bytes) -> None:
    """Damaged for anything but a baseline JPEG of MOST_PIXELS at most, by its own head.

    A progressive one is none: it may hold thousands of scans, each of which costs a whole picture.
    """
    at = 2 if data.startswith(b"\xff\xd8") else len(data)
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind in _BASELINE:
            high, wide = struct.unpack(">HH", data[at + 5 : at + 9])
            if 0 < high * wide <= MOST_PIXELS:
                return
            raise Damaged(f"a JPEG of {wide} x {high}")
        if kind == _SCAN:
            break
        at += 1 if kind == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise Damaged("no baseline JPEG")
