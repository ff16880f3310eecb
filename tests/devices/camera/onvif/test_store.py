"""Storing over ONVIF: an ASCII name, a token only to overwrite, and belief only in what the camera then lists."""

import pytest

from devices.contract import Outcome, Reason
from tests.devices.camera.onvif.asking import asked, with_camera
from tests.fakes.onvif_camera import FakeOnvif, Script


def test_a_new_preset_is_stored_by_an_ascii_name_without_a_token() -> None:
    aim, fake = asked(Script(), lambda camera: camera.store_preset(7))
    assert (aim.outcome, fake.presets[aim.token]) == (Outcome.VERIFIED, ("P07", (0, 0, 0)))
    assert b"PresetToken" not in next(body for body in fake.bodies if b"SetPreset" in body)


def test_an_old_preset_is_overwritten_by_its_token() -> None:
    aim, fake = asked(Script(), lambda camera: camera.store_preset(1, "t1"))
    assert (aim.token, len(fake.presets)) == ("t1", 3)
    assert fake.presets["t1"] == ("P01", (0, 0, 0))


def test_an_old_preset_is_found_by_our_name_where_the_token_is_lost() -> None:
    aim, _ = asked(Script(), lambda camera: camera.store_preset(1))
    assert aim.token == "t1"


def test_a_token_that_the_camera_forgot_is_not_sent() -> None:
    aim, fake = asked(Script(), lambda camera: camera.store_preset(5, "t5"))
    assert (aim.outcome, fake.presets[aim.token][0]) == (Outcome.VERIFIED, "P05")


def test_a_camera_that_says_yes_and_keeps_nothing_has_failed() -> None:
    aim, _ = asked(Script(stores=False), lambda camera: camera.store_preset(7))
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.PRESET_MISSING)


def test_a_place_that_is_not_told_is_only_sent() -> None:
    aim, _ = asked(Script(position=False), lambda camera: camera.store_preset(7))
    assert (aim.outcome, aim.position) == (Outcome.SENT, None)
    assert aim.token


@pytest.mark.parametrize("move_status", [True, False])
def test_a_camera_that_moves_while_it_stores_is_only_sent(move_status: bool) -> None:
    with FakeOnvif(Script(move_s=9, move_status=move_status)) as fake:
        fake.send_to((1.0, 1.0, 1.0))
        assert with_camera(fake, lambda camera: camera.store_preset(7)).outcome is Outcome.SENT


def test_a_full_camera_says_so() -> None:
    aim, _ = asked(Script(faults={"SetPreset": "ter:TooManyPresets"}), lambda camera: camera.store_preset(7))
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.UNSUPPORTED)
