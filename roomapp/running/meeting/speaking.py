"""The microphone in a meeting: what the rules let it do, what the guard makes true, what the lamp may say."""

import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from devices.contract import MicrophoneGuard, MicState
from roomapp.events import Lamp, MicView
from roomapp.rules.microphone import Lamp as Asked
from roomapp.rules.microphone import Microphone, Override
from roomapp.rules.pack import RulePack

log = logging.getLogger(__name__)


class Speaking:
    """Closing always comes first at the system; opening is an act with a ground."""

    def __init__(
        self, guard: MicrophoneGuard, pack: RulePack, keep: Callable[[str, Mapping[str, Any]], Awaitable[object]]
    ) -> None:
        self._guard, self._pack, self._keep = guard, pack, keep
        self._rule = Microphone()
        self._opened_at: float | None = None
        self.testing = False  # a check has it open, outside a meeting
        self._tested_as = MicState.UNKNOWN
        self._left_open = False  # a kill ended the program while it was open

    def remember(self, rows: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Takes from the journal whether somebody was speaking when the program was killed."""
        acts = [kind for kind, _ in rows if kind in ("microphone.opened", "microphone.closed")]
        self._left_open = acts[-1:] == ["microphone.opened"]

    async def ask(self) -> None:
        self._rule = self._rule.ask()
        await self._keep("microphone.asked", {})

    async def withdraw(self) -> None:
        self._rule = self._rule.withdraw()
        await self._keep("microphone.withdrawn", {})

    async def invited(self, by: str) -> None:
        self._rule = self._rule.invite(by)
        await self._keep("microphone.invited", {"by": by})

    async def open(self, override: Override | None = None) -> None:
        """NotAllowedError without an invitation or a recorded override (Art. 9.2.a)."""
        rule = self._rule.open(self._pack.microphone, override)
        body: dict[str, Any] = {"invited_by": rule.invited_by}
        if rule.override is not None:
            body |= {"reason": rule.override.reason, "person": rule.override.person}
        await self._keep("microphone.opened", body)  # first on paper, then in fact
        self._rule = rule
        await self._guard.open()
        self._opened_at = time.monotonic()

    async def close(self, why: str) -> MicState:
        """Closes it at the system first; every move of the session comes here."""
        state = await self._guard.close()
        if self._rule.lamp is Asked.OPEN or self._opened_at is not None or self._left_open:
            seconds = None if self._opened_at is None else round(time.monotonic() - self._opened_at, 1)
            await self._keep("microphone.closed", {"why": why, "open_s": seconds, "proven": state is MicState.CLOSED})
        self._rule, self._opened_at, self._left_open = self._rule.close(), None, False
        return state

    @asynccontextmanager
    async def tested(self) -> AsyncIterator[None]:
        """Open for a test outside a meeting; closed and measured again at its end, whatever happens."""
        self.testing = True
        try:
            await self._guard.open()
            yield
        finally:
            self._tested_as = await self._guard.close()
            self.testing = False

    def closed(self) -> MicState:
        """What the last test's closing proved."""
        return self._tested_as

    async def watch(self) -> None:
        """Called several times a second: undoes what is open without leave; keeps the rule's time limit."""
        limit_s = self._pack.microphone_limit_s
        if self._opened_at is not None and limit_s and time.monotonic() - self._opened_at > limit_s:
            await self.close("limit")
        elif self._rule.lamp is not Asked.OPEN and not self.testing and self._guard.state() is MicState.OPEN:
            log.error("the microphone was open without leave; closed")
            await self._guard.close()

    def view(self) -> MicView:
        state = self._guard.state()
        asked = self._rule.lamp
        if asked is Asked.OPEN:
            lamp = Lamp.OPEN if state is MicState.OPEN else Lamp.UNKNOWN
        elif state is MicState.CLOSED:
            lamp = Lamp(str(asked))
        else:
            lamp = Lamp.UNKNOWN
        return MicView(lamp, self._opened_at, float(self._pack.microphone_limit_s), self._guard.stand_in)
