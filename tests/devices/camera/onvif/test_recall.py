"""How a recall over ONVIF may end: success only where the camera lists what we stored, and is read back there."""

import asyncio

import pytest

from devices.camera.onvif.aim import find_preset
from devices.camera.onvif.camera import OnvifCamera
from devices.camera.onvif.device import Preset
from devices.contract import Aim, Outcome, Position, Reason
from tests.devices.camera.onvif.asking import SLACK, STORED_1, STORED_2, asked, recall, with_camera
from tests.fakes.onvif.http import Answer
from tests.fakes.onvif_camera import FakeOnvif, Script

FAILED = Outcome.FAILED


def test_recall_of_a_known_preset_is_verified_where_it_stands() -> None:
    aim, fake = recall(Script(move_s=0.3))
    assert (aim.outcome, aim.reason, aim.position, aim.token) == (Outcome.VERIFIED, None, STORED_1, "t1")
    assert fake.executed["GotoPreset t1"] == 1


def test_recall_of_an_unknown_place_is_verified_when_the_camera_went() -> None:
    aim, _ = recall(Script(move_s=0.3), stored=None)
    assert (aim.outcome, aim.position) == (Outcome.VERIFIED, STORED_1)


def test_a_position_told_once_a_second_is_not_taken_for_rest() -> None:
    script = Script(move_s=1.2, tells_every_s=0.7, move_status=False)
    aim, _ = recall(script, stored=None)
    assert (aim.outcome, aim.position) == (Outcome.VERIFIED, STORED_1)


def test_a_camera_under_way_to_elsewhere_proves_nothing_of_an_order_that_it_ignores() -> None:
    async def both(camera: OnvifCamera) -> Aim:
        going = asyncio.create_task(camera.go_to(STORED_2))
        await asyncio.sleep(0.3)
        fake.script.lying = True
        aim = await camera.recall_preset(1, None, "t1")
        await going
        return aim

    with FakeOnvif(Script(move_s=1.5)) as fake:
        assert with_camera(fake, both).outcome is Outcome.SENT


def test_a_camera_that_begins_late_is_waited_for() -> None:
    assert recall(Script(starts_s=1.0, move_s=0.3))[0].outcome is Outcome.VERIFIED


@pytest.mark.parametrize("missing", ["fault", "silent"])
@pytest.mark.parametrize("token", ["t9", ""])
def test_a_preset_that_the_camera_does_not_list_is_missing_and_never_called(missing: str, token: str) -> None:
    aim, fake = recall(Script(missing=missing), preset=9, token=token)
    assert (aim.outcome, aim.reason) == (FAILED, Reason.PRESET_MISSING)
    assert "GotoPreset" not in fake.heard


@pytest.mark.parametrize("stored", [STORED_1, None])
def test_a_preset_lost_between_the_look_and_the_order_is_no_success(stored: Position | None) -> None:
    script = Script(faults={"GotoPreset": "ter:NoToken"})
    aim, _ = recall(script, stored)
    assert (aim.outcome, aim.reason) == (FAILED, Reason.PRESET_MISSING)


def test_a_camera_that_says_yes_and_stays_has_lost_the_preset() -> None:
    aim, _ = recall(Script(lying=True))
    assert (aim.outcome, aim.reason) == (FAILED, Reason.PRESET_MISSING)
    assert aim.position == Position(0, 0, 0, "onvif")


def test_a_camera_that_says_yes_and_stays_is_only_sent_where_nothing_is_known() -> None:
    aim, _ = recall(Script(lying=True), stored=None)
    assert (aim.outcome, aim.reason) == (Outcome.SENT, None)


def test_a_camera_that_tells_no_position_is_only_sent() -> None:
    aim, fake = recall(Script(position=False))
    assert (aim.outcome, aim.reason, aim.position) == (Outcome.SENT, None, None)
    assert fake.executed["GotoPreset t1"] == 1


@pytest.mark.parametrize("preset", [94, 1000, -1])
def test_a_preset_that_is_not_ours_is_never_called(preset: int) -> None:
    aim, fake = recall(Script(), stored=None, preset=preset, token="")
    assert aim.outcome is FAILED
    assert not fake.executed


def test_our_name_is_found_where_the_token_has_changed() -> None:
    aim, _ = recall(Script(), token="gone")
    assert (aim.outcome, aim.token) == (Outcome.VERIFIED, "t1")


def test_our_token_is_found_where_the_camera_tells_no_names() -> None:
    assert recall(Script(empty_names=True))[0].outcome is Outcome.VERIFIED


def test_a_token_that_now_belongs_to_another_of_ours_is_not_called() -> None:
    aim, fake = recall(Script(), preset=1, token="t2")
    assert (aim.outcome, aim.token) == (Outcome.VERIFIED, "t1")
    assert fake.executed["GotoPreset t2"] == 0


def test_of_several_by_our_name_the_newest_is_called() -> None:
    listed = [Preset("old", "P01"), Preset("new", "P01"), Preset("t2", "P02")]
    assert find_preset(listed, 1, "") == Preset("new", "P01")
    assert find_preset(listed, 1, "old") == Preset("old", "P01")


def test_the_recall_names_no_speed() -> None:
    _, fake = recall(Script())
    body = next(body for body in fake.bodies if b"GotoPreset" in body)
    assert b"Speed" not in body


def test_a_camera_whose_profile_lacks_the_ptz_configuration_moves_all_the_same() -> None:
    assert recall(Script(ptz_configuration=False))[0].outcome is Outcome.VERIFIED


def test_a_camera_without_ptz_is_unsupported() -> None:
    aim, _ = recall(Script(ptz=False))
    assert (aim.outcome, aim.reason) == (FAILED, Reason.UNSUPPORTED)


def test_addresses_that_are_not_the_cameras_are_rewritten() -> None:
    assert recall(Script(wrong_xaddr=True))[0].outcome is Outcome.VERIFIED


def test_a_camera_without_get_services_is_asked_for_its_capabilities() -> None:
    aim, fake = recall(Script(services=False))
    assert aim.outcome is Outcome.VERIFIED
    assert "GetCapabilities" in fake.heard


def test_names_counted_in_characters_do_not_spoil_the_connection() -> None:
    fake = FakeOnvif(Script(characters=True))
    fake.presets = {f"v{n}": (f"Khung hình Chủ tọa số {n}", (0.5, 0.5, 0.5)) for n in range(40)} | fake.presets
    with fake:
        aim = with_camera(fake, lambda camera: camera.recall_preset(1, STORED_1, "t1"))
    assert aim.outcome is Outcome.VERIFIED


def test_an_order_whose_answer_is_lost_is_not_given_twice() -> None:
    aim, fake = recall(Script(answers_done=False))
    assert (aim.outcome, aim.reason) == (FAILED, Reason.LINK_LOST)
    assert fake.executed["GotoPreset t1"] == 1


def test_a_camera_that_dies_on_its_way_is_named() -> None:
    aim, _ = recall(Script(move_s=5, dies_after_s=0.4))
    assert (aim.outcome, aim.reason) == (FAILED, Reason.NO_ANSWER)
    assert aim.seconds <= 3.5 * SLACK


def test_a_silent_camera_fails_within_three_seconds() -> None:
    aim, _ = recall(Script(answers={"": Answer(b"", silent=True)}))
    assert (aim.outcome, aim.reason) == (FAILED, Reason.NO_ANSWER)
    assert aim.seconds <= 3.0 * SLACK


def test_a_newer_recall_ends_the_older_one() -> None:
    async def both(camera: OnvifCamera) -> list[Aim]:
        older = asyncio.create_task(camera.recall_preset(1, STORED_1, "t1"))
        await asyncio.sleep(0.3)
        return [await camera.recall_preset(2, STORED_2, "t2"), await older]

    (newer, older), _ = asked(Script(move_s=1.0), both)
    assert (newer.outcome, newer.position) == (Outcome.VERIFIED, STORED_2)
    assert (older.outcome, older.reason) == (FAILED, Reason.SUPERSEDED)


def test_a_newer_recall_does_not_wait_for_an_older_one_that_hangs() -> None:
    async def both(camera: OnvifCamera, fake: FakeOnvif) -> list[Aim]:
        await camera.status()
        fake.script.answers["GetPresets"] = Answer(b"", silent=True)
        older = asyncio.create_task(camera.recall_preset(1, STORED_1, "t1"))
        await asyncio.sleep(0.2)
        fake.script.answers.clear()
        return [await camera.recall_preset(2, STORED_2, "t2"), await older]

    with FakeOnvif() as fake:
        newer, older = with_camera(fake, lambda camera: both(camera, fake))
    assert newer.outcome is Outcome.VERIFIED
    assert newer.seconds < 1.0 * SLACK
    assert older.reason is Reason.SUPERSEDED


def test_a_place_is_gone_to_without_a_preset() -> None:
    aim, fake = asked(Script(move_s=0.3), lambda camera: camera.go_to(STORED_2))
    assert (aim.outcome, aim.position) == (Outcome.VERIFIED, STORED_2)
    assert fake.executed["AbsoluteMove"] == 1


def test_a_camera_without_absolute_moves_goes_to_no_place() -> None:
    aim, fake = asked(Script(absolute=False), lambda camera: camera.go_to(STORED_2))
    assert (aim.outcome, aim.reason) == (FAILED, Reason.UNSUPPORTED)
    assert not fake.executed


def test_a_place_in_steps_of_another_protocol_is_refused() -> None:
    aim, fake = asked(Script(), lambda camera: camera.go_to(Position(1, 1, 1, "visca")))
    assert (aim.reason, fake.heard) == (Reason.UNSUPPORTED, [])
