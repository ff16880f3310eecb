"""The room as the screen shows it: one frozen picture made from what the room knows."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from roomapp.events import CallView, ContactView, DeviceView, MeetingView, Place, RoomView, RowState
from roomapp.rules.books import Staff
from roomapp.rules.meeting import Meeting, SiteRole
from roomapp.rules.pack import Article, Consent
from roomapp.rules.session import Phase
from roomapp.words import Words

if TYPE_CHECKING:
    from roomapp.running.storeys.core import Core

HELP = {  # whom to call first, by where the room stands
    Place.LOST: ("carrier_tech", "control_tech"),
    Place.MEETING: ("control_tech", "carrier_tech"),
}
# Before these the checklist asks, after them the cameras are turned off.
ALERTED = (Phase.READY, Phase.JOINING, Phase.IN_ROOM, Phase.LOST, Phase.LEAVE_GRANTED, Phase.REJOINING)
USUAL_HELP = ("operating_agency", "carrier_tech", "control_tech", "power_company")
SHOWN_ARTICLES = {
    "leave": Article.SHUTDOWN,
    "reconnect": Article.CONNECTION,
    "microphone": Article.MICROPHONE,
    "other_system": Article.OTHER_SYSTEM,
}


def build_view(room: "Core") -> RoomView:
    """Everything that a screen shows, now."""
    profile, words, parts = room.profile, room.words, room.parts
    meeting = room.next_meeting()
    coming = sorted(room.meetings.values(), key=lambda m: m.opening)
    phase = room.session.phase
    needs_leave = room.pack.reconnect is Consent.WITH_LEAVE
    return RoomView(
        site=profile.site.name,
        province=profile.site.province,
        practice=parts.practice is not None,
        notices=parts.notices,
        place=room.place(),
        system_on=phase is not Phase.OFF,
        meeting=meeting_view(room, meeting, words) if meeting is not None else None,
        meetings=tuple(meeting_view(room, m, words) for m in coming if m.end > parts.clock()),
        checklist=room.runner.view() if room.runner is not None else None,
        seats=room.framing.seats(),
        on_air=room.framing.on_air,
        framing_sentence=room.framing.sentence,
        framing_state=room.framing.state,
        mic=replace(room.speaking.view(), chairs=meeting is not None and meeting.role is SiteRole.CHAIR),
        call=_call(room),
        incident=room.incidents.view(needs_leave),
        sound=room.sounding.view,
        volume=room.volume,
        contacts=contact_views(room, ()),
        closing=phase is Phase.CLOSING,
        signed=room.signed,
        devices=_devices(room),
        faults=parts.practice.faults() if parts.practice is not None else (),
        articles={key: room.pack.ground(article) for key, article in SHOWN_ARTICLES.items()},
        cameras=room.watch.views(),
        camera=room.framing.chosen,
        found=None if room.finding else room.found,
        looked_for=room.looked_for,
        recording=room.recording.view(),
        trial=room.trial_view(),
        secret_answered=meeting is not None and meeting.id == room.secret_answered,
        paper_needed=room.needs_paper(meeting),
        camera_alert=room.watch.alert() if phase in ALERTED else "",
        paper=room.paper,
        staff_short=room.staff_short(),
        book_alerts=room.book_alerts(),
        officer=room.officer,
        officers_known=any(one.active for one in room.books.of(Staff)),
        chair=room.chair_view(),
        asks_opening=_asks_opening(room, meeting),
    )


def _asks_opening(room: "Core", meeting: Meeting | None) -> bool:
    joined = room.session.phase is Phase.IN_ROOM and not room.session.trial
    return joined and room.opened_at is None and meeting is not None and room.parts.clock() >= meeting.opening


def meeting_view(room: "Core", meeting: Meeting, words: Words) -> MeetingView:
    """A meeting as a card or a line shows it."""
    platform = next((p for p in room.profile.platforms if p.id == meeting.platform), None)
    opening = room.local(meeting.opening)
    return MeetingView(
        meeting.id,
        meeting.title,
        meeting.platform,
        platform.name if platform is not None else meeting.platform,
        meeting.room,
        meeting.chair_site,
        words(f"meeting.class_{meeting.scale.replace('.', '_')}"),
        opening,
        opening - timedelta(minutes=room.pack.connect_lead_min),
        meeting.id == "practice",
    )


def _call(room: "Core") -> CallView:
    """The call, and what only the room knows of it: the other road, the number that must be typed by hand."""
    platform, meeting = room.platform_in_use(), room.next_meeting()
    by_hand = platform is not None and platform.road == "native" and "{room}" not in platform.url
    typed = meeting.room if by_hand and meeting is not None and room.calling.active() else ""
    return replace(room.calling.view(), other_road=room.offers_other_road(), type_room=typed)


def contact_views(room: "Core", of_meeting: tuple[str, ...]) -> tuple[ContactView, ...]:
    """Everybody with a telephone, the right ones for this moment first; `of_meeting`: whom its class names."""
    order = dict.fromkeys((*HELP.get(room.place(), ()), *of_meeting, *USUAL_HELP))
    contacts = [c for c in room.profile.contacts if c.phone]
    rank = {role: number for number, role in enumerate(order)}
    contacts.sort(key=lambda c: rank.get(str(c.role), len(rank)))
    return tuple(ContactView(str(c.role), c.name, c.phone) for c in contacts)


def _devices(room: "Core") -> tuple[DeviceView, ...]:
    views = []
    for camera in room.profile.cameras:
        driver = room.parts.devices.cameras.get(camera.id)
        measured = room.device_states.get(f"camera.{camera.id}")
        state = measured.state if measured is not None else RowState.WAITING
        said = (
            room.words(f"technician.camera_{measured.values.get('state', 'offline')}")
            if measured is not None and (state is not RowState.RUNNING)
            else room.words("check.running" if measured is not None else "technician.not_asked")
        )
        verified = driver.verified_on if driver is not None else ""
        views.append(DeviceView(f"{camera.name} ({camera.driver})", said, state, verified))
    guard = room.parts.devices.guard
    for microphone in room.profile.microphones:
        key = "technician.stand_in" if guard.stand_in else f"technician.mic_{guard.state()}"
        views.append(
            DeviceView(microphone.name, room.words(key), RowState.PASSED if not guard.stand_in else RowState.WARNED, "")
        )
    lines = [(f"link.{x.id}", x.name) for x in room.profile.links]
    lines += [(f"platform.{p.id}", p.name) for p in room.profile.platforms]
    for key, name in lines:
        measured = room.device_states.get(key)
        state = measured.state if measured is not None else RowState.WAITING
        said = room.words(f"check.{state}")
        views.append(DeviceView(name, said, state, ""))
    return tuple(views)
