"""Signatures: passwords of any letters, wrong clocks, cameras that want a digest of HTTP, and no secret told."""

import asyncio
import logging
from datetime import timedelta
from urllib.parse import quote

import pytest

from devices.camera.onvif.camera import OnvifCamera, make_onvif
from devices.contract import CameraState, CameraStatus, DeviceError, Outcome, Reason
from tests.devices.camera.onvif.asking import STORED_1, asked, recall, with_camera
from tests.fakes.onvif_camera import OPEN_BUT_FOR_PTZ, PASSWORD, FakeOnvif, Script


@pytest.mark.parametrize("auth", ["wsse", "digest", "none"])
def test_a_password_of_awkward_letters_opens_each_door(auth: str) -> None:
    assert recall(Script(auth=auth))[0].outcome is Outcome.VERIFIED


@pytest.mark.parametrize("days", [-183, 183, 0.01])
def test_a_wrong_clock_is_signed_with_its_own_time(days: float) -> None:
    assert recall(Script(clock_off=timedelta(days=days)))[0].outcome is Outcome.VERIFIED


def test_a_clock_lost_in_a_power_cut_is_read_anew() -> None:
    async def twice(camera: OnvifCamera) -> CameraStatus:
        await camera.status()
        fake.script.clock_off = timedelta(days=-183)
        return await camera.status()

    with FakeOnvif() as fake:
        assert with_camera(fake, twice).state is CameraState.READY


@pytest.mark.parametrize("auth", ["wsse", "digest"])
def test_a_wrong_password_is_named_as_such(auth: str) -> None:
    with FakeOnvif(Script(auth=auth)) as fake:
        status = with_camera(fake, lambda camera: camera.status(), password="wrong")
    assert status == CameraStatus(CameraState.FAULT, Reason.AUTH)


def test_a_wrong_password_is_found_where_only_moving_is_protected() -> None:
    with FakeOnvif(Script(open_to_all=OPEN_BUT_FOR_PTZ)) as fake:
        status = with_camera(fake, lambda camera: camera.status(), password="wrong")
    assert status.reason is Reason.AUTH


@pytest.mark.parametrize("auth", ["wsse", "digest"])
def test_a_camera_that_tells_not_even_the_time_unsigned_is_signed_to(auth: str) -> None:
    assert recall(Script(auth=auth, open_to_all=()))[0].outcome is Outcome.VERIFIED


def test_a_wrong_password_is_not_tried_until_the_camera_shuts_us_out() -> None:
    async def often(camera: OnvifCamera) -> list[CameraStatus]:
        return [await camera.status() for _ in range(5)]

    with FakeOnvif() as fake:
        statuses = with_camera(fake, often, password="wrong")
    assert {status.reason for status in statuses} == {Reason.AUTH}
    assert fake.heard.count("GetServices") == 1


def test_a_wrong_password_fails_a_recall() -> None:
    with FakeOnvif() as fake:
        aim = with_camera(fake, lambda camera: camera.recall_preset(1, STORED_1, "t1"), password="wrong")
    assert (aim.outcome, aim.reason) == (Outcome.FAILED, Reason.AUTH)
    assert not fake.executed


def test_basic_authentication_never_gets_the_password() -> None:
    _, fake = recall(Script(auth="digest"))
    assert all(PASSWORD.encode() not in body for body in fake.bodies)
    assert all(not told.lower().startswith("basic") for told in fake.authorizations)


def test_a_stale_nonce_is_replaced() -> None:
    async def twice(camera: OnvifCamera) -> CameraStatus:
        await camera.status()
        fake.forget_nonces()
        return await camera.status()

    with FakeOnvif(Script(auth="digest")) as fake:
        assert with_camera(fake, twice).state is CameraState.READY


def test_a_secret_that_cannot_be_had_is_a_matter_of_who_may() -> None:
    def locked() -> str:
        raise DeviceError(Reason.AUTH, "the secrets are locked")

    async def ask(camera: OnvifCamera) -> CameraStatus:
        other = make_onvif("other", "127.0.0.1", fake.port, "admin", locked)
        try:
            return await other.status()
        finally:
            await other.close()

    with FakeOnvif() as fake:
        assert with_camera(fake, ask).reason is Reason.AUTH


def test_the_password_is_in_no_log_and_no_text_of_an_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    async def all_ways(camera: OnvifCamera) -> str:
        await camera.recall_preset(1, STORED_1, "t1")
        await camera.store_preset(9)
        fake.script.faults["ContinuousMove"] = "ter:ActionNotSupported"
        with pytest.raises(DeviceError) as refused:
            await camera.drive(1, 0, 0)
        return f"{camera!r} {vars(camera)} {refused.value!r} {refused.value.detail}"

    with FakeOnvif() as fake:
        told = with_camera(fake, all_ways)
    assert PASSWORD not in told + caplog.text


def test_the_stream_has_our_host_and_nobodys_password() -> None:
    address, _ = asked(Script(), lambda camera: asyncio.to_thread(camera.ask_stream_address, 10.0))
    assert address == "rtsp://127.0.0.1:554/sub?unicast=1"


@pytest.mark.parametrize("secret", [PASSWORD, quote(PASSWORD, safe="")])
@pytest.mark.parametrize("place", ["/user=admin&password=", "/x?user=admin&password="])
def test_a_stream_with_the_password_in_its_address_is_refused(place: str, secret: str) -> None:
    script = Script(stream=f"rtsp://10.0.0.9{place}{secret}")
    with pytest.raises(DeviceError) as refused:
        asked(script, lambda camera: asyncio.to_thread(camera.ask_stream_address, 10.0))
    assert refused.value.reason is Reason.UNSUPPORTED
    assert PASSWORD not in str(refused.value)
