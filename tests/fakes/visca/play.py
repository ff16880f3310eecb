"""Plays one fault over one line and holds what the driver said against what the camera knows that it did."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from devices.camera.visca_driver import ViscaCamera
from devices.contract import Aim, CameraState, DeviceError, Outcome, Position, Reason
from tests.fakes.visca.camera import PRESETS, FakeCamera
from tests.fakes.visca.faults import Fault

TOLERANCE = (0x10, 0x10, 0x40)
STOPS = (bytes.fromhex("060101010303").rjust(7, b"\x01"), bytes.fromhex("01040700"))
FAR = (0x123, -0x45, 0x678)  # no preset lies there
SLACK_S = 0.5  # this machine is shared


@dataclass(frozen=True)
class Played:
    """`false`: why a success that was claimed is none, "" where it is one or none was claimed."""

    fault: Fault
    way: str
    outcome: str
    reason: str
    seconds: float
    executed: int  # how often the command that was executed most, stops apart
    false: str

    @property
    def right(self) -> bool:
        return (self.reason or self.outcome) in self.fault.ends

    @property
    def hung(self) -> bool:
        return self.seconds > self.fault.limit_s + SLACK_S


async def play(fault: Fault, way: str) -> Played:
    script = replace(fault.script)
    presets = {} if fault.ask == "forgotten" else dict(PRESETS)
    with FakeCamera(way, script, presets) as fake:
        if fault.unplugged:
            fake.unplug()
        camera = fake.camera(fault.model)
        try:
            return await _played(fault, way, fake, camera)
        finally:
            await camera.close()


async def _played(fault: Fault, way: str, fake: FakeCamera, camera: ViscaCamera) -> Played:
    began = time.monotonic()
    outcome, reason, false = "done", "", ""
    try:
        came = await ASKS[fault.ask](fake, camera)
    except DeviceError as error:
        outcome, reason = "failed", str(error.reason)
    else:
        false, began = came.false, began + came.before_s
        outcome, reason = came.outcome, came.reason
    seconds = time.monotonic() - began
    if outcome == "failed":
        false = ""
    executed = max((count for body, count in fake.executed.items() if body not in STOPS), default=0)
    return Played(fault, way, outcome, reason, seconds, executed, false)


@dataclass(frozen=True)
class Came:
    outcome: str = "done"
    reason: str = ""
    false: str = ""
    before_s: float = 0.0  # of calls before the one that is judged


def _aimed(fake: FakeCamera, aim: Aim, place: tuple[int, int, int] | None, body: bytes, before_s: float = 0.0) -> Came:
    false, stands = "", fake.position()
    if aim.outcome is not Outcome.FAILED and not any(done.startswith(body) for done in fake.executed):
        false = "never executed"
    if aim.outcome is Outcome.VERIFIED and place is not None:
        beside = any(abs(a - b) > most for a, b, most in zip(stands, place, TOLERANCE, strict=True))
        false = false or (f"stands at {stands}" if beside else "")
    return Came(str(aim.outcome), str(aim.reason or ""), false, before_s)


RECALL = bytes.fromhex("01043f02")
STORED_1, STORED_2 = Position(*PRESETS[1]), Position(*PRESETS[2])


async def _recall(fake: FakeCamera, camera: ViscaCamera) -> Came:
    return _aimed(fake, await camera.recall_preset(1, STORED_1), PRESETS[1], RECALL + b"\x01")


async def _learn(fake: FakeCamera, camera: ViscaCamera) -> Came:
    return _aimed(fake, await camera.recall_preset(1, None), PRESETS[1], RECALL + b"\x01")


async def _newer(fake: FakeCamera, camera: ViscaCamera, olders: int = 1) -> Came:
    began, aims = time.monotonic(), []
    for older in range(olders):
        aims.append(asyncio.create_task(camera.recall_preset(1 + 2 * older, None)))
        await asyncio.sleep(0.3)
    last = await camera.recall_preset(2, STORED_2)
    for aim in aims:
        if (await aim).reason is not Reason.SUPERSEDED:
            return Came(false=f"an older one ended as {(await aim).reason}")
    return _aimed(fake, last, PRESETS[2], RECALL + b"\x02", 0.3 * olders if began else 0.0)


async def _third(fake: FakeCamera, camera: ViscaCamera) -> Came:
    return await _newer(fake, camera, 2)


async def _next(fake: FakeCamera, camera: ViscaCamera) -> Came:
    began = time.monotonic()
    await camera.recall_preset(1, STORED_1)
    before_s = time.monotonic() - began
    return _aimed(fake, await camera.recall_preset(2, STORED_2), PRESETS[2], RECALL + b"\x02", before_s)


async def _store(fake: FakeCamera, camera: ViscaCamera) -> Came:
    fake.turn_by_hand((9, 8, 7))
    aim = await camera.store_preset(5)
    came = _aimed(fake, aim, (9, 8, 7), bytes.fromhex("01043f0105"))
    if aim.outcome is not Outcome.FAILED and fake.presets.get(5) != (9, 8, 7):
        return replace(came, false="not stored")
    return came


async def _go_to(fake: FakeCamera, camera: ViscaCamera) -> Came:
    return _aimed(fake, await camera.go_to(Position(*FAR)), FAR, bytes.fromhex("010602"))


async def _stop(fake: FakeCamera, camera: ViscaCamera) -> Came:
    fake.driving = True
    await camera.stop()
    return Came(false="still driving" if fake.driving else "")


async def _drive(fake: FakeCamera, camera: ViscaCamera) -> Came:
    began = time.monotonic()
    await camera.drive(0.5, 0.2, 0)
    if not fake.driving:
        return Came(false="does not drive")
    await asyncio.sleep(1.4)
    return Came(false="still driving" if fake.driving else "", before_s=time.monotonic() - began)


async def _status(fake: FakeCamera, camera: ViscaCamera) -> Came:
    status = await camera.status()
    if status.state is not CameraState.READY:
        return Came("failed", str(status.reason or status.state))
    stands = Position(*fake.position())
    return Came(false="" if status.position in (None, stands) else f"stands at {stands}")


async def _power(fake: FakeCamera, camera: ViscaCamera) -> Came:
    await camera.set_power(False)
    return Came(false="" if fake.script.standby else "still on")


ASKS: dict[str, Callable[[FakeCamera, ViscaCamera], Awaitable[Came]]] = {
    "recall": _recall, "forgotten": _recall, "learn": _learn, "newer": _newer, "third": _third, "next": _next,
    "store": _store, "go_to": _go_to, "stop": _stop, "drive": _drive, "status": _status, "power": _power,
}  # fmt: skip
