"""Which profile this room runs on, where its data lie, and the last one that was good."""

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from roomapp.profile.check import ProfileError, read_profile
from roomapp.profile.model import Profile
from roomapp.profile.report import Fault
from roomapp.words import RESOURCES, Words

PRACTICE = RESOURCES / "profiles" / "practice.toml"
_LAST_GOOD = "last-good"


def which_data(chosen: Path | None, env: Mapping[str, str]) -> Path:
    """The data folder: --data, else ROOMAPP_DATA, else the platform's usual one."""
    if chosen is not None:
        return chosen
    if env.get("ROOMAPP_DATA"):
        return Path(env["ROOMAPP_DATA"])
    if sys.platform == "win32":
        return Path(env.get("PROGRAMDATA", r"C:\ProgramData")) / "roomapp"
    return Path(env.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "roomapp"


def which_profile(chosen: Path | None, env: Mapping[str, str], data_dir: Path) -> tuple[Path, bool]:
    """The profile's path, and whether it is the practice room's.

    One that was named (--profile, ROOMAPP_PROFILE) or that lies in its place is taken even if it is broken: an
    installed room never turns into the practice room by itself.
    """
    if chosen is not None:
        return chosen, _is_practice(chosen)
    if env.get("ROOMAPP_PROFILE"):
        named = Path(env["ROOMAPP_PROFILE"])
        return named, _is_practice(named)
    system = (
        Path(env.get("PROGRAMDATA", r"C:\ProgramData")) / "roomapp" if sys.platform == "win32" else Path("/etc/roomapp")
    )
    for folder in (data_dir, system):
        if os.path.lexists(folder / "room.toml"):
            return folder / "room.toml", False
    return PRACTICE, True


def data_of(data_dir: Path, is_practice: bool) -> Path:
    """The practice room keeps its data apart: practising is never counted as a meeting."""
    return data_dir / "practice" if is_practice else data_dir


def _is_practice(path: Path) -> bool:
    try:
        return path.samefile(PRACTICE)
    except (OSError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class Opened:
    """A profile in use. With `last_good`, `faults` says what is wrong with the installed one."""

    profile: Profile
    last_good: bool
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]


def remember_good(profile_path: Path, profile: Profile, data_dir: Path) -> None:
    """Keeps a copy of a profile that was loaded whole, and of its rule pack. OSError where the disk refuses."""
    kept = data_dir / _LAST_GOOD
    kept.mkdir(parents=True, exist_ok=True)
    _copy(Path(profile.site.rules), kept / "rules.toml")
    _copy(profile_path, kept / "room.toml")


def load_or_last_good(path: Path, data_dir: Path, words: Words) -> Opened:
    """The profile, else the last good one; ProfileError with the installed profile's faults where there is none."""
    profile, faults, warnings = read_profile(path, words)
    if profile is not None:
        return Opened(profile, False, (), tuple(warnings))
    kept = data_dir / _LAST_GOOD
    profile, _, _ = read_profile(kept / "room.toml", words, pack=kept / "rules.toml")
    if profile is None:
        raise ProfileError(faults)
    return Opened(profile, True, tuple(faults), tuple(warnings))


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all, also when the mains fail in the middle."""
    half = target.with_suffix(".new")
    with source.open("rb") as reading, half.open("wb") as writing:
        shutil.copyfileobj(reading, writing)
        writing.flush()
        os.fsync(writing.fileno())
    half.replace(target)
