"""The rules of the interlock on Windows, with endpoints in the place of Core Audio's."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from devices.audio.core_audio import Endpoint
from devices.audio.wasapi import LEASE_S, WasapiGuard
from devices.contract import MicState
from tests.devices.audio.pulse.test_guard import waited

TABLE, OTHER = "{0.0.1.00000000}.{table}", "{0.0.1.00000000}.{other}"


class Windows:
    """Capture endpoints with mute switches, and other programs that turn them."""

    def __init__(self) -> None:
        self.muted = {TABLE: False, OTHER: False}
        self._changed: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def begin(self, changed: Callable[[], None]) -> "Windows":
        self._changed = changed
        return self

    def look(self) -> tuple[Endpoint, ...]:
        with self._lock:
            return tuple(Endpoint(id, muted) for id, muted in self.muted.items())

    def mute(self, id: str, muted: bool) -> None:
        with self._lock:
            if id not in self.muted:
                raise OSError("AUDCLNT_E_DEVICE_INVALIDATED")
            self.muted[id] = muted

    def close(self) -> None:
        return None

    def another_program_unmutes(self, id: str) -> None:
        with self._lock:
            self.muted[id] = False
        self._changed()


@pytest.fixture
def windows() -> Windows:
    return Windows()


@pytest.fixture
def guard(windows: Windows) -> Iterator[WasapiGuard]:
    guard = WasapiGuard({"table": TABLE, "other": OTHER}, windows.begin)
    yield guard
    asyncio.run(guard.stop())


def test_closing_mutes_every_endpoint_and_is_not_called_proven(guard: WasapiGuard, windows: Windows) -> None:
    assert asyncio.run(guard.close()) is MicState.UNKNOWN
    assert windows.muted == {TABLE: True, OTHER: True}


def test_opening_unmutes_the_asked_microphone_only(guard: WasapiGuard, windows: Windows) -> None:
    assert asyncio.run(guard.open("other")) is MicState.OPEN
    assert windows.muted == {TABLE: True, OTHER: False}


def test_endpoint_unmuted_by_another_program_or_just_plugged_in_is_muted(guard: WasapiGuard, windows: Windows) -> None:
    asyncio.run(guard.close())
    for id in (TABLE, "{0.0.1.00000000}.{new}"):
        windows.another_program_unmutes(id)
        waited(lambda id=id: windows.muted[id], 0.3)


def test_silent_program_holds_nothing_open(guard: WasapiGuard, windows: Windows) -> None:
    asyncio.run(guard.open())
    waited(lambda: windows.muted[TABLE], LEASE_S + 0.6)
    guard.keep_alive()
    time.sleep(0.3)
    assert windows.muted[TABLE]


def test_unknown_microphone_opens_nothing(guard: WasapiGuard, windows: Windows) -> None:
    assert asyncio.run(guard.open("nobody")) is MicState.UNKNOWN
    assert windows.muted == {TABLE: True, OTHER: True}
