"""Every verdict of the sound check, as the room itself would say it."""

from collections.abc import Iterator

from devices.contract import LoudspeakerVerdict, MicrophoneVerdict, MicState, SoundFault
from roomapp.events import SoundView
from roomapp.running.sound.checking import SILENCE_S, SPEECH_S
from roomapp.running.sound.saying import Heard, Played, SoundWords
from roomapp.words import Words

UNHEARD = (SoundFault.ABSENT, SoundFault.DEAD)
LEVELS = {
    SoundFault.TOO_QUIET: -41.0,
    SoundFault.TOO_LOUD: -6.0,
    SoundFault.NO_SPEECH: -64.0,
    SoundFault.CLIPPING: -9.0,
}
WEAK = (SoundFault.TOO_QUIET, SoundFault.NOISY, SoundFault.HUM, SoundFault.CLIPPING)
LOUDSPEAKERS = {
    "loa-khong-nghe": LoudspeakerVerdict(False, False, None, None),
    "loa-nghe-bang-tai": LoudspeakerVerdict(False, None, None, None),
    "loa-mot-ben": LoudspeakerVerdict(False, True, -20.0, 95.0, channels=(True, False)),
    "loa-nho-hon": LoudspeakerVerdict(False, True, -33.0, 95.0, change_db=-13.0, channels=(True, True)),
    "loa-hoi-nho": LoudspeakerVerdict(True, True, -27.0, 95.0, change_db=-7.0, channels=(True, True)),
    "loa-ra-cho-khac": LoudspeakerVerdict(False, None, None, None, SoundFault.WRONG_DEVICE),
    "loa-khong-thay": LoudspeakerVerdict(False, None, None, None, SoundFault.ABSENT),
}
HEARD_WELL = LoudspeakerVerdict(True, True, -20.0, 95.0, change_db=0.4, channels=(True, True))


def verdicts(words: Words) -> Iterator[tuple[str, SoundView]]:
    """(name of the picture, what the page shows)."""
    for fault in SoundFault:
        yield f"am-thanh-{fault}".replace("_", "-"), _said(words, heard(faults=(fault,)))
    for fault in WEAK:
        yield f"am-thanh-hoi-{fault}".replace("_", "-"), _said(words, heard(warnings=(fault,)))
    for name, played in LOUDSPEAKERS.items():
        yield f"am-thanh-{name}", _said(words, heard(), played)
    yield "am-thanh-chua-mo-duoc", _said(words, heard(faults=(SoundFault.DEAD,), opened=False))
    yield "am-thanh-chua-chac-tat", _said(words, heard(), closed=MicState.UNKNOWN)


def heard(faults: tuple[SoundFault, ...] = (), warnings: tuple[SoundFault, ...] = (), opened: bool = True) -> Heard:
    first = (*faults, *warnings, None)[0]
    unheard = first in UNHEARD
    level = None if unheard else LEVELS.get(first, -21.0) if first is not None else -21.0
    floor = None if unheard else -40.0 if first is SoundFault.NOISY else -62.0
    snr = None if level is None or floor is None else level - floor
    verdict = MicrophoneVerdict(not faults, faults, level, floor, snr, "alsa_input.usb-room", warnings)
    return Heard("table", "Micro bàn họp", verdict, opened)


def _said(
    words: Words,
    heard: Heard,
    played: LoudspeakerVerdict = HEARD_WELL,
    closed: MicState = MicState.CLOSED,
) -> SoundView:
    speaker = Played("room", "Loa phòng họp", played)
    return SoundWords(words, SILENCE_S, SPEECH_S).verdict((heard,), (speaker,), closed)
