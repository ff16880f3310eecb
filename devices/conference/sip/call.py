"""One call as baresip's events tell it. Pure: each event once, in order.

Event names: src/event.c of baresip 1.0.0. The reason of an end is the SIP status (RFC 3261, clause 21) or a text of
baresip's own ("Connection reset by peer": hung up there, "… by user": here).
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from devices.conference.sip.counters import Counters
from devices.contract import Standing

log = logging.getLogger(__name__)

WHY: dict[int, Standing] = {
    401: Standing.PASSWORD,
    407: Standing.PASSWORD,
    403: Standing.REFUSED,
    404: Standing.NO_ROOM,
    410: Standing.NO_ROOM,
    484: Standing.NO_ROOM,
    485: Standing.NO_ROOM,
    604: Standing.NO_ROOM,
    486: Standing.BUSY,
    600: Standing.BUSY,
    603: Standing.REFUSED,
}
TURNED_AWAY = (Standing.REFUSED, Standing.NO_ROOM, Standing.BUSY)
NO_COMMON = (415, 488, 606)  # the far side takes none of our codecs


class Phase(Enum):
    IDLE = auto()
    RINGING = auto()  # somebody calls us
    DIALLING = auto()
    STANDS = auto()
    OVER = auto()


@dataclass(slots=True)
class Call:
    """From dialling or ringing to its end."""

    phase: Phase = Phase.IDLE
    ringing: str = ""
    muted: bool | None = None  # by baresip; a call begins un-muted
    standing: Standing | None = None
    error: str | None = None
    common_video: bool | None = None
    microphone_ended: bool = False
    counters: Counters = field(default_factory=Counters)
    _id: str = ""

    def dial(self) -> None:
        self.phase = Phase.DIALLING

    def fail(self, error: str, standing: Standing | None = None) -> None:
        """Final: an earlier error stands. A standing that turns us away says more than an error would."""
        self.phase, self.ringing = Phase.OVER, ""
        self.standing = self.standing or standing
        self.error = self.error or (None if standing in TURNED_AWAY else error)

    def take(self, event: Mapping[str, Any]) -> None:
        kind, told = str(event.get("type", "")), str(event.get("param", ""))
        number = str(event.get("id", ""))
        if kind == "CALL_INCOMING" and self.phase in (Phase.IDLE, Phase.OVER):
            self.phase, self._id, self.ringing = Phase.RINGING, number, caller(str(event.get("peeruri", "")))
            return
        ours = number == self._id if self._id else event.get("direction") == "outgoing"
        if self.phase in (Phase.IDLE, Phase.OVER) or not (ours or kind == "AUDIO_ERROR"):
            return  # of a call that was refused, or that is over
        if kind in ("CALL_RINGING", "CALL_PROGRESS", "CALL_ESTABLISHED"):
            self._id = number
        if kind == "CALL_ESTABLISHED":
            self.phase, self.ringing, self.muted = Phase.STANDS, "", False
        elif kind == "CALL_RTCP":
            self.counters.reported(event)
        elif kind == "AUDIO_ERROR":
            self.microphone_ended = True
        elif kind == "CALL_CLOSED":
            self._closed(told)

    def _closed(self, why: str) -> None:
        was, self.phase = self.phase, Phase.OVER
        if was is Phase.RINGING:
            self.phase, self.ringing, self._id = Phase.IDLE, "", ""
        elif was is Phase.STANDS:
            self.standing = Standing.ENDED if "by peer" in why else None  # else a failure: nobody hung up
        else:
            if why == "No such device":  # ENODEV's words: of baresip itself, not of the far side
                log.warning("baresip finds no such microphone or loudspeaker: no call")
            status = re.match(r"(\d{3})\b", why)
            code = int(status[1]) if status else 401 if "authentic" in why.lower() else 0
            self.common_video = False if code in NO_COMMON else None
            self.fail("load_failed", WHY.get(code))


def caller(uri: str) -> str:
    """Who calls, for the screen: the number or name alone; a caller writes into it what he likes."""
    bare = re.sub(r"^<?sips?:", "", uri).partition(";")[0].rstrip(">")
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", bare)[:80] or "?"


def registration(told: str) -> bool | None:
    """Whether the SIP server knows us, as `reginfo` has it; None: it has not said yet, or nobody asked it."""
    found = re.search(r"\x1b\[\d*m(OK|ERR)\b", told)
    return None if found is None else found[1] == "OK"
