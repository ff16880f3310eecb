"""The cameras' heartbeat: connected means that it answered an inquiry lately; only changes are told and kept."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from devices.contract import Camera, CameraState, CameraStatus, Reason
from roomapp.events import CameraView
from roomapp.profile import Profile
from roomapp.running.cameras.framing import Framing
from roomapp.words import Words

HEARTBEAT_S = 2.0  # a fault is told within 5 s (003 khoản 3.c): a beat, the driver's own limit, and the screen
DOUBT_S = 0.2
# Each has a sentence; all others are nonsense answered.
TOLD = (Reason.NO_ANSWER, Reason.LINK_LOST, Reason.AUTH, Reason.NOT_NOW, Reason.REFUSED_BUSY)
ANSWER_S = 5.0  # no driver's status takes longer; ONVIF names a silent camera within 4 s


@dataclass(frozen=True, slots=True)
class Heard:
    """The newest answer of one camera. `at` is time.monotonic()."""

    status: CameraStatus
    at: float


class CameraWatch:
    """Asks every camera how it is, each in its own turn: a silent one holds up no other."""

    def __init__(
        self,
        profile: Profile,
        cameras: Mapping[str, Camera],
        framing: Framing,
        keep: Callable[[str, Mapping[str, Any]], Awaitable[object]],
        words: Words,
        changed: Callable[[], None],
    ) -> None:
        self._cameras, self._framing, self._keep, self._words, self._changed = cameras, framing, keep, words, changed
        self._profile = profile
        self._heard: dict[str, Heard] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, wanted: Callable[[], bool]) -> None:
        """`wanted` says whether the cameras are to answer now: before power-on they may well have no power."""
        self._tasks = [asyncio.create_task(self._beat(id, wanted)) for id in self._cameras]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def ask(self, id: str) -> CameraStatus:
        """One inquiry now, two where the first was doubtful; what changed is kept and told."""
        status = await self._ask_once(id)
        if self._framing.doubts(id):
            await asyncio.sleep(DOUBT_S)
            status = await self._ask_once(id)
        return status

    async def _ask_once(self, id: str) -> CameraStatus:
        try:
            async with asyncio.timeout(ANSWER_S):  # wait_for of Python 3.11 loses a cancellation that meets the answer
                status = await self._cameras[id].status()
        except TimeoutError:
            status = CameraStatus(CameraState.OFFLINE, Reason.NO_ANSWER)
        await self._take(id, status)
        return status

    def newest(self, id: str) -> CameraStatus | None:
        """The last answer; None before the first, and once the heartbeat has stopped."""
        heard = self._heard.get(id)
        return heard.status if heard is not None else None

    def views(self) -> tuple[CameraView, ...]:
        views = []
        for camera in self._profile.cameras:
            abilities, status = self._framing.abilities(camera.id), self.newest(camera.id)
            views.append(
                CameraView(
                    camera.id,
                    camera.name,
                    "" if status is None else str(status.state),
                    abilities.pan_tilt,
                    abilities.zoom,
                    abilities.presets or abilities.absolute,
                    self._framing.on_air_of(camera.id),
                    camera.id in self._framing.moved_by_hand,
                )
            )
        return tuple(views)

    def alert(self) -> str:
        """The one sentence about a camera that needs somebody; "": all is well, as far as was asked."""
        for camera in self._profile.cameras:
            status = self.newest(camera.id)
            if status is not None and status.state in (CameraState.OFFLINE, CameraState.FAULT):
                return self._fault_words(camera.id, status)
            if camera.id in self._framing.moved_by_hand:
                return self._words("camera.moved_by_hand", name=camera.name)
        return ""

    def _fault_words(self, id: str, status: CameraStatus) -> str:
        name = next(camera.name for camera in self._profile.cameras if camera.id == id)
        return self._words(f"camera.{status.reason if status.reason in TOLD else Reason.PROTOCOL}", name=name)

    async def _beat(self, id: str, wanted: Callable[[], bool]) -> None:
        while True:
            begun = time.monotonic()
            if wanted():
                await self.ask(id)
            elif self._heard.pop(id, None) is not None:
                self._changed()
            await asyncio.sleep(max(0.1, begun + HEARTBEAT_S - time.monotonic()))

    async def _take(self, id: str, status: CameraStatus) -> None:
        before = self._heard.get(id)
        self._heard[id] = Heard(status, time.monotonic())
        if status.state is CameraState.OFFLINE:
            self._framing.lost(id, self._fault_words(id, status))
        else:
            self._framing.back(id)
            await self._framing.heard(id, status)
        if before is None or (before.status.state, before.status.reason) != (status.state, status.reason):
            reason = None if status.reason is None else str(status.reason)
            await self._keep("camera.state", {"camera": id, "state": str(status.state), "reason": reason})
            self._changed()
