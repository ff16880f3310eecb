"""When are we in the meeting: counters of a conference judged by what rises, never by what a page says.

Pure: every look carries its own time. Linked: the transport's feedback is fresh and our packets are acknowledged.
In the meeting: linked, and inbound pictures and sound packets rising. An incident needs the transport lost, or media
gone while the far sender still reports sending: a chair site may keep its camera off for the 90 minutes before. What a
platform says of us gives the sentence, never the proof.
"""

from dataclasses import dataclass, field

from devices.contract import CallState, Evidence, Standing

RISE_S = 3.0  # media that has not risen for this long is not called rising
FEEDBACK_S = 6.0  # ICE asks for consent every 5 s at most
ACKNOWLEDGED_S = 10.0  # receivers report every 5 s at most; one report may get lost
LOST_S = 8.0  # and this long it must stay so before it is called lost
INCIDENT_S = 10.0  # and this long before it is an incident: shorter dips are notes
REPORTED_S = 10.0  # senders report their sound every 7.5 s at most; an older report says nothing of now
UNANSWERED_S = 5.0  # a picture that begins again takes its time, and the sender's first report may be there before it
DEAD_PAGE = ("crashed", "hung", "program_ended")  # nothing moves any more, however fresh the last counters look
GOOD = (CallState.MEDIA_OK, CallState.SIGNALLING_LOST, CallState.IN_ROOM)
TURNED_AWAY = frozenset(
    {
        Standing.LOCKED,
        Standing.FULL,
        Standing.NO_ROOM,
        Standing.BUSY,
        Standing.REFUSED,
        Standing.REMOVED,
        Standing.ENDED,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The truth about being in a meeting at one moment; `media` in the contract's words."""

    state: CallState
    linked: bool
    in_meeting: bool
    media: str  # both, in_only, out_only, none, unknown
    incident: bool
    said: str  # key of a sentence of the area "call"


@dataclass(slots=True)
class Presence:
    """Remembers when each counter last rose within one join."""

    began: float
    _counts: dict[str, int] = field(default_factory=dict)
    _rose: dict[str, float] = field(default_factory=dict)
    _was_linked: bool = False
    _was_in_meeting: bool = False
    linked_at: float | None = None
    last_good: float | None = None  # until when all was well: an incident's clock begins here
    _media_at: float = 0.0  # when picture and sound last moved, both
    _unanswered: dict[str, float] = field(default_factory=dict)  # since when a sender reports what does not come

    def judge(self, look: Evidence) -> Verdict:
        """Takes one look; call at least once a second."""
        for name, count in self._of(look).items():
            if count > self._counts.get(name, 0):
                self._rose[name] = look.at
            self._counts[name] = count
        self._compare("video")
        self._compare("audio")
        now, alive = look.at, look.page_error not in DEAD_PAGE
        feedback = alive and look.connections > 0 and self._rising("feedback", now, FEEDBACK_S)
        linked = feedback and self._rising("acknowledged", now, ACKNOWLEDGED_S)
        media_in = alive and self._rising("video_in", now) and self._rising("audio_in", now)
        media_out = alive and self._rising("video_out", now) and self._rising("audio_out", now)
        in_meeting = linked and media_in
        if linked:
            self._was_linked = True
            self.linked_at = self.linked_at or now
        if in_meeting:
            self._was_in_meeting = True
            self._media_at = min(self._rose["video_in"], self._rose["audio_in"])
        state, said = self._state(look, now, linked, in_meeting)
        if state in GOOD:
            self.last_good = self._media_at if in_meeting else self._rose["feedback"]
        media = {(True, True): "both", (True, False): "in_only", (False, True): "out_only"}.get(
            (media_in, media_out), "none"
        )
        return Verdict(state, linked, in_meeting, media, self._is_incident(look, state, linked), said)

    def _is_incident(self, look: Evidence, state: CallState, linked: bool) -> bool:
        if state is not CallState.MEDIA_LOST:
            return False
        final = look.page_error is not None or look.standing in TURNED_AWAY  # it does not come back by itself
        return final or look.at - (self._media_at if linked else self._rose["feedback"]) >= INCIDENT_S

    @staticmethod
    def _of(look: Evidence) -> dict[str, int]:
        return {
            "feedback": look.feedback,
            "acknowledged": look.acknowledged,
            "video_in": look.video_in.frames,
            "audio_in": look.audio_in.packets,
            "video_out": look.video_out.frames,
            "audio_out": look.audio_out.packets,
            "video_reported": look.video_in.reported,
            "audio_reported": look.audio_in.reported,
        }

    def _rising(self, name: str, now: float, within_s: float = RISE_S) -> bool:
        rose = self._rose.get(name)
        return rose is not None and now - rose <= within_s

    def _compare(self, kind: str) -> None:
        """Each kind for itself: a chair site that switches its camera off goes on sending, and reporting, its sound."""
        told, came = self._rose.get(f"{kind}_reported"), self._rose.get(f"{kind}_in", self.began)
        if told is None or told <= came:
            self._unanswered.pop(kind, None)
        else:
            self._unanswered.setdefault(kind, told)

    def _withheld(self, kind: str, now: float) -> bool:
        """Whether a sender goes on reporting that it sends what does not come."""
        since, told = self._unanswered.get(kind), self._rose.get(f"{kind}_reported", self.began)
        return since is not None and told - since >= UNANSWERED_S and now - told <= REPORTED_S

    def _state(self, look: Evidence, now: float, linked: bool, in_meeting: bool) -> tuple[CallState, str]:
        if look.page_error is not None and not linked:
            refused = look.standing is not None and look.page_error == "load_failed"  # the server did answer: no
            said = f"standing_{look.standing}" if refused else f"page_{look.page_error}"
            return (CallState.MEDIA_LOST if self._was_linked else CallState.FAILED), said
        if in_meeting:
            if look.signalling is False:
                return CallState.SIGNALLING_LOST, "signalling_lost"
            return CallState.MEDIA_OK, "in_meeting"
        if look.standing is not None and (told := self._told(look.standing, linked)) is not None:
            return told
        if not self._was_linked:
            return CallState.CONNECTING, "ringing" if look.ringing else "connecting"
        if not linked:
            if now - self._rose.get("feedback", self.began) > LOST_S:
                return CallState.MEDIA_LOST, "lost"
            return (CallState.DEGRADED, "weak") if look.connections else (CallState.RECOVERING, "recovering")
        if look.common_video is False and not self._rising("video_in", now):
            return CallState.IN_ROOM, "no_common_codec"
        if not self._was_in_meeting:
            seen = self._rising("video_in", now)
            return CallState.IN_ROOM, "no_sound_yet" if seen else "no_picture_yet"
        if now - self._media_at <= LOST_S:
            return CallState.DEGRADED, "weak"
        if self._withheld("video", now) or self._withheld("audio", now):
            return CallState.MEDIA_LOST, "media_gone"
        return CallState.IN_ROOM, "chair_stopped"

    def _told(self, standing: Standing, linked: bool) -> tuple[CallState, str] | None:
        """What the platform says counts only while no picture and sound contradict it."""
        said = f"standing_{standing}"
        if standing is Standing.ENDED and self._was_linked:
            return CallState.LEFT, said  # the chair site ended it for all: nothing is lost
        if standing in TURNED_AWAY:
            return (CallState.MEDIA_LOST if self._was_linked else CallState.FAILED), said
        if self._was_linked and not linked:
            return None  # a link that fell is told as such
        if standing is Standing.WAITING_ROOM:
            return CallState.WAITING_ROOM, said
        return (CallState.CONNECTING, said) if not self._was_linked else None
