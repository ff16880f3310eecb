"""Sound of a PC whose sound cannot be reached: nothing is there, nothing is proven, and everything says so."""

from collections.abc import Callable, Mapping

from devices.audio.system import RoomAudio
from devices.contract import (
    DeviceError,
    Level,
    LoudspeakerVerdict,
    Microphone,
    MicrophoneVerdict,
    MicState,
    Notices,
    Reason,
    SoundFault,
)


class AbsentMicrophone:
    stand_in = False

    def __init__(self, id: str) -> None:
        self.id = id

    def start(self) -> None:
        raise DeviceError(Reason.UNSUPPORTED, "no sound on this PC")

    def stop(self) -> None:
        return None

    def level(self) -> Level | None:
        return None

    def misplaced(self) -> frozenset[SoundFault]:
        return frozenset({SoundFault.ABSENT})

    def notices(self) -> Notices | None:
        return None

    async def check(self, silence_s: float, speech_s: float, step: Callable[[str, float], None]) -> MicrophoneVerdict:
        return MicrophoneVerdict(False, (SoundFault.ABSENT,), None, None, None, None)


class AbsentLoudspeaker:
    stand_in = False

    def __init__(self, id: str) -> None:
        self.id = id

    async def check(self, microphone: Microphone | None, baseline_db: float | None = None) -> LoudspeakerVerdict:
        return LoudspeakerVerdict(False, None, None, None, SoundFault.ABSENT)

    async def ring(self) -> bool:
        return False

    async def volume(self) -> int | None:
        return None

    async def set_volume(self, tenths: int) -> int:
        raise DeviceError(Reason.UNSUPPORTED, "no sound on this PC")


class AbsentGuard:
    """Whatever microphone this PC may have, nobody here can close it: never CLOSED."""

    stand_in = False

    async def close(self) -> MicState:
        return MicState.UNKNOWN

    async def open(self, id: str = "") -> MicState:
        return MicState.UNKNOWN

    def keep_alive(self) -> None:
        return None

    def state(self) -> MicState:
        return MicState.UNKNOWN

    async def stop(self) -> None:
        return None


def absent_audio(microphones: Mapping[str, str], loudspeakers: Mapping[str, str]) -> RoomAudio:
    """For an installed room on a system without a sound driver: the checklist fails it by name."""
    return RoomAudio(
        {id: AbsentMicrophone(id) for id in microphones},
        {id: AbsentLoudspeaker(id) for id in loudspeakers},
        AbsentGuard(),
    )
