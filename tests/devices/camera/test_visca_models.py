"""What differs between models, and what a camera says of itself."""

import asyncio

import pytest

from devices.camera.models import MODELS
from devices.camera.visca_driver import ViscaCamera
from devices.contract import Abilities, Aim, DeviceError, Outcome, Position, Reason
from tests.devices.camera.aiming import RECALL_1, RECALL_2, STORED_1, STORED_2, with_camera
from tests.fakes.visca.camera import FakeCamera, Script

SPECIAL = (*range(90, 100), 255)


@pytest.mark.parametrize("preset", SPECIAL)
def test_a_camera_of_which_nothing_is_known_is_never_asked_for_a_special_function(preset: int) -> None:
    async def ask(camera: ViscaCamera) -> list[Reason | None]:
        return [(await camera.recall_preset(preset, None)).reason, (await camera.store_preset(preset)).reason]

    with FakeCamera("visca-udp") as fake:
        assert with_camera(fake, ask) == [Reason.UNSUPPORTED] * 2
    assert fake.heard == []


@pytest.mark.parametrize("model", MODELS)
def test_no_model_recalls_what_a_byte_cannot_say(model: str) -> None:
    assert not any(MODELS[model].has_preset(preset) for preset in (-1, 255, 256))


@pytest.mark.parametrize("model", ["avipas", "prestel"])
def test_the_preset_of_power_up_is_left_to_the_camera(model: str) -> None:
    assert not MODELS[model].has_preset(0)
    assert MODELS[model].has_preset(1)


def test_sonys_way_to_a_position_has_no_second_speed_and_others_have() -> None:
    def packet(model: str) -> str:
        with FakeCamera("visca-udp") as fake:
            with_camera(fake, lambda camera: camera.go_to(STORED_1), model)
        return next(packet.hex() for packet in fake.heard if packet[1:4] == b"\x01\x06\x02")

    assert packet("sony-16") == "810106021800000200000f0f0800ff"
    assert packet("generic") == "810106021814000200000f0f0800ff"


def test_a_body_that_answers_five_digits_is_told_five() -> None:
    far = Position(0x12345, -2, 3)
    with FakeCamera("visca-tcp", Script(position="five")) as fake:
        aim = with_camera(fake, lambda camera: camera.go_to(far))
    assert (aim.outcome, aim.position) == (Outcome.VERIFIED, far)


def test_a_body_of_four_digits_is_not_sent_where_it_cannot_go() -> None:
    with FakeCamera("visca-tcp") as fake:
        aim = with_camera(fake, lambda camera: camera.go_to(Position(0x12345, -2, 3)))
    assert aim.reason is Reason.UNSUPPORTED
    assert not fake.executed


@pytest.mark.parametrize(
    "position",
    [Position(0.5, 0, 0, "onvif"), Position(0.5, 0, 0), Position(0, 0x8000, 0), Position(0, 0, -1)],
    ids=["onvif", "half-a-step", "too-high", "negative-zoom"],
)
def test_a_position_that_visca_cannot_say_sends_nothing(position: Position) -> None:
    with FakeCamera("visca-udp") as fake:
        assert with_camera(fake, lambda camera: camera.go_to(position)).reason is Reason.UNSUPPORTED
    assert fake.heard == []


def test_a_newer_order_ends_a_way_to_a_position() -> None:
    async def two(camera: ViscaCamera) -> list[Aim]:
        first = asyncio.create_task(camera.go_to(STORED_1))
        await asyncio.sleep(0.3)
        return [await camera.recall_preset(2, STORED_2), await first]

    with FakeCamera("visca-udp", Script(move_s=1.0)) as fake:
        second, first = with_camera(fake, two)
    assert (second.outcome, first.reason) == (Outcome.VERIFIED, Reason.SUPERSEDED)


def test_what_a_camera_refused_is_no_ability_of_it_any_more() -> None:
    async def ask(camera: ViscaCamera) -> tuple[Abilities, Abilities]:
        before = camera.abilities()
        await camera.go_to(STORED_1)
        with pytest.raises(DeviceError):
            await camera.set_power(False)
        return before, camera.abilities()

    with FakeCamera("visca-udp", Script(refuses=0x02)) as fake:
        assert with_camera(fake, ask) == (Abilities(), Abilities(absolute=False, power=False))


def test_a_camera_that_refuses_to_tell_its_position_has_no_way_to_one() -> None:
    async def ask(camera: ViscaCamera) -> bool:
        await camera.status()
        return camera.abilities().absolute

    with FakeCamera("visca-udp", Script(position="refused")) as fake:
        assert with_camera(fake, ask) is False


@pytest.mark.parametrize(("driver", "works"), [("visca-udp", False), ("visca-tcp", False), ("visca-serial", True)])
def test_a_camera_that_cannot_be_woken_over_ip_is_not_put_to_sleep_over_ip(driver: str, works: bool) -> None:
    async def ask(camera: ViscaCamera) -> tuple[bool, Reason | None]:
        try:
            await camera.set_power(False)
        except DeviceError as error:
            return camera.abilities().power, error.reason
        return camera.abilities().power, None

    with FakeCamera(driver) as fake:
        assert with_camera(fake, ask, "aver-tr") == (works, None if works else Reason.UNSUPPORTED)
        assert fake.script.standby is works


def test_a_cancel_keeps_its_distance_before_and_after() -> None:
    async def two(camera: ViscaCamera) -> Aim:
        first = asyncio.create_task(camera.recall_preset(1, STORED_1))
        await asyncio.sleep(0.05)
        aim = await camera.recall_preset(2, STORED_2)
        await first
        return aim

    with FakeCamera("visca-serial", Script(move_s=1.0, needs_cancel=True)) as fake:
        aim = with_camera(fake, two, "sony-16-cancel")
    assert aim.outcome is Outcome.VERIFIED
    recall, cancel, newer = (
        fake.heard_at[fake.heard.index(packet)]
        for packet in (b"\x81" + RECALL_1 + b"\xff", b"\x81\x21\xff", b"\x81" + RECALL_2 + b"\xff")
    )
    assert cancel - recall >= 0.19
    assert newer - cancel >= 0.19


def test_stop_also_cancels_where_the_model_says_so() -> None:
    async def stop_it(camera: ViscaCamera) -> tuple[Aim, tuple[int, int, int], tuple[int, int, int]]:
        aim = asyncio.create_task(camera.recall_preset(1, STORED_1))
        await asyncio.sleep(0.05)
        await camera.stop()
        stood = fake.position()
        await asyncio.sleep(0.3)
        return await aim, stood, fake.position()

    with FakeCamera("visca-udp", Script(move_s=3.0, needs_cancel=True)) as fake:
        aim, stood, later = with_camera(fake, stop_it, "sony-16-cancel")
    assert aim.reason is Reason.SUPERSEDED
    assert stood == later
    assert any(packet[1] & 0xF0 == 0x20 for packet in fake.heard)


def test_a_slow_firmware_is_not_outrun() -> None:
    async def two(camera: ViscaCamera) -> None:
        await camera.recall_preset(1, STORED_1)
        await camera.recall_preset(2, STORED_2)

    with FakeCamera("visca-serial") as fake:
        with_camera(fake, two, "logitech")
    first, second = (fake.heard_at[fake.heard.index(b"\x81" + body + b"\xff")] for body in (RECALL_1, RECALL_2))
    assert second - first >= 0.85
