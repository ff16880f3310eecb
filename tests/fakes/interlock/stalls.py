"""When the machine itself stood still: a process of its own that wants to run every 2 ms and notes when it could not.

`python -m tests.fakes.interlock.stalls PRIORITY` prints `moment seconds` for each stall, in time.monotonic().
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections import deque

EVERY_S, STALL_S = 0.002, 0.02
KEPT = 1000


class Stalls:
    """Reads that process's notes. `priority` as the audio server's: what held it would have held the server too."""

    def __init__(self, priority: int) -> None:
        self._notes: deque[tuple[float, float]] = deque(maxlen=KEPT)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.interlock.stalls", str(priority)], stdout=subprocess.PIPE, text=True
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            at, lasted_s = line.split()
            self._notes.append((float(at), float(lasted_s)))

    def longest_s(self, since: float) -> float:
        """The longest stall that ended after `since`; 0 for none of STALL_S or more."""
        return max((lasted_s for at, lasted_s in tuple(self._notes) if at >= since), default=0.0)

    def close(self) -> None:
        self._process.kill()
        self._process.wait(5.0)
        self._reader.join(5.0)
        assert self._process.stdout is not None
        self._process.stdout.close()


def main() -> None:
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, int(sys.argv[1]))
    last = time.monotonic()
    while True:
        time.sleep(EVERY_S)
        now = time.monotonic()
        if now - last > STALL_S:
            print(now, now - last, flush=True)
        last = now


if __name__ == "__main__":
    main()
