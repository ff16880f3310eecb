"""Child processes of tests: they talk by lines on stdout, die with their test, and leave nothing behind."""

import json
import os
import queue
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil

ROOT = Path(__file__).parents[2]
Told = dict[str, Any]


def free_port() -> int:
    """A TCP port of this PC that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Child:
    """One process, started in the project's folder, killed with its children on leaving or when this process dies."""

    def __init__(
        self,
        command: list[str],
        *,
        enter: tuple[str, ...] = (),  # what puts the command into another namespace
        env: Mapping[str, str] | None = None,
        stderr: Path | None = None,
    ) -> None:
        tied = ["setpriv", "--pdeathsig", "KILL", "--"]
        with open(stderr or os.devnull, "wb") as errors:
            self._process = subprocess.Popen(
                [*enter, *tied, *command],
                env=env,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.strip())
        self._lines.put("")

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def line(self, wait_s: float) -> str:
        """The next line; "" at the end, or when nothing came in time."""
        try:
            return self._lines.get(timeout=max(0.0, wait_s))
        except queue.Empty:
            return ""

    def until(self, true: Callable[[Told], object], what: str, wait_s: float = 20.0) -> Told:
        """Reads JSON lines until one is as wanted; names what did not come, and the last thing that did."""
        ends, told = time.monotonic() + wait_s, {}
        while line := self.line(ends - time.monotonic()):
            told = json.loads(line)
            if true(told):
                return told
        raise AssertionError(f"{what} did not come within {wait_s} s; last: {told}")

    def during(self, seconds: float) -> list[Told]:
        """All that is told within this time."""
        ends, all_told = time.monotonic() + seconds, []
        while line := self.line(ends - time.monotonic()):
            all_told.append(json.loads(line))
        return all_told

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def signal(self, which: signal.Signals) -> None:
        self._process.send_signal(which)

    def ask_to_end(self) -> None:
        """Closes its stdin."""
        assert self._process.stdin is not None
        self._process.stdin.close()

    def let_go(self, wait_s: float = 15.0) -> int:
        """Asks it to end, and returns its exit code."""
        self.ask_to_end()
        return self._process.wait(wait_s)

    def wait(self, wait_s: float) -> int:
        return self._process.wait(wait_s)

    def end(self) -> None:
        """kill -9 of it and its children; idempotent."""
        kill_tree(self._process)
        self._reader.join(5)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


def kill_tree(process: "subprocess.Popen[str]") -> None:
    try:
        below = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        below = []
    process.kill()
    process.wait(5)
    for child in below:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(below, 5)
