"""The room's microphone without its guard, which would keep it closed: for measuring what it hears."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from devices.audio.capture import PulseMicrophone
from devices.audio.pulse import PulseTruth
from tests.fakes.pulse_server import SoundServer


@contextmanager
def unguarded(server: SoundServer, device: str = "room_mic") -> Iterator[PulseMicrophone]:
    """Not started yet."""
    truth = PulseTruth(server.url, source=device)
    microphone = PulseMicrophone("table", device, truth)
    try:
        yield microphone
    finally:
        microphone.stop()
        asyncio.run(truth.stop())
