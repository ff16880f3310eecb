"""The meeting itself: joining on evidence, speaking on invitation, leaving on the chair's word."""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

from devices.contract import Ability, DeviceError, Invitation, Layer, Layout, Request
from roomapp.events import Place
from roomapp.profile import Platform
from roomapp.rules.consent_paper import ConsentPaper
from roomapp.rules.meeting import Meeting
from roomapp.rules.microphone import Override
from roomapp.rules.pack import Consent
from roomapp.rules.session import Move, NotAllowedError, Phase
from roomapp.running.meeting.calling import Told
from roomapp.running.meeting.trials import hold_trial
from roomapp.running.storeys.on_duty import OnDuty

log = logging.getLogger(__name__)

FIND_S = 5.0
MOST_PEOPLE = 9999
ENDS_A_CALL = (Move.LOSE, Move.DISCONNECT, Move.END_TRIAL)
LINK_KEPT_S = 300.0  # so much of it a kill may take away
OURS = frozenset({"page_crashed", "page_hung", "page_program_ended", "page_unsandboxed", "standing_gone", "restarted"})


class Attending(OnDuty):
    """Nothing here happens without its move in the session's table."""

    _path: "asyncio.Task[Layer] | None" = None

    async def join_meeting(self, secret: bool | None, paper: ConsentPaper | None = None, road: str = "") -> None:
        """Joins the meeting that is next, microphone closed. A yes about state secrets blocks (003 khoản 1).

        `paper`: the consent to use another system (Art. 4.2). `road`: another platform of the same system, where the
        meeting's own did not lead in.
        """
        meeting = self._next_meeting()
        if meeting is None:
            return
        other = self.needs_paper(meeting, road)
        consent = {"other_system": other, "paper": paper, "day": self.today()}
        if not await self._allowed(Move.JOIN, state_secret=secret, **consent):
            return
        self.meeting_id = self.secret_answered = meeting.id
        self.opened_at = None
        kept = {"meeting": meeting.id, "platform": road or meeting.platform}
        await self.keep("meeting.joining", kept | self.consents.used(paper if other else None))
        await self._dial(meeting, road)

    async def _move(self, move: Move, **facts: Any) -> None:
        trial = self.session.trial
        await super()._move(move, **facts)
        if move in ENDS_A_CALL:
            await self.keep_link(trial)

    async def keep_link(self, trial: bool) -> None:
        """What the call's counters told since they were last kept."""
        sums = self.calling.link.take()
        if sums.packets:  # a road that measures nothing has nothing to keep
            await self.keep("meeting.link", {"meeting": self.meeting_id, "trial": trial, **sums.body()})

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

    async def refuse_secret(self) -> None:
        """Nothing about such a meeting is kept, not even which one it was."""
        await self.keep("meeting.secret_refused", {})

    def _invitation(self, platform: Platform, room: str) -> Invitation:
        name = self.profile.site.name
        return Invitation(platform.address(room, name), room, name)

    async def _dial(self, meeting: Meeting, road: str = "") -> None:
        self._road, self._path = road, None  # what was found out about an earlier call's way says nothing of this one's
        platform = self._platform(road or meeting.platform)
        conference = self.parts.conferences.get(platform.id) if platform is not None else None
        if platform is None or conference is None:
            await self._allowed(Move.GIVE_UP)
            self._refuse_words("call.no_platform", "call.no_platform_remedy")
            return
        await self.pictures.hand_over()
        if self.session.phase not in (Phase.JOINING, Phase.REJOINING):
            self.pictures.take_back()  # stopped while they were handed over
            return
        self._place = Place.JOIN if self.session.phase is Phase.JOINING else self._place
        try:
            await self.calling.join(conference, self._invitation(platform, meeting.room), self._told())
        except DeviceError as error:
            log.warning("joining was refused: %s", error)
            await self._failed("refused")

    def _told(self) -> Told:
        return Told(
            self._linked,
            self._lost,
            self._failed,
            self._media_stands,
            self.publish,
            self._doubtful,
            self._dipped,
            self._put_up_anew,
            self._moderator_asked,
        )

    async def stop_joining(self) -> None:
        if self.session.phase in (Phase.JOINING, Phase.REJOINING):
            await self.calling.leave()
            await self._allowed(Move.GIVE_UP)
            self.calling.forget()
            self.publish()

    async def seen_by_person(self) -> None:
        """The officer sees the chair site on a road that cannot measure: a person's word, kept as such."""
        if self.calling.seen_by_person():
            await self.keep("meeting.seen_by_person", {"meeting": self.meeting_id})

    async def _linked(self) -> None:
        first = self.session.connected_at is None
        if self.session.phase in (Phase.JOINING, Phase.REJOINING, Phase.LOST, Phase.LEAVE_GRANTED):
            await self._move(Move.LINKED)
            if first:
                await self.keep("meeting.connected", {"meeting": self.meeting_id, "trial": self.session.trial})
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

    def _doubtful(self) -> None:
        """Something is wrong for seconds: whoever must be called is found out before it is an incident."""
        platform = self.platform_in_use()
        server = platform.server() if platform is not None else None
        if self.parts.path is not None and server is not None:
            self._path = asyncio.create_task(self.parts.path.find(*server))

    async def _where_it_ends(self, why: str) -> str:
        """Which layer died: ours by what is known already, the way's by looking."""
        if why in OURS:
            return "device"
        if why.startswith("standing_"):  # it answered: with a no
            return str(Layer.PLATFORM)
        if self._path is None:
            self._doubtful()
        if self._path is None:
            return str(Layer.UNKNOWN)
        path, self._path = self._path, None
        try:
            async with asyncio.timeout(FIND_S):
                return str(await path)
        except TimeoutError:
            return str(Layer.UNKNOWN)

    async def _dipped(self, why: str, seconds: float) -> None:
        """Under ten seconds: a note, no incident."""
        self._path = None
        await self.keep("meeting.dip", {"meeting": self.meeting_id, "why": why, "seconds": round(seconds, 1)})

    def may_reattach(self) -> bool:
        """Whether a page of ours that fell over may come back by itself: the pack says so, and we were in the call."""
        return self.pack.reattach is Consent.FREE and self.session.phase in (Phase.IN_ROOM, Phase.CLOSING)

    async def _put_up_anew(self) -> None:
        """The same session after our own page fell over: kept, and the microphone is closed again."""
        if self.session.phase in (Phase.IN_ROOM, Phase.CLOSING) and await self._allowed(Move.REATTACH):
            await self.keep("meeting.reattached", {"meeting": self.meeting_id})
            self.publish()

    async def _lost(self, why: str, gone_s: float) -> None:
        """Art. 9.2.c and d: the microphone closes, the incident opens, nothing is redialled."""
        was = self.session.phase
        if was not in (Phase.IN_ROOM, Phase.CLOSING):
            return
        began = self._utc() - timedelta(seconds=gone_s)
        if self.session.trial:
            await self._trial_fell()
            return
        await self._move(Move.LOSE)
        if was is Phase.IN_ROOM:
            await self.incidents.begin(began, why, await self._where_it_ends(why))
            self._place = Place.LOST
        self.publish()

    async def _trial_fell(self) -> None:
        """The storey above keeps the trial's record."""

    async def _failed(self, why: str) -> None:
        """Joining did not come about: its cause is found and said."""
        if why == "never_linked":
            where = await self._where_it_ends(why)
            self.calling.say(f"call.never_{where}")
            why = f"never_{where}"
        await self.calling.abandon()
        await self.keep("meeting.join_failed", {"meeting": self.meeting_id, "why": why, "trial": self.session.trial})
        if self.session.phase in (Phase.JOINING, Phase.REJOINING):
            await self._move(Move.GIVE_UP)
        self._place = self._place_now() if self.session.phase is not Phase.READY else Place.JOIN
        self.publish()

    # --- speaking --------------------------------------------------------------------------------------------------

    async def ask_to_speak(self) -> None:
        """By the platform's hand where it has one, else by telephone: the journal says which."""
        by = "hand" if await self.calling.raise_hand(True) else "phone"
        await self._speak(self.speaking.ask(by))

    async def withdraw_request(self) -> None:
        await self.calling.raise_hand(False)
        await self._speak(self.speaking.withdraw())

    async def invited_to_speak(self, by: str = "chair_site") -> None:
        await self._speak(self.speaking.invited(by))

    async def open_microphone(self, override: Override | None = None) -> None:
        """Only in the meeting, and only invited or with a recorded override (Art. 9.2.a)."""
        if await self._allowed(Move.OPEN_MICROPHONE):
            await self._speak(self.speaking.open(override))
            await self.calling.raise_hand(False)

    async def close_microphone(self) -> None:
        """Art. 9.2.b: whoever has spoken is framed no longer."""
        await self._speak(self.speaking.close("officer"))
        if self.session.phase is Phase.IN_ROOM:
            await self.aim_overview()

    async def _moderator_asked(self, asked: frozenset[Request]) -> None:
        """An invitation by the platform is one; opening stays the officer's act. Muting is obeyed at the system too."""
        await self.keep("meeting.moderator", {"asked": sorted(map(str, asked))})
        if self.session.phase is not Phase.IN_ROOM:
            return
        if Request.MUTED in asked:
            await self._speak(self.speaking.close("moderator"))
        elif Request.UNMUTE in asked:
            await self.invited_to_speak("platform")

    async def show_layout(self, layout: Layout) -> None:
        """Our own stage only: other sites are never touched (Art. 9.2.c)."""
        await self._ask_road(self.calling.show(layout), Ability.LAYOUT)

    async def answer_call(self) -> None:
        """The chair site's own system calls us, and we are waiting for it."""
        if self.session.phase in (Phase.JOINING, Phase.REJOINING):
            await self.keep("meeting.answered", {"meeting": self.meeting_id})
            await self._ask_road(self.calling.answer(), Ability.ANSWER)

    async def send_tones(self, tones: str) -> None:
        await self._ask_road(self.calling.send_tones(tones), Ability.TONES)

    async def bring_window(self) -> None:
        await self._ask_road(self.calling.bring_window(), Ability.WINDOW)

    async def _ask_road(self, work: Awaitable[object], ability: Ability) -> None:
        try:
            await work
        except DeviceError as error:
            log.warning("the road refused %s: %s", ability, error)
            self._refuse_words(f"call.no_{ability}", "call.no_ability_remedy")
        self.publish()

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

    async def declare_opening(self) -> None:
        """The officer sees that the chair has opened the meeting (khai mạc): its minutes count from here."""
        if self.in_meeting() and not self.session.trial and self.opened_at is None:
            self.opened_at = self._utc()
            await self.keep("meeting.opened", {"meeting": self.meeting_id, "at": self.opened_at.isoformat()})
            self.publish()

    async def count_people(self, meeting: str, people: int) -> None:
        """How many sat in this room, told by the officer; 0 to 9999, the last word counts."""
        if meeting and 0 <= people <= MOST_PEOPLE:
            await self.keep("meeting.attendance", {"meeting": meeting, "people": people})
            self.publish()

    async def close_meeting(self, by: str) -> None:
        """The chair's closing, or its leave to disconnect, recorded; then the shutdown list in its order."""
        if await self._allowed(Move.DECLARE_CLOSING, who=by, channel="in_meeting"):
            await self.keep("meeting.closed", {"meeting": self.meeting_id, "at": self._utc().isoformat(), "by": by})
            await self._run("shutdown")
