"""The conference watched twice a second: what its counters prove becomes moves of the session, nothing else does."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from devices.contract import Ability, CallState, Conference, DeviceError, Evidence, Invitation, Layout, Request
from roomapp.events import CallView
from roomapp.rules.attested import Attested
from roomapp.rules.link_sums import LinkMeter
from roomapp.rules.presence import GOOD, Presence, Verdict
from roomapp.rules.quality import Quality, QualityWatch
from roomapp.words import Words

log = logging.getLogger(__name__)

LOOK_S = 0.5
JOIN_S = 45.0  # a link that never stood by then is called failed, with its cause; a waiting room may last longer
DOUBT_S = 4.0  # a link that has been bad for so long is looked after before it is called an incident
DIP_S = 1.0  # shorter ones are nobody's business
OVER = (CallState.IDLE, CallState.LEFT, CallState.FAILED)


@dataclass(frozen=True, slots=True)
class Told:
    """What the watcher calls when something became true."""

    linked: Callable[[], Awaitable[None]]
    lost: Callable[[str, float], Awaitable[None]]  # (why, seconds since the last good media)
    failed: Callable[[str], Awaitable[None]]
    in_meeting: Callable[[], Awaitable[None]]
    changed: Callable[[], None]
    doubtful: Callable[[], None]  # it has been bad for DOUBT_S: time to look where the way ends
    dipped: Callable[[str, float], Awaitable[None]]  # (why, seconds): bad for a while, and good again
    put_up_anew: Callable[[], Awaitable[None]]  # the road's own page fell over, and the road put it up again
    asked: Callable[[frozenset[Request]], Awaitable[None]]  # what the moderator newly asks of us


class Calling:
    """One call at a time over one road."""

    def __init__(self, words: Words, now: Callable[[], datetime]) -> None:
        self._words, self._now = words, now
        self._conference: Conference | None = None
        self._task: asyncio.Task[None] | None = None
        self._judge: Presence | Attested | None = None
        self._waits = False  # for a call that comes in
        self._qualities = QualityWatch()
        self.link = LinkMeter()  # of the newest call, also after its end
        self.verdict: Verdict | None = None
        self.evidence: Evidence | None = None
        self.quality = Quality()
        self.layout: Layout | None = None
        self._since: datetime | None = None
        self._state = CallState.IDLE
        self._said = ""
        self.began = 0.0

    async def join(self, conference: Conference, to: Invitation, told: Told) -> None:
        """Begins joining and watching. DeviceError where the road refuses at once.

        Without a room, a road that can be called waits for the chair site's call instead: nobody is dialled.
        """
        await self.drop()
        self._conference = conference
        self._waits = not to.room.strip() and Ability.ANSWER in conference.abilities
        self.verdict, self.evidence, self.quality, self.layout = None, None, Quality(), None
        self._state, self._said = CallState.CONNECTING, self._words("call.connecting")
        self.began = began = time.monotonic()
        told.changed()
        try:
            await (conference.wait_for_calls() if self._waits else conference.join(to))
        except DeviceError:
            if self._left_since(conference, began):
                return
            self._state, self._said = CallState.FAILED, self._words("call.refused")
            raise
        if self._left_since(conference, began):
            return
        now = time.monotonic()
        self._judge = Presence(now) if conference.measures else Attested(now)
        self._qualities, self.link = QualityWatch(), LinkMeter()
        self._task = asyncio.create_task(self._watch(conference, self._judge, told))

    def _left_since(self, conference: Conference, began: float) -> bool:
        """Whether the call that was begun then has been left while its road still answered: it is watched no more."""
        return self._conference is not conference or self.began != began

    async def _watch(self, conference: Conference, judge: Presence | Attested, told: Told) -> None:
        was, before = None, Evidence(at=time.monotonic())
        doubt, me = _Doubt(), asyncio.current_task()
        while True:
            await asyncio.sleep(LOOK_S)
            if self._task is not me:  # what it told made the room leave
                return
            look = conference.evidence() or Evidence(at=time.monotonic())
            verdict = judge.judge(look)
            self.evidence, self.verdict, self.quality = look, verdict, self._qualities.judge(look)
            if verdict.linked:
                self.link.add(look, self.quality.trouble)
            dials = conference.measures and not self._waits
            if dials and verdict.state is CallState.CONNECTING and look.at - self.began > JOIN_S:
                self._state, self._said = CallState.FAILED, self._words("call.never_linked")
                await told.failed("never_linked")
                return
            said = "waiting_for_call" if self._waits and verdict.said == "connecting" else verdict.said
            self._state, self._said = verdict.state, self._words(f"call.{said}")
            if verdict.state is CallState.FAILED:
                await told.failed(verdict.said)
                return
            if look.attached > before.attached:
                await told.put_up_anew()
            await self._tell(verdict, was, judge, told)
            await doubt.see(verdict, look.at, told)
            if new := look.requests - before.requests:
                await told.asked(new)
            if was is None or _shown(was, before) != _shown(verdict, look):
                told.changed()
            was, before = verdict, look

    async def _tell(self, verdict: Verdict, was: Verdict | None, judge: Presence | Attested, told: Told) -> None:
        if verdict.linked and (was is None or not was.linked):
            await told.linked()
        if verdict.in_meeting and (was is None or not was.in_meeting):
            self._since = self._since or self._now()
            await told.in_meeting()
        if verdict.incident and (was is None or not was.incident):
            gone_s = time.monotonic() - (judge.last_good or judge.linked_at or judge.began)
            await told.lost(verdict.said, gone_s)

    def probe(self, sentence: str) -> None:
        """Before dialling: the way to the meeting is being measured."""
        self._conference, self.verdict, self.evidence = None, None, None
        self._state, self._said = CallState.PROBING, sentence

    async def leave(self) -> None:
        """Ends this site's part of the call."""
        conference = self._conference
        await self.drop()
        if conference is not None:
            await conference.stop()
        self._conference, self.verdict, self.evidence = None, None, None  # nothing is claimed of a call that was left
        self._state, self._said, self._since = CallState.LEFT, "", None

    async def abandon(self) -> None:
        """After a failure: what was begun is ended, so that nothing joins later unseen; the failure stays said."""
        if self._conference is not None:
            try:
                await self._conference.stop()
            except DeviceError as error:
                log.warning("a call that failed could not be ended: %s", error)

    async def drop(self) -> None:
        """Stops watching."""
        if self._task is not None and not self._task.done() and self._task is not asyncio.current_task():
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task = None

    def seen_by_person(self) -> bool:
        """The officer sees the chair site on a road that cannot measure; whether it was waited for."""
        if isinstance(self._judge, Attested) and self.active():
            self._judge.seen_by_person()
            return True
        return False

    def can(self, ability: Ability) -> bool:
        """Whether the road of the call that is on can do it now."""
        return self._conference is not None and ability in self._conference.abilities

    async def set_microphone(self, on: bool) -> bool | None:
        """The platform's own switch of the call that is on; None where there is none, or it cannot be turned."""
        conference = self._conference
        return await conference.set_microphone(on) if conference is not None else None

    async def raise_hand(self, up: bool) -> bool | None:
        """The platform's own hand, where it has one; None where it has none or did not answer."""
        if self._conference is None or not self.can(Ability.HAND):
            return None
        try:
            return await self._conference.raise_hand(up)
        except DeviceError as error:
            log.warning("the platform's hand did not move: %s", error)
            return None

    async def show(self, layout: Layout) -> None:
        """Our own stage's layout. DeviceError where the road cannot."""
        if self._conference is not None:
            self.layout = await self._conference.show(layout)

    async def answer(self) -> None:
        if self._conference is not None:
            await self._conference.answer()

    async def send_tones(self, tones: str) -> None:
        if self._conference is not None:
            await self._conference.send_tones(tones)

    async def bring_window(self) -> bool:
        return await self._conference.bring_window() if self._conference is not None else False

    def microphone_muted(self) -> bool | None:
        return self.evidence.microphone_muted if self.evidence is not None else None

    def active(self) -> bool:
        return self._conference is not None and self._state not in OVER

    def linked_at(self) -> float | None:
        """The first moment linked, in time.monotonic()."""
        return self._judge.linked_at if self._judge is not None else None

    def joined_s(self) -> float | None:
        """From asking to linked."""
        linked_at = self.linked_at()
        return None if linked_at is None else round(linked_at - self.began, 2)

    def is_sandboxed(self) -> bool:
        return self._conference is not None and self._conference.is_sandboxed() is True

    def linked(self) -> bool:
        return self.verdict is not None and self.verdict.linked

    def say(self, key: str) -> None:
        """A failure's cause, found after it was told."""
        self._said = self._words(key)

    def forget(self) -> None:
        """After leaving or failing: nothing is claimed any more."""
        self.verdict, self.evidence, self._said = None, None, ""
        self._state = CallState.IDLE

    def view(self) -> CallView:
        conference, verdict, look = self._conference, self.verdict, self.evidence
        measured = conference is None or conference.measures
        return CallView(
            self._state,
            verdict is not None and verdict.linked,
            verdict is not None and verdict.in_meeting,
            measured,
            self._said,
            self._since,
            self._state is CallState.FAILED,
            said=verdict.said if verdict is not None else "",
            quality=self._quality_words(),
            abilities=conference.abilities if conference is not None else frozenset(),
            hand=look.hand if look is not None else None,
            participants=look.participants if look is not None else None,
            layout=self.layout,
            ringing=look.ringing if look is not None else "",
        )

    def _quality_words(self) -> str:
        quality = self.quality
        if quality.trouble is None or self._state not in GOOD:  # where more is wrong, more is said
            return ""
        return self._words(
            f"quality.{quality.trouble}", loss=round(quality.loss_pct or 0.0), rtt=round(quality.rtt_ms or 0.0)
        )


@dataclass(slots=True)
class _Doubt:
    """How long a link that stood has been bad, until it is good again or an incident."""

    since: float | None = None
    why: str = ""
    asked: bool = False

    async def see(self, verdict: Verdict, now: float, told: Told) -> None:
        if verdict.state in (*GOOD, CallState.LEFT):
            since, why = self.since, self.why
            self.since, self.asked = None, False
            if since is not None and now - since >= DIP_S:
                await told.dipped(why, now - since)
        elif verdict.incident:
            self.since = None  # it is written down as what it is
        elif verdict.state in (CallState.DEGRADED, CallState.RECOVERING, CallState.MEDIA_LOST):
            self.since, self.why = self.since or now, verdict.said
            if now - self.since >= DOUBT_S and not self.asked:
                self.asked = True
                told.doubtful()


def _shown(verdict: Verdict, look: Evidence) -> tuple[object, ...]:
    """What of a look the screen shows."""
    return (
        *(verdict.state, verdict.linked, verdict.said, look.hand, look.participants, look.ringing, look.requests),
        *(look.camera_ended, look.microphone_ended),
    )
