"""What a call's own counters told of the connection, as sums, so that pieces of a call, calls and rooms add up.

Requirement QN-02 (CV 5248/UBND-KGVX): the quality of the connection stands in the report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from devices.contract import Evidence
from roomapp.rules.quality import LEAST_PACKETS, Trouble, counted

WEAK = (Trouble.LOSS, Trouble.SLOW, Trouble.FREEZES)
GAP_S = 5.0  # between two looks; in a longer one nobody looked


@dataclass(frozen=True, slots=True)
class LinkSums:
    """`looked_s`: seconds looked at. `packets` came in both media, `lost` did not. `rtt_ms_s`: round trip times the
    seconds it stood, `rtt_s`: those seconds. `weak_s`: seconds that were told as a weak network."""

    looked_s: float = 0.0
    packets: int = 0
    lost: int = 0
    rtt_ms_s: float = 0.0
    rtt_s: float = 0.0
    weak_s: float = 0.0

    def __add__(self, other: "LinkSums") -> "LinkSums":
        return LinkSums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """From body(), or anything with its keys; what is missing is zero. TypeError, ValueError for no numbers."""
        seconds = (float(told.get(name) or 0) for name in ("rtt_ms_s", "rtt_s", "weak_s"))
        packets, lost = (int(told.get(name) or 0) for name in ("packets", "lost"))
        return cls(float(told.get("looked_s") or 0), packets, lost, *seconds)

    def body(self) -> dict[str, Any]:
        return {name: round(value, 1) for name, value in asdict(self).items()}

    def loss_pct(self) -> float | None:
        """None: too few packets to say."""
        sent = self.packets + self.lost
        return 100 * self.lost / sent if sent >= LEAST_PACKETS else None

    def rtt_ms(self) -> float | None:
        return self.rtt_ms_s / self.rtt_s if self.rtt_s else None


NOT_LOOKED = LinkSums()


def total(parts: Iterable[LinkSums]) -> LinkSums:
    return sum(parts, NOT_LOOKED)


class LinkMeter:
    """Adds up one call, look by look."""

    def __init__(self) -> None:
        self._before: Evidence | None = None
        self.sums = LinkSums()

    def add(self, look: Evidence, trouble: Trouble | None) -> None:
        before, self._before = self._before, look
        if before is None or not 0 < look.at - before.at <= GAP_S:
            return
        seconds = look.at - before.at
        (came, lost), (came_before, lost_before) = counted(look), counted(before)
        anew = came < came_before  # the page was put up anew, and counts from nothing
        packets = 0 if anew else came - came_before
        missing = 0 if anew else max(0, round(lost - lost_before))
        rtt = (look.rtt_ms * seconds, seconds) if look.rtt_ms is not None else (0.0, 0.0)
        self.sums += LinkSums(seconds, packets, missing, *rtt, seconds if trouble in WEAK else 0.0)

    def take(self) -> LinkSums:
        """What came together since the last time."""
        sums, self.sums = self.sums, LinkSums()
        return sums
