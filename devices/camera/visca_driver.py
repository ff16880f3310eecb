"""A PTZ camera over VISCA: UDP with Sony's header, bare UDP, TCP or a serial line."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from devices.camera import sony, visca
from devices.camera.models import Model, model_named
from devices.camera.visca_aim import QUIET_S, Aiming, ask_position
from devices.camera.visca_link import RESEND_S, SILENCE_S, Framing, ViscaLink, refusal
from devices.contract import Abilities, Aim, CameraState, CameraStatus, DeviceError, Outcome, Position, Reason
from devices.transport import Line, SerialLine, TcpLine, UdpLine

log = logging.getLogger(__name__)

RAW_UDP_PORT = 1259
TCP_PORT = 5678
STATUS_S = 0.95
DEAD_MAN_S = 0.5
QUEUE_S = 1.5  # the longest that an order waits for another one to let go of the camera
POWER_ON, POWER_STANDBY = 2, 3


def make_visca(
    driver: str,
    id: str,
    host: str = "",
    port: int | None = None,
    device: str = "",
    baud: int = 9600,
    address: int = 1,
    model: str = "generic",
) -> "ViscaCamera":
    """By a profile's words; DeviceError(UNSUPPORTED) for a driver or model that is not known here."""
    known = model_named(model)
    match driver:
        case "visca-udp":
            return ViscaCamera(id, UdpLine(host, port or sony.PORT), known, Framing.SONY)
        case "visca-udp-raw":
            return ViscaCamera(id, UdpLine(host, port or RAW_UDP_PORT), known, Framing.RAW)
        case "visca-tcp":
            return ViscaCamera(id, TcpLine(host, port or TCP_PORT), known, Framing.RAW)
        case "visca-serial":
            return ViscaCamera(id, SerialLine(device, baud), known, Framing.SERIAL, address)
    raise DeviceError(Reason.UNSUPPORTED, f"no VISCA driver {driver!r}")


class ViscaCamera:
    """One camera, one order at a time: the newest aim ends the older one, and stop waits for nobody."""

    verified_on = ""

    def __init__(self, id: str, line: Line, model: Model, framing: Framing, address: int = 1) -> None:
        self.id = id
        self._model, self._address = model, address
        self._link = ViscaLink(line, framing, address)
        self._turn = asyncio.Lock()
        self._handover: asyncio.Future[None] | None = None  # of the newest order
        self._moving: tuple[int, int, int] | None = None  # speeds as last driven
        self._stops = 0
        self._dead_man: asyncio.TimerHandle | None = None
        self._late_stop: asyncio.Task[None] | None = None
        self._down: Reason | None = None

    def abilities(self) -> Abilities:
        return Abilities()

    def agrees(self, one: Position, other: Position) -> bool:
        return self._model.agrees(one, other)

    async def close(self) -> None:
        self._take_over()
        if self._moving is not None:
            await self._stop_quietly()
        self._disarm()
        if self._late_stop is not None:
            await asyncio.wait({self._late_stop}, timeout=1.0)
        await self._link.close()

    # --- how it is ----------------------------------------------------------------------------------------------

    async def status(self) -> CameraStatus:
        try:
            async with asyncio.timeout(STATUS_S):
                status = await self._status()
        except TimeoutError:
            status = CameraStatus(CameraState.OFFLINE, Reason.NO_ANSWER)
        except DeviceError as error:
            silent = error.reason in (Reason.NO_ANSWER, Reason.LINK_LOST)
            status = CameraStatus(CameraState.OFFLINE if silent else CameraState.FAULT, error.reason)
        self._note(status.reason)
        return status

    async def _status(self) -> CameraStatus:
        by = _now() + SILENCE_S
        half = by - SILENCE_S / 2
        try:
            power = await self._power_afresh(by, half)
        except DeviceError as error:
            if error.reason is not Reason.LINK_LOST:
                raise
            power = await self._power_afresh(
                by, half
            )  # the camera had power cut since: one new connection, nothing is replayed
        if power == POWER_STANDBY:
            return CameraStatus(CameraState.STANDBY)
        if power not in (POWER_ON, None):
            return CameraStatus(CameraState.FAULT, Reason.PROTOCOL)
        try:
            return CameraStatus(CameraState.READY, None, await ask_position(self._link, self._address, by))
        except DeviceError as error:
            tells_not = error.reason in (Reason.UNSUPPORTED, Reason.REFUSED_BUSY)
            if tells_not or (power is not None and error.reason is Reason.NO_ANSWER):
                return CameraStatus(CameraState.READY)  # it spoke, only not of where it points
            raise

    async def _power_afresh(self, by: float, half: float) -> int | None:
        if self._link.lost or not self._turn.locked():  # in the midst of an order the link is that order's
            await self._link.ready(by)
        return await self._power(max(half, _now() + RESEND_S))

    async def _power(self, by: float) -> int | None:
        """None: the camera does not know the question, or passes over it."""
        try:
            return visca.read_power(await self._link.inquire(visca.power_inquiry(self._address), (1,), by))
        except DeviceError as error:
            if error.reason not in (Reason.UNSUPPORTED, Reason.NO_ANSWER):
                raise
            return None

    # --- aiming -------------------------------------------------------------------------------------------------

    async def recall_preset(self, preset: int, stored: Position | None, token: str = "") -> Aim:
        stored = stored if stored is not None and stored.units == "visca" else None
        return await self._aim(preset, self._take_over(), lambda aiming: aiming.recall(preset, stored))

    async def store_preset(self, preset: int, token: str = "") -> Aim:
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        return await self._aim(preset, never, lambda aiming: aiming.store(preset))

    async def go_to(self, position: Position) -> Aim:
        return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)

    async def _aim(
        self, preset: int, handover: asyncio.Future[None], carry_out: Callable[[Aiming], Awaitable[Aim]]
    ) -> Aim:
        if not self._model.has_preset(preset):
            return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)
        start = _now()
        try:
            async with self._order(handover):
                if self._moving is not None:
                    await self._stop_now()
                self._disarm()  # its late stop would end this aim
                aim = await carry_out(Aiming(self._link, self._model, self._address, handover))
        except DeviceError as error:
            aim = Aim(Outcome.FAILED, error.reason, None, _now() - start)
            log.debug("camera %s: preset %d failed: %s", self.id, preset, error)
        self._note(aim.reason)
        return aim

    # --- moving by hand -----------------------------------------------------------------------------------------

    async def drive(self, pan: float, tilt: float, zoom: float) -> None:
        """Within 1 s, plus QUEUE_S behind another order; DeviceError when the camera does not take it."""
        model = self._model
        speeds = (
            _steps(pan, model.pan_speed_most),
            _steps(tilt, model.tilt_speed_most),
            _steps(zoom, model.zoom_speed_most + 1),
        )
        if speeds == (0, 0, 0):
            return await self.stop()
        if speeds == self._moving:
            return self._arm()
        handover, stops = self._take_over(), self._stops
        try:
            async with self._order(handover):
                await self._drive(speeds)
        except DeviceError as error:
            if error.reason is not Reason.SUPERSEDED:  # a newer order in its place is no failure of moving
                raise
        if self._stops != stops:
            await self._stop_now()  # the stop may have overtaken this on the wire
        return None

    async def _drive(self, speeds: tuple[int, int, int]) -> None:
        pan, tilt, zoom = speeds
        was, self._moving = self._moving or (0, 0, 0), None
        await self._link.ready(_now() + SILENCE_S)
        try:
            if (pan, tilt) != was[:2]:
                packet = visca.drive(max(1, abs(pan)), max(1, abs(tilt)), _sign(pan), _sign(tilt), self._address)
                await self._link.command(packet, _now() + SILENCE_S)
            if zoom != was[2]:
                packet = visca.zoom_drive(_sign(zoom), max(0, abs(zoom) - 1), self._address)
                await self._link.command(packet, _now() + SILENCE_S)
            self._moving = speeds
        finally:
            self._arm()  # also when unsure whether it was heard

    async def stop(self) -> None:
        self._take_over()
        self._stops += 1
        self._disarm()
        await self._stop_now()

    async def _stop_now(self) -> None:
        """Both axes and the zoom; safe to repeat on any line, so it is, until the camera has heard."""
        self._moving = None
        by = _now() + SILENCE_S
        if self._link.lost:
            await self._link.ready(by)
        packets = (visca.stop(self._address), visca.zoom_drive(0, 0, self._address))
        sending = (self._link.command(packet, by, urgent=True, repeatable=True) for packet in packets)
        for result in await asyncio.gather(*sending, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result

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

    # --- power --------------------------------------------------------------------------------------------------

    async def set_power(self, on: bool) -> None:
        """NOT_NOW: taken, but within 3 s neither completed nor read back (a start takes tens of seconds)."""
        wanted = POWER_ON if on else POWER_STANDBY
        start = _now()
        async with self._order(self._take_over()):
            await self._link.ready(start + SILENCE_S)
            if await self._power(_now() + RESEND_S) == wanted:
                return
            message = await self._link.command(visca.power(on, self._address), _now() + SILENCE_S)
            while _now() < start + QUIET_S:
                await asyncio.wait({message.done}, timeout=RESEND_S)
                reply = message.done.result() if message.done.done() else None
                if isinstance(reply, visca.Refused):
                    raise refusal(reply)
                if reply is not None or await self._power(_now() + RESEND_S) == wanted:
                    return
        raise DeviceError(Reason.NOT_NOW, "power order taken, not yet confirmed")

    # --- turns --------------------------------------------------------------------------------------------------

    def _take_over(self) -> "asyncio.Future[None]":
        """The newest order; the one before it learns that it is superseded."""
        if self._handover is not None and not self._handover.done():
            self._handover.set_result(None)
        self._handover = asyncio.get_running_loop().create_future()
        return self._handover

    @asynccontextmanager
    async def _order(self, handover: "asyncio.Future[None]") -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(QUEUE_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise DeviceError(Reason.REFUSED_BUSY, "another order holds the camera") from error
        try:
            if handover.done():
                raise DeviceError(Reason.SUPERSEDED, "a newer order has come")
            yield
        finally:
            self._turn.release()

    def _note(self, reason: Reason | None) -> None:
        """Once down, once up."""
        down = reason if reason in (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.PROTOCOL) else None
        if (down is None) != (self._down is None):
            log.warning("camera %s: %s", self.id, f"down, {down}" if down else "answers again")
        self._down = down


def _steps(speed: float, most: int) -> int:
    """-1…1 to the model's own steps; the smallest touch is one step, nonsense is none."""
    if not math.isfinite(speed) or abs(speed) < 0.02:
        return 0
    return int(math.copysign(max(1, round(min(1.0, abs(speed)) * most)), speed))


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _now() -> float:
    return asyncio.get_running_loop().time()
