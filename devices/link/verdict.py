"""Whether a path carries a call: figures judged against limits that have a source. Pure.

Loss is judged by its interval, not by its share: good only where the whole interval is, bad only where it is beyond
doubt. Nothing is bad on fewer than LEAST packets.
"""

from dataclasses import dataclass

from devices.contract import PathFault, PathState
from devices.link.figures import Trips, jitter, loss_interval, quantile

LEAST = 1500  # packets before red; none lost of so many: the loss is below 0.26 % with 95 % confidence


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to `good` all is well, beyond `bad` no call is held; None: no source calls any value of it bad."""

    good: float
    bad: float | None
    source: str


LOSS_PCT = Limit(1.0, 3.0, "ITU-T G.1010 (11/2001) table I.1: videophone < 1 %, conversational voice < 3 %")
DELAY_MS = Limit(300.0, 800.0, "ITU-T G.1010 table I.1 and G.114: < 150 ms preferred, < 400 ms limit, each way")
JITTER_MS = Limit(30.0, None, "Microsoft Teams, Prepare your organization's network: < 30 ms")
RATE_KBPS = Limit(1500.0, 300.0, "measured here: a 720p WebRTC sender takes 1,500 kbit/s; below 300 its picture stood")


def judge(trips: Trips, connected: int, tried: int) -> tuple[PathState, tuple[PathFault, ...]]:
    """The state of a path and every fault found, the worst first."""
    worst: list[tuple[PathState, PathFault]] = []
    if trips.sent and not trips.rtt_ms:
        worst.append((PathState.UNKNOWN, PathFault.NO_ANSWER))  # a dead server looks the same as a dead path
    elif trips.sent:
        from_pct, to_pct = loss_interval(trips.sent, trips.sent - len(trips.rtt_ms))
        worst.append((_graded_loss(from_pct, to_pct), PathFault.LOSS))
        worst.append((_graded(quantile(trips.rtt_ms, 0.95), DELAY_MS), PathFault.DELAY))
        worst.append((_graded(jitter(trips.rtt_ms), JITTER_MS), PathFault.JITTER))
    if tried and connected < tried:
        worst.append((PathState.WEAK, PathFault.CONNECTING))
    bad = [fault for state, fault in worst if state is PathState.BAD]
    weak = [fault for state, fault in worst if state is PathState.WEAK]
    unknown = [fault for state, fault in worst if state is PathState.UNKNOWN]
    faults = (*unknown, *bad, *weak)
    if unknown or not (trips.sent or tried):
        return PathState.UNKNOWN, faults
    if bad and trips.sent >= LEAST:
        return PathState.BAD, faults
    if bad:
        return PathState.WEAK, (*faults, PathFault.TOO_FEW)
    return (PathState.WEAK if weak else PathState.GOOD), faults


def judge_rate(kbps: float | None) -> PathState:
    """What one direction carried; None: unknown."""
    if kbps is None:
        return PathState.UNKNOWN
    if kbps >= RATE_KBPS.good:
        return PathState.GOOD
    return PathState.BAD if RATE_KBPS.bad is not None and kbps < RATE_KBPS.bad else PathState.WEAK


def _graded_loss(from_pct: float, to_pct: float) -> PathState:
    assert LOSS_PCT.bad is not None
    if from_pct > LOSS_PCT.bad:
        return PathState.BAD
    return PathState.GOOD if to_pct <= LOSS_PCT.good else PathState.WEAK


def _graded(value: float | None, limit: Limit) -> PathState:
    if value is None or value <= limit.good:
        return PathState.GOOD
    return PathState.BAD if limit.bad is not None and value > limit.bad else PathState.WEAK
