"""A PTZ camera over VISCA: UDP with Sony's header, bare UDP, TCP or a serial line."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from devices.camera import sony, visca
from devices.camera.models import Model, model_named
from devices.camera.turns import QUEUE_S, Turns
from devices.camera.visca_aim import QUIET_S, Aiming, ask_position, can_go_to
from devices.camera.visca_link import RESEND_S, SILENCE_S, Framing, ViscaLink
from devices.camera.visca_moving import Moving
from devices.camera.visca_waiting import refusal
from devices.contract import (
    Abilities,
    Aim,
    CameraState,
    CameraStatus,
    DeviceError,
    DeviceTimeout,
    Outcome,
    Position,
    Reason,
)
from devices.serial_line import SerialLine
from devices.transport import Line, TcpLine, UdpLine
from devices.udp_port import SharedUdpLine, UdpPort

log = logging.getLogger(__name__)

RAW_UDP_PORT = 1259
TCP_PORT = 5678
STATUS_S = STOP_S = 0.95
STORE_S = POWER_S = 2.95
DRIVE_S = QUEUE_S + 1.0
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
    replies_to: UdpPort | None = None,
) -> "ViscaCamera":
    """By a profile's words; DeviceError(UNSUPPORTED) for a driver or model that is not known here.

    `replies_to`: the local port to which models with a fixed reply port answer. Several such cameras of one PC must be
    given the same one; without it each takes the port for itself, and the second one's link is lost.
    """
    known = model_named(model)
    match driver:
        case "visca-udp" if known.fixed_reply_port:
            shared = SharedUdpLine(replies_to or UdpPort(sony.PORT), host, port or sony.PORT)
            return ViscaCamera(id, shared, known, Framing.SONY)
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
        self._link = ViscaLink(line, framing, address, forced_sequence=model.forced_sequence)
        self._moving = Moving(id, self._link, model, address)
        self._turns = Turns(model.pace_s)
        self._down: Reason | None = None
        self._absolute = model.absolute
        self._power_works = model.power_over_ip or framing is Framing.SERIAL

    def abilities(self) -> Abilities:
        return Abilities(absolute=self._absolute, power=self._power_works)

    def agrees(self, one: Position, other: Position) -> bool:
        return self._model.agrees(one, other)

    async def close(self) -> None:
        self._turns.take_over()
        await self._moving.close()
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
            power = await self._power_afresh(by, half)  # it had its power cut: one new connection, nothing replayed
        if power == POWER_STANDBY:
            return CameraStatus(CameraState.STANDBY)
        if power not in (POWER_ON, None):
            return CameraStatus(CameraState.FAULT, Reason.PROTOCOL)
        try:
            return CameraStatus(CameraState.READY, None, await ask_position(self._link, self._address, by))
        except DeviceError as error:
            if error.reason is Reason.UNSUPPORTED:
                self._absolute = False  # what cannot be read back cannot be gone to
            tells_not = error.reason in (Reason.UNSUPPORTED, Reason.REFUSED_BUSY)
            if tells_not or (power is not None and error.reason is Reason.NO_ANSWER):
                return CameraStatus(CameraState.READY)  # it spoke, only not of where it points
            raise

    async def _power_afresh(self, by: float, half: float) -> int | None:
        if self._link.lost or not self._turns.taken():  # in the midst of an order the link is that order's
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
        if not self._model.has_preset(preset):
            return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)
        stored = stored if stored is not None and stored.units == "visca" else None
        return await self._aim(
            self._turns.take_over(), self._model.move_s, lambda aiming: aiming.recall(preset, stored)
        )

    async def store_preset(self, preset: int, token: str = "") -> Aim:
        if not self._model.has_preset(preset):
            return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)
        never: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        return await self._aim(never, STORE_S, lambda aiming: aiming.store(preset))

    async def go_to(self, position: Position) -> Aim:
        if position.units != "visca" or not self._absolute or not can_go_to(position):
            return Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)
        aim = await self._aim(self._turns.take_over(), self._model.move_s, lambda aiming: aiming.go_to(position))
        if aim.reason is Reason.UNSUPPORTED:
            self._absolute = False
        return aim

    async def _aim(
        self, handover: "asyncio.Future[None]", limit_s: float, carry_out: Callable[[Aiming], Awaitable[Aim]]
    ) -> Aim:
        start = _now()
        try:
            async with _within(limit_s), self._turns.order(handover):
                if self._moving.moves:
                    await self._moving.stop()
                await self._moving.release()  # its late stop would end this aim
                aim = await carry_out(Aiming(self._link, self._model, self._address, handover, start + limit_s))
                self._moving.driven = False
        except DeviceError as error:
            if self._moving.driven:
                self._moving.arm()  # not aimed, it may still go where the hand sent it
            aim = Aim(Outcome.FAILED, error.reason, None, _now() - start)
            log.debug("camera %s: not aimed: %s", self.id, error)
        self._note(aim.reason)
        return aim

    # --- moving by hand -----------------------------------------------------------------------------------------

    async def drive(self, pan: float, tilt: float, zoom: float) -> None:
        """Within DRIVE_S; DeviceError when the camera does not take it."""
        moving = self._moving
        speeds = moving.speeds(pan, tilt, zoom)
        if speeds == (0, 0, 0):
            return await self.stop()
        if moving.holds(speeds):
            return None
        handover, stops = self._turns.take_over(), moving.stops
        async with _within(DRIVE_S):
            try:
                async with self._turns.order(handover):
                    await moving.drive(speeds, handover)
            except DeviceError as error:
                if error.reason is not Reason.SUPERSEDED and not handover.done():
                    raise  # a newer order in its place is no failure of moving
            if moving.stops != stops:
                await moving.stop()  # the stop may have overtaken this on the wire
        return None

    async def stop(self) -> None:
        self._turns.take_over()
        self._moving.stops += 1
        async with _within(STOP_S):
            await self._moving.stop()
            await self._moving.release()  # and not before: one that was not heard is said again
            if self._model.needs_cancel:
                await self._turns.until_free()  # the aim that was running has been cancelled

    # --- power --------------------------------------------------------------------------------------------------

    async def set_power(self, on: bool) -> None:
        """NOT_NOW: taken, but within 3 s neither completed nor read back (a start takes tens of seconds)."""
        wanted = POWER_ON if on else POWER_STANDBY
        if not self._power_works:
            raise DeviceError(Reason.UNSUPPORTED, f"camera {self.id} has no standby that ends over this line")
        start, handover = _now(), self._turns.take_over()
        try:
            async with _within(POWER_S), self._turns.order(handover):
                await self._set_power(on, wanted, start, handover)
        except DeviceError as error:
            self._power_works = error.reason is not Reason.UNSUPPORTED
            raise

    async def _set_power(self, on: bool, wanted: int, start: float, handover: "asyncio.Future[None]") -> None:
        await self._link.ready(start + SILENCE_S)
        if await self._power(_now() + RESEND_S) == wanted:
            return
        message = await self._link.command(visca.power(on, self._address), _now() + SILENCE_S, newer=handover)
        while _now() < start + QUIET_S:
            await asyncio.wait({message.done}, timeout=RESEND_S)
            reply = message.done.result() if message.done.done() else None
            if isinstance(reply, visca.Refused):
                raise refusal(reply)
            if reply is not None or await self._power(_now() + RESEND_S) == wanted:
                return
        raise DeviceError(Reason.NOT_NOW, "power order taken, not yet confirmed")

    def _note(self, reason: Reason | None) -> None:
        """Once down, once up."""
        down = reason if reason in (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.PROTOCOL) else None
        if (down is None) != (self._down is None):
            log.warning("camera %s: %s", self.id, f"down, {down}" if down else "answers again")
        self._down = down


@asynccontextmanager
async def _within(limit_s: float) -> AsyncIterator[None]:
    """The whole call's own limit, whatever the camera says in small pieces meanwhile."""
    try:
        async with asyncio.timeout(limit_s):
            yield
    except TimeoutError as error:
        raise DeviceTimeout(f"not done within {limit_s} s") from error


def _now() -> float:
    return asyncio.get_running_loop().time()
