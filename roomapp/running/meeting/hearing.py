"""What an open microphone's own sound says: howling, nobody heard, a platform that keeps it muted. Pure: no clock."""

from dataclasses import dataclass
from enum import StrEnum

from devices.contract import MicState, Notices

SPEECHLESS_S = 8.0  # longer than a speaker's pause, shorter than the chair site's patience
FRESH_S = 1.0  # notices older than this say nothing about now
BREAKS_TOLD = 2  # one in a speech is nothing to trouble a speaker with (Lync: less than one in 5 minutes)
SETTLED_S = 3.0  # what was heard before the platform could know of the opening does not count


class Trouble(StrEnum):
    """Worst first. HOWL alone closes the microphone; the others are told in one sentence with its remedy."""

    HOWL = "howl"
    UNHEARD = "unheard"  # the system brings nothing from the microphone
    PLATFORM_MUTED = "platform_muted"
    SPEECHLESS = "speechless"
    CLIPPING = "clipping"
    BREAKS = "breaks"


@dataclass(frozen=True, slots=True)
class OpenMicrophone:
    """What is known of it now. Times are time.monotonic(); `platform_muted`: None where the road cannot tell."""

    opened_at: float
    state: MicState
    notices: Notices | None
    breaks_before: int  # when it was opened
    platform_muted: bool | None


def trouble(mic: OpenMicrophone, now: float) -> Trouble | None:
    """The worst that is wrong now; None where all is well, or it is too early to say."""
    open_s = now - mic.opened_at
    notices = mic.notices
    fresh = notices is not None and now - notices.at <= FRESH_S
    if notices is not None and fresh and notices.howling:
        return Trouble.HOWL
    if open_s < SETTLED_S:
        return None
    if mic.state is not MicState.OPEN or notices is None or not fresh:
        return Trouble.UNHEARD
    if mic.platform_muted:
        return Trouble.PLATFORM_MUTED
    if min(open_s, notices.speechless_s) >= SPEECHLESS_S:
        return Trouble.SPEECHLESS
    if notices.clipping:
        return Trouble.CLIPPING
    return Trouble.BREAKS if notices.breaks - mic.breaks_before >= BREAKS_TOLD else None
