"""What is taken from a camera's answers, and what is not."""

from types import SimpleNamespace as Told

import pytest

from devices.camera.onvif.answers import abilities_of, moving_of, path_of, position_of, stream_of
from devices.camera.onvif.models import model_named, preset_name
from devices.camera.onvif.profiles import Profile, preview_profile, ptz_profile, read_profiles
from devices.contract import DeviceError, Position, Reason

MAIN, JPEG, SUB, TINY = (
    Profile("main", True, "H264", 1920, 1080),
    Profile("jpeg", False, "JPEG", 640, 360),
    Profile("sub", False, "H264", 1280, 720),
    Profile("tiny", False, "H264", 640, 360),
)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("http://10.9.9.9:8000/onvif/PTZ", "/onvif/PTZ"),
        ("https://[fe80::1]/a?b=c", "/a?b=c"),
        ("//evil//onvif", "/onvif"),
        ("onvif/PTZ", "/onvif/PTZ"),
        ("", "/"),
    ],
)
def test_only_the_path_of_an_address_is_taken(address: str, path: str) -> None:
    assert path_of(address) == path


@pytest.mark.parametrize("address", ["http://[oops", "http://a/x y", "http://a/" + "x" * 600, "http://a/đ"])
def test_an_address_that_cannot_be_asked_is_refused(address: str) -> None:
    with pytest.raises(DeviceError) as refused:
        path_of(address)
    assert refused.value.reason is Reason.PROTOCOL


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("rtsp://a:b@10.9.9.9:8554/x?y=1", "rtsp://192.0.2.7:8554/x?y=1"),
        ("rtsp://a:p@ss@10.9.9.9/x", "rtsp://192.0.2.7/x"),
        ("rtsp://10.9.9.9/x#part", "rtsp://192.0.2.7/x"),
    ],
)
def test_a_stream_is_at_the_host_that_we_know(told: str, address: str) -> None:
    assert stream_of(told, "192.0.2.7") == address


@pytest.mark.parametrize(
    "told",
    [
        "",
        "rtsp://a:1/ord@h/x",
        "rtsp://a:p@s:w/ord@h/x",
        "file:///etc/passwd",
        "rtsps://x/",
        "rtsp://x:99999/",
        "rtsp://x/\n",
        "usb:0",
    ],
)
def test_a_stream_of_another_kind_is_refused(told: str) -> None:
    with pytest.raises(DeviceError):
        stream_of(told, "192.0.2.7")


def test_the_preview_is_h264_and_no_larger_than_720p() -> None:
    assert preview_profile([MAIN, JPEG, TINY, SUB]) is SUB


def test_the_preview_is_the_smallest_where_none_is_small() -> None:
    larger = Profile("4k", False, "H264", 3840, 2160)
    assert preview_profile([larger, MAIN, JPEG]) is MAIN


def test_the_preview_is_jpeg_where_nothing_else_is_there() -> None:
    assert preview_profile([JPEG]) is JPEG


def test_it_moves_by_the_profile_that_has_ptz_or_else_by_the_first() -> None:
    assert ptz_profile([SUB, MAIN]) is MAIN
    assert ptz_profile([SUB, TINY]) is SUB


def test_no_profile_is_no_camera() -> None:
    with pytest.raises(DeviceError):
        ptz_profile(read_profiles(None))


def test_a_profile_without_an_encoder_is_read() -> None:
    assert read_profiles([Told(token="a"), Told(token=None)]) == (Profile("a", False, "", 0, 0),)


@pytest.mark.parametrize(
    ("told", "position"),
    [
        (Told(PanTilt=Told(x=0.5, y=-0.5), Zoom=Told(x=1)), Position(0.5, -0.5, 1, "onvif")),
        (Told(PanTilt=Told(x=0.5, y=-0.5), Zoom=None), Position(0.5, -0.5, 0, "onvif")),
        (Told(PanTilt=None, Zoom=Told(x=1)), None),
        (Told(PanTilt=Told(x=float("nan"), y=0), Zoom=None), None),
        (Told(PanTilt=Told(x=None, y=0), Zoom=None), None),
        (None, None),
    ],
)
def test_a_position_is_whole_numbers_of_this_world(told: object, position: Position | None) -> None:
    assert position_of(told) == position


@pytest.mark.parametrize(
    ("pan_tilt", "zoom", "moving"),
    [("MOVING", "IDLE", True), ("IDLE", "Moving", True), ("IDLE", None, False), ("UNKNOWN", None, None)],
)
def test_it_moves_when_any_of_it_moves(pan_tilt: str, zoom: str | None, moving: bool | None) -> None:
    assert moving_of(Told(PanTilt=pan_tilt, Zoom=zoom)) is moving


def test_a_camera_that_tells_nothing_of_itself_is_taken_for_able() -> None:
    able = abilities_of([Told(SupportedPTZSpaces=None)])
    assert (able.pan_tilt, able.absolute, able.power) == (True, True, False)


def test_one_degree_agrees_and_two_do_not() -> None:
    model, here = model_named("generic"), Position(0.1, 0.1, 0.1, "onvif")
    assert model.agrees(here, Position(0.105, 0.1, 0.1, "onvif"))
    assert not model.agrees(here, Position(0.112, 0.1, 0.1, "onvif"))
    assert not model.agrees(here, Position(0.1, 0.1, 0.1, "visca"))


def test_an_unknown_model_is_unsupported() -> None:
    with pytest.raises(DeviceError) as refused:
        model_named("noname")
    assert refused.value.reason is Reason.UNSUPPORTED


def test_presets_are_named_in_ascii() -> None:
    assert [preset_name(number) for number in (1, 42, 120)] == ["P01", "P42", "P120"]
