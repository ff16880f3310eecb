"""One coroutine for each thing that a person can ask of the room; each is journalled, none of them blocks."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import uuid4

import msgspec

from devices.contract import Aim, Conference, DeviceError, Frame, Level, Microphone, Outcome, Video
from roomapp.events import Event, Place, Refused, RoomChanged, RowState
from roomapp.profile import Profile
from roomapp.records.journal import Journal, verify
from roomapp.records.technician import LEAST_DIGITS, TechnicianCode
from roomapp.rules.checklist import Checklist, Step, expand
from roomapp.rules.meeting import Meeting, calendar, meeting_from
from roomapp.rules.microphone import Override
from roomapp.rules.pack import RulePack
from roomapp.rules.session import Facts, Move, NotAllowedError, Phase, State, advance
from roomapp.running.calling import Calling, Told
from roomapp.running.framing import Framing
from roomapp.running.incidents import Incidents
from roomapp.running.measures import Devices, Measured, Measures, tcp_answers
from roomapp.running.runner import ChecklistRunner
from roomapp.running.sounding import Sounding
from roomapp.running.speaking import Speaking
from roomapp.running.trials import hold_trial
from roomapp.running.view import build_view
from roomapp.words import Words

log = logging.getLogger(__name__)

WATCH_S = 0.25
STATE_KIND = "session.moved"
PRACTICE_ID = "practice"
# Pages that the officer may have stood on while the room's state asked for another one.
SAME_PAGE = {Place.POWER_ON: (Place.SOUND, Place.FRAMING), Place.HOME: (Place.CALENDAR, Place.PRACTICE)}
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
    conferences: Mapping[str, Conference]  # by platform id
    checklists: Mapping[str, Checklist]
    data_dir: Path
    post: Callable[[Event | Callable[[], None]], None]
    about: str = ""
    notices: tuple[str, ...] = ()
    practice: PracticeFaults | None = None
    power_off: Callable[[], Awaitable[None]] | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))


class Room:
    """The room. All coroutines run in the worker; plain methods may be called from the screen's thread."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.profile, self.pack, self.words, self.journal = parts.profile, parts.pack, parts.words, parts.journal
        self._zone = parts.profile.site.zone
        self.session = State()
        self.meetings: dict[str, Meeting] = {}
        self.meeting_id = ""
        self.signed = False
        self.volume: int | None = None
        self.speaking = Speaking(parts.devices.guard, parts.pack, self.keep)
        self.framing = Framing(parts.profile, parts.devices.cameras, self.keep, self.words, self.publish)
        self.calling = Calling(self.words, self._utc)
        self.incidents = Incidents(self.keep, self._utc, self.local, self.words, parts.profile.site.name)
        self.sounding = Sounding(
            parts.devices.microphones, parts.devices.loudspeakers, self.speaking, self.words, self.publish
        )
        self.measures = Measures(parts.profile, parts.devices, self.speaking, self.in_meeting)
        self.runner: ChecklistRunner | None = None
        self.code = TechnicianCode(parts.data_dir)
        self.device_states: dict[str, Measured] = {}
        self._drafts: dict[str, Any] = {}
        self._watching: asyncio.Task[None] | None = None
        self._shown_mic: object = None
        self._place = Place.HOME
        self._moving = asyncio.Lock()

    # --- beginning and end ---

    async def begin(self) -> None:
        """Closes the microphone, takes up what a kill or a power cut ended, and tells the screen."""
        # Before the first page can be used (Art. 9.2.a); the microphones that start meanwhile measure the silence.
        await asyncio.gather(
            self.parts.devices.guard.close(), *map(self._listen, self.parts.devices.microphones.values())
        )
        rows = [(row.kind, row.body) for row in self.journal.rows()]
        self.meetings = calendar(rows)
        if self.parts.practice is not None:
            self._add_practice_meeting()
        self.framing.remember(rows)
        self.incidents.remember(rows)
        await self._resume(rows)
        await self.keep("program.started", {"place": str(self._place), "about": self.parts.about})
        self._watching = asyncio.create_task(self._watch())
        self.publish()
        await self._read_volume()

    @staticmethod
    async def _listen(microphone: Microphone) -> None:
        try:
            await asyncio.to_thread(microphone.start)
        except DeviceError as error:
            log.warning("microphone %s is not there: %s", microphone.id, error)

    async def _resume(self, rows: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        last = next((body for kind, body in reversed(rows) if kind == STATE_KIND), None)
        if last is not None:
            self.session = msgspec.convert(last["state"], State)
            self.meeting_id = str(last.get("meeting", ""))
        if self.session.phase is not Phase.OFF:
            was = self.session.phase
            await self._move(Move.RESTART)
            if was is Phase.IN_ROOM and self.incidents.open is None:
                await self.incidents.begin(self._utc(), "restarted", "device")
        list_id = {
            Phase.CHECKING: "power_on",
            Phase.READY: "",
            Phase.CLOSING: "shutdown",
            Phase.SHUTTING_DOWN: "shutdown",
        }.get(self.session.phase, "")
        if list_id:
            runner = self._make_runner(list_id)
            if await runner.resume(rows) or runner.finished:
                self.runner = runner
        self._place = self._place_now()
        self._drafts = {key: self.journal.draft(key) or {} for key in ("meeting", "screen")}
        left = str(self._drafts["screen"].get("place", ""))
        if left in SAME_PAGE.get(self._place, ()):  # nothing is lost: the same page, the same typed words
            self._place = Place(left)

    async def end(self) -> None:
        """Closes the microphone, lets go of every device and of the journal."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self.speaking.close("program_ends")
        await self.calling.drop()
        if self.runner is not None:
            await self.runner.stop()
        for video in self.parts.videos.values():
            await asyncio.to_thread(video.stop)
        await asyncio.gather(*(camera.close() for camera in self.parts.devices.cameras.values()))
        await self.keep("program.ended", {})

    # --- what the screen may read at any time, from its own thread ---

    def now(self) -> datetime:
        """Now in the site's zone, whatever the system's own zone is."""
        return self._utc().astimezone(self._zone)

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self._zone)

    def level(self) -> Level | None:
        microphone = self.sounding.level_source()
        return microphone.level() if microphone is not None else None

    def newest_picture(self) -> Frame | None:
        video = self._video()
        return video.newest() if video is not None else None

    def watch_picture(self, on: bool) -> None:
        """The preview reads its stream only while somebody looks."""
        video = self._video()
        if video is not None:
            work = video.start if on else video.stop
            self._in_thread(work)

    def platforms(self) -> tuple[tuple[str, str], ...]:
        return tuple((p.id, p.name) for p in self.profile.platforms)

    def draft(self, key: str) -> dict[str, Any]:
        return dict(self._drafts.get(key) or {})

    def has_technician_code(self) -> bool:
        return self.code.is_set()

    def about(self) -> str:
        return self.parts.about

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

    def tell_screen(self, work: Callable[[], None]) -> None:
        self.parts.post(work)

    def publish(self) -> None:
        """Tells the screen how the room is now."""
        self.parts.post(RoomChanged(build_view(self)))

    def place(self) -> Place:
        return self._place

    # --- checklists ---

    async def start_power_on(self) -> None:
        if self.session.phase in (Phase.OFF, Phase.SHUTTING_DOWN, Phase.READY):
            move = Move.RECHECK if self.session.phase is Phase.READY else Move.POWER_ON
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
        """The officer signs; the journal's head goes on paper with it, and the system turns itself off."""
        if self.runner is None or self.runner.id != "shutdown" or not self.runner.finished:
            return
        if not await self._allowed(Move.CUT_POWER):
            return
        head = self.journal.head()
        await self.keep("shutdown.signed", {"journal_rows": head.seq, "journal_head": head.hash[:8]})
        self.signed, self.runner, self.meeting_id = True, None, ""
        self.calling.forget()
        self._place = Place.HOME
        self.publish()
        if self.parts.power_off is not None:
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
            "seat": [(s.id, s.name) for s in profile.seats if s.camera],
        }
        steps = expand(self.parts.checklists[id], devices)
        table = {
            **self.measures.table(),
            "closing": self._measure_closing,
            "disconnect": self._disconnect,
            "camera_home": self._camera_home,
            "journal": self._measure_journal,
        }
        grounds = {str(key): ground for key, ground in self.pack.articles.items()}
        return ChecklistRunner(id, steps, table, self, self.words, grounds, self._list_changed)

    async def _run(self, id: str) -> None:
        if self.runner is not None:
            await self.runner.stop()
        self.runner = self._make_runner(id)
        self._place = Place.POWER_ON if id == "power_on" else Place.SHUTDOWN
        await self.runner.start()

    def _list_changed(self) -> None:
        self.publish()
        runner = self.runner
        if runner is not None and runner.finished and runner.id == "power_on" and self.session.phase is Phase.CHECKING:
            self._later(self._after_list())

    async def _after_list(self) -> None:
        runner = self.runner
        if runner is not None and runner.finished and runner.id == "power_on" and self.session.phase is Phase.CHECKING:
            await self._move(Move.FINISH_CHECK)
            self.publish()

    async def _measure_closing(self, step: Step) -> Measured:
        """Art. 9.2.e: locked until the closing is declared or the chair site lets go."""
        if self.session.phase in (Phase.CLOSING, Phase.SHUTTING_DOWN):
            return Measured(RowState.PASSED)
        return Measured(RowState.FAILED)

    async def _disconnect(self, step: Step) -> Measured:
        if self.session.phase is Phase.CLOSING:
            await self._move(Move.CHECK_SYSTEM)  # every step before this one is settled: that is the list's order
            await self.calling.leave()
            await self._move(Move.DISCONNECT)
            if self.incidents.open is not None:
                await self.incidents.close("meeting_closed", "meeting_closed")
        return Measured(RowState.PASSED)

    async def _camera_home(self, step: Step) -> Measured:
        seat = self.framing.overview_of(step.device)
        if seat is None:
            return Measured(RowState.SKIPPED)
        aim = await self.framing.aim(seat.id)
        state = {Outcome.VERIFIED: RowState.PASSED, Outcome.SENT: RowState.WARNED}.get(aim.outcome, RowState.FAILED)
        return Measured(state, "" if aim.reason is None else str(aim.reason))

    async def _measure_journal(self, step: Step) -> Measured:
        verdict = await asyncio.to_thread(verify, self.journal.path)
        return Measured(RowState.PASSED if verdict.intact else RowState.FAILED, values={"rows": verdict.rows})

    # --- sound and picture ---

    async def check_sound(self) -> None:
        if self.in_meeting():
            self._refuse(NotAllowedError("in_meeting", None))
            return
        if self.sounding.running:
            return
        result = await self.sounding.check()
        await self.keep("sound.checked", result)
        if self.runner is not None:
            verdict = self.sounding.view.verdict
            good = verdict in (RowState.PASSED, RowState.WARNED)
            await self.runner.page_done("sound", Measured(verdict if good else RowState.FAILED))

    async def aim_at_seat(self, seat: str) -> Aim:
        return await self.framing.aim(seat)

    async def aim_overview(self) -> Aim | None:
        """Art. 9.2.b: back to the whole room when the delegate has finished."""
        seats = [s for s in self.profile.seats if s.overview]
        return (await asyncio.gather(*(self.framing.aim(s.id) for s in seats)))[0] if seats else None

    async def store_seat(self, seat: str) -> Aim:
        return await self.framing.store(seat)

    async def nudge(self, pan: float, tilt: float, zoom: float) -> None:
        camera = self._camera_at()
        if camera is None:
            return
        try:
            await self.parts.devices.cameras[camera].drive(pan, tilt, zoom)
        except DeviceError as error:
            self.framing.refused(self.words(f"framing.failed_{error.reason}", name=self._camera_name(camera)))
            return
        self.framing.moved(camera)

    async def stop_nudge(self) -> None:
        camera = self._camera_at()
        if camera is not None:
            try:
                await self.parts.devices.cameras[camera].stop()
            except DeviceError as error:
                self.framing.refused(self.words(f"framing.failed_{error.reason}", name=self._camera_name(camera)))

    async def finish_framing(self) -> None:
        """Every framing must have been seen before the meeting (Art. 8.2.c); then back to the overview."""
        left = self.framing.untried()
        if self.runner is not None and self.runner.id == "power_on":
            state = RowState.FAILED if left else RowState.PASSED
            await self.runner.page_done("framing", Measured(state, "default" if left else ""))
            await self._after_list()
        await self.aim_overview()

    def _camera_at(self) -> str | None:
        seat = self.framing.seat(self.framing.on_air)
        if seat is not None:
            return seat.camera
        return next(iter(self.parts.devices.cameras), None)

    def _camera_name(self, id: str) -> str:
        return next((c.name for c in self.profile.cameras if c.id == id), id)

    def _video(self) -> Video | None:
        return self.parts.videos.get(self._camera_at() or "")

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

    # --- the meeting ---

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
        name = self.profile.site.name
        result = await hold_trial(
            conference, platform.address(room, name), name, seconds, self.parts.devices.guard, self.words, platform_id
        )
        await self.keep("trial.held", result)  # its counters only: no room number, no address
        return result

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
        for video in self.parts.videos.values():  # one opener at a time: the conference may need the camera
            await asyncio.to_thread(video.stop)
        told = Told(self._linked, self._lost, self._failed, self._media_stands, self.publish)
        self._place = Place.JOIN if self.session.phase is Phase.JOINING else self._place
        try:
            await self.calling.join(
                conference, platform.address(meeting.room, self.profile.site.name), self.profile.site.name, told
            )
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

    # --- the lost link ---

    async def called_carrier(self) -> None:
        await self.incidents.called()
        await self.log_call("carrier_tech")
        if self.parts.practice is not None:
            self.parts.practice.carrier_called()
        self.publish()

    async def describe_incident(self, key: str, value: str) -> None:
        await self.incidents.describe(key, value)
        self.publish()

    async def told_chair(self) -> None:
        await self.incidents.told()
        self.publish()

    async def link_is_back(self) -> None:
        await self.incidents.link_is_back()
        self.publish()

    async def record_leave(self, who: str, channel: str) -> None:
        """Art. 9.2.c: reconnecting needs the chair site's word; who gave it, and how, is kept."""
        if await self._allowed(Move.GRANT_LEAVE, who=who, channel=channel):
            await self.incidents.leave(who, channel)
            self.publish()

    async def reconnect(self) -> None:
        meeting = self._meeting_of(self.meeting_id)
        if meeting is not None and await self._allowed(Move.RECONNECT):
            await self.keep("meeting.reconnecting", {"meeting": meeting.id})
            await self._dial(meeting)

    async def confirm_two_way(self, who: str = "control_tech") -> None:
        """Somebody at the chair site says that picture and sound came both ways."""
        if await self._allowed(Move.CONFIRM_TWO_WAY, who=who, channel="phone"):
            await self.incidents.close(who)
            self._place = self._place_now()
            self.publish()

    async def log_call(self, role: str) -> None:
        await self.keep("call.made", {"role": role, "meeting": self.meeting_id})

    async def report_incident(self, kind: str) -> None:
        await self.incidents.report(kind)

    # --- the calendar ---

    async def add_meeting(self, platform: str, room: str, opening: datetime, title: str = "", **more: Any) -> Meeting:
        """A meeting by its platform, room and time; the rest has its usual values. MeetingError says what is wrong."""
        name = dict(self.platforms()).get(platform, platform)
        body = {
            "id": uuid4().hex[:8],
            "title": title or self.words("meeting.title", platform=name),
            "class": "5.4.b",
            "level": "T",
            "opening": opening.astimezone(UTC).isoformat(),
            "platform": platform,
            "room": room,
            **more,
        }
        found = next((p for p in self.profile.platforms if p.id == platform), None)
        if found is not None and found.system is not None:
            body.setdefault("system", str(found.system))
        return await self.put_meeting("meeting.added", body)

    async def change_meeting(self, id: str, fields: dict[str, Any]) -> Meeting:
        """Only the fields named change; MeetingError where the meeting could not be so."""
        meeting_from({**msgspec.to_builtins(self.meetings[id]), **fields})
        return await self.put_meeting("meeting.changed", {"id": id, **fields})

    async def put_meeting(self, kind: str, body: dict[str, Any]) -> Meeting:
        kept = calendar([*(("meeting.added", msgspec.to_builtins(m)) for m in self.meetings.values()), (kind, body)])
        id = str(body["id"])
        if kind == "meeting.added" and id not in kept:
            meeting_from(body)
        await self.keep(kind, body)
        before = self.meetings.get(id)
        self.meetings = kept
        self.publish()
        meeting = kept.get(id) or before
        assert meeting is not None
        return meeting

    async def cancel_meeting(self, id: str, why: str) -> None:
        if id in self.meetings and id != self.meeting_id:
            await self.put_meeting("meeting.cancelled", {"id": id, "why": why})

    async def keep_draft(self, key: str, value: dict[str, Any]) -> None:
        self._drafts[key] = value
        await self.journal.keep_draft(key, value)

    def _add_practice_meeting(self) -> None:
        platform = next((p for p in self.profile.platforms if p.road == "practice"), None)
        if platform is not None:
            now = self.now()
            opening = now + timedelta(minutes=self.pack.connect_lead_min + PRACTICE_LEFT_MIN)
            opening -= timedelta(minutes=opening.minute % 5, seconds=opening.second, microseconds=opening.microsecond)
            self.meetings[PRACTICE_ID] = msgspec.convert(
                {
                    "id": PRACTICE_ID,
                    "title": self.words("meeting.practice_title"),
                    "class": "5.4.b",
                    "level": "T",
                    "opening": opening.isoformat(),
                    "platform": platform.id,
                    "room": "1",
                    "system": "other",
                    "chair_site": self.words("meeting.practice_chair"),
                },
                Meeting,
            )

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

    # --- the technician ---

    async def enter_technician_code(self, digits: str) -> str:
        """What was wrong, in a sentence; empty when the door is open."""
        answer = await asyncio.to_thread(self.code.enter, digits)
        await self.keep("technician.code", {"outcome": answer.key or "right"})
        if not answer.key:
            self._later(self.look_at_devices())
            return ""
        return self.words(f"technician.{answer.key}", n=answer.minutes or LEAST_DIGITS)

    def measured_steps(self) -> tuple[Step, ...]:
        """The steps of the power-on list in this room, for those who measure without running it."""
        return self._make_runner("power_on").steps()

    async def look_at_devices(self) -> None:
        """Asks every camera and link how it is now."""
        wanted = [s for s in self.measured_steps() if s.measure in ("camera", "link", "platform", "contact")]
        table = self.measures.table()

        async def look(step: Step) -> None:
            self.device_states[step.id] = Measured(RowState.RUNNING)
            try:
                self.device_states[step.id] = await asyncio.wait_for(table[step.measure](step), step.timeout_s)
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

    # --- within ---

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
            state = advance(self.session, move, Facts(at=self._utc(), rules=self.pack, **facts))
            if state.close_microphone:
                await self.speaking.close(str(move))
            self.session = state
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
        self.parts.post(
            Refused(self.words(f"session.{error.reason}"), self.words(f"session.{error.reason}_remedy"), ground)
        )

    def _refuse_words(self, key: str, remedy: str) -> None:
        self.parts.post(Refused(self.words(key), self.words(remedy)))

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

    async def _watch(self) -> None:
        """Four times a second: the microphone's truth; what changed is told."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self.speaking.watch()
            mic = self.speaking.view()
            if mic != self._shown_mic:
                self._shown_mic = mic
                self.publish()

    def _later(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._pending = task

    @staticmethod
    def _in_thread(work: Callable[[], None]) -> None:
        threading.Thread(target=work, name="video-switch", daemon=True).start()
