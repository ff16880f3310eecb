"""The interlock on Windows: every capture endpoint is kept muted. NOT VERIFIED ON WINDOWS; its rules are, anywhere.

It knows the flags only: no microphone is captured here, so nothing is ever said to be CLOSED, and no process outside
the program keeps the mute when it is killed. An installed room on Windows therefore does not pass its check.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from devices.audio.core_audio import CoreAudio, Endpoint
from devices.contract import MicState

log = logging.getLogger(__name__)

CLOSE_S = 1.5
OPEN_S = 1.0
LEASE_S = 1.0  # after the last keep_alive()
LOOK_EVERY_S = 0.2
STALE_S = 1.5
RETRY_S = 1.0
STEP_S = 0.005


class Endpoints(Protocol):
    """devices.audio.core_audio.CoreAudio, or a test's in its place. OSError for whatever goes wrong."""

    def look(self) -> tuple[Endpoint, ...]: ...

    def mute(self, id: str, muted: bool) -> None: ...

    def close(self) -> None: ...


class WasapiGuard:
    """devices.contract.MicrophoneGuard over the capture endpoints; one thread owns them, orders only wake it."""

    stand_in = False

    def __init__(
        self, microphones: Mapping[str, str], endpoints: Callable[[Callable[[], None]], Endpoints] = CoreAudio
    ) -> None:
        """`microphones`: profile ids -> endpoint ids."""
        self._microphones = dict(microphones)
        self._endpoints = endpoints
        self._leave = ""  # the endpoint that may be open
        self._beat = 0.0
        self._looked = 0.0  # when the newest look began, with the mutes that it led to
        self._seen: tuple[Endpoint, ...] = ()
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    async def close(self) -> MicState:
        self._leave = ""
        self._start()
        await self._looked_after(time.monotonic(), CLOSE_S)
        return self.state()

    async def open(self, id: str = "") -> MicState:
        wanted = self._microphones.get(id, "") if id else next(iter(self._microphones.values()), "")
        self._beat = time.monotonic()
        self._leave = wanted
        self._start()
        await self._looked_after(self._beat, OPEN_S)
        state = self.state()
        if state is not MicState.OPEN and self._leave == wanted:
            self._leave = ""  # it must not open by itself later
        return state

    def keep_alive(self) -> None:
        now = time.monotonic()
        if now - self._beat > LEASE_S:
            self._leave = ""
        self._beat = now

    def state(self) -> MicState:
        """Never CLOSED: that takes measured silence."""
        if time.monotonic() - self._looked > STALE_S:
            return MicState.UNKNOWN
        ours = set(self._microphones.values())
        opened = any(endpoint.id in ours and not endpoint.muted for endpoint in self._seen)
        return MicState.OPEN if opened else MicState.UNKNOWN

    async def stop(self) -> None:
        await self.close()
        thread, self._thread = self._thread, None
        self._stopping.set()
        self._changed.set()
        if thread is not None:
            await asyncio.to_thread(thread.join, CLOSE_S)

    def _start(self) -> None:
        if self._thread is None:
            self._stopping = threading.Event()
            self._thread = threading.Thread(target=self._run, args=(self._stopping,), name="wasapi", daemon=True)
            self._thread.start()

    async def _looked_after(self, order: float, within_s: float) -> None:
        """Until a look that began after the order, with what it led to, is over."""
        self._changed.set()
        deadline = order + within_s - STEP_S
        while not (self._looked > order or time.monotonic() > deadline):  # noqa: ASYNC110 - a thread's doing
            await asyncio.sleep(STEP_S)

    def _run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                endpoints = self._endpoints(self._changed.set)
                try:
                    self._keep(endpoints, stopping)
                finally:
                    endpoints.close()
            except OSError as error:
                log.warning("Core Audio does not answer: %s", error)
                stopping.wait(RETRY_S)

    def _keep(self, endpoints: Endpoints, stopping: threading.Event) -> None:
        while not stopping.is_set():
            self._changed.clear()
            began = time.monotonic()
            if began - self._beat > LEASE_S:
                self._leave = ""
            seen = endpoints.look()
            wrong = self._wrong(seen)
            for endpoint in wrong:
                try:
                    endpoints.mute(endpoint.id, not endpoint.muted)
                except OSError as error:
                    log.debug("%s went before it was muted: %s", endpoint.id, error)
            self._seen = endpoints.look() if wrong else seen
            self._looked = began
            self._changed.wait(LOOK_EVERY_S)

    def _wrong(self, seen: tuple[Endpoint, ...]) -> list[Endpoint]:
        """What is open without leave, and what has leave and is muted."""
        return [endpoint for endpoint in seen if endpoint.muted == (bool(self._leave) and endpoint.id == self._leave)]
