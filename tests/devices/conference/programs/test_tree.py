"""A program's processes are all found, whoever their parent is now, and all ended; nobody else's are."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from devices.conference.programs.tree import Tree, processes, running, shut_in

SLEEPS = "import time; time.sleep(60)"
LAUNCHES = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {SLEEPS!r}], start_new_session=True)
"""
HIDES = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {SLEEPS!r}], start_new_session=True, env={{}}).wait()
"""
IGNORES = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"


@pytest.fixture
def tree() -> Iterator[Tree]:
    made = Tree()
    yield made
    made.end(3.0)


def start(tree: Tree, program: str) -> None:
    tree.start([sys.executable, "-c", program], os.environ)


def until(true: object, wait_s: float = 10.0) -> None:
    ends = time.monotonic() + wait_s
    while not true():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_child_in_a_session_of_its_own_whose_parent_ended_is_still_ours(tree: Tree) -> None:
    start(tree, LAUNCHES)
    until(lambda: tree.reap() or (tree.status == 0 and len(tree.pids()) == 1))
    (pid,) = tree.pids()
    assert psutil.Process(pid).ppid() != os.getpid()
    assert tree.end(3.0)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_child_that_carries_no_mark_is_found_below_its_parent(tree: Tree) -> None:
    start(tree, HIDES)
    until(lambda: len(tree.pids()) == 2)


def test_ended_program_is_not_alive_though_nobody_took_its_exit_yet(tree: Tree) -> None:
    start(tree, "pass")
    until(lambda: processes()[tree.session].zombie)
    assert not tree.alive()


def test_exit_of_a_killed_program_is_the_signal(tree: Tree) -> None:
    start(tree, SLEEPS)
    os.kill(tree.session, signal.SIGKILL)
    until(lambda: tree.reap() or tree.status is not None)
    assert tree.status == -signal.SIGKILL


def test_program_that_hears_no_sigterm_is_killed_within_its_time(tree: Tree) -> None:
    start(tree, IGNORES)
    until(lambda: b"signal.SIG_IGN" in Path(f"/proc/{tree.session}/cmdline").read_bytes())
    time.sleep(0.3)
    began = time.monotonic()
    assert tree.end(2.0, politely_s=0.5)
    assert 0.4 < time.monotonic() - began < 2.0


def test_others_are_never_ended(tree: Tree) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPS], start_new_session=True) as other:
        start(tree, SLEEPS)
        assert tree.end(3.0)
        assert other.poll() is None
        other.kill()


def test_nothing_started_is_nothing_to_end() -> None:
    assert Tree().pids() == frozenset()
    assert Tree().end(0.5)


def test_program_is_known_by_its_file_also_where_it_is_a_script(tmp_path: Path) -> None:
    script = tmp_path / "a (strange) name.py"
    script.write_text(SLEEPS)
    with subprocess.Popen([sys.executable, str(script)]) as made:
        until(lambda: made.pid in running(str(script)))
        assert running(str(tmp_path / "another")) == frozenset()
        made.kill()


def test_what_an_earlier_start_left_is_known_by_its_program(tree: Tree, tmp_path: Path) -> None:
    launcher = tmp_path / "client"
    launcher.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{SLEEPS}'\n")
    launcher.chmod(0o755)
    tree.start([str(launcher)], os.environ)
    until(lambda: tree.session in running(str(launcher)) and "sh" not in psutil.Process(tree.session).name())
    assert tree.session in running(str(launcher))


def test_this_process_is_not_shut_in() -> None:
    assert shut_in(os.getpid()) is False
    assert shut_in(2**22 + 1) is None
