"""What a finished sound check says: the worst finding as one sentence with its remedy, and the three small cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from devices.contract import LoudspeakerVerdict, MicrophoneVerdict, MicState, SoundFault
from roomapp.events import RowState, SoundCard, SoundView
from roomapp.words import Words

OF_POINTER = -1  # the zone in which the pointer stands
ZONE_OF = {SoundFault.NO_SPEECH: 0, SoundFault.DEAD: 0, SoundFault.TOO_QUIET: 1, SoundFault.TOO_LOUD: 4}
OF_THE_ROOM = (SoundFault.NOISY, SoundFault.HUM)  # heard in the silent step; all else is of the microphone
MEASURED_STEPS = ("silence", "speech", "loudspeaker")


@dataclass(frozen=True, slots=True)
class Heard:
    """One microphone's check. `opened`: whether the system let it be heard at all."""

    id: str
    name: str
    verdict: MicrophoneVerdict
    opened: bool


@dataclass(frozen=True, slots=True)
class Played:
    """One loudspeaker's check. `by_ear`: a person heard it (True) or not (False) where measuring was not conclusive."""

    id: str
    name: str
    verdict: LoudspeakerVerdict
    by_ear: bool | None = None

    @property
    def heard(self) -> bool | None:
        return self.verdict.heard if self.verdict.heard is not None else self.by_ear


class SoundWords:
    """Turns measured values into what the officer reads."""

    def __init__(self, words: Words, silence_s: float, speech_s: float) -> None:
        self._words, self._silence_s, self._speech_s = words, silence_s, speech_s

    def idle(self) -> SoundView:
        words = self._words
        return SoundView(
            "idle", sentence=words("sound.press_start"), hint=words("sound.press_start_hint"), cards=self.cards({})
        )

    def step(self, stage: str, seconds: float, name: str) -> SoundView:
        """A step that runs now; what came before it was measured."""
        words = self._words
        said: dict[str, tuple[RowState, str]] = {}
        for before in MEASURED_STEPS[: MEASURED_STEPS.index(stage)]:
            said[before] = (RowState.PASSED, words("sound.measured"))
        said[stage] = (RowState.RUNNING, words("check.running"))
        sentence = words(f"sound.now_{stage}")
        hint = words(f"sound.now_{stage}_hint", n=int(seconds))
        return SoundView(
            stage, seconds, sentence=sentence, hint=f"{name}: {hint}" if name else hint, cards=self.cards(said)
        )

    def cards(self, said: Mapping[str, tuple[RowState, str]]) -> tuple[SoundCard, ...]:
        words = self._words
        waiting = (RowState.WAITING, words("check.waiting"))
        titles = {
            "silence": words("sound.card_silence", n=int(self._silence_s)),
            "speech": words("sound.card_speech", n=int(self._speech_s)),
            "loudspeaker": words("sound.card_loudspeaker"),
        }
        cards = []
        for key, title in titles.items():
            state, text = said.get(key, waiting)
            cards.append(SoundCard(state, title, text))
        return tuple(cards)

    def verdict(self, heard: Sequence[Heard], played: Sequence[Played], closed: MicState) -> SoundView:
        """The whole check in one sentence: what fails first, then what a person must answer, then what is only weak."""
        words = self._words
        worst = next((one for one in heard if one.verdict.faults or not one.opened), heard[0] if heard else None)
        state, key, name = self._of(heard, played, closed)
        verdict = worst.verdict if worst is not None else None
        faults = verdict.faults if verdict is not None else (SoundFault.ABSENT,)
        zone = next((ZONE_OF[f] for f in faults if f in ZONE_OF), None if faults else OF_POINTER)
        odd = verdict.channel if verdict is not None and verdict.channel is not None else 0
        sentence = words(key, name=name, n=odd + 1)
        several = len(heard) > 1 and worst is not None and key.startswith("sound.fault_")
        ask = next((one.id for one in played if one.heard is None), "")
        return SoundView(
            "done",
            verdict=state,
            sentence=f"{worst.name}: {sentence}" if several and worst is not None else sentence,
            hint=words(f"{key}_remedy"),
            zone=zone,
            level=verdict.level_dbov if verdict is not None else None,
            cards=self.cards(self._said(worst, played)),
            ask=ask if state is RowState.ASK else "",
        )

    def _of(self, heard: Sequence[Heard], played: Sequence[Played], closed: MicState) -> tuple[RowState, str, str]:
        """State, sentence and the device it names."""
        if not heard:
            return RowState.FAILED, "sound.fault_absent", ""
        for one in heard:
            if one.verdict.faults:
                key = "sound.not_opened" if unopened(one) else f"sound.fault_{one.verdict.faults[0]}"
                return RowState.FAILED, key, ""
        for speaker in played:
            if key := loudspeaker_fault(speaker):
                return RowState.FAILED, key, speaker.name if "one_side" in key else ""
        if any(speaker.heard is None for speaker in played):
            return RowState.ASK, "sound.ask_ear", ""
        if closed is not MicState.CLOSED:
            return RowState.WARNED, "sound.good_not_closed", ""
        warned = next((one.verdict.warnings[0] for one in heard if one.verdict.warnings), None)
        if warned is not None:
            return RowState.WARNED, f"sound.warn_{warned}", ""
        quieter = next((key for one in played if (key := loudspeaker_warning(one))), "")
        return (RowState.WARNED, quieter, "") if quieter else (RowState.PASSED, "sound.good", "")

    def _said(self, worst: Heard | None, played: Sequence[Played]) -> dict[str, tuple[RowState, str]]:
        words = self._words
        verdict = worst.verdict if worst is not None else None
        faults = verdict.faults if verdict is not None else (SoundFault.ABSENT,)
        warnings = verdict.warnings if verdict is not None else ()
        quiet, spoken = RowState.PASSED, RowState.PASSED
        quiet_said, spoken_said = words("sound.quiet_room"), words("sound.speech_good")
        for found, state in (
            (warnings, RowState.WARNED),
            (faults, RowState.FAILED),
        ):  # what fails is said over what warns
            of_room = [f for f in found if f in OF_THE_ROOM]
            of_voice = [f for f in found if f not in OF_THE_ROOM]
            if of_room:
                quiet, quiet_said = state, words(f"sound.short_{of_room[0]}")
            if of_voice:
                spoken, spoken_said = state, words(f"sound.short_{of_voice[0]}")
        if worst is not None and unopened(worst):
            spoken_said = words("sound.not_opened_short")
        if verdict is None or verdict.floor_dbfs is None:
            quiet, quiet_said = RowState.SKIPPED, words("sound.not_measured")
        return {"silence": (quiet, quiet_said), "speech": (spoken, spoken_said), "loudspeaker": self._played(played)}

    def _played(self, played: Sequence[Played]) -> tuple[RowState, str]:
        words = self._words
        if not played:
            return RowState.SKIPPED, words("sound.no_loudspeaker")
        failed = next((key for one in played if (key := loudspeaker_fault(one))), "")
        if failed:
            return RowState.FAILED, words(f"{failed}_short")
        if any(one.heard is None for one in played):
            return RowState.ASK, words("sound.loudspeaker_unknown")
        warned = next((key for one in played if (key := loudspeaker_warning(one))), "")
        if warned:
            return RowState.WARNED, words(f"{warned}_short")
        return RowState.PASSED, words("sound.loudspeaker_heard")


def unopened(heard: Heard) -> bool:
    """Its silence is our own mute that did not give way, not its cable."""
    return heard.verdict.faults[:1] == (SoundFault.DEAD,) and not heard.opened


def loudspeaker_fault(played: Played) -> str:
    """The key of what is wrong with it; empty where nothing is."""
    verdict = played.verdict
    if verdict.reason is not None:
        return "sound.loudspeaker_absent" if verdict.reason is SoundFault.ABSENT else "sound.loudspeaker_elsewhere"
    if played.heard is False:
        return "sound.loudspeaker_silent"
    if verdict.heard and False in verdict.channels:
        return "sound.loudspeaker_one_side"
    if verdict.heard and not verdict.passed and verdict.change_db is not None:
        return "sound.loudspeaker_quieter" if verdict.change_db < 0 else "sound.loudspeaker_louder"
    return ""


def loudspeaker_warning(played: Played, from_db: float = 6.0) -> str:
    """Its level has changed, but not so much that it fails (within 6 dB of the baseline nothing is said)."""
    change = played.verdict.change_db
    if change is None or abs(change) <= from_db:
        return ""
    return "sound.loudspeaker_quieter" if change < 0 else "sound.loudspeaker_louder"
