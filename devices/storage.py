"""USB sticks that are plugged in and can be written to. Not verified on Windows."""

import ctypes
import os
import sys
from pathlib import Path

from devices.contract import Stick

MOUNTS = Path("/proc/self/mounts")
BLOCKS = Path("/sys/class/block")
REMOVABLE_DRIVE = 2  # GetDriveType, winbase.h


def sticks() -> tuple[Stick, ...]:
    """Those that can be written to now, in the order of their names; none where the system cannot tell."""
    found = _on_windows() if sys.platform == "win32" else _on_linux(MOUNTS, BLOCKS)
    return tuple(sorted((one for one in found if os.access(one.path, os.W_OK)), key=lambda one: one.name))


def _on_linux(mounts: Path, blocks: Path) -> list[Stick]:
    try:
        lines = [line.split(" ") for line in mounts.read_text("utf-8", "replace").splitlines()]
    except OSError:
        return []
    found = []
    for device, point, *_ in (line for line in lines if len(line) > 2):
        if device.startswith("/dev/") and _is_removable(blocks, device.removeprefix("/dev/")):
            path = Path(_unescaped(point))
            found.append(Stick(path, path.name or point))
    return found


def _is_removable(blocks: Path, name: str) -> bool:
    """A partition's disk says it; /sys/class/block/sdb1 leads into the folder of sdb."""
    block = (blocks / name).resolve()
    for folder in (block, block.parent):
        try:
            if (folder / "removable").read_text().strip() == "1":
                return True
        except OSError:
            continue
    return False


def _unescaped(point: str) -> str:
    """The kernel writes a space in a mount point as \\040."""
    return point.replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")


def _on_windows() -> list[Stick]:
    if sys.platform != "win32":
        return []
    roots = (f"{chr(letter)}:\\" for letter in range(ord("A"), ord("Z") + 1))
    removable = [root for root in roots if ctypes.windll.kernel32.GetDriveTypeW(root) == REMOVABLE_DRIVE]
    return [Stick(Path(root), root[:2]) for root in removable]
