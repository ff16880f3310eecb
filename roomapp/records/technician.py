"""Codes of digits: argon2id in a file of the owner's, guesses slowed down over restarts, never in a profile."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from roomapp.records.private import write_private

FILE_NAME = "technician.json"
LEAST_DIGITS = 6
FREE_TRIES = 5
WAITS_MIN = (1, 2, 4, 8, 16, 32, 60)


@dataclass(frozen=True, slots=True)
class Answer:
    """`key` names a sentence of the area "technician"; empty when the code is right."""

    key: str = ""
    minutes: int = 0


class PersonalCode:
    """Checks and sets one code. A wrong guess costs time, also after a restart; it never stops a meeting."""

    least_digits = 4

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first: str | None = None  # a new code, typed once so far

    def is_set(self) -> bool:
        return self._read().get("hash") is not None

    def enter(self, digits: str) -> Answer:
        """Sets the code where there is none (typed twice), else checks it. Takes some 0.1 s."""
        kept = self._read()
        if kept.get("hash") is None:
            return self._set(digits)
        wait_s = kept.get("until", 0.0) - time.time()
        if 0 < wait_s <= WAITS_MIN[-1] * 60:  # a clock that was turned back must not lock for years
            return Answer("wait", int(wait_s // 60) + 1)
        try:
            PasswordHasher().verify(kept["hash"], digits)
        except (VerificationError, InvalidHashError):
            tries = int(kept.get("tries", 0)) + 1
            kept["tries"] = tries
            if tries >= FREE_TRIES:
                kept["until"] = time.time() + 60 * WAITS_MIN[min(tries - FREE_TRIES, len(WAITS_MIN) - 1)]
            self._write(kept)
            return Answer("wrong")
        if kept.get("tries"):
            self._write({"hash": kept["hash"]})
        return Answer()

    def _set(self, digits: str) -> Answer:
        if len(digits) < self.least_digits:
            self._first = None
            return Answer("too_short")
        if self._first is None:
            self._first = digits
            return Answer("again")
        first, self._first = self._first, None
        if first != digits:
            return Answer("not_same")
        self._write({"hash": PasswordHasher().hash(digits)})
        return Answer()

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, kept: dict[str, Any]) -> None:
        write_private(self._path, json.dumps(kept).encode())


class TechnicianCode(PersonalCode):
    """The one that opens the technician's page."""

    least_digits = LEAST_DIGITS

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir / FILE_NAME)
