"""The private ALSA configuration: every device under an identifier of its own, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.audio.pulse.portaudio import asound_conf, pcm_name
from devices.contract import DeviceError


@given(st.text(min_size=1))
def test_any_device_name_becomes_a_plain_identifier(device: str) -> None:
    assert pcm_name(device, None).replace("_", "").isalnum()
    assert pcm_name(device, None).isascii()


def test_devices_that_look_alike_keep_apart() -> None:
    assert pcm_name("usb-Jabra.mono", None) != pcm_name("usb-Jabra-mono", None)


def test_a_quote_in_a_device_name_cannot_leave_its_string() -> None:
    assert r'device "a\" b"' in asound_conf({'a" b': "room_a"}, None)


@pytest.mark.parametrize("device", ["", "two\nlines"])
def test_an_impossible_device_name_is_refused(device: str) -> None:
    with pytest.raises(DeviceError):
        asound_conf({device: "room_a"}, None)
