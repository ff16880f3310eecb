"""Who may ask a fake ONVIF camera: a WS-UsernameToken within its own clock, or a digest of HTTP, checked by hand."""

import base64
import hashlib
import re
import secrets
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

from tests.fakes.onvif import words
from tests.fakes.onvif.http import Answer

USER, PASSWORD = "admin", "p@ss:w/ord%&<"
CLOCK_WINDOW_S = 5.0
WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"


class Door:
    def __init__(self) -> None:
        self.nonces: set[str] = set()  # of tokens: used up; of HTTP: given out

    def refusal(
        self, auth: str, envelope: ET.Element, path: str, headers: dict[str, str], clock: datetime
    ) -> Answer | None:
        """None: come in. `auth`: wsse | digest | none."""
        if auth == "digest":
            good = self._digest_is_good(path, headers.get("authorization", ""))
            both = good and envelope.find(f".//{WSSE}UsernameToken") is not None  # which of them is it to believe?
            return self._challenge() if both or not good else None
        if auth == "wsse" and not self._token_is_good(envelope, clock):
            return words.fault("ter:NotAuthorized", "400 Bad Request")
        return None

    def _token_is_good(self, envelope: ET.Element, clock: datetime) -> bool:
        token = envelope.find(f".//{WSSE}UsernameToken")
        if token is None:
            return False
        name, told, nonce = (token.findtext(f"{WSSE}{part}") or "" for part in ("Username", "Password", "Nonce"))
        created = token.findtext(f"{WSU}Created") or ""
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", created):  # "+00:00" is refused, as Hikvision does
            return False
        age = clock - datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        digest = hashlib.sha1(base64.b64decode(nonce) + created.encode() + PASSWORD.encode()).digest()
        fresh = abs(age.total_seconds()) <= CLOCK_WINDOW_S and nonce not in self.nonces
        self.nonces.add(nonce)
        return fresh and name == USER and told == base64.b64encode(digest).decode()

    def _challenge(self) -> Answer:
        nonce = secrets.token_hex(8)
        self.nonces.add(nonce)
        asked = f'WWW-Authenticate: Digest realm="camera", nonce="{nonce}", qop="auth", algorithm=MD5'
        return Answer(b"<html>401</html>", "401 Unauthorized", ['WWW-Authenticate: Basic realm="camera"', asked])

    def _digest_is_good(self, path: str, told: str) -> bool:
        parts = dict(re.findall(r'(\w+)="?([^",]*)"?', told))
        if parts.get("nonce") not in self.nonces or parts.get("uri") != path:
            return False
        one, two = _md5(f"{USER}:camera:{PASSWORD}"), _md5(f"POST:{path}")
        return parts.get("response") == _md5(f"{one}:{parts['nonce']}:{parts['nc']}:{parts['cnonce']}:auth:{two}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
