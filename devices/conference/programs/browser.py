"""The road `browser`: an installed Edge, Chrome or Chromium as one window under its managed policy, and measured.

The meeting's address goes to it through the pipe of its DevTools: it stands in no argument, no file and no log. The
browser's own folder lives as long as the call. Linux only: on Windows the pipe is made otherwise (not written).
Not verified with Google Chrome and Microsoft Edge, nor on Wayland; run with Debian's Chromium 156.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from devices.conference.programs.desktop import Desktop, NoDesktop, Rectangle
from devices.conference.programs.devtools import DevTools
from devices.conference.programs.page import FINAL, ManagedPage
from devices.conference.programs.policy import Browser, amiss, installed, managed_policy
from devices.conference.programs.streams import ProgramStreams, Streams
from devices.conference.programs.tree import Tree, shut_in
from devices.contract import Ability, DeviceError, Evidence, Invitation, Reason, Unable

log = logging.getLogger(__name__)

START_S = 4.5  # within the contract's 5 s; a browser that is slower is waited for while connecting
WHOLE_START_S = 30.0
LOOK_S = 0.5
HUNG_S = 5.0  # a page or browser that answers nothing for so long is ended, and said to be gone
CLOSE_S = 1.0
END_S = 1.5
FLAGS = (
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",  # no keyring asks for its password
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--kiosk",
    "--app=data:,",
)


class BrowserCall(Unable):
    """devices.contract.Conference over an installed browser; `hosts` are the policy's: of all its platforms."""

    road = "browser"
    measures = True

    def __init__(
        self,
        allowed: Callable[[str], bool],
        hosts: Iterable[str],
        observer: str,
        *,
        program: str = "",
        flags: tuple[str, ...] = (),
        desktop: Desktop | None = None,
        stage: Callable[[], Rectangle | None] = lambda: None,
        sound: str | None = None,
    ) -> None:
        self._desktop: Desktop = desktop or NoDesktop()
        self._stage = stage
        self._allowed, self._observer, self._program, self._flags = allowed, observer, program, flags
        self._hosts = tuple(hosts)
        self._streams = ProgramStreams(sound)
        self._page = ManagedPage("")
        self._tools: DevTools | None = None
        self._tree = Tree()
        self._folder: Path | None = None
        self._task: asyncio.Task[None] | None = None
        self._evidence: Evidence | None = None
        self._sandboxed: bool | None = None
        self._last = Evidence(0.0)

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset() if isinstance(self._desktop, NoDesktop) else frozenset({Ability.WINDOW})

    async def join(self, to: Invitation) -> None:
        if not self._allowed(to.address):
            raise DeviceError(Reason.UNSUPPORTED, "the address is not of an allowed origin")
        if not sys.platform.startswith("linux"):
            raise DeviceError(Reason.UNSUPPORTED, "this road is made for Linux only")
        if os.geteuid() == 0:
            raise DeviceError(Reason.NOT_NOW, "a browser is not opened by the system's administrator account")
        found = installed(self._program)
        if found is None:
            raise DeviceError(Reason.UNSUPPORTED, "no browser that can be managed is installed")
        await self.leave()
        self._page, self._tree = ManagedPage(self._observer), Tree()
        self._sandboxed, self._last = None, Evidence(time.monotonic())
        self._evidence = self._last
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live(*found, to.address, ready))
        try:
            async with asyncio.timeout(START_S):
                await asyncio.shield(ready)
        except TimeoutError:
            ready.cancel()  # from now on what goes wrong is evidence
            log.info("the browser takes its time")
        except (DeviceError, asyncio.CancelledError):
            await self.leave()
            raise

    async def leave(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._page.stop()
        tools, self._tools = self._tools, None
        if tools is not None:
            with contextlib.suppress(DeviceError):
                await tools.call("Browser.close", CLOSE_S)
        await asyncio.to_thread(self._tree.end, END_S)
        if tools is not None:
            await tools.close()
        folder, self._folder = self._folder, None
        if folder is not None:
            await asyncio.to_thread(_remove, folder)
        self._evidence = None

    async def bring_window(self) -> bool:
        if not self.abilities:
            return await super().bring_window()
        windows = await self._desktop.windows(await asyncio.to_thread(self._tree.pids))
        return await self._desktop.bring(windows[0], self._stage()) if windows else False

    def evidence(self) -> Evidence | None:
        return self._evidence

    def is_sandboxed(self) -> bool | None:
        return self._sandboxed

    async def _live(self, browser: Browser, program: str, url: str, ready: "asyncio.Future[None]") -> None:
        """The browser from its start on; what goes wrong before `ready` is raised there, later it is evidence."""
        try:
            async with asyncio.timeout(WHOLE_START_S):
                await self._open(browser, program, url)
        except (DeviceError, TimeoutError) as error:
            told = (
                error if isinstance(error, DeviceError) else DeviceError(Reason.NO_ANSWER, "the browser did not start")
            )
            self._page.fail("unsandboxed" if self._sandboxed is False else "program_ended")
            await self._tell()
            if ready.done():
                log.error("the browser cannot be used: %s", told)
            else:
                ready.set_exception(told)
            return
        if not ready.done():
            ready.set_result(None)
        await self._watch()

    async def _open(self, browser: Browser, program: str, url: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="roomapp-browser-"))  # 0700; not waited for, or it may be nobody's
        own = {"XDG_CONFIG_HOME": str(self._folder), "XDG_CACHE_HOME": str(self._folder)}
        command = [program, *FLAGS, f"--user-data-dir={self._folder}", *self._flags]
        page = self._page
        self._tools = tools = await DevTools.start(self._tree, command, {**os.environ, **own}, page.heard)
        await tools.call("Browser.getVersion", WHOLE_START_S)
        await page.attach(tools)
        wanted = managed_policy(self._hosts, browser.shows_policy)
        if wrong := amiss(wanted, await page.policies(browser.shows_policy)):
            log.warning("%d policies of %s are not in force: %s …", len(wrong), browser.make, ", ".join(wrong[:5]))
            raise DeviceError(Reason.NOT_NOW, f"the policy of {browser.make} is not in force: it is not run unmanaged")
        await self._check_shut_in()
        await page.observe()
        page.open(url)

    async def _check_shut_in(self) -> None:
        """Looked at again by and by: a later page has a later process."""
        told = [shut_in(pid) for pid in await self._page.renderers()]
        self._sandboxed = False if False in told else (True if True in told else None)
        if not self._sandboxed:
            raise DeviceError(Reason.NOT_NOW, "the kernel does not shut the browser's pages in")

    async def _watch(self) -> None:
        self._page.heard_at = time.monotonic()
        turn = 0
        while self._page.error not in FINAL and self._page.error != "unsandboxed":
            self._page.ask()
            await self._tell()
            await asyncio.sleep(LOOK_S)
            turn += 1
            self._judge()
            if turn % 4 == 0 and self._page.error is None:
                await self._look_at_sandbox()
        await self._tell()
        await asyncio.to_thread(self._tree.end, END_S)  # nothing of a call that has ended goes on behind the screen

    async def _look_at_sandbox(self) -> None:
        try:
            await self._check_shut_in()
        except DeviceError as error:
            if error.reason is Reason.NOT_NOW and self._sandboxed is False:
                log.error("a page of the browser is not shut in: it is ended")
                self._page.fail("unsandboxed")

    def _judge(self) -> None:
        if self._tools is None or self._tools.ended.is_set():
            self._page.fail("program_ended")
        elif time.monotonic() - self._page.heard_at > HUNG_S:
            log.error("the browser's page does not answer: it is ended")
            self._page.fail("hung")

    async def _tell(self) -> None:
        page = self._page
        over = page.error in FINAL
        pids = frozenset[int]() if over else await asyncio.to_thread(self._tree.pids)
        heard = Streams(False, False) if over else await self._streams.of(pids)
        look = page.evidence()
        window = False if over else page.window
        look = replace(look, window=window, capturing=heard.capturing, playing=heard.playing)
        self._evidence = self._last = replace(look, connections=0) if over else look


def _remove(folder: Path) -> None:
    """Again, where what is dying has written into it meanwhile; blocks for a second at most."""
    for _ in range(10):
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            return
        time.sleep(0.1)
