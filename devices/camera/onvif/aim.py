"""One recall, store or way to a position over ONVIF, from the first question to the verdict."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from devices.camera.judging import Judge, Patience
from devices.camera.onvif.device import Preset, Reading
from devices.camera.onvif.errand import Errands, heard
from devices.camera.onvif.models import OnvifModel, preset_name
from devices.contract import Aim, DeviceError, Outcome, Position, Reason

T = TypeVar("T")
TAKEN_S = 2.7  # until the camera has taken the order: a silent one is named within 3 s
READING_S = 1.0
SILENT_S = 2.4  # on its way, but not a word any more
STORED_S = 2.8
PATIENCE_S = 0.8  # with another call in the camera's thread: a heartbeat, or what an older order still waits for
POLL_S = 0.1
# A camera answers GotoPreset before it begins to move, and some tell a new position only once or twice a second.
ARRIVED_S, STILL_S, REST_S = 0.3, 1.2, 2.0


class Aiming:
    """One aim of one camera. `handover` is done when a newer order has come: this one then ends, superseded."""

    def __init__(self, errands: Errands, model: OnvifModel, start: float, handover: "asyncio.Future[None]") -> None:
        self._errands, self._model, self._start, self._handover = errands, model, start, handover
        self._device = errands.device
        self._now = asyncio.get_running_loop().time

    async def recall(self, preset: int, stored: Position | None, token: str) -> Aim:
        """Raises DeviceError for every failure but PRESET_MISSING with a position to tell."""
        taken_by = self._start + TAKEN_S
        found = find_preset(await self._ask(self._device.presets, taken_by), preset, token)
        if found is None:
            raise DeviceError(Reason.PRESET_MISSING, f"the camera lists none that we stored as {preset}")
        before = None if stored else await self._before(taken_by)
        self._unless_superseded()
        await self._ask(lambda until: self._device.go_to_preset(found.token, until), taken_by)
        return await self._judged(stored, before, found.token)

    async def go_to(self, position: Position) -> Aim:
        await self._ask(self._device.reading, self._start + TAKEN_S)  # also: to know whether it is able at all
        if not self._device.abilities.absolute:
            raise DeviceError(Reason.UNSUPPORTED, "this camera goes to no position")
        self._unless_superseded()
        await self._ask(lambda until: self._device.go_to(position, until), self._start + TAKEN_S)
        return await self._judged(position, None, "")

    async def store(self, preset: int, token: str) -> Aim:
        """Believed only when the camera lists it."""
        by = self._start + STORED_S
        old = find_preset(await self._ask(self._device.presets, by), preset, token)
        old_token = old.token if old else ""
        name = preset_name(preset)
        told = await self._ask(lambda until: self._device.set_preset(name, old_token, until), by)
        kept = find_preset(await self._ask(self._device.presets, by), preset, told or old_token)
        if kept is None:
            raise DeviceError(Reason.PRESET_MISSING, "taken, but not listed afterwards")
        position, rests = await self._at_rest(by)
        return self._aim(Outcome.VERIFIED if rests else Outcome.SENT, None, position, kept.token)

    async def _judged(self, stored: Position | None, before: Position | None, token: str) -> Aim:
        model = self._model
        patience = Patience(ARRIVED_S, STILL_S, REST_S, model.move_s)
        judge = Judge(stored, before, model.agrees, model.still, patience, self._start)
        heard_at = self._now()
        while True:
            reading = await self._reading(heard_at)
            if reading is not None:
                heard_at = self._now()
                if verdict := judge.hear(reading.position, heard_at, reading.moving):
                    return self._aim(*verdict, reading.position, token)
            await self._pause(POLL_S)

    async def _reading(self, heard_at: float) -> Reading | None:
        """None: no answer this time; DeviceError when it has been silent for too long, or is gone."""
        try:
            return await self._ask(self._device.reading, self._now() + READING_S)
        except DeviceError as error:
            passing = error.reason in (Reason.NO_ANSWER, Reason.REFUSED_BUSY)
            if not passing or self._now() - heard_at > SILENT_S - READING_S:
                raise
            return None

    async def _before(self, by: float) -> Position | None:
        """None also for a camera under way: that it then rests elsewhere would prove nothing of this order."""
        reading = await self._ask(self._device.reading, by)
        return None if reading.moving else reading.position

    async def _at_rest(self, by: float) -> tuple[Position | None, bool]:
        """Where it points, and whether it was seen to stay; what is stored is stored, even if it tells neither."""
        try:
            first = await self._ask(self._device.reading, by)
            if first.position is None or first.moving is not None:
                return first.position, first.position is not None and not first.moving
            await self._pause(STILL_S)
            again = (await self._ask(self._device.reading, by)).position
        except DeviceError:
            return None, False
        return again, again is not None and self._model.still(first.position, again)

    async def _ask(self, work: Callable[[float], T], until: float) -> T:
        """Gives way to a newer order at once: that one cuts off what is still under way in the thread."""
        running = asyncio.ensure_future(self._errands.run(work, until, PATIENCE_S))
        try:
            awaited: list[asyncio.Future[Any]] = [running, self._handover]
            await asyncio.wait(awaited, return_when=asyncio.FIRST_COMPLETED)
            self._unless_superseded()
            return running.result()
        finally:
            running.cancel()
            running.add_done_callback(heard)

    async def _pause(self, wait_s: float) -> None:
        await asyncio.wait({self._handover}, timeout=wait_s)
        self._unless_superseded()

    def _unless_superseded(self) -> None:
        if self._handover.done():
            raise DeviceError(Reason.SUPERSEDED, "a newer order has come")

    def _aim(self, outcome: Outcome, reason: Reason | None, position: Position | None, token: str) -> Aim:
        return Aim(outcome, reason, position, self._now() - self._start, token)


def find_preset(listed: Sequence[Preset], preset: int, token: str) -> Preset | None:
    """Only what we stored: by the token that we keep, unless it now bears the name of another of ours; else by name.

    Never by number: some cameras hide a restart or a factory reset among their presets.
    """
    ours = preset_name(preset)
    for one in listed:
        if token and one.token == token and (one.name == ours or not _is_ours(one.name)):
            return one
    # Some cameras never overwrite: of several by our name the last is the newest.
    return next((one for one in reversed(listed) if one.name == ours), None)


def _is_ours(name: str) -> bool:
    return name[:1] == "P" and name[1:].isdecimal()
