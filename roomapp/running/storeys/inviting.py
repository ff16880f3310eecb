"""Invitations and calendars from a USB stick as the screen takes them; a fault is one sentence with its remedy."""

import asyncio
import time
from pathlib import Path

from devices.contract import Stick
from roomapp.events import Refused
from roomapp.records.invitations import Found, ImportFault, InvitationError, Read, read_file
from roomapp.records.overrides import OverridesError, read_overrides
from roomapp.rules.meeting import MeetingError, room_in
from roomapp.rules.pack import HOUSE_KEYS
from roomapp.running.storeys.bookkeeping import FOLDER, TABLES_MOST
from roomapp.running.storeys.reminding import Reminding
from roomapp.signing import TRUSTED, trusted_keys

SCAN_S, SCAN_EACH_S = 30.0, 0.2
ENDINGS = (".ics", ".toml")


class Inviting(Reminding):
    """Nothing of a file is entered before the officer has confirmed it."""

    _scan: object = None  # whoever reads a code now

    def may_read_code(self) -> bool:
        """A camera may be looked through, and no meeting has it."""
        return self.parts.codes is not None and bool(self.framing.chosen) and not self.is_heard()

    async def read_code(self, platform: str) -> str:
        """The meeting's number in a QR code held to the chosen camera; empty after SCAN_S, or when it was stopped."""
        codes, found = self.parts.codes, next((p for p in self.profile.platforms if p.id == platform), None)
        mine = self._scan = object()
        ends, seen = time.monotonic() + SCAN_S, -1
        self.watch_picture(True)
        try:
            while codes is not None and self._scan is mine and time.monotonic() < ends and not self.is_heard():
                frame = self.newest_picture()
                if frame is not None and frame.number != seen:
                    seen = frame.number
                    text = await asyncio.to_thread(codes.read, frame)
                    room = room_in(text, found.url if found is not None else "") if text else ""
                    if room:
                        return room
                await asyncio.sleep(SCAN_EACH_S)
            return ""
        finally:
            if self._scan in (mine, None):  # a later reading keeps the picture
                self._scan = None
                self.watch_picture(False)

    def stop_reading_code(self) -> None:
        self._scan = None

    def invitations_on(self, stick: Stick) -> tuple[Path, ...]:
        """What may hold meetings, openly on the stick or in our folder, the newest first."""
        found = []
        for folder in (stick.path, stick.path / FOLDER):
            try:
                found += [(one.stat().st_mtime, one) for one in folder.iterdir() if one.suffix.casefold() in ENDINGS]
            except OSError:
                continue
        return tuple(one for _, one in sorted(found, reverse=True)[:TABLES_MOST])

    async def read_invitations(self, path: Path) -> Read | None:
        """None: it was said why not."""
        keys = trusted_keys(HOUSE_KEYS, self.parts.data_dir / TRUSTED)
        try:
            return await asyncio.to_thread(read_file, path, self._zone, self.now(), keys)
        except InvitationError as error:
            self._tell_fault(error.faults[0], path.name)
            return None

    async def take_invitations(self, wanted: tuple[Found, ...], platform: str) -> None:
        """Enters what was confirmed, and says what came of it."""
        words = self.words
        try:
            taken = await self.take_found(wanted, platform)
        except MeetingError as error:
            self._tell_fault(ImportFault("wrong_field", what=error.field), "")
            return
        kinds = ("added", "changed", "cancelled", "unchanged", "in_meeting", "gone", "older")
        counts = {kind: len(getattr(taken, kind)) for kind in kinds}
        said = [words(f"booking.taken_{kind}", n=n) for kind, n in counts.items() if n]
        self.parts.post(Refused(" ".join(said), words("booking.taken_remedy")))

    def _tell_fault(self, fault: ImportFault, file: str) -> None:
        where = f"{file}, {self.words('booking.line', n=fault.line)}: " if file and fault.line else ""
        key = f"invitation.{fault.key}"
        said, remedy = self.words(key, what=fault.what), self.words(f"{key}_remedy", what=fault.what)
        self.parts.post(Refused(where + said, remedy))

    async def overrides_from_file(self, path: Path) -> None:
        """Days off and on from a CSV, all of it or nothing; the first wrong line is told."""
        words = self.words
        try:
            overrides = await asyncio.to_thread(read_overrides, path)
        except OverridesError as error:
            fault = error.faults[0]
            key = f"deadlines.row_{fault.key}"
            where = f"{path.name}, {words('booking.line', n=fault.line)}: "
            self.parts.post(Refused(where + words(key, what=fault.what), words(f"{key}_remedy")))
            return
        added = await self.import_overrides(overrides)
        said = words("workdays.imported", n=added, m=len(overrides))
        self.parts.post(Refused(said, words("workdays.imported_remedy")))
