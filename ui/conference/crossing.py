"""From the worker's coroutines into the screen's thread and back."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
Post = Callable[[Callable[[], None]], None]  # runs a piece of work in the screen's thread, soon


async def ask(post: Post, work: Callable[[Callable[[Answer], None]], None], wait_s: float) -> Answer:
    """Runs `work` in the screen's thread; it hands its answer over there, now or later. TimeoutError after `wait_s`."""
    loop = asyncio.get_running_loop()
    said: asyncio.Future[Answer] = loop.create_future()

    def settle(answer: Answer) -> None:
        if not said.done():
            said.set_result(answer)

    def hand_over(answer: Answer) -> None:
        with contextlib.suppress(RuntimeError):  # the worker has ended meanwhile
            loop.call_soon_threadsafe(settle, answer)

    post(lambda: work(hand_over))
    async with asyncio.timeout(wait_s):
        return await said
