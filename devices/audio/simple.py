"""One recording stream by libpulse's own simple interface, in the order of channels that the device has.

PortAudio reaches PulseAudio through ALSA's plugin, which always asks for ALSA's order: the server then remixes, and a
device of positions that ALSA does not know (aux0, aux1) is heard as digital silence while it hears a voice. No numpy
here, and libpulse alone: the capturing process must start fast.
"""

import ctypes
from collections.abc import Sequence

FLOAT32LE = 5  # PA_SAMPLE_FLOAT32LE
RECORD = 2  # PA_STREAM_RECORD
MOST_CHANNELS = 32  # PA_CHANNELS_MAX
DEFAULT = 0xFFFFFFFF  # of a buffer's attribute: what the server chooses


class _Form(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _Map(ctypes.Structure):
    _fields_ = (("channels", ctypes.c_uint8), ("positions", ctypes.c_int * MOST_CHANNELS))


class _Buffer(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("longest", "target", "before", "least", "fragment"))


class RecordingStream:
    """float32 frames of one source, in pieces. Each call may block for ever: in a process of its own only."""

    def __init__(self, server: str | None, device: str, rate: int, positions: Sequence[int], frames: int) -> None:
        """`positions`: PulseAudio's numbers of the channels' places, in the device's order. OSError: not opened."""
        self._simple = ctypes.CDLL("libpulse-simple.so.0")
        self._simple.pa_simple_new.restype = ctypes.c_void_p
        size = frames * len(positions) * 4
        form = _Form(FLOAT32LE, rate, len(positions))
        places = _Map(len(positions), (ctypes.c_int * MOST_CHANNELS)(*positions))
        buffer = _Buffer(DEFAULT, DEFAULT, DEFAULT, DEFAULT, size)
        told = ctypes.c_int()
        stream = self._simple.pa_simple_new(
            server.encode() if server else None,
            b"roomapp",
            RECORD,
            device.encode(),
            b"microphone",
            ctypes.byref(form),
            ctypes.byref(places),
            ctypes.byref(buffer),
            ctypes.byref(told),
        )
        if not stream:
            raise OSError(told.value, f"{device}: libpulse's error {told.value}")
        self._stream = ctypes.c_void_p(stream)
        self._piece = (ctypes.c_char * size)()

    def read(self) -> bytes:
        """The next piece, waiting for it; OSError when the stream has ended."""
        told = ctypes.c_int()
        if self._simple.pa_simple_read(self._stream, self._piece, ctypes.sizeof(self._piece), ctypes.byref(told)) < 0:
            raise OSError(told.value, f"libpulse's error {told.value}")
        return self._piece.raw

    def skip(self) -> None:
        """Throws away what waits to be read."""
        self._simple.pa_simple_flush(self._stream, ctypes.byref(ctypes.c_int()))
