"""`roomapp sound check` as the province's scripts use it: steps told as they begin, on PulseAudio and on PipeWire."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.devices.audio.needs import REAL_PIPEWIRE, REAL_SOUND
from tests.fakes.pipewire_server import PipeWireServer
from tests.fakes.processes import ROOT
from tests.fakes.profiles import SITE, SOUND
from tests.fakes.pulse_server import PulseServer, SoundServer
from tests.fakes.voices import pink, speech

SERVERS = [
    pytest.param(PulseServer, marks=REAL_SOUND, id="pulseaudio"),
    pytest.param(PipeWireServer, marks=REAL_PIPEWIRE, id="pipewire"),
]
pytestmark = [pytest.mark.journey, pytest.mark.needs("espeak-ng")]
SILENCE_S, SPEECH_S = 1.5, 3.0


def check(server: SoundServer, folder: Path, at_speech: Callable[[], object]) -> tuple[int, list[str], dict[str, Any]]:
    """Exit code, the lines of stderr, the object; `at_speech` is done when the speech step begins."""
    profile = folder / "room.toml"
    profile.write_text(SITE + SOUND, "utf-8")
    steps = ["--silence", str(SILENCE_S), "--speech", str(SPEECH_S)]
    room = ["--profile", str(profile), "--data", str(folder / "data"), "--json"]
    command = [sys.executable, "-m", "ui.main", "sound", "check", *steps, *room]
    lines: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, env=server.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        assert running.stdout is not None
        for line in running.stderr:
            lines.append(line.strip())
            if line.startswith("step speech"):
                at_speech()
        answer = json.loads(running.stdout.read())
    return running.returncode, lines, answer


@pytest.mark.parametrize("kind", SERVERS)
def test_good_voice_and_a_heard_loudspeaker_are_exit_0(kind: type[SoundServer], tmp_path: Path) -> None:
    with kind(acoustic_path=True) as server:

        def speak() -> None:
            server.play(speech(SPEECH_S + 2, -22.0, seed=3))

        server.play(pink(40.0, -62.0, seed=1))
        code, lines, answer = check(server, tmp_path, speak)
        if answer["microphones"][0]["faults"] == ["dropouts"]:  # a loaded machine really breaks the sound: once more
            code, lines, answer = check(server, tmp_path, speak)
        assert server.muted("room_mic")
    steps = [line for line in lines if line.startswith("step ")]
    assert steps == [f"step silence {SILENCE_S}", f"step speech {SPEECH_S}", "step loudspeaker room"]
    (heard,), (played,) = answer["microphones"], answer["loudspeakers"]
    assert (heard["faults"], heard["device"]) == ([], "room_mic")
    assert heard["level_dbov"] == pytest.approx(-22.0, abs=2.0)
    assert heard["floor_dbfs"] == pytest.approx(-62.0, abs=3.0)
    assert (played["heard"], played["state"], code) == (True, "pass", 0)


@pytest.mark.parametrize("kind", SERVERS)
def test_microphone_pulled_out_in_the_middle_is_absent_and_exit_1(kind: type[SoundServer], tmp_path: Path) -> None:
    with kind() as server:
        server.add_source("other_mic")
        server.play(pink(40.0, -62.0, seed=1))
        server.play(speech(40.0, -22.0, seed=3))  # the other one hears a good voice
        code, _, answer = check(server, tmp_path, lambda: server.unplug("room_mic"))
    (heard,) = answer["microphones"]
    assert heard["state"] == "fail"
    assert heard["faults"][0] in ("absent", "wrong_device")
    assert code == 1


def test_room_in_which_nobody_spoke_is_exit_1(tmp_path: Path) -> None:
    with PulseServer(acoustic_path=True) as server:
        server.play(pink(40.0, -62.0, seed=1))
        code, _, answer = check(server, tmp_path, lambda: None)
    assert answer["microphones"][0]["faults"] == ["no_speech"]
    assert answer["loudspeakers"][0]["heard"] is True
    assert code == 1
