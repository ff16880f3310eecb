"""One evening in a room with two passwords, by touch: nothing that it wrote, said, started or left behind holds one."""

import base64
import logging
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QWidget

from devices.contract import CallState, CameraState, Stick
from roomapp.events import Place
from roomapp.records.secrets import SecretStore
from roomapp.rules.books import Book
from roomapp.rules.session import Move
from tests.fakes.onvif_camera import PASSWORD as CAMERA_PASSWORD
from tests.fakes.onvif_camera import FakeOnvif, Script
from tests.fakes.processes import ROOT
from tests.fakes.profiles import SITE, SOUND
from tests.fakes.site_page import PASSWORD as MEETING_PASSWORD
from tests.fakes.site_page import site_page
from tests.fakes.web_origin import Origin
from tests.journeys.driver import Driver
from ui.assemble import Sound
from ui.cli import run

FORMATS = ("json", "csv", "docx", "pdf", "xlsx")
PROFILE = (
    SITE
    + SOUND
    + """
[[camera]]
id = "main"
name = "Camera chính"
driver = "onvif"
host = "127.0.0.1"
port = {camera}
username = "admin"
secret = "camera-main"
[[seat]]
id = "chair"
name = "Bàn chủ trì"
camera = "main"
preset = 1
[[contact]]
role = "carrier_tech"
name = "Nhân viên kỹ thuật đường truyền"
phone = "0207 000 0118"
[[platform]]
id = "tinh"
name = "Hệ thống của tỉnh"
road = "web"
url = "{url}/room"
allow = ["{host}"]
system = "province"
secret = "hop-tinh"
recipe = "generic"
"""
)


def forms(secret: str) -> list[bytes]:
    """As it is, as an address carries it, and as a header carries it."""
    raw = secret.encode()
    return [raw, urllib.parse.quote(secret).encode(), base64.b64encode(raw).rstrip(b"=")]


def holds(data: bytes) -> bool:
    return any(form in data for secret in (CAMERA_PASSWORD, MEETING_PASSWORD) for form in forms(secret))


def seen(driver: Driver) -> str:
    """All the words on all pages, shown or not."""
    return "\n".join(widget.accessibleName() for widget in driver.panel.findChildren(QWidget))


def arguments() -> str:
    own = psutil.Process()
    return "\n".join(" ".join(process.cmdline()) for process in (own, *own.children(recursive=True)))


@pytest.mark.journey
@pytest.mark.timeout(150)
def test_no_password_of_an_evening_is_found_in_anything_it_left(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    data, stick = tmp_path / "data", tmp_path / "stick"
    data.mkdir(mode=0o700)
    stick.mkdir()
    for name, secret in (("camera-main", CAMERA_PASSWORD), ("hop-tinh", MEETING_PASSWORD)):
        SecretStore(data, {}).set(name, secret)
    profile = tmp_path / "room.toml"
    with (
        FakeOnvif(Script(move_s=0.2)) as camera,
        Origin({"/room": site_page("vi", "waiting_room", "password")}) as page,
    ):
        profile.write_text(PROFILE.format(camera=camera.port, url=page.url, host=page.host), "utf-8")
        driver = Driver(data, profile=profile, practice=False, sound=Sound(False, True))
        try:
            told = evening(driver, stick)
        finally:
            driver.close()
    for form in FORMATS:
        out = str(tmp_path / f"report.{form}")
        common = ["--profile", str(profile), "--data", str(data), "--verbose"]
        assert run([*common, "report", "--period", "2026-Q4", "--out", out], {}) == 0, form
    printed = "".join(capfd.readouterr())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".db", ".csv", ".pdf", ".docx", ".xlsx", ".png"}
    assert [path.name for path in files if holds(path.read_bytes())] == []
    assert camera.executed["GotoPreset t1"] >= 1, "the camera's password was used"
    assert not holds((told + printed + caplog.text).encode())


def evening(driver: Driver, stick: Path) -> str:
    """Frames a seat, joins as far as the waiting room, copies the registers; what it said."""
    house = driver.kiosk.house
    assert house is not None
    room = house.room

    async def prepare() -> None:
        await room.add_meeting("tinh", "4821", datetime.now(UTC) + timedelta(hours=2))
        await room._move(Move.POWER_ON)
        await room._move(Move.FINISH_CHECK)
        room.publish()

    submit, camera = driver.kiosk.worker.submit, room.parts.devices.cameras["main"]
    driver.until(lambda: submit(camera.status()).result(20).state is CameraState.READY, "the camera", 40)
    submit(prepare()).result(30)
    driver.panel.go(Place.FRAMING)
    driver.touch("seat_chair")
    driver.until(lambda: driver.view.on_air == "chair", "the framing", 20)
    driver.panel.go(Place.HOME)
    driver.touch("join")
    driver.touch("secret_no")
    driver.touch("join_now")
    driver.until(lambda: driver.view.call.state is CallState.WAITING_ROOM, "the waiting room behind the password", 45)
    told = seen(driver) + arguments()
    driver.picture(stick / "waiting.png")
    driver.touch("stop_joining")
    for book in Book:
        submit(room.book_to_stick(book, Stick(stick, "USB"), "own")).result(20)
    driver.panel.go(Place.TECHNICIAN)
    driver.picture(stick / "technician.png")
    return told + seen(driver)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps dumps by a rule of its own")
def test_process_that_crashes_while_it_holds_a_password_leaves_no_dump(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "ui.main", "--data", str(tmp_path / "data"), "secret", "set", "camera-main"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    unlimited = ["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", *command]
    with subprocess.Popen(unlimited, cwd=tmp_path, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as held:
        assert held.stdin is not None
        held.stdin.write(MEETING_PASSWORD.encode())
        held.stdin.flush()
        limits, ends = "", time.monotonic() + 20
        while time.monotonic() < ends and not re.search(r"Max core file size +0 +0 ", limits):
            time.sleep(0.05)
            limits = Path(f"/proc/{held.pid}/limits").read_text("utf-8")
        os.kill(held.pid, signal.SIGABRT)
        assert held.wait(20) == -signal.SIGABRT
    assert re.search(r"Max core file size +0 +0 ", limits), limits
    assert not list(tmp_path.rglob("core*"))
