"""The one owner of a room's data folder: a lock that the system lets go of when its holder dies, however it dies."""

import os
import sys
from pathlib import Path
from typing import Self

from roomapp.records.store import named_failures

LOCK_NAME = "lock"


class Owner:
    """Holds the folder from take() until release() or the end of the process."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def take(cls, data_dir: Path, name: str = LOCK_NAME) -> "Owner | None":
        """At once: that lock, or None where another process holds it. JournalError where the folder refuses it."""
        with named_failures():
            data_dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(data_dir / name, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                if _lock(descriptor):
                    return cls(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
            os.close(descriptor)
            return None

    def release(self) -> None:
        """Idempotent. The file stays: removing it would let two processes hold two locks of one name."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:  # the only answer that it has for "held"
            return False
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
