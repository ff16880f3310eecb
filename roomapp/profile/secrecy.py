"""Secrets never stand in a profile (Art. 3.4 of the Hà Giang rules): finds them, and never repeats them."""

import re
from typing import Any

from roomapp.profile.lines import Place
from roomapp.profile.report import Report, shown

_SECRET_KEY = re.compile(
    r"pass(word|wd|code|phrase)?|pwd|pin|token|api_?key|mat_?khau|private_?key|credentials?", re.IGNORECASE
)
_IN_KEY = re.compile(r"password|passwd|passcode|passphrase|token|mat_?khau", re.IGNORECASE)
_ACCOUNT_IN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//[^/?#\s@]*@|[^@\s/]+:[^@\s]+@)")
_SECRET_IN_URL = re.compile(r"[?&;/#](password|passwd|pwd|pass|pin|token|secret|mat_?khau)=", re.IGNORECASE)


def names_a_secret(key: str) -> bool:
    return bool(_SECRET_KEY.fullmatch(key) or _IN_KEY.search(key))


def check_secrecy(document: dict[str, Any], report: Report) -> None:
    """Reports keys that hold a password or code, and accounts within addresses, anywhere in the document."""
    waiting: list[tuple[Place, Any]] = [((), document)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                if names_a_secret(key):
                    report.fault((*place, key), "secret_key", key=shown(key))
                waiting.append(((*place, key), inner))
        elif isinstance(value, list):
            waiting.extend(((*place, number), inner) for number, inner in enumerate(value))
        elif isinstance(value, str) and (_ACCOUNT_IN_URL.match(value) or _SECRET_IN_URL.search(value)):
            report.fault(place, "secret_in_url")
