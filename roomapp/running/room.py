"""The room: it begins, takes up what a power cut ended, keeps watch, and ends in order."""

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from devices.contract import DeviceError, Microphone
from roomapp.events import Place, Refused, RowState
from roomapp.records.journal import Row, verify
from roomapp.records.registers.books import books_of
from roomapp.records.technician import LEAST_DIGITS
from roomapp.rules.checklist import Step
from roomapp.rules.session import Move, Phase, State
from roomapp.running.measures import Measured
from roomapp.running.meeting.speaking import BEAT_S
from roomapp.running.storeys.attending import LINK_KEPT_S
from roomapp.running.storeys.core import ALIVE_DRAFT, ALIVE_S, SAME_PAGE, STATE_KIND, WATCH_S, Parts, PracticeFaults
from roomapp.running.storeys.inviting import Inviting

log = logging.getLogger(__name__)

LAST_WITHOUT_LEAVE = 4  # an incident's step; from the next one on it may be reconnected
POWER_ON_LIST = ("power_on", (Move.POWER_ON, Move.RECHECK))
SHUTDOWN_LIST = ("shutdown", (Move.DECLARE_CLOSING, Move.SHUT_DOWN))
LISTS = {Phase.CHECKING: POWER_ON_LIST, Phase.CLOSING: SHUTDOWN_LIST, Phase.SHUTTING_DOWN: SHUTDOWN_LIST}

__all__ = ["Parts", "PracticeFaults", "Room"]


class Room(Inviting):
    """One coroutine for each thing that a person can ask; each is journalled, none of them blocks.

    All coroutines run in the worker; plain methods may be called from the screen's thread.
    """

    async def begin(self) -> None:
        """Closes the microphone, takes up what a kill or a power cut ended, and tells the screen."""
        # Before the first page can be used (Art. 9.2.a); the microphones that start meanwhile measure the silence.
        await asyncio.gather(
            self.parts.devices.guard.close(), *map(self._listen, self.parts.devices.microphones.values())
        )
        kept = self.journal.rows()
        rows = [(row.kind, row.body) for row in kept]
        self.books = books_of(kept)
        self.recall(kept)
        await self.take_up_calendar(rows)
        if self.parts.practice is not None:
            self._add_practice_meeting()
        self.framing.remember(rows)
        self.incidents.remember(rows)
        self.consents.remember(rows)
        self.speaking.remember(rows)
        self.baselines.remember(rows)
        self.recording.remember(rows)
        await self._resume(rows, self._last_alive(kept))
        self.remember_chair(rows)
        await self.know_officers(kept)  # it tells the screen: not before the room knows where it stands
        await self.keep("program.started", {"place": str(self._place), "about": self.parts.about})
        self._watching = asyncio.create_task(self._watch())
        self._beating = asyncio.create_task(self._beat())
        self._recording_watch = asyncio.create_task(self._watch_recording())
        self.watch.start(lambda: self.session.phase is not Phase.OFF)
        self.publish()
        await self._read_volume()

    @staticmethod
    async def _listen(microphone: Microphone) -> None:
        try:
            await asyncio.to_thread(microphone.start)
        except DeviceError as error:
            log.warning("microphone %s is not there: %s", microphone.id, error)

    def _last_alive(self, kept: Sequence[Row]) -> datetime:
        """When the program that ran before was last known to be in order; now where it never was."""
        now = self._utc()
        noted = self.journal.draft(ALIVE_DRAFT)
        signs = [row.at for row in kept[-1:]] + ([datetime.fromisoformat(noted)] if noted else [])
        return min(now, max(signs, default=now))  # a clock that was set back must not make an interruption negative

    async def _note_alive(self) -> None:
        """While the call stands: its counters, and that it stands: after a kill the interruption counts from there.

        (Art. 9.1.b)
        """
        if self.calling.link.sums.looked_s >= LINK_KEPT_S:
            await self.keep_link(self.session.trial)
        now = time.monotonic()
        if self.calling.linked() and now - self._alive_kept >= ALIVE_S:
            self._alive_kept = now
            await self.journal.keep_draft(ALIVE_DRAFT, self._utc().isoformat())

    async def _resume(self, rows: Sequence[tuple[str, Mapping[str, Any]]], last_alive: datetime) -> None:
        last = next((body for kind, body in reversed(rows) if kind == STATE_KIND), None)
        if last is not None:
            self.session = msgspec.convert(last["state"], State)
        if self.session.phase is not Phase.OFF:  # a meeting that was signed off is not the next one
            self.meeting_id = str(last.get("meeting", "")) if last is not None else ""
            opened = [b["at"] for k, b in rows if k == "meeting.opened" and b["meeting"] == self.meeting_id]
            self.opened_at = datetime.fromisoformat(opened[-1]) if opened else None
            await self._move(Move.RESTART, at=last_alive)
        await self._resume_incident()
        self._remember_list(rows)
        self._place = self._place_now()
        self._drafts = {key: self.journal.draft(key) or {} for key in ("meeting", "screen")}
        left = str(self._drafts["screen"].get("place", ""))
        if left in SAME_PAGE.get(self._place, ()):  # nothing is lost: the same page, the same typed words
            self._place = Place(left)

    async def _resume_incident(self) -> None:
        """One act may leave several rows, and be cut between them: session and incident say the same again."""
        phase, incident, word = self.session.phase, self.incidents.open, self.session.reconnect_allowed_by
        if phase is Phase.LOST and (incident is None or incident.step > LAST_WITHOUT_LEAVE):
            await self.incidents.begin(self.session.lost_at or self._utc(), "restarted", "device")
        elif phase is Phase.LEAVE_GRANTED and word and incident is not None and incident.step <= LAST_WITHOUT_LEAVE:
            await self.incidents.leave(word.who, word.channel)
        elif phase in (Phase.OFF, Phase.SHUTTING_DOWN) and incident is not None:
            await self.incidents.close("meeting_closed", "meeting_closed")

    def _remember_list(self, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """The list that this phase runs, as far as it came since it was ordered: an older one is over."""
        id, orders = LISTS.get(self.session.phase, ("", ()))
        if not id:
            return
        ordered = (n for n, (kind, body) in enumerate(rows) if kind == STATE_KIND and body["move"] in orders)
        self.runner = self._make_runner(id)
        self.runner.remember(rows[max(ordered, default=0) :])

    async def go_on(self) -> None:
        """Goes on with the list that a kill or a power cut ended, once there is a screen that shows it.

        Not before: it switches power and opens the microphone, which no command line asked for.
        """
        await self.recording.take_up()
        runner = self.runner
        if runner is None:
            return
        if not runner.run_id:
            await runner.start()
        elif not runner.finished:
            await runner.advance()
        await self._after_list()

    async def end(self) -> None:
        """Closes the microphone, lets go of every device and of the journal."""
        tasks = [task for task in (self._watching, self._beating, self._recording_watch) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.watch.stop()
        await self.speaking.close("program_ends")
        await self.recording.stop("program_ends")
        try:
            await self.calling.leave()
        except DeviceError as error:
            log.warning("the conference could not be let go: %s", error)
        if self.runner is not None:
            await self.runner.stop()
        await self.pictures.stop()
        await asyncio.gather(*(camera.close() for camera in self.parts.devices.cameras.values()))
        await self.keep("program.ended", {})

    def has_technician_code(self) -> bool:
        return self.code.is_set()

    def about(self) -> str:
        return self.parts.about

    async def enter_technician_code(self, digits: str) -> str:
        """What was wrong, in a sentence; empty when the door is open."""
        answer = await asyncio.to_thread(self.code.enter, digits)
        await self.keep("technician.code", {"outcome": answer.key or "right"})
        if not answer.key:
            self._later(self.look_at_devices())
            return ""
        return self.words(f"technician.{answer.key}", n=answer.minutes or LEAST_DIGITS)

    async def look_at_devices(self) -> None:
        """Asks every camera and link how it is now."""
        wanted = [s for s in self.measured_steps() if s.measure in ("camera", "link", "platform", "contact")]
        table = self.measures.table()

        async def look(step: Step) -> None:
            self.device_states[step.id] = Measured(RowState.RUNNING)
            if step.measure == "camera" and not self.in_meeting():  # a secret may just have been entered
                await self.parts.devices.cameras[step.device].close()
            try:
                async with asyncio.timeout(step.timeout_s):
                    self.device_states[step.id] = await table[step.measure](step)
            except TimeoutError:
                self.device_states[step.id] = Measured(RowState.FAILED, "no_answer")
            self.publish()

        await asyncio.gather(*(look(step) for step in wanted))

    async def verify_journal(self) -> None:
        verdict = await asyncio.to_thread(verify, self.journal.path)
        key = "technician.journal_intact" if verdict.intact else "technician.journal_broken"
        self.parts.post(Refused(self.words(key, rows=verdict.rows, first_bad=verdict.first_bad), verdict.head[:16]))

    async def toggle_fault(self, fault: str) -> None:
        if self.parts.practice is not None:
            self.parts.practice.toggle(fault)
            await self.keep("practice.fault", {"fault": fault, "on": dict(self.parts.practice.faults())[fault]})
            self.publish()

    async def _beat(self) -> None:
        """Nothing but this: an open microphone must not wait for a slow disk, and must not outlive a stuck loop."""
        while True:
            self.speaking.keep_alive()
            await asyncio.sleep(BEAT_S)

    async def _watch_recording(self) -> None:
        """Apart from the microphone's watch: a file on a slow disk must not hold a howl up."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self.recording.watch()

    def screen_lives(self) -> None:
        """Called by the screen's thread while it draws."""
        self.speaking.screen_lives()

    async def _watch(self) -> None:
        """Four times a second: the microphone's truth; what changed is told."""
        while True:
            await asyncio.sleep(WATCH_S)
            if await self.speaking.watch() and self.session.phase is Phase.IN_ROOM:
                self._later(self.aim_overview())
            await self._note_alive()
            self.begin_day()
            await self.watch_sites()
            heard = (self.speaking.view(), self.recording.view())
            if self.watch_trial() or heard != self._shown_sound:
                self._shown_sound = heard
                self.publish()
