"""The microphone in a meeting: what the rules let it do, what the guard makes true, what the lamp may say."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from devices.contract import Microphone, MicrophoneGuard, MicState, Notices
from roomapp.events import Lamp, MicView
from roomapp.rules.microphone import Lamp as Asked
from roomapp.rules.microphone import Microphone as Rule
from roomapp.rules.microphone import Override
from roomapp.rules.pack import RulePack
from roomapp.running.meeting.hearing import OpenMicrophone, Trouble, trouble

log = logging.getLogger(__name__)

BEAT_S = 0.2  # the guard lets an opening lapse a second after the last one
CLOSED_ELSEWHERE_S = 1.0  # an open microphone that the system has muted for so long was closed by something else
SCREEN_SILENT_S = 4.0  # a screen that draws nothing for so long cannot be told to close it
TOLD_S = 60.0  # how long it is said why it closed by itself
PLATFORM_S = 1.5


class Platform(Protocol):
    """The conference's own switch for the microphone; only the call that is on has one."""

    async def set_microphone(self, on: bool) -> bool | None:
        """Turns it and returns what it then is; None where there is no call, or its road cannot do it."""

    def microphone_muted(self) -> bool | None:
        """Whether the platform keeps our sound back now; None: not known."""


class NoPlatform:
    async def set_microphone(self, on: bool) -> bool | None:
        return None

    def microphone_muted(self) -> bool | None:
        return None


class Speaking:
    """Closing always comes first at the system; opening is an act with a ground, and goes system, platform, proof."""

    def __init__(
        self,
        guard: MicrophoneGuard,
        pack: RulePack,
        keep: Callable[[str, Mapping[str, Any]], Awaitable[object]],
        microphone: Microphone | None = None,
        platform: Platform | None = None,
    ) -> None:
        self._guard, self._pack, self._keep = guard, pack, keep
        self._microphone, self._platform = microphone, platform or NoPlatform()
        self._rule = Rule()
        self._asked_by = ""
        self._opened_at: float | None = None
        self._breaks_before = 0
        self._muted_since: float | None = None
        self._trouble: Trouble | None = None
        self._closed_because, self._closed_at = "", 0.0
        self._screen_at: float | None = None  # None: nobody looks at a screen (a command)
        self.testing = False  # a check has it open, outside a meeting
        self._tested_as = MicState.UNKNOWN
        self._left_open = False  # a kill ended the program while it was open

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Takes from the journal whether somebody was speaking when the program was killed."""
        acts = [kind for kind, _ in rows if kind in ("microphone.opened", "microphone.closed")]
        self._left_open = acts[-1:] == ["microphone.opened"]

    async def ask(self, by: str = "phone") -> None:
        """`by`: the platform's hand, or the telephone."""
        self._rule, self._closed_because, self._asked_by = self._rule.ask(), "", by
        await self._keep("microphone.asked", {"by": by})

    async def withdraw(self) -> None:
        self._rule = self._rule.withdraw()
        await self._keep("microphone.withdrawn", {})

    async def invited(self, by: str) -> None:
        self._rule, self._closed_because = self._rule.invite(by), ""
        await self._keep("microphone.invited", {"by": by})

    async def open(self, override: Override | None = None) -> None:
        """NotAllowedError without an invitation or a recorded override (Art. 9.2.a)."""
        rule = self._rule.open(self._pack.microphone, override)
        body: dict[str, Any] = {"invited_by": rule.invited_by}
        if rule.override is not None:
            body |= {"reason": rule.override.reason, "person": rule.override.person}
        await self._keep("microphone.opened", body)  # first on paper, then in fact
        self._rule, self._closed_because = rule, ""
        self._opened_at = time.monotonic()
        notices = self._notices()
        self._breaks_before, self._muted_since = notices.breaks if notices is not None else 0, None
        await self._guard.open()
        if self._rule is rule:  # it was not closed meanwhile
            await self._tell_platform(True)

    async def close(self, why: str) -> MicState:
        """Closes it at the system first; every move of the session comes here."""
        was_open = self._rule.lamp is Asked.OPEN or self._opened_at is not None
        opened_at = self._opened_at
        self._rule, self._opened_at, self._trouble = self._rule.close(), None, None  # an opening under way sees it
        state = await self._guard.close()
        if was_open or self._left_open:
            seconds = None if opened_at is None else round(time.monotonic() - opened_at, 1)
            self._left_open = False
            await self._keep("microphone.closed", {"why": why, "open_s": seconds, "proven": state is MicState.CLOSED})
        if was_open:
            await self._tell_platform(False)
        return state

    async def _tell_platform(self, on: bool) -> None:
        """What the platform does is believed by its own evidence only: a mute there neither helps nor proves."""
        try:
            async with asyncio.timeout(PLATFORM_S):
                await self._platform.set_microphone(on)
        except TimeoutError:
            log.warning("the platform's own microphone switch did not answer")

    @asynccontextmanager
    async def tested(self, id: str = "") -> AsyncIterator[MicState]:
        """Open for a test outside a meeting; closed and measured again at its end, whatever happens."""
        self.testing = True
        try:
            yield await self._guard.open(id)
        finally:
            self._tested_as = await self._guard.close()
            self.testing = False

    def closed(self) -> MicState:
        """What the last test's closing proved."""
        return self._tested_as

    def keep_alive(self) -> None:
        """Every BEAT_S by the room's own loop: what hangs holds no microphone open."""
        self._guard.keep_alive()

    def screen_lives(self) -> None:
        """Told by the screen's thread while it draws: without it the officer could not close the microphone."""
        self._screen_at = time.monotonic()

    async def watch(self) -> bool:
        """Called several times a second: undoes what is open without leave, keeps the rule's time limit.

        True where a speech was ended by it.
        """
        now = time.monotonic()
        if self._rule.lamp is Asked.OPEN and self._opened_at is not None:
            self._trouble = self._now_wrong(self._opened_at, now)
            if why := self._must_close(self._opened_at, now):
                log.warning("the microphone is closed: %s", why)
                await self.close(why)
                self._closed_because, self._closed_at = why, time.monotonic()
                return True
        elif not self.testing and self._guard.state() is MicState.OPEN:
            log.error("the microphone was open without leave; closed")
            await self._guard.close()
        return False

    def _must_close(self, opened_at: float, now: float) -> str:
        """Why it may not stay open; empty while it may."""
        limit_s = self._pack.microphone_limit_s
        state = self._guard.state()
        self._muted_since = None if state is not MicState.CLOSED else self._muted_since or now
        if limit_s and now - opened_at > limit_s:
            return "limit"
        if self._trouble is Trouble.HOWL:
            return "howl"
        if self._screen_at is not None and now - self._screen_at > SCREEN_SILENT_S:
            return "screen_silent"
        if self._muted_since is not None and now - self._muted_since > CLOSED_ELSEWHERE_S:
            return "closed_elsewhere"
        return ""

    def _now_wrong(self, opened_at: float, now: float) -> Trouble | None:
        muted = self._platform.microphone_muted()
        return trouble(OpenMicrophone(opened_at, self._guard.state(), self._notices(), self._breaks_before, muted), now)

    def _notices(self) -> Notices | None:
        return self._microphone.notices() if self._microphone is not None else None

    def view(self) -> MicView:
        state = self._guard.state()
        asked = self._rule.lamp
        if asked is Asked.OPEN:
            lamp = Lamp.OPEN if state is MicState.OPEN else Lamp.UNKNOWN
        elif state is MicState.CLOSED:
            lamp = Lamp(str(asked))
        else:
            lamp = Lamp.UNKNOWN
        said = self._closed_because if time.monotonic() - self._closed_at < TOLD_S else ""
        alert = f"closed_{said}" if said else str(self._trouble or "")
        limit_s = float(self._pack.microphone_limit_s)
        return MicView(lamp, self._opened_at, limit_s, self._guard.stand_in, alert, self._asked_by)
