"""An entry of a register as one line: its mark, its name, and what else is worth a glance."""

from roomapp.events import RowState, StepRow
from roomapp.records.registers.books import Kept
from roomapp.rules.books import Book, Contact, Equipment, Handover, Staff
from roomapp.rules.books.entries import DeviceState
from roomapp.running.room import Room

NAMES: dict[Book, tuple[str, ...]] = {
    Book.EQUIPMENT: ("name",),
    Book.STAFF: ("person",),
    Book.CONTACTS: ("person",),
    Book.UPKEEP: ("day", "kind"),
    Book.HANDOVER: ("day", "given_by"),
    Book.TRAINING: ("day", "topic"),
    Book.OPINIONS: ("day",),
    Book.TARIFF: ("level",),
}
MORE: dict[Book, tuple[str, ...]] = {
    Book.EQUIPMENT: ("kind", "serial", "state"),
    Book.STAFF: ("unit", "person_phone"),
    Book.CONTACTS: ("role", "person_phone"),
    Book.UPKEEP: ("equipment", "work", "done_by"),
    Book.HANDOVER: ("received_by", "items"),
    Book.TRAINING: ("hours", "people"),
    Book.OPINIONS: ("text",),
    Book.TARIFF: ("since", "vnd"),
}
STATES = {
    DeviceState.GOOD: RowState.PASSED,
    DeviceState.FAULTY: RowState.FAILED,
    DeviceState.IN_REPAIR: RowState.WARNED,
    DeviceState.RETIRED: RowState.SKIPPED,
}
LONGEST = 90  # letters of a line; the whole stands in the entry's own sheet


def line_of(book: Book, kept: Kept, room: Room) -> StepRow:
    cells = room.cells(book, kept)
    name = "  ".join(cells[key] for key in NAMES[book] if cells[key])
    more = " · ".join(part for part in (*(cells[key] for key in MORE[book]), _staff_words(kept, room)) if part)
    return StepRow(kept.id, name, _state(kept), more if len(more) <= LONGEST else more[: LONGEST - 1] + "…")


def _staff_words(kept: Kept, room: Room) -> str:
    entry = kept.entry
    if not isinstance(entry, Staff):
        return ""
    if not entry.active:
        return room.words("book.not_active")
    return (
        room.words("book.trained", day=f"{entry.trained_on:%d/%m/%Y}")
        if entry.trained_on
        else room.words("book.untrained")
    )


def _state(kept: Kept) -> RowState:
    entry = kept.entry
    if isinstance(entry, Equipment):
        return STATES[entry.state]
    if isinstance(entry, Staff):
        return RowState.PASSED if entry.active and entry.trained_on else RowState.WARNED
    if isinstance(entry, Contact):
        return RowState.PASSED if entry.person else RowState.WARNED
    if isinstance(entry, Handover):
        signed = entry.signed_by_giver and entry.signed_by_receiver
        return RowState.PASSED if signed else RowState.TODO
    return RowState.PASSED
