"""Meetings from elsewhere: an .ics file, a signed invitation file, a CalDAV calendar; all of a source or nothing."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from roomapp.records.invitations.found import Found, ImportFault, InvitationError, Note, Read
from roomapp.records.invitations.ics import MOST_BYTES, read_ics

__all__ = ["Found", "ImportFault", "InvitationError", "Note", "Read", "read_file", "read_ics"]


def read_file(path: Path, zone: ZoneInfo, now: datetime, keys: Mapping[str, bytes]) -> Read:
    """By what stands in it: a calendar, or an invitation signed by one of `keys`. InvitationError; seconds at most."""
    try:
        if not path.is_file():
            raise InvitationError(ImportFault("no_file"))
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InvitationError(ImportFault("no_file")) from error
    if len(data) > MOST_BYTES:
        raise InvitationError(ImportFault("too_large"))
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").upper().startswith(b"BEGIN:VCALENDAR"):
        return read_ics(data, zone, now)
    if path.suffix.casefold() == ".ics":
        raise InvitationError(ImportFault("not_a_calendar"))
    from roomapp.records.invitations.signed import read_signed

    return read_signed(data, zone, keys)
