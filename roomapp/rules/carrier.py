"""How long the carrier took: from the call to its answer, and to a line that stands again (requirement HG-59)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class CarrierTimes:
    """Of one incident; None: nobody told."""

    called_at: datetime | None = None
    answered_at: datetime | None = None
    mended_at: datetime | None = None

    def first(self, **times: datetime) -> "CarrierTimes":
        """What was told first stays."""
        return replace(self, **{key: at for key, at in times.items() if getattr(self, key) is None})

    def after_call_s(self, at: datetime | None) -> float | None:
        """Seconds from the call; None where either was not told, or came before the call."""
        if self.called_at is None or at is None or at < self.called_at:
            return None
        return (at - self.called_at).total_seconds()


NOT_CALLED = CarrierTimes()


def carrier_sums(times: Iterable[CarrierTimes]) -> dict[str, Any]:
    """Counts and sums of seconds, so that many rooms' add up."""
    known = list(times)
    answered = [s for one in known if (s := one.after_call_s(one.answered_at)) is not None]
    mended = [s for one in known if (s := one.after_call_s(one.mended_at)) is not None]
    return {
        "carrier_answered": len(answered),
        "carrier_answer_s": _exact(answered),
        "carrier_mended": len(mended),
        "carrier_repair_s": _exact(mended),
    }


def _exact(seconds: list[float]) -> float:
    return sum((timedelta(seconds=s) for s in seconds), timedelta()).total_seconds()
