"""One opener of a USB device at a time: no camera is at hand here, so a file stands where its device would."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devices.camera.stream import address
from devices.camera.stream.address import Place
from devices.camera.stream.capture import open_usb, take_turn
from devices.contract import DeviceError, Reason
from tests.devices.camera.stream.peers import first_reason, reading
from tests.fakes.processes import ROOT


@pytest.fixture
def device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(address, "BY_ID", str(tmp_path))
    file = tmp_path / "usb-cam-index0"
    file.touch()
    return file


def refused(device: Path) -> Reason:
    with pytest.raises(DeviceError) as caught:
        open_usb(Place("usb", "", 0, str(device)))
    return caught.value.reason


def test_a_camera_that_is_not_plugged_in_gives_no_answer(tmp_path: Path) -> None:
    assert refused(tmp_path / "none") is Reason.NO_ANSWER


def test_a_second_opener_is_refused_until_the_first_lets_go(device: Path) -> None:
    turn = take_turn(str(device))
    with pytest.raises(DeviceError) as caught:
        take_turn(str(device))
    assert caught.value.reason is Reason.REFUSED_BUSY
    os.close(turn)
    os.close(take_turn(str(device)))


def test_the_turn_holds_against_another_process_and_ends_with_it(device: Path) -> None:
    program = (
        "import sys, time; from devices.camera.stream.capture import take_turn\n"
        "turn = take_turn(sys.argv[1]); print('mine', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(device)], cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"mine\n"
        assert refused(device) is Reason.REFUSED_BUSY
        other.kill()
        other.wait(10)
        os.close(take_turn(str(device)))


def test_an_opening_that_failed_holds_nothing(device: Path) -> None:
    assert refused(device) is Reason.REFUSED_BUSY  # a file is no camera: it is there and does not open
    os.close(take_turn(str(device)))


def test_a_reader_waits_for_its_turn_and_has_let_go_when_stop_returns(device: Path) -> None:
    turn = take_turn(str(device))
    with reading(f"usb:{device.name}") as reader:
        assert first_reason(reader) is Reason.REFUSED_BUSY
    os.close(turn)
    for _ in range(20):
        with reading(f"usb:{device.name}"):
            time.sleep(0.02)
        os.close(take_turn(str(device)))  # raises where the reader still had it
