"""A QR code held to the camera: what it says, or nothing; OpenCV's own detector, one picture at a time."""

import cv2

from devices.contract import Frame

WIDTH = 960  # px: a code that fills a sixth of the picture is still read, in some 20 ms
MOST_LETTERS = 500


class QrReader:
    """One detector for each call: OpenCV's keeps no state that would be worth sharing between threads."""

    def read(self, frame: Frame) -> str:
        """The text of the first code in the picture; empty: none, or one that cannot be read, or is too long."""
        image = frame.image
        height, width = image.shape[:2]
        if width > WIDTH:
            image = cv2.resize(image, (WIDTH, height * WIDTH // width), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
        try:
            text, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
        except cv2.error:  # a shape that looks like a code and has no area
            return ""
        return text if len(text) <= MOST_LETTERS and text.isprintable() else ""
