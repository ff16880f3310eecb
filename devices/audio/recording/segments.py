"""A recording on the disk: Ogg Opus in segments, each second safe against a kill, a full disk told and nothing lost.

Opus, because a killed file of it is whole up to its last page (1 s); a killed FLAC cannot be read at all. About 55 MB
an hour for two channels.
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from devices.audio.measuring.meter import RATE_HZ, Samples
from devices.contract import DeviceError, Reason, Segment

log = logging.getLogger(__name__)

CHANNELS = 2
SEGMENT_S = 600.0
BEGIN_FREE_BYTES = 2_000_000_000  # an 8-hour day takes a quarter of it
GO_ON_FREE_BYTES = 200_000_000  # the journal needs the rest
PART = ".part.opus"  # a segment that is being written
WHOLE = ".opus"


class DiskFullError(Exception):
    """No more can be written; what was written is closed and kept."""


class _File:
    """An unbuffered file that remembers its first failure: libsndfile swallows what its callbacks raise."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b", buffering=0)
        self.failure: OSError | None = None
        self.unsafe = False  # written, but not yet on the disk

    def write(self, data: Any) -> int:
        view, written = memoryview(data), 0
        try:
            while self.failure is None and written < len(view):
                written += self._file.write(view[written:]) or 0
        except OSError as error:
            self.failure = error
        self.unsafe = True
        return written

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size) or b""

    def make_safe(self) -> None:
        """Pages that were written are on the disk after this."""
        if self.unsafe and self.failure is None:
            try:
                os.fsync(self._file.fileno())
                self.unsafe = False
            except OSError as error:
                self.failure = error

    def close(self) -> None:
        self._file.close()


class Segments:
    """Writes one recording; every method blocks, for a thread of its own."""

    def __init__(self, folder: Path, segment_s: float = SEGMENT_S) -> None:
        """DeviceError: NOT_NOW where the disk has too little room, PROTOCOL where the folder cannot be written."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
        except OSError as error:
            raise DeviceError(Reason.PROTOCOL, f"the folder of recordings: {error.strerror}") from error
        if free < BEGIN_FREE_BYTES:
            raise DeviceError(Reason.NOT_NOW, f"{free // 1_000_000} MB are free")
        self._folder, self._frames_each = folder, round(segment_s * RATE_HZ)
        self._name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
        self._number = 0
        self._finished: list[Segment] = []
        self._frames = 0
        self._open()

    def write(self, samples: Samples) -> None:
        """Frames x 2; DiskFullError when no more goes."""
        at = 0
        while at < len(samples):
            room = self._frames_each - self._in_segment
            part = samples[at : at + room]
            self._sound.write(part)
            at += len(part)
            self._in_segment += len(part)
            self._frames += len(part)
            if self._in_segment >= self._frames_each:
                self._close()
                self._check()
                self._open()
        self._file.make_safe()
        self._check()

    @property
    def seconds(self) -> float:
        """How much was written so far."""
        return self._frames / RATE_HZ

    def finished(self) -> tuple[Segment, ...]:
        """What was closed since the last call."""
        finished, self._finished = tuple(self._finished), []
        return finished

    def close(self) -> None:
        """Closes the last segment; idempotent."""
        if self._in_segment >= 0:
            self._close()

    def _open(self) -> None:
        import soundfile

        self._number += 1
        self._path = self._folder / f"{self._name}-{self._number:02}{PART}"
        try:
            self._file = _File(self._path)
        except OSError as error:
            raise DiskFullError(error.strerror) from error
        self._sound = soundfile.SoundFile(self._file, "w", RATE_HZ, CHANNELS, format="OGG", subtype="OPUS")
        self._in_segment = 0

    def _close(self) -> None:
        frames, self._in_segment = self._in_segment, -1
        self._sound.close()
        self._file.make_safe()
        self._file.close()
        whole = self._path.with_name(self._path.name.removesuffix(PART) + WHOLE)
        self._path.rename(whole)
        self._finished.append(Segment(whole, frames / RATE_HZ, sha256(whole), self._file.failure is None))

    def _check(self) -> None:
        if self._file.failure is not None:
            raise DiskFullError(self._file.failure.strerror)
        if shutil.disk_usage(self._folder).free < GO_ON_FREE_BYTES:
            raise DiskFullError("the disk is almost full")


def take_up(folder: Path, known: Collection[str]) -> tuple[Segment, ...]:
    """Closes what a kill left, and tells also whole files of which nobody knows yet (cut between file and journal)."""
    found = []
    for path in sorted(folder.glob(f"*{WHOLE}")):
        complete = not path.name.endswith(PART)
        whole = path if complete else path.with_name(path.name.removesuffix(PART) + WHOLE)
        if whole.name in known:
            continue
        try:
            path.rename(whole)
            found.append(Segment(whole, length_s(whole), sha256(whole), complete))
        except OSError as error:
            log.warning("a recording could not be taken up: %s", error)
    return tuple(found)


def length_s(path: Path) -> float:
    """0.0 for a file without a whole page."""
    import soundfile

    try:
        return float(soundfile.info(str(path)).duration)
    except soundfile.LibsndfileError:
        return 0.0


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
