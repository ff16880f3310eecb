"""The microphone rule: it opens when the chair site has invited, or by a person's recorded override; never by itself.

Art. 9.2.a of the Hà Giang rules. What the microphone really does is measured elsewhere; this is what it may do.
"""

from dataclasses import dataclass
from enum import StrEnum

from roomapp.rules.pack import Article, MicrophoneRule
from roomapp.rules.session import NotAllowedError


class Lamp(StrEnum):
    CLOSED = "closed"
    ASKED = "asked"
    INVITED = "invited"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Override:
    """Opened without invitation: why, and by whom; it goes into the journal."""

    reason: str
    person: str


@dataclass(frozen=True, slots=True)
class Microphone:
    """The lamp, and on what ground it stands there."""

    lamp: Lamp = Lamp.CLOSED
    invited_by: str | None = None
    override: Override | None = None

    def ask(self) -> "Microphone":
        """Xin phát biểu."""
        return Microphone(Lamp.ASKED) if self.lamp is Lamp.CLOSED else self

    def withdraw(self) -> "Microphone":
        """Thôi xin phát biểu; an open microphone is closed by close or finish."""
        return self if self.lamp is Lamp.OPEN else Microphone()

    def invite(self, by: str) -> "Microphone":
        """The chair site invites; `by` says who told it. An open microphone stays as it is."""
        if not by.strip():
            raise NotAllowedError("who_invited", Article.MICROPHONE)
        return self if self.lamp is Lamp.OPEN else Microphone(Lamp.INVITED, invited_by=by.strip())

    def open(self, rule: MicrophoneRule, override: Override | None = None) -> "Microphone":
        """Bật Micro: invited, or with a reason and a person; NotAllowedError otherwise."""
        if self.lamp is Lamp.OPEN:
            return self
        if self.lamp is Lamp.INVITED or rule is MicrophoneRule.FREE:
            return Microphone(Lamp.OPEN, invited_by=self.invited_by)
        if override is None:
            raise NotAllowedError("not_invited", Article.MICROPHONE)
        if not override.reason.strip() or not override.person.strip():
            raise NotAllowedError("override_unnamed", Article.MICROPHONE)
        return Microphone(Lamp.OPEN, override=override)

    def close(self) -> "Microphone":
        """Tắt Micro, or any move of the session: the invitation ends too, the next opening needs a new one."""
        return Microphone()

    def finish(self) -> "Microphone":
        """Phát biểu xong."""
        return Microphone()
