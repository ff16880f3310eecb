"""Moving a VISCA camera by hand: what it was last told, the stop that waits for nobody, and the dead man's time."""

import asyncio
import logging
import math

from devices.camera import visca
from devices.camera.models import Model
from devices.camera.visca_link import SILENCE_S, ViscaLink
from devices.contract import DeviceError

log = logging.getLogger(__name__)

DEAD_MAN_S = 0.5
LATE_STOPS = 5  # a camera left moving by a lost link is told to stop once a second, so often
STOP_AGAIN_S = 1.0

Speeds = tuple[int, int, int]  # pan, tilt, zoom in the model's own steps; zoom counts from 1


class Moving:
    """The caller holds the camera for drive(); stop() may meet anything."""

    def __init__(self, name: str, link: ViscaLink, model: Model, address: int) -> None:
        self._name, self._link, self._model, self._address = name, link, model, address
        self._now: Speeds | None = None  # as last driven and heard
        self._dead_man: asyncio.TimerHandle | None = None
        self._late_stop: asyncio.Task[None] | None = None
        self.stops = 0
        self._closed = False
        self.driven = False  # and neither a stop nor another movement was heard since

    @property
    def moves(self) -> bool:
        """Told to, and not told to stop since."""
        return self._now is not None

    def speeds(self, pan: float, tilt: float, zoom: float) -> Speeds:
        model = self._model
        return (
            _steps(pan, model.pan_speed_most),
            _steps(tilt, model.tilt_speed_most),
            _steps(zoom, model.zoom_speed_most + 1),
        )

    def holds(self, speeds: Speeds) -> bool:
        """True, and the dead man's time begins anew, where it moves like this already."""
        if speeds != self._now:
            return False
        self.arm()
        return True

    async def drive(self, speeds: Speeds, newer: "asyncio.Future[None]") -> None:
        await self.release()
        pan, tilt, zoom = speeds
        was, self._now, self.driven = self._now or (0, 0, 0), None, True
        await self._link.ready(_now() + SILENCE_S)
        try:
            if (pan, tilt) != was[:2]:
                packet = visca.drive(max(1, abs(pan)), max(1, abs(tilt)), _sign(pan), _sign(tilt), self._address)
                await self._link.command(packet, _now() + SILENCE_S, newer=newer)
            if zoom != was[2]:
                packet = visca.zoom_drive(_sign(zoom), max(0, abs(zoom) - 1), self._address)
                await self._link.command(packet, _now() + SILENCE_S, newer=newer)
            self._now = speeds
        finally:
            self.arm()  # also when unsure whether it was heard

    async def stop(self) -> None:
        """Both axes and the zoom; safe to repeat on any line, so it is, until the camera has heard."""
        self._now = None
        by = _now() + SILENCE_S
        if self._link.lost:
            await self._link.ready(by)
        packets = (visca.stop(self._address), visca.zoom_drive(0, 0, self._address))
        sending = (self._link.command(packet, by, urgent=True, repeatable=True) for packet in packets)
        for result in await asyncio.gather(*sending, return_exceptions=True):
            if isinstance(result, BaseException):
                raise result
        self.driven = False

    async def close(self) -> None:
        """Within 2 s; nothing is said after it, also where an order that it ended would still arm the dead man."""
        self._closed = True
        await self.release()
        if self.driven:
            try:
                async with asyncio.timeout(SILENCE_S):  # a line may hang while it sends
                    await self._stop_quietly()
            except TimeoutError:
                log.warning("camera %s: may still be moving: not told within %s s", self._name, SILENCE_S)

    async def release(self) -> None:
        """No late stop will come, and one that is being said ends: it is not moved by hand any more."""
        self._disarm()
        late_stop, self._late_stop = self._late_stop, None
        if late_stop is not None:
            late_stop.cancel()
            await asyncio.wait({late_stop}, timeout=SILENCE_S)  # the link must know what stays unanswered

    def _disarm(self) -> None:
        if self._dead_man is not None:
            self._dead_man.cancel()
            self._dead_man = None

    def arm(self) -> None:
        """It is told to stop in DEAD_MAN_S, unless it is armed anew or released before."""
        self._disarm()
        if not self._closed:
            self._dead_man = asyncio.get_running_loop().call_later(DEAD_MAN_S, self._nobody_holds)

    def _nobody_holds(self) -> None:
        self._dead_man = None
        self._late_stop = asyncio.get_running_loop().create_task(self._stop_late(self.stops))

    async def _stop_late(self, stops: int) -> None:
        for _ in range(LATE_STOPS):
            if await self._stop_quietly() or self.moves or self.stops != stops:
                return
            await asyncio.sleep(STOP_AGAIN_S)

    async def _stop_quietly(self) -> bool:
        try:
            await self.stop()
        except DeviceError as error:
            log.warning("camera %s: may still be moving: %s", self._name, error)
            return False
        return True


def _steps(speed: float, most: int) -> int:
    """-1…1 to the model's own steps; the smallest touch is one step, nonsense is none."""
    if not math.isfinite(speed) or abs(speed) < 0.02:
        return 0
    return int(math.copysign(max(1, round(min(1.0, abs(speed)) * most)), speed))


def _sign(value: int) -> int:
    return (value > 0) - (value < 0)


def _now() -> float:
    return asyncio.get_running_loop().time()
