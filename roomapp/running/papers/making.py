"""A paper is made, looked at, then printed or copied to a USB stick; what left the room is journalled."""

import asyncio
import hashlib
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devices.contract import Stick
from roomapp.events import PaperState, PaperView
from roomapp.records.facts.telling import FactError, Telling
from roomapp.records.journal import verify
from roomapp.rules.checklist import Step, expand
from roomapp.running.papers.correcting import Correcting
from roomapp.running.papers.kinds import NOTICES, Desk, PaperKind, Written, write
from roomapp.words import Words

log = logging.getLogger(__name__)

FOLDER, STICK_FOLDER = "reports", "DiemCau"
MADE = "paper.made"


@dataclass(frozen=True, slots=True)
class Made:
    """A paper that lies on the disk."""

    folder: Path
    files: tuple[str, ...]


class PaperMaking(Correcting):
    """One paper at a time is looked at; its number, signature and seal are the registry's (Decree 30/2020)."""

    _made: Made | None = None

    async def make_paper(self, kind: str, id: str = "") -> None:
        """`kind` of PaperKind; `id`: of the meeting, incident or entry. What came of it is shown."""
        wanted = PaperKind(kind)
        title, making = self.words(f"paper.kind_{wanted}"), self.words("paper.making_other")
        self._show(PaperView(PaperState.MAKING, title, "", making))
        folder = self.parts.data_dir / FOLDER / f"{wanted}-{self.now():%Y%m%d-%H%M%S}"
        try:
            desk = self._desk()
            written, files, intact = await asyncio.to_thread(self._write_paper, wanted, id, desk, folder)
        except FactError as error:
            said, remedy = self.words(f"facts.{error.key}"), self.words(f"facts.{error.key}_remedy")
            self._show(PaperView(PaperState.FAILED, title, "", said, remedy))
            return
        except OSError as error:
            log.error("the paper could not be made: %s", error)
            said, remedy = self.words("paper.no_room"), self.words("paper.no_room_remedy")
            self._show(PaperView(PaperState.FAILED, title, "", said, remedy))
            return
        await self.keep(MADE, {"paper": str(wanted), "of": id, "files": dict(files), **self._judged_by()})
        self._made = Made(folder, tuple(files))
        said = self.words("paper.ready_other" if intact else "paper.not_intact")
        hint = self.words("paper.registry" if wanted is not PaperKind.READINESS else "paper.sign_yourself")
        pdf = next((str(folder / name) for name in files if name.endswith(".pdf")), "")
        state = PaperState.READY if intact else PaperState.DOUBTFUL
        self._show(PaperView(state, title, written.label, said, hint, written.name, written.facts, pdf))

    def notices(self) -> tuple[tuple[str, str], ...]:
        """(kind, meeting) of the letters that may be written about the next meeting; none without one."""
        meeting = self.next_meeting()
        if meeting is None or self.dates.times().get(meeting.id) is None:
            return ()
        kinds = [kind for kind in NOTICES if kind is not PaperKind.GAPS or self.gaps_of(meeting)]
        return tuple((str(kind), meeting.id) for kind in kinds)

    def _judged_by(self) -> dict[str, Any]:
        pack = {"name": self.pack.name, "version": self.pack.edition, "signed": self.pack.signed}
        return {"rule_pack": pack, "calendar": {"version": self.dates.calendar.version}}

    def _desk(self) -> Desk:
        words = self.words if self.words.lang == "vi" else Words("vi")  # a paper has no other lawful language
        telling = Telling(
            site=self.profile.site,
            pack=self.pack,
            words=words,
            who=self.journal.person,
            day=self.today(),
            contacts=tuple(self.profile.contacts),
            steps=self._steps(),
            seats={seat.id: seat.name for seat in self.framing.plan.seats},
        )
        times, meetings = dict(self.dates.times()), dict(self.meetings)
        rows = self.journal.rows()
        return Desk(rows, self.books, meetings, times, self.gaps_of, telling, self._utc(), self.on_duty)

    def _steps(self) -> Mapping[tuple[str, str], Step]:
        devices = self._devices()
        return {
            (id, step.id): step
            for id, checklist in self.parts.checklists.items()
            for step in expand(checklist, devices)
        }

    def _devices(self) -> dict[str, list[tuple[str, str]]]:
        """As the lists are expanded for a run, here by the profile alone."""
        profile = self.profile
        return {
            "camera": [(one.id, one.name) for one in profile.cameras],
            "picture": [(one.id, one.name) for one in profile.cameras],
            "microphone": [(one.id, one.name) for one in profile.microphones],
            "loudspeaker": [(one.id, one.name) for one in profile.loudspeakers],
            "display": [(one.id, one.name) for one in profile.displays],
            "link": [(one.id, one.name) for one in profile.links],
            "platform": [(one.id, one.name) for one in profile.platforms],
            "seat": [(one.id, one.name) for one in self.framing.plan.seats],
        }

    def _write_paper(self, kind: PaperKind, id: str, desk: Desk, folder: Path) -> tuple[Written, dict[str, str], bool]:
        intact = verify(self.journal.path).intact
        written = write(kind, id, desk, folder)
        return written, {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in written.files}, intact

    async def paper_to_stick(self, stick: Stick, recipient: str) -> None:
        """All files of the paper that is shown, into our folder on the stick, with a row that says for whom."""
        made = self._made
        if made is None:
            return
        target = stick.path / STICK_FOLDER / made.folder.name
        try:
            await asyncio.to_thread(_copy, made, target)
        except OSError as error:
            log.warning("the stick takes nothing: %s", error)
            self._refuse_words("book.stick_refuses", "book.stick_refuses_remedy")
            return
        await self.keep("paper.copied", {"files": list(made.files), "for": recipient})
        self._refuse_words("book.on_stick", "book.on_stick_remedy", name=f"{STICK_FOLDER}/{made.folder.name}")

    async def paper_printed(self, recipient: str) -> None:
        """The system took it; whether it lies in the tray, the officer sees."""
        if self.paper is not None:
            kept = {"paper": self.paper.title, "label": self.paper.label, "for": recipient}
            await self.keep("paper.printed", kept)

    async def put_paper_away(self) -> None:
        self.paper, self._made = None, None
        self.publish()

    def _show(self, view: PaperView) -> None:
        self.paper = view
        self.publish()


def _copy(made: Made, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in made.files:
        shutil.copyfile(made.folder / name, target / name)
