"""Where each camera was read back, and whether it still is there: pure bookkeeping, no camera and no clock."""

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from devices.contract import Outcome, Position
from roomapp.running.cameras.framed import STORED

DRIFT_READINGS = 2  # so many readings in a row must be elsewhere: one may have met the camera's own trembling
NUDGED, MOVED, STATE = "framing.nudged", "camera.moved_by_hand", "camera.state"
ENDING = ("framing.recalled", STORED, NUDGED, MOVED, STATE)  # rows after which an older place is not believed any more

There = tuple[str, Position]  # the seat, and the position that was read back


class Reading(Enum):
    """What one reading of a camera's position says."""

    NOTHING = auto()  # nothing was claimed that it could agree with
    AGREES = auto()
    FOUND_AGAIN = auto()  # after a restart: it is still where the program that ran before had left it
    DOUBTFUL = auto()
    MOVED = auto()  # it was turned by another hand (Art. 3.5)


class OnAir:
    """By camera. What an earlier run left behind is only believed, and claimed once it is read back."""

    def __init__(self) -> None:
        self._there: dict[str, There] = {}
        self._believed: dict[str, There] = {}
        self._elsewhere: dict[str, int] = {}  # readings in a row that disagree
        self.moved_by_hand: set[str] = set()

    def seat_of(self, camera: str) -> str:
        """The seat that it was read back at; "": none, or not proven."""
        return self._there[camera][0] if camera in self._there else ""

    def known(self, camera: str) -> There | None:
        """Claimed or believed."""
        return self._there.get(camera) or self._believed.get(camera)

    def arrived(self, camera: str, seat: str, position: Position) -> None:
        self.clear(camera)
        self._there[camera] = (seat, position)

    def clear(self, camera: str) -> None:
        for known in (self._there, self._believed, self._elsewhere):
            known.pop(camera, None)
        self.moved_by_hand.discard(camera)

    def begin(self) -> None:
        """A new power-on: nothing is known of any camera."""
        for known in (self._there, self._believed, self._elsewhere):
            known.clear()
        self.moved_by_hand.clear()

    def remember(self, kind: str, body: Mapping[str, Any]) -> None:
        """One row of the journal, oldest first."""
        if kind == "session.moved" and body["move"] == "power_on":
            self._believed.clear()
        elif kind in ENDING and body.get("state") not in ("ready", "standby"):
            self._believed.pop(str(body["camera"]), None)
            if body.get("outcome") == Outcome.VERIFIED and body.get("position"):
                self._believed[str(body["camera"])] = (str(body["seat"]), Position(**body["position"]))

    def read(self, camera: str, position: Position, agrees: Callable[[Position, Position], bool]) -> Reading:
        """After MOVED nothing is claimed of the camera any more."""
        known = self.known(camera)
        if known is None:
            return Reading.NOTHING
        if agrees(position, known[1]):
            self._elsewhere.pop(camera, None)
            if camera in self._there:
                return Reading.AGREES
            self._there[camera] = self._believed.pop(camera)
            return Reading.FOUND_AGAIN
        self._elsewhere[camera] = self._elsewhere.get(camera, 0) + 1
        if self._elsewhere[camera] < DRIFT_READINGS:
            return Reading.DOUBTFUL
        self.clear(camera)
        self.moved_by_hand.add(camera)
        return Reading.MOVED

    def doubts(self, camera: str) -> bool:
        """Whether the last reading was elsewhere, and one more must tell."""
        return bool(self._elsewhere.get(camera))
