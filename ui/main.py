"""The command `roomapp`: reads its words, then loads no more than that command needs."""

import os
import sys

os.environ.setdefault(
    "OPENCV_IO_MAX_IMAGE_PIXELS", "9437184"
)  # before cv2 is loaded: a small file may unfold to gigabytes


def main() -> int:
    """The console script. Exit codes: 0 done and good, 1 the answer is no, 2 wrong input, 3 something is missing."""
    leave_no_dump()
    from ui.cli import run

    return run(sys.argv[1:], dict(os.environ))


def leave_no_dump() -> None:
    """A dump of this process, or of one that it starts, would hold the passwords that it used. Not on Windows,
    which has no such limit."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
