"""A program's whole process tree on Linux, also what it left behind when it ended: told by a mark in the environment.

A launcher that starts the real client and ends leaves orphans that no parent names; they still carry its session and
the mark. Shut-in processes hide their environment, and are found below a parent that does not.
"""

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

MARK = "ROOMAPP_PROGRAM"
PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    parent: int
    session: int
    stopped: bool
    zombie: bool


class Tree:
    """The processes of one start. Every method reads /proc once, about 2 ms on a kiosk's PC."""

    def __init__(self) -> None:
        self._mark = secrets.token_hex(8)
        self.session = 0  # the first process's pid, where it leads a session of its own
        self.status: int | None = None  # of the first process: its exit code, or the signal that ended it, negative
        self.adopted: frozenset[int] = frozenset()

    def start(self, command: Sequence[str], env: Mapping[str, str], more: Sequence[tuple[int, int]] = ()) -> None:
        """Starts the program in a session of its own, spoken to by nothing but `more` (our descriptor, its number).

        posix_spawn, because subprocess cannot give descriptors by number without running code after the fork.
        `command` begins with a whole path. OSError where it cannot be started.
        """
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        try:
            places = [(os.POSIX_SPAWN_DUP2, ours, theirs) for ours, theirs in [*((null, n) for n in (0, 1, 2)), *more]]
            marked = {**env, MARK: f"{self._mark}:{os.path.realpath(command[0])}"}
            self.session = os.posix_spawn(command[0], list(command), marked, file_actions=places, setsid=True)
        finally:
            os.close(null)

    def adopt(self, pids: Iterable[int]) -> None:
        """Takes over processes that already ran; they are watched, and ended as ours."""
        self.adopted = frozenset(pids)

    def pids(self) -> frozenset[int]:
        """All that live now; zombies do not."""
        every = {pid: process for pid, process in processes().items() if not process.zombie}
        own = {pid for pid in every if pid in self.adopted or self._is_ours(pid, every[pid])}
        grown = True
        while grown:
            below = {pid for pid, process in every.items() if process.parent in own} - own
            own |= below
            grown = bool(below)
        return frozenset(own)

    def alive(self) -> bool:
        return bool(self.pids())

    def stopped(self) -> bool:
        """Whether one of them stands still by a signal (SIGSTOP), as a hung one can be made to."""
        every = processes()
        return any(pid in every and every[pid].stopped for pid in self.pids())

    def end(self, wait_s: float, politely_s: float = 0.0) -> bool:
        """SIGTERM and `politely_s`, then SIGKILL, again for what was born meanwhile; blocks; whether all are gone."""
        ends = time.monotonic() + wait_s
        if politely_s > 0:
            self._signal(signal.SIGTERM)
            self._wait_gone(min(ends, time.monotonic() + politely_s))
        while (left := self._signal(signal.SIGKILL)) and time.monotonic() < ends:
            self._wait_gone(min(ends, time.monotonic() + 0.2))
        self.reap()
        return not left

    def reap(self) -> None:
        """Takes our own child's exit, so that it is no zombie; idempotent."""
        if self.session and self.status is None:
            with contextlib.suppress(ChildProcessError):
                ended, status = os.waitpid(self.session, os.WNOHANG)
                self.status = os.waitstatus_to_exitcode(status) if ended else None

    def _is_ours(self, pid: int, process: Process) -> bool:
        return (bool(self.session) and process.session == self.session) or self._carries_mark(pid)

    def _carries_mark(self, pid: int) -> bool:
        return _marked(PROC / str(pid)).startswith(f"{self._mark}:")

    def _signal(self, which: signal.Signals) -> frozenset[int]:
        pids = self.pids() - {os.getpid()}
        for pid in pids:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, which)
        return pids

    def _wait_gone(self, until: float) -> None:
        while time.monotonic() < until and self.alive():
            self.reap()
            time.sleep(0.02)


def processes() -> dict[int, Process]:
    """Every process of this system (proc(5), stat: fields 3, 4 and 6)."""
    found = {}
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            with contextlib.suppress(OSError, ValueError, IndexError):
                state, parent, _group, session = _stat(folder)
                found[int(folder.name)] = Process(int(parent), int(session), state in "Tt", state in "ZX")
    return found


def running(program: str) -> frozenset[int]:
    """This user's processes that run this program (a whole path), started by whomever, or that an earlier start left.

    A client whose file is another than the program's is found only if it was started here: name its own file.
    """
    wanted, found = os.path.realpath(program), set()
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            with contextlib.suppress(OSError):
                if folder.stat().st_uid != os.getuid():
                    continue
                if wanted in _files(folder) or _marked(folder).partition(":")[2] == wanted:
                    found.add(int(folder.name))
    return frozenset(found)


def _marked(folder: Path) -> str:
    """What a process carries of the mark; "": nothing, or it hides its environment."""
    try:
        carried = (folder / "environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    return next(
        (c.decode("utf-8", "replace").partition("=")[2] for c in carried if c.startswith(f"{MARK}=".encode())), ""
    )


def _files(folder: Path) -> set[str]:
    """The file that runs, and the script that it runs, if it is an interpreter."""
    said = [argument.decode("utf-8", "replace") for argument in (folder / "cmdline").read_bytes().split(b"\0")[:2]]
    with contextlib.suppress(OSError):  # hidden from us: what it says of itself is left
        said.append(os.readlink(folder / "exe"))
    return {os.path.realpath(path) for path in said if path.startswith("/")}


def _stat(folder: Path) -> list[str]:
    """From the state on; the name before it, in brackets, may hold anything."""
    return (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[:4]


def shut_in(pid: int) -> bool | None:
    """Whether the kernel shuts this process in: a seccomp filter, and pids of its own. None: not to be told."""
    try:
        lines = (PROC / str(pid) / "status").read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    return facts.get("Seccomp", "0").strip() == "2" and len(facts.get("NSpid", "").split()) > 1
