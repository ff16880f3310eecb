"""A meeting's life in the room as a table of moves: pure values, no clock, no device.

Whoever calls `advance` tells the time and the facts; each answer is a new State, or NotAllowedError with the reason
and its ground in the rules. Every move but the opening of the microphone itself closes the microphone (Art. 9.2.a).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from roomapp.rules.consent_paper import ConsentPaper
from roomapp.rules.pack import Article, Consent, RulePack


class Phase(StrEnum):
    OFF = "off"
    CHECKING = "checking"
    READY = "ready"
    JOINING = "joining"
    IN_ROOM = "in_room"
    LOST = "lost"
    LEAVE_GRANTED = "leave_granted"
    REJOINING = "rejoining"
    CLOSING = "closing"
    SHUTTING_DOWN = "shutting_down"


class Move(StrEnum):
    POWER_ON = "power_on"
    FINISH_CHECK = "finish_check"
    RECHECK = "recheck"
    JOIN = "join"
    LINKED = "linked"
    GIVE_UP = "give_up"  # joining failed, or was stopped before the link stood
    OPEN_MICROPHONE = "open_microphone"
    CONFIRM_TWO_WAY = "confirm_two_way"
    LOSE = "lose"
    GRANT_LEAVE = "grant_leave"  # the chair site's word to reconnect, recorded
    RECONNECT = "reconnect"
    REATTACH = "reattach"  # this PC's own page fell over: the same session again, nobody is dialled
    DECLARE_CLOSING = "declare_closing"  # bế mạc, or the chair site's word to disconnect
    RESUME = "resume"  # the meeting goes on after all
    CHECK_SYSTEM = "check_system"
    DISCONNECT = "disconnect"
    END_TRIAL = "end_trial"
    SHUT_DOWN = "shut_down"  # no meeting took place
    CUT_POWER = "cut_power"
    RESTART = "restart"  # the program came up again and knows this state from the journal


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's word, as recorded: who, over which channel (phone, text message, in the call), when."""

    who: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Where the room stands. `close_microphone`: what the last move asks of the microphone."""

    phase: Phase = Phase.OFF
    trial: bool = False
    connected_at: datetime | None = None  # the first moment linked; a later loss does not change it
    two_way_confirmed_by: Word | None = None
    lost_at: datetime | None = None
    reconnect_allowed_by: Word | None = None
    closing_allowed_by: Word | None = None
    system_checked: bool = False
    close_microphone: bool = True


class NotAllowedError(Exception):
    """A move that the rules or the order forbid; `reason` names a sentence of the area "session"."""

    def __init__(self, reason: str, article: Article | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.article = article


@dataclass(frozen=True, slots=True)
class Facts:
    """What the caller knows about this move."""

    at: datetime
    rules: RulePack
    who: str = ""
    channel: str = ""
    state_secret: bool | None = None  # None: nobody was asked
    trial: bool = False
    other_system: bool = False  # one that is not of this site's own list
    paper: ConsentPaper | None = None  # the consent to use it
    day: date = date.max  # the site's own

    @property
    def word(self) -> Word | None:
        who, channel = self.who.strip(), self.channel.strip()
        return Word(who, channel, self.at) if who else None


@dataclass(frozen=True, slots=True)
class Guard:
    """Forbids a move, for `reason` by `article`, while `holds` is false."""

    reason: str
    article: Article
    holds: Callable[[State, Facts], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One move: where it leads from each phase, what forbids it, what it records, and why it may be too early."""

    leads: Mapping[Phase, Phase]
    guards: tuple[Guard, ...] = ()
    records: Callable[[State, Facts], dict[str, Any]] = lambda state, facts: {}
    too_early: Mapping[Phase, tuple[str, Article]] = field(default_factory=dict)


P, A = Phase, Article
_CONNECTED = (P.IN_ROOM, P.LOST, P.LEAVE_GRANTED, P.REJOINING)

ASKED_ABOUT_SECRETS = Guard("secret_unanswered", A.STATE_SECRET, lambda state, facts: facts.state_secret is not None)
NO_STATE_SECRETS = Guard("state_secret", A.STATE_SECRET, lambda state, facts: facts.state_secret is False)
LEAVE_IS_NAMED = Guard(
    "who_and_channel", A.CONNECTION, lambda state, facts: facts.word is not None and bool(facts.channel.strip())
)
CLOSING_IS_NAMED = Guard(
    "who_closed", A.CONNECTION, lambda state, facts: facts.word is not None or facts.rules.leave is Consent.FREE
)
SOMEBODY_CONFIRMS = Guard("who_confirms", A.CHECK_BEFORE, lambda state, facts: facts.word is not None)
LEAVE_TO_RECONNECT = Guard(
    "needs_leave",
    A.CONNECTION,
    lambda state, facts: state.reconnect_allowed_by is not None or facts.rules.reconnect is Consent.FREE,
)
SYSTEM_IS_CHECKED = Guard("needs_check", A.SHUTDOWN, lambda state, facts: state.system_checked)
# Art. 4.2: equipment serves its own system; another one needs a written direction or consent.
CONSENT_IS_WRITTEN = Guard(
    "needs_paper",
    A.OTHER_SYSTEM,
    lambda state, facts: not facts.other_system or (facts.paper is not None and facts.paper.is_whole()),
)
CONSENT_HOLDS = Guard(
    "paper_not_valid",
    A.OTHER_SYSTEM,
    lambda state, facts: not facts.other_system or (facts.paper is not None and facts.paper.holds_on(facts.day)),
)
MAY_REATTACH = Guard("needs_leave", A.CONNECTION, lambda state, facts: facts.rules.reattach is Consent.FREE)
IS_TRIAL = Guard("needs_closing", A.CONNECTION, lambda state, facts: state.trial)


def _link(state: State, facts: Facts) -> dict[str, Any]:
    """After every loss two-way picture and sound are confirmed anew (Art. 9.2.d), and a new loss needs a new leave."""
    first = state.connected_at or facts.at
    return {"connected_at": first, "lost_at": None, "two_way_confirmed_by": None, "reconnect_allowed_by": None}


def _afresh(state: State, facts: Facts) -> dict[str, Any]:
    return {one: getattr(State(), one) for one in State.__slots__ if one != "phase"}


def _loss(state: State, facts: Facts) -> dict[str, Any]:
    return {"lost_at": state.lost_at or facts.at, "two_way_confirmed_by": None}


def _resume(state: State, facts: Facts) -> dict[str, Any]:
    phase = P.IN_ROOM if state.lost_at is None else P.LOST
    return {"phase": phase, "closing_allowed_by": None, "system_checked": False}


def _restart(state: State, facts: Facts) -> dict[str, Any]:
    """A trial that a restart ends is over: nobody waits for it at the chair site."""
    if state.trial and state.phase in (P.JOINING, *_CONNECTED):
        return {**_afresh(state, facts), "phase": P.READY}
    return _loss(state, facts) if state.phase in (P.IN_ROOM, P.CLOSING) else {}


TABLE: Mapping[Move, Row] = {
    Move.POWER_ON: Row({P.OFF: P.CHECKING, P.SHUTTING_DOWN: P.CHECKING}, records=_afresh),
    Move.FINISH_CHECK: Row({P.CHECKING: P.READY}),
    Move.RECHECK: Row({P.READY: P.CHECKING}),
    Move.JOIN: Row(
        {P.READY: P.JOINING},
        (ASKED_ABOUT_SECRETS, NO_STATE_SECRETS, CONSENT_IS_WRITTEN, CONSENT_HOLDS),
        lambda state, facts: {**_afresh(state, facts), "trial": facts.trial},
        {P.OFF: ("not_checked", A.CHECK_BEFORE), P.CHECKING: ("not_checked", A.CHECK_BEFORE)},
    ),
    # From LOST: the transport came back by itself, nobody dialled; it is recorded, and the microphone stays closed.
    Move.LINKED: Row(
        {
            P.JOINING: P.IN_ROOM,
            P.REJOINING: P.IN_ROOM,
            P.LOST: P.IN_ROOM,
            P.LEAVE_GRANTED: P.IN_ROOM,
            P.CLOSING: P.CLOSING,
        },
        (),
        _link,
    ),
    Move.GIVE_UP: Row({P.JOINING: P.READY, P.REJOINING: P.LEAVE_GRANTED}),
    Move.OPEN_MICROPHONE: Row({P.IN_ROOM: P.IN_ROOM}, records=lambda state, facts: {"close_microphone": False}),
    Move.CONFIRM_TWO_WAY: Row(
        {P.IN_ROOM: P.IN_ROOM}, (SOMEBODY_CONFIRMS,), lambda state, facts: {"two_way_confirmed_by": facts.word}
    ),
    Move.LOSE: Row({P.IN_ROOM: P.LOST, P.CLOSING: P.CLOSING}, (), _loss),
    Move.GRANT_LEAVE: Row(
        {P.LOST: P.LEAVE_GRANTED}, (LEAVE_IS_NAMED,), lambda state, facts: {"reconnect_allowed_by": facts.word}
    ),
    Move.RECONNECT: Row({P.LEAVE_GRANTED: P.REJOINING, P.LOST: P.REJOINING}, (LEAVE_TO_RECONNECT,)),
    Move.REATTACH: Row({P.IN_ROOM: P.IN_ROOM, P.CLOSING: P.CLOSING}, (MAY_REATTACH,)),
    Move.DECLARE_CLOSING: Row(
        dict.fromkeys(_CONNECTED, P.CLOSING),
        (CLOSING_IS_NAMED,),
        lambda state, facts: {"closing_allowed_by": facts.word},
    ),
    Move.RESUME: Row({P.CLOSING: P.IN_ROOM}, (), _resume),
    # Art. 9.2.e: check the whole system, then disconnect, then cut the power; never in another order.
    Move.CHECK_SYSTEM: Row({P.CLOSING: P.CLOSING}, records=lambda state, facts: {"system_checked": True}),
    Move.DISCONNECT: Row(
        {P.CLOSING: P.SHUTTING_DOWN},
        (SYSTEM_IS_CHECKED,),
        too_early=dict.fromkeys(_CONNECTED, ("needs_closing", A.CONNECTION)),
    ),
    Move.END_TRIAL: Row({one: P.READY for one in (P.JOINING, *_CONNECTED)}, (IS_TRIAL,)),
    Move.SHUT_DOWN: Row(
        {P.READY: P.SHUTTING_DOWN, P.CHECKING: P.SHUTTING_DOWN},
        too_early=dict.fromkeys((*_CONNECTED, P.JOINING, P.CLOSING), ("needs_disconnect", A.SHUTDOWN)),
    ),
    Move.CUT_POWER: Row(
        {P.SHUTTING_DOWN: P.OFF},
        too_early=dict.fromkeys((*_CONNECTED, P.JOINING, P.CLOSING), ("needs_disconnect", A.SHUTDOWN)),
    ),
    # A restart ends the call; it comes back as a loss, and is not redialled without leave (Art. 9.2.c).
    Move.RESTART: Row(
        {one: one for one in Phase} | {P.JOINING: P.READY, P.IN_ROOM: P.LOST, P.REJOINING: P.LEAVE_GRANTED},
        records=lambda state, facts: _restart(state, facts),
    ),
}


def advance(state: State, move: Move, facts: Facts) -> State:
    """The state after `move`; NotAllowedError when the order or the rules forbid it."""
    row = TABLE[move]
    if state.phase not in row.leads:
        reason, article = row.too_early.get(state.phase, ("not_now", None))
        raise NotAllowedError(reason, article)
    for guard in row.guards:
        if not guard.holds(state, facts):
            raise NotAllowedError(guard.reason, guard.article)
    return replace(state, **{"phase": row.leads[state.phase], "close_microphone": True, **row.records(state, facts)})


def moves_from(state: State) -> tuple[Move, ...]:
    """The moves that the order allows here; a guard may still forbid one."""
    return tuple(move for move, row in TABLE.items() if state.phase in row.leads)
