"""What Hôm nay says: the next duty of all meetings, what is late, what clashes, and for whom the power stays on."""

from typing import TYPE_CHECKING, Any

from roomapp.events import ClashView, DutyView
from roomapp.rules.calendar.clashes import Clash
from roomapp.rules.calendar.duties import Duty, DutyKind, duties, next_duty
from roomapp.rules.pack import Article
from roomapp.rules.session import Phase
from roomapp.running.storeys.core import PRACTICE_ID
from roomapp.running.view import contact_views, meeting_view

if TYPE_CHECKING:
    from roomapp.running.storeys.booking import Booking

ENDING = (Phase.CLOSING, Phase.SHUTTING_DOWN)


def today_of(room: "Booking") -> dict[str, Any]:
    """The fields of a view that the calendar and the registers fill; some 0.4 ms a meeting."""
    meeting, duty = room.next_meeting(), _ahead(room)
    stays = room.stays_on_for(room.parts.clock()) if room.session.phase in ENDING else None
    roles = tuple(str(one.role) for one in room.contacts_of(meeting)) if meeting is not None else ()
    other = duty is not None and duty.meeting is not None and duty.meeting is not meeting
    return {
        "contacts": contact_views(room, roles),
        "duty": str(duty.kind) if duty is not None else "",
        "duty_by": room.local(duty.due) if duty is not None else None,
        "duty_article": _ground(room, duty),
        "duty_title": duty.meeting.title if duty is not None and duty.meeting is not None and other else "",
        "late": tuple(_late(room, one) for one in room.late_duties() if not _is_practice(one)),
        "clashes": tuple(_clash(room, one) for one in room.clashes()),
        "waiting": tuple(meeting_view(room, one, room.words) for one in room.waiting.values()),
        "stays_on_for": f"{room.local(stays.opening):%H:%M}, {stays.title}" if stays is not None else "",
    }


def _ground(room: "Booking", duty: Duty | None) -> str:
    return room.pack.ground(duty.article) if duty is not None and duty.kind is not DutyKind.OPENING else ""


def _is_practice(duty: Duty) -> bool:
    return duty.meeting is not None and duty.meeting.id == PRACTICE_ID


def _ahead(room: "Booking") -> Duty | None:
    """What is late stands in a list of its own, but for the connection, which never waits."""
    now, meetings, standing = room.parts.clock(), room.meetings.values(), room.standing()
    first = next_duty(now, meetings, room.pack, standing)
    if first is None or not first.overdue or first.kind is DutyKind.CONNECT:
        return first
    return next((one for one in duties(now, meetings, room.pack, standing) if not one.overdue), None)


def _late(room: "Booking", duty: Duty) -> DutyView:
    sentence, remedy = room.late_words(duty)
    meeting = duty.meeting.id if duty.meeting is not None else ""
    return DutyView(str(duty.kind), meeting, room.local(duty.due), sentence, remedy)


def _clash(room: "Booking", clash: Clash) -> ClashView:
    words, kept, other = room.words, clash.kept, clash.other
    first, second = (meeting_view(room, one, words) for one in (clash.first, clash.second))
    if kept is None or other is None:
        return ClashView(first, second, "", words("today.clash_equal"), words("today.clash_equal_remedy"))
    title, ground = kept.title, room.pack.ground(Article.PRIORITY)
    sentence = words("today.clash_kept", title=f"{room.local(kept.opening):%H:%M}, {title}", article=ground)
    remedy = words("today.clash_kept_remedy", title=f"{room.local(other.opening):%H:%M}, {other.title}")
    return ClashView(first, second, kept.id, sentence, remedy)
