"""When nobody could have acted: the machine stood still, or the audio server itself answered nobody.

`python -m tests.fakes.interlock.stalls PRIORITY SERVER` is a process of its own that wants to run every 2 ms and to be
answered at once; it prints `moment seconds` for each time that it could or was not, in time.monotonic().
"""

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections import deque
from typing import Any

from devices.audio.pulse.connection import TROUBLE, connection

EVERY_S, STALL_S = 0.002, 0.02
KEPT = 1000


class Stalls:
    """Reads that process's notes. `priority` as the keeper's: what held it would have held the keeper too."""

    def __init__(self, priority: int, url: str) -> None:
        self._notes: deque[tuple[float, float]] = deque(maxlen=KEPT)
        command = [sys.executable, "-m", "tests.fakes.interlock.stalls", str(priority), url]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
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


def asked(pulse: Any, url: str) -> Any:
    """The connection after one question to the server; None where there is no server."""
    try:
        pulse = pulse or connection("stalls", url)
        pulse.server_info()
    except TROUBLE:
        if pulse is not None:
            pulse.close()
        return None
    return pulse


def main() -> None:
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, int(sys.argv[1]))
    pulse, last = None, time.monotonic()
    while True:
        time.sleep(EVERY_S)
        pulse = asked(pulse, sys.argv[2])
        now = time.monotonic()
        if pulse is not None and now - last > STALL_S:
            print(now, now - last, flush=True)
        last = now


if __name__ == "__main__":
    main()
