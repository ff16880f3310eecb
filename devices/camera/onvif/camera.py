"""A PTZ camera over ONVIF."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable

from devices.camera.onvif.aim import Aiming
from devices.camera.onvif.device import OnvifDevice
from devices.camera.onvif.errand import Errands
from devices.camera.onvif.models import MOST_PRESET, UNITS, OnvifModel, model_named
from devices.camera.turns import Turns
from devices.contract import Abilities, Aim, CameraState, CameraStatus, DeviceError, Outcome, Position, Reason

log = logging.getLogger(__name__)

PORT = 80
STATUS_S = 3.0  # a silent camera is named within 4 s
DRIVE_S = 1.0
STOP_S = 0.95
PATIENCE_S = 0.3  # of moving and stopping, with another call in the camera's thread
DEAD_MAN_S = 0.5
REFRESH_S = 0.4  # the camera's own dead man is 1 s: a held button says it again this often
CLOSE_S = 1.0
REFUSED_S = 30.0  # cameras shut an account out after a few wrong passwords: the heartbeat does not try on

Speeds = tuple[float, float, float]


def make_onvif(
    id: str, host: str, port: int | None, username: str, password: Callable[[], str], model: str = "generic"
) -> "OnvifCamera":
    """DeviceError(UNSUPPORTED) for an unknown model.

    `password` is called in the camera's thread whenever a request is signed; it may raise DeviceError(AUTH), and
    nothing else.
    """
    return OnvifCamera(id, lambda: OnvifDevice(host, port or PORT, username, password), model_named(model))


class OnvifCamera:
    """One camera, one order at a time: the newest aim ends the older one, and stop waits for nobody."""

    verified_on = ""

    def __init__(self, id: str, make_device: Callable[[], OnvifDevice], model: OnvifModel) -> None:
        self.id = id
        self._make_device, self._model = make_device, model
        self._errands: Errands | None = None
        self._abilities = Abilities(power=False)
        self._turns = Turns()
        self._moving: Speeds | None = None  # as last driven
        self._told_at = 0.0  # when it was last told so
        self._stops = 0
        self._dead_man: asyncio.TimerHandle | None = None
        self._late_stop: asyncio.Task[None] | None = None
        self._refused_at = float("-inf")
        self._down: Reason | None = None

    def abilities(self) -> Abilities:
        errands = self._errands
        return errands.device.abilities if errands is not None else self._abilities

    def agrees(self, one: Position, other: Position) -> bool:
        return self._model.agrees(one, other)

    async def close(self) -> None:
        self._turns.take_over()
        if self._moving is not None:
            await self._stop_quietly()
        self._disarm()
        if self._late_stop is not None:
            await asyncio.wait({self._late_stop}, timeout=CLOSE_S)
        errands, self._errands = self._errands, None
        self._refused_at = float("-inf")
        if errands is not None:
            self._abilities = errands.device.abilities
            await errands.close(CLOSE_S)

    def ask_stream_address(self, wait_s: float) -> str:
        """Where the preview's picture is (720p at most where it has that), without a name or password in it.

        Blocking, from any thread, on a connection of its own; DeviceError within wait_s.
        """
        device = self._make_device()
        try:
            return device.stream_address(time.monotonic() + wait_s)
        finally:
            device.close()

    # --- how it is ----------------------------------------------------------------------------------------------

    async def status(self) -> CameraStatus:
        """Within STATUS_S: a question to an ONVIF camera that is not known yet is five requests."""
        if _now() - self._refused_at < REFUSED_S:
            return CameraStatus(CameraState.FAULT, Reason.AUTH)
        until, errands = _now() + STATUS_S, self._open()
        while True:
            try:
                reading = await errands.run(errands.device.status, until)
                status = CameraStatus(CameraState.READY, None, reading.position)
            except DeviceError as error:
                if error.reason is Reason.SUPERSEDED and self._errands is errands and _now() < until:
                    continue  # cut off for an order: asked again behind it
                gone = error.reason in (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.SUPERSEDED)
                status = CameraStatus(CameraState.OFFLINE if gone else CameraState.FAULT, error.reason)
                log.debug("camera %s: %s", self.id, error)
            self._note(status.reason)
            return status

    # --- aiming -------------------------------------------------------------------------------------------------

    async def recall_preset(self, preset: int, stored: Position | None, token: str = "") -> Aim:
        stored = stored if stored is not None and stored.units == UNITS else None
        return await self._aim(preset, self._turns.take_over(), lambda aiming: aiming.recall(preset, stored, token))

    async def store_preset(self, preset: int, token: str = "") -> Aim:
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        return await self._aim(preset, never, lambda aiming: aiming.store(preset, token))

    async def go_to(self, position: Position) -> Aim:
        if position.units != UNITS:
            return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)
        return await self._aim(0, self._turns.take_over(), lambda aiming: aiming.go_to(position))

    async def _aim(
        self, preset: int, handover: "asyncio.Future[None]", carry_out: Callable[[Aiming], Awaitable[Aim]]
    ) -> Aim:
        if not 0 <= preset <= MOST_PRESET:
            return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)
        start = _now()
        try:
            async with self._turns.order(handover):
                if self._moving is not None:
                    await self._stop_now()
                self._disarm()  # its late stop would end this aim
                aim = await carry_out(Aiming(self._open(), self._model, start, handover))
        except DeviceError as error:
            reason = (
                Reason.SUPERSEDED if handover.done() else error.reason
            )  # it may have been cut off for the newer one
            aim = Aim(Outcome.FAILED, reason, None, _now() - start)
            log.debug("camera %s: preset %d failed: %s", self.id, preset, error)
        self._note(aim.reason)
        return aim

    # --- moving by hand -----------------------------------------------------------------------------------------

    async def drive(self, pan: float, tilt: float, zoom: float) -> None:
        """Within DRIVE_S, plus QUEUE_S behind another order; DeviceError when the camera does not take it."""
        speeds = (_speed(pan), _speed(tilt), _speed(zoom))
        if speeds == (0, 0, 0):
            return await self.stop()
        if speeds == self._moving and _now() - self._told_at < REFRESH_S:
            return self._arm()
        handover, stops = self._turns.take_over(), self._stops
        try:
            async with self._turns.order(handover):
                await self._drive(speeds)
        except DeviceError:
            if not handover.done():  # a newer order in its place is no failure of moving
                raise
        if self._stops != stops:
            await self._stop_now()  # the stop may have overtaken this on the way to the camera
        return None

    async def _drive(self, speeds: Speeds) -> None:
        errands, self._moving = self._open(), None
        pan, tilt, zoom = speeds
        try:
            await errands.run(lambda until: errands.device.drive(pan, tilt, zoom, until), _now() + DRIVE_S, PATIENCE_S)
            self._moving, self._told_at = speeds, _now()
        finally:
            self._arm()  # also when unsure whether it was heard

    async def stop(self) -> None:
        self._turns.take_over()
        self._stops += 1
        self._disarm()
        await self._stop_now()

    async def _stop_now(self) -> None:
        self._moving = None
        errands = self._open()
        await errands.run(errands.device.stop, _now() + STOP_S, PATIENCE_S)

    async def _stop_quietly(self) -> None:
        try:
            await self._stop_now()
        except DeviceError as error:
            log.warning("camera %s: may still be moving: %s", self.id, error)

    def _arm(self) -> None:
        self._disarm()
        self._dead_man = asyncio.get_running_loop().call_later(DEAD_MAN_S, self._nobody_holds)

    def _disarm(self) -> None:
        if self._dead_man is not None:
            self._dead_man.cancel()
            self._dead_man = None

    def _nobody_holds(self) -> None:
        self._late_stop = asyncio.get_running_loop().create_task(self._stop_quietly())

    async def set_power(self, on: bool) -> None:
        raise DeviceError(Reason.UNSUPPORTED, f"{self.id}: ONVIF knows no standby")

    def _open(self) -> Errands:
        if self._errands is None:
            self._errands = Errands(f"onvif-{self.id}", self._make_device())
        return self._errands

    def _note(self, reason: Reason | None) -> None:
        """Once down, once up; an order that made way for a newer one tells nothing."""
        if reason is Reason.SUPERSEDED:
            return
        self._refused_at = _now() if reason is Reason.AUTH else float("-inf")
        down = reason if reason in (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.PROTOCOL, Reason.AUTH) else None
        if (down is None) != (self._down is None):
            log.warning("camera %s: %s", self.id, f"down, {down}" if down else "answers again")
        self._down = down


def _speed(speed: float) -> float:
    """Nonsense is no motion."""
    return max(-1.0, min(1.0, speed)) if math.isfinite(speed) and abs(speed) >= 0.02 else 0.0


def _now() -> float:
    return asyncio.get_running_loop().time()
