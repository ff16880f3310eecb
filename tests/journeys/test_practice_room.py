"""The whole life of a meeting in the practice room, by touch alone: what was touched, seen, and kept in the journal."""

import logging
from pathlib import Path

import pytest

from devices.contract import CallState
from roomapp.events import Lamp, Place, RowState, SeatState
from roomapp.records.journal import Row, verify
from tests.journeys.driver import Driver
from ui.assemble import Sound

MOST_TOUCHES = 30
TRIAL_TOUCHES = 6


def ready_for_meeting(driver: Driver) -> None:
    """Bật hệ thống, Âm thanh, Khung hình: to the end of the power-on list."""
    driver.touch("power_on")
    assert driver.place() is Place.POWER_ON
    driver.touch("answer_surroundings_no")
    driver.touch("answer_conditions_yes")
    driver.until(lambda: driver.view.checklist and driver.view.checklist.page is Place.SOUND, "the sound step", 30)
    driver.touch("next_step")
    assert driver.place() is Place.SOUND
    driver.until(lambda: driver.view.sound.stage == "done", "the verdict of the sound check", 30)
    assert driver.view.sound.verdict is RowState.PASSED
    driver.touch("next_step")
    assert driver.place() is Place.FRAMING
    for seat in [seat for seat in driver.view.seats if not seat.overview]:
        driver.touch(f"seat_{seat.id}")
        driver.until(lambda id=seat.id: seat_state(driver, id) is SeatState.THERE, f"the camera at {seat.name}", 20)
    driver.touch("next_step")
    driver.until(lambda: driver.view.checklist and driver.view.checklist.finished, "the end of the list", 20)


def seat_state(driver: Driver, id: str) -> SeatState:
    return next(seat.state for seat in driver.view.seats if seat.id == id)


def try_the_connection(driver: Driver) -> None:
    """Kết nối thử: evidence both ways, the chair site's word, its record; then the room is ready as before."""
    driver.touch("join")
    driver.touch("start_trial")
    driver.until(lambda: driver.view.trial and driver.view.trial.enough, "the trial's evidence", 60)
    assert driver.place() is Place.MEETING
    assert driver.view.trial is not None
    assert driver.view.trial.good
    driver.touch("leave")
    driver.touch("trial_both_ways_yes")
    driver.touch("end_trial")
    driver.until(lambda: driver.find("refused_sentence"), "what became of it", 20)
    assert driver.said("refused_sentence") == driver.words("trial.held_good")
    driver.touch("sheet_back")
    assert driver.place() is Place.HOME


def into_meeting(driver: Driver) -> None:
    driver.touch("join")
    driver.touch("secret_no")
    driver.touch("join_now")
    driver.until(lambda: driver.view.call.in_meeting, "the meeting", 45)
    assert driver.view.call.state is CallState.MEDIA_OK
    assert driver.place() is Place.MEETING


def speak_once(driver: Driver) -> None:
    driver.touch("ask_speak")
    assert driver.view.mic.lamp is Lamp.ASKED
    driver.touch("invited")
    assert driver.view.mic.lamp is Lamp.INVITED
    driver.touch("mic_on")
    driver.until(lambda: driver.view.mic.lamp is Lamp.OPEN, "the open microphone")
    house = driver.kiosk.house
    assert house is not None
    driver.kiosk.worker.submit(house.room.aim_at_seat("ghe-3")).result(10)
    driver.until(lambda: driver.view.on_air == "ghe-3", "the speaker in the picture")
    driver.touch("mic_off")
    driver.until(lambda: driver.view.mic.lamp is Lamp.CLOSED, "the closed microphone")
    driver.until(lambda: driver.view.on_air == "toan-canh", "the overview again (Art. 9.2.b)")


def lose_and_reconnect(driver: Driver) -> None:
    house = driver.kiosk.house
    assert house is not None
    assert house.practice is not None
    house.practice.break_link()
    driver.until(lambda: driver.place() is Place.LOST, "the page of the lost link", 25)
    assert driver.find("reconnect") is None, "a lost link must not offer to redial"
    driver.touch("called_carrier")  # in the practice room the carrier mends the line after this
    driver.touch("told_chair")
    driver.touch("link_back")
    assert driver.find("reconnect") is None, "reconnecting needs the recorded leave"
    driver.touch("leave_by_control_tech:phone")
    driver.touch("reconnect")
    driver.until(lambda: driver.view.incident and driver.view.incident.step == 6, "the restored call", 45)
    driver.until(lambda: driver.view.call.in_meeting, "picture and sound again", 30)
    driver.touch("confirm_both")
    driver.until(lambda: driver.place() is Place.MEETING, "the meeting again")


def shut_down(driver: Driver) -> None:
    driver.touch("leave")
    driver.touch("leave_chair")
    driver.touch("leave_act")
    assert driver.place() is Place.SHUTDOWN
    driver.touch("answer_amplifier_yes", 30)
    driver.until(lambda: driver.view.checklist and driver.view.checklist.finished, "the end of the list", 40)
    driver.touch("sign_off")
    driver.until(lambda: driver.place() is Place.HOME, "the home page")


@pytest.mark.journey
@pytest.mark.timeout(300)
def test_a_meeting_from_power_on_to_sign_off_takes_at_most_thirty_touches(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    driver = Driver(tmp_path, (1024, 600), sound=Sound(False, True))
    try:
        told = contents(driver)
        ready_for_meeting(driver)
        before = driver.touches
        try_the_connection(driver)
        tried = driver.touches - before
        into_meeting(driver)
        speak_once(driver)
        lose_and_reconnect(driver)
        shut_down(driver)
        rows = driver.journal_rows()
    finally:
        driver.close()
    assert tried <= TRIAL_TOUCHES, f"{tried} touches of the trial"
    assert driver.touches - tried <= MOST_TOUCHES, f"{driver.touches} touches"
    assert_journal_tells_it(rows)
    assert caplog.text, "the log of a whole meeting"
    assert [content for content in told if content in caplog.text] == [], "a log holds no content (Art. 16.2)"
    assert verify(tmp_path / "journal.db").intact


@pytest.mark.journey
@pytest.mark.timeout(200)
def test_home_leads_back_to_the_list_that_is_running(tmp_path: Path) -> None:
    driver = Driver(tmp_path, sound=Sound(False, True))
    driver.touch("power_on")
    driver.until(lambda: driver.view.checklist, "the list")
    driver.panel.go(Place.HOME)
    assert driver.find("join") is None  # it would be refused
    driver.touch("to_list")
    assert driver.place() is Place.POWER_ON
    driver.close()


def test_without_an_invitation_the_microphone_opens_only_for_a_reason_that_is_kept(tmp_path: Path) -> None:
    driver = Driver(tmp_path, (1024, 600), sound=Sound(False, True))
    try:
        ready_for_meeting(driver)
        into_meeting(driver)
        driver.touch("microphone_lamp")
        assert driver.find("override_act") is not None
        assert not driver.find("override_act").isEnabled(), "no reason, no opening"
        driver.touch("override_called_by_name")
        driver.touch("override_act")
        driver.until(lambda: driver.view.mic.lamp is Lamp.OPEN, "the open microphone")
        driver.touch("mic_off")
        driver.until(lambda: driver.view.mic.lamp is Lamp.CLOSED, "the closed microphone")
        rows = driver.journal_rows()
    finally:
        driver.close()
    opened = [row.body for row in rows if row.kind == "microphone.opened"]
    assert opened == [{"invited_by": None, "reason": "called_by_name", "person": "focal_officer"}]


def contents(driver: Driver) -> list[str]:
    """What no log may hold: the meeting's title and sites, its address with the room's number, people, telephones."""
    house = driver.kiosk.house
    assert house is not None
    meeting = house.room.meetings["practice"]
    people = [text for contact in house.room.profile.contacts for text in (contact.name, contact.phone)]
    return [text for text in (meeting.title, meeting.chair_site, f"/hop/{meeting.room}", *people) if text]


def assert_journal_tells_it(rows: list[Row]) -> None:
    """The journal says what happened: all of it, in its order, and nothing that did not happen."""
    moves = [row.body["move"] for row in rows if row.kind == "session.moved"]
    assert moves == [
        "power_on", "finish_check", "join", "linked", "confirm_two_way", "end_trial",
        "join", "linked", "open_microphone", "lose", "grant_leave", "reconnect", "linked",
        "confirm_two_way", "declare_closing", "check_system", "disconnect", "cut_power",
    ]  # fmt: skip
    spoken = [row.kind for row in rows if row.kind.startswith("microphone.")]
    assert spoken == ["microphone.asked", "microphone.invited", "microphone.opened", "microphone.closed"]
    incident = [row.kind for row in rows if row.kind.startswith("incident.")]
    assert incident == [
        "incident.opened", "incident.called", "incident.told", "incident.link_back", "incident.leave",
        "incident.restored", "incident.closed",
    ]  # fmt: skip
    (held,) = [row.body for row in rows if row.kind == "trial.held"]
    assert (held["media"], held["confirmed"], held["microphone_closed"]) == ("both", True, True)
    assert held["finished_at"]
    assert held["picture"], "a picture of the stage"
    recalled = [row.body for row in rows if row.kind == "framing.recalled"]
    assert all(aim["outcome"] == "verified" and aim["position"] for aim in recalled)
    assert {aim["seat"] for aim in recalled} == {"ghe-1", "ghe-2", "ghe-3", "ghe-4", "ghe-5", "ghe-6", "toan-canh"}
    order = [row.body["step"] for row in rows if row.kind == "checklist.step" and row.body["run"] == last_run(rows)]
    assert order.index("camera.main") < order.index("disconnect") < order.index("camera_off.main")
    assert [row.kind for row in rows].count("shutdown.signed") == 1


def last_run(rows: list[Row]) -> str:
    return str([row.body["run"] for row in rows if row.kind == "checklist.started"][-1])
