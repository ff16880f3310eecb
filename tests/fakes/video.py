"""A camera's picture made by hand: a reader with the contract's manners, whose frames and failures a test chooses."""

import threading
import time

import numpy as np

from devices.contract import Frame, Reason


class HandVideo:
    """Shows a new frame every 40 ms while it runs. `alive`: with a sensor's noise; `dark`, `silent` as they say."""

    def __init__(self, *, alive: bool = True, dark: bool = False, silent: bool = False) -> None:
        self.alive, self.dark, self.silent = alive, dark, silent
        self.running = False
        self.starts = self.stops = 0
        self._number = 0
        self._random = np.random.default_rng(7)
        self._lock = threading.Lock()

    def start(self) -> None:
        self.running, self.starts = True, self.starts + (not self.running)

    def stop(self) -> None:
        self.running, self.stops = False, self.stops + self.running

    def newest(self) -> Frame | None:
        if not self.running or self.silent:
            return None
        now = time.monotonic()
        with self._lock:
            self._number = int(now * 25)
        return Frame(self._image(), now, self._number)

    def why_not(self) -> Reason | None:
        return Reason.LINK_LOST if self.silent and self.running else None

    def _image(self) -> np.ndarray:
        ramp = np.tile(np.arange(0, 240, 2, dtype=np.uint8), (90, 1))
        image = np.dstack([ramp] * 3) // (20 if self.dark else 1)
        noise = self._random.integers(0, 6, image.shape, dtype=np.uint8) if self.alive else 0
        return np.asarray(image + noise, dtype=np.uint8)
