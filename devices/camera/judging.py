"""The verdict on a recall from positions read back one after another: for every protocol, without IO or clock."""

from collections.abc import Callable
from dataclasses import dataclass

from devices.contract import Outcome, Position, Reason

Verdict = tuple[Outcome, Reason | None]


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for which equal readings must have been seen, by what is then said of them."""

    arrived_s: float  # at the stored place; 0: two equal readings
    still_s: float  # elsewhere than before, where no stored place is known
    rest_s: float  # not there: it may complete at once and begin to move later
    move_s: float  # from the start; a camera that moves on longer than this proves nothing


class Judge:
    """Hears the readings after the camera has taken the order.

    `stored`: where the preset is (None: not known). `before`: where it pointed at first (None: not known).
    """

    def __init__(
        self,
        stored: Position | None,
        before: Position | None,
        agrees: Callable[[Position, Position], bool],
        still: Callable[[Position, Position], bool],
        patience: Patience,
        start: float,
    ) -> None:
        self._stored, self._before, self._agrees, self._still = stored, before, agrees, still
        self._patience, self._start = patience, start
        self._last: Position | None = None
        self._since = start

    def hear(self, reading: Position | None, now: float, moving: bool | None = None) -> Verdict | None:
        """None: read again. `reading` None: the camera does not tell. `moving`: as it says itself (None: nothing)."""
        if reading is None:
            return Outcome.SENT, None
        if self._last is None or moving or not self._still(reading, self._last):
            self._since, verdict = now, None
        else:
            verdict = self._of_rest(reading, now - self._since, said=moving is False)
        self._last = reading
        if verdict is None and now - self._start > self._patience.move_s:
            return Outcome.SENT, None  # it moves on by itself, or led by another hand: nothing is proven
        return verdict

    def at_stored(self, reading: Position | None) -> bool:
        return reading is not None and self._stored is not None and self._agrees(reading, self._stored)

    def _of_rest(self, reading: Position, still_s: float, said: bool) -> Verdict | None:
        patience = self._patience
        if self.at_stored(reading):
            return (Outcome.VERIFIED, None) if said or still_s >= patience.arrived_s else None
        if self._stored is not None:
            return (Outcome.FAILED, Reason.PRESET_MISSING) if still_s >= patience.rest_s else None
        # Nothing is known of the place: only a camera that truly went elsewhere has proven anything.
        if self._before is not None and not self._agrees(reading, self._before):
            return (Outcome.VERIFIED, None) if said or still_s >= patience.still_s else None
        return (Outcome.SENT, None) if self._before is None or still_s >= patience.rest_s else None
