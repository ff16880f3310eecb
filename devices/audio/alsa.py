"""What is asked of ALSA's library itself. No numpy here: the capturing process must start fast."""

import ctypes

# Measured on PulseAudio 16.1: at 0.05 s a mute is heard after 9-25 ms for 2 % of a core; 0.03 s takes 3 %.
LATENCY_S = 0.05


def hush_alsa() -> None:
    """Keeps ALSA's own remarks off the person's terminal; PortAudio's few "Expression … failed" lines remain."""
    try:
        alsa, libc = ctypes.CDLL("libasound.so.2"), ctypes.CDLL(None)
    except OSError:
        return
    # A C function that takes anything and does nothing: a Python one would need the interpreter in PortAudio's own
    # thread, also while the interpreter is ending.
    alsa.snd_lib_error_set_handler(ctypes.cast(libc.abs, ctypes.c_void_p))
