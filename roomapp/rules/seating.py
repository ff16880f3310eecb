"""The seating plan as a value: where each seat stands, its camera and preset; every edit is a row of the journal."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from roomapp.profile.model import Seat

MOST_SEATS = 64
# 0 is recalled by some cameras at power-up; from 90 on lie special functions (menu, restart) in one large family.
FREE_PRESETS = range(1, 90)
PLACED, REMOVED = "seat.placed", "seat.removed"


class SeatingError(ValueError):
    """An edit that cannot be; `reason` has a sentence: unknown_seat, too_many, no_free_preset, taken."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Seating:
    """The seats of one room (Art. 8.2.c), as the profile lists them and the technician has changed them since."""

    seats: tuple[Seat, ...] = ()

    def seat(self, id: str) -> Seat | None:
        return next((seat for seat in self.seats if seat.id == id), None)

    def overview_of(self, camera: str) -> Seat | None:
        return next((seat for seat in self.seats if seat.overview and seat.camera == camera), None)

    def free_preset(self, camera: str) -> int:
        """The lowest number that no seat of this camera has; SeatingError when all are given."""
        given = {seat.preset for seat in self.seats if seat.camera == camera}
        free = next((number for number in FREE_PRESETS if number not in given), None)
        if free is None:
            raise SeatingError("no_free_preset")
        return free

    def new_seat(self, camera: str, name: Callable[[int], str], x: float, y: float) -> Seat:
        """A seat that is not placed yet; `name` makes its name from its number. SeatingError when the plan is full."""
        if len(self.seats) >= MOST_SEATS:
            raise SeatingError("too_many")
        ids, names = {seat.id for seat in self.seats}, {seat.name for seat in self.seats}
        free = (n for n in range(1, 2 * MOST_SEATS + 2) if f"ghe-{n}" not in ids and name(n) not in names)
        number = next(free)
        return Seat(id=f"ghe-{number}", name=name(number), camera=camera, preset=self.free_preset(camera), x=x, y=y)

    def with_seat(self, seat: Seat) -> "Seating":
        """The same plan with this seat new or changed. SeatingError(taken) where another one has its name."""
        if any(other.name == seat.name and other.id != seat.id for other in self.seats):
            raise SeatingError("taken")
        if self.seat(seat.id) is None:
            return Seating((*self.seats, seat))
        return Seating(tuple(seat if other.id == seat.id else other for other in self.seats))

    def without(self, id: str) -> "Seating":
        if self.seat(id) is None:
            raise SeatingError("unknown_seat")
        return Seating(tuple(seat for seat in self.seats if seat.id != id))


def row_of(base: Seating, seat: Seat) -> dict[str, Any]:
    """What the journal keeps of a placed seat. `base` is the profile's plan: see after()."""
    return {"seat": msgspec.to_builtins(seat), "base": _plain(base.seat(seat.id))}


def after(base: Seating, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> Seating:
    """The profile's plan with the journal's edits.

    An edit holds as long as the profile still says of that seat what it said then: who changes the profile later
    means the profile.
    """
    seating = base
    for kind, body in rows:
        if kind not in (PLACED, REMOVED):
            continue
        id = str(body["id"] if kind == REMOVED else body["seat"]["id"])
        if body["base"] != _plain(base.seat(id)):
            continue
        if kind == PLACED:
            seat = msgspec.convert(body["seat"], Seat)
            seating = Seating((*(other for other in seating.seats if other.id != id), seat))
        elif seating.seat(id) is not None:
            seating = seating.without(id)
    order = {seat.id: number for number, seat in enumerate(base.seats)}
    return Seating(tuple(sorted(seating.seats, key=lambda seat: order.get(seat.id, len(order)))))


def removal_of(base: Seating, id: str) -> dict[str, Any]:
    """What the journal keeps of a seat that was taken away."""
    return {"id": id, "base": _plain(base.seat(id))}


def _plain(seat: Seat | None) -> Any:
    return None if seat is None else msgspec.to_builtins(seat)
