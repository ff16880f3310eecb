"""What all of a room stands on: its parts, its session, its journal, and how a move is made or refused."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import msgspec

from devices.contract import (
    CallState,
    CameraFinder,
    CodeReader,
    Conference,
    FoundCamera,
    PathFinder,
    PictureJudge,
    Recorder,
    Stick,
    ThroughputMeter,
    Video,
)
from roomapp.events import ChairView, Event, PaperView, Place, Refused, RoomChanged, TrialView
from roomapp.profile import Platform, Profile
from roomapp.profile.choices import System
from roomapp.records.journal import Journal, Person
from roomapp.records.registers.books import Books
from roomapp.records.technician import PersonalCode, TechnicianCode
from roomapp.rules.calendar.duties import Standing
from roomapp.rules.checklist import Checklist
from roomapp.rules.meeting import Meeting
from roomapp.rules.pack import RulePack
from roomapp.rules.session import Facts, Move, NotAllowedError, Phase, State, advance
from roomapp.running.cameras.framing import Framing
from roomapp.running.cameras.pictures import Pictures
from roomapp.running.cameras.watching import CameraWatch
from roomapp.running.measures import Devices, Measured, Measures
from roomapp.running.meeting.calling import Calling
from roomapp.running.meeting.consents import Consents
from roomapp.running.meeting.incidents import Incidents
from roomapp.running.meeting.recording import Recording
from roomapp.running.meeting.speaking import Speaking
from roomapp.running.runner import ChecklistRunner
from roomapp.running.sound.baselines import Baselines
from roomapp.running.sound.checking import SoundCheck
from roomapp.running.view import build_view
from roomapp.words import Words

log = logging.getLogger(__name__)

WATCH_S = 0.25
ALIVE_S = 5.0  # how much of an interruption's beginning a kill may take away
ALIVE_DRAFT = "alive"
STATE_KIND = "session.moved"
PRACTICE_ID = "practice"
# Pages that the officer may have stood on while the room's state asked for another one. Not the sound page: to enter
# it opens the microphone, and after a restart only a touch may do that (Art. 9.2.a).
SAME_PAGE = {Place.POWER_ON: (Place.FRAMING,), Place.HOME: (Place.CALENDAR, Place.PRACTICE)}
PRACTICE_LEFT_MIN = 30  # so much time is left to connect to the practice meeting


class PracticeFaults(Protocol):
    """Faults on demand of the practice room."""

    def faults(self) -> tuple[tuple[str, bool], ...]: ...

    def toggle(self, fault: str) -> None: ...

    def in_meeting(self) -> None:
        """The practice meeting stands: an armed fault may begin its course."""

    def carrier_called(self) -> None:
        """The officer has called the carrier, who mends the line after a while."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a room is made of; ui/assemble.py alone puts it together."""

    profile: Profile
    pack: RulePack
    words: Words
    journal: Journal
    devices: Devices
    videos: Mapping[str, Video]
    judge: PictureJudge
    finder: CameraFinder | None
    conferences: Mapping[str, Conference]  # by platform id
    checklists: Mapping[str, Checklist]
    data_dir: Path
    post: Callable[[Event | Callable[[], None]], None]
    about: str = ""
    notices: tuple[str, ...] = ()
    practice: PracticeFaults | None = None
    power_off: Callable[[], Awaitable[None]] | None = None
    path: PathFinder | None = None
    meters: tuple[ThroughputMeter, ...] = ()  # of links with a server at their far end that measures with us
    codes: CodeReader | None = None  # QR codes held to the camera
    recorder: Recorder | None = None  # None: this profile allows no recording
    sticks: Callable[[], tuple[Stick, ...]] = tuple  # USB sticks that can be written to now
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


class Core:
    """The ground floor. Each storey above adds what a person can ask in one part of a meeting's life."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.profile, self.pack, self.words, self.journal = parts.profile, parts.pack, parts.words, parts.journal
        self._zone = parts.profile.site.zone
        self.session = State()
        self.meetings: dict[str, Meeting] = {}
        self.books = Books()
        self.paper: PaperView | None = None
        self.on_duty, self.officer = 0, ""  # the person who signed on today, and the name
        self._people: dict[int, Person | None] = {}
        self._codes: dict[int, PersonalCode] = {}
        self.meeting_id = ""
        self.signed = False
        self.opened_at: datetime | None = None  # khai mạc of the meeting that is on, as the officer told it
        self.volume: int | None = None
        self.calling = Calling(self.words, self._utc)
        microphone = next(iter(parts.devices.microphones.values()), None)
        self.speaking = Speaking(parts.devices.guard, parts.pack, self.keep, microphone, self.calling)
        self.framing = Framing(parts.profile, parts.devices.cameras, self.keep, self.words, self.publish)
        self.watch = CameraWatch(
            parts.profile, parts.devices.cameras, self.framing, self.keep, self.words, self.publish
        )
        self.pictures = Pictures(parts.profile, parts.videos, parts.judge, self.is_heard)
        self.found: tuple[FoundCamera, ...] = ()
        self.finding = self.looked_for = False
        self.trying = False  # a trial connection has the USB cameras
        self.incidents = Incidents(self.keep, self._utc, self.local, self.words, parts.profile.site.name)
        self.consents = Consents(self.words)
        self.baselines = Baselines(self.keep)
        self.sounding = SoundCheck(
            parts.devices.microphones,
            parts.devices.loudspeakers,
            {m.id: m.name for m in parts.profile.microphones} | {s.id: s.name for s in parts.profile.loudspeakers},
            self.speaking,
            self.baselines,
            self.words,
            self.publish,
        )
        self.recording = Recording(
            parts.recorder,
            parts.data_dir,
            self.keep,
            self._utc,
            may_begin=lambda: self.session.phase is Phase.IN_ROOM,
            may_go_on=self.in_meeting,
        )
        alone = self.sounding.alone
        self.measures = Measures(parts.profile, parts.devices, self.speaking, self.baselines, self.is_heard, alone)
        self.runner: ChecklistRunner | None = None
        self.code = TechnicianCode(parts.data_dir)
        self.device_states: dict[str, Measured] = {}
        self._drafts: dict[str, Any] = {}
        self._watching: asyncio.Task[None] | None = None
        self._beating: asyncio.Task[None] | None = None
        self._recording_watch: asyncio.Task[None] | None = None
        self._shown_sound: object = None
        self._alive_kept = 0.0
        self._place = Place.HOME
        self.secret_answered = ""  # the meeting of which somebody said that it holds no state secrets
        self._road = ""  # the platform of the call that is on, where it is not the meeting's own
        self._moving = asyncio.Lock()
        self._ending_list = asyncio.Lock()

    def now(self) -> datetime:
        """Now in the site's zone, whatever the system's own zone is."""
        return self._utc().astimezone(self._zone)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)

    def in_meeting(self) -> bool:
        """A call is on, or being joined: no test may touch microphone, loudspeaker or session."""
        return self.session.phase in (
            Phase.JOINING,
            Phase.IN_ROOM,
            Phase.LOST,
            Phase.LEAVE_GRANTED,
            Phase.REJOINING,
            Phase.CLOSING,
        )

    def is_heard(self) -> bool:
        """A call or a trial connection has the microphone and the USB cameras: nothing may be tried on them."""
        return self.trying or self.in_meeting()

    def trial_view(self) -> TrialView | None:
        """The trial connection that is on; the storey that holds trials says more."""
        return None

    def chair_view(self) -> ChairView | None:
        """The page of a site that chairs; the storey that chairs says more."""
        return None

    def standing(self) -> Standing:
        """What is done of the duties; the storey that holds the calendar says more."""
        return Standing()

    def staff_short(self) -> str:
        return ""

    def book_alerts(self) -> tuple[str, ...]:
        """What the registers say must be done; the storey that keeps them knows."""
        return ()

    def place(self) -> Place:
        return self._place

    def publish(self) -> None:
        """Tells the screen how the room is now."""
        self.parts.post(RoomChanged(build_view(self)))

    def tell_screen(self, work: Callable[[], None]) -> None:
        self.parts.post(work)

    async def append(self, kind: str, body: Mapping[str, Any]) -> object:
        return await self.journal.append(kind, body)

    async def keep(self, kind: str, body: Mapping[str, Any]) -> object:
        """One row of the journal: on the disk before anything is claimed about it."""
        return await self.journal.append(kind, dict(body))

    def _utc(self) -> datetime:
        return self.parts.clock()

    async def _move(self, move: Move, **facts: Any) -> None:
        """One move of the session: it closes the microphone, and it is kept with the state that it led to."""
        async with self._moving:
            state = advance(self.session, move, Facts(**{"at": self._utc(), "rules": self.pack, **facts}))
            if state.close_microphone:
                await self.speaking.close(str(move))
            was_in_meeting, self.session = self.in_meeting(), state
            if was_in_meeting and not self.in_meeting():
                self.pictures.take_back()
            await self.keep(
                STATE_KIND,
                {
                    "move": str(move),
                    "phase": str(state.phase),
                    "meeting": self.meeting_id,
                    "state": msgspec.to_builtins(state),
                    **({"who": facts["who"]} if facts.get("who") else {}),
                },
            )

    async def _allowed(self, move: Move, **facts: Any) -> bool:
        """Makes the move, or tells why it may not be made."""
        try:
            await self._move(move, **facts)
        except NotAllowedError as error:
            self._refuse(error)
            return False
        return True

    def _refuse(self, error: NotAllowedError) -> None:
        ground = self.pack.ground(error.article) if error.article is not None else ""
        area = "session" if f"session.{error.reason}" in self.words else "microphone"
        said, remedy = self.words(f"{area}.{error.reason}"), self.words(f"{area}.{error.reason}_remedy")
        self.parts.post(Refused(said, remedy, ground))

    def _refuse_words(self, key: str, remedy: str, **facts: object) -> None:
        self.parts.post(Refused(self.words(key, **facts), self.words(remedy)))

    def _place_now(self) -> Place:
        """The page that the room's state asks for."""
        phase = self.session.phase
        if self.incidents.open is not None and phase in (
            Phase.LOST,
            Phase.LEAVE_GRANTED,
            Phase.REJOINING,
            Phase.IN_ROOM,
        ):
            return Place.LOST
        return {
            Phase.CHECKING: Place.POWER_ON,
            Phase.JOINING: Place.JOIN,
            Phase.IN_ROOM: Place.MEETING,
            Phase.CLOSING: Place.SHUTDOWN,
            Phase.SHUTTING_DOWN: Place.SHUTDOWN,
            Phase.LOST: Place.LOST,
            Phase.LEAVE_GRANTED: Place.LOST,
            Phase.REJOINING: Place.LOST,
        }.get(phase, Place.HOME)

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._pending = task

    def _next_meeting(self) -> Meeting | None:
        current = self._meeting_of(self.meeting_id)
        if current is not None:
            return current
        coming = [m for m in self.meetings.values() if m.end > self._utc()]
        return min(coming, key=lambda m: m.opening, default=None)

    def _meeting_of(self, id: str) -> Meeting | None:
        return self.meetings.get(id)

    def next_meeting(self) -> Meeting | None:
        return self._next_meeting()

    # --- the conference system in use ---

    def needs_paper(self, meeting: Meeting | None, road: str = "") -> bool:
        """Art. 4.2: a system that is not of this site's own list; the practice room needs none."""
        platform = self._platform(road or meeting.platform) if meeting is not None else None
        return platform is not None and platform.system is System.OTHER and platform.road != "practice"

    def _platform(self, id: str) -> Platform | None:
        return next((p for p in self.profile.platforms if p.id == id), None)

    def platform_in_use(self) -> Platform | None:
        """Of the call that is on, else of the meeting that is next."""
        meeting = self._meeting_of(self.meeting_id) or self._next_meeting()
        return self._platform(self._road or (meeting.platform if meeting is not None else ""))

    def other_road(self) -> Platform | None:
        """Another way into the same system, offered where this one does not lead to picture and sound."""
        platform = self.platform_in_use()
        other = self._platform(platform.other_road) if platform is not None and platform.other_road else None
        return other if other is not None and other.id in self.parts.conferences else None

    def offers_other_road(self) -> str:
        """The name of the other road where it is time to offer it; empty while all is well."""
        verdict = self.calling.verdict
        stuck = self.calling.view().state is CallState.FAILED or (
            verdict is not None and verdict.said == "no_common_codec"
        )
        other = self.other_road() if stuck else None
        return other.name if other is not None else ""
