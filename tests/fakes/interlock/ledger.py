"""When sound may be heard from the microphone, and what was heard outside of that."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.fakes.ear import MOST_LAG_S, Piece

# An unmute takes effect on a whole fragment, whose first samples are older than it; and an ear that was late in its
# turn is credited with up to MOST_LAG_S, by which a sample that it heard at once may be told too early.
LEAD_S = 0.06 + MOST_LAG_S
GRACE_S = 0.1  # after a leave has ended, and for what another program or a plug opens until it is undone


@dataclass(slots=True)
class Permit:
    """From `since` on sound may be heard until `ended`, and for grace_s more. Times are time.monotonic()."""

    kind: str
    since: float
    ended: float = math.inf
    how: str = ""
    grace_s: float = GRACE_S
    heard: bool = False
    after: float = 0.0  # seconds from `ended` to the last sample that sounded

    def covers(self, at: float) -> bool:
        return self.since - LEAD_S <= at <= self.ended + self.grace_s

    def end(self, at: float, how: str) -> None:
        if math.isinf(self.ended):
            self.ended, self.how = at, how


@dataclass(frozen=True, slots=True)
class Breach:
    """Samples of sound that nothing permitted."""

    step: int
    samples: int
    late_s: float  # after the newest permit had ended
    moves: str
    stalled_s: float = 0.0  # the longest that the machine or the audio server stood still in the second before


@dataclass(slots=True)
class Ledger:
    grace_s: float = GRACE_S
    permits: list[Permit] = field(default_factory=list)
    done: list[Permit] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    frames: int = 0
    sounding: int = 0
    beside_leave: int = 0  # sounding samples that no leave permitted, only a fault not yet undone

    def permit(self, kind: str, since: float, ended: float = math.inf) -> Permit:
        permit = Permit(kind, since, ended, kind, self.grace_s)
        self.permits.append(permit)
        return permit

    def take(self, pieces: Iterable[Piece], step: int, moves: str, stalled: Callable[[float], float]) -> None:
        """Holds every piece against the permits; all that permit it must have been given before it was heard."""
        for piece in pieces:
            self.frames += piece.frames
            if not piece.sounding:
                continue
            self.sounding += piece.sounding
            covering = [p for p in self.permits if p.covers(piece.last)]
            if not covering or not any(p.covers(piece.first) for p in self.permits):
                late = piece.last - max((p.ended for p in self.permits if p.since <= piece.last), default=-math.inf)
                self.breaches.append(Breach(step, piece.sounding, late, moves, stalled(piece.first - 1.0)))
                continue
            self.beside_leave += 0 if any(p.kind == "leave" for p in covering) else piece.sounding
            standing = [permit for permit in covering if permit.ended >= piece.last]
            newest = max(standing or covering, key=lambda permit: permit.since)  # what was opened last explains it
            newest.heard = True
            newest.after = max(newest.after, piece.last - newest.ended)

    def settle(self, before: float) -> None:
        """Puts away what has long ended."""
        over = [permit for permit in self.permits if permit.ended < before]
        self.done += over
        self.permits = [permit for permit in self.permits if permit.ended >= before]
