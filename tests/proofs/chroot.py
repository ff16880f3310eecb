"""A bare Debian runs `./kiosk test` from nothing, again within 3 s, and shows the practice room on a screen.

Debian 12, or 13 with `--suite trixie`. Needs root, debootstrap, the network and 3 GB of disk; takes the time of the
suite and some three minutes. What this machine's own apt and pip are told (mirrors, certificates, folders of wheels)
is lent to the new one for the run.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.installer.xwd import has_letters, read_screen

ROOT = Path(__file__).resolve().parents[2]
TREE = "srv/diem cau"  # a space, because a folder's name may have one
CERTIFICATES = "usr/local/share/lent-certificates.pem"
FIRST_RUN_S, FIRST_LINE_S, WINDOW_S = 1800.0, 30.0, 60.0
TARGET_FIRST_LINE_S = 3.0
LENT = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


class Lacking(Exception):
    """What this machine would need for the proof."""


def said(*words: object) -> str:
    """What a program of this machine prints."""
    return subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout


def own_mirror() -> str:
    """The mirror that this machine itself takes Debian from."""
    asked = ("--format", "$(REPO_URI) $(LABEL) $(COMPONENT)", "Created-By: Packages")
    for line in said("apt-get", "indextargets", *asked).splitlines():
        if line.split()[1:] == ["Debian", "main"]:
            return line.split()[0]
    raise Lacking("this machine's apt knows no Debian; name a mirror with --mirror")


def pip_folders() -> set[Path]:
    """Folders of this machine in which its pip looks for packages."""
    told = said(sys.executable, "-m", "pip", "config", "list")
    words = re.findall(r"""(?:find-links|index-url)='([^']*)'""", told)
    paths = [
        Path(unquote(urlsplit(word).path))
        for words_ in words
        for word in words_.split()
        if urlsplit(word).scheme in ("", "file")
    ]
    return {path.parent if path.name == "simple" else path for path in paths if path.is_dir()}


@dataclass(slots=True)
class Room:
    """The bare machine in a folder; everything mounted in it is unmounted when it is left."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)
    mounts: ExitStack = field(default_factory=ExitStack)

    def mount(self, target: str, *how: str) -> None:
        place = self.folder / target
        place.mkdir(parents=True, exist_ok=True)
        subprocess.run(["mount", *how, str(place)], check=True)
        self.mounts.callback(subprocess.run, ["umount", "--lazy", str(place)], check=False)

    def start(self, *words: str, **extra: str) -> subprocess.Popen[str]:
        """A program inside, in the tree's folder, in a session of its own."""
        shell = f'cd "/{TREE}" && exec "$@"'
        return subprocess.Popen(
            ["chroot", str(self.folder), "/bin/sh", "-c", shell, "sh", *words],
            env={**self.env, **extra},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def end_all(self) -> None:
        """Ends what still runs inside: nothing there was started by anybody else."""
        for _ in range(50):
            inside = [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/root") if self._is_ours(p)]
            if not inside:
                return
            for pid in inside:
                with ExitStack() as quiet:
                    quiet.push(lambda kind, *_: kind is ProcessLookupError)
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)

    def _is_ours(self, root: Path) -> bool:
        try:
            return root.readlink() == self.folder
        except OSError:
            return False


@contextmanager
def bare_room(folder: Path, suite: str, mirror: str) -> Iterator[Room]:
    """Debian's smallest installation, with the tree in it and with what this machine's clients are told."""
    room = Room(Path(tempfile.mkdtemp(prefix="bare-", dir=folder)).resolve())
    room.folder.chmod(0o755)  # apt downloads as a user of its own
    try:
        tell(f"debootstrap into {room.folder}")
        log = room.folder.with_suffix(".log")
        with log.open("w") as out:
            subprocess.run(
                ["debootstrap", "--variant=minbase", suite, str(room.folder), mirror],
                stdout=out,
                stderr=out,
                check=True,
            )
        log.unlink()
        mount_all(room)
        lend_settings(room)
        copy_tree(room.folder / TREE)
        yield room
    finally:
        room.end_all()
        room.mounts.close()
        mounted = Path("/proc/self/mountinfo").read_text()
        if f" {room.folder}/" in mounted:
            tell(f"still mounted, therefore not deleted: {room.folder}")
        else:
            shutil.rmtree(room.folder)


def mount_all(room: Room) -> None:
    room.mount("proc", "-t", "proc", "proc")
    room.mount("sys", "-t", "sysfs", "-o", "ro", "sysfs")
    room.mount("dev/pts", "-t", "devpts", "-o", "newinstance,ptmxmode=0666,mode=0620", "devpts")
    room.mount("dev/shm", "-t", "tmpfs", "-o", "mode=1777", "tmpfs")
    for lent in pip_folders():
        room.mount(str(lent).lstrip("/"), "--bind", "-o", "ro", str(lent))


def lend_settings(room: Room) -> None:
    """Names, certificates, and the settings of pip and apt, but no passwords and no other sources."""
    for path in (Path("/etc/resolv.conf"), Path("/etc/hosts"), Path("/etc/pip.conf"), Path("/etc/apt/apt.conf")):
        if path.is_file():
            shutil.copy(path, room.folder / str(path).lstrip("/"))
    shutil.copytree("/etc/apt/apt.conf.d", room.folder / "etc/apt/apt.conf.d", dirs_exist_ok=True)
    for path in (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        if path.is_file():
            target = room.folder / "root" / path.relative_to(Path.home())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    room.env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
    room.env |= {name: value for name, value in os.environ.items() if name.upper().startswith(LENT)}
    bundle = Path(os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt")
    if bundle.is_file():  # aside, where the package ca-certificates does not write over it
        shutil.copy(bundle, room.folder / CERTIFICATES)
        room.env |= dict.fromkeys(("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"), f"/{CERTIFICATES}")
        (room.folder / "etc/apt/apt.conf.d/99lent").write_text(f'Acquire::https::CaInfo "/{CERTIFICATES}";\n')


def copy_tree(target: Path) -> None:
    """The tree as a stranger would get it: without .git, .venv and caches."""
    target.mkdir(parents=True)
    listed = said("git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in listed.split("\0"):
        if name and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


def tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def timed_lines(running: subprocess.Popen[str], most_s: float) -> Iterator[tuple[float, str]]:
    """Each line with its second; ends the program when the time is over."""
    assert running.stdout is not None
    start = time.monotonic()
    over = threading.Timer(most_s, os.killpg, (running.pid, signal.SIGKILL))
    over.start()
    try:
        for line in running.stdout:
            yield time.monotonic() - start, line.rstrip()
    finally:
        over.cancel()


def show_lines(running: subprocess.Popen[str]) -> None:
    for line in running.stdout or ():
        tell(f"        {line.rstrip()}")


def first_run(room: Room, arguments: Sequence[str]) -> tuple[bool, float, str]:
    """From nothing to the closing line of the tests."""
    start, closing = time.monotonic(), ""
    with room.start("./kiosk", "test", *arguments) as running:
        for at_s, line in timed_lines(running, FIRST_RUN_S):
            tell(f"{at_s:7.1f} {line}")
            closing = line or closing
    if running.returncode == 3:
        raise Lacking("./kiosk could not install what it needs")
    return running.returncode == 0, time.monotonic() - start, closing


def second_start(room: Room) -> float:
    """Seconds until the second run says its first line; it is ended there."""
    at_s = FIRST_LINE_S
    with room.start("./kiosk", "test") as running:
        for at_s, line in timed_lines(running, FIRST_LINE_S):
            tell(f"{at_s:7.1f} {line}")
            break
        os.killpg(running.pid, signal.SIGKILL)
        room.end_all()
    return at_s


def show_room(room: Room, picture: Path) -> tuple[bool, float]:
    """Opens the practice room on a screen inside and keeps a picture of it; seconds until it stood still."""
    import cv2

    with room.start(
        "Xvfb", "-displayfd", "1", "-screen", "0", "1280x720x24", "-fbdir", "/tmp", "-nocursor", "-nolisten", "tcp"
    ) as x:
        display = next((line for _, line in timed_lines(x, 20.0) if line.isdigit()), "")
        if not display:
            return False, 0.0
        start, shown_s, last = time.monotonic(), 0.0, None
        with room.start("./kiosk", "run", "--windowed", "1280x720", DISPLAY=f":{display}") as running:
            threading.Thread(target=show_lines, args=[running], daemon=True).start()
            while time.monotonic() - start < WINDOW_S and running.poll() is None:
                time.sleep(0.5)
                now = read_screen(room.folder / "tmp")
                if has_letters(now):
                    shown_s = shown_s or time.monotonic() - start
                    if time.monotonic() - start > shown_s + 5:  # the first readings of the devices are in
                        last = now
                        break
            os.killpg(running.pid, signal.SIGTERM)
            with ExitStack() as quiet:
                quiet.push(lambda kind, *_: kind is subprocess.TimeoutExpired)
                running.wait(30)
            room.end_all()
    if last is None:
        return False, WINDOW_S
    picture.parent.mkdir(parents=True, exist_ok=True)
    return bool(cv2.imwrite(str(picture), last)), shown_s


def main(argv: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # unmounts on its way out
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", default="bookworm", help="or trixie, Debian 13")
    parser.add_argument("--mirror", default="")
    parser.add_argument("--folder", type=Path, default=Path("/var/tmp"), help="where 3 GB are free")
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "first-start.png")
    parser.add_argument("--tests", nargs="*", default=[], help="pytest arguments; all checks without them")
    asked = parser.parse_args(argv)
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        tell("chroot: needs root and debootstrap (apt-get install debootstrap)")
        return 3
    try:
        with bare_room(asked.folder, asked.suite, asked.mirror or own_mirror()) as room:
            if asked.suite == "bookworm":  # it has every package, so that a skipped test is a failed one
                room.env["CI"] = "true"
            good, whole_s, closing = first_run(room, asked.tests)
            again_s = second_start(room)
            shown, shown_s = show_room(room, asked.picture)
    except Lacking as error:
        tell(f"chroot: {error}")
        return 3
    soon = again_s <= TARGET_FIRST_LINE_S
    print(f"| bare Debian, {asked.suite} (debootstrap minbase) | seen | |\n| --- | --- | --- |")
    print(f"| `./kiosk test`, from nothing to its end | {whole_s:.0f} s: {closing} | {verdict(good)} |")
    target = f"target {TARGET_FIRST_LINE_S:.0f} s"
    print(f"| the same again, to its first line | {again_s:.1f} s ({target}) | {verdict(soon)} |")
    print(f"| `./kiosk run`, to the first page | {shown_s:.1f} s | {verdict(shown)} |")
    return 0 if good and soon and shown else 1


def verdict(good: bool) -> str:
    return "good" if good else "FAILED"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
