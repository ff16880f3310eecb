"""The cameras as a person asks of them: look, go to a seat, nudge, store; and the seating plan behind it."""

import asyncio
from typing import Any

from devices.contract import Aim, DeviceError, Frame, Outcome, Reason
from roomapp.events import Refused, RowState
from roomapp.rules.checklist import Step
from roomapp.rules.pack import Article, CameraRule
from roomapp.rules.session import Phase
from roomapp.running.cameras.framed import REFERENCED
from roomapp.running.cameras.pictures import Look
from roomapp.running.measures import Measured
from roomapp.running.storeys.booking import Booking

KEPT_FIXED = Aim(Outcome.FAILED, Reason.NOT_NOW, None, 0.0)


class Aiming(Booking):
    """Everything that turns a camera or looks through it (Art. 8.2.c, 9.2.b)."""

    def newest_picture(self) -> Frame | None:
        return self.pictures.newest()

    def why_no_picture(self) -> Reason | None:
        return self.pictures.why_not()

    def watch_picture(self, on: bool) -> None:
        """The preview reads the chosen camera's stream, and only while somebody looks."""
        self.pictures.preview((self.framing.chosen or None) if on else None)

    async def picture_of(self, camera: str) -> Look:
        """One fresh picture, judged; against the reference of the framing that is on air, where there is one."""
        return await self.pictures.look(camera, self.framing.framed.of(self.framing.on_air_of(camera)).reference)

    async def aim_at_seat(self, seat: str) -> Aim:
        """Art. 9.2.b; under a pack that keeps the camera fixed, nothing moves once the meeting is on."""
        if self._kept_fixed():
            await self._keep_fixed({"seat": seat})
            return KEPT_FIXED
        aim = await self.framing.aim(seat)
        if aim.outcome is Outcome.VERIFIED and self.session.phase is Phase.CHECKING:
            self._later(self._check_picture_at(seat))
        return aim

    def _kept_fixed(self) -> bool:
        return self.pack.camera is CameraRule.FIXED and self.in_meeting()

    async def _keep_fixed(self, asked: dict[str, Any]) -> None:
        await self.keep("framing.kept_fixed", asked)
        said, remedy = self.words("framing.kept_fixed"), self.words("framing.kept_fixed_remedy")
        self.parts.post(Refused(said, remedy, self.pack.ground(Article.FRAMING)))

    async def ask_overview(self) -> None:
        """The whole room, because a person asks for it."""
        if self._kept_fixed():
            await self._keep_fixed({"overview": True})
        else:
            await self.aim_overview()

    async def _check_picture_at(self, id: str) -> None:
        """Before a meeting each framing is compared with its own picture of the day when it was stored."""
        seat = self.framing.seat(id)
        reference = self.framing.framed.of(id).reference
        if seat is None or reference is None or seat.camera not in self.pictures.cameras():
            return
        look = await self.pictures.look(seat.camera, reference)
        if look.findings and self.framing.on_air_of(seat.camera) == id:
            await self.keep("framing.picture", {"seat": id, "findings": [str(finding) for finding in look.findings]})
            self.framing.refused(self.words(f"picture.{look.findings[0]}"))

    async def aim_overview(self) -> Aim | None:
        """Art. 9.2.b: back to the whole room when the delegate has finished; the chosen camera last, for its words."""
        if self._kept_fixed():
            return None
        chosen = self.framing.chosen
        seats = sorted((s for s in self.framing.plan.seats if s.overview), key=lambda s: s.camera == chosen)
        return (await asyncio.gather(*(self.framing.aim(s.id) for s in seats)))[0] if seats else None

    async def store_seat(self, seat: str) -> Aim:
        aim = await self.framing.store(seat)
        if aim.outcome is not Outcome.FAILED and not self.in_meeting():
            self._later(self._refer(seat))
        return aim

    async def _refer(self, id: str) -> None:
        """How sharp the new framing is: numbers only, no picture is kept of whoever sits there."""
        seat = self.framing.seat(id)
        if seat is None or seat.camera not in self.pictures.cameras():
            return
        reference = await self.pictures.refer(seat.camera)
        if reference is not None:
            self.framing.framed.refer(id, reference)
            await self.keep(REFERENCED, {"seat": id, "sharpness": reference.sharpness, "tiles": list(reference.tiles)})

    async def nudge(self, pan: float, tilt: float, zoom: float) -> None:
        if self._kept_fixed():
            self.framing.refused(self.words("framing.kept_fixed"))  # a sheet would come again while it is held
            return
        camera = self._camera_at()
        if camera is None:
            return
        try:
            await self.parts.devices.cameras[camera].drive(pan, tilt, zoom)
        except DeviceError as error:
            self.framing.refused(self.words(f"framing.failed_{error.reason}", name=self._camera_name(camera)))
            return
        await self.framing.nudged(camera)

    async def stop_nudge(self) -> None:
        camera = self._camera_at()
        if camera is not None:
            try:
                await self.parts.devices.cameras[camera].stop()
            except DeviceError as error:
                self.framing.refused(self.words(f"framing.failed_{error.reason}", name=self._camera_name(camera)))

    async def choose_camera(self, id: str) -> None:
        """Shows and nudges this camera from now on; nothing moves."""
        if id in self.parts.devices.cameras:
            self.framing.chosen = id
            self.publish()

    def _camera_at(self) -> str | None:
        return self.framing.chosen or None

    def _camera_name(self, id: str) -> str:
        return next((c.name for c in self.profile.cameras if c.id == id), id)

    async def _measure_picture(self, step: Step) -> Measured:
        """Art. 8.2.a: a picture, alive and lit; against the framing's own reference, focus too."""
        look = await self.picture_of(step.device)
        if look.frame is None:
            return Measured(RowState.FAILED, str(look.reason))
        values = {"findings": [str(finding) for finding in look.findings]}
        if look.findings:
            return Measured(RowState.FAILED, str(look.findings[0]), values)
        return Measured(RowState.PASSED, values=values)
