"""`roomapp meeting import`: a file on a USB stick or a calendar on a server, into the room's calendar."""

import asyncio
import dataclasses
import os
from pathlib import Path
from typing import Any

from roomapp.profile import Fault
from roomapp.records.invitations import Found, ImportFault, InvitationError, Read, read_file
from roomapp.rules.meeting import MeetingError
from roomapp.rules.pack import HOUSE_KEYS
from roomapp.running.room import Room
from roomapp.signing import TRUSTED, trusted_keys
from ui.meetings import fault, faults


async def meeting_import(room: Room, asked: dict[str, Any]) -> dict[str, Any]:
    """All of the source or nothing. Exit 1 where a meeting has no time yet, is on, or had been cancelled here."""
    where = Path(asked["file"]).name if asked.get("file") else asked.get("caldav", "")
    platform = asked.get("platform", "")
    if platform and platform not in dict(room.platforms()):
        return fault(room, "--platform", "cli.no_platform", known=", ".join(dict(room.platforms())))
    if bool(asked.get("file")) == bool(asked.get("caldav")):
        return fault(room, "meeting import", "cli.import_what")
    try:
        read = await _read(room, asked)
        answer = {"found": [_plain(room, one) for one in read.found], "past": read.past, "cut": read.cut}
        if asked.get("look"):
            return {"code": 0, "answer": answer}
        taken = await room.take_found(read.found, platform)
    except InvitationError as error:
        return faults([_fault(room, where, one) for one in error.faults])
    except MeetingError as error:
        wrong = ImportFault("wrong_field", what=error.field)
        return faults([_fault(room, where, wrong)])
    undone = taken.needs_time or taken.in_meeting or taken.gone or taken.older
    return {"code": 1 if undone else 0, "answer": {**answer, **dataclasses.asdict(taken)}}


async def _read(room: Room, asked: dict[str, Any]) -> Read:
    zone, now, folder = room.profile.site.zone, room.now(), room.parts.data_dir
    if asked.get("file"):
        keys = trusted_keys(HOUSE_KEYS, folder / TRUSTED)
        return await asyncio.to_thread(read_file, Path(asked["file"]), zone, now, keys)
    from roomapp.records.invitations.caldav import read_caldav
    from roomapp.records.secrets import SecretError, SecretStore

    try:
        password = SecretStore(folder, os.environ).get(asked.get("secret", ""))
    except SecretError:
        password = None
    if password is None:
        raise InvitationError(ImportFault("no_secret"))
    return await read_caldav(asked["caldav"], asked.get("username", ""), password, zone, now)


def _plain(room: Room, one: Found) -> dict[str, Any]:
    return {
        "source": one.source,
        "title": one.fields.get("title", ""),
        "day": one.day.isoformat(),
        "opening": None if one.opening is None else room.local(one.opening).isoformat(),
        "cancelled": one.cancelled,
        "notes": list(map(str, one.notes)),
    }


def _fault(room: Room, where: str, one: ImportFault) -> Fault:
    key, words = f"invitation.{one.key}", room.words
    place = f"{where}: {one.line}" if one.line else where
    return Fault(place[:200], words(key, what=one.what), words(f"{key}_remedy", what=one.what))
