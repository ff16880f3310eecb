"""How a level moves on a scale that people read: a needle that is not noise, and the loudest that was just heard."""

import math
from dataclasses import dataclass

LOOK_MS = 33  # how often a page looks at the level
REACHES, REACHED_S = 0.99, 0.3  # a VU needle has made 99 % of its way after 300 ms (IEC 60268-17)
EASE_S = -REACHED_S / math.log(1.0 - REACHES)
DECAY_DB_S = 11.76  # 20 dB in 1.7 s (IEC 60268-10 type I)
HOLD_S = 3.0  # a voice has pauses
STALE_S = 0.5  # an older level is none


@dataclass(slots=True)
class Needle:
    """level_dbfs: where the needle stands. loudest_dbfs: held for HOLD_S, then falling. Both from bottom_dbfs up."""

    bottom_dbfs: float
    level_dbfs: float = -math.inf
    loudest_dbfs: float = -math.inf
    _held_s: float = 0.0

    def __post_init__(self) -> None:
        self.rest()

    @property
    def settled(self) -> bool:
        """loudest_dbfs was heard; False while it is on its way down, where it says nothing about the sound."""
        return self._held_s <= HOLD_S or self.loudest_dbfs <= self.bottom_dbfs

    def rest(self) -> None:
        """Nothing is heard at all."""
        self.level_dbfs = self.loudest_dbfs = self.bottom_dbfs

    def move(self, level_dbfs: float, passed_s: float) -> None:
        """`level_dbfs` is what is heard now, -inf for silence; `passed_s` since the last move."""
        heard = max(level_dbfs, self.bottom_dbfs)
        self.level_dbfs += (heard - self.level_dbfs) * (1.0 - math.exp(-passed_s / EASE_S))
        self._held_s += passed_s
        falling_s = max(min(passed_s, self._held_s - HOLD_S), 0.0)
        self.loudest_dbfs -= DECAY_DB_S * falling_s
        if heard >= self.loudest_dbfs:
            self.loudest_dbfs, self._held_s = heard, 0.0
