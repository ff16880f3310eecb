"""What a checklist's step measures or does by itself: each ends in a Measured, within the step's own time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from devices.contract import (
    Camera,
    CameraState,
    DeviceError,
    Loudspeaker,
    Microphone,
    MicrophoneGuard,
    MicState,
    Path,
    PathFault,
    PathState,
    Reason,
    SoundFault,
)
from roomapp.events import RowState
from roomapp.profile import Profile
from roomapp.rules.checklist import Step
from roomapp.running.meeting.speaking import Speaking
from roomapp.running.sound.baselines import Baselines
from roomapp.running.sound.saying import Played, loudspeaker_fault, loudspeaker_warning

LISTEN_S = 1.0  # how long a microphone is listened to before it is called dead
CONNECT_S = 3.0


@dataclass(frozen=True, slots=True)
class Measured:
    """How a step ended. `fault` names the checklist's fault text; `values` are the measured figures."""

    state: RowState
    fault: str = ""
    values: dict[str, Any] = field(default_factory=dict)


Measure = Callable[[Step], Awaitable[Measured]]
PASSED = Measured(RowState.PASSED)


@dataclass(frozen=True, slots=True)
class Devices:
    """The room's devices by their profile ids."""

    cameras: Mapping[str, Camera]
    microphones: Mapping[str, Microphone]
    loudspeakers: Mapping[str, Loudspeaker]
    links: Mapping[str, Path]
    guard: MicrophoneGuard


class Measures:
    """The measured half of both checklists."""

    def __init__(
        self,
        profile: Profile,
        devices: Devices,
        speaking: Speaking,
        baselines: Baselines,
        in_meeting: Callable[[], bool],
        alone: asyncio.Lock,
    ) -> None:
        """`alone`: held by whoever makes or measures sound in the room."""
        self._baselines = baselines
        self._profile, self._devices, self._in_meeting = profile, devices, in_meeting
        self._speaking = speaking
        self._sound = alone  # microphone and loudspeaker are tried one after another

    def table(self) -> dict[str, Measure]:
        return {
            "camera": self.camera,
            "camera_on": lambda step: self._power(step, True),
            "camera_off": lambda step: self._power(step, False),
            "microphone": self.microphone,
            "loudspeaker": self.loudspeaker,
            "link": self.link,
            "platform": self.platform,
            "contact": self.contact,
            "mic_off": self.mic_off,
        }

    async def ring(self) -> bool | None:
        """The bell, on the first loudspeaker that takes it; None: it must not be heard now."""
        async with self._sound:
            if self._in_meeting():  # nothing is ever played into a meeting
                return None
            for loudspeaker in self._devices.loudspeakers.values():
                if await loudspeaker.ring():
                    return True
        return False

    async def camera(self, step: Step) -> Measured:
        status = await self._devices.cameras[step.device].status()
        values: dict[str, Any] = {"state": str(status.state)}
        if status.position is not None:
            values["position"] = {
                "pan": status.position.pan,
                "tilt": status.position.tilt,
                "zoom": status.position.zoom,
            }
        if status.state is CameraState.READY:
            return Measured(RowState.PASSED, values=values)
        fault = "standby" if status.state is CameraState.STANDBY else str(status.reason or Reason.NO_ANSWER)
        return Measured(RowState.FAILED, fault, values)

    async def _power(self, step: Step, on: bool) -> Measured:
        camera = self._devices.cameras[step.device]
        wanted = CameraState.READY if on else CameraState.STANDBY
        status = await camera.status()
        if status.state is wanted:
            return Measured(RowState.PASSED, values={"state": str(status.state)})
        if status.state is CameraState.OFFLINE:
            return Measured(RowState.FAILED, str(status.reason or Reason.NO_ANSWER))
        try:
            await camera.set_power(on)
        except DeviceError as error:
            if error.reason is Reason.UNSUPPORTED:  # it has no standby: its mains are cut at the breaker
                return Measured(RowState.PASSED, values={"state": str(status.state)})
            return Measured(RowState.FAILED, str(error.reason))
        # Read back, until the step's own time is over: a camera needs seconds to wake.
        until = time.monotonic() + step.timeout_s - 2
        while True:
            status = await camera.status()
            if status.state is wanted:
                return Measured(RowState.PASSED, values={"state": str(status.state)})
            if time.monotonic() >= until:
                return Measured(RowState.FAILED, str(status.reason or Reason.NO_ANSWER), {"state": str(status.state)})
            await asyncio.sleep(0.3)

    async def microphone(self, step: Step) -> Measured:
        """Is it there, does it hear anything at all, and is it closed again afterwards?"""
        microphone, guard = self._devices.microphones[step.device], self._devices.guard
        if self._in_meeting():  # Art. 9.2.a: in a meeting no check opens it
            closed = guard.state() is MicState.CLOSED
            return Measured(RowState.PASSED if closed else RowState.WARNED, "" if closed else "unproven")
        async with self._sound:
            try:
                await asyncio.to_thread(microphone.start)
            except DeviceError:
                return Measured(RowState.FAILED, "absent")
            async with self._speaking.tested(step.device):
                loudest, zero = await self._listen(microphone)
                elsewhere = sorted(microphone.misplaced())
        state = self._speaking.closed()
        if loudest is None or elsewhere:
            return Measured(RowState.FAILED, str((*elsewhere, SoundFault.ABSENT)[0]))
        values = {"peak_dbfs": None if zero else round(loudest, 1), "closed": state is MicState.CLOSED}
        if zero:
            return Measured(RowState.FAILED, "dead", values)
        if state is not MicState.CLOSED:
            return Measured(RowState.WARNED, "unproven", values)
        return Measured(RowState.PASSED, values=values)

    @staticmethod
    async def _listen(microphone: Microphone) -> tuple[float | None, bool]:
        """The loudest peak heard and whether it was digital silence all along; None: nothing fresh came."""
        began = time.monotonic()
        loudest, zero, seen = -200.0, True, False
        while time.monotonic() - began < LISTEN_S:
            await asyncio.sleep(0.05)
            level = microphone.level()
            if level is not None and level.arrived >= began + 0.1:
                seen = True
                loudest = max(loudest, level.peak_dbfs)
                zero = zero and level.exact_zero
        return (loudest if seen else None), zero

    async def loudspeaker(self, step: Step) -> Measured:
        loudspeaker = self._devices.loudspeakers[step.device]
        microphone = next(iter(self._devices.microphones.values()), None)
        if self._in_meeting():  # nothing is ever played into a meeting
            return Measured(RowState.SKIPPED)
        async with self._sound, self._speaking.tested():
            verdict = await loudspeaker.check(microphone, self._baselines.of(step.device))
        await self._baselines.heard(step.device, verdict)
        played = Played(step.device, step.device_name, verdict)
        values = {"level_db": verdict.level_db, "delay_ms": verdict.delay_ms, "change_db": verdict.change_db}
        if fault := loudspeaker_fault(played):
            return Measured(RowState.FAILED, fault.removeprefix("sound.loudspeaker_"), values)
        if verdict.heard is None:
            return Measured(RowState.ASK, values=values)
        weak = loudspeaker_warning(played).removeprefix("sound.loudspeaker_")
        return Measured(RowState.WARNED if weak else RowState.PASSED, weak, values)

    async def link(self, step: Step) -> Measured:
        """1,500 round trips and five connections: never called bad on fewer; never good by another way than its own."""
        report = await self._devices.links[step.device].measure()
        rtt = report.median_ms if report.median_ms is not None else report.connect_ms
        shown = {"rtt_ms": None if rtt is None else round(rtt, 1), "loss_pct": report.loss_pct}
        values = {**shown, "sent": report.sent, "jitter_ms": report.jitter_ms, "connected": report.connected}
        if PathFault.WRONG_WAY in report.faults:
            return Measured(RowState.FAILED, "wrong_way", values)
        if rtt is None or report.state is PathState.UNKNOWN:
            return Measured(RowState.FAILED, str(report.reason or Reason.NO_ANSWER), values)
        state = {PathState.BAD: RowState.FAILED, PathState.WEAK: RowState.WARNED}.get(report.state, RowState.PASSED)
        return Measured(state, "" if state is RowState.PASSED else f"path_{report.state}", values)

    async def platform(self, step: Step) -> Measured:
        """Does the conference's server take a connection? Whether one can meet there only a trial shows."""
        platform = next(p for p in self._profile.platforms if p.id == step.device)
        parts = urlsplit(platform.url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        rtt_ms = await tcp_answers(host, port)
        if rtt_ms is None:
            return Measured(RowState.FAILED, str(Reason.NO_ANSWER))
        return Measured(RowState.PASSED, values={"rtt_ms": round(rtt_ms, 1)})

    async def contact(self, step: Step) -> Measured:
        """Art. 8.2.b: the nearest technician of the carrier must be at hand before the meeting."""
        known = {str(c.role) for c in self._profile.contacts if c.phone.strip()}
        if "carrier_tech" not in known:
            return Measured(RowState.FAILED, "carrier_tech")
        if "control_tech" not in known:
            return Measured(RowState.WARNED, "control_tech")
        return PASSED

    async def mic_off(self, step: Step) -> Measured:
        state = await self._devices.guard.close()
        if state is MicState.CLOSED:
            return PASSED
        return Measured(RowState.FAILED, "unproven")


async def tcp_answers(host: str, port: int) -> float | None:
    """Round trip of one TCP connection in ms; None: nothing within CONNECT_S."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return None
    passed = (time.monotonic() - began) * 1000
    writer.close()
    return passed
