"""How a recall may end, beyond the fault scripts (test_visca_faults)."""

import pytest

from devices.contract import Outcome, Position, Reason
from tests.devices.camera.aiming import RECALL_1, STORED_1, STORED_2, recall, recall_on_every_line, with_camera
from tests.fakes.visca.camera import DRIVERS, PRESETS, FakeCamera, Script

SLACK = 3.0  # this machine is shared: limits are asserted at three times their figure

every_line = pytest.mark.parametrize("driver", DRIVERS)
bare_line = pytest.mark.parametrize("driver", DRIVERS[1:])


@every_line
def test_recall_of_a_known_preset_is_verified_where_it_stands(driver: str) -> None:
    aim, fake = recall(driver, Script(move_s=0.3))
    assert (aim.outcome, aim.reason, aim.position) == (Outcome.VERIFIED, None, STORED_1)
    assert fake.executed[RECALL_1] == 1


@every_line
def test_recall_of_an_unknown_preset_is_verified_when_the_camera_went(driver: str) -> None:
    aim, _ = recall(driver, Script(move_s=0.3), stored=None)
    assert (aim.outcome, aim.position) == (Outcome.VERIFIED, STORED_1)


def test_a_camera_that_moves_for_longer_than_silence_may_last_is_waited_for() -> None:
    aim, _ = recall("visca-udp", Script(move_s=3.4))
    assert aim.outcome is Outcome.VERIFIED
    assert aim.seconds >= 3.4


def test_a_preset_that_now_lies_elsewhere_is_missing() -> None:
    with FakeCamera("visca-udp", presets={1: PRESETS[2]}) as fake:
        aim = with_camera(fake, lambda camera: camera.recall_preset(1, STORED_1))
    assert (aim.reason, aim.position) == (Reason.PRESET_MISSING, STORED_2)


def test_a_few_steps_beside_the_stored_place_still_agree() -> None:
    aim, _ = recall("visca-udp", Script(), stored=Position(STORED_1.pan + 0x10, STORED_1.tilt, STORED_1.zoom - 0x40))
    assert aim.outcome is Outcome.VERIFIED


def test_one_step_more_does_not() -> None:
    aim, _ = recall("visca-udp", Script(), stored=Position(STORED_1.pan + 0x11, STORED_1.tilt, STORED_1.zoom))
    assert aim.reason is Reason.PRESET_MISSING


def test_silent_camera_is_named_within_one_second() -> None:
    for aim, _ in recall_on_every_line(Script(silent=True), stored=None).values():
        assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
        assert aim.seconds <= 1.0 * SLACK


def test_lost_replies_do_not_run_a_command_twice_with_sequence_numbers() -> None:
    aim, fake = recall("visca-udp", Script(lost_replies=2))
    assert aim.outcome is Outcome.VERIFIED
    assert fake.executed[RECALL_1] == 1
    assert fake.heard.count(b"\x81" + RECALL_1 + b"\xff") == 2


@bare_line
def test_lost_replies_do_not_run_a_command_twice_without_sequence_numbers(driver: str) -> None:
    aim, fake = recall(driver, Script(lost_replies=2))
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
    assert fake.executed[RECALL_1] == 1


def test_lost_acknowledgement_alone_changes_nothing() -> None:
    assert recall("visca-udp-raw", Script(lost_replies=1, move_s=0.2))[0].outcome is Outcome.VERIFIED


@pytest.mark.parametrize("preset", [-1, 90, 95, 99, 255, 256])
def test_a_special_or_impossible_preset_sends_nothing(preset: int) -> None:
    aim, fake = recall("visca-udp", Script(), preset=preset)
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.UNSUPPORTED)
    assert fake.heard == []
