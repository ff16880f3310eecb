"""A private PipeWire for tests, spoken to as a PulseAudio: the same room, the same methods.

PipeWire wants WirePlumber, and that wants a D-Bus: each has a process and the room's folder of its own. Debian 12 has
PipeWire 0.3.65, which answers differently from PulseAudio where a device is missing, and adds 3.01 dB when one channel
is captured from two.
"""

import subprocess
import time

from tests.fakes.pulse_server import UP_S, SoundServer

ROOM = (
    "module-null-sink sink_name=room_speaker rate=48000 channels=2",
    "module-null-sink sink_name=mic_bus rate=48000 channels=2",
    "module-remap-source source_name=room_mic master=mic_bus.monitor source_properties=device.description=Micro",
)
ACOUSTIC_PATH = "module-loopback source=room_speaker.monitor sink=mic_bus latency_msec=40"
DEFAULTS = (("set-default-sink", "room_speaker"), ("set-default-source", "room_mic"))


class PipeWireServer(SoundServer):
    """dbus-daemon, pipewire, wireplumber and pipewire-pulse; the room stands after about 0.3 s."""

    def __init__(self, *, acoustic_path: bool = False) -> None:
        super().__init__()
        self._room = (*ROOM, ACOUSTIC_PATH) if acoustic_path else ROOM
        (self.folder / "pulse").mkdir(mode=0o700)
        self.socket = self.folder / "pulse" / "native"

    @property
    def env(self) -> dict[str, str]:
        own = {"PIPEWIRE_RUNTIME_DIR": str(self.folder), "PULSE_RUNTIME_PATH": str(self.folder / "pulse")}
        without = {key: value for key, value in super().env.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return {**without, **own, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self.folder}/bus"}

    def start(self) -> None:
        for left in ("pulse/native", "pipewire-0", "pipewire-0.lock", "bus"):
            (self.folder / left).unlink(missing_ok=True)
        self._run("dbus-daemon", "--session", f"--address=unix:path={self.folder}/bus", "--nofork", "--nopidfile")
        self._wait_for("bus")
        self._run("pipewire", log="pipewire.log")
        self._wait_for("pipewire-0")  # WirePlumber gives up when nobody answers
        self._run("wireplumber", log="wireplumber.log")
        self._run("pipewire-pulse", log="pa.log")
        self._wait_until_up("pa.log")
        for module in self._room:
            self.pactl("load-module", *module.split())
        deadline = time.monotonic() + UP_S
        while any(self._get_default(verb) != name for verb, name in DEFAULTS):  # WirePlumber needs a moment to agree
            if time.monotonic() > deadline:
                raise RuntimeError("WirePlumber did not take the room's devices")
            for verb, name in DEFAULTS:
                subprocess.run(["pactl", verb, name], env=self.env, capture_output=True, timeout=UP_S)
            time.sleep(0.02)

    def _wait_for(self, socket: str) -> None:
        deadline = time.monotonic() + UP_S
        while not (self.folder / socket).exists():
            if time.monotonic() > deadline:
                raise RuntimeError(f"{socket} did not appear")
            time.sleep(0.005)

    def _get_default(self, verb: str) -> str:
        done = subprocess.run(
            ["pactl", verb.replace("set", "get")], env=self.env, capture_output=True, text=True, timeout=UP_S
        )
        return done.stdout.strip()
