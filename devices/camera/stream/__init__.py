"""Where a camera's picture comes from: one small module a kind of stream, all read in the same way."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from devices.contract import DeviceError, Reason

Image = NDArray[np.uint8]
Account = tuple[str, str]  # user name and password

OPEN_S = 3.0  # for opening, over all bytes
READ_S = 2.0  # for one picture, over all its bytes; a camera with fewer than one picture in this time is down
MOST_PIXELS = 1 << 24  # 4K has half of it; a JPEG of 1.5 MB can claim 256 million and take 1.9 GB in FFmpeg


class Damaged(DeviceError):
    """This picture cannot be read; the next one may be."""

    def __init__(self, detail: str) -> None:
        super().__init__(Reason.PROTOCOL, detail)


class Stream(Protocol):
    """An open stream. DeviceError tells why it gives no more pictures; it never recovers: close it and open anew."""

    def read(self, wanted: bool) -> Image | None:
        """Waits for the next picture, READ_S at most: BGR, or None if it is not wanted. Damaged: the stream goes on."""

    def close(self) -> None:
        """The device is free when it returns; idempotent."""
