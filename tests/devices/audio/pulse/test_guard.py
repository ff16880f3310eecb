"""Art. 9.2.a on a real PulseAudio: closed is the rule, proven by flag and by measured silence."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from devices.audio.measuring.meter import RATE_HZ
from devices.audio.pulse.truth import Sound
from devices.contract import MicState
from tests.devices.audio.conftest import Room
from tests.devices.audio.needs import REAL_SOUND

pytestmark = REAL_SOUND

GOAL_S = 0.1  # mute to silence, and foreign unmute to mute; asserted at three times


def waited(holds: Callable[[], bool], within_s: float) -> float:
    """How long it took until `holds`."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < within_s, f"not within {within_s} s"
        time.sleep(0.002)
    return time.monotonic() - begun


def tone(seconds: float) -> np.ndarray:
    return (0.1 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def sounding(room: Room) -> bool:
    level = room.microphone.level()
    return level is not None and not level.exact_zero


def test_closing_mutes_and_is_measured_as_silence(room: Room) -> None:
    room.open()
    room.server.play(tone(6.0))
    waited(lambda: sounding(room), 2.0)

    async def close() -> tuple[float, float]:
        begun = time.monotonic()
        assert await room.guard.close() is MicState.CLOSED
        zeros = room.microphone.zeros()
        assert zeros is not None
        return time.monotonic() - begun, zeros.arrived - zeros.seconds - begun

    took_s, silent_after_s = asyncio.run(close())
    assert room.server.muted("room_mic")
    assert silent_after_s < 3 * GOAL_S
    assert took_s < 1.5


def test_opening_unmutes_the_configured_microphone_only(room: Room) -> None:
    room.server.add_source("other_mic")
    room.open()
    assert room.guard.state() is MicState.OPEN
    assert not room.server.muted("room_mic")
    assert room.server.muted("other_mic")


def test_microphone_just_plugged_in_is_opened_although_the_last_look_does_not_know_it(room: Room) -> None:
    may_go_on, held = threading.Event(), threading.Event()
    may_go_on.set()

    def hold_up(pulse: Any, sound: Sound) -> None:
        if not may_go_on.is_set():
            held.set()
            may_go_on.wait(2.0)

    room.truth.attend(hold_up)
    room.open()
    room.server.unplug("room_mic")
    waited(lambda: (sound := room.truth.newest()) is not None and sound.source("room_mic") is None, 1.0)
    may_go_on.clear()
    assert held.wait(1.0)
    room.server.add_source("room_mic")
    threading.Timer(0.3, may_go_on.set).start()
    assert asyncio.run(room.guard.open()) is MicState.OPEN
    waited(lambda: not room.server.muted("room_mic"), 0.5)


def test_microphones_are_muted_from_the_start(room: Room) -> None:
    assert not room.server.muted("room_mic")
    room.microphone.start()
    waited(lambda: room.server.muted("room_mic"), 3 * GOAL_S)


def test_unmute_by_another_program_is_undone(room: Room) -> None:
    room.microphone.start()
    asyncio.run(room.guard.close())
    for _ in range(5):
        room.server.pactl("set-source-mute", "room_mic", "0")
        waited(lambda: room.server.muted("room_mic"), 3 * GOAL_S)


def test_an_unmute_of_an_open_microphones_neighbour_is_undone(room: Room) -> None:
    room.server.add_source("other_mic")
    room.open()
    room.server.pactl("set-source-mute", "other_mic", "0")
    waited(lambda: room.server.muted("other_mic"), 3 * GOAL_S)
    assert not room.server.muted("room_mic")


def test_new_microphone_is_muted_when_it_appears(room: Room) -> None:
    room.microphone.start()
    room.server.add_source("usb_mic")
    waited(lambda: room.server.muted("usb_mic"), 3 * GOAL_S)


def test_monitors_are_left_alone(room: Room) -> None:
    room.microphone.start()
    asyncio.run(room.guard.close())
    assert not room.server.muted("room_speaker.monitor")


def test_default_devices_stay_the_rooms_own(room: Room) -> None:
    room.microphone.start()
    room.server.add_source("other_mic")
    room.server.pactl("set-default-source", "other_mic")
    waited(lambda: room.server.pactl("get-default-source") == "room_mic", 1.0)


def test_unplugged_microphone_is_unknown_not_closed(room: Room) -> None:
    room.microphone.start()
    assert asyncio.run(room.guard.close()) is MicState.CLOSED
    room.server.unplug("room_mic")
    waited(lambda: room.guard.state() is MicState.UNKNOWN, 3 * GOAL_S)
    assert asyncio.run(room.guard.close()) is MicState.UNKNOWN


def test_closed_is_not_claimed_without_measured_silence(room: Room) -> None:
    assert asyncio.run(room.guard.close()) is MicState.UNKNOWN  # nobody listens to the microphone
    assert room.server.muted("room_mic")


def test_zeros_of_a_silenced_stream_prove_nothing(room: Room) -> None:
    room.microphone.start()
    assert asyncio.run(room.guard.close()) is MicState.CLOSED
    ours = room.server.pactl("list", "short", "source-outputs").splitlines()[-1].split("\t")[0]
    room.server.pactl("set-source-output-mute", ours, "1")
    waited(lambda: room.guard.state() is MicState.UNKNOWN, 3 * GOAL_S)


def test_killed_audio_server_is_unknown_and_closed_again_when_it_is_back(room: Room) -> None:
    room.open()
    room.server.kill()
    waited(lambda: room.guard.state() is MicState.UNKNOWN, 3 * GOAL_S)
    assert asyncio.run(room.guard.close()) is MicState.UNKNOWN
    room.server.start()
    waited(lambda: room.guard.state() is MicState.CLOSED, 6.0)
    assert room.server.muted("room_mic")


def test_an_open_that_failed_does_not_come_true_later(room: Room) -> None:
    room.microphone.start()
    room.server.kill()
    assert asyncio.run(room.guard.open()) is MicState.UNKNOWN
    room.server.start()
    waited(lambda: room.server.muted("room_mic"), 3.0)


def test_open_is_not_claimed_of_a_hanging_audio_server(room: Room) -> None:
    room.open()
    room.server.freeze()
    try:
        waited(lambda: room.guard.state() is MicState.UNKNOWN, 3.0)
    finally:
        room.server.thaw()


def test_hanging_audio_server_is_unknown_and_close_returns_in_time(room: Room) -> None:
    room.microphone.start()
    asyncio.run(room.guard.close())
    room.server.freeze()
    try:
        begun = time.monotonic()
        waited(lambda: room.guard.state() is MicState.UNKNOWN, 3.0)
        begun = time.monotonic()
        assert asyncio.run(room.guard.close()) is MicState.UNKNOWN
        assert time.monotonic() - begun < 1.6
    finally:
        room.server.thaw()


def test_an_open_that_a_close_has_overtaken_never_unmutes(room: Room) -> None:
    room.microphone.start()
    seen: list[bool] = []

    def look(_pulse: Any, sound: Sound) -> None:
        seen.extend(not source.muted for source in sound.microphones)

    async def overtake() -> MicState:
        assert await room.guard.close() is MicState.CLOSED
        room.truth.attend(look)
        busy = asyncio.create_task(room.truth.ask(lambda _pulse: time.sleep(0.2), 1.0))
        await asyncio.sleep(0.02)
        opening = asyncio.create_task(room.guard.open())
        await asyncio.sleep(0.02)
        closed = await room.guard.close()
        await asyncio.gather(busy, opening)
        return closed

    assert asyncio.run(overtake()) is MicState.CLOSED
    assert room.server.muted("room_mic")
    assert not any(seen)


def test_stopping_leaves_the_microphones_muted(room: Room) -> None:
    room.open()
    asyncio.run(room.audio.stop())
    assert room.server.muted("room_mic")
