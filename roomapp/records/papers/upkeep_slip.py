"""Sổ bàn giao, bảo dưỡng, sửa chữa: a slip (docx, pdf) for one entry and the register (xlsx) of all.

HG-06, HG-11, HG-12, HG-50, AG-13, TP-01. Money is whole đồng. What was not recorded is printed as “Chưa ghi nhận”.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from roomapp.records.papers import saying
from roomapp.records.papers.files import write_paper
from roomapp.records.papers.heading import Issuer, day_in_words, heading, paper_words
from roomapp.records.papers.paper import Align, Block, Cell, Column, Facts, Paper, Paragraph, Signer
from roomapp.words import Words

HANDOVER = "handover"


@dataclass(frozen=True, slots=True)
class Device:
    name: str
    maker: str = ""
    serial: str = ""
    year: int | None = None
    state: str = ""
    asset_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpkeepEntry:
    """One entry. `kind`: handover, cleaning, yearly, repair, replacement; `next_due` twelve months on where yearly."""

    id: str
    kind: str
    day: date
    devices: tuple[Device, ...] = ()
    work: str = ""
    agent: str = ""
    baseline_before: str = ""
    baseline_after: str = ""
    done_by: str = ""
    received_by: str = ""
    cost_vnd: int | None = None
    payer: str = ""
    next_due: date | None = None
    attachments: tuple[str, ...] = ()
    number: int | None = None


def write_upkeep_slip(issuer: Issuer, entry: UpkeepEntry, out: Path) -> tuple[Path, ...]:
    """Docx and pdf in the folder; OSError where the disk refuses."""
    name = "bien-ban-thiet-bi-" + f"{entry.day:%Y%m%d}-" + "".join(c for c in entry.id if c.isalnum() or c in "-_")[:40]
    return write_paper(slip_paper(issuer, entry), out, name)


def write_upkeep_register(issuer: Issuer, entries: Sequence[UpkeepEntry], day: date, out: Path) -> tuple[Path, ...]:
    """The xlsx register as of that day, one row for each device of each entry."""
    return write_paper(register_paper(issuer, entries, day), out, "so-ban-giao-bao-duong-sua-chua", ("xlsx",))


def slip_paper(issuer: Issuer, entry: UpkeepEntry) -> Paper:
    words = paper_words()
    entry_name = saying.named(words, "upkeep_entry", entry.kind)
    top = heading(words, issuer, "BB", entry.day, entry.day.year, entry.number, dated=False)
    done = words("upkeep.sign_given") if entry.kind == HANDOVER else words("upkeep.sign_done")
    sign = words("common.sign_here")
    where = issuer.name or issuer.title
    body: tuple[Block, ...] = (
        Paragraph(words("upkeep.day", day=day_in_words(words, entry.day), place=where)),
        _devices(words, entry),
        Facts(tuple(_facts(words, entry))),
    )
    return Paper(
        kind=words("upkeep.kind"),
        subject=words("upkeep.subject", entry=entry_name),
        heading=top,
        day=entry.day,
        body=body,
        closing=words("upkeep.closing"),
        signers=(
            Signer(post=done, name=entry.done_by, note=sign),
            Signer(post=words("upkeep.sign_received"), name=entry.received_by, note=sign),
        ),
    )


def _device_columns(words: Words) -> tuple[Column, ...]:
    return (
        Column(words("upkeep_column.device"), 40),
        Column(words("upkeep_column.maker"), 24),
        Column(words("upkeep_column.serial"), 28),
        Column(words("upkeep_column.year"), 14, Align.CENTRE),
        Column(words("upkeep_column.state"), 25),
        Column(words("upkeep_column.asset"), 24),
    )


def _device_cells(device: Device) -> tuple[Cell, ...]:
    year = str(device.year) if device.year is not None else ""  # a year is no amount
    return device.name, device.maker, device.serial, year, device.state, device.asset_code


def _devices(words: Words, entry: UpkeepEntry) -> Block:
    rows = (_device_cells(device) for device in entry.devices)
    return saying.table(words, _device_columns(words), rows, words("upkeep.no_device"), words("upkeep.devices"))


def _facts(words: Words, entry: UpkeepEntry) -> Iterator[tuple[str, Cell]]:
    yield words("upkeep.work"), saying.told(words, entry.work)
    yield words("upkeep.agent"), saying.told(words, entry.agent)
    yield words("upkeep.baseline_before"), saying.told(words, entry.baseline_before)
    yield words("upkeep.baseline_after"), saying.told(words, entry.baseline_after)
    by = words("upkeep.given_by") if entry.kind == HANDOVER else words("upkeep.done_by")
    yield by, saying.told(words, entry.done_by)
    yield words("upkeep.received_by"), saying.told(words, entry.received_by)
    yield words("upkeep.cost"), saying.money(words, entry.cost_vnd)
    yield words("upkeep.payer"), saying.told(words, entry.payer)
    yield words("upkeep.next_due"), saying.told(words, entry.next_due)
    yield words("upkeep.attachments"), "; ".join(entry.attachments) or words("common.none")


def register_paper(issuer: Issuer, entries: Sequence[UpkeepEntry], day: date) -> Paper:
    """Wide, without signatures; sorted as given."""
    words = paper_words()
    columns = (
        Column(words("upkeep_column.day"), 20, Align.CENTRE),
        Column(words("upkeep_column.entry"), 24),
        *_device_columns(words),
        Column(words("upkeep.work"), 40),
        Column(words("upkeep.agent"), 24),
        Column(words("upkeep.baseline"), 28),
        Column(words("upkeep.done_by"), 28),
        Column(words("upkeep.received_by"), 28),
        Column(words("upkeep.cost"), 22, Align.RIGHT),
        Column(words("upkeep.payer"), 26),
        Column(words("upkeep.next_due"), 20, Align.CENTRE),
        Column(words("upkeep.attachments"), 30),
    )
    rows = (row for entry in entries for row in _register_rows(words, entry))
    return Paper(
        kind=words("upkeep.register_kind"),
        subject=words("upkeep.register_subject", unit=issuer.title),
        heading=heading(words, issuer, "", day, day.year, numbered_paper=False),
        day=day,
        body=(saying.table(words, columns, rows, words("upkeep.no_entry")),),
        landscape=True,
    )


def _register_rows(words: Words, entry: UpkeepEntry) -> Iterable[tuple[Cell, ...]]:
    baseline = " / ".join(one for one in (entry.baseline_before, entry.baseline_after) if one)
    kind = saying.named(words, "upkeep_entry", entry.kind)
    for n, device in enumerate(entry.devices or (Device(""),)):
        cost = entry.cost_vnd if n == 0 else None  # once, so that the column adds up
        people = (entry.done_by, entry.received_by, cost, entry.payer, entry.next_due, "; ".join(entry.attachments))
        yield entry.day, kind, *_device_cells(device), entry.work, entry.agent, baseline, *people
