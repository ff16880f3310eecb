"""The looks of all documents of one join, those that are gone included: their counts stand, their links do not."""

import json
import time
from typing import Any

from devices.conference.counters import Look, evidence_of, number
from devices.contract import Evidence

LONGEST = 10_000  # characters that one document may say of itself
GONE_S = 5.0  # a document that says nothing for so long is no witness of now
MOST = 64  # documents at once; a page that makes frames without end is added up
# what only grows: the rest of a look is true of a document that lives
GROWING = ("feedback", "acknowledged", "vif", "vip", "vir", "aip", "air", "vof", "vop", "aop", "freezes")
COUNTS = (*GROWING, "viw", "vih", "vow", "voh")


def read(answer: Any) -> Look | None:
    """What a document said; None where it is nothing that the observer writes."""
    if not isinstance(answer, str) or not 0 < len(answer) < LONGEST:
        return None
    try:
        look = json.loads(answer)
    except (ValueError, RecursionError):  # a page may write what it likes
        return None
    return look if isinstance(look, dict) and isinstance(look.get("doc"), str) else None


class Looks:
    """Keeps the newest look of every document by the name that its observer gave it."""

    def __init__(self) -> None:
        self._now: dict[str, tuple[float, Look]] = {}
        self._past: Look = {}

    def heard(self, look: Look) -> None:
        self._now[str(look["doc"])[:40]] = (time.monotonic(), look)
        while len(self._now) > MOST:
            self._retire(min(self._now, key=lambda doc: self._now[doc][0]))

    def retire(self) -> None:
        """The page is gone, and another takes its place within the same join."""
        for doc in list(self._now):
            self._retire(doc)

    def evidence(self, error: str | None) -> Evidence:
        """What they prove together now. `error` is the page's own fault, if any."""
        oldest = time.monotonic() - GONE_S
        living = [look if at >= oldest else counts_of(look) for at, look in self._now.values()]
        return evidence_of([self._past, *living], error)

    def _retire(self, doc: str) -> None:
        look = counts_of(self._now.pop(doc)[1])
        for key, count in look.items():
            was = number(self._past.get(key))
            self._past[key] = was + count if key in GROWING else max(was, count)


def counts_of(look: Look) -> Look:
    """The look of a document that is gone."""
    return {key: number(look.get(key)) for key in COUNTS}
