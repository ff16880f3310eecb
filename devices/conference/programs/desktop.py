"""What a road of programs may ask of the window system. None stands for what it does not say."""

import os
import sys
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Of the stage's screen, in the window system's own pixels."""

    x: int
    y: int
    width: int
    height: int


class Desktop(Protocol):
    """Windows are numbers of the window system's; they may be gone at any moment, which is no error."""

    async def windows(self, pids: frozenset[int]) -> tuple[int, ...] | None:
        """The shown windows of these processes, the biggest first; within 1.5 s; None: not to be known."""

    async def answers(self, window: int) -> bool | None:
        """Whether the program behind this window still answers; within 2.5 s; None: it never promised to."""

    async def bring(self, window: int, stage: Rectangle | None) -> bool:
        """Fills the stage with it, above everything; whether it then stands there, seen. Within 2 s."""

    async def close(self, windows: tuple[int, ...]) -> None:
        """Asks each politely to close; within 1 s; never raises."""


class NoDesktop:
    """A window system that tells one program nothing of another's windows: Wayland (cage), or none at all."""

    async def windows(self, pids: frozenset[int]) -> tuple[int, ...] | None:
        return None

    async def answers(self, window: int) -> bool | None:
        return None

    async def bring(self, window: int, stage: Rectangle | None) -> bool:
        return False

    async def close(self, windows: tuple[int, ...]) -> None:
        return None


def desktop() -> Desktop:
    """Of this session. X11 also for programs that run in XWayland: what is asked of it is only of those."""
    if sys.platform.startswith("linux") and os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        from devices.conference.programs.x11 import X11Desktop

        return X11Desktop(os.environ["DISPLAY"])
    if sys.platform == "win32":
        from devices.conference.programs.win32 import Win32Desktop

        return Win32Desktop()
    return NoDesktop()
