"""The sound check of a room before a meeting: every microphone in silence and speech, then every loudspeaker."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from devices.contract import (
    DeviceError,
    Loudspeaker,
    Microphone,
    MicrophoneVerdict,
    MicState,
    SoundFault,
)
from roomapp.events import SoundView
from roomapp.running.meeting.speaking import Speaking
from roomapp.running.sound.baselines import Baselines
from roomapp.running.sound.saying import Heard, Played, SoundWords, loudspeaker_fault
from roomapp.words import Words

SILENCE_S, SPEECH_S = 3.0, 6.0
LEAST_S, MOST_S = 0.5, 60.0  # of one step, whoever asks for it
LOUDSPEAKER_S = 1.0
Step = Callable[[str, str], None]  # ("silence", "3.0"), ("loudspeaker", "room")


class SoundCheck:
    """Runs one check at a time; the microphone is closed again whatever happens."""

    def __init__(
        self,
        microphones: Mapping[str, Microphone],
        loudspeakers: Mapping[str, Loudspeaker],
        names: Mapping[str, str],
        speaking: Speaking,
        baselines: Baselines,
        words: Words,
        changed: Callable[[], None],
    ) -> None:
        self._microphones, self._loudspeakers, self._names = microphones, loudspeakers, names
        self._speaking, self._baselines, self._words, self._changed = speaking, baselines, words, changed
        self.silence_s, self.speech_s = SILENCE_S, SPEECH_S
        self._said = SoundWords(words, SILENCE_S, SPEECH_S)
        self._heard: list[Heard] = []
        self._played: list[Played] = []
        self._closed = MicState.UNKNOWN
        self.view: SoundView = self._said.idle()
        self.running = False
        self.alone = asyncio.Lock()  # whoever makes or measures sound in the room has it to itself

    def reset(self) -> None:
        if not self.running:
            self.view = self._said.idle()

    def level_source(self) -> Microphone | None:
        return next(iter(self._microphones.values()), None)

    async def check(
        self, step: Step | None = None, silence_s: float | None = None, speech_s: float | None = None
    ) -> dict[str, Any]:
        """Both checks. Returns the contract's json fields."""
        quiet_s = _bounded(self.silence_s if silence_s is None else silence_s)
        spoken_s = _bounded(self.speech_s if speech_s is None else speech_s)
        self.running = True
        self._said = SoundWords(self._words, quiet_s, spoken_s)
        self._heard, self._played, self._closed = [], [], MicState.CLOSED
        tell = step or (lambda _name, _what: None)
        try:
            async with self.alone:
                for id, microphone in self._microphones.items():
                    self._heard.append(await self._hear(id, microphone, quiet_s, spoken_s, tell))
                for id, loudspeaker in self._loudspeakers.items():
                    self._played.append(await self._play(id, loudspeaker, tell))
        finally:
            self.running = False
            self._conclude()
        return {
            "microphones": [microphone_json(one) for one in self._heard],
            "loudspeakers": [loudspeaker_json(one) for one in self._played],
        }

    def answered(self, heard: bool) -> dict[str, Any] | None:
        """A person's ear decides what could not be measured; what it decided, or None where nothing was asked."""
        asked = next((one for one in self._played if one.heard is None), None)
        if asked is None or self.running:
            return None
        self._played[self._played.index(asked)] = replace(asked, by_ear=heard)
        self._conclude()
        return {"loudspeaker": asked.id, "heard": heard}

    def _conclude(self) -> None:
        self.view = self._said.verdict(self._heard, self._played, self._closed)
        self._changed()

    async def _hear(self, id: str, microphone: Microphone, silence_s: float, speech_s: float, tell: Step) -> Heard:
        name = self._names.get(id, id)

        def begins(stage: str, seconds: float) -> None:
            self._show(stage, seconds, name if len(self._microphones) > 1 else "")
            tell(stage, f"{seconds:.1f}")

        try:
            await asyncio.to_thread(microphone.start)
        except DeviceError:
            nothing = MicrophoneVerdict(False, (SoundFault.ABSENT,), None, None, None, None)
            return Heard(id, name, nothing, opened=False)
        async with self._speaking.tested(id) as opened:
            verdict = await microphone.check(silence_s, speech_s, begins)
        self._note_closing()
        return Heard(id, name, verdict, opened is MicState.OPEN)

    async def _play(self, id: str, loudspeaker: Loudspeaker, tell: Step) -> Played:
        self._show("loudspeaker", LOUDSPEAKER_S, "")
        tell("loudspeaker", id)
        async with self._speaking.tested():
            verdict = await loudspeaker.check(self.level_source(), self._baselines.of(id))
        self._note_closing()
        await self._baselines.heard(id, verdict)
        return Played(id, self._names.get(id, id), verdict)

    def _note_closing(self) -> None:
        if self._speaking.closed() is not MicState.CLOSED:
            self._closed = MicState.UNKNOWN

    def _show(self, stage: str, seconds: float, name: str) -> None:
        self.view = self._said.step(stage, seconds, name)
        self._changed()


def _bounded(seconds: float) -> float:
    return min(max(seconds, LEAST_S), MOST_S)


def microphone_json(heard: Heard) -> dict[str, Any]:
    verdict = heard.verdict
    return {
        "id": heard.id,
        "state": "fail" if verdict.faults else "warn" if verdict.warnings else "pass",
        "faults": [str(f) for f in verdict.faults],
        "warnings": [str(f) for f in verdict.warnings],
        "level_dbov": _rounded(verdict.level_dbov),
        "floor_dbfs": _rounded(verdict.floor_dbfs),
        "snr_db": _rounded(verdict.snr_db),
        "device": verdict.device,
        "channel": verdict.channel,
    }


def loudspeaker_json(played: Played) -> dict[str, Any]:
    verdict = played.verdict
    asked = played.heard is None and not loudspeaker_fault(played)
    return {
        "id": played.id,
        "state": "ask" if asked else "fail" if loudspeaker_fault(played) else "pass",
        "heard": played.heard,
        "level_db": _rounded(verdict.level_db),
        "delay_ms": _rounded(verdict.delay_ms),
        "change_db": _rounded(verdict.change_db),
        "channels": list(verdict.channels),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
