"""Windows of other programs on a real X server: who owns them, whether they are seen, and what is said when not."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from Xlib import X, display

from devices.conference.programs.desktop import NoDesktop, Rectangle, desktop
from devices.conference.programs.x11 import X11Desktop
from tests.fakes.conference_client_site import Screen

STAGE = Rectangle(640, 0, 640, 720)
US = frozenset({os.getpid()})

needs_screen = [pytest.mark.needs("xvfb")]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen(manager="") as screen:
        yield screen


@pytest.fixture
def server(screen: Screen) -> Iterator[Any]:
    made = display.Display(screen.name)
    yield made
    made.close()


@contextlib.asynccontextmanager
async def asked(screen: Screen) -> AsyncIterator[X11Desktop]:
    made = X11Desktop(screen.name)
    try:
        yield made
    finally:
        await made.aclose()


def windows_of(screen: Screen, pids: frozenset[int]) -> tuple[int, ...] | None:
    async def ask() -> tuple[int, ...] | None:
        async with asked(screen) as desktop:
            return await desktop.windows(pids)

    return asyncio.run(ask())


def brought(screen: Screen, window: int, stage: Rectangle, meanwhile: Callable[[], object] = lambda: None) -> bool:
    async def ask() -> bool:
        async with asked(screen) as desktop:
            going = asyncio.create_task(desktop.bring(window, stage))
            while not going.done():
                meanwhile()
                await asyncio.sleep(0)
            return going.result()

    return asyncio.run(ask())


def shown(server: Any, x: int, y: int, width: int, height: int) -> Any:
    root = server.screen().root
    window = root.create_window(x, y, width, height, 0, server.screen().root_depth, X.InputOutput)
    window.map()
    server.sync()
    return window


class TestOnX11:
    pytestmark = needs_screen

    def test_windows_are_found_by_their_process_the_biggest_first(self, screen: Screen, server: Any) -> None:
        small, big = shown(server, 0, 0, 100, 100), shown(server, 0, 0, 300, 300)
        assert windows_of(screen, US) == (big.id, small.id)

    def test_windows_of_others_are_not_ours(self, screen: Screen, server: Any) -> None:
        shown(server, 0, 0, 100, 100)
        assert windows_of(screen, frozenset({1})) == ()

    def test_window_is_brought_to_the_stage_also_without_a_window_manager(self, screen: Screen, server: Any) -> None:
        window, _panel = shown(server, 0, 0, 100, 100), shown(server, 0, 0, 1280, 720)
        assert brought(screen, window.id, STAGE) is True
        at = window.get_geometry()
        assert Rectangle(at.x, at.y, at.width, at.height) == STAGE

    def test_window_that_another_covers_is_not_said_to_be_seen(self, screen: Screen, server: Any) -> None:
        window, over = shown(server, 640, 0, 640, 720), shown(server, 0, 0, 1280, 720)

        def comes_back() -> None:
            over.configure(stack_mode=X.Above)
            server.flush()

        assert brought(screen, window.id, STAGE, comes_back) is False

    def test_window_that_is_gone_is_not_seen_and_raises_nothing(self, screen: Screen, server: Any) -> None:
        window = shown(server, 640, 0, 640, 720)
        window.destroy()
        server.sync()
        assert brought(screen, window.id, STAGE) is False

    def test_screen_that_went_is_nothing_known(self, screen: Screen) -> None:
        async def before_and_after() -> tuple[object, object]:
            async with asked(screen) as desktop:
                before = await desktop.windows(US)
                screen.end()
                return before, await desktop.windows(US)

        assert asyncio.run(before_and_after()) == ((), None)


def test_wayland_says_that_it_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert isinstance(desktop(), NoDesktop)
    assert asyncio.run(desktop().windows(US)) is None
