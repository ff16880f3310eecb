"""The written consent by which a room may use another system than its own (Hà Giang 1373/QĐ-UBND, Art. 4.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

ISSUERS = ("department", "province", "party", "other")


@dataclass(frozen=True, slots=True)
class ConsentPaper:
    """`issuer`: one of ISSUERS. `until`: the last day on which it holds; None: the paper names none."""

    number: str
    issued: date
    issuer: str
    until: date | None = None

    def is_whole(self) -> bool:
        return bool(self.number.strip()) and self.issuer in ISSUERS

    def holds_on(self, day: date) -> bool:
        """From the day it was issued to its last, both included."""
        return self.issued <= day and (self.until is None or day <= self.until)

    def body(self) -> dict[str, Any]:
        """As a row keeps it."""
        until = self.until.isoformat() if self.until is not None else None
        return {"number": self.number, "issued": self.issued.isoformat(), "issuer": self.issuer, "until": until}


def paper_from(body: Mapping[str, Any]) -> ConsentPaper:
    """What body() made; ValueError or KeyError for anything else."""
    until = body.get("until")
    issued = date.fromisoformat(str(body["issued"]))
    return ConsentPaper(
        str(body["number"]), issued, str(body["issuer"]), date.fromisoformat(until) if until is not None else None
    )
