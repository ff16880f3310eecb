"""An ONVIF camera from the profile to the wire: its password from the store, its presets ours, its secrets nowhere."""

import io
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomapp.records.journal import FILE_NAME
from tests.fakes.onvif_camera import PASSWORD, FakeOnvif, Script
from tests.ui.test_cli import SEATS, SITE
from ui.cli import run

Ask = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def far() -> Any:
    with FakeOnvif(Script(move_s=0.3)) as camera:
        yield camera


@pytest.fixture
def ask(
    tmp_path: Path,
    far: FakeOnvif,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> Ask:
    profile = tmp_path / "room.toml"
    where = f'host = "127.0.0.1"\nport = {far.port}\nusername = "admin"\nsecret = "camera-main"'
    camera = f'[[camera]]\nid = "main"\nname = "Camera chính"\ndriver = "onvif"\n{where}\n'
    profile.write_text(f"{SITE}\n{camera}\n{SEATS}", "utf-8")
    caplog.set_level(logging.DEBUG)

    def command(*words: str, typed: str = "") -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        code = run(["--profile", str(profile), "--data", str(tmp_path / "data"), *words, "--json", "--verbose"], {})
        out, err = capsys.readouterr()
        assert PASSWORD not in out + err + caplog.text
        return code, json.loads(out)

    return command


def test_recall_is_verified_with_the_password_of_the_store(ask: Ask, far: FakeOnvif) -> None:
    ask("secret", "set", "camera-main", typed=PASSWORD + "\n")
    code, answer = ask("camera", "recall", "chair")
    assert (code, answer["outcome"], answer["position"]["units"]) == (0, "verified", "onvif")
    assert far.executed["GotoPreset t1"] == 1


def test_wrong_password_is_named_and_not_called_silence(ask: Ask) -> None:
    ask("secret", "set", "camera-main", typed="something else\n")
    code, answer = ask("camera", "recall", "chair")
    assert (code, answer["reason"]) == (1, "auth")


def test_framing_stored_here_is_found_again_by_its_token(ask: Ask, far: FakeOnvif, tmp_path: Path) -> None:
    ask("secret", "set", "camera-main", typed=PASSWORD + "\n")
    far.script.empty_names = True  # the camera loses the names that we give
    far.turn_by_hand((0.7, 0.1, 0.2))
    assert ask("camera", "store", "guest")[1]["outcome"] == "verified"
    far.turn_by_hand((0.0, 0.0, 0.0))
    code, answer = ask("camera", "recall", "guest")
    assert (code, answer["outcome"]) == (0, "verified")
    assert far.position() == pytest.approx((0.7, 0.1, 0.2), abs=0.01)
    assert PASSWORD.encode() not in (tmp_path / "data" / FILE_NAME).read_bytes()


def test_camera_that_forgot_its_presets_is_led_there_by_position_and_given_its_preset_again(
    ask: Ask, far: FakeOnvif
) -> None:
    ask("secret", "set", "camera-main", typed=PASSWORD + "\n")
    far.turn_by_hand((0.7, 0.1, 0.2))
    ask("camera", "store", "guest")
    far.presets.clear()
    far.turn_by_hand((0.0, 0.0, 0.0))
    code, answer = ask("camera", "recall", "guest")
    assert (code, answer["outcome"]) == (0, "verified")
    assert far.position() == pytest.approx((0.7, 0.1, 0.2), abs=0.01)
    assert len(far.presets) == 1
    far.turn_by_hand((0.0, 0.0, 0.0))
    assert ask("camera", "recall", "guest")[1]["outcome"] == "verified"


def test_no_preset_of_somebody_else_is_ever_called(ask: Ask, far: FakeOnvif) -> None:
    ask("secret", "set", "camera-main", typed=PASSWORD + "\n")
    far.presets = {"1": ("Remote Reboot", (0.9, 0.9, 0.9))}
    code, answer = ask("camera", "recall", "chair")
    assert (code, answer["reason"]) == (1, "preset_missing")
    assert far.executed == {}
