"""Runs the programs of a folder and writes what they print into one Markdown file, a section each."""

import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

LACKING = 3  # what a program exits with where this machine lacks what it needs
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Collection:
    """Where the programs lie, the command that runs them, and the file that keeps their last results."""

    command: str
    folder: str
    prefix: str
    document: str
    title: str

    def names(self) -> list[str]:
        files = (ROOT / self.folder).glob(f"{self.prefix}*.py")
        programs = [file for file in files if "def main(" in file.read_text(encoding="utf-8")]
        return sorted(file.stem.removeprefix(self.prefix) for file in programs)

    def run(self, arguments: Sequence[str]) -> int:
        """All, or the one that is named with its own arguments; 1 where one of them failed."""
        os.chdir(ROOT)
        names = self.names()
        if arguments and arguments[0] not in names:
            print(f"{arguments[0]} is none of {', '.join(names)}.", file=sys.stderr)
            return 2
        document = ROOT / self.document
        sections = {name: text for name, text in read_sections(document).items() if name in names}
        worst = 0
        for name in arguments[:1] or names:
            code, printed, seconds = run_module(f"{self.folder.replace('/', '.')}.{self.prefix}{name}", arguments[1:])
            words = " ".join(["./kiosk", self.command, name, *arguments[1:]])
            if code == LACKING:  # nothing was measured: the older result stands
                worst = 1
                continue
            ended = "" if code == 0 else f" **Failed with exit code {code}.**"
            told = f"`{words}`, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {seconds:.0f} s, on {machine()}.{ended}"
            sections[name] = f"## {name}\n\n{told}\n\n{printed.strip()}"
            self.write(document, sections)  # after each: an hour of proofs is not lost to the last one
            worst = max(worst, int(code != 0))
        return worst

    def write(self, document: Path, sections: dict[str, str]) -> None:
        body = [f"<!-- {name} -->\n{sections[name]}\n" for name in sorted(sections)]
        head = f"# {self.title}\n\nWritten by `./kiosk {self.command}`: the last result of each, and what it ran on.\n"
        document.write_text("\n".join([head, *body]), encoding="utf-8")


def read_sections(document: Path) -> dict[str, str]:
    """The sections that an earlier run wrote, by name."""
    if not document.exists():
        return {}
    parts = re.split(r"^<!-- (\w+) -->$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def run_module(module: str, arguments: Sequence[str]) -> tuple[int, str, float]:
    """Runs it as a program of its own, shows what it prints and keeps it: exit code, text, seconds."""
    start, printed = time.monotonic(), []
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        env={"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONUNBUFFERED": "1"},
        encoding="utf-8",
        errors="replace",
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            print(line, end="", flush=True)
            printed.append(line)
    return running.returncode, "".join(printed), time.monotonic() - start


def machine() -> str:
    """What was measured on, in a few words."""
    cpu = platform.processor() or platform.machine()
    told = Path("/proc/cpuinfo")
    if told.exists() and (model := re.search(r"^model name\s*: (.+)$", told.read_text(), re.MULTILINE)):
        cpu = model[1]
    system = platform.system()
    if system == "Linux":
        system = platform.freedesktop_os_release().get("PRETTY_NAME", system)
    return f"{cpu}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}"
