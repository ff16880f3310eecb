"""Small files that only the owner may read: whole or not at all, also when the power goes while one is written."""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """On the disk under its name when this returns; OSError where it cannot be, and the old one stays."""
    fresh = path.with_name(path.name + ".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)
