"""The site's registers as a person keeps them: entered, changed, removed, taken from a file and given to one."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from devices.contract import Stick
from roomapp.events import Refused
from roomapp.records.journal import Person
from roomapp.records.private import write_private
from roomapp.records.registers.book_files import BookFileError, cells_of, file_of, people_in, read_book
from roomapp.records.registers.books import PUT, REMOVED, Kept
from roomapp.records.registers.phones import kept_phone
from roomapp.rules.books import (
    Book,
    Contact,
    DueKind,
    EntryError,
    Equipment,
    Staff,
    Upkeep,
    due_in,
    entry_from,
    lacking_equipment,
    ready_staff,
)
from roomapp.running.storeys.core import Core

log = logging.getLogger(__name__)

WHY_MOST, TABLES_MOST = 300, 40
FOLDER = "DiemCau"


class Bookkeeping(Core):
    """Every change is a row; nothing is ever taken out of the journal."""

    async def put_entry(self, book: Book, fields: Mapping[str, Any], id: str = "") -> str:
        """A new entry, or the whole of an old one anew; returns its id. EntryError names the field at fault."""
        entry_from(book, fields)
        id = id or uuid4().hex[:8]
        await self._keep_book(PUT, {"book": str(book), "id": id, "fields": dict(fields)})
        return id

    async def remove_entry(self, book: Book, id: str, why: str) -> None:
        """It stands in the register no more; its rows stay, with the reason."""
        if self.books.get(book, id) is not None:
            await self._keep_book(REMOVED, {"book": str(book), "id": id, "why": why[:WHY_MOST]})

    async def person(self, name: str, phone: str = "") -> int:
        """Somebody's number: names and telephones live outside the chain, and can be erased. PhoneError."""
        return await self.journal.remember(name, kept_phone(phone)) if name.strip() else 0

    async def import_book(self, book: Book, path: Path) -> int:
        """All of a file or nothing; how many entries it brought. BookFileError names every line at fault."""
        found, digest = read_book(book, path)
        bodies = []
        for line in found:
            persons = {key: await self.person(*who) for key, who in line.people.items()}
            bodies.append((line, {**line.fields, **persons}))
        for line, fields in bodies:
            try:
                entry_from(book, fields)
            except EntryError as error:
                raise BookFileError(path.name, line.number, "wrong", error.field) from error
        for line, fields in bodies:
            id = line.id or uuid4().hex[:8]
            await self._keep_book(PUT, {"book": str(book), "id": id, "fields": fields, "file": digest})
        return len(bodies)

    async def export_book(self, book: Book, path: Path, recipient: str) -> str:
        """CSV or xlsx by the name's end, made anew; its sha256, which the journal keeps beside whom it names.

        `recipient`: for whom it is (Art. 16.2).
        """
        raw = file_of(book, self.books, self.who, path.suffix, self.words)
        await asyncio.to_thread(write_private, path, raw)
        digest = hashlib.sha256(raw).hexdigest()
        seen = sorted(people_in(book, self.books))
        kept = {"book": str(book), "sha256": digest, "persons": seen, "for": recipient}
        await self.keep("book.exported", kept)
        return digest

    def entries(self, book: Book) -> tuple[Kept, ...]:
        return self.books.entries(book)

    def cells(self, book: Book, kept: Kept) -> dict[str, str]:
        """Every column of one entry as a person reads it."""
        return cells_of(book, kept, self.who, self.words)

    def who(self, person: int) -> Person | None:
        """By their number; kept in mind, because a list asks for each of its lines."""
        if person not in self._people:
            self._people[person] = self.journal.person(person)
        return self._people[person]

    async def erase_person(self, person: int) -> None:
        """On request (Law 91/2025/QH15): name and telephone are gone, the chain still holds."""
        await self.journal.erase(person)
        self._people[person] = None
        self.publish()

    def sticks(self) -> tuple[Stick, ...]:
        return self.parts.sticks()

    def tables_on(self, stick: Stick) -> tuple[Path, ...]:
        """The tables that lie openly on a stick or in its folder of ours, the newest first; at most TABLES_MOST."""
        found = []
        for folder in (stick.path, stick.path / FOLDER):
            try:
                found += [one for one in folder.iterdir() if one.suffix.casefold() in (".csv", ".xlsx")]
                found.sort(key=lambda one: one.stat().st_mtime, reverse=True)
            except OSError:
                continue
        return tuple(found[:TABLES_MOST])

    async def book_to_stick(self, book: Book, stick: Stick, recipient: str) -> None:
        """As xlsx into our folder on the stick, and on it for good when this is told."""
        name = f"{self.profile.site.code}-{book}-{self.today():%Y%m%d}.xlsx"
        try:
            (stick.path / FOLDER).mkdir(exist_ok=True)
            await self.export_book(book, stick.path / FOLDER / name, recipient)
        except OSError as error:
            log.warning("the stick takes nothing: %s", error)
            self._refuse_words("book.stick_refuses", "book.stick_refuses_remedy")
            return
        self.parts.post(
            Refused(self.words("book.on_stick", name=f"{FOLDER}/{name}"), self.words("book.on_stick_remedy"))
        )

    async def book_from_file(self, book: Book, path: Path) -> None:
        """What came of it in one sentence; a file at fault changes nothing and is told by its line."""
        try:
            brought = await self.import_book(book, path)
        except BookFileError as error:
            where = self.words("book.fault_line", file=error.file, line=error.line) if error.line else error.file
            said = self.words(f"book.fault_{error.key}", what=error.what)
            self.parts.post(Refused(f"{where}: {said}", self.words(f"book.fault_{error.key}_remedy")))
            return
        self.parts.post(
            Refused(self.words("book.imported", n=brought, file=path.name), self.words("book.imported_remedy"))
        )

    def unlisted_devices(self) -> tuple[tuple[str, str], ...]:
        """The profile's devices that the register of equipment lacks (Art. 4.1): their ids and names."""
        profile = self.profile
        kinds: tuple[tuple[str, Iterable[Any]], ...] = (
            ("camera", profile.cameras),
            ("microphone", profile.microphones),
            ("loudspeaker", profile.loudspeakers),
            ("display", profile.displays),
        )
        known = {f"{kind}.{one.id}": str(one.name) for kind, all_of in kinds for one in all_of}
        known |= {"ups": self.words("book.devicekind_ups")} if profile.ups is not None else {}
        return tuple((id, known[id]) for id in lacking_equipment(known, self.books.of(Equipment)))

    def staff_short(self) -> str:
        """Fewer trained and active than the rules ask for (Art. 13.2), in a sentence; empty: enough."""
        ready, least = len(ready_staff(self.books.of(Staff), self.today())), self.pack.roster_least
        if self.parts.practice is not None or ready >= least:
            return ""
        return self.words("book.staff_few", n=ready, least=least)

    def book_alerts(self) -> tuple[str, ...]:
        """What the registers say must be done, worst first; empty in the practice room, which owes nothing."""
        words, pack, said = self.words, self.pack, list[str]()
        if self.parts.practice is not None:
            return ()
        said += [self.staff_short()] if self.staff_short() else []
        owed = due_in(
            self.today(),
            self.books.of(Upkeep),
            self.books.of(Contact),
            yearly_months=pack.maintenance_months,
            cleaning_days=pack.cleaning_days,
            contact_list_days=pack.contact_list_days,
            notice_days=pack.maintenance_notice_days,
        )
        for due in (one for one in owed if one.overdue or (one.soon and one.kind is DueKind.YEARLY)):
            key = f"book.due_{due.kind}" if due.day else f"book.never_{due.kind}"
            said.append(words(key, day=f"{due.day:%d/%m/%Y}" if due.day else ""))
        equipment = list(self.books.of(Equipment))
        if equipment and not any(one.custodian for one in equipment):
            said.append(words("book.no_keeper"))  # 003 khoản 3.c: an officer is in charge of it
        if unlisted := self.unlisted_devices():
            said.append(words("book.unlisted", names=", ".join(name for _, name in unlisted)))
        return tuple(said)

    def today(self) -> date:
        return self.now().date()

    async def _keep_book(self, kind: str, body: dict[str, Any]) -> None:
        await self.keep(kind, body)
        self.books.take(kind, body)
        self.publish()
