"""What cameras, and whatever else listens at an address, answer instead of ONVIF, and the reason that it has."""

import random

from devices.contract import Reason
from tests.fakes.onvif import words
from tests.fakes.onvif.http import Answer

HTML = ["Content-Type: text/html"]
BOMB = (
    '<!DOCTYPE s:Envelope [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
OUTSIDE = '<!DOCTYPE s:Envelope [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def bombed(doctype: str, entity: str) -> bytes:
    """A list of presets, good but for its document type and the entity in a name."""
    inside = words.presets([("t1", "P01")]).replace("P01", entity)
    return words.envelope(inside).replace("?>", f"?>{doctype}", 1).encode()


ANSWERS = {
    "500 text": (Answer(b"Internal Error", "500 Internal Server Error", HTML), Reason.PROTOCOL),
    "500 empty": (Answer(b"", "500 Internal Server Error"), Reason.PROTOCOL),
    "html": (Answer(b"<html><body>Login</body></html>", headers=HTML), Reason.PROTOCOL),
    "404": (Answer(b"<html>", "404 Not Found", HTML), Reason.PROTOCOL),
    "redirect": (Answer(b"", "302 Found", ["Location: http://192.0.2.1/"]), Reason.PROTOCOL),
    "503": (Answer(b"starting", "503 Service Unavailable", HTML), Reason.REFUSED_BUSY),
    "403": (Answer(b"", "403 Forbidden"), Reason.AUTH),
    "401 basic": (Answer(b"", "401 Unauthorized", ['WWW-Authenticate: Basic realm="x"']), Reason.AUTH),
    "401 strange": (Answer(b"", "401 Unauthorized", ["WWW-Authenticate: Digest nothing"]), Reason.AUTH),
    "empty": (Answer(b""), Reason.PROTOCOL),
    "noise": (Answer(random.Random(1).randbytes(3000)), Reason.PROTOCOL),
    "no xml": (Answer(b"<s:Envelope"), Reason.PROTOCOL),
    "no body": (Answer(words.envelope("").replace("<s:Body></s:Body>", "").encode()), Reason.PROTOCOL),
    "another envelope": (Answer(b"<a:Envelope xmlns:a='urn:a'><a:Body/></a:Envelope>"), Reason.PROTOCOL),
    "bomb": (Answer(bombed(BOMB, "&i;")), Reason.PROTOCOL),
    "file": (Answer(bombed(OUTSIDE, "&a;")), Reason.PROTOCOL),
    "deep": (Answer(words.envelope("<a>" * 5000).encode()), Reason.PROTOCOL),
    "huge": (Answer(b"x" * (3 << 20)), Reason.PROTOCOL),
    "huge, chunked": (Answer(b"x" * (3 << 20), chunk=8192), Reason.PROTOCOL),
    "claims a gigabyte": (Answer(b"x", told_length=1 << 30), Reason.PROTOCOL),
    "negative length": (Answer(b"x", told_length=-5, close=True), Reason.PROTOCOL),
    "cut in the head": (Answer(b"x" * 100, cut_at=20), Reason.PROTOCOL),
    "cut in the body": (Answer(words.envelope("").encode(), cut_at=150), Reason.LINK_LOST),
    "reset": (Answer(b"", reset=True), Reason.LINK_LOST),
    "long header": (Answer(b"", headers=["X: " + "x" * 70000]), Reason.PROTOCOL),
    "many headers": (Answer(b"", headers=["X: x"] * 200), Reason.PROTOCOL),
    "no http": (Answer(b"", "\xff\xfe nonsense"), Reason.PROTOCOL),
    "multipart": (Answer(b"--x\r\n", headers=["Content-Type: multipart/related; boundary=x"]), Reason.PROTOCOL),
}
