"""Two meetings in one room: when they clash, which one the rules keep, and whether the power stays on in between.

Pure. A meeting has the room from its connection's deadline to its end and the time that shutting down takes (003
point 3.b). Which is kept follows the rank of the body that calls it (Art. 4.5); nothing is dropped by the program.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from roomapp.rules.meeting import Meeting
from roomapp.rules.pack import RulePack

SETTLED = "clash.settled"


@dataclass(frozen=True, slots=True)
class Window:
    """When a meeting has the room; the end is no part of it."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """`first` opens first. `kept`: the one of the higher rank; None: both are of one rank, their units must agree."""

    first: Meeting
    second: Meeting
    kept: Meeting | None

    @property
    def other(self) -> Meeting | None:
        """Whose contact must be told."""
        return None if self.kept is None else self.second if self.kept is self.first else self.first

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.first.id, self.second.id))


def window(meeting: Meeting, rules: RulePack) -> Window:
    margin = timedelta(minutes=rules.shutdown_margin_min)
    return Window(meeting.opening - timedelta(minutes=rules.connect_lead_min), meeting.end + margin)


def clash(one: Meeting, other: Meeting, rules: RulePack) -> Clash | None:
    """None: both fit into the room. The same for either order of the two."""
    first, second = sorted((one, other), key=lambda meeting: (meeting.opening, meeting.id))
    before, after = window(first, rules), window(second, rules)
    if first.id == second.id or not (before.start < after.end and after.start < before.end):
        return None
    ranks = [rules.rank(meeting.body(rules)) for meeting in (first, second)]
    kept = None if ranks[0] == ranks[1] else first if ranks[0] < ranks[1] else second
    return Clash(first, second, kept)


def clashes(meetings: Iterable[Meeting], rules: RulePack) -> tuple[Clash, ...]:
    """All of them, in the order of the openings."""
    in_order = sorted(meetings, key=lambda meeting: (meeting.opening, meeting.id))
    found: list[Clash] = []
    for place, one in enumerate(in_order):
        ends = window(one, rules).end
        # Windows begin in the order of the openings: the first that begins later ends the search.
        near = takewhile(lambda other: window(other, rules).start < ends, in_order[place + 1 :])  # noqa: B023
        found += [two for other in near if (two := clash(one, other, rules)) is not None]
    return tuple(found)


def next_without_power_off(ended: datetime, meetings: Iterable[Meeting], rules: RulePack) -> Meeting | None:
    """The meeting for which the system stays on: it must connect before power left on would have been reminded of."""
    patience = timedelta(minutes=rules.idle_reminder_min)
    coming = [m for m in meetings if m.end > ended and window(m, rules).start - ended <= patience]
    return min(coming, key=lambda meeting: meeting.opening, default=None)
