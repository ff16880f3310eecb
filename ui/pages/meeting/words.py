"""What the meeting page says, made of the room's view: pure."""

from datetime import datetime

from roomapp.events import Lamp, RoomView
from roomapp.words import Words


def alert_words(view: RoomView, words: Words) -> str:
    """The one sentence above the stage: what the officer must do first; empty while nothing is wrong."""
    if view.mic.alert:
        return words(f"microphone.{view.mic.alert}")
    if view.recording.trouble:
        return words(f"recording.{view.recording.trouble}")
    if view.camera_alert or view.call.quality:
        return view.camera_alert or view.call.quality
    phone = next((c.phone for c in view.contacts if c.role == "control_tech"), "")
    asked = view.mic.lamp is Lamp.ASKED and view.mic.asked_by == "phone"  # a road without a hand of its own
    return words("ui.ask_by_phone", phone=phone) if asked and phone else ""


def numbers_words(view: RoomView, words: Words) -> str:
    """Whom to call from here: the chair site's technician and the carrier's."""
    shown = [c for c in view.contacts if c.role in ("control_tech", "carrier_tech")]
    numbers = "\n".join(f"{words(f'ui.contact_short_{c.role}')}: {c.phone}" for c in shown)
    return numbers or words("ui.no_contacts")


def length_words(view: RoomView, words: Words, now: datetime) -> str:
    """For how long we have been in the meeting; empty before."""
    if view.call.since is None:
        return ""
    minutes = max(0, int((now - view.call.since).total_seconds() // 60))
    if minutes < 60:
        return words("ui.met_minutes", n=minutes)
    return words("ui.met_hours", h=minutes // 60, n=f"{minutes % 60:02}")
