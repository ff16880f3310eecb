"""Phiếu kiểm tra sẵn sàng, one page, and on the second the sheet of turning off: pdf only, filed with the meeting.

HG-04 to HG-06, HG-10, HG-22 to HG-29, HG-39, HG-48, HG-56, AG-02. Every item of ITEMS stands on the page:
one that was not checked says so. Long names are set smaller, never cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from roomapp.records.papers import saying
from roomapp.records.papers.files import write_paper
from roomapp.records.papers.heading import Issuer, heading, paper_words
from roomapp.records.papers.paper import Align, Annex, Cell, Column, Facts, Paper, Signer, Table
from roomapp.words import Words

ITEMS = (
    *("mains", "ups", "sound_in", "sound_out", "camera", "framing", "display", "main_link", "backup_link"),
    *("temperature", "humidity", "light", "flammables", "configuration", "contacts", "on_duty"),
    *("not_secret", "system_allowed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One result. `item` of ITEMS, several results of one item allowed (each framing); `name` says which of them.

    `result`: pass, warn, fail, ask, skip. `rule`: article or point, as printed.
    """

    item: str
    result: str
    name: str = ""
    measured: str = ""
    at: datetime | None = None
    rule: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownStep:
    """One step of turning off, in the order in which it had to be done; without `at` it is not done."""

    name: str
    result: str = ""
    at: datetime | None = None
    who: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What a fold of the journal gives of one meeting's preparation; times in the site's zone, lengths in seconds."""

    issuer: Issuer
    day: date
    meeting: str
    scale: str
    role: str
    opening: datetime
    strict: datetime
    latest: datetime
    connect: datetime
    checked: tuple[Checked, ...] = ()
    trial_verdict: str = ""
    trial_margin_s: float | None = None
    connected_at: datetime | None = None
    lead_s: float | None = None
    connect_verdict: str = ""
    two_way_by: str = ""
    two_way_at: datetime | None = None
    officer_code: str = ""
    officer: str = ""
    shutdown: tuple[ShutdownStep, ...] = ()


def write_readiness(one: Readiness, out: Path) -> tuple[Path, ...]:
    """A pdf of two pages in the folder; OSError where the disk refuses."""
    return write_paper(readiness_paper(one), out, f"phieu-san-sang-{one.opening:%Y%m%d-%H%M}", ("pdf",))


def readiness_paper(one: Readiness) -> Paper:
    words = paper_words()
    return Paper(
        kind=words("readiness.kind"),
        subject="",
        heading=heading(words, one.issuer, "", one.day, one.day.year, numbered_paper=False),
        day=one.day,
        body=(Facts(tuple(_before(words, one))), _items(words, one), Facts(tuple(_after(words, one)))),
        signers=(Signer(post=words("readiness.sign_officer"), name=one.officer, note=words("common.sign_here")),),
        annexes=(_shutdown(words, one),),
        body_pt=12,
        table_pt=10,
        line_spacing=1.0,
        after_pt=3,
        one_page_each=True,
    )


def _before(words: Words, one: Readiness) -> Iterator[tuple[str, Cell]]:
    role = saying.named(words, "role", one.role)
    yield words("readiness.meeting"), one.meeting
    yield words("readiness.scale"), words("readiness.scale_and_role", scale=one.scale, role=role)
    yield words("readiness.opening"), one.opening
    times = {"strict": saying.told(words, one.strict), "latest": saying.told(words, one.latest)}
    yield words("readiness.deadlines"), words("readiness.deadlines_text", **times)
    yield words("readiness.connect"), one.connect


def _items(words: Words, one: Readiness) -> Table:
    columns = (
        Column(words("readiness_column.item"), 48),
        Column(words("readiness_column.result"), 20, Align.CENTRE),
        Column(words("readiness_column.measured"), 27),
        Column(words("readiness_column.at"), 15, Align.CENTRE),
        Column(words("readiness_column.rule"), 20),
        Column(words("readiness_column.reason"), 27),
    )
    return saying.table(words, columns, _rows(words, one), "", words("readiness.checked"))


def _rows(words: Words, one: Readiness) -> Iterator[tuple[Cell, ...]]:
    order = [*ITEMS, *dict.fromkeys(found.item for found in one.checked if found.item not in ITEMS)]
    for item in order:
        name = saying.named(words, "readiness_item", item)
        results = [found for found in one.checked if found.item == item]
        if not results:
            yield name, words("common.nothing_checked"), "", "", "", ""
        for found in results:
            shown = f"{name}: {found.name}" if found.name else name
            at = f"{found.at:%H:%M}" if found.at else ""
            result = saying.named(words, "readiness_result", found.result)
            yield shown, result, found.measured, at, found.rule, found.reason


def _after(words: Words, one: Readiness) -> Iterator[tuple[str, Cell]]:
    margin = saying.lead(words, one.trial_margin_s)
    verdict = saying.told(words, one.trial_verdict)
    yield words("readiness.trial"), words("readiness.trial_text", verdict=verdict, margin=margin)
    facts = {
        "at": saying.told(words, one.connected_at),
        "lead": saying.lead(words, one.lead_s),
        "verdict": saying.told(words, one.connect_verdict),
    }
    yield words("readiness.connected"), words("readiness.connected_text", **facts)
    who, at = saying.told(words, one.two_way_by), saying.told(words, one.two_way_at)
    yield words("readiness.two_way"), words("readiness.two_way_text", who=who, at=at)
    yield words("readiness.officer"), saying.told(words, one.officer_code)


def _shutdown(words: Words, one: Readiness) -> Annex:
    columns = (
        Column(words("readiness_column.step"), 62),
        Column(words("readiness_column.result"), 22, Align.CENTRE),
        Column(words("readiness_column.at"), 16, Align.CENTRE),
        Column(words("readiness_column.who"), 30),
        Column(words("readiness_column.reason"), 30),
    )
    rows = (
        (
            step.name,
            saying.named(words, "readiness_result", step.result) if step.result else words("common.not_told"),
            f"{step.at:%H:%M:%S}" if step.at else "",
            step.who,
            step.reason,
        )
        for step in one.shutdown
    )
    table = saying.table(words, columns, rows, words("readiness.no_step"), words("readiness.shutdown_text"))
    reference = words("readiness.shutdown_reference", title=one.meeting)
    return Annex(words("readiness.shutdown").upper(), "", reference, (table,))
