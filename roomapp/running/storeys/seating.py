"""The technician's work on cameras and seats: the plan, each framing's sample, cameras found on the network."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from devices.contract import Outcome
from roomapp.profile import Seat
from roomapp.records.private import write_private
from roomapp.rules.seating import SeatingError
from roomapp.running.cameras.framed import REFERENCED
from roomapp.running.storeys.aiming import Aiming

FIND_S = 3.0
SAMPLE_WIDTH = 320  # px: enough to know a framing by, too small to read a paper on the table
SETTLED_S = 0.8  # exposure and focus follow the move


class SeatingWork(Aiming):
    """Behind the technician's code (Art. 3.3); every change is a row of the journal, none is made in a meeting."""

    async def add_seat(self, x: float, y: float) -> None:
        """A seat at this place of the plan (0...1), for the chosen camera, with the next free number."""

        async def add() -> None:
            await self.framing.place(self.framing.plan.new_seat(self.framing.chosen, self._seat_name, x, y))

        await self._edit(add())

    async def add_overview(self) -> None:
        """The whole room, for the chosen camera."""

        async def add() -> None:
            camera = self.framing.chosen
            alone = len(self.parts.devices.cameras) == 1
            name = self.words("ui.overview") if alone else f"{self.words('ui.overview')}, {self._camera_name(camera)}"
            seat = self.framing.plan.new_seat(camera, self._seat_name, 0.5, 0.5)
            await self.framing.place(replace(seat, id=f"toan-canh-{camera}"[:32], name=name, overview=True))

        await self._edit(add())

    async def move_seat(self, id: str, x: float, y: float) -> None:
        await self._change(id, x=x, y=y)

    async def rename_seat(self, id: str, name: str) -> None:
        await self._change(id, name=name)

    async def seat_camera(self, id: str, camera: str) -> None:
        """Another camera looks at this seat from now on; its framing is to be stored anew."""

        async def change() -> None:
            seat = self._seat(id)
            await self.framing.place(replace(seat, camera=camera, preset=self.framing.plan.free_preset(camera)))
            self.framing.forget(id)
            await self._forget_sample(id)

        await self._edit(change())

    async def remove_seat(self, id: str) -> None:
        async def remove() -> None:
            await self.framing.remove(id)
            await self._forget_sample(id)

        await self._edit(remove())

    async def sample_framing(self, id: str) -> None:
        """The framing's own picture of the empty room, and how sharp it is: later pictures are judged against it."""
        if self.in_meeting():
            self._refuse_words("seating.in_meeting", "seating.in_meeting_remedy")
            return
        aim, seat = await self.framing.aim(id), self.framing.seat(id)
        if aim.outcome is not Outcome.VERIFIED or seat is None or seat.camera not in self.pictures.cameras():
            self._refuse_words("seating.no_sample", "seating.no_sample_remedy")
            return
        await asyncio.sleep(SETTLED_S)
        look = await self.pictures.look(seat.camera)
        if look.frame is None or not look.good:
            self._refuse_words("seating.no_sample", "seating.no_sample_remedy")
            return
        judge = self.parts.judge
        reference = await asyncio.to_thread(judge.refer, look.frames)
        await asyncio.to_thread(self._keep_sample, id, await asyncio.to_thread(judge.png, look.frame, SAMPLE_WIDTH))
        self.framing.framed.refer(id, reference)
        await self.keep(REFERENCED, {"seat": id, "sharpness": reference.sharpness, "tiles": list(reference.tiles)})
        self.publish()

    def sample(self, id: str) -> bytes | None:
        """The framing's picture of the empty room, PNG; None where none was taken."""
        try:
            return self._sample_file(id).read_bytes()
        except OSError:
            return None

    async def find_cameras(self) -> None:
        """Asks the local network for cameras; what answered is shown."""
        if self.parts.finder is None:
            return
        self.finding = True
        self.publish()
        self.found = await self.parts.finder.find(FIND_S)
        self.finding, self.looked_for = False, True
        self.publish()

    def _seat_name(self, number: int) -> str:
        return self.words("seating.name", n=number)

    def _keep_sample(self, id: str, png: bytes) -> None:
        self._sample_file(id).parent.mkdir(parents=True, exist_ok=True)
        write_private(self._sample_file(id), png)

    async def _forget_sample(self, id: str) -> None:
        await asyncio.to_thread(self._sample_file(id).unlink, missing_ok=True)

    def _sample_file(self, id: str) -> Path:
        return self.parts.data_dir / "framings" / f"{id}.png"

    def _seat(self, id: str) -> Seat:
        seat = self.framing.seat(id)
        if seat is None:
            raise SeatingError("unknown_seat")
        return seat

    async def _change(self, id: str, **changes: object) -> None:
        async def change() -> None:
            await self.framing.place(replace(self._seat(id), **changes))

        await self._edit(change())

    async def _edit(self, work: Coroutine[Any, Any, None]) -> None:
        """One edit, or the sentence why not."""
        if self.in_meeting():
            work.close()
            self._refuse_words("seating.in_meeting", "seating.in_meeting_remedy")
            return
        try:
            await work
        except SeatingError as error:
            self._refuse_words(f"seating.{error.reason}", f"seating.{error.reason}_remedy")
