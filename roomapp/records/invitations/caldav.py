"""A CalDAV calendar (RFC 4791): one question, the coming meetings; read only.

https with its certificate verified (http on this machine only), no redirects, 20 s, 5 MB.
"""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from roomapp.records.invitations.found import Found, ImportFault, InvitationError, Read
from roomapp.records.invitations.ics import AHEAD, MOST_DATES, read_ics

ANSWER_S, MOST_BYTES, MOST_ITEMS = 20.0, 5_000_000, 2000
HERE = ("127.0.0.1", "localhost", "::1")
DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
QUESTION = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data/></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{start}" end="{end}"/></C:comp-filter></C:comp-filter></C:filter>
</C:calendar-query>"""


async def read_caldav(url: str, username: str, password: str, zone: ZoneInfo, now: datetime) -> Read:
    """All meetings of the calendar at `url` from yesterday on; InvitationError."""
    import asyncio

    answer = await _ask(url, username, password, now)
    found: dict[str, Found] = {}
    past, cut = 0, False
    for text in _calendars(answer):
        read = await asyncio.to_thread(read_ics, text.encode(), zone, now)
        past, cut = past + read.past, cut or read.cut
        found.update({one.source: one for one in read.found})
    kept = sorted(found.values(), key=lambda one: (one.day, one.source))
    return Read(tuple(kept[:MOST_DATES]), past, cut or len(kept) > MOST_DATES)


async def _ask(url: str, username: str, password: str, now: datetime) -> bytes:
    import aiohttp  # late: only a calendar on a server needs it

    _judge(url)
    span = {"start": _stamp(now - timedelta(days=1)), "end": _stamp(now + AHEAD)}
    who = base64.b64encode(f"{username}:{password}".encode()).decode()
    headers = {"Depth": "1", "Content-Type": "application/xml; charset=utf-8", "Authorization": f"Basic {who}"}
    wait = aiohttp.ClientTimeout(total=ANSWER_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=wait) as session,
            session.request(
                "REPORT", url, data=QUESTION.format(**span), headers=headers, allow_redirects=False
            ) as answer,
        ):
            if answer.status in (401, 403):
                raise InvitationError(ImportFault("auth"))
            if answer.status != 207:
                raise InvitationError(ImportFault("no_calendar"))
            body = bytearray()
            async for part in answer.content.iter_chunked(65536):
                body += part
                if len(body) > MOST_BYTES:
                    raise InvitationError(ImportFault("answer_too_large"))
            return bytes(body)
    except aiohttp.ClientSSLError as error:
        raise InvitationError(ImportFault("not_trusted")) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise InvitationError(ImportFault("no_answer")) from error


def _judge(url: str) -> None:
    try:
        parts = urlsplit(url)
        safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in HERE)
        whole = bool(parts.hostname) and not parts.username and not parts.password and parts.port != 0
    except ValueError:
        safe = whole = False
    if not (safe and whole):
        raise InvitationError(ImportFault("not_https"))


def _calendars(answer: bytes) -> list[str]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(answer, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise InvitationError(ImportFault("no_calendar")) from error
    if root.tag != f"{DAV}multistatus":
        raise InvitationError(ImportFault("no_calendar"))
    texts = [node.text for node in root.iter(f"{CALDAV}calendar-data") if node.text]
    if len(texts) > MOST_ITEMS:
        raise InvitationError(ImportFault("answer_too_large"))
    return texts


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
