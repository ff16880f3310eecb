"""The site's registers as pure values: what an entry holds, and what the rules say of all of them together."""

from roomapp.rules.books.duties import Due, DueKind, due_in, lacking_equipment, ready_staff, tariff_on
from roomapp.rules.books.entries import (
    BOOKS,
    Book,
    Contact,
    EntryError,
    Equipment,
    Handover,
    Opinion,
    Staff,
    Tariff,
    Training,
    Upkeep,
    UpkeepKind,
    entry_from,
)

__all__ = [
    "BOOKS",
    "Book",
    "Contact",
    "Due",
    "DueKind",
    "EntryError",
    "Equipment",
    "Handover",
    "Opinion",
    "Staff",
    "Tariff",
    "Training",
    "Upkeep",
    "UpkeepKind",
    "due_in",
    "entry_from",
    "lacking_equipment",
    "ready_staff",
    "tariff_on",
]
