"""The road `native`: the platform's own program, started or taken over, watched from outside, believed in nothing.

Nothing of it can be measured: `measures` is False. What is known is what the system says: its processes, its windows,
whether it still answers, whether it takes the microphone and plays. Where it is joined by a link (zoommtg://…), the
link stands in the arguments of the opener and of the program: whoever runs as this user on this PC can read it there.
Linux with X11; on Wayland windows are unknown; on Windows nothing is written (win32.py).
Not verified with VNPT Meeting, Viettel, Zoom, TrueConf or any other client: run with a small X11 client of our own.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from devices.conference.programs.desktop import Desktop, NoDesktop, Rectangle
from devices.conference.programs.streams import ProgramStreams
from devices.conference.programs.tree import Tree, running
from devices.contract import Ability, DeviceError, Evidence, Invitation, Reason, Unable

log = logging.getLogger(__name__)

LOOK_S = 0.5
OPENER = "xdg-open"
LINK_S = 4.0  # for the opener to end, and to say whether anything takes such a link
HANDED_S = 6.0  # for a program that a link opens to show up
LOST_WINDOW_S = 3.0  # clients change from one window to the next; longer without any is a lost one
PING_EVERY_S = 1.5
HUNG_S = 4.0  # unanswered; with the ping's own 2 s, told within 8 s
LEAVE_POLITELY_S, TERMINATE_S, KILL_S = 1.0, 0.6, 0.6


class NativeCall(Unable):
    """devices.contract.Conference over an installed program.

    `program` is found by PATH ("": the link alone starts it); `arguments` are the profile's, as they stand: neither
    room nor link is ever put into them. `client` is the whole path of the file that then runs, where the program only
    launches it. A client that runs already is taken over, not started twice.
    """

    road = "native"
    measures = False

    def __init__(
        self,
        program: str,
        arguments: tuple[str, ...] = (),
        *,
        client: str = "",
        desktop: Desktop | None = None,
        stage: Callable[[], Rectangle | None] = lambda: None,
        sound: str | None = None,
    ) -> None:
        self._program, self._arguments, self._client = program, arguments, client
        self._desktop: Desktop = desktop or NoDesktop()
        self._stage = stage
        self._streams = ProgramStreams(sound)
        self._tree = Tree()
        self._task: asyncio.Task[None] | None = None
        self._evidence: Evidence | None = None
        self._windows: tuple[int, ...] | None = None
        self._windowed_at: float | None = None  # when a window of it was last seen
        self._answered_at = 0.0

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset() if isinstance(self._desktop, NoDesktop) else frozenset({Ability.WINDOW})

    async def join(self, to: Invitation) -> None:
        if not sys.platform.startswith("linux"):
            raise DeviceError(Reason.UNSUPPORTED, "this road is made for Linux only")
        link = bool(urlsplit(to.address).scheme)
        path = shutil.which(self._program) if self._program else None
        if path is None and (self._program or not link):
            raise DeviceError(Reason.UNSUPPORTED, "the platform's program is not installed")
        await self._forget()
        self._tree = Tree()
        there = await asyncio.to_thread(self._running, path)
        self._tree.adopt(there)
        try:
            if link:
                await self._hand(to.address)
            elif path is not None and not there:
                self._tree.start([path, *self._arguments], os.environ)
        except OSError as error:
            raise DeviceError(Reason.NOT_NOW, "the program cannot be started") from error
        self._windows, self._windowed_at = None, None
        self._evidence = Evidence(time.monotonic())
        self._task = asyncio.create_task(self._watch(path, time.monotonic() + (HANDED_S if link else 0.0)))

    async def leave(self) -> None:
        await self._forget()
        tree, self._tree = self._tree, Tree()
        pids = await asyncio.to_thread(tree.pids)
        if pids:
            await self._desktop.close(await self._desktop.windows(pids) or ())
            await self._gone(tree, LEAVE_POLITELY_S)
        await asyncio.to_thread(tree.end, TERMINATE_S + KILL_S, TERMINATE_S)

    async def bring_window(self) -> bool:
        if not self.abilities:
            return await super().bring_window()
        windows = await self._desktop.windows(await asyncio.to_thread(self._tree.pids))
        return await self._desktop.bring(windows[0], self._stage()) if windows else False

    def evidence(self) -> Evidence | None:
        return self._evidence

    async def _hand(self, link: str) -> None:
        """Gives the link to whatever takes its kind; the error names no link."""
        opener = shutil.which(OPENER)
        if opener is None:
            raise DeviceError(Reason.UNSUPPORTED, "xdg-utils is not installed")
        kind = f"x-scheme-handler/{urlsplit(link).scheme}"
        if not (await _said(["xdg-mime", "query", "default", kind])).strip():
            raise DeviceError(Reason.UNSUPPORTED, f"no program takes links of the kind {urlsplit(link).scheme}")
        self._tree.start([opener, link], os.environ)

    async def _watch(self, path: str | None, until: float) -> None:
        """`until`: so long may a program that a link opens let itself be waited for."""
        pinging: asyncio.Task[None] | None = None
        self._answered_at = time.monotonic()
        try:
            while True:
                pids = await asyncio.to_thread(self._alive, path)
                if not pids and time.monotonic() > until:
                    self._evidence = Evidence(time.monotonic(), page_error=self._ending(), window=False,
                                              capturing=False, playing=False)  # fmt: skip
                    return
                await self._look(pids)
                if self._windows and (pinging is None or pinging.done()):
                    pinging = asyncio.create_task(self._ping(self._windows[0]))
                await asyncio.sleep(LOOK_S)
        finally:
            if pinging is not None:
                pinging.cancel()
                await asyncio.gather(pinging, return_exceptions=True)

    def _alive(self, path: str | None) -> frozenset[int]:
        """Also what a link or a launcher started elsewhere: a program of that name is the one that we watch."""
        self._tree.reap()
        pids = self._tree.pids()
        if others := self._running(path) - pids:
            self._tree.adopt(others | self._tree.adopted)
            pids = self._tree.pids()
        return pids

    def _running(self, path: str | None) -> frozenset[int]:
        return frozenset[int]().union(*(running(name) for name in (path, self._client) if name))

    async def _look(self, pids: frozenset[int]) -> None:
        self._windows = await self._desktop.windows(pids)
        now = time.monotonic()
        if self._windows:
            self._windowed_at = now
        elif not await asyncio.to_thread(self._tree.stopped):
            self._answered_at = now  # without a window nobody is asked
        lost = self._windowed_at is None or now - self._windowed_at > LOST_WINDOW_S
        heard = await self._streams.of(pids)
        self._evidence = Evidence(
            now,
            page_error="hung" if self._hangs(now) else None,
            window=None if self._windows is None else not lost,
            capturing=heard.capturing,
            playing=heard.playing,
        )

    def _hangs(self, now: float) -> bool:
        """Only of what was asked: a program that never promised to answer is not called hung. It may wake up again."""
        return now - self._answered_at > HUNG_S

    async def _ping(self, window: int) -> None:
        if await self._desktop.answers(window) is not False:
            self._answered_at = time.monotonic()
        await asyncio.sleep(PING_EVERY_S)

    def _ending(self) -> str:
        """ "crashed" where a signal ended it; a program that ends by itself leaves no other word."""
        status = self._tree.status
        return "crashed" if status is not None and status < 0 else "program_ended"

    async def _gone(self, tree: Tree, wait_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while await asyncio.to_thread(tree.alive):
                    tree.reap()
                    await asyncio.sleep(0.05)

    async def _forget(self) -> None:
        task, self._task = self._task, None
        self._evidence = None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _said(command: list[str]) -> bytes:
    """What a small program of the desktop writes; nothing where it is not there, or not within LINK_S."""
    pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=null, stdout=pipe, stderr=null)
    except OSError:
        return b""
    try:
        async with asyncio.timeout(LINK_S):
            return (await process.communicate())[0]
    except TimeoutError:
        return b""
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
