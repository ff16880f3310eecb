"""The command line: one json object on stdout, the contract's exit codes, one sentence and a remedy for bad input."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from roomapp.profile import PRACTICE
from tests.fakes.profiles import SITE
from tests.fakes.visca.camera import DRIVERS, FakeCamera, Script
from ui.cli import run

Answer = tuple[int, dict[str, Any]]
Command = Callable[..., Answer]

SEATS = """
[[seat]]
id = "chair"
name = "Bàn chủ trì"
camera = "main"
preset = 1
[[seat]]
id = "guest"
name = "Ghế khách"
camera = "main"
preset = 2
"""


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `roomapp … --json` in this process on its own data folder; exit code and object."""

    def ask(*words: str, profile: Path = PRACTICE) -> Answer:
        code = run(["--profile", str(profile), "--data", str(tmp_path / "data"), *words, "--json"], {})
        printed = capsys.readouterr().out
        return code, json.loads(printed)

    return ask


def room_with(camera: FakeCamera, folder: Path) -> Path:
    where = (
        f'device = "{camera.device}"'
        if camera.driver == "visca-serial"
        else f'host = "127.0.0.1"\nport = {camera.port}'
    )
    text = f'{SITE}\n[[camera]]\nid = "main"\nname = "Camera chính"\ndriver = "{camera.driver}"\n{where}\n{SEATS}'
    path = folder / "room.toml"
    path.write_text(text, "utf-8")
    return path


def test_profile_check_accepts_the_practice_room(command: Command) -> None:
    assert command("profile", "check", str(PRACTICE)) == (0, {"valid": True, "faults": []})


def test_profile_check_lists_every_fault_with_place_and_remedy(command: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(SITE.replace('kind = "commune"', 'kind = "castle"') + 'colour = "red"\n', "utf-8")
    code, answer = command("profile", "check", str(bad))
    assert (code, answer["valid"]) == (2, False)
    assert len(answer["faults"]) >= 2
    assert all(fault["where"] and fault["problem"] and fault["remedy"] for fault in answer["faults"])


def test_a_driver_that_comes_later_is_named_as_not_in_this_version(command: Command, tmp_path: Path) -> None:
    later = tmp_path / "later.toml"
    later.write_text(SITE + '[[display]]\nid = "tv"\nname = "TV"\ndriver = "pjlink"\nhost = "10.0.0.9"\n', "utf-8")
    code, answer = command("profile", "check", str(later))
    assert code == 2
    assert "chưa có trong phiên bản này" in answer["faults"][0]["problem"]


def test_the_practice_room_is_ready(command: Command) -> None:
    code, answer = command("check")
    assert (code, answer["ready"]) == (0, True)
    ids = {check["id"]: check["state"] for check in answer["checks"]}
    assert ids["camera.main"] == ids["microphone.table"] == ids["platform.luyen-tap"] == "pass"


def test_sound_check_tells_its_steps_as_they_begin_and_judges_every_device(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sound", "check", "--silence", "1", "--speech", "2.5", "--json", "--data", str(tmp_path)]
    code = run(["--profile", str(PRACTICE), *words], {})
    printed = capsys.readouterr()
    answer = json.loads(printed.out)
    steps = [line for line in printed.err.splitlines() if line.startswith("step ")]
    assert steps == ["step silence 1.0", "step speech 2.5", "step loudspeaker room"]
    assert (code, [one["state"] for one in answer["microphones"]]) == (0, ["pass"])
    assert answer["microphones"][0]["faults"] == []
    assert answer["loudspeakers"][0]["heard"] is True
    assert set(answer["microphones"][0]) >= {"id", "level_dbov", "floor_dbfs", "snr_db", "device"}


@pytest.mark.parametrize("driver", DRIVERS)
def test_recall_is_verified_over_every_line(command: Command, tmp_path: Path, driver: str) -> None:
    with FakeCamera(driver, Script(move_s=0.4)) as camera:
        code, answer = command("camera", "recall", "chair", profile=room_with(camera, tmp_path))
    assert (code, answer["outcome"], answer["reason"]) == (0, "verified", None)
    assert answer["position"] == {"pan": 0x200, "tilt": -0x80, "zoom": 0x1000, "units": "visca"}
    assert sum(count for body, count in camera.executed.items() if body[:4] == b"\x01\x04\x3f\x02") == 1


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (Script(silent=True), "no_answer"),
        (Script(refuses=0x41), "not_now"),
        (Script(refuses=0x03), "refused_busy"),
        (Script(refuses=0x02), "unsupported"),
        (Script(noise=True), "protocol"),
    ],
)
def test_each_refusal_has_its_reason(command: Command, tmp_path: Path, script: Script, reason: str) -> None:
    with FakeCamera("visca-udp", script) as camera:
        code, answer = command("camera", "recall", "chair", profile=room_with(camera, tmp_path))
    assert (code, answer["outcome"], answer["reason"]) == (1, "failed", reason)
    assert answer["seconds"] < 3.0 * 3


def test_a_camera_whose_position_cannot_be_read_is_only_sent_to(command: Command, tmp_path: Path) -> None:
    with FakeCamera("visca-udp", Script(position="refused")) as camera:
        code, answer = command("camera", "recall", "chair", profile=room_with(camera, tmp_path))
    assert (code, answer["outcome"], answer["position"]) == (0, "sent", None)


def test_a_stored_framing_is_known_by_its_position_and_a_lie_about_it_fails(command: Command, tmp_path: Path) -> None:
    with FakeCamera("visca-udp") as camera:
        profile = room_with(camera, tmp_path)
        camera.turn_by_hand((0x111, 0x22, 0x333))
        code, stored = command("camera", "store", "chair", profile=profile)
        assert (code, stored["outcome"]) == (0, "verified")
        command("camera", "recall", "guest", profile=profile)
        camera.script.lying = True
        code, answer = command("camera", "recall", "chair", profile=profile)
    assert (code, answer["outcome"], answer["reason"]) == (1, "failed", "preset_missing")


def test_status_of_a_dead_camera_is_offline_and_exit_1(command: Command, tmp_path: Path) -> None:
    with FakeCamera("visca-udp", Script(silent=True)) as camera:
        code, answer = command("camera", "status", profile=room_with(camera, tmp_path))
    assert code == 1
    assert answer["cameras"][0]["state"] == "offline"
    assert answer["cameras"][0]["reason"] == "no_answer"


@pytest.mark.parametrize(
    "words",
    [
        ("camera", "recall", "nobody"),
        ("camera", "status", "nobody"),
        ("trial", "nobody", "--room", "1"),
        ("sound", "check", "--silence", "0"),
        ("sound", "check", "--speech", "nan"),
        ("sound", "check", "--speech", "long"),
        ("sound",),
        ("meeting", "cancel", "nobody"),
        ("meeting", "add", "--platform", "nobody", "--opening", "2026-11-25T08:00"),
        ("meeting", "add", "--platform", "luyen-tap", "--opening", "tomorrow"),
        ("nonsense",),
        ("camera",),
    ],
)
def test_wrong_words_are_exit_2_with_a_sentence(command: Command, words: tuple[str, ...]) -> None:
    code, answer = command(*words)
    assert code == 2
    fault = answer["error"]["faults"][0]
    assert answer["error"]["code"] == 2
    assert fault["problem"].endswith(".")
    assert fault["remedy"].endswith(".")


def test_a_profile_of_garbage_is_exit_2(command: Command, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage.toml"
    garbage.write_bytes(bytes(range(256)) * 40)
    code, answer = command("check", profile=garbage)
    assert (code, answer["error"]["code"]) == (2, 2)


def test_meetings_are_added_changed_listed_and_cancelled(command: Command) -> None:
    code, added = command("meeting", "add", "--platform", "luyen-tap", "--opening", "2027-01-05T08:00", "--room", "12")
    assert (code, added["opening"]) == (0, "2027-01-05T08:00:00+07:00")
    _, changed = command("meeting", "change", added["id"], "--opening", "2027-01-06T14:00:00+07:00")
    assert changed["opening"] == "2027-01-06T14:00:00+07:00"
    assert changed["room"] == "12"
    assert [m["id"] for m in command("meeting", "list")[1]["meetings"]] == [added["id"]]
    assert command("meeting", "cancel", added["id"])[0] == 0
    assert command("meeting", "list")[1] == {"meetings": []}


def test_journal_verify_finds_a_changed_byte(command: Command, tmp_path: Path) -> None:
    command("meeting", "list")
    file = tmp_path / "data" / "practice" / "journal.db"
    assert command("journal", "verify", str(file))[0] == 0
    file.write_bytes(file.read_bytes().replace(b'"phase"', b'"phbse"').replace(b"program.started", b"program.stbrted"))
    code, answer = command("journal", "verify", str(file))
    assert (code, answer["intact"]) == (1, False)
    assert answer["first_bad"] is not None


def test_common_arguments_stand_before_or_after_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(tmp_path)
    assert run(["meeting", "list", "--json", "--data", data, "--profile", str(PRACTICE)], {}) == 0
    first = capsys.readouterr().out
    assert run(["--json", "--data", data, "--profile", str(PRACTICE), "meeting", "list"], {}) == 0
    assert capsys.readouterr().out == first


def test_commands_load_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys; from ui.cli import run; "
        f"run(['--profile', {str(PRACTICE)!r}, '--data', {str(tmp_path)!r}, 'check', '--json'], {{}}); "
        "sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


def test_a_running_kiosk_is_asked_and_a_second_one_is_refused(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "ROOMAPP_ALLOW_UNSANDBOXED": "1"}
    words = [sys.executable, "-m", "ui.main", "--practice", "--data", str(tmp_path)]
    root = Path(__file__).parents[2]
    kiosk = subprocess.Popen([*words, "--windowed", "1024x600"], cwd=root, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(tmp_path / "practice" / "room.sock")
        asked = subprocess.run([*words, "camera", "recall", "ghe-2", "--json"], cwd=root, env=environment,
                               capture_output=True, timeout=60)  # fmt: skip
        assert json.loads(asked.stdout)["outcome"] == "verified"
        second = subprocess.run(words, cwd=root, env=environment, capture_output=True, timeout=60)
        assert second.returncode == 3
        assert "đang mở" in second.stderr.decode()
        assert os.stat(tmp_path / "practice" / "room.sock").st_mode & 0o077 == 0
    finally:
        kiosk.terminate()
        assert kiosk.wait(40) == 0


def wait_for(path: Path, wait_s: float = 30.0) -> None:
    import time

    ends = time.monotonic() + wait_s
    while not path.exists():
        assert time.monotonic() < ends, f"{path.name} did not come"
        time.sleep(0.05)


def test_camera_picture_is_fresh_judged_and_kept(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "p.png"
    code, answer = command("camera", "picture", "main", "--out", str(file))
    assert (code, answer["fresh"], answer["findings"], answer["reason"]) == (0, True, [], None)
    assert (answer["camera"], answer["width"], answer["height"]) == ("main", 1280, 720)
    assert answer["age_ms"] < 1000
    assert file.read_bytes().startswith(b"\x89PNG")


def test_camera_picture_names_a_camera_without_one_and_a_file_that_cannot_be(command: Command, tmp_path: Path) -> None:
    code, answer = command("camera", "picture", "side", "--out", str(tmp_path / "p.png"))
    assert (code, answer["error"]["faults"][0]["where"]) == (2, "camera side")
    code, answer = command("camera", "picture", "main", "--out", str(tmp_path / "no" / "p.png"))
    assert code == 2
    assert answer["error"]["faults"][0]["remedy"]


def test_camera_status_tells_the_seat_of_the_last_command_and_a_hand_that_turned_it_since(
    command: Command, tmp_path: Path
) -> None:
    with FakeCamera("visca-udp", Script()) as camera:
        profile = room_with(camera, tmp_path)
        assert command("camera", "store", "guest", profile=profile)[1]["outcome"] == "verified"
        seen = command("camera", "status", profile=profile)[1]["cameras"][0]
        assert (seen["on_air"], seen["moved_by_hand"]) == ("guest", False)
        camera.turn_by_hand((500, 0, 0))
        seen = command("camera", "status", profile=profile)[1]["cameras"][0]
        assert (seen["on_air"], seen["moved_by_hand"]) == (None, True)
