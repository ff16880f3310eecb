"""A road that cannot measure: what it answers, and what a person said; never called in the meeting by itself.

Pure. Contract: such a road says `unknown`, a person confirms, and the screen says so. Linked: the machine itself
answers that its call stands (a codec), or a person saw that we are in (a program); until its program, its window or
its call is gone.
"""

from dataclasses import dataclass

from devices.contract import CallState, Evidence, Standing
from roomapp.rules.presence import INCIDENT_S, LOST_S, TURNED_AWAY, Verdict

ANSWER_S = 6.0  # a machine that has not answered for so long says nothing of now
UNKNOWN = "unknown"


@dataclass(slots=True)
class Attested:
    """Remembers one join over such a road. `began` and all times are time.monotonic()."""

    began: float
    linked_at: float | None = None
    last_good: float | None = None
    _feedback: int = 0
    _answered_at: float = 0.0
    _seen: bool = False  # a person saw that we are in

    def seen_by_person(self) -> None:
        """The officer looked at the stage: the chair site is there."""
        self._seen = True

    def judge(self, look: Evidence) -> Verdict:
        """Takes one look; call at least once a second."""
        if look.feedback > self._feedback:
            self._answered_at = look.at
        self._feedback = look.feedback
        answered = look.at - self._answered_at <= ANSWER_S
        stands = look.connections > 0 and answered
        gone = look.page_error is not None or look.standing in TURNED_AWAY or (self._seen and look.window is False)
        linked = not gone and (stands or self._seen)
        if linked:
            self.linked_at = self.linked_at or look.at
            self.last_good = look.at
        state, said = self._state(look, linked, gone)
        lost_s = look.at - (self.last_good or self.began)
        incident = state is CallState.MEDIA_LOST and (gone or lost_s >= INCIDENT_S)
        return Verdict(state, linked, False, UNKNOWN, incident, said)

    def _state(self, look: Evidence, linked: bool, gone: bool) -> tuple[CallState, str]:
        if linked:
            return CallState.IN_ROOM, "seen_by_person" if self._seen else "answered_by_road"
        if gone:
            self._seen = False  # whoever saw it saw another call
            if look.standing is Standing.ENDED and self.linked_at is not None:
                return CallState.LEFT, "standing_ended"  # the chair site ended it for all: nothing is lost
            told = look.page_error is not None and not (look.standing and look.page_error == "load_failed")
            said = f"page_{look.page_error}" if told else f"standing_{look.standing or 'gone'}"
            return (CallState.FAILED if self.linked_at is None else CallState.MEDIA_LOST), said
        if self.linked_at is not None:
            lost = look.at - (self.last_good or self.began) > LOST_S
            return (CallState.MEDIA_LOST, "lost") if lost else (CallState.DEGRADED, "no_answer_now")
        if look.standing is not None:
            waiting = look.standing == "waiting_room"
            return (CallState.WAITING_ROOM if waiting else CallState.CONNECTING), f"standing_{look.standing}"
        if look.ringing:
            return CallState.CONNECTING, "ringing"
        return CallState.CONNECTING, "look_yourself" if look.window else "connecting"
