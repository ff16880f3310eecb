"""`roomapp trial` without a kiosk: the room is put together with a web view that nobody needs to see."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from devices.contract import Conference
from roomapp.profile import Fault, Platform, Profile
from roomapp.running.worker import Worker
from roomapp.words import Words


def run_trial(
    request: dict[str, Any], profile: Profile, is_practice: bool, folder: Path, words: Words
) -> tuple[int, dict[str, Any]]:
    """One trial connection; Qt runs in this thread, the room in its worker. Exit code and the contract's object."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from ui.assemble import assemble, decide_sound
    from ui.bridge import Bridge
    from ui.commands import serve
    from ui.conference import chromium
    from ui.conference.lazy import LazyWebCall
    from ui.conference.options import WebOptions
    from ui.kiosk import application
    from ui.roads import Windows

    sound = decide_sound(profile, is_practice)
    allow = [host for p in profile.platforms for host in p.allow]
    chromium.prepare(dict(os.environ), is_practice, sound.stand_in, allow)
    unsandboxed = chromium.unsandboxed_allowed(os.environ)
    app = application()
    bridge = Bridge(words)
    worker = Worker(lambda _error: None)
    worker.start()

    def web(platform: Platform, secret: Callable[[], str] | None) -> Conference:
        options = WebOptions(platform.recipe, platform.username, secret, platform.pinned())
        return LazyWebCall(str(platform.road), platform.may_load, bridge.post, _unseen, unsandboxed, options)

    async def work() -> dict[str, Any]:
        house = await assemble(profile, is_practice, folder, words, bridge.post, sound=sound, windows=Windows(web))
        try:
            return await serve(house.room, request, lambda _line: None)
        finally:
            await asyncio.shield(house.close())

    done = worker.submit(work())
    done.add_done_callback(lambda _: bridge.post(app.quit))
    app.exec()
    QTimer.singleShot(300, app.quit)  # lets the web view go before its process does
    app.exec()
    worker.stop()
    answer = done.result()
    if "fault" in answer:
        from ui.cli import InputFault

        raise InputFault(Fault(**answer["fault"]))
    return int(answer["code"]), answer["answer"]


def _unseen(view: QWidget | None) -> None:
    """Nobody looks at it, but the page must do what it does in a meeting: a hidden one draws once a second."""
    if view is not None:
        view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        view.resize(1280, 720)
        view.show()
