"""A Python process beside the program, spoken to in packets over one socket, which is its standard input."""

import os
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]  # where the package `devices` lies, installed or not
END_S = 1.0


def spawn(module: str, *arguments: str) -> "tuple[subprocess.Popen[bytes], socket.socket]":
    """`python -m module arguments`, out of reach of the terminal's Ctrl-C; our end of the socket does not block.

    A packet arrives whole or not at all; an empty one is the other end's death. OSError when no process can be made.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    try:
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # ALSA's and PortAudio's remarks; what matters comes as a packet
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    ours.setblocking(False)
    return process, ours


def end(process: "subprocess.Popen[bytes]", line: socket.socket) -> None:
    """Kills it and closes the socket; within END_S; idempotent."""
    line.close()
    process.kill()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        return  # stuck in the kernel: it dies as soon as it can
