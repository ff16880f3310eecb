"""Seats and framings: touch a seat, the camera goes; what is claimed about it was read back, and stays watched."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Set
from contextlib import asynccontextmanager
from typing import Any

from msgspec.structs import replace

from devices.contract import Abilities, Aim, Camera, CameraStatus, Outcome, Position, Reason
from roomapp.events import RowState, SeatState, SeatView
from roomapp.profile import Profile, Seat
from roomapp.rules import seating
from roomapp.rules.seating import Seating
from roomapp.running.cameras.framed import LEARNED, RESTORED, STORED, FramedStore, as_json, plain
from roomapp.running.cameras.on_air import MOVED, NUDGED, OnAir, Reading, There
from roomapp.words import Words

STATE_OF = {Outcome.VERIFIED: SeatState.THERE, Outcome.SENT: SeatState.SENT, Outcome.FAILED: SeatState.FAILED}
NOTHING_THERE = Aim(Outcome.FAILED, Reason.PRESET_MISSING, None, 0.0)
CANNOT = Aim(Outcome.FAILED, Reason.UNSUPPORTED, None, 0.0)
FORGOTTEN = (Reason.PRESET_MISSING, Reason.UNSUPPORTED)  # then the position itself may still lead there


class Framing:
    """Aims the room's cameras at its seats and remembers where each framing truly is."""

    def __init__(
        self,
        profile: Profile,
        cameras: Mapping[str, Camera],
        keep: Callable[[str, Mapping[str, Any]], Awaitable[object]],
        words: Words,
        changed: Callable[[], None],
    ) -> None:
        self._cameras, self._keep, self._words, self._changed = cameras, keep, words, changed
        self._base = Seating(profile.seats)
        self.plan = self._base
        self.framed = FramedStore()
        self._states: dict[str, SeatState] = {}
        self._tried: set[str] = set()
        self._touches: dict[str, int] = {}  # by camera: an older touch's answer never speaks for a newer one
        self._busy: dict[str, int] = {}  # orders under way, by camera
        self._air = OnAir()
        self.chosen = next(iter(cameras), "")  # the camera that was aimed last: its picture is shown
        self.sentence = words("framing.touch_a_seat")
        self._lost_words = ""
        self.state = RowState.WAITING

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Takes the plan and its framings from the journal, and which of them were tried since power-on."""
        rows = list(rows)
        self.plan = seating.after(self._base, rows)
        self.framed.remember(rows)
        for kind, body in rows:
            if kind == "session.moved" and body["move"] in ("power_on", "recheck"):
                self._tried.clear()
            elif kind == "framing.recalled" and body["outcome"] != Outcome.FAILED:
                self._tried.add(str(body["seat"]))
            self._air.remember(kind, body)

    def seat(self, id: str) -> Seat | None:
        return self.plan.seat(id)

    @property
    def on_air(self) -> str:
        """The seat that the chosen camera was read back at; "": none, or not proven."""
        return self.on_air_of(self.chosen)

    def on_air_of(self, camera: str) -> str:
        return self._air.seat_of(camera)

    @property
    def moved_by_hand(self) -> Set[str]:
        """The cameras that are elsewhere than they were read back, and not by us."""
        return self._air.moved_by_hand

    def begin(self) -> None:
        """A new power-on: every framing is to be tried anew (Art. 8.2.c)."""
        self._tried.clear()
        self._states.clear()
        self._air.begin()
        self.sentence, self.state = self._words("framing.touch_a_seat"), RowState.WAITING

    def untried(self) -> list[Seat]:
        return [s for s in self.plan.seats if s.camera in self._cameras and s.id not in self._tried and not s.overview]

    # --- aiming and storing -------------------------------------------------------------------------------------

    async def aim(self, id: str) -> Aim:
        """Sends the seat's camera there. Unknown seats and seats without a framing end in preset_missing."""
        seat = self.seat(id)
        camera = self._cameras.get(seat.camera) if seat is not None else None
        if seat is None or camera is None or (seat.preset is None and self.framed.of(id).position is None):
            return NOTHING_THERE
        touch = self._begin(seat)
        async with self._order(seat.camera):
            aim, by = await self._go(camera, seat)
        await self._keep("framing.recalled", {"seat": id, "camera": seat.camera, "by": by, **as_json(aim)})
        if aim.outcome is Outcome.VERIFIED and aim.position is not None and self.framed.of(id).position is None:
            # Seen to move there and to settle: from now on the framing is recognised by its position.
            await self._kept(LEARNED, seat, aim)
        if aim.outcome is not Outcome.FAILED:
            self._tried.add(id)
        if touch == self._touches[seat.camera]:
            self._ended(seat, aim)
        elif self._states.get(id) is SeatState.AIMING:
            self._states.pop(id, None)
            self._changed()
        return aim

    async def _go(self, camera: Camera, seat: Seat) -> tuple[Aim, str]:
        """By preset; by the position in our own store where the camera has forgotten it or never had it."""
        kept, aim = self.framed.of(seat.id), CANNOT
        if seat.preset is not None:
            aim = await camera.recall_preset(seat.preset, kept.position, kept.token)
        if aim.reason not in FORGOTTEN or kept.position is None or not camera.abilities().absolute:
            return aim, "preset"
        forgotten = aim.reason is Reason.PRESET_MISSING
        straight = await camera.go_to(kept.position)
        if straight.reason is Reason.UNSUPPORTED:
            return aim, "preset"
        aim = straight
        if forgotten and aim.outcome is Outcome.VERIFIED and seat.preset is not None:
            again = await camera.store_preset(seat.preset, kept.token)  # so that the next recall is straight
            if again.outcome is not Outcome.FAILED:
                await self._kept(RESTORED, seat, again)
        return aim, "position"

    async def store(self, id: str) -> Aim:
        """Stores where the camera points as the seat's framing: in the camera, and its position here."""
        seat = self.seat(id)
        camera = self._cameras.get(seat.camera) if seat is not None else None
        if seat is None or camera is None:
            return NOTHING_THERE
        if seat.preset is None:
            seat = await self.place(replace(seat, preset=self.plan.free_preset(seat.camera)))
        async with self._order(seat.camera):
            aim = await camera.store_preset(seat.preset or 0, self.framed.of(id).token)
            if aim.reason is Reason.UNSUPPORTED and camera.abilities().absolute:
                aim = self._from_reading(aim, await camera.status())
        if aim.outcome is Outcome.FAILED:
            await self._keep("framing.store_failed", {"seat": id, "camera": seat.camera, **as_json(aim)})
            self._say(RowState.FAILED, f"framing.failed_{aim.reason}", seat)
            return aim
        await self._kept(STORED, seat, aim)
        self._touches[seat.camera] = self._touches.get(seat.camera, 0) + 1
        self._clear(seat.camera)
        self.chosen = seat.camera
        self._states[id] = STATE_OF[aim.outcome]
        if aim.outcome is Outcome.VERIFIED and aim.position is not None:
            self._air.arrived(seat.camera, id, aim.position)
        self._say(RowState.PASSED, "framing.saved", seat)
        return aim

    @staticmethod
    def _from_reading(aim: Aim, status: CameraStatus) -> Aim:
        """The camera has no such preset, but tells where it points and can go there again: our store is enough."""
        return aim if status.position is None else Aim(Outcome.VERIFIED, None, status.position, aim.seconds)

    async def _kept(self, kind: str, seat: Seat, aim: Aim) -> None:
        self.framed.aimed(kind, seat.id, aim.position, aim.token)
        token = {"token": aim.token} if aim.token else {}
        await self._keep(kind, {"seat": seat.id, "camera": seat.camera, **as_json(aim), **token})

    # --- the plan -----------------------------------------------------------------------------------------------

    async def place(self, seat: Seat) -> Seat:
        """A seat new or changed. SeatingError."""
        self.plan = self.plan.with_seat(seat)
        await self._keep(seating.PLACED, seating.row_of(self._base, seat))
        self._changed()
        return seat

    async def remove(self, id: str) -> None:
        self.plan = self.plan.without(id)
        row = seating.removal_of(self._base, id)
        self.framed.remember([(seating.REMOVED, row)])
        self._states.pop(id, None)
        await self._keep(seating.REMOVED, row)
        self._changed()

    def forget(self, id: str) -> None:
        """The seat has another camera: its framing was the other one's."""
        self.framed.forget(id)
        self._states.pop(id, None)
        self._changed()

    # --- what happens without us --------------------------------------------------------------------------------

    async def nudged(self, camera: str) -> None:
        """The camera was nudged: no framing is on air any more."""
        if self._air.known(camera) is not None:
            await self._keep(NUDGED, {"camera": camera})
        self._touches[camera] = self._touches.get(camera, 0) + 1
        self._clear(camera)
        self.chosen = camera
        self.sentence, self.state = self._words("framing.nudging"), RowState.WAITING
        self._changed()

    async def heard(self, camera: str, status: CameraStatus) -> None:
        """A heartbeat's answer: a camera that is elsewhere than it was read back was turned by hand (Art. 3.5)."""
        known = self._air.known(camera)
        if known is None or status.position is None or self._busy.get(camera):
            return
        match self._air.read(camera, status.position, self._cameras[camera].agrees):
            case Reading.FOUND_AGAIN:
                self._states[known[0]] = SeatState.THERE
                self._changed()
            case Reading.MOVED:
                await self._moved(camera, known, status.position)

    async def _moved(self, camera: str, known: There, position: Position) -> None:
        self._states.pop(known[0], None)
        body = {"camera": camera, "seat": known[0], "expected": plain(known[1]), "position": plain(position)}
        await self._keep(MOVED, body)
        seat = self.seat(known[0])
        if seat is not None:
            self._say(RowState.FAILED, "framing.moved_by_hand", seat)

    def doubts(self, camera: str) -> bool:
        """Whether the last reading was elsewhere, and one more must tell."""
        return self._air.doubts(camera)

    def lost(self, camera: str, sentence: str) -> None:
        """It does not answer: whatever it was aimed at is not known any more, and the officer is told what to do."""
        if self._air.known(camera) is not None:
            self._clear(camera)
        if camera == self.chosen and not self._busy.get(camera) and self.sentence != sentence:
            self._lost_words, self.sentence, self.state = sentence, sentence, RowState.FAILED

    def back(self, camera: str) -> None:
        """It answers again: the fault that was told is over."""
        if camera == self.chosen and self.sentence == self._lost_words:
            self.sentence, self.state = self._words("framing.touch_a_seat"), RowState.WAITING

    def refused(self, sentence: str) -> None:
        self.sentence, self.state = sentence, RowState.FAILED
        self._changed()

    # --- what is shown ------------------------------------------------------------------------------------------

    def seats(self) -> tuple[SeatView, ...]:
        views = []
        for index, seat in enumerate(self.plan.seats):
            state = self._states.get(seat.id, SeatState.IDLE if self._has_framing(seat) else SeatState.NOT_STORED)
            x = seat.x if seat.x is not None else (index % 4) / 4
            y = seat.y if seat.y is not None else (index // 4) / 4
            label = "".join(filter(str.isdigit, seat.name)) or seat.name
            views.append(SeatView(seat.id, seat.name, label, x, y, seat.overview, seat.camera, state))
        return tuple(views)

    def _has_framing(self, seat: Seat) -> bool:
        """A preset of the profile may be its installer's; a seat that was placed here has one once it is saved."""
        from_profile = self._base.seat(seat.id) is not None and seat.preset is not None
        return from_profile or self.framed.of(seat.id).position is not None

    def abilities(self, camera: str) -> Abilities:
        known = self._cameras.get(camera)
        return known.abilities() if known is not None else Abilities(False, False, False, False, False)

    # --- inside -------------------------------------------------------------------------------------------------

    def _begin(self, seat: Seat) -> int:
        self._touches[seat.camera] = self._touches.get(seat.camera, 0) + 1
        self._clear(seat.camera)
        self.chosen = seat.camera
        self._states[seat.id] = SeatState.AIMING
        self._say(RowState.RUNNING, "framing.aiming", seat)
        return self._touches[seat.camera]

    def _ended(self, seat: Seat, aim: Aim) -> None:
        self._states[seat.id] = STATE_OF[aim.outcome]
        if aim.outcome is Outcome.VERIFIED:
            if aim.position is not None:
                self._air.arrived(seat.camera, seat.id, aim.position)
            self._say(RowState.PASSED, "framing.there", seat)
        elif aim.outcome is Outcome.SENT:
            self._say(RowState.WARNED, "framing.sent", seat)
        else:
            self._say(RowState.FAILED, f"framing.failed_{aim.reason}", seat)

    def _clear(self, camera: str) -> None:
        """Nothing is known of this camera's framings but which of them failed."""
        for seat in self.plan.seats:
            if seat.camera == camera and self._states.get(seat.id) is not SeatState.FAILED:
                self._states.pop(seat.id, None)
        self._air.clear(camera)

    @asynccontextmanager
    async def _order(self, camera: str) -> AsyncIterator[None]:
        """While we move it, it is not moved by hand."""
        self._busy[camera] = self._busy.get(camera, 0) + 1
        try:
            yield
        finally:
            self._busy[camera] -= 1

    def _say(self, state: RowState, key: str, seat: Seat) -> None:
        self.sentence, self.state = self._words(key, name=seat.name), state
        self._changed()
