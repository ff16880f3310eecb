"""What the room tells the screen: frozen facts. A screen that missed some is right again after the next one."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from devices.contract import Ability, CallState, FoundCamera, Layout


class Place(StrEnum):
    """The pages. The room names the one that its state asks for; the officer may look at another."""

    HOME = "home"
    CALENDAR = "calendar"
    BOOKS = "books"
    REPORT = "report"
    POWER_ON = "power_on"
    SOUND = "sound"
    FRAMING = "framing"
    JOIN = "join"
    MEETING = "meeting"
    CHAIR = "chair"
    LOST = "lost"
    SHUTDOWN = "shutdown"
    PRACTICE = "practice"
    TECHNICIAN = "technician"


class RowState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    ASK = "ask"
    TODO = "todo"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepRow:
    id: str
    name: str
    state: RowState
    words: str  # what was measured, in words


@dataclass(frozen=True, slots=True)
class StepDetail:
    """The open row: a fault with its remedy, a question with its answers, or a thing to do."""

    id: str
    state: RowState
    sentence: str
    cause: str = ""
    remedy: tuple[str, ...] = ()
    picture: str = ""
    article: str = ""
    answers: tuple[tuple[str, str], ...] = ()  # (id, words)
    skippable: bool = True


@dataclass(frozen=True, slots=True)
class ChecklistView:
    id: str
    rows: tuple[StepRow, ...]
    at_step: int  # 1-based number of the first unfinished step
    open_id: str
    detail: StepDetail | None
    question: StepDetail | None  # a question that waits beside an open fault
    finished: bool
    page: Place | None = None  # the step that is done on a page of its own, when it is its turn


class SeatState(StrEnum):
    IDLE = "idle"
    AIMING = "aiming"
    SENT = "sent"
    THERE = "there"
    FAILED = "failed"
    NOT_STORED = "not_stored"


@dataclass(frozen=True, slots=True)
class SeatView:
    id: str
    name: str
    label: str  # what stands on the seat: a number, or the first letters
    x: float
    y: float
    overview: bool
    camera: str
    state: SeatState


@dataclass(frozen=True, slots=True)
class CameraView:
    """One camera: how it answered last, what it can do, which seat it was read back at."""

    id: str
    name: str
    state: str  # of devices.contract.CameraState; "": not asked
    turns: bool
    zooms: bool
    frames: bool  # it can be sent to a stored framing
    on_air: str
    moved_by_hand: bool


class Lamp(StrEnum):
    CLOSED = "closed"
    ASKED = "asked"
    INVITED = "invited"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MicView:
    lamp: Lamp = Lamp.UNKNOWN
    opened_at: float | None = None  # time.monotonic()
    limit_s: float = 0.0
    stand_in: bool = False
    alert: str = ""  # a key of [microphone]: what is wrong with an open one, or why it closed by itself
    asked_by: str = ""  # hand or phone
    chairs: bool = False  # the chairperson sits in this room: nobody is asked for an invitation


@dataclass(frozen=True, slots=True)
class MeetingView:
    id: str
    title: str
    platform: str
    platform_name: str
    room: str
    chair_site: str
    scale: str
    opening: datetime
    connect_by: datetime
    practice: bool = False


@dataclass(frozen=True, slots=True)
class CallView:
    state: CallState = CallState.IDLE
    linked: bool = False
    in_meeting: bool = False
    measured: bool = True
    sentence: str = ""
    since: datetime | None = None  # first in the meeting
    failed: bool = False
    said: str = ""  # the key of the sentence
    quality: str = ""  # one sentence about the connection, where there is something to tell
    abilities: frozenset[Ability] = frozenset()
    hand: bool | None = None  # on the platform
    participants: tuple[str, ...] | None = None
    layout: Layout | None = None
    ringing: str = ""  # who calls us
    other_road: str = ""  # another way into the same system, by name
    type_room: str = ""  # the number that the officer must type into the program


@dataclass(frozen=True, slots=True)
class TrialView:
    """A trial connection by touch. `words`: what was measured; `picture`: it wants one of the stage."""

    id: str
    enough: bool = False  # so much was measured that it may be confirmed and ended
    good: bool = False
    words: tuple[str, ...] = ()
    confirmed: bool | None = None  # what the chair site said of our picture and sound
    picture_wanted: bool = False


@dataclass(frozen=True, slots=True)
class IncidentView:
    started_at: datetime
    started_monotonic: float
    step: int  # 1…6
    called_at: datetime | None
    told_at: datetime | None
    cause: str
    remedy: str
    eta: str
    etas: tuple[tuple[str, str], ...]
    causes: tuple[tuple[str, str], ...]
    remedies: tuple[tuple[str, str], ...]
    read_aloud: str
    link_back: bool
    allowed_by: str
    needs_leave: bool
    sentence: str = ""
    answered_at: datetime | None = None  # by the carrier

    @property
    def steps(self) -> tuple[int, ...]:
        """Those that there are: nobody is asked for leave where the rules let a lost link be reconnected at once."""
        return (1, 2, 3, 4, 5, 6) if self.needs_leave else (1, 2, 3, 5, 6)


@dataclass(frozen=True, slots=True)
class SoundCard:
    state: RowState
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class SoundView:
    stage: str = "idle"  # idle, silence, speech, loudspeaker, done
    stage_s: float = 0.0
    verdict: RowState = RowState.WAITING
    sentence: str = ""
    hint: str = ""
    zone: int | None = None  # 0…4 of the bar, -1: the one in which the pointer stands
    level: float | None = None  # dBFS: where the pointer rests after the check
    cards: tuple[SoundCard, ...] = ()
    ask: str = ""  # the loudspeaker that a person's ear must judge


@dataclass(frozen=True, slots=True)
class ChairView:
    """This site chairs: the sites and how they stand, and the requests to speak, whoever was invited at the top."""

    sites: tuple[StepRow, ...] = ()
    said: str = ""  # how many there are, and are confirmed
    asks: str = ""  # how many wait to speak
    queue: tuple[StepRow, ...] = ()
    speaking: str = ""  # the request that was granted and has not ended
    first: str = ""  # the one that has waited longest
    waiting: frozenset[str] = frozenset()  # sites that have a request
    listed: frozenset[str] = frozenset()  # sites of the room's own list
    offered: tuple[str, ...] = ()  # names that may be put on the list
    warnings: tuple[StepRow, ...] = ()  # what the rules want of a chair site and is lacking


@dataclass(frozen=True, slots=True)
class RecordingView:
    """Recording the room's sound: whether it may be done now, whether it is, and what went wrong."""

    possible: bool = False
    since: datetime | None = None  # it runs
    trouble: str = ""  # a key of [recording]


@dataclass(frozen=True, slots=True)
class ContactView:
    role: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One line of the technician's page."""

    name: str
    words: str
    state: RowState
    verified_on: str


@dataclass(frozen=True, slots=True)
class DutyView:
    """One thing that is late: its kind, whose meeting it is, and what to do now."""

    kind: str  # of rules.duties.DutyKind
    meeting: str  # its id; empty: of the room itself
    due: datetime
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ClashView:
    """Two meetings that want the room at once. `kept`: the id of the one that the ranks keep; empty: neither."""

    first: MeetingView
    second: MeetingView
    kept: str
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """One deadline of a meeting: its name, when it is, what is or was of it. `late`: a breach."""

    name: str
    at: str
    verdict: str
    late: bool
    done: bool


@dataclass(frozen=True, slots=True)
class CardView:
    """All that is known of one meeting. `gaps`: what is still to be asked of the host unit."""

    id: str
    title: str
    postponed: bool
    facts: tuple[tuple[str, str], ...]
    deadlines: tuple[DeadlineView, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReminderView:
    """What the officer is reminded of now; `number` tells two of them apart."""

    kind: str
    meeting: str
    sentence: str
    number: int


class PaperState(StrEnum):
    MAKING = "making"
    READY = "ready"
    DOUBTFUL = "doubtful"  # it can be printed, but the journal that it is made from is not intact
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PaperView:
    """The paper that was asked for: what it is, what came of it, its main figures, and its file."""

    state: PaperState
    title: str
    label: str
    sentence: str
    hint: str = ""
    span: str = ""
    facts: tuple[tuple[str, str], ...] = ()  # (key of the area "paper", value)
    pdf: str = ""


@dataclass(frozen=True, slots=True)
class RoomView:
    """Everything that a screen shows, at one moment."""

    site: str
    province: str
    practice: bool
    notices: tuple[str, ...]  # sentences that stand in the top band while they hold
    place: Place
    system_on: bool
    meeting: MeetingView | None
    meetings: tuple[MeetingView, ...]
    checklist: ChecklistView | None
    seats: tuple[SeatView, ...]
    on_air: str
    framing_sentence: str
    framing_state: RowState
    mic: MicView
    call: CallView
    incident: IncidentView | None
    sound: SoundView
    volume: int | None
    contacts: tuple[ContactView, ...]
    closing: bool  # the closing is declared or the leave to disconnect recorded
    signed: bool
    devices: tuple[DeviceView, ...] = ()
    faults: tuple[tuple[str, bool], ...] = ()  # practice: (fault, on)
    articles: dict[str, str] = field(default_factory=dict)
    cameras: tuple[CameraView, ...] = ()
    camera: str = ""  # the one whose picture is shown
    found: tuple[FoundCamera, ...] | None = None  # cameras on the network; None: being looked for
    looked_for: bool = False  # cameras on the network were looked for
    recording: RecordingView = RecordingView()
    trial: TrialView | None = None
    secret_answered: bool = False  # of the next meeting, on which a join was begun already
    paper_needed: bool = False  # the next meeting is on another system: its consent paper is asked for
    camera_alert: str = ""  # one sentence about a camera that needs somebody
    paper: PaperView | None = None  # the one that is being made or looked at
    staff_short: str = ""  # the red card: too few trained officers
    book_alerts: tuple[str, ...] = ()  # what the registers say must be done
    officer: str = ""  # who is on duty today; empty: nobody has signed on
    officers_known: bool = False  # there are names to pick from
    duty: str = ""  # what is due next: "connect", "trial_latest", "" …
    duty_by: datetime | None = None
    duty_article: str = ""
    duty_title: str = ""  # of its meeting, where that is not the next one
    late: tuple[DutyView, ...] = ()
    clashes: tuple[ClashView, ...] = ()
    waiting: tuple[MeetingView, ...] = ()  # postponed, without a new day
    reminder: ReminderView | None = None
    stays_on_for: str = ""  # at the end of a meeting: the one for which the power stays on, with its time
    chair: ChairView | None = None  # None: this site is a member
    asks_opening: bool = False  # the planned time has come, and nobody told yet that the chair has opened the meeting


@dataclass(frozen=True, slots=True)
class RoomChanged:
    """The room is now so."""

    view: RoomView


@dataclass(frozen=True, slots=True)
class Refused:
    """What the officer asked may not be done now; the sentence says why and what to do."""

    sentence: str
    remedy: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Bell:
    """A reminder came and no loudspeaker of the room rang: the screen's own bell is all there is."""


@dataclass(frozen=True, slots=True)
class WorkFailed:
    """A coroutine of ours ended in an error that nobody expected: logged whole, told in one sentence."""

    sentence: str
    remedy: str


Event = RoomChanged | Refused | WorkFailed | Bell
