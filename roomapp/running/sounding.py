"""The sound check of a room before a meeting: silence, speech, loudspeaker; the verdict in words."""

from collections.abc import Callable, Mapping
from typing import Any

from devices.contract import (
    DeviceError,
    Loudspeaker,
    LoudspeakerVerdict,
    Microphone,
    MicrophoneVerdict,
    MicState,
    SoundFault,
)
from roomapp.events import RowState, SoundCard, SoundView
from roomapp.running.meeting.speaking import Speaking
from roomapp.words import Words

SILENCE_S, SPEECH_S = 3.0, 6.0
ZONE_OF = {SoundFault.NO_SPEECH: 0, SoundFault.DEAD: 0, SoundFault.TOO_QUIET: 1, SoundFault.TOO_LOUD: 4}
TOO_NOISY = (SoundFault.NOISY, SoundFault.HUM)


class Sounding:
    """Runs the check of the first microphone and the first loudspeaker; the others are tried by the checklist."""

    def __init__(
        self,
        microphones: Mapping[str, Microphone],
        loudspeakers: Mapping[str, Loudspeaker],
        speaking: Speaking,
        words: Words,
        changed: Callable[[], None],
    ) -> None:
        self._microphones, self._loudspeakers, self._speaking = microphones, loudspeakers, speaking
        self._words, self._changed = words, changed
        self.silence_s, self.speech_s = SILENCE_S, SPEECH_S
        self.view = self._idle()
        self.running = False

    def reset(self) -> None:
        if not self.running:
            self.view = self._idle()

    def level_source(self) -> Microphone | None:
        return next(iter(self._microphones.values()), None)

    def _idle(self) -> SoundView:
        words = self._words
        return SoundView(
            "idle", sentence=words("sound.press_start"), hint=words("sound.press_start_hint"), cards=self._cards({})
        )

    def _cards(self, said: Mapping[str, tuple[RowState, str]]) -> tuple[SoundCard, ...]:
        words = self._words
        waiting = (RowState.WAITING, words("check.waiting"))
        titles = {
            "silence": words("sound.card_silence", n=int(self.silence_s)),
            "speech": words("sound.card_speech", n=int(self.speech_s)),
            "loudspeaker": words("sound.card_loudspeaker"),
        }
        return tuple(SoundCard(*_swap(said.get(key, waiting), title)) for key, title in titles.items())

    async def check(self, step: Callable[[str, float], None] | None = None) -> dict[str, Any]:
        """Both checks; the microphone is closed again whatever happens. Returns the contract's json fields."""
        self.running = True
        result: dict[str, Any] = {"microphones": [], "loudspeakers": []}
        microphone, loudspeaker = self.level_source(), next(iter(self._loudspeakers.values()), None)
        try:
            async with self._speaking.tested():
                verdict = await self._hear(microphone, step) if microphone is not None else None
                played = await self._play(loudspeaker, microphone, step) if loudspeaker is not None else None
            closed = self._speaking.closed()
            self.view = self._verdict(verdict, played, closed)
        finally:
            self.running = False
            self._changed()
        if microphone is not None and verdict is not None:
            result["microphones"].append(_microphone_json(microphone.id, verdict))
        if loudspeaker is not None and played is not None:
            result["loudspeakers"].append(_loudspeaker_json(loudspeaker.id, played))
        return result

    async def _hear(self, microphone: Microphone, step: Callable[[str, float], None] | None) -> MicrophoneVerdict:
        def begins(name: str, seconds: float) -> None:
            words = self._words
            done = {"silence": (RowState.RUNNING, words("check.running"))}
            if name == "speech":
                done = {
                    "silence": (RowState.PASSED, words("sound.measured")),
                    "speech": (RowState.RUNNING, words("check.running")),
                }
            self.view = SoundView(
                name,
                seconds,
                sentence=words(f"sound.now_{name}"),
                hint=words(f"sound.now_{name}_hint", n=int(seconds)),
                cards=self._cards(done),
            )
            self._changed()
            if step is not None:
                step(name, seconds)

        try:
            microphone.start()
        except DeviceError:
            return MicrophoneVerdict(False, (SoundFault.ABSENT,), None, None, None, None)
        return await microphone.check(self.silence_s, self.speech_s, begins)

    async def _play(
        self, loudspeaker: Loudspeaker, microphone: Microphone | None, step: Callable[[str, float], None] | None
    ) -> LoudspeakerVerdict:
        words = self._words
        done = (RowState.PASSED, words("sound.measured"))
        self.view = SoundView(
            "loudspeaker",
            1.0,
            sentence=words("sound.now_loudspeaker"),
            hint=words("sound.now_loudspeaker_hint"),
            cards=self._cards(
                {"silence": done, "speech": done, "loudspeaker": (RowState.RUNNING, words("check.running"))}
            ),
        )
        self._changed()
        if step is not None:
            step("loudspeaker", 1.0)
        return await loudspeaker.check(microphone)

    def _verdict(
        self, heard: MicrophoneVerdict | None, played: LoudspeakerVerdict | None, closed: MicState
    ) -> SoundView:
        words = self._words
        faults = heard.faults if heard is not None else (SoundFault.ABSENT,)
        quiet = RowState.FAILED if set(faults) & set(TOO_NOISY) else RowState.PASSED
        spoke = RowState.FAILED if set(faults) - set(TOO_NOISY) else RowState.PASSED
        cards = self._cards(
            {
                "silence": (quiet, words("sound.quiet_room" if quiet is RowState.PASSED else "sound.noisy_room")),
                "speech": (
                    spoke,
                    words(
                        "sound.speech_good"
                        if spoke is RowState.PASSED
                        else f"sound.short_{next(f for f in faults if f not in TOO_NOISY)}"
                    ),
                ),
                "loudspeaker": self._played(played),
            }
        )
        zone = next((ZONE_OF[f] for f in faults if f in ZONE_OF), 2 if not faults else None)
        level = heard.level_dbov if heard is not None else None
        state, key = self._of(faults, played, closed)
        return SoundView(
            "done",
            verdict=state,
            sentence=words(key),
            hint=words(f"{key}_remedy"),
            zone=zone,
            level=level,
            cards=cards,
        )

    @staticmethod
    def _of(
        faults: tuple[SoundFault, ...], played: LoudspeakerVerdict | None, closed: MicState
    ) -> tuple[RowState, str]:
        """The worst of what was found, and the sentence for it."""
        if faults:
            return RowState.FAILED, f"sound.fault_{faults[0]}"
        if played is not None and played.heard is False:
            return RowState.FAILED, "sound.loudspeaker_silent"
        if closed is not MicState.CLOSED:
            return RowState.WARNED, "sound.good_not_closed"
        return RowState.WARNED if played is not None and played.heard is None else RowState.PASSED, "sound.good"

    def _played(self, played: LoudspeakerVerdict | None) -> tuple[RowState, str]:
        words = self._words
        if played is None:
            return RowState.SKIPPED, words("sound.no_loudspeaker")
        if played.heard is None:
            return RowState.WARNED, words("sound.loudspeaker_unknown")
        if played.heard:
            return RowState.PASSED, words("sound.loudspeaker_heard")
        return RowState.FAILED, words("sound.loudspeaker_not_heard")


def _swap(said: tuple[RowState, str], title: str) -> tuple[RowState, str, str]:
    return said[0], title, said[1]


def _microphone_json(id: str, verdict: MicrophoneVerdict) -> dict[str, Any]:
    return {
        "id": id,
        "state": "pass" if verdict.passed else "fail",
        "faults": [str(f) for f in verdict.faults],
        "level_dbov": verdict.level_dbov,
        "floor_dbfs": verdict.floor_dbfs,
        "snr_db": verdict.snr_db,
        "device": verdict.device,
    }


def _loudspeaker_json(id: str, verdict: LoudspeakerVerdict) -> dict[str, Any]:
    state = "pass" if verdict.passed else "ask" if verdict.heard is None else "fail"
    return {
        "id": id,
        "state": state,
        "heard": verdict.heard,
        "level_db": verdict.level_db,
        "delay_ms": verdict.delay_ms,
    }
