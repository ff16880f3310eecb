"""The meeting itself: joining on evidence, speaking on invitation, leaving on the chair's word."""

import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from devices.contract import DeviceError, Invitation
from roomapp.events import Place
from roomapp.profile import Platform
from roomapp.rules.meeting import Meeting
from roomapp.rules.microphone import Override
from roomapp.rules.session import Move, NotAllowedError, Phase
from roomapp.running.measures import tcp_answers
from roomapp.running.meeting.calling import Told
from roomapp.running.meeting.trials import hold_trial
from roomapp.running.preparing import Preparing

log = logging.getLogger(__name__)


class Attending(Preparing):
    """Nothing here happens without its move in the session's table."""

    async def join_meeting(self, secret: bool | None) -> None:
        """Joins the meeting that is next, microphone closed. A yes about state secrets blocks (003 khoản 1)."""
        meeting = self._next_meeting()
        if meeting is None or not await self._allowed(Move.JOIN, state_secret=secret):
            return
        self.meeting_id = meeting.id
        await self.keep("meeting.joining", {"meeting": meeting.id, "platform": meeting.platform})
        await self._dial(meeting)

    async def trial(self, platform_id: str, room: str, seconds: float) -> dict[str, Any]:
        """A trial connection with its record; refused during a meeting. KeyError for a platform that is not here."""
        platform = next(p for p in self.profile.platforms if p.id == platform_id)
        conference = self.parts.conferences[platform_id]
        guard, to = self.parts.devices.guard, self._invitation(platform, room)
        self.trying = True
        await self.pictures.hand_over()
        try:
            result = await hold_trial(conference, to, seconds, guard, self.words, platform_id)
        finally:
            self.trying = False
            self.pictures.take_back()
        await self.keep("trial.held", result)  # its counters only: no room number, no address
        return result

    def _invitation(self, platform: Platform, room: str) -> Invitation:
        name = self.profile.site.name
        return Invitation(platform.address(room, name), room, name)

    async def refuse_secret(self) -> None:
        """Nothing about such a meeting is kept, not even which one it was."""
        await self.keep("meeting.secret_refused", {})

    async def _dial(self, meeting: Meeting) -> None:
        platform = next((p for p in self.profile.platforms if p.id == meeting.platform), None)
        conference = self.parts.conferences.get(meeting.platform)
        if platform is None or conference is None:
            await self._allowed(Move.GIVE_UP)
            self._refuse_words("call.no_platform", "call.no_platform_remedy")
            return
        await self.pictures.hand_over()
        told = Told(self._linked, self._lost, self._failed, self._media_stands, self.publish)
        self._place = Place.JOIN if self.session.phase is Phase.JOINING else self._place
        try:
            await self.calling.join(conference, self._invitation(platform, meeting.room), told)
        except DeviceError as error:
            log.warning("joining was refused: %s", error)
            await self._failed("refused")

    async def stop_joining(self) -> None:
        if self.session.phase in (Phase.JOINING, Phase.REJOINING):
            await self.calling.leave()
            await self._allowed(Move.GIVE_UP)
            self.calling.forget()
            self.publish()

    async def _linked(self) -> None:
        first = self.session.connected_at is None
        if self.session.phase in (Phase.JOINING, Phase.REJOINING, Phase.LOST, Phase.LEAVE_GRANTED):
            await self._move(Move.LINKED)
            if first:
                await self.keep("meeting.connected", {"meeting": self.meeting_id})
            if self.incidents.open is not None:
                await self.incidents.restored()
        self._place = self._place_now()
        self.publish()
        if first:
            await self.aim_overview()

    async def _media_stands(self) -> None:
        await self.keep("meeting.media", {"meeting": self.meeting_id, "media": "in_meeting"})
        if self.parts.practice is not None:
            self.parts.practice.in_meeting()

    async def _lost(self, why: str, gone_s: float) -> None:
        """Art. 9.2.c and d: the microphone closes, the incident opens, nothing is redialled."""
        was = self.session.phase
        if was not in (Phase.IN_ROOM, Phase.CLOSING):
            return
        await self._move(Move.LOSE)
        if was is Phase.IN_ROOM:
            await self.incidents.begin(self._utc() - timedelta(seconds=gone_s), why, await self._likely_cause())
            self._place = Place.LOST
        self.publish()

    async def _likely_cause(self) -> str:
        """Which layer died, as far as one look can tell: the conference's server, or the way to it."""
        meeting = self.meetings.get(self.meeting_id)
        platform = next((p for p in self.profile.platforms if meeting and p.id == meeting.platform), None)
        if platform is None or not platform.url:
            return "unknown"
        parts = urlsplit(platform.url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return "unknown" if await tcp_answers(parts.hostname or "", port) is not None else "carrier"

    async def _failed(self, why: str) -> None:
        await self.keep("meeting.join_failed", {"meeting": self.meeting_id, "why": why})
        if self.session.phase in (Phase.JOINING, Phase.REJOINING):
            await self._move(Move.GIVE_UP)
        self._place = self._place_now() if self.session.phase is not Phase.READY else Place.JOIN
        self.publish()

    async def ask_to_speak(self) -> None:
        await self._speak(self.speaking.ask())

    async def withdraw_request(self) -> None:
        await self._speak(self.speaking.withdraw())

    async def invited_to_speak(self, by: str = "chair_site") -> None:
        await self._speak(self.speaking.invited(by))

    async def open_microphone(self, override: Override | None = None) -> None:
        """Only in the meeting, and only invited or with a recorded override (Art. 9.2.a)."""
        if await self._allowed(Move.OPEN_MICROPHONE):
            await self._speak(self.speaking.open(override))

    async def close_microphone(self) -> None:
        await self._speak(self.speaking.close("officer"))
        if self.session.phase is Phase.IN_ROOM:
            await self.aim_overview()

    async def start_recording(self, reason: str, person: str = "focal_officer") -> None:
        """Only in the meeting, for a reason that is kept; a meeting with state secrets never gets this far."""
        await self._speak(self.recording.start(reason, person))

    async def stop_recording(self) -> None:
        await self._speak(self.recording.stop("officer"))

    async def _speak(self, work: Awaitable[object]) -> None:
        try:
            await work
        except NotAllowedError as error:
            self._refuse(error)
        self.publish()

    async def close_meeting(self, by: str) -> None:
        """The chair's closing, or its leave to disconnect, recorded; then the shutdown list in its order."""
        if await self._allowed(Move.DECLARE_CLOSING, who=by, channel="in_meeting"):
            await self._run("shutdown")
