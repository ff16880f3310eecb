"""The packages without which there is no real sound to test on."""

import pytest

REAL_SOUND = [
    pytest.mark.needs("pulseaudio"),
    pytest.mark.needs("pulseaudio-utils"),
    pytest.mark.needs("libportaudio2"),
    pytest.mark.needs("libasound2-plugins"),
]

REAL_PIPEWIRE = [
    pytest.mark.needs("pipewire"),
    pytest.mark.needs("pipewire-pulse"),
    pytest.mark.needs("wireplumber"),
    pytest.mark.needs("dbus-daemon"),
]
