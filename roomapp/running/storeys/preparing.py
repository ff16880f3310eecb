"""Before and after a meeting: checklists, sound, framing, loudness."""

import asyncio
import logging
from typing import Any

from devices.contract import DeviceError, Level, Outcome
from roomapp.events import Place, Refused, RowState
from roomapp.records.journal import verify
from roomapp.rules.checklist import Step as ListStep
from roomapp.rules.checklist import expand
from roomapp.rules.session import Move, NotAllowedError, Phase
from roomapp.running.measures import Measure, Measured
from roomapp.running.runner import ChecklistRunner
from roomapp.running.sound.checking import Step
from roomapp.running.storeys.seating import SeatingWork

log = logging.getLogger(__name__)


class Preparing(SeatingWork):
    """Everything that gets the room ready, and everything that puts it to rest again."""

    def level(self) -> Level | None:
        microphone = self.sounding.level_source()
        return microphone.level() if microphone is not None else None

    async def start_power_on(self) -> None:
        if self.session.phase in (Phase.OFF, Phase.SHUTTING_DOWN, Phase.READY):
            move = Move.RECHECK if self.session.phase is Phase.READY else Move.POWER_ON
            if move is Move.POWER_ON:
                self.meeting_id = ""  # a new day: the last meeting is not the next one
            if not await self._allowed(move):
                return
            self.signed = False
            self.framing.begin()
            self.sounding.reset()
            await self._run("power_on")

    async def start_shutdown(self) -> None:
        """Without a meeting the same order holds; with one, only after its closing (Art. 9.2.e)."""
        if self.session.phase in (Phase.READY, Phase.CHECKING):
            if not await self._allowed(Move.SHUT_DOWN):
                return
        elif self.session.phase is not Phase.CLOSING:
            self._refuse(NotAllowedError("needs_disconnect", None))
            return
        await self._run("shutdown")

    async def open_step(self, id: str) -> None:
        if self.runner is not None:
            self.runner.open(id)

    async def answer_step(self, id: str, answer: str) -> None:
        if self.runner is not None:
            await self.runner.answer(id, answer)
            await self._after_list()

    async def recheck_step(self, id: str) -> None:
        if self.runner is not None:
            await self.runner.recheck(id)

    async def skip_step(self, id: str, reason: str) -> None:
        if self.runner is not None:
            await self.runner.skip(id, reason)
            await self._after_list()

    async def sign_off(self) -> None:
        """The officer signs; the journal's head goes on paper with it, and the system turns itself off.

        It stays on where the next meeting follows at once."""
        if self.runner is None or self.runner.id != "shutdown" or not self.runner.finished:
            return
        if self.session.phase is Phase.SHUTTING_DOWN:  # first on paper: cut in between, it is signed again, not never
            head = self.journal.head()
            await self.keep("shutdown.signed", {"journal_rows": head.seq, "journal_head": head.hash[:8]})
        if not await self._allowed(Move.CUT_POWER):
            return
        self.signed, self.runner, self.meeting_id = True, None, ""
        self.calling.forget()
        self._place = Place.HOME
        self.publish()
        if self.parts.power_off is not None and self.stays_on_for(self._utc()) is None:
            await self.parts.power_off()

    def _make_runner(self, id: str) -> ChecklistRunner:
        profile = self.profile
        devices = {
            "camera": [(c.id, c.name) for c in profile.cameras if c.id in self.parts.devices.cameras],
            "microphone": [(m.id, m.name) for m in profile.microphones],
            "loudspeaker": [(s.id, s.name) for s in profile.loudspeakers],
            "display": [(d.id, d.name) for d in profile.displays],
            "link": [(x.id, x.name) for x in profile.links if x.probe],
            "platform": [(p.id, p.name) for p in profile.platforms if p.url],
            "picture": [(c.id, c.name) for c in profile.cameras if c.id in self.parts.videos],
            "seat": [(s.id, s.name) for s in self.framing.plan.seats if s.camera],
        }
        steps = expand(self.parts.checklists[id], devices)
        grounds = {str(key): ground for key, ground in self.pack.articles.items()}
        return ChecklistRunner(id, steps, self.measure_table(), self, self.words, grounds, self._list_changed)

    def measure_table(self) -> dict[str, Measure]:
        """What each measured step of both lists does, by the name that the list calls it."""
        return {
            **self.measures.table(),
            "picture": self._measure_picture,
            "closing": self._measure_closing,
            "disconnect": self._disconnect,
            "camera_home": self._camera_home,
            "journal": self._measure_journal,
        }

    async def _run(self, id: str) -> None:
        if self.runner is not None:
            await self.runner.stop()
        self.runner = self._make_runner(id)
        self._place = Place.POWER_ON if id == "power_on" else Place.SHUTDOWN
        await self.runner.start()

    def _list_changed(self) -> None:
        self.publish()
        if self._is_checked():
            self._later(self._after_list())

    async def _after_list(self) -> None:
        async with self._ending_list:  # the last step and whoever settled it both come here
            if self._is_checked():
                await self._move(Move.FINISH_CHECK)
                self.publish()
                self._later(self._warm_road())

    async def _warm_road(self) -> None:
        """The next meeting's road loads what it needs in a quiet moment; joining then takes a third of the time."""
        platform = self.platform_in_use()
        conference = self.parts.conferences.get(platform.id) if platform is not None else None
        if conference is not None:
            try:
                await conference.warm()
            except DeviceError as error:
                log.info("the road could not be warmed; joining will say why: %s", error)

    def _is_checked(self) -> bool:
        runner = self.runner
        done = runner is not None and runner.finished and runner.id == "power_on"
        return done and self.session.phase is Phase.CHECKING

    async def _measure_closing(self, step: ListStep) -> Measured:
        """Art. 9.2.e: locked until the closing is declared or the chair site lets go."""
        if self.session.phase in (Phase.CLOSING, Phase.SHUTTING_DOWN):
            return Measured(RowState.PASSED)
        return Measured(RowState.FAILED)

    async def _disconnect(self, step: ListStep) -> Measured:
        if self.session.phase is Phase.CLOSING:
            await self._move(Move.CHECK_SYSTEM)  # every step before this one is settled: that is the list's order
            await self.calling.leave()
            await self._move(Move.DISCONNECT)
            if self.incidents.open is not None:
                await self.incidents.close("meeting_closed", "meeting_closed")
        return Measured(RowState.PASSED)

    async def _camera_home(self, step: ListStep) -> Measured:
        seat = self.framing.plan.overview_of(step.device)
        if seat is None:
            return Measured(RowState.SKIPPED)
        aim = await self.framing.aim(seat.id)
        state = {Outcome.VERIFIED: RowState.PASSED, Outcome.SENT: RowState.WARNED}.get(aim.outcome, RowState.FAILED)
        return Measured(state, "" if aim.reason is None else str(aim.reason))

    async def _measure_journal(self, step: ListStep) -> Measured:
        verdict = await asyncio.to_thread(verify, self.journal.path)
        return Measured(RowState.PASSED if verdict.intact else RowState.FAILED, values={"rows": verdict.rows})

    async def check_sound(self) -> None:
        if self.is_heard():
            self._refuse(NotAllowedError("in_meeting", None))
            return
        if self.sounding.running:
            return
        await self.measure_sound()

    async def measure_sound(
        self, step: Step | None = None, silence_s: float | None = None, speech_s: float | None = None
    ) -> dict[str, Any]:
        """The check for whoever asked for it, kept in the journal; the caller has seen that it may be made now."""
        result = await self.sounding.check(step, silence_s, speech_s)
        await self.keep("sound.checked", result)
        await self._sound_done()
        return result

    async def answer_ear(self, heard: bool) -> None:
        """A person heard the loudspeaker, or did not, where the microphone could not tell."""
        told = self.sounding.answered(heard)
        if told is not None:
            await self.keep("sound.heard_by_ear", told)
            await self._sound_done()

    async def _sound_done(self) -> None:
        """The list's own step is done when nothing is left to answer."""
        verdict = self.sounding.view.verdict
        if self.runner is not None and verdict is not RowState.ASK:
            good = verdict in (RowState.PASSED, RowState.WARNED)
            await self.runner.page_done("sound", Measured(verdict if good else RowState.FAILED))

    async def keep_baseline(self) -> None:
        """The technician takes the newest loudness of every loudspeaker for this room's usual one."""
        key = "technician.baseline_kept" if await self.baselines.take_newest() else "technician.baseline_none"
        self.parts.post(Refused(self.words(key), self.words(f"{key}_remedy")))

    async def finish_framing(self) -> None:
        """Every framing must have been seen before the meeting (Art. 8.2.c); then back to the overview."""
        left = self.framing.untried()
        if self.runner is not None and self.runner.id == "power_on":
            state = RowState.FAILED if left else RowState.PASSED
            await self.runner.page_done("framing", Measured(state, "default" if left else ""))
            await self._after_list()
        await self.aim_overview()

    async def change_volume(self, by: int) -> None:
        loudspeaker = next(iter(self.parts.devices.loudspeakers.values()), None)
        if loudspeaker is None:
            return
        try:
            now = await loudspeaker.volume()
            if now is not None:
                self.volume = await loudspeaker.set_volume(max(0, min(10, now + by)))
        except DeviceError:
            self.volume = None
        self.publish()

    async def _read_volume(self) -> None:
        await self.change_volume(0)

    def measured_steps(self) -> tuple[ListStep, ...]:
        """The steps of the power-on list in this room, for those who measure without running it."""
        return self._make_runner("power_on").steps()
