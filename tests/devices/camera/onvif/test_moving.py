"""Moving by hand over ONVIF: it stops when told, when nobody holds, and when this PC is gone."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from devices.camera.onvif.camera import OnvifCamera
from devices.camera.onvif.device import OnvifDevice
from devices.camera.onvif.library import prepare_wsdl
from devices.contract import CameraState, DeviceError, Outcome, Reason
from tests.devices.camera.onvif.asking import PARSED_S, SLACK, STORED_1, asked, with_camera
from tests.fakes.onvif import words
from tests.fakes.onvif.http import Answer
from tests.fakes.onvif_camera import PASSWORD, USER, FakeOnvif, Script


def reason_of(script: Script, ask: Callable[[OnvifCamera], Awaitable[object]]) -> Reason:
    with pytest.raises(DeviceError) as refused:
        asked(script, ask)
    return refused.value.reason


def test_it_moves_until_it_is_stopped() -> None:
    async def hold(camera: OnvifCamera) -> bool:
        await camera.drive(0.5, 0, 0)
        moved = fake.is_moving()
        await camera.stop()
        return moved

    with FakeOnvif() as fake:
        assert with_camera(fake, hold)
        assert not fake.is_moving()
    assert fake.executed["Stop"] == 1


def test_it_stops_half_a_second_after_the_last_touch() -> None:
    async def touch(camera: OnvifCamera) -> int:
        await camera.drive(0.5, 0, 0)
        await asyncio.sleep(0.8)
        return fake.executed["Stop"]

    with FakeOnvif() as fake:
        assert with_camera(fake, touch) == 1


def test_a_held_button_is_told_again_before_the_cameras_own_limit() -> None:
    async def hold(camera: OnvifCamera) -> bool:
        for _ in range(8):
            await camera.drive(0.1, 0, 0)
            await asyncio.sleep(0.2)
        return fake.is_moving()

    with FakeOnvif() as fake:
        assert with_camera(fake, hold)
    assert 3 <= fake.executed["ContinuousMove"] <= 5
    assert b"PT1S" in next(body for body in fake.bodies if b"ContinuousMove" in body)


def test_a_camera_that_refuses_stop_is_given_a_speed_of_nothing() -> None:
    async def hold(camera: OnvifCamera) -> None:
        await camera.drive(0.5, 0, 0)
        await camera.stop()

    _, fake = asked(Script(faults={"Stop": "ter:ActionNotSupported"}), hold)
    assert fake.executed["ContinuousMove"] == 2
    assert not fake.is_moving()


def test_stop_does_not_wait_for_a_call_that_hangs() -> None:
    async def hang(camera: OnvifCamera) -> tuple[float, CameraState]:
        await camera.status()
        fake.script.first["GetStatus"] = Answer(b"", silent=True)
        looking = asyncio.create_task(camera.status())
        await asyncio.sleep(0.1)
        began = time.monotonic()
        await camera.stop()
        took_s = time.monotonic() - began
        return took_s, (await looking).state

    with FakeOnvif() as fake:
        took_s, state = with_camera(fake, hang)
    assert took_s < 1.0 * SLACK
    assert fake.executed["Stop"] == 1
    assert state is CameraState.READY  # the look was cut off by us, and taken again: that is no fault of the camera


@pytest.mark.parametrize("operation", ["GetSystemDateAndTime", "GetServices", "GetProfiles", "GetNodes", "GetStatus"])
def test_a_look_that_was_cut_off_has_seen_nothing(operation: str) -> None:
    prepare_wsdl().result(PARSED_S)
    with FakeOnvif(Script(first={operation: Answer(b"", silent=True)}, absolute=False)) as fake:
        device = OnvifDevice("127.0.0.1", fake.port, USER, lambda: PASSWORD)
        threading.Timer(0.2, device.interrupt).start()
        with pytest.raises(DeviceError) as cut:
            device.status(time.monotonic() + 10)
        assert (cut.value.reason, fake.heard[-1]) == (Reason.SUPERSEDED, operation)
        device.begin()
        device.status(time.monotonic() + 10)
        assert not device.abilities.absolute  # the next look learns all that the first one did not
        device.close()


def test_a_stop_that_overtakes_a_drive_is_said_again_when_that_has_come_back() -> None:
    async def overtake(camera: OnvifCamera) -> None:
        await camera.status()
        driving = asyncio.create_task(camera.drive(0.5, 0, 0))
        await asyncio.sleep(0.1)
        await camera.stop()
        await driving

    slow = Answer(words.envelope(words.empty("ContinuousMove")).encode(), delay_s=0.6)
    _, fake = asked(Script(spoils={"ContinuousMove": slow}), overtake)
    assert fake.executed["Stop"] == 2
    assert not fake.is_moving()


def test_closing_ends_what_hangs() -> None:
    async def close(camera: OnvifCamera) -> bool:
        looking = asyncio.create_task(camera.status())
        await asyncio.sleep(0.3)
        await camera.close()
        return bool((await asyncio.wait({looking}, timeout=0.5))[0])

    assert asked(Script(answers={"": Answer(b"", silent=True)}), close)[0]


def test_stop_ends_a_recall_under_way() -> None:
    async def both(camera: OnvifCamera) -> Reason | None:
        recalling = asyncio.create_task(camera.recall_preset(1, STORED_1, "t1"))
        await asyncio.sleep(0.4)
        await camera.stop()
        return (await recalling).reason

    reason, fake = asked(Script(move_s=5), both)
    assert reason is Reason.SUPERSEDED
    assert not fake.is_moving()


def test_the_late_stop_of_a_drive_does_not_end_a_recall() -> None:
    async def both(camera: OnvifCamera) -> Outcome:
        await camera.drive(0.5, 0, 0)
        return (await camera.recall_preset(1, STORED_1, "t1")).outcome

    assert asked(Script(move_s=1.0), both)[0] is Outcome.VERIFIED


def test_a_refused_drive_is_told() -> None:
    script = Script(faults={"ContinuousMove": "ter:ActionNotSupported"})
    assert reason_of(script, lambda camera: camera.drive(1, 0, 0)) is Reason.UNSUPPORTED


def test_a_silent_camera_does_not_hold_the_drive() -> None:
    began = time.monotonic()
    silent = Script(answers={"": Answer(b"", silent=True)})
    assert reason_of(silent, lambda camera: camera.drive(1, 0, 0)) is Reason.NO_ANSWER
    assert time.monotonic() - began < 3.5 * SLACK  # with the late stop and close


def test_nonsense_is_no_motion() -> None:
    _, fake = asked(Script(), lambda camera: camera.drive(float("nan"), 0, float("inf")))
    assert fake.executed["ContinuousMove"] == 0


def test_there_is_no_standby() -> None:
    assert reason_of(Script(), lambda camera: camera.set_power(False)) is Reason.UNSUPPORTED
