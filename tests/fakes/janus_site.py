"""This site as it stands before a real Janus VideoRoom: its profile, its sound, and the commands it joins with."""

import sys
from pathlib import Path

from tests.fakes.janus_server import ROOM, JanusServer
from tests.fakes.processes import Child
from tests.fakes.profiles import FIXED_CAMERA, SITE, SOUND
from tests.fakes.pulse_server import PulseServer

PLATFORM = """
[[platform]]
id = "tinh"
name = "Hệ thống GBTT của tỉnh"
road = "web"
url = "{url}"
allow = ["{page}", "{janus}"]
system = "province"

[[contact]]
role = "control_tech"
name = "Cán bộ kỹ thuật điều khiển"
phone = "0207 000 0111"
"""
PROFILE = SITE + FIXED_CAMERA + SOUND + PLATFORM


class Site:
    """This site: its profile, its sound, and the province's server that it joins."""

    def __init__(self, folder: Path, server: JanusServer, pulse: PulseServer) -> None:
        self.server = server
        self._folder, self._pulse = folder, pulse
        self.profile = folder / "room.toml"
        page, janus = server.allow
        self.profile.write_text(PROFILE.format(url=server.url, page=page, janus=janus), "utf-8")
        self.errors = folder / "stderr"

    @property
    def env(self) -> dict[str, str]:
        """Chromium has no other address here than loopback; outside tests it never has that flag."""
        flags = {"QTWEBENGINE_CHROMIUM_FLAGS": "--allow-loopback-in-peer-connection", "QT_QPA_PLATFORM": "offscreen"}
        return {**self._pulse.env, **flags, "ROOMAPP_ALLOW_UNSANDBOXED": "1"}

    def start_trial(self, seconds: float) -> Child:
        asked = ["trial", "tinh", "--room", str(ROOM), "--seconds", str(seconds), "--json"]
        folders = ["--profile", str(self.profile), "--data", str(self._folder / "data")]
        return self.server.start([sys.executable, "-m", "ui.main", *folders, *asked], self.env, self.errors)

    def watch(self, room: int = ROOM) -> Child:
        """Joins with the parts of the kiosk, and tells what is true twice a second."""
        url = self.server.url.format(room=room)
        command = [sys.executable, "-m", "tests.journeys.watched_call", url, *self.server.allow]
        return self.server.start(command, self.env, self.errors)
