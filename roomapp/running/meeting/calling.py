"""The conference watched twice a second: what its counters prove becomes moves of the session, nothing else does."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from devices.contract import CallState, Conference, DeviceError, Evidence, Invitation
from roomapp.events import CallView
from roomapp.rules.presence import Presence, Verdict
from roomapp.words import Words

log = logging.getLogger(__name__)

LOOK_S = 0.5
JOIN_S = 45.0  # a link that never stood by then is called failed, with its cause
OVER = (CallState.IDLE, CallState.LEFT, CallState.FAILED)


@dataclass(frozen=True, slots=True)
class Told:
    """What the watcher calls when something became true."""

    linked: Callable[[], Awaitable[None]]
    lost: Callable[[str, float], Awaitable[None]]  # (why, seconds since the last good media)
    failed: Callable[[str], Awaitable[None]]
    in_meeting: Callable[[], Awaitable[None]]
    changed: Callable[[], None]


class Calling:
    """One call at a time over one road."""

    def __init__(self, words: Words, now: Callable[[], datetime]) -> None:
        self._words, self._now = words, now
        self._conference: Conference | None = None
        self._task: asyncio.Task[None] | None = None
        self._presence: Presence | None = None
        self.verdict: Verdict | None = None
        self.evidence: Evidence | None = None
        self._since: datetime | None = None
        self._state = CallState.IDLE
        self._said = ""
        self.began = 0.0

    async def join(self, conference: Conference, to: Invitation, told: Told) -> None:
        """Begins joining and watching. DeviceError where the road refuses at once."""
        await self.drop()
        self._conference = conference
        self._presence, self.verdict, self.evidence = Presence(time.monotonic()), None, None
        self._state, self._said = CallState.CONNECTING, self._words("call.connecting")
        self.began = time.monotonic()
        told.changed()
        try:
            await conference.join(to)
        except DeviceError:
            self._state, self._said = CallState.FAILED, self._words("call.refused")
            raise
        self._presence = Presence(time.monotonic())
        self._task = asyncio.create_task(self._watch(conference, self._presence, told))

    async def _watch(self, conference: Conference, presence: Presence, told: Told) -> None:
        was: Verdict | None = None
        while True:
            await asyncio.sleep(LOOK_S)
            look = conference.evidence() or Evidence(at=time.monotonic())
            verdict = presence.judge(look)
            self.evidence, self.verdict = look, verdict
            never = not verdict.linked and verdict.state is CallState.CONNECTING
            if never and time.monotonic() - self.began > JOIN_S:
                self._state, self._said = CallState.FAILED, self._words("call.never_linked")
                await told.failed("never_linked")
                return
            self._state, self._said = verdict.state, self._words(f"call.{verdict.said}")
            if verdict.state is CallState.FAILED:
                await told.failed(verdict.said)
                return
            if verdict.linked and (was is None or not was.linked):
                await told.linked()
            if verdict.in_meeting and (was is None or not was.in_meeting):
                self._since = self._since or self._now()
                await told.in_meeting()
            if verdict.incident and (was is None or not was.incident):
                gone_s = time.monotonic() - (presence.last_good or presence.linked_at or presence.began)
                await told.lost(verdict.said, gone_s)
            if was is None or (verdict.state, verdict.linked, verdict.said) != (was.state, was.linked, was.said):
                told.changed()
            was = verdict

    async def leave(self) -> None:
        """Ends this site's part of the call."""
        conference = self._conference
        await self.drop()
        if conference is not None:
            await conference.leave()
        self._conference = None
        self._state, self._said, self._since = CallState.LEFT, "", None

    async def drop(self) -> None:
        """Stops watching."""
        if self._task is not None and not self._task.done() and self._task is not asyncio.current_task():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    async def set_microphone(self, on: bool) -> bool | None:
        """The platform's own switch of the call that is on; None where there is none, or it cannot be turned."""
        conference = self._conference
        return await conference.set_microphone(on) if conference is not None else None

    def microphone_muted(self) -> bool | None:
        return self.evidence.microphone_muted if self.evidence is not None else None

    def active(self) -> bool:
        return self._conference is not None and self._state not in OVER

    def linked(self) -> bool:
        return self.verdict is not None and self.verdict.linked

    def forget(self) -> None:
        """After leaving or failing: nothing is claimed any more."""
        self.verdict, self.evidence, self._said = None, None, ""
        self._state = CallState.IDLE

    def view(self) -> CallView:
        conference, verdict = self._conference, self.verdict
        return CallView(
            self._state,
            verdict is not None and verdict.linked,
            verdict is not None and verdict.in_meeting,
            conference is None or conference.measures,
            self._said,
            self._since,
            self._state is CallState.FAILED,
        )
