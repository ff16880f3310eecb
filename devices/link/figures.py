"""What packets sent and answered say of a path, as figures. Pure."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

Z_95 = 1.96  # of the normal distribution, two-sided


@dataclass(frozen=True, slots=True)
class Trips:
    """A burst: how many were sent, and each answered packet's round trip in milliseconds, in the order of sending."""

    sent: int
    rtt_ms: tuple[float, ...]
    interface: str | None = None  # by which the answers came in
    refused: bool = False  # the other side's system says that nobody listens there
    cut: bool = False  # ended early: nothing answered at all


def loss_interval(sent: int, lost: int) -> tuple[float, float]:
    """Between what the true loss lies with 95 % confidence, in percent (Wilson 1927: for none and all lost too)."""
    if sent <= 0:
        return 0.0, 100.0
    share, square = lost / sent, Z_95**2
    middle = share + square / (2 * sent)
    half = Z_95 * math.sqrt(share * (1 - share) / sent + square / (4 * sent**2))
    whole = 1 + square / sent
    least = 0.0 if lost == 0 else (middle - half) / whole
    return 100 * least, 100.0 if lost == sent else 100 * (middle + half) / whole


def jitter(rtt_ms: Sequence[float]) -> float | None:
    """RFC 3550, clause 6.4.1 and A.8, of round trips in place of one way's; None from fewer than two."""
    if len(rtt_ms) < 2:
        return None
    now = 0.0
    for before, after in itertools.pairwise(rtt_ms):
        now += (abs(after - before) - now) / 16
    return now


def quantile(values: Sequence[float], share: float) -> float | None:
    """The smallest value that at least this share does not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
