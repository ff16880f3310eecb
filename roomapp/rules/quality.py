"""How good the connection is now, in one word: pure, from the counters of the last seconds, never from all of the call.

Sources: ITU-T G.114 (2003): up to 400 ms one way is the limit for planning, so 800 ms there and back; HG-56 of our
requirements: 5 % of packets lost is told as a weak network.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from devices.contract import Evidence

WINDOW_S = 15.0
LOSS_PCT = 5.0
LEAST_PACKETS = 500  # fewer say nothing: one burst is not a weak network
SLOW_MS = 800.0
FREEZES = 3  # within the window


class Trouble(StrEnum):
    LOSS = "loss"
    SLOW = "slow"
    FREEZES = "freezes"
    CAMERA_ENDED = "camera_ended"
    MICROPHONE_ENDED = "microphone_ended"


@dataclass(frozen=True, slots=True)
class Quality:
    """`trouble` None: nothing to tell. `loss_pct`: of the window, None with too few packets."""

    trouble: Trouble | None = None
    loss_pct: float | None = None
    rtt_ms: float | None = None


def counted(look: Evidence) -> tuple[int, float]:
    """Packets of both media that came, and that were lost, since the call began."""
    came = look.video_in.packets + look.audio_in.packets
    share = min(look.loss_pct or 0.0, 99.0) / 100
    return came, came * share / (1 - share)


@dataclass(slots=True)
class QualityWatch:
    """Remembers the looks of the last WINDOW_S."""

    _looks: deque[tuple[float, int, float, int]] = field(default_factory=deque)  # at, received, lost, freezes

    def judge(self, look: Evidence) -> Quality:
        received, lost = counted(look)
        if self._looks and received < self._looks[-1][1]:
            self._looks.clear()  # the page was put up anew
        self._looks.append((look.at, received, lost, look.freezes))
        while look.at - self._looks[0][0] > WINDOW_S:
            self._looks.popleft()
        _, received_before, lost_before, freezes_before = self._looks[0]
        came, missing = received - received_before, max(0.0, lost - lost_before)
        loss = 100 * missing / (came + missing) if came + missing >= LEAST_PACKETS else None
        return Quality(self._trouble(look, loss, look.freezes - freezes_before), loss, look.rtt_ms)

    @staticmethod
    def _trouble(look: Evidence, loss: float | None, freezes: int) -> Trouble | None:
        """The worst first: what the officer can mend in the room before what only the carrier can."""
        if look.camera_ended:
            return Trouble.CAMERA_ENDED
        if look.microphone_ended:
            return Trouble.MICROPHONE_ENDED
        if loss is not None and loss >= LOSS_PCT:
            return Trouble.LOSS
        if look.rtt_ms is not None and look.rtt_ms >= SLOW_MS:
            return Trouble.SLOW
        return Trouble.FREEZES if freezes >= FREEZES else None
