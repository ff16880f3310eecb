"""A trial connection by touch on the smallest panel with large letters, where the province runs an iperf3 server."""

from pathlib import Path

import pytest

from devices.contract import CallState
from roomapp.events import Place
from roomapp.profile import PRACTICE
from tests.fakes.processes import Child, free_port
from tests.journeys.driver import Driver
from tests.screens.gallery import faults
from tests.screens.provinces import checked_room_with_a_meeting
from ui.assemble import Sound


@pytest.mark.journey
@pytest.mark.needs("iperf3")
@pytest.mark.needs("setpriv")
@pytest.mark.timeout(120)
def test_trial_tells_what_each_line_carries_and_nothing_of_it_is_cut(tmp_path: Path) -> None:
    server, nobody = free_port(), free_port()
    links = (("main", "Đường chính", server), ("spare", "4G dự phòng", nobody))
    written = PRACTICE.read_text("utf-8") + "".join(
        f'\n[[link]]\nid = "{id}"\nname = "{name}"\nthroughput = "iperf3://127.0.0.1:{port}"\n'
        for id, name, port in links
    )
    profile = tmp_path / "room.toml"
    profile.write_text(written, "utf-8")
    with Child(["iperf3", "--server", "--port", str(server)]):
        driver = Driver(tmp_path / "data", profile=profile, practice=True, sound=Sound(False, True), text_scale=150)
        try:
            checked_room_with_a_meeting(driver)
            driver.panel.go(Place.HOME)
            driver.touch("join")
            driver.touch("start_trial")
            driver.until(lambda: driver.view.call.state is CallState.PROBING, "the measurement of the line")
            assert driver.said("join_state") == driver.words("trial.measuring", name="Đường chính")
            driver.until(lambda: driver.view.trial and driver.view.trial.enough, "the trial's evidence", 60)
            driver.touch("leave")
            driver.run(0.3)
            told, cut = driver.said("trial_words"), faults(driver.panel)
            driver.picture(tmp_path / "trial.png")
            driver.touch("trial_both_ways_yes")
            driver.touch("end_trial")
            driver.until(lambda: driver.find("refused_sentence"), "what became of it", 20)
            rows = [row.body for row in driver.journal_rows() if row.kind == "trial.throughput"]
        finally:
            driver.close()
    assert cut == []
    assert "đủ cho cuộc họp" in told
    assert driver.words("trial.throughput_unknown", name="4G dự phòng") in told
    assert [(row["link"], row["state"], row["reason"]) for row in rows] == [
        ("main", "good", ""),
        ("spare", "unknown", "link_lost"),
    ]
    assert all(2500 < rows[0][way] < 3500 for way in ("up_kbps", "down_kbps"))
