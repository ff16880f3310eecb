"""Orders that meet: newer aims, stops, late replies, power cuts; and status, store, drive, power."""

import asyncio
import logging

import pytest

from devices.camera.visca_driver import ViscaCamera, make_visca
from devices.contract import Aim, CameraState, CameraStatus, DeviceError, Outcome, Position, Reason
from tests.devices.camera.aiming import RECALL_1, RECALL_2, STORED_1, STORED_2, on_every_line, with_camera
from tests.fakes.visca.camera import DRIVERS, FakeCamera, Script

every_line = pytest.mark.parametrize("driver", DRIVERS)
STOP, ZOOM_STOP = bytes.fromhex("8101060101010303ff"), bytes.fromhex("8101040700ff")


def test_newest_aim_supersedes_the_older_ones() -> None:
    async def three(camera: ViscaCamera) -> list[Aim]:
        first = asyncio.create_task(camera.recall_preset(1, STORED_1))
        await asyncio.sleep(0.3)
        second = asyncio.create_task(camera.recall_preset(3, None))
        third = asyncio.create_task(camera.recall_preset(2, STORED_2))
        return list(await asyncio.gather(first, second, third))

    for (first, second, third), fake in on_every_line(Script(move_s=1.0), three).values():
        assert (first.outcome, first.reason) == (Outcome.FAILED, Reason.SUPERSEDED)
        assert (second.outcome, second.reason) == (Outcome.FAILED, Reason.SUPERSEDED)
        assert (third.outcome, third.position) == (Outcome.VERIFIED, STORED_2)
        assert max(fake.executed.values()) == 1


@pytest.mark.parametrize(("late_s", "pause_s"), [(1.2, 0.0), (2.4, 1.2)])
def test_late_replies_do_not_complete_a_newer_aim(late_s: float, pause_s: float) -> None:
    async def two(camera: ViscaCamera) -> list[Aim]:
        first = await camera.recall_preset(1, STORED_1)
        await asyncio.sleep(pause_s)
        return [first, await camera.recall_preset(2, None)]

    late = Script(late_s=late_s, silent_to=(RECALL_2,))
    for (first, second), fake in on_every_line(late, two).values():
        assert first.reason is Reason.NO_ANSWER
        assert (second.outcome, second.reason) == (Outcome.FAILED, Reason.NO_ANSWER)
        assert fake.executed[RECALL_1] == 1


def test_stop_ends_an_aim_and_is_heard_while_it_runs() -> None:
    async def stop_it(camera: ViscaCamera) -> Aim:
        aim = asyncio.create_task(camera.recall_preset(1, STORED_1))
        await asyncio.sleep(0.3)
        await camera.stop()
        return await aim

    for aim, fake in on_every_line(Script(move_s=2.0), stop_it).values():
        assert aim.reason is Reason.SUPERSEDED
        assert {STOP, ZOOM_STOP} <= set(fake.heard)


def test_drive_stops_by_itself_when_nobody_holds_it() -> None:
    async def hold_and_let_go(camera: ViscaCamera) -> tuple[bool, bool]:
        for _ in range(4):
            await camera.drive(0.5, 0, 0)
            await asyncio.sleep(0.2)
        held = STOP in fake.heard
        await asyncio.sleep(1.0)
        return held, STOP in fake.heard

    with FakeCamera("visca-udp") as fake:
        assert with_camera(fake, hold_and_let_go) == (False, True)
    assert bytes.fromhex("810106010c010203ff") in fake.heard


def test_drive_that_is_never_refreshed_stops_too() -> None:
    async def touch(camera: ViscaCamera) -> None:
        await camera.drive(0.5, 0, 0)
        await asyncio.sleep(0.9)
        assert STOP in fake.heard

    with FakeCamera("visca-udp") as fake:
        with_camera(fake, touch)


def test_a_stop_that_was_not_heard_is_said_again_by_the_dead_man() -> None:
    async def deaf_to_the_stop(camera: ViscaCamera) -> bool:
        await camera.drive(1, 0, 0)
        fake.script.silent = True
        with pytest.raises(DeviceError):
            await camera.stop()
        await asyncio.sleep(0.6)
        fake.script.silent = False
        await asyncio.sleep(1.5)
        return fake.driving

    with FakeCamera("visca-tcp") as fake:
        assert with_camera(fake, deaf_to_the_stop) is False


@pytest.mark.parametrize("driver", DRIVERS[1:])
def test_a_late_stop_never_ends_a_newer_aim(driver: str) -> None:
    async def lost_then_aimed(camera: ViscaCamera) -> Aim:
        await camera.drive(1, 0, 0)
        fake.script.silent = True
        await asyncio.sleep(0.85)  # the late stop is being said
        fake.script.silent = False
        return await camera.recall_preset(1, STORED_1)

    with FakeCamera(driver, Script(move_s=1.5)) as fake:
        assert with_camera(fake, lost_then_aimed).outcome is Outcome.VERIFIED


def test_an_aim_that_was_not_heard_leaves_the_late_stop_to_come() -> None:
    async def lost_and_aimed(camera: ViscaCamera) -> bool:
        await camera.drive(1, 0, 0)
        fake.script.silent = True
        await asyncio.sleep(0.6)
        assert (await camera.recall_preset(1, STORED_1)).outcome is Outcome.FAILED
        fake.script.silent = False
        await asyncio.sleep(1.5)
        return fake.driving

    with FakeCamera("visca-tcp") as fake:
        assert with_camera(fake, lost_and_aimed) is False


def test_drive_is_sent_once_for_one_speed_and_zoom_apart() -> None:
    async def drive(camera: ViscaCamera) -> None:
        for _ in range(3):
            await camera.drive(-1.0, 1.0, 0.01)
        await camera.drive(-1.0, 1.0, -1.0)
        await camera.stop()

    with FakeCamera("visca-tcp") as fake:
        with_camera(fake, drive)
    assert [packet.hex() for packet in fake.heard] == [
        "8101060118140101ff",
        "8101040737ff",
        STOP.hex(),
        ZOOM_STOP.hex(),
    ]


def test_closing_while_driving_stops_the_camera() -> None:
    with FakeCamera("visca-udp") as fake:
        with_camera(fake, lambda camera: camera.drive(1, 0, 0))
    assert STOP in fake.heard


def test_nothing_is_left_running_by_a_drive_that_closing_ended() -> None:
    async def close_while_driving(camera: ViscaCamera) -> int:
        driving = asyncio.create_task(camera.drive(0.5, 0, 0))
        await asyncio.sleep(0.05)
        await camera.close()
        await asyncio.gather(driving, return_exceptions=True)
        await asyncio.sleep(0.6)  # the dead man's time and more
        return len(asyncio.all_tasks())

    with FakeCamera("visca-udp", Script(delay_s=0.3)) as fake:
        assert with_camera(fake, close_while_driving) == 1


def test_aim_after_driving_is_not_stopped_by_the_dead_man() -> None:
    async def drive_then_aim(camera: ViscaCamera) -> Aim:
        await camera.drive(1, 0, 0)
        return await camera.recall_preset(1, STORED_1)

    with FakeCamera("visca-udp", Script(move_s=1.0)) as fake:
        aim = with_camera(fake, drive_then_aim)
    assert aim.outcome is Outcome.VERIFIED
    assert fake.heard.count(STOP) == 1
    assert fake.heard.index(STOP) < fake.heard.index(b"\x81" + RECALL_1 + b"\xff")


def test_drive_of_a_silent_camera_is_no_answer() -> None:
    with FakeCamera("visca-udp", Script(silent=True)) as fake, pytest.raises(DeviceError) as caught:
        with_camera(fake, lambda camera: camera.drive(1, 0, 0))
    assert caught.value.reason is Reason.NO_ANSWER


@every_line
def test_store_is_verified_with_the_position_read_back(driver: str) -> None:
    async def store_then_recall(camera: ViscaCamera) -> tuple[Aim, Aim]:
        fake.turn_by_hand((9, 8, 7))
        stored = await camera.store_preset(5)
        await camera.recall_preset(1, STORED_1)
        return stored, await camera.recall_preset(5, stored.position)

    with FakeCamera(driver) as fake:
        stored, recalled = with_camera(fake, store_then_recall)
    assert (stored.outcome, stored.position) == (Outcome.VERIFIED, Position(9, 8, 7))
    assert (recalled.outcome, recalled.position) == (Outcome.VERIFIED, Position(9, 8, 7))


def test_store_that_cannot_be_read_back_is_only_sent() -> None:
    with FakeCamera("visca-udp", Script(position="refused")) as fake:
        assert with_camera(fake, lambda camera: camera.store_preset(5)).outcome is Outcome.SENT


def test_store_of_a_special_preset_sends_nothing() -> None:
    with FakeCamera("visca-udp") as fake:
        assert with_camera(fake, lambda camera: camera.store_preset(95)).reason is Reason.UNSUPPORTED
    assert fake.heard == []


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (Script(), CameraStatus(CameraState.READY, None, Position(0, 0, 0))),
        (Script(standby=True), CameraStatus(CameraState.STANDBY)),
        (Script(position="refused"), CameraStatus(CameraState.READY)),
        (Script(position="silent"), CameraStatus(CameraState.READY)),
        (Script(refuses_power=0x02), CameraStatus(CameraState.READY, None, Position(0, 0, 0))),
        (Script(refuses_power=0x41), CameraStatus(CameraState.FAULT, Reason.NOT_NOW)),
        (Script(silent=True), CameraStatus(CameraState.OFFLINE, Reason.NO_ANSWER)),
        (Script(noise=True), CameraStatus(CameraState.FAULT, Reason.PROTOCOL)),
    ],
    ids=["ready", "standby", "no-position", "silent-position", "no-power-inquiry", "starting", "silent", "rubbish"],
)
def test_status_tells_what_the_camera_answered(script: Script, expected: CameraStatus) -> None:
    for status, _ in on_every_line(script, lambda camera: camera.status()).values():
        assert status == expected


def test_status_while_an_aim_runs_leaves_the_aim_alone() -> None:
    async def both(camera: ViscaCamera) -> tuple[CameraStatus, Aim]:
        aim = asyncio.create_task(camera.recall_preset(1, STORED_1))
        await asyncio.sleep(0.2)
        return await camera.status(), await aim

    with FakeCamera("visca-tcp", Script(move_s=1.0)) as fake:
        status, aim = with_camera(fake, both)
    assert status.state is CameraState.READY
    assert aim.outcome is Outcome.VERIFIED


def test_camera_back_after_a_power_cut_is_used_again_and_no_order_is_replayed() -> None:
    async def cut(camera: ViscaCamera) -> tuple[CameraStatus, Aim]:
        assert (await camera.status()).state is CameraState.READY
        fake.script.resets = True
        assert (await camera.recall_preset(1, STORED_1)).reason is Reason.LINK_LOST
        fake.script.resets = False
        return await camera.status(), await camera.recall_preset(2, STORED_2)

    with FakeCamera("visca-tcp") as fake:
        status, aim = with_camera(fake, cut)
    assert status.state is CameraState.READY
    assert aim.outcome is Outcome.VERIFIED
    assert fake.executed[RECALL_1] == 0


def test_power_is_set_once_and_only_when_needed() -> None:
    async def power(camera: ViscaCamera) -> CameraStatus:
        await camera.set_power(True)
        await camera.set_power(False)
        await camera.set_power(False)
        return await camera.status()

    with FakeCamera("visca-udp") as fake:
        assert with_camera(fake, power) == CameraStatus(CameraState.STANDBY)
    assert dict(fake.executed) == {bytes.fromhex("01040003"): 1}


def test_a_camera_down_is_logged_once_down_and_once_up(caplog: pytest.LogCaptureFixture) -> None:
    async def watch(camera: ViscaCamera) -> None:
        for silent in (True, True, False, False):
            fake.script.silent = silent
            await camera.status()

    with FakeCamera("visca-udp-raw") as fake, caplog.at_level(logging.INFO, "devices.camera"):
        with_camera(fake, watch)
    assert [record.getMessage() for record in caplog.records] == [
        "camera main: down, no_answer",
        "camera main: answers again",
    ]


@pytest.mark.parametrize(("driver", "model"), [("visca-udp", "no-such-model"), ("visca", "generic")])
def test_an_unknown_driver_or_model_is_unsupported(driver: str, model: str) -> None:
    with pytest.raises(DeviceError) as caught:
        make_visca(driver, "main", "127.0.0.1", model=model)
    assert caught.value.reason is Reason.UNSUPPORTED
