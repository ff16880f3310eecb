"""What one entry of each register holds. Persons stand in it by their number: names live outside the chain."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import msgspec

Short = Annotated[str, msgspec.Meta(max_length=300)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Long = Annotated[str, msgspec.Meta(max_length=4000)]
Person = Annotated[int, msgspec.Meta(ge=0)]  # 0: nobody named
Vnd = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Year = Annotated[int, msgspec.Meta(ge=1980, le=2100)]


class Book(StrEnum):
    """The registers that a site keeps."""

    EQUIPMENT = "equipment"
    STAFF = "staff"
    CONTACTS = "contacts"
    UPKEEP = "upkeep"
    HANDOVER = "handover"
    TRAINING = "training"
    OPINIONS = "opinions"
    TARIFF = "tariff"


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all entries."""


class DeviceKind(StrEnum):
    PC = "pc"
    CAMERA = "camera"
    MICROPHONE = "microphone"
    LOUDSPEAKER = "loudspeaker"
    MIXER = "mixer"
    DISPLAY = "display"
    CODEC = "codec"
    NETWORK = "network"
    UPS = "ups"
    OTHER = "other"


class DeviceState(StrEnum):
    GOOD = "good"
    FAULTY = "faulty"
    IN_REPAIR = "in_repair"
    RETIRED = "retired"


class Budget(StrEnum):
    """Who pays for its upkeep (Art. 4.3, 4.4)."""

    PROVINCE = "province"
    OWN = "own"


class Equipment(Entry, frozen=True, kw_only=True):
    """One device: the unit given it manages it (Art. 4.1); `device`: its id in the profile, as "camera.main"."""

    name: Name
    kind: DeviceKind = DeviceKind.OTHER
    make: Short = ""
    serial: Short = ""
    asset_no: Short = ""
    year: Year | None = None
    state: DeviceState = DeviceState.GOOD
    usable_for: Short = ""
    owner: Short = ""
    custodian: Person = 0
    budget: Budget = Budget.OWN
    device: Short = ""


class Staff(Entry, frozen=True, kw_only=True):
    """One of the site's technical staff (Art. 13.2): at least two are trained and active."""

    person: Person
    unit: Short = ""
    email: Short = ""
    role: Short = ""
    trained_on: date | None = None
    active: bool = True
    left_on: date | None = None


class Contact(Entry, frozen=True, kw_only=True):
    """One line of the list of operating staff that the province sends (Art. 10.3); `list_on`: that list's date."""

    person: Person
    role: Name
    unit: Short = ""
    email: Short = ""
    classes: Short = ""  # of meetings for which this is the operating agency (Art. 6); empty: all
    list_on: date | None = None


class UpkeepKind(StrEnum):
    CLEANING = "cleaning"
    YEARLY = "yearly"
    REPAIR = "repair"
    REPLACEMENT = "replacement"
    REQUEST = "request"


class Upkeep(Entry, frozen=True, kw_only=True):
    """Cleaning, yearly maintenance, repair, replacement, or the request for one (Art. 3.8, 12.4)."""

    day: date
    kind: UpkeepKind
    equipment: Short = ""
    work: Long = ""
    agent: Short = ""  # the cleaning agent and cloth used
    done_by: Person = 0
    received_by: Person = 0
    cost_vnd: Vnd = 0
    payer: Short = ""
    request_no: Short = ""


class Handover(Entry, frozen=True, kw_only=True):
    """Equipment received or given (003 khoản 3.c): both sign."""

    day: date
    given_by: Short
    received_by: Short
    items: Long
    state: Short = ""
    signed_by_giver: bool = False
    signed_by_receiver: bool = False


class Training(Entry, frozen=True, kw_only=True):
    """Training held; never a meeting (Art. 11.4)."""

    day: date
    topic: Name
    hours: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    people: Annotated[int, msgspec.Meta(ge=0, le=10000)] = 0
    teacher: Short = ""


class Opinion(Entry, frozen=True, kw_only=True):
    """Difficulties and proposals, for the report of their period (Art. 13.3)."""

    day: date
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class Tariff(Entry, frozen=True, kw_only=True):
    """What one held meeting costs a site of this level, from a day on (000 khoản 2)."""

    level: Name
    since: date
    vnd: Vnd
    tax_included: bool = True


BOOKS: Mapping[Book, type[Entry]] = {
    Book.EQUIPMENT: Equipment,
    Book.STAFF: Staff,
    Book.CONTACTS: Contact,
    Book.UPKEEP: Upkeep,
    Book.HANDOVER: Handover,
    Book.TRAINING: Training,
    Book.OPINIONS: Opinion,
    Book.TARIFF: Tariff,
}


class EntryError(Exception):
    """`field` holds what cannot be in this register; empty: several, or none is named."""

    def __init__(self, field: str = "") -> None:
        super().__init__(field)
        self.field = field


def entry_from(book: Book, fields: Mapping[str, Any]) -> Entry:
    """From a row's body, a form or a file's line; EntryError names the field that does not fit."""
    try:
        entry: Entry = msgspec.convert(dict(fields), BOOKS[book])
    except msgspec.ValidationError as error:
        said = str(error)
        named = said.rpartition("`$.")[2].rstrip("`") if "`$." in said else said.partition("`")[2].partition("`")[0]
        raise EntryError(named if named in BOOKS[book].__struct_fields__ else "") from error
    return entry
