"""What `./kiosk test` runs: the linters side by side, then pytest; with arguments only pytest, with them."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINTERS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports", "--no-logo"))
LINTER_S = 300  # mypy without its cache on a slow machine takes a minute
PYTEST = (sys.executable, "-m", "pytest")
# More at once would make the figures of time limits untrue. The slow files come first (tests/conftest.py).
SIDE_BY_SIDE = ("-n", "2", "--dist", "loadfile", "--no-loadscope-reorder")


@contextmanager
def environment() -> Iterator[dict[str, str]]:
    """What tests find around them on any machine: no screen needed, UTF-8, a private runtime folder."""
    env = dict(os.environ)
    env.setdefault("QT_QPA_PLATFORM", "offscreen")
    env["LC_ALL"] = "C.UTF-8"
    with tempfile.TemporaryDirectory(prefix="run-") as folder:  # 0700, as XDG asks
        if not Path(env.get("XDG_RUNTIME_DIR") or "/nonexistent").is_dir():
            env["XDG_RUNTIME_DIR"] = folder
        yield env


def lint(tool: tuple[str, ...], env: dict[str, str]) -> tuple[str, bool, float, str]:
    """One linter's name, verdict, seconds and words."""
    start = time.monotonic()
    program = shutil.which(tool[0], path=str(Path(sys.executable).parent)) or tool[0]
    try:
        done = subprocess.run(
            [program, *tool[1:]], env=env, capture_output=True, encoding="utf-8", errors="replace", timeout=LINTER_S
        )
        good, words = done.returncode == 0, done.stdout + done.stderr
    except (OSError, subprocess.TimeoutExpired) as error:
        good, words = False, f"{error}\n"
    return " ".join(word for word in tool if word[0] not in "-."), good, time.monotonic() - start, words


def lint_all(env: dict[str, str]) -> list[str]:
    """Prints a line as each linter ends, and what it found; returns the names of those that found something."""
    found = []
    with ThreadPoolExecutor(len(LINTERS)) as pool:
        for ended in as_completed([pool.submit(lint, tool, env) for tool in LINTERS]):
            name, good, seconds, words = ended.result()
            print(f"{name:<14} {'ok' if good else 'FAILED':<7} {seconds:6.1f} s", flush=True)
            if not good:
                print(words.strip(), flush=True)
                found.append(name)
    return found


def run_pytest(env: dict[str, str]) -> tuple[int, str]:
    """Runs the whole suite, passing its lines on; its exit code, and its closing line, which is held back."""
    held = ""
    with subprocess.Popen(
        [*PYTEST, *SIDE_BY_SIDE],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if held:
                print(held, flush=True)
            held = line.rstrip()
    return running.returncode, held


def main(arguments: list[str]) -> int:
    """0 only where every tool is content."""
    os.chdir(ROOT)
    start = time.monotonic()
    with environment() as env:
        if arguments:
            return subprocess.call([*PYTEST, *arguments], env=env)
        found = lint_all(env)
        code, closing_line = run_pytest(env)
    if code != 0:
        found.append("pytest")
    print(f"{'FAILED: ' + ', '.join(found) if found else 'all good'} after {time.monotonic() - start:.0f} s")
    print(closing_line)  # last: this is the line that CI reads
    return 1 if found else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
