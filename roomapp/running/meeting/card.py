"""A meeting's card: all that is known of it, its deadlines with their verdicts, what is still to be asked."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from roomapp.events import CardView, DeadlineView
from roomapp.rules.meeting import Meeting

if TYPE_CHECKING:
    from roomapp.running.storeys.booking import Booking

INVITATION, TRIAL, CONNECTION = "invitation", "trial", "connection"
VERDICT_OF = {"strict": TRIAL, "latest": TRIAL, "connect": CONNECTION, "invitation": INVITATION}


def card_of(
    room: "Booking", meeting: Meeting, verdicts: Mapping[tuple[str, str], str], moved_from: tuple[datetime, ...]
) -> CardView:
    """`verdicts`: by (meeting, what), as the journal has them; `moved_from`: the openings that it once had."""
    return CardView(
        meeting.id,
        meeting.title,
        meeting.postponed,
        _facts(room, meeting, moved_from),
        _deadlines(room, meeting, verdicts),
        tuple(room.words(f"gap.{gap}") for gap in room.gaps_of(meeting)),
    )


def _facts(room: "Booking", meeting: Meeting, moved_from: tuple[datetime, ...]) -> tuple[tuple[str, str], ...]:
    words, none = room.words, room.words("ui.not_told")
    opening, end = room.local(meeting.opening), meeting.expected_end
    number, dated = meeting.invitation_number, meeting.invitation_date
    invitation = words("card.invitation_said", number=number, day=f"{dated:%d/%m/%Y}") if number and dated else none
    officers = (room.who(person) for person in meeting.duty_officers)
    facts = {
        "opening": words("card.no_day") if meeting.postponed else f"{opening:%H:%M %d/%m/%Y}",
        "was": ", ".join(f"{room.local(one):%H:%M %d/%m/%Y}" for one in moved_from),
        "end": f"{room.local(end):%H:%M}" if end is not None else none,
        "platform": dict(room.platforms()).get(meeting.platform, meeting.platform) or none,
        "room": meeting.room or none,
        "chair": meeting.chair_site or none,
        "role": words(f"card.role_{meeting.role}"),
        "kind": words(f"card.kind_{meeting.kind}") if meeting.kind is not None else none,
        "invitation": invitation,
        "officers": ", ".join(one.name for one in officers if one is not None) or none,
    }
    return tuple((words(f"card.{key}"), said) for key, said in facts.items() if said)


def _deadlines(room: "Booking", meeting: Meeting, verdicts: Mapping[tuple[str, str], str]) -> tuple[DeadlineView, ...]:
    times = room.dates.times().get(meeting.id)
    if times is None or meeting.postponed:
        return ()
    words, now = room.words, room.parts.clock()
    found = []
    for name in ("invitation", "strict", "latest", "connect"):
        due: datetime = getattr(times, name)
        verdict = verdicts.get((meeting.id, VERDICT_OF[name]), "")
        if name == "strict" and verdict:
            continue  # a trial is judged once, and stands at its last moment
        late = not verdict and now > due
        if name == "strict" and late:
            key = "card.verdict_passed"  # advised only, and no breach
        elif name == "invitation" and late:
            key = "card.verdict_unknown"
        else:
            key = f"card.verdict_{verdict or ('overdue' if late else 'open')}"
        left = "" if verdict or late else _left(room, due - now)
        at = f"{room.local(due):%H:%M %d/%m}"
        bad = verdict == "late" or key == "card.verdict_overdue"
        found.append(DeadlineView(words(f"card.deadline_{name}"), at, words(key, left=left), bad, bool(verdict)))
    return tuple(found)


def _left(room: "Booking", left: timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    number, unit = (minutes, "minutes") if minutes < 120 else (minutes // 60, "hours")
    number, unit = (minutes // 1440, "days") if minutes >= 48 * 60 else (number, unit)
    return f"{number} {room.words(f'ui.unit_{unit}')}"
