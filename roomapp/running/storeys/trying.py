"""The trial connection by touch: the meeting's own road and rules, measured both ways, confirmed by the chair site.

Rule (Art. 7.2, 7.3): a trial is finished when the control technician has confirmed picture and sound both ways.
"""

import asyncio
import hashlib
import logging
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from devices.contract import CallState, Evidence, MicState, Reason, Throughput
from roomapp.events import Place, Refused, TrialView
from roomapp.records.private import write_private
from roomapp.rules.consent_paper import ConsentPaper
from roomapp.rules.presence import Verdict
from roomapp.rules.session import Move, Phase
from roomapp.running.meeting.trials import answer, cause_words
from roomapp.running.storeys.attending import Attending

log = logging.getLogger(__name__)

ENOUGH_S = 10.0  # so long the evidence is gathered before it may be ended as good
MOST_PICTURE_BYTES = 300_000
FOLDER = "trials"
WHY_NOT = {Reason.REFUSED_BUSY: "busy", Reason.UNSUPPORTED: "unsupported"}  # why a throughput was not measured


@dataclass(slots=True)
class Trial:
    """One trial connection while it lasts."""

    platform: str
    id: str = field(default_factory=lambda: uuid4().hex[:12])
    verdict: Verdict | None = None  # the newest while linked: leaving must not take the result away
    look: Evidence | None = None
    confirmed: bool | None = None
    who: str = ""
    finished_at: str = ""
    picture: str = ""  # its sha256
    throughputs: list[tuple[str, Throughput]] = field(default_factory=list)  # by the link's name


class Trying(Attending):
    """A trial is a call under all the rules of one: microphone closed, no redial, a guarded end."""

    _trial: Trial | None = None
    _measuring: "asyncio.Task[None] | None" = None

    async def start_trial(self, paper: ConsentPaper | None = None) -> None:
        """Connects to the next meeting's room as a trial; nothing is said in it, so no question about state secrets."""
        meeting = self._next_meeting()
        if meeting is None:
            return
        other = self.needs_paper(meeting)
        consent = {"other_system": other, "paper": paper, "day": self.today()}
        if not await self._allowed(Move.JOIN, trial=True, state_secret=False, **consent):
            return
        self.meeting_id = meeting.id
        self._trial = trial = Trial(meeting.platform)
        kept = {"meeting": meeting.id, "platform": meeting.platform, "trial": trial.id}
        await self.keep("trial.began", kept | self.consents.used(paper if other else None))
        self._measuring = measuring = asyncio.create_task(self._measure_throughput(trial))
        await asyncio.gather(measuring, return_exceptions=True)
        if not measuring.cancelled():
            measuring.result()
            await self._dial(meeting)

    async def _measure_throughput(self, trial: Trial) -> None:
        """Before dialling, for it fills the line: what each link carries, one after the other."""
        names = {link.id: link.name for link in self.profile.links}
        for meter in self.parts.meters:
            self.calling.probe(self.words("trial.measuring", name=names[meter.id]))
            self._place = Place.JOIN
            self.publish()
            found = await meter.measure()
            trial.throughputs.append((names[meter.id], found))
            kept = {"trial": trial.id, "link": meter.id, "up_kbps": found.up_kbps, "down_kbps": found.down_kbps}
            await self.keep("trial.throughput", kept | {"state": str(found.state), "reason": str(found.reason or "")})

    def watch_trial(self) -> bool:
        """Called by the room's watch: keeps the newest evidence; whether the screen shows it otherwise now."""
        trial, verdict = self._trial, self.calling.verdict
        if trial is None or verdict is None or not verdict.linked:
            return False
        was = self._trial_enough(trial), trial.verdict is not None and trial.verdict.media
        trial.verdict, trial.look = verdict, self.calling.evidence
        return was != (self._trial_enough(trial), verdict.media)

    def _trial_enough(self, trial: Trial) -> bool:
        linked_at = self.calling.linked_at()
        return trial.look is not None and linked_at is not None and trial.look.at - linked_at >= ENOUGH_S

    async def confirm_trial(self, both_ways: bool, who: str = "control_tech") -> None:
        """What the chair site says of our picture and sound: the moment of a yes is when the trial is finished."""
        trial = self._trial
        if trial is None or self.session.phase is not Phase.IN_ROOM:
            return
        if both_ways and not await self._allowed(Move.CONFIRM_TWO_WAY, who=who, channel="phone"):
            return
        trial.confirmed, trial.who = both_ways, who
        trial.finished_at = self._utc().isoformat() if both_ways else ""
        await self.keep("trial.confirmed", {"trial": trial.id, "both_ways": both_ways, "who": who})
        self.publish()

    async def keep_trial_picture(self, png: bytes) -> None:
        """The stage as a proof that there was a picture: so coarse that nobody's name or face can be made out."""
        trial = self._trial
        if trial is None or trial.picture or not png or len(png) > MOST_PICTURE_BYTES:
            return
        trial.picture = hashlib.sha256(png).hexdigest()
        try:
            await asyncio.to_thread(write_private, self._trial_folder() / f"{trial.id}.png", png)
        except OSError as error:
            log.error("the trial's picture could not be kept: %s", error)
            trial.picture = ""
        self.publish()

    def _trial_folder(self) -> Path:
        folder = self.parts.data_dir / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    async def end_trial(self) -> None:
        """Leaves, keeps the record, and the room is ready again; also where the link had fallen."""
        trial = self._trial
        if trial is None or not await self._allowed(Move.END_TRIAL):
            return
        closed = self.parts.devices.guard.state() is MicState.CLOSED
        sandbox, joined = self.calling.is_sandboxed(), self.calling.joined_s()
        await self.calling.leave()
        self._place = Place.HOME
        await self._keep_trial(trial, joined, closed, sandbox, cause_words(trial.verdict, "", self.words))

    async def _keep_trial(
        self, trial: Trial, joined: float | None, closed: bool, sandbox: bool, cause: str | None
    ) -> None:
        """The record, and what became of it in one sentence; from now on nothing on the screen is a trial."""
        result = answer(trial.platform, trial.verdict, trial.look, joined, closed, sandbox, cause)
        more = {"trial": trial.id, "confirmed": trial.confirmed, "who": trial.who, "picture": trial.picture}
        await self.keep("trial.held", {**result, **more, "finished_at": trial.finished_at})
        self._trial = None
        self.calling.forget()
        good = cause is None and trial.confirmed is True
        said = "trial.held_good" if good else "trial.held_unconfirmed" if cause is None else "trial.held_bad"
        self.publish()
        self.parts.post(Refused(self.words(said), cause or self.words(f"{said}_remedy")))

    async def _failed(self, why: str) -> None:
        """A trial that did not come about is recorded too, and is no answer about state secrets for the meeting."""
        await super()._failed(why)
        trial = self._trial
        if trial is not None:
            closed = self.parts.devices.guard.state() is MicState.CLOSED
            sandbox, cause = self.calling.is_sandboxed(), self.calling.view().sentence
            await self._keep_trial(trial, None, closed, sandbox, cause)

    async def stop_joining(self) -> None:
        if self._measuring is not None:
            self._measuring.cancel()
        await super().stop_joining()
        if self.session.phase is Phase.READY and self._trial is not None:
            self._trial = None
            self.publish()

    async def _trial_fell(self) -> None:
        """A trial whose link is lost is over: its record says what was seen until then."""
        if self._trial is not None:
            await self.end_trial()
            self._refuse_words("call.trial_fell", "call.trial_fell_remedy")

    def trial_view(self) -> TrialView | None:
        trial = self._trial
        if trial is None:
            return None
        verdict, look = trial.verdict, trial.look
        good = verdict is not None and (verdict.media in ("both", "unknown"))
        return TrialView(
            trial.id,
            self._trial_enough(trial),
            good and trial.confirmed is not False,
            (*self._trial_words(verdict, look), *self._throughput_words(trial)),
            trial.confirmed,
            verdict is not None and verdict.state is not CallState.CONNECTING and not trial.picture,
        )

    def _trial_words(self, verdict: Verdict | None, look: Evidence | None) -> tuple[str, ...]:
        words = self.words
        if verdict is None or look is None:
            return (words("trial.nothing_yet"),)
        if verdict.media == "unknown":
            return (words("trial.unmeasured"),)
        into = words("trial.in" if verdict.in_meeting else "trial.not_in", width=look.video_in.width)
        out = words("trial.out" if verdict.media in ("both", "out_only") else "trial.not_out")
        line = (
            words("trial.line", rtt=round(look.rtt_ms), loss=words.decimal(look.loss_pct or 0.0)) if look.rtt_ms else ""
        )
        return tuple(part for part in (into, out, line) if part)

    def _throughput_words(self, trial: Trial) -> list[str]:
        def said(name: str, found: Throughput) -> str:
            if found.up_kbps is None or found.down_kbps is None:
                why = WHY_NOT.get(found.reason, "unknown") if found.reason is not None else "unknown"
                return self.words(f"trial.throughput_{why}", name=name)
            up, down = (self.words.decimal(kbps / 1000) for kbps in (found.up_kbps, found.down_kbps))
            return self.words(f"trial.throughput_{found.state}", name=name, up=up, down=down)

        return [said(*one) for one in trial.throughputs]
