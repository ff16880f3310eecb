"""A signed invitation file: TOML of our own with the signature in its last line (roomapp/signing.py).

Its schema stands in the README. Without a signature by a key that this PC trusts, nothing of it is read.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from roomapp.records.invitations.found import Found, ImportFault, InvitationError, Read
from roomapp.rules.meeting import Level, MeetingClass, MeetingError, MeetingKind, Moment, Text, meeting_from
from roomapp.signing import BadSignatureError, check
from roomapp.words import nfc

SCHEMA = 1
Told = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class Invitation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """The file. Times are aware. Whether the meeting holds state secrets has no place in it."""

    schema: int
    id: Annotated[
        str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9./_-]{0,99}$")
    ]  # the issuer's own, never given twice
    title: Told
    scale: MeetingClass = msgspec.field(name="class")
    level: Level
    opening: Moment
    invitation_number: Told
    invitation_date: date
    invitation_issuer: Told
    host_unit: Told
    expected_end: Moment | None = None
    system: Annotated[str, msgspec.Meta(pattern="^(province|sector|district|party|other)$")] | None = None
    room: Text | None = None
    chair_site: Text | None = None
    host_body: Text | None = None
    kind: MeetingKind | None = None
    chair_officer_name: Text | None = None
    chair_officer_phone: Text | None = None
    chain: tuple[Level, ...] = ()
    relay_site: Text | None = None
    expected_people: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    cancelled: bool = False
    edition: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


NOT_OF_THE_MEETING = ("schema", "id", "cancelled", "edition", "opening", "chair_officer_name", "chair_officer_phone")


def read_signed(data: bytes, zone: ZoneInfo, keys: Mapping[str, bytes]) -> Read:
    """The one meeting of the file; InvitationError."""
    try:
        signed = check(data, keys)
    except BadSignatureError as error:
        raise InvitationError(ImportFault("bad_signature")) from error
    if not signed.by:
        raise InvitationError(ImportFault("unknown_key" if signed.claimed else "unsigned", what=signed.claimed))
    told = _invitation(signed.content)
    fields: dict[str, Any] = msgspec.to_builtins(told)
    persons = {name: fields[name] for name in NOT_OF_THE_MEETING[-2:] if name in fields}
    fields = {name: value for name, value in fields.items() if name not in NOT_OF_THE_MEETING}
    try:
        meeting_from({**fields, "id": "found", "opening": told.opening})
    except MeetingError as error:
        raise InvitationError(ImportFault("wrong_field", what=error.field)) from error
    source = f"signed:{signed.by}/{told.id}"
    day = told.opening.astimezone(zone).date()
    return Read((Found(source, day, told.opening, {**fields, **persons}, (), told.cancelled, told.edition),))


def _invitation(content: bytes) -> Invitation:
    try:
        document = tomllib.loads(nfc(content.decode("utf-8-sig")))
    except (ValueError, RecursionError) as error:
        raise InvitationError(ImportFault("unreadable")) from error
    schema = document.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise InvitationError(ImportFault("newer"))
    known = {one.encode_name: one for one in msgspec.structs.fields(Invitation)}
    faults = [ImportFault("unknown_field", what=name[:60]) for name in document if name not in known]
    for name, one in known.items():
        if name not in document:
            faults += [ImportFault("no_field", what=name)] if one.required else []
            continue
        try:
            msgspec.convert(document[name], one.type)
        except msgspec.ValidationError:
            faults.append(ImportFault("wrong_field", what=name))
    if faults:
        raise InvitationError(*faults)
    return msgspec.convert(document, Invitation)
