"""The practice room's stand-ins say what they are and behave like what they stand for."""

import asyncio

from devices.audio.stand_in import STAND_IN, StandInGuard, StandInLoudspeaker, StandInMicrophone
from devices.audio.system import stand_in_audio
from devices.contract import MicrophoneVerdict, MicState, SoundFault


def ready() -> tuple[StandInGuard, StandInMicrophone]:
    guard = StandInGuard()
    microphone = StandInMicrophone("table", guard)
    microphone.start()
    asyncio.run(guard.open())
    return guard, microphone


def check(microphone: StandInMicrophone) -> MicrophoneVerdict:
    return asyncio.run(microphone.check(0.01, 0.01, lambda name, seconds: None))


def test_all_of_them_are_named_stand_ins() -> None:
    audio = stand_in_audio({"table": ""}, {"room": ""})
    assert audio.guard.stand_in
    assert audio.microphones["table"].stand_in
    assert audio.loudspeakers["room"].stand_in


def test_guard_is_closed_from_the_start() -> None:
    assert StandInGuard().state() is MicState.CLOSED


def test_stand_in_microphone_passes_when_open_and_names_no_real_device() -> None:
    _, microphone = ready()
    verdict = check(microphone)
    assert verdict.passed, verdict
    assert verdict.device == STAND_IN


def test_dead_stand_in_fails_as_dead() -> None:
    _, microphone = ready()
    microphone.dead = True
    assert check(microphone).faults == (SoundFault.DEAD,)


def test_stand_in_is_exactly_silent_while_closed() -> None:
    guard, microphone = ready()
    open_level = microphone.level()
    assert open_level is not None
    assert not open_level.exact_zero
    asyncio.run(guard.close())
    closed_level = microphone.level()
    assert closed_level is not None
    assert closed_level.exact_zero


def test_stand_in_loudspeaker_is_heard_only_by_an_open_microphone() -> None:
    guard, microphone = ready()
    loudspeaker = StandInLoudspeaker("room")
    assert asyncio.run(loudspeaker.check(microphone)).heard is True
    asyncio.run(guard.close())
    assert asyncio.run(loudspeaker.check(microphone)).heard is None


def test_dead_stand_in_loudspeaker_is_not_heard() -> None:
    _, microphone = ready()
    loudspeaker = StandInLoudspeaker("room")
    loudspeaker.dead = True
    assert asyncio.run(loudspeaker.check(microphone)).heard is False
