"""Papers made in the room: the periodic reports, each written, judged and shown before it is printed."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from roomapp.events import PaperState, PaperView
from roomapp.records.journal import Row, verify
from roomapp.records.registers.register import fold
from roomapp.records.registers.reporting import EXPORTED, Ground, note_export, twin, write_report
from roomapp.rules import pack as packs
from roomapp.rules.books import Upkeep, UpkeepKind
from roomapp.rules.calendar.duties import upkeep
from roomapp.rules.calendar.worktime import NoWorkingTimeError, WorkCalendar, by_date
from roomapp.rules.reporting.periods import Basis, Period, period
from roomapp.running.papers.making import FOLDER, Made, PaperMaking
from roomapp.words import Words

log = logging.getLogger(__name__)

ENDED = 1  # so many of each kind that are over are offered
PARTS = {packs.Period.QUARTER: ("Q", 4), packs.Period.HALF_YEAR: ("H", 2), packs.Period.YEAR: ("Y", 1)}


class Reporting(PaperMaking):
    """Figures come from the journal alone; number, signature and seal are the registry's (Decree 30/2020)."""

    _reported: set[str]
    _since: date
    _day: date

    def periods(self) -> tuple[tuple[str, str], ...]:
        """What may be reported on: first the kinds that the pack asks for; of each the last that ended, and the one
        that runs."""
        asked = [rule.period for rule in self.pack.reports]
        kinds = dict.fromkeys((*asked, *packs.Period))
        today = self.today()
        return tuple(one for kind in kinds for one in self._offered(kind, today))

    def _offered(self, kind: packs.Period, today: date) -> Iterator[tuple[str, str]]:
        known = [(text, period(text, Basis.CALENDAR, self._zone)) for text in _texts(kind, today.year)]
        begun = [(text, one) for text, one in known if one.first <= today]
        for text, one in reversed(begun[-1 - ENDED :]):
            label = self.words(one.label()[0], **one.label()[1])
            yield text, label if one.last < today else self.words("paper.so_far", label=label)

    async def make_report(self, text: str, basis: str = Basis.CALENDAR) -> None:
        """Twins and papers into the room's own folder; what came of it is shown, never a figure that is not kept."""
        wanted = period(text, basis, self._zone)
        label = self.words(wanted.label()[0], **wanted.label()[1])
        span = self.words("paper.span", first=f"{wanted.first:%d/%m/%Y}", last=f"{wanted.last:%d/%m/%Y}")
        self._show(PaperView(PaperState.MAKING, self.words("paper.report"), label, self.words("paper.making")))
        folder = self.parts.data_dir / FOLDER / f"{text.replace('..', '-')}-{basis}"
        try:
            found, files = await asyncio.to_thread(self._write, wanted, folder)
        except (OSError, NoWorkingTimeError) as error:
            log.error("the report could not be made: %s", error)
            key = "paper.no_room" if isinstance(error, OSError) else "paper.no_time"
            said, remedy = self.words(key), self.words(f"{key}_remedy")
            self._show(PaperView(PaperState.FAILED, self.words("paper.report"), label, said, remedy))
            return
        await note_export(self.journal, found, files)
        running = wanted.last >= self.today()
        if not running:  # a period that runs on is still to be reported on when it is over
            self._reported.add(text)
            self._note_upkeep()
        self._made = Made(folder, tuple(files))
        pdf = next((str(folder / name) for name in files if name.endswith(".pdf")), "")
        self._show(_report_view(found, label, span, pdf, running, self.words))

    def _write(self, wanted: Period, folder: Path) -> tuple[dict[str, Any], dict[str, str]]:
        kept = self.dates.calendar
        calendar = WorkCalendar(self._zone, self.pack.office_hours, by_date(kept.overrides))
        ground = Ground(self.profile.site, self.pack, calendar, kept.version, self.words, self.books)
        verdict = verify(self.journal.path)
        found = twin(fold(self.journal.rows(), self._utc()), wanted, ground)
        found["journal"] = {"intact": verdict.intact, "rows": verdict.rows, "head": verdict.head}
        return found, write_report(found, folder, _papers())

    def recall(self, rows: Sequence[Row]) -> None:
        """Which periods were reported on, and so what the registers still oblige to.

        A period that was over before this journal began is nothing that this room could report on.
        """
        made = ((row.body["period"], self.local(row.at).date()) for row in rows if row.kind == EXPORTED)
        self._reported = {_named(of) for of, on in made if on > date.fromisoformat(of["to"])}
        self._since = self.local(rows[0].at).date() if rows else self.today()
        self._note_upkeep()

    def begin_day(self) -> None:
        """Called by the room's watch: on a new day other things are due."""
        if self.today() != self._day:
            self._note_upkeep()
            self.publish()

    def _note_upkeep(self) -> None:
        """Cleaning, maintenance, reports: duties as the meetings' are; the practice room owes none."""
        self._day = self.today()
        if self.parts.practice is not None:
            return
        done = {kind: [one.day for one in self.books.of(Upkeep) if one.kind is kind] for kind in UpkeepKind}
        cleaned = max(done[UpkeepKind.CLEANING], default=None)
        maintained = max(done[UpkeepKind.YEARLY], default=None)
        owed = upkeep(self._utc(), self._zone, self.pack, cleaned, maintained, self._reported)
        self.upkeep = tuple(one for one in owed if not one.what or self._is_ours(one.what))

    def _is_ours(self, text: str) -> bool:
        return period(text, Basis.CALENDAR, self._zone).last >= self._since

    async def _keep_book(self, kind: str, body: dict[str, Any]) -> None:
        await super()._keep_book(kind, body)
        self._note_upkeep()
        self.publish()


def _named(kept: Mapping[str, Any]) -> str:
    """A kept period by its name, as 2026-Q4, on either basis; a free range by its dates."""
    last = date.fromisoformat(kept["to"])
    names = {"quarter": f"Q{(last.month + 2) // 3}", "half": f"H{(last.month + 5) // 6}", "year": "Y"}
    part = names.get(str(kept["kind"]))
    return f"{last.year}-{part}" if part else f"{kept['from']}..{kept['to']}"


def _texts(kind: packs.Period, year: int) -> list[str]:
    letter, parts = PARTS[kind]
    return [f"{y}-{letter}{n if parts > 1 else ''}" for y in (year - 2, year - 1, year) for n in range(1, parts + 1)]


def _papers() -> Callable[[Mapping[str, Any], Path], tuple[Path, ...]]:
    from roomapp.records.papers.usage_report import write_usage_report  # late: half a second that only a paper needs

    return write_usage_report


def _report_view(found: Mapping[str, Any], label: str, span: str, pdf: str, running: bool, words: Words) -> PaperView:
    """ "All figures are there" is said only of a period that is over, of an intact journal, with no meeting untold."""
    figures, untold = found["figures"], found["details"]["unresolved"]
    in_time, incidents = figures["connected_in_time"], figures["incidents"]
    facts = (
        ("held", str(figures["meetings"]["held"]["total"])),
        ("in_time", f"{in_time['met']} / {in_time['of']}"),
        ("incidents", str(incidents["in_meetings"])),
        ("interruption", words("paper.minutes", n=round(incidents["interruption_s"] / 60))),
    )
    state = PaperState.DOUBTFUL
    if not found["journal"]["intact"]:
        said = words("paper.not_intact")
    elif untold:
        said = words("paper.untold", n=untold)
    elif running:
        said = words("paper.running")
    else:
        said, state = words("paper.ready"), PaperState.READY
    return PaperView(state, words("paper.report"), label, said, words("paper.registry"), span, facts, pdf)
