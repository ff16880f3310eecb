"""The roads `web` and `practice`: a platform's page in QtWebEngine, believed by its counters only."""

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from devices.contract import Ability, DeviceError, Evidence, Invitation, Layout, Reason, Unable
from ui.conference.crossing import Post, ask
from ui.conference.hands import Hands
from ui.conference.options import WebOptions
from ui.conference.page import Allowed
from ui.conference.page_view import Load, PageView
from ui.conference.site import Recipe, SiteLook, recipe_of

PRACTICE = "practice"  # the road, and the recipe of its page
ASKED_S = 5.0
HAND_S = 1.2  # for a page to turn its own switch and to show it
LEAVE_S = 1.0  # for a page to say goodbye to its server
SECRET_S = 5.0  # for the secret store
AGAIN_S = 0.1


class WebCall(Unable):
    """Its coroutines run in the worker, its page in the screen's thread; made in the screen's thread."""

    measures = True

    def __init__(
        self,
        road: str,
        allowed: Allowed,
        post: Post,
        show: Callable[[QWidget | None], None],
        unsandboxed_allowed: bool,
        options: WebOptions | None = None,
    ) -> None:
        self.road = road
        self._allowed, self._post = allowed, post
        self._unsandboxed_allowed = unsandboxed_allowed
        self._options = options or WebOptions()
        self._worker: asyncio.AbstractEventLoop | None = None
        wanted = self._wanted if self._options.secret is not None else None
        self._hands = Hands(self._recipe(), wanted)
        self._page = PageView(allowed, show, self._options, unsandboxed_allowed, self._hands)

    @property
    def abilities(self) -> frozenset[Ability]:
        return self._hands.site.abilities if self._page.evidence is not None else frozenset()

    async def warm(self) -> None:
        self._refuse_root()
        await self._in_screen(self._page.warm)

    async def join(self, to: Invitation) -> None:
        if not self._allowed(to.address):
            raise DeviceError(Reason.UNSUPPORTED, "the address is not of an allowed origin")
        self._refuse_root()
        load = self._load(to)
        if self._page.evidence is not None:
            await self.leave()  # a page that is only thrown away stays in its meeting as a ghost
        self._worker = asyncio.get_running_loop()

        def begin() -> None:
            self._hands.name = to.name
            self._page.open(load)

        try:
            await self._in_screen(begin)
        except (DeviceError, asyncio.CancelledError):
            self._post(self._page.close)  # it may be opened yet, and nobody would know
            raise

    async def leave(self) -> None:
        if self._page.evidence is not None and self._page.evidence.page_error is None:
            with contextlib.suppress(TimeoutError):
                pressed: Any = await ask(self._post, self._press_leave, LEAVE_S)
                if pressed:
                    await asyncio.sleep(LEAVE_S / 4)  # its goodbye is on its way
        await self._in_screen(self._page.close)

    async def set_microphone(self, on: bool) -> bool | None:
        return await self._turn("microphone", on, lambda site: site.microphone)

    async def raise_hand(self, up: bool) -> bool | None:
        if Ability.HAND not in self.abilities:
            raise DeviceError(Reason.UNSUPPORTED, "the page shows no hand")
        return await self._turn("hand", up, lambda site: site.hand)

    async def show(self, layout: Layout) -> Layout | None:
        if Ability.LAYOUT not in self.abilities:
            raise DeviceError(Reason.UNSUPPORTED, "the page shows no choice of layouts")
        tiles = await self._turn("tiles", layout is Layout.TILES, lambda site: site.tiles)
        return None if tiles is None else Layout.TILES if tiles else Layout.SPEAKER

    def evidence(self) -> Evidence | None:
        return self._page.evidence

    def is_sandboxed(self) -> bool | None:
        return self._page.sandboxed

    def _refuse_root(self) -> None:
        if os.name == "posix" and os.geteuid() == 0 and not self._unsandboxed_allowed:
            raise DeviceError(Reason.NOT_NOW, "a web page is not opened by the system's administrator account")

    # --- what the road `jitsi` does otherwise ---

    def _recipe(self) -> Recipe:
        return recipe_of(self._options.recipe or (PRACTICE if self.road == PRACTICE else ""))

    def _load(self, to: Invitation) -> Load:
        url = QUrl(to.address)
        return lambda page: page.load(url)

    def _press_leave(self, heard: Callable[[Any], None]) -> None:
        self._hands.leave(self._page.own_frames(), heard)

    # --- between worker and screen ---

    async def _turn(self, what: str, on: bool, of: Callable[[SiteLook], bool | None]) -> bool | None:
        """Orders it once, then reads back until the page shows it; what it shows in the end."""
        ends = time.monotonic() + HAND_S
        said: Any = None
        try:
            async with asyncio.timeout(HAND_S):
                said = await ask(
                    self._post, lambda heard: self._hands.turn(self._page.own_frames(), what, on, heard), HAND_S
                )
                while of(self._hands.site) is not None and of(self._hands.site) is not on:
                    self._post(lambda: self._hands.look(self._page.own_frames(), False))
                    await asyncio.sleep(AGAIN_S)
        except TimeoutError:
            pass
        shown = of(self._hands.site)
        return shown if shown is not None else said if isinstance(said, bool) and time.monotonic() < ends else None

    def _wanted(self, what: frozenset[str]) -> None:
        """The page asks for the account: fetched in the worker, for the store may be slow."""
        if self._worker is not None and not self._worker.is_closed():
            asyncio.run_coroutine_threadsafe(self._type(what), self._worker)

    async def _type(self, what: frozenset[str]) -> None:
        assert self._options.secret is not None
        account = {"username": self._options.username} if self._options.username else {}
        try:
            if "password" in what:
                async with asyncio.timeout(SECRET_S):
                    account["password"] = await asyncio.to_thread(self._options.secret)
        except (DeviceError, TimeoutError):
            self._post(self._hands.not_typed)
            return
        page = self._page
        self._post(lambda: self._hands.type([(one, page.url_of(one)) for one in page.own_frames()], account))

    async def _in_screen(self, work: Callable[[], None]) -> None:
        """Runs `work` in the screen's thread and waits for it, ASKED_S at most."""

        def run(done: Callable[[None], None]) -> None:
            try:
                work()
            finally:
                done(None)

        try:
            await ask(self._post, run, ASKED_S)
        except TimeoutError as error:
            raise DeviceError(Reason.NO_ANSWER, "the screen did not open the page") from error
