"""Recording a meeting by touch, on a real PulseAudio: a reason first, seen on every page, ended with the meeting."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from roomapp.events import Lamp, Place
from roomapp.profile import PRACTICE
from roomapp.rules.session import Move
from tests.devices.audio.needs import REAL_SOUND
from tests.fakes.pulse_server import PulseServer
from tests.journeys.driver import Driver
from ui.assemble import Sound

pytestmark = [*REAL_SOUND, pytest.mark.journey, pytest.mark.timeout(180)]


@pytest.fixture
def driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    profile = tmp_path / "room.toml"
    profile.write_text(PRACTICE.read_text("utf-8") + "\n[recording]\nallowed = true\n", "utf-8")
    monkeypatch.setattr("devices.audio.recording.segments.BEGIN_FREE_BYTES", 0)
    monkeypatch.setattr("devices.audio.recording.segments.GO_ON_FREE_BYTES", 0)
    with PulseServer(acoustic_path=True) as server:
        monkeypatch.setenv("PULSE_SERVER", server.url)
        driver = Driver(tmp_path / "data", profile=profile, practice=True, sound=Sound(True, False))
        yield driver
        driver.close()


def test_recording_by_touch(driver: Driver, tmp_path: Path) -> None:
    house = driver.kiosk.house
    assert house is not None
    for move in (Move.POWER_ON, Move.FINISH_CHECK):
        driver.kiosk.worker.submit(house.room._move(move)).result(10)
    house.room.publish()
    driver.touch("join")
    driver.touch("secret_no")
    driver.touch("join_now")
    driver.until(lambda: driver.view.call.in_meeting, "the meeting", 45)
    driver.touch("open_volume")
    driver.touch("record")
    assert driver.view.recording.since is None, "nothing is recorded without a reason"
    driver.touch("recording_minutes")
    driver.touch("recording_act")
    driver.until(lambda: driver.view.recording.since, "the recording")
    assert driver.words("ui.recording_on") in driver.panel.top.text()
    assert driver.view.mic.lamp is not Lamp.OPEN
    driver.run(2.0)
    driver.touch("open_volume")
    driver.touch("record")
    driver.until(lambda: driver.view.recording.since is None, "the end of the recording")
    kept = [(row.kind, row.body) for row in driver.journal_rows() if row.kind.startswith("recording.")]
    assert [kind for kind, _ in kept] == ["recording.started", "recording.segment", "recording.ended"]
    assert kept[0][1] == {"reason": "minutes", "person": "focal_officer"}
    assert (tmp_path / "data" / "recordings" / kept[1][1]["file"]).exists()
    assert driver.place() is Place.MEETING
