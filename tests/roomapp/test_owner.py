"""A data folder has one owner, and a dead owner holds nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from roomapp.records.owner import Owner
from roomapp.records.store import JournalError

HOLDER = "import sys, time; from pathlib import Path; from roomapp.records.owner import Owner\n\
owner = Owner.take(Path(sys.argv[1])); print(owner is not None, flush=True); time.sleep(60)"


def test_second_owner_is_refused_until_the_first_lets_go(tmp_path: Path) -> None:
    first = Owner.take(tmp_path / "data")
    assert first is not None
    assert Owner.take(tmp_path / "data") is None
    first.release()
    first.release()
    with Owner.take(tmp_path / "data") or pytest.fail("still held"):
        assert Owner.take(tmp_path / "data") is None


def test_killed_owner_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert Owner.take(tmp_path) is None
        os.kill(holder.pid, signal.SIGKILL)
    with Owner.take(tmp_path) or pytest.fail("still held"):
        pass


def test_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match="not_writable"):
        Owner.take(tmp_path / "file")
