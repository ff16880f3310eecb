"""The room's sound check: every device, the worst finding in words, a person's ear where measuring cannot tell."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from devices.contract import LoudspeakerVerdict, MicState, SoundFault
from roomapp.events import RowState
from roomapp.rules.pack import load_pack
from roomapp.running.meeting.speaking import Speaking
from roomapp.running.sound.baselines import Baselines
from roomapp.running.sound.checking import SoundCheck
from roomapp.words import LANGUAGES, RESOURCES, Words
from tests.fakes.sound import HEARD, HandGuard, HandLoudspeaker, HandMicrophone
from tests.screens.verdicts import verdicts

PACK = load_pack(RESOURCES / "rules" / "ha-giang.toml")


class Bench:
    def __init__(self, microphones: int = 1, played: LoudspeakerVerdict = HEARD) -> None:
        self.rows: list[tuple[str, dict[str, Any]]] = []
        self.guard = HandGuard()
        self.microphones = [HandMicrophone(f"mic-{n}") for n in range(microphones)]
        self.loudspeaker = HandLoudspeaker("room", played)
        self.lines: list[str] = []
        speaking = Speaking(self.guard, PACK, self._keep)
        self.baselines = Baselines(self._keep)
        self.check = SoundCheck(
            {m.id: m for m in self.microphones},
            {"room": self.loudspeaker},
            {"mic-0": "Micro bàn", "mic-1": "Micro bục", "room": "Loa"},
            speaking,
            self.baselines,
            Words("vi"),
            lambda: None,
        )

    async def _keep(self, kind: str, body: Mapping[str, Any]) -> None:
        self.rows.append((kind, dict(body)))

    def run(self, **steps: float) -> dict[str, Any]:
        return asyncio.run(self.check.check(lambda name, what: self.lines.append(f"step {name} {what}"), **steps))


def test_steps_are_told_as_they_begin() -> None:
    bench = Bench()
    bench.run()
    assert bench.lines == ["step silence 3.0", "step speech 6.0", "step loudspeaker room"]


def test_every_microphone_is_opened_alone_and_closed_again() -> None:
    bench = Bench(microphones=2)
    answer = bench.run()
    assert bench.guard.acts == ["open mic-0", "close", "open mic-1", "close", "open", "close"]
    assert [one["id"] for one in answer["microphones"]] == ["mic-0", "mic-1"]


def test_fault_of_the_second_microphone_names_it() -> None:
    bench = Bench(microphones=2)
    bench.microphones[1].fails(SoundFault.HUM)
    bench.run()
    assert bench.check.view.sentence == "Micro bục: Micro bị ù."


def test_silence_of_a_microphone_that_was_never_opened_is_not_blamed_on_its_cable() -> None:
    bench = Bench()
    bench.guard.opens_as = MicState.UNKNOWN
    bench.microphones[0].fails(SoundFault.DEAD)
    bench.run()
    assert bench.check.view.sentence == Words("vi")("sound.not_opened")


def test_good_check_that_ended_unproven_is_no_pass() -> None:
    bench = Bench()
    bench.guard.closes_as = MicState.UNKNOWN
    bench.run()
    assert bench.check.view.verdict is RowState.WARNED


def test_silent_channel_is_named_by_its_number() -> None:
    bench = Bench()
    bench.microphones[0].verdict = replace(bench.microphones[0].verdict, faults=(SoundFault.SILENT_CHANNEL,), channel=1)
    assert bench.run()["microphones"][0]["channel"] == 1
    assert bench.check.view.sentence == "Kênh 2 của micro không có tiếng."


@pytest.mark.parametrize(("heard", "state"), [(True, RowState.PASSED), (False, RowState.FAILED)])
def test_ear_decides_what_could_not_be_measured(heard: bool, state: RowState) -> None:
    bench = Bench(played=LoudspeakerVerdict(False, None, None, None))
    assert bench.run()["loudspeakers"][0]["state"] == "ask"
    assert (bench.check.view.verdict, bench.check.view.ask) == (RowState.ASK, "room")
    assert bench.check.answered(heard) == {"loudspeaker": "room", "heard": heard}
    assert (bench.check.view.verdict, bench.check.view.ask) == (state, "")


def test_answer_that_nobody_asked_for_changes_nothing() -> None:
    bench = Bench()
    bench.run()
    assert bench.check.answered(False) is None
    assert bench.check.view.verdict is RowState.PASSED


def test_first_level_heard_becomes_the_rooms_own_and_is_handed_to_the_next_check() -> None:
    bench = Bench()
    bench.run()
    assert bench.rows == [
        ("loudspeaker.baseline", {"loudspeaker": "room", "level_db": -20.0, "by": "first_check"}),
    ]
    bench.loudspeaker.verdict = replace(HEARD, level_db=-26.0)
    bench.run()
    assert bench.loudspeaker.baselines == [None, -20.0]
    assert len(bench.rows) == 1


def test_baseline_is_taken_up_from_the_journal_and_made_anew_by_the_technician() -> None:
    bench = Bench()
    bench.baselines.remember([("loudspeaker.baseline", {"loudspeaker": "room", "level_db": -18.5, "by": "technician"})])
    assert not asyncio.run(bench.baselines.take_newest())
    bench.run()
    assert bench.loudspeaker.baselines == [-18.5]
    assert asyncio.run(bench.baselines.take_newest())
    assert bench.baselines.of("room") == -20.0


def test_steps_have_bounds_whoever_asks() -> None:
    bench = Bench()
    bench.run(silence_s=0.0, speech_s=1e9)
    assert bench.lines[:2] == ["step silence 0.5", "step speech 60.0"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_verdict_has_a_sentence_and_a_next_step(lang: str) -> None:
    seen = list(verdicts(Words(lang)))
    assert len(seen) >= len(SoundFault) + 8
    for name, view in seen:
        assert view.sentence, name
        assert view.hint, name
        assert view.verdict is not RowState.PASSED, name
