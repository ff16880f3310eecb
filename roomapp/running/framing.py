"""Seats and framings: touch a seat, the camera goes; what is claimed about it was read back."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from devices.contract import Aim, Camera, Outcome, Position, Reason
from roomapp.events import RowState, SeatState, SeatView
from roomapp.profile import Profile, Seat
from roomapp.words import Words

STATE_OF = {Outcome.VERIFIED: SeatState.THERE, Outcome.SENT: SeatState.SENT, Outcome.FAILED: SeatState.FAILED}


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
        self._profile, self._cameras, self._keep, self._words, self._changed = profile, cameras, keep, words, changed
        self._stored: dict[str, Position] = {}
        self._states: dict[str, SeatState] = {}
        self._tried: set[str] = set()
        self._touch = 0  # counts recalls, so that the answer to an older touch never speaks for a newer one
        self.on_air = ""
        self.sentence = words("framing.touch_a_seat")
        self.state = RowState.WAITING

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Takes from the journal the positions that were read back, and which framings were tried since power-on."""
        for kind, body in rows:
            if kind == "session.moved" and body["move"] in ("power_on", "recheck"):
                self._tried.clear()
            elif kind == "framing.recalled" and body["outcome"] != Outcome.FAILED:
                self._tried.add(str(body["seat"]))
            if kind in ("framing.stored", "framing.learned") and body.get("position"):
                self._stored[str(body["seat"])] = Position(**body["position"])

    def seat(self, id: str) -> Seat | None:
        return next((seat for seat in self._profile.seats if seat.id == id), None)

    def overview_of(self, camera: str) -> Seat | None:
        return next((s for s in self._profile.seats if s.overview and s.camera == camera), None)

    def begin(self) -> None:
        """A new power-on: every framing is to be tried anew (Art. 8.2.c)."""
        self._tried.clear()
        self._states.clear()
        self.on_air = ""
        self.sentence, self.state = self._words("framing.touch_a_seat"), RowState.WAITING

    def untried(self) -> list[Seat]:
        return [s for s in self._profile.seats if s.camera and s.id not in self._tried and not s.overview]

    async def aim(self, id: str) -> Aim:
        """Sends the seat's camera there. Unknown seats and seats without a preset end in preset_missing."""
        seat = self.seat(id)
        camera = self._cameras.get(seat.camera) if seat is not None else None
        if seat is None or camera is None or seat.preset is None:
            return Aim(Outcome.FAILED, Reason.PRESET_MISSING, None, 0.0)
        self._touch += 1
        touch = self._touch
        for other in self._profile.seats:
            if other.camera == seat.camera and self._states.get(other.id) is not SeatState.FAILED:
                self._states.pop(other.id, None)
        self._states[id] = SeatState.AIMING
        self.on_air = ""
        self._say(RowState.RUNNING, "framing.aiming", seat)
        aim = await camera.recall_preset(seat.preset, self._stored.get(id))
        await self._keep("framing.recalled", {"seat": id, "camera": seat.camera, **self.as_json(aim)})
        if aim.outcome is Outcome.VERIFIED and id not in self._stored and aim.position is not None:
            # Seen to move there and to settle: from now on the framing is recognised by its position.
            self._stored[id] = aim.position
            await self._keep(
                "framing.learned", {"seat": id, "camera": seat.camera, "position": self.plain(aim.position)}
            )
        if aim.outcome is not Outcome.FAILED:
            self._tried.add(id)
        if touch == self._touch:
            self._states[id] = STATE_OF[aim.outcome]
            self._tell(seat, aim)
        elif self._states.get(id) is SeatState.AIMING:
            self._states.pop(id, None)
            self._changed()
        return aim

    async def store(self, id: str) -> Aim:
        """Stores where the camera points as the seat's framing: in the camera, and its position here."""
        seat = self.seat(id)
        camera = self._cameras.get(seat.camera) if seat is not None else None
        if seat is None or camera is None or seat.preset is None:
            return Aim(Outcome.FAILED, Reason.PRESET_MISSING, None, 0.0)
        aim = await camera.store_preset(seat.preset)
        body = {"seat": id, "camera": seat.camera, **self.as_json(aim)}
        await self._keep("framing.stored" if aim.outcome is not Outcome.FAILED else "framing.store_failed", body)
        if aim.outcome is not Outcome.FAILED:
            if aim.position is not None:
                self._stored[id] = aim.position
            else:
                self._stored.pop(id, None)
            self._states[id] = STATE_OF[aim.outcome]
            self.on_air = id if aim.outcome is Outcome.VERIFIED else ""
            self._say(RowState.PASSED, "framing.saved", seat)
        else:
            self._say(RowState.FAILED, f"framing.failed_{aim.reason}", seat)
        return aim

    def moved(self, camera: str) -> None:
        """The camera was nudged: no framing is on air any more."""
        self._touch += 1
        for seat in self._profile.seats:
            if seat.camera == camera:
                self._states.pop(seat.id, None)
        self.on_air = ""
        self.sentence, self.state = self._words("framing.nudging"), RowState.WAITING
        self._changed()

    def refused(self, sentence: str) -> None:
        self.sentence, self.state = sentence, RowState.FAILED
        self._changed()

    def seats(self) -> tuple[SeatView, ...]:
        views = []
        number = 0
        for index, seat in enumerate(self._profile.seats):
            if not seat.overview:
                number += 1
            state = self._states.get(seat.id, SeatState.IDLE if seat.preset is not None else SeatState.NOT_STORED)
            x = seat.x if seat.x is not None else (index % 4) / 4
            y = seat.y if seat.y is not None else (index // 4) / 4
            label = "".join(filter(str.isdigit, seat.name)) or seat.name
            views.append(SeatView(seat.id, seat.name, label, x, y, seat.overview, seat.camera, state))
        return tuple(views)

    @classmethod
    def as_json(cls, aim: Aim) -> dict[str, Any]:
        """The contract's fields of one recall or store."""
        return {
            "outcome": str(aim.outcome),
            "reason": None if aim.reason is None else str(aim.reason),
            "position": None if aim.position is None else cls.plain(aim.position),
            "seconds": round(aim.seconds, 3),
        }

    @staticmethod
    def plain(position: Position) -> dict[str, Any]:
        return {"pan": position.pan, "tilt": position.tilt, "zoom": position.zoom, "units": position.units}

    def _tell(self, seat: Seat, aim: Aim) -> None:
        self.on_air = seat.id if aim.outcome is Outcome.VERIFIED else ""
        if aim.outcome is Outcome.VERIFIED:
            self._say(RowState.PASSED, "framing.there", seat)
        elif aim.outcome is Outcome.SENT:
            self._say(RowState.WARNED, "framing.sent", seat)
        else:
            self._say(RowState.FAILED, f"framing.failed_{aim.reason}", seat)

    def _say(self, state: RowState, key: str, seat: Seat) -> None:
        self.sentence, self.state = self._words(key, name=seat.name), state
        self._changed()
