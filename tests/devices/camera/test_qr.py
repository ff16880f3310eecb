"""A QR code in a room's picture is read; a room without one, and a code too long, say nothing."""

import time

import cv2
import numpy as np
import pytest

from devices.camera.qr import MOST_LETTERS, QrReader
from devices.contract import Frame


def held(text: str, size: int, width: int = 1920, height: int = 1080) -> Frame:
    """A grey room with a sensor's noise, a code of `size` px on a white sheet in it."""
    noise = np.random.default_rng(1).normal(120, 5, (height, width, 3))
    image = np.clip(noise, 0, 255).astype(np.uint8)
    if text:
        code = cv2.QRCodeEncoder.create().encode(text)
        sheet = cv2.copyMakeBorder(code, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=[255])
        sheet = cv2.resize(sheet, (size, size), interpolation=cv2.INTER_NEAREST)
        top, left = (height - size) // 2, (width - size) // 3
        image[top : top + size, left : left + size] = sheet[:, :, None]
    return Frame(image, time.monotonic(), 1)


@pytest.mark.parametrize("size", [300, 500, 900])
def test_a_code_held_to_the_camera_is_read(size: int) -> None:
    assert (
        QrReader().read(held("https://hop.tinh.example.vn/room/4821", size)) == "https://hop.tinh.example.vn/room/4821"
    )


def test_a_room_without_a_code_says_nothing() -> None:
    assert QrReader().read(held("", 0)) == ""


def test_a_code_too_long_says_nothing() -> None:
    assert QrReader().read(held("A" * (MOST_LETTERS + 1), 1000)) == ""
