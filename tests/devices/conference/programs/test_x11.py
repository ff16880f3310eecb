"""Windows of other programs on a real X server: who owns them, whether they are seen, and what is said when not."""

import asyncio
import os
from collections.abc import Iterator
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


def shown(server: Any, x: int, y: int, width: int, height: int) -> Any:
    root = server.screen().root
    window = root.create_window(x, y, width, height, 0, server.screen().root_depth, X.InputOutput)
    window.map()
    server.sync()
    return window


class TestOnX11:
    pytestmark = needs_screen

    def test_windows_are_found_by_their_process_the_biggest_first(self, screen: Screen) -> None:
        server = display.Display(screen.name)
        small, big = shown(server, 0, 0, 100, 100), shown(server, 0, 0, 300, 300)
        assert asyncio.run(X11Desktop(screen.name).windows(US)) == (big.id, small.id)
        server.close()

    def test_windows_of_others_are_not_ours(self, screen: Screen) -> None:
        server = display.Display(screen.name)
        shown(server, 0, 0, 100, 100)
        assert asyncio.run(X11Desktop(screen.name).windows(frozenset({1}))) == ()
        server.close()

    def test_window_is_brought_to_the_stage_also_without_a_window_manager(self, screen: Screen) -> None:
        server = display.Display(screen.name)
        window, _panel = shown(server, 0, 0, 100, 100), shown(server, 0, 0, 1280, 720)
        assert asyncio.run(X11Desktop(screen.name).bring(window.id, STAGE)) is True
        at = window.get_geometry()
        assert Rectangle(at.x, at.y, at.width, at.height) == STAGE
        server.close()

    def test_window_that_another_covers_is_not_said_to_be_seen(self, screen: Screen) -> None:
        server = display.Display(screen.name)
        window, over = shown(server, 640, 0, 640, 720), shown(server, 0, 0, 1280, 720)

        async def asked() -> bool:
            going = asyncio.create_task(X11Desktop(screen.name).bring(window.id, Rectangle(0, 0, 2000, 720)))
            while not going.done():
                over.configure(stack_mode=X.Above)
                server.flush()
                await asyncio.sleep(0)
            return going.result()

        assert asyncio.run(asked()) is False
        server.close()

    def test_window_that_is_gone_is_not_seen_and_raises_nothing(self, screen: Screen) -> None:
        server = display.Display(screen.name)
        window = shown(server, 640, 0, 640, 720)
        window.destroy()
        server.sync()
        assert asyncio.run(X11Desktop(screen.name).bring(window.id, STAGE)) is False
        server.close()

    def test_screen_that_went_is_nothing_known(self, screen: Screen) -> None:
        seen = X11Desktop(screen.name)

        async def before_and_after() -> tuple[object, object]:
            before = await seen.windows(US)
            screen.end()
            return before, await seen.windows(US)

        assert asyncio.run(before_and_after()) == ((), None)


def test_wayland_says_that_it_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert isinstance(desktop(), NoDesktop)
    assert asyncio.run(desktop().windows(US)) is None
