"""From the start of `roomapp --practice` to its first usable page, against a bare PySide6 window of the same size."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.table import table
from tests.fakes.processes import ROOT

RUNS = 5
SIZE = "1280x720"
WAIT_S = 60.0
BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel
app = QApplication([])
label = QLabel("Hôm nay")
label.setFixedSize(*map(int, sys.argv[1].split("x")))
label.show()
QTimer.singleShot(0, lambda: print("first page after", file=sys.stderr, flush=True))
app.exec()
"""


def seconds_to_first_page(command: list[str], env: dict[str, str]) -> float:
    """From the program's start to the word that its first page is drawn; it is killed then."""
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        try:
            for line in running.stderr:
                if "first page after" in line:
                    return time.perf_counter() - began
                assert time.perf_counter() - began < WAIT_S, line
        finally:
            running.kill()
    raise AssertionError("it ended before its first page")


def main(runs: int = RUNS) -> None:
    env = {"QT_QPA_PLATFORM": "offscreen", **os.environ}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    ours, bares = [], []
    with tempfile.TemporaryDirectory() as compiled:
        env["PYTHONPYCACHEPREFIX"] = compiled  # an installed program is compiled: the first pair does it
        for _ in range(runs + 1):
            with tempfile.TemporaryDirectory() as folder:
                kiosk = [sys.executable, "-m", "ui.main", "--practice", "--data", folder, "--windowed", SIZE]
                bares.append(seconds_to_first_page([sys.executable, "-c", BARE, SIZE], env))
                ours.append(seconds_to_first_page([*kiosk, "--verbose"], env))
    bare, own = statistics.median(bares[1:]), statistics.median(ours[1:])
    header = ("", "bare PySide6 window, s", "kiosk, s", "difference, s", "ratio")
    rows = [
        ("median", f"{bare:.2f}", f"{own:.2f}", f"{own - bare:+.2f}", f"{own / bare:.1f}x"),
        ("worst", f"{max(bares[1:]):.2f}", f"{max(ours[1:]):.2f}", "", ""),
        ("first, not compiled yet", f"{bares[0]:.2f}", f"{ours[0]:.2f}", "", ""),
    ]
    print(table(f"Start to the first usable page, {SIZE}, {runs} runs in turn (targets: <= 2 s, <= 2x)", header, rows))


if __name__ == "__main__":
    main()
