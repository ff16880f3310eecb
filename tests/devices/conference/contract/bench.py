"""What the contract's suite asks of every road's surroundings: one bench for each, with its counterpart at the end."""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import TracebackType
from typing import Any, ClassVar, Self

import pytest

from devices.contract import Ability, Evidence, Invitation, Standing
from roomapp.rules.attested import Attested
from roomapp.rules.presence import Presence, Verdict
from tests.devices.conference.contract.orders import Answer, Order, Seen

SLACK = 3  # a loaded machine may take so many times a figure
JOIN_S, LEAVE_S, HAND_S, ANSWER_S, WINDOW_S, TRUTH_S = 5.0, 3.0, 1.5, 5.0, 2.0, 8.0
STANDS_S = 30.0
LOOK_S = 0.1
ROOM = "904172"  # stands in every invitation, and may stand nowhere else
SITE = "Xã Suối Mây"


class Where(StrEnum):
    """Where an invitation leads to."""

    GOOD = "good"
    INCOMPLETE = "incomplete"  # lacks what the road needs
    FOREIGN = "foreign"  # not of the platform's own
    REFUSING = "refusing"  # there is somebody, who says no
    DEAD = "dead"  # there is nobody


class Bench(ABC):
    """One road and its counterpart. `lacks`: what the road or its counterpart has not, and why."""

    measures: ClassVar[bool]
    abilities: ClassVar[frozenset[Ability]]
    lacks: ClassVar[Mapping[str, str]]
    needs: ClassVar[tuple[str, ...]]  # Debian's packages
    against: ClassVar[str]  # the counterpart, for the table
    name: ClassVar[str]  # the road's own
    sandboxed: ClassVar[tuple[bool | None, ...]] = (None,)  # what it may say
    many_at_once: ClassVar[bool] = True  # whether see() may be called by several threads
    secrets: ClassVar[tuple[str, ...]] = (ROOM,)

    def __init__(self) -> None:
        self.said: list[str] = []  # the text of every error
        self.joined = Answer()
        self.trail: list[tuple[Seen, Verdict]] = []  # of this join
        self._judge: Presence | Attested = Presence(0.0)
        self._stands = False

    # --- the road ---

    @abstractmethod
    def obey(self, orders: list[Order]) -> list[Answer]: ...

    @abstractmethod
    def see(self) -> Seen: ...

    @abstractmethod
    def aim(self, where: Where) -> Invitation:
        """Gets everything ready for a join to there."""

    @abstractmethod
    def written(self) -> str:
        """All that was logged, at every level."""

    @abstractmethod
    def left(self) -> list[str]:
        """What is still there of the road's own: processes, pages, sockets, folders."""

    # --- its counterpart ---

    @abstractmethod
    def calls(self) -> int:
        """How many calls of ours there are, by another word than the road's."""

    def refuse(self) -> None:
        """Where it does not say no by itself."""
        return

    def hang_up(self) -> None:
        """The far side ends it, for us or for all."""
        raise NotImplementedError

    def fall_silent(self) -> None:
        """Nothing comes any more, and nobody says so."""
        raise NotImplementedError

    def wake(self) -> None:
        """It comes again."""
        return

    def kill(self) -> None:
        """kill -9 of the program in which the call lives."""
        raise NotImplementedError

    def ring(self) -> None:
        """Somebody calls us."""
        raise NotImplementedError

    def tones(self) -> str:
        """What arrived of them at the far side."""
        raise NotImplementedError

    # --- what all have in common ---

    def __enter__(self) -> Self:
        return self

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def order(self, what: str, *given: Any, cut_s: float | None = None) -> Answer:
        return self.at_once(Order(what, given, cut_s))[0]

    def at_once(self, *orders: Order) -> list[Answer]:
        answers = self.obey(list(orders))
        self.said += [answer.detail + answer.fault for answer in answers]
        return answers

    def join(self, where: Where = Where.GOOD, cut_s: float | None = None) -> Answer:
        to = self.aim(where)
        now = time.monotonic()
        self._judge = Presence(now) if self.measures else Attested(now)
        self.trail, self._stands = [], False
        self.joined = self.order("join", to, cut_s=cut_s)
        return self.joined

    def leave(self) -> Answer:
        self._stands = False
        return self.order("leave")

    def out(self) -> None:
        """Surely in no call."""
        answer = self.leave()
        assert (answer.refused, answer.fault) == (None, ""), answer

    def look(self) -> tuple[Evidence | None, Verdict]:
        """What the road says, and what the room makes of it."""
        seen = self.see()
        verdict = self._judge.judge(seen.look or Evidence(at=seen.asked_at))
        self.trail.append((seen, verdict))
        return seen.look, verdict

    def until(
        self, true: Callable[[Evidence, Verdict], object], what: str, wait_s: float = TRUTH_S * SLACK
    ) -> tuple[Evidence, Verdict]:
        ends = time.monotonic() + wait_s
        while True:
            look, verdict = self.look()
            if look is not None and true(look, verdict):
                return look, verdict
            assert time.monotonic() < ends, f"{what} did not come within {wait_s} s; last: {look}, {verdict}"
            time.sleep(LOOK_S)

    def during(self, seconds: float) -> list[tuple[Seen, Verdict]]:
        first, ends = len(self.trail), time.monotonic() + seconds
        while time.monotonic() < ends:
            self.look()
            time.sleep(LOOK_S)
        return self.trail[first:]

    def here(self, look: Evidence, verdict: Verdict) -> bool:
        """As much of being in the meeting as this road can tell."""
        return verdict.in_meeting if self.measures else verdict.linked

    def up(self, look: Evidence, _: Verdict) -> bool:
        """The call stands, whatever comes of it."""
        return look.connections > 0

    def standing(self) -> None:
        """In the meeting: still, or anew."""
        self.stands(self.here)

    def connected(self) -> None:
        """The same, where it is enough that the call stands."""
        self.stands(self.up)

    def stands(self, enough: Callable[[Evidence, Verdict], bool]) -> None:
        if not (self._stands and enough(*self.last())):
            self.out()
            answer = self.join()
            assert (answer.refused, answer.fault) == (None, ""), answer
            self._stands = True
        self.until(enough, "the meeting", STANDS_S)

    def ended(self, look: Evidence) -> bool:
        """Whether it is told that the far side ended it."""
        return look.standing is Standing.ENDED

    def last(self) -> tuple[Evidence, Verdict]:
        look, verdict = self.look()
        return look or Evidence(at=time.monotonic()), verdict

    def evidence(self) -> Evidence:
        look, _ = self.look()
        assert look is not None
        return look

    def gone(self, wait_s: float = LEAVE_S * SLACK) -> list[str]:
        """What is left after some time to come to its end."""
        ends = time.monotonic() + wait_s
        while (left := self.left()) and time.monotonic() < ends:
            time.sleep(LOOK_S)
        return left

    @classmethod
    def marks(cls) -> list[pytest.MarkDecorator]:
        return [pytest.mark.needs(name) for name in cls.needs]


def wait_for(true: Callable[[], object], what: str, wait_s: float = TRUTH_S * SLACK) -> None:
    ends = time.monotonic() + wait_s
    while not true():
        assert time.monotonic() < ends, f"{what} did not come within {wait_s} s"
        time.sleep(LOOK_S)
