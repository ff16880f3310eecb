"""A guard and a microphone that a test moves by hand, for what the room makes of them."""

import time
from collections.abc import Callable

from devices.contract import Level, LoudspeakerVerdict, Microphone, MicrophoneVerdict, MicState, Notices, SoundFault

HEARD = LoudspeakerVerdict(True, True, -20.0, 95.0, change_db=None, channels=(True, True))


class HandGuard:
    """Remembers what it was told and when; `becomes` is what it then is."""

    stand_in = False

    def __init__(self) -> None:
        self.acts: list[str] = []
        self.is_now = MicState.CLOSED
        self.opens_as, self.closes_as = MicState.OPEN, MicState.CLOSED

    async def close(self) -> MicState:
        self.acts.append("close")
        self.is_now = self.closes_as
        return self.is_now

    async def open(self, id: str = "") -> MicState:
        self.acts.append(f"open {id}".strip())
        self.is_now = self.opens_as
        return self.is_now

    def keep_alive(self) -> None:
        self.acts.append("alive")

    def state(self) -> MicState:
        return self.is_now

    async def stop(self) -> None:
        await self.close()


class HandMicrophone:
    """Notices what it is told to, as of now; its check ends in `verdict`."""

    stand_in = False

    def __init__(self, id: str = "table") -> None:
        self.id = id
        self.howling = self.clipping = False
        self.breaks, self.speechless_s = 0, 0.0
        self.heard = True
        self.verdict = MicrophoneVerdict(True, (), -21.0, -62.0, 41.0, "hand")

    def start(self) -> None:
        return None

    def stop(self) -> None:
        return None

    def level(self) -> Level | None:
        return Level(-25.0, -12.0, False, time.monotonic()) if self.heard else None

    def misplaced(self) -> frozenset[SoundFault]:
        return frozenset() if self.heard else frozenset({SoundFault.ABSENT})

    def notices(self) -> Notices | None:
        if not self.heard:
            return None
        return Notices(time.monotonic(), self.howling, self.clipping, self.breaks, self.speechless_s)

    async def check(self, silence_s: float, speech_s: float, step: Callable[[str, float], None]) -> MicrophoneVerdict:
        step("silence", silence_s)
        step("speech", speech_s)
        return self.verdict

    def fails(self, *faults: SoundFault) -> None:
        self.verdict = MicrophoneVerdict(False, faults, None, None, None, "hand")


class HandLoudspeaker:
    """Its check ends in `verdict`; remembers which baselines it was handed."""

    stand_in = False

    def __init__(self, id: str, verdict: LoudspeakerVerdict = HEARD) -> None:
        self.id, self.verdict = id, verdict
        self.baselines: list[float | None] = []
        self.rings, self.rung = True, 0

    async def check(self, microphone: Microphone | None, baseline_db: float | None = None) -> LoudspeakerVerdict:
        self.baselines.append(baseline_db)
        return self.verdict

    async def ring(self) -> bool:
        self.rung += self.rings
        return self.rings

    async def volume(self) -> int | None:
        return 6

    async def set_volume(self, tenths: int) -> int:
        return tenths
