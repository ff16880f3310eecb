"""A USB stick, as the room may write to it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stick:
    """One stick that can be written to: where it is mounted, and how it is called."""

    path: Path
    name: str
