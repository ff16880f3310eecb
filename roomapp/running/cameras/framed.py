"""What our own store knows of each framing, from the journal: position, the camera's token, how sharp it once was."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from devices.contract import Aim, PictureReference, Position

STORED, LEARNED, RESTORED, REFERENCED = "framing.stored", "framing.learned", "framing.restored", "framing.referenced"


@dataclass(frozen=True, slots=True)
class Framed:
    """One framing. `position` None: never read back; `token` "": the camera needs only the number."""

    position: Position | None = None
    token: str = ""
    reference: PictureReference | None = None


NOTHING = Framed()


class FramedStore:
    """The framings by seat. A camera's preset may be forgotten by the camera; what stands here is not."""

    def __init__(self) -> None:
        self._framed: dict[str, Framed] = {}
        self._cameras: dict[str, str] = {}  # by seat, as last placed or stored

    def of(self, seat: str) -> Framed:
        return self._framed.get(seat, NOTHING)

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        for kind, body in rows:
            if kind in (STORED, LEARNED, RESTORED):
                self._cameras[str(body["seat"])] = str(body["camera"])
                position = body.get("position")
                self.aimed(kind, str(body["seat"]), position and Position(**position), str(body.get("token", "")))
            elif kind == REFERENCED:
                self.refer(str(body["seat"]), PictureReference(body["sharpness"], tuple(body["tiles"])))
            elif kind == "seat.removed":
                self.forget(str(body["id"]))
            elif kind == "seat.placed":
                self._placed(body["seat"])

    def _placed(self, seat: Mapping[str, Any]) -> None:
        """A framing belongs to a seat and its camera: with another camera it is stored anew."""
        id, camera = str(seat["id"]), str(seat.get("camera", ""))
        if self._cameras.setdefault(id, camera) != camera:
            self.forget(id)
        self._cameras[id] = camera

    def aimed(self, kind: str, seat: str, position: Position | None, token: str) -> None:
        """A framing stored anew has lost its old picture; one learned or restored is the same framing still.

        Restored, it stays where it was stored: what was read back since is only near it, and would wander day by day.
        """
        before = NOTHING if kind == STORED else self.of(seat)
        place = before.position or position if kind == RESTORED else position
        self._framed[seat] = replace(before, position=place, token=token or before.token)

    def forget(self, seat: str) -> None:
        self._framed.pop(seat, None)

    def refer(self, seat: str, reference: PictureReference) -> None:
        self._framed[seat] = replace(self.of(seat), reference=reference)


def as_json(aim: Aim) -> dict[str, Any]:
    """The contract's fields of one recall or store."""
    return {
        "outcome": str(aim.outcome),
        "reason": None if aim.reason is None else str(aim.reason),
        "position": None if aim.position is None else plain(aim.position),
        "seconds": round(aim.seconds, 3),
    }


def plain(position: Position) -> dict[str, Any]:
    return {"pan": position.pan, "tilt": position.tilt, "zoom": position.zoom, "units": position.units}
