"""What an open microphone's own sound says, and from when on."""

from dataclasses import replace

import pytest

from devices.contract import MicState, Notices
from roomapp.running.meeting.hearing import BREAKS_TOLD, SETTLED_S, SPEECHLESS_S, OpenMicrophone, Trouble, trouble

NOW = 1000.0
WELL = Notices(NOW, False, False, 0, 0.5)
OPEN = OpenMicrophone(NOW - 60, MicState.OPEN, WELL, 0, False)


def with_notices(**changed: object) -> OpenMicrophone:
    return replace(OPEN, notices=replace(WELL, **changed))


def test_voice_that_is_heard_is_no_trouble() -> None:
    assert trouble(OPEN, NOW) is None


@pytest.mark.parametrize(
    ("mic", "said"),
    [
        (with_notices(howling=True), Trouble.HOWL),
        (with_notices(clipping=True), Trouble.CLIPPING),
        (with_notices(breaks=BREAKS_TOLD), Trouble.BREAKS),
        (with_notices(speechless_s=SPEECHLESS_S), Trouble.SPEECHLESS),
        (replace(OPEN, platform_muted=True), Trouble.PLATFORM_MUTED),
        (replace(OPEN, notices=None), Trouble.UNHEARD),
        (replace(OPEN, state=MicState.UNKNOWN), Trouble.UNHEARD),
        (with_notices(at=NOW - 5), Trouble.UNHEARD),
    ],
)
def test_each_trouble_is_named(mic: OpenMicrophone, said: Trouble) -> None:
    assert trouble(mic, NOW) is said


def test_howl_is_said_at_once_and_before_anything_else() -> None:
    mic = replace(with_notices(howling=True, clipping=True), opened_at=NOW - 0.5, platform_muted=True)
    assert trouble(mic, NOW) is Trouble.HOWL


def test_nothing_but_a_howl_is_said_before_it_has_settled() -> None:
    mic = replace(with_notices(clipping=True, speechless_s=600.0), opened_at=NOW - SETTLED_S + 0.1)
    assert trouble(mic, NOW) is None


def test_silence_before_the_opening_does_not_count() -> None:
    mic = replace(with_notices(speechless_s=600.0), opened_at=NOW - SPEECHLESS_S + 1)
    assert trouble(mic, NOW) is None


def test_breaks_before_the_opening_do_not_count() -> None:
    assert trouble(replace(with_notices(breaks=3), breaks_before=3 - BREAKS_TOLD + 1), NOW) is None


def test_platform_that_cannot_tell_is_not_accused() -> None:
    assert trouble(replace(OPEN, platform_muted=None), NOW) is None
