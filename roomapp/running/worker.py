"""The one background thread with the one asyncio loop; nothing that goes wrong in it is swallowed."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


class Worker:
    """Runs coroutines of the room away from the screen."""

    def __init__(self, told: Callable[[BaseException], None]) -> None:
        """`told` is called in the worker's thread with every exception that a coroutine did not handle."""
        self._told = told
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._unhandled)
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        """Starts the thread; returns at once."""
        self._thread.start()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Runs `work` in the loop; from any thread. Its exception is logged and told."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.add_done_callback(self._look_at)
        return future

    def stop(self, wait_s: float = 5.0) -> None:
        """Cancels what still runs, lets it end for at most wait_s seconds, and ends the thread."""
        if not self._thread.is_alive():
            self._loop.close()
            return
        asyncio.run_coroutine_threadsafe(self._cancel_all(wait_s), self._loop)
        self._thread.join(wait_s + 1)
        if self._thread.is_alive():
            log.error("the worker did not end within %s s", wait_s)
        else:
            self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _cancel_all(self, wait_s: float) -> None:
        by = self._loop.time() + wait_s
        while (others := asyncio.all_tasks() - {asyncio.current_task()}) and (left := by - self._loop.time()) > 0:
            for task in others:  # again, where one that was ending began another
                task.cancel()
            await asyncio.wait(others, timeout=left)
        await self._loop.shutdown_asyncgens()
        self._loop.call_soon(self._loop.stop)

    def _look_at(self, future: Future[Any]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._tell(error)

    def _unhandled(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self._tell(error)
        else:
            log.error("worker: %s", context.get("message"))

    def _tell(self, error: BaseException) -> None:
        log.error("a piece of work failed", exc_info=error)
        try:
            self._told(error)
        except Exception:  # the worker's last guard: telling must not end the loop
            log.exception("the failure could not be told")
