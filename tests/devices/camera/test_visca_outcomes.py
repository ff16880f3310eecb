"""How a recall may end, over each line on which it can end so."""

import pytest

from devices.contract import Outcome, Position, Reason
from tests.devices.camera.aiming import RECALL_1, STORED_1, STORED_2, recall, recall_on_every_line, with_camera
from tests.fakes.visca_camera import DRIVERS, PRESETS, FakeCamera, Script

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


def test_recall_of_an_unknown_preset_that_moves_nothing_is_only_sent() -> None:
    aim, _ = recall("visca-udp", Script(lying=True), stored=None)
    assert (aim.outcome, aim.reason) == (Outcome.SENT, None)


def test_a_camera_that_says_done_without_moving_has_lost_the_preset() -> None:
    for aim, _ in recall_on_every_line(Script(lying=True)).values():
        assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.PRESET_MISSING)
        assert aim.position == Position(0, 0, 0)


def test_a_forgotten_preset_is_missing() -> None:
    with FakeCamera("visca-udp", presets={}) as fake:
        aim = with_camera(fake, lambda camera: camera.recall_preset(1, STORED_1))
    assert aim.reason is Reason.PRESET_MISSING


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


@pytest.mark.parametrize("position", ["silent", "refused"])
def test_a_camera_that_tells_no_position_is_only_sent(position: str) -> None:
    for aim, fake in recall_on_every_line(Script(position=position)).values():
        assert (aim.outcome, aim.reason, aim.position) == (Outcome.SENT, None, None)
        assert fake.executed[RECALL_1] == 1


def test_silent_camera_is_named_within_one_second() -> None:
    for aim, _ in recall_on_every_line(Script(silent=True), stored=None).values():
        assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
        assert aim.seconds <= 1.0 * SLACK


@pytest.mark.parametrize("reply", [b"\x90\x41\xff\x90\x51", b"\x90" * 15])
def test_camera_that_dribbles_bytes_is_named_within_three_seconds(reply: bytes) -> None:
    for aim, _ in recall_on_every_line(Script(dribble=reply)).values():
        assert aim.outcome is Outcome.FAILED
        assert aim.reason in (Reason.NO_ANSWER, Reason.PROTOCOL)
        assert aim.seconds <= 3.0 * SLACK


def test_camera_that_never_completes_is_named_within_three_seconds() -> None:
    for aim, fake in recall_on_every_line(Script(completes=False)).values():
        assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
        assert aim.seconds <= 3.0 * SLACK
        assert fake.executed[RECALL_1] == 1


def test_rubbish_is_no_answer_of_a_camera() -> None:
    for aim, _ in recall_on_every_line(Script(noise=True)).values():
        assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.PROTOCOL)


@every_line
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0x01, Reason.PROTOCOL),
        (0x02, Reason.UNSUPPORTED),
        (0x03, Reason.REFUSED_BUSY),
        (0x04, Reason.PROTOCOL),
        (0x05, Reason.PROTOCOL),
        (0x41, Reason.NOT_NOW),
    ],
)
def test_each_refusal_has_its_reason(driver: str, code: int, reason: Reason) -> None:
    aim, _ = recall(driver, Script(refuses=code))
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, reason)


def test_standby_camera_says_not_now() -> None:
    assert recall("visca-tcp", Script(standby=True))[0].reason is Reason.NOT_NOW


def test_connection_reset_by_the_camera_is_a_lost_link() -> None:
    assert recall("visca-tcp", Script(resets=True))[0].reason is Reason.LINK_LOST


@pytest.mark.parametrize("driver", DRIVERS[:3])
def test_refused_port_is_a_lost_link(driver: str) -> None:
    with FakeCamera(driver) as fake:
        fake.unplug()
        aim = with_camera(fake, lambda camera: camera.recall_preset(1, STORED_1))
    assert aim.reason is Reason.LINK_LOST


def test_missing_serial_device_is_a_lost_link() -> None:
    with FakeCamera("visca-serial") as fake:
        fake.unplug()
        aim = with_camera(fake, lambda camera: camera.recall_preset(1, STORED_1))
    assert aim.reason is Reason.LINK_LOST


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


def test_a_camera_out_of_step_is_brought_back_into_step() -> None:
    aim, fake = recall("visca-udp", Script(out_of_step=True))
    assert aim.outcome is Outcome.VERIFIED
    assert fake.executed[RECALL_1] == 1


@pytest.mark.parametrize("preset", [-1, 90, 95, 99, 255, 256])
def test_a_special_or_impossible_preset_sends_nothing(preset: int) -> None:
    aim, fake = recall("visca-udp", Script(), preset=preset)
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.UNSUPPORTED)
    assert fake.heard == []


@pytest.mark.parametrize("driver", DRIVERS[1:])
@pytest.mark.parametrize(
    "script",
    [
        Script(head=0xA0),
        Script(doubled_end=True),
        Script(without_ack=True),
        Script(one_socket=True),
        Script(greets=False),
        Script(completes_early=True, starts_s=0.3, move_s=0.3),
        Script(unasked=b"\x88\x38\xff"),
        Script(cut_into=1),
    ],
    ids=lambda script: ",".join(name for name, value in vars(script).items() if value != vars(Script())[name]),
)
def test_odd_cameras_of_the_field_are_verified_all_the_same(driver: str, script: Script) -> None:
    aim, fake = recall(driver, Script(**vars(script)))
    assert (aim.outcome, aim.position) == (Outcome.VERIFIED, STORED_1)
    assert max(fake.executed.values()) == 1
